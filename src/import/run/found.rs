//! A table that was found, and what it and the last version say of how its rows are to be read.

use std::collections::HashMap;

use crate::{
    catalogue::{
        adopt::Edition,
        code::DivisionCode,
        declaration::Held,
        division::{DivisionState, Level},
        element::ElementPart,
        layout::{Layout, Part},
        text::Text,
    },
    import::{
        assemble::Context,
        document::Wanted,
        subject::{Claims, Subject},
        table::{self, Table},
        vocabulary::Vocabulary,
    },
};

/// A table of a file, and whose it is.
pub(in crate::import) struct Found {
    /// Which of the report's grids it stands in.
    pub(in crate::import) grid: usize,
    pub(in crate::import) table: Table,
    pub(super) subject: Subject,
    /// What the table prints of its version.
    pub(super) claims: Claims,
}

impl Found {
    /// Whether these words stand above the table. Pages run white space together, and words may be broken over lines.
    fn prints(&self, words: &str) -> bool {
        let folded = |lines: &[String]| lines.iter().map(|line| table::folded(line)).collect::<String>();
        let words = table::folded(words);
        folded(&self.table.titles).contains(&words) || folded(&self.table.above).contains(&words)
    }

    /// A title and a publisher that are printed as an export prints the last version's are that version's own.
    pub(super) fn as_exported(&self, subject: &mut Subject, last: &Edition, layout: &Layout) {
        if self.prints(&layout.title) {
            subject.title.clone_from(&last.version.title);
        }
        if self.prints(&layout.about) {
            subject.publisher.clone_from(&last.version.publisher);
        }
    }
}

/// What the person wants, and what the table prints of its version where that is news: the line below the title of an
/// export says it of the version that was exported.
pub(super) fn wanted(asked: &Wanted, found: &Found, last: Option<(&Edition, &Layout)>) -> Wanted {
    if last.is_some_and(|(_, layout)| found.prints(&layout.about)) {
        return asked.clone();
    }
    let version = last.map(|(last, _)| &last.version);
    let label = found.claims.label.as_deref().map(Text::new);
    let label = label.filter(|label| version.is_none_or(|version| version.label != *label));
    let day = found.claims.effective_from;
    let day = day.filter(|day| version.is_none_or(|version| version.effective_from != *day));
    Wanted {
        label: asked.label.clone().or(label),
        effective_from: asked.effective_from.or(day),
        ..asked.clone()
    }
}

/// The most characters of remarks that become the note of a version; longer ones are the page's.
const LONGEST_REMARKS: usize = 2_000;

/// The remarks below the tables of a catalogue, each once.
pub(super) fn remarks(tables: &[Found]) -> Option<Text> {
    let mut all: Vec<&str> = Vec::new();
    for remark in tables.iter().flat_map(|one| &one.table.remarks) {
        if !all.contains(&remark.as_str()) {
            all.push(remark);
        }
    }
    let all = Text::new(&all.join("\n"));
    (!all.is_empty() && all.as_str().chars().count() <= LONGEST_REMARKS).then_some(all)
}

/// What the readers of cells must know: the words of the registers, the places, and the further elements that hold here
/// or that the last version has, by what stands over their columns.
pub(super) fn context<'v>(
    vocabulary: &'v Vocabulary,
    chain: &[(DivisionCode, DivisionState)],
    last: Option<(&Edition, &Layout)>,
    subject: &Subject,
    held: &[Held],
) -> Context<'v> {
    let mut declared: HashMap<String, Vec<(ElementPart, Text)>> = HashMap::new();
    // What is declared comes before what the last version happened to call its columns.
    for element in held.iter().map(|held| &held.element) {
        for heading in element.headings() {
            let all = declared.entry(table::folded(heading.as_str())).or_default();
            if all.is_empty() {
                all.push((element.part, element.key.clone()));
            }
        }
    }
    if let Some((last, layout)) = last {
        let printed = layout.columns.iter().filter_map(|column| match &column.part {
            Part::Extension(part, key) => Some((column.label.as_str(), *part, key)),
            _ => None,
        });
        let known = last.elements.iter().map(|element| (element.label.as_str(), element.part, &element.key));
        for (label, part, key) in printed.chain(known) {
            let all = declared.entry(table::folded(label)).or_default();
            if !all.contains(&(part, key.clone())) {
                all.push((part, key.clone()));
            }
        }
    }
    let places: Vec<(Level, String)> =
        chain.iter().map(|(_, state)| (state.level, state.name.to_string())).collect();
    Context { vocabulary, places, declared, domain: subject.catalogue.domain.clone() }
}
