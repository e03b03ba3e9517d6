//! The wording of a published row read anew (重新解读). What the present readers say of an element takes the place of its
//! reading; what they do not tell, and what no wording tells, stays.

use super::{
    cell::{
        basis, channels,
        points::{self, Style},
        time_limit, units,
    },
    vocabulary::Vocabulary,
};
use crate::catalogue::{
    adopt::Printed,
    channel::OTHER,
    check::UNSTATED,
    content::{BasisCitation, Content},
    element::ElementKind,
    layout::{Layout, Part},
    local::Local,
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit, TimeLimitKind},
};

/// Readings are read again until they say what their own words say; words that never do are left after so many rounds.
const ROUNDS: usize = 4;

/// Reads the wording of all rows anew.
pub fn rows(rows: &mut [Printed], layout: &Layout, vocabulary: &Vocabulary) {
    for _ in 0..ROUNDS {
        let cells: Vec<String> = rows.iter().map(|row| layout.cell(&Part::Content, row)).collect();
        let style = Style::decide(cells.iter().map(String::as_str));
        let before = rows.to_vec();
        for row in rows.iter_mut() {
            let again = Again { was: row.clone(), layout, vocabulary, style };
            again.read(row);
        }
        if rows.iter().zip(&before).all(|(now, then)| now.content == then.content && now.local == then.local)
        {
            break;
        }
    }
}

/// One row, as it was.
struct Again<'a> {
    was: Printed,
    layout: &'a Layout,
    vocabulary: &'a Vocabulary,
    style: Style,
}

impl Again<'_> {
    fn read(&self, row: &mut Printed) {
        self.points(&mut row.content);
        self.basis(&mut row.content);
        self.times(&mut row.content);
        self.channels(&mut row.content, &mut row.local);
        self.units(row);
        let adapted = row.entry.origin.is_some() && row.content != self.was.content;
        if adapted && row.entry.reason.is_none() {
            row.entry.reason = Some(Text::new(UNSTATED));
        }
    }

    /// The words of a cell, where they part its values as the values are parted: none of these has a line end, or a
    /// character that no cell shows.
    fn cell<'t>(&self, part: &Part, values: impl Iterator<Item = &'t Text>) -> Option<String> {
        let mut values = values.peekable();
        let any = values.peek().is_some();
        let plain = values.all(|text| !text.as_str().contains(char::is_control));
        (any && plain).then(|| self.layout.cell(part, &self.was))
    }

    fn points(&self, content: &mut Content) {
        let was = self.was.content.points.iter().flatten();
        let Some(words) = self.cell(&Part::Content, was.map(|point| &point.text)) else { return };
        let name = content.names.iter().map(Text::as_str).collect::<Vec<_>>().join("/");
        let Some(mut read) = points::read(&words, self.style, &name).value else { return };
        for point in &mut read.points {
            let known = self.was.content.points.iter().flatten().find(|was| was.text == point.text);
            point.required = point.required.or(known.and_then(|was| was.required));
        }
        if !read.points.is_empty() {
            content.points = Some(read.points);
            opened(content, ElementKind::Content, read.open_ended);
        }
    }

    fn basis(&self, content: &mut Content) {
        let was = self.was.content.basis.iter().flatten();
        let Some(words) = self.cell(&Part::Basis, was.map(|citation| &citation.text)) else { return };
        let Some(mut read) = basis::read(&words, self.vocabulary).value else { return };
        for citation in &mut read.citations {
            let known = self.was.content.basis.iter().flatten().find(|was| was.text == citation.text);
            if let Some(known) = known {
                fill_citation(citation, known);
            }
        }
        content.basis = Some(read.citations);
        opened(content, ElementKind::Basis, read.open_ended);
    }

    /// Limits of which any lacks its wording stay: nobody knows what was printed.
    fn times(&self, content: &mut Content) {
        let Some(words) = wording(&self.was.content) else { return };
        let Some(read) = time_limit::read(&words).value else { return };
        let was = self.was.content.time_limits.as_deref().unwrap_or_default();
        let Some(mut limits) = read.limits.or_else(|| was.is_empty().then(Vec::new)) else { return };
        let vague =
            |limits: &[TimeLimit]| limits.first().is_none_or(|limit| limit.kind == TimeLimitKind::Other);
        // A person may have understood what the reader does not.
        if vague(&limits) && !vague(was) {
            return;
        }
        for limit in &mut limits {
            let measure = |limit: &TimeLimit| (limit.kind, limit.count, limit.unit, limit.period);
            if let Some(known) =
                was.iter().find(|was| was.text == limit.text && measure(was) == measure(limit))
            {
                fill_limit(limit, known);
            }
        }
        if !limits.is_empty() {
            content.time_limits = Some(limits);
        }
        let measure = |period: &PublicityPeriod| (period.count, period.unit, period.at_least);
        let known = self.was.content.publicity_period.as_ref().map(measure);
        if read.publicity_period.is_some() && read.publicity_period.as_ref().map(measure) != known {
            content.publicity_period = read.publicity_period;
        }
    }

    fn units(&self, row: &mut Printed) {
        let was = self.was.local.units.iter().flatten();
        let Some(words) = self.cell(&Part::ResponsibleUnit, was.map(|unit| &unit.text)) else { return };
        let Some(mut read) = units::read(&words).value else { return };
        for unit in &mut read.units {
            let known = self.was.local.units.iter().flatten().find(|was| was.text == unit.text);
            let alternatives = known.and_then(|was| was.alternatives.clone());
            unit.alternatives = unit.alternatives.take().or(alternatives);
        }
        row.local.units = Some(read.units);
        opened(&mut row.content, ElementKind::ResponsibleUnit, read.open_ended);
    }

    /// Channels in words of their own that the register has since. The boxes of a cell tell the others, which have codes.
    fn channels(&self, content: &mut Content, local: &mut Local) {
        let Some(channels) = &mut content.channels else { return };
        for at in 0..channels.len() {
            let used = &channels[at];
            let Some(words) = used.text.as_ref().filter(|_| used.code == OTHER) else { continue };
            let read = channels::channel(words.as_str(), used.required, self.vocabulary, &mut Vec::new());
            if read.code == OTHER || channels.iter().any(|other| other.code == read.code) {
                continue;
            }
            let code = read.code.clone();
            channels[at] = read;
            let others = channels.iter().any(|other| other.code == OTHER);
            if !others && let Some(addresses) = local.addresses.take() {
                let renamed = |name: String| if name == OTHER { code.clone() } else { name };
                let addresses = addresses.into_iter().map(|(name, address)| (renamed(name), address));
                local.addresses = Some(addresses.collect());
            }
        }
    }
}

/// The words that a cell of limits had: those of the first are the whole cell, where its others stand in it. `None` where
/// nobody kept some of them.
fn wording(content: &Content) -> Option<String> {
    let limits = content.time_limits.iter().flatten().map(|limit| limit.text.as_ref());
    let period = content.publicity_period.iter().map(|period| period.text.as_ref());
    let mut words: Vec<&str> = Vec::new();
    for text in limits.map(|text| text.map(Text::as_str)) {
        let text = text?;
        if !words.iter().any(|before| before.contains(text)) {
            words.push(text);
        }
    }
    let mut made = words.join("\n");
    for text in period {
        let text = text?.as_str();
        if !made.contains(text) {
            // A period stands among limits, so its words must say that it is none.
            let sign = if text.contains("公示") { "" } else { "公示期\u{ff1a}" };
            let gap = if made.is_empty() { "" } else { "\n" };
            made = format!("{made}{gap}{sign}{text}");
        }
    }
    (!made.is_empty()).then_some(made)
}

/// What the reader does not tell of the same words stays known.
fn fill_citation(citation: &mut BasisCitation, known: &BasisCitation) {
    fill(&mut citation.title, &known.title);
    fill(&mut citation.document_number, &known.document_number);
    fill(&mut citation.article, &known.article);
    fill(&mut citation.kind, &known.kind);
}

fn fill_limit(limit: &mut TimeLimit, known: &TimeLimit) {
    fill(&mut limit.trigger, &known.trigger);
    fill(&mut limit.scope, &known.scope);
    fill(&mut limit.other_law_prevails, &known.other_law_prevails);
}

fn fill<T: Clone>(made: &mut Option<T>, known: &Option<T>) {
    if made.is_none() {
        made.clone_from(known);
    }
}

/// Notes that a list ends with 等; that it once did is not forgotten.
fn opened(content: &mut Content, kind: ElementKind, open: bool) {
    let known = content.open_ended.iter().flatten().any(|known| *known == kind);
    if open && !known {
        let all = content.open_ended.get_or_insert_default();
        all.push(kind);
        all.sort();
    }
}
