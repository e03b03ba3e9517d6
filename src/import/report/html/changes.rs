//! What the versions of an import change of the last ones, item by item and element by element.

use super::{LISTED, Page, escape};
use crate::catalogue::{
    compared::{Compared, ItemChange},
    diff::ChangeKind,
};

impl Page<'_> {
    pub(super) fn changes(&mut self) {
        let outcome = self.outcome;
        let mut differences =
            outcome.versions.iter().filter_map(|version| version.difference.as_ref()).peekable();
        if differences.peek().is_none() {
            return;
        }
        self.text.push_str("<h2>变更 · <span lang=\"en\">Changes</span></h2>\n");
        differences.for_each(|difference| self.difference(difference));
    }

    fn difference(&mut self, difference: &Compared) {
        let Compared { base, head, unchanged, items } = difference;
        self.add(format_args!("<h3>{base} → {head}</h3>\n<p>"));
        for kind in ChangeKind::ALL {
            let (zh, en) = (kind.label(), kind.label_en());
            self.add(format_args!("{zh} {} <span lang=\"en\">{en}</span> · ", difference.count(kind)));
        }
        self.add(format_args!("未变 {unchanged} <span lang=\"en\">unchanged</span></p>\n"));
        if items.is_empty() {
            return;
        }
        self.text.push_str("<ul class=\"changes\">\n");
        items.iter().take(LISTED).for_each(|item| self.item(item));
        if let Some(more) = items.len().checked_sub(LISTED).filter(|more| *more > 0) {
            self.add(format_args!(
                "<li>另有 {more} 项未列出\u{ff0c}见 JSON 或 xlsx 报告\u{3002}\
                 <span lang=\"en\">{more} more are in the reports as JSON and xlsx.</span></li>\n"
            ));
        }
        self.text.push_str("</ul>\n");
    }

    fn item(&mut self, item: &ItemChange) {
        let kind = item.kind;
        self.add(format_args!(
            "<li><p class=\"at\"><span class=\"{} code\">{} {} <span lang=\"en\">{}</span></span> ",
            class(kind),
            kind.sign(),
            kind.label(),
            kind.label_en()
        ));
        if let Some(named) = item.after.as_ref().or(item.before.as_ref()) {
            self.add(format_args!("{} <small>{}</small>", escape(&named.name), named.item));
        }
        self.text.push_str("</p>\n");
        // Of an item that is there on one side only, its name says enough.
        if kind == ChangeKind::Changed && !item.elements.is_empty() {
            self.text.push_str("<dl>\n");
            for element in &item.elements {
                self.add(format_args!("<dt>{}</dt><dd>", escape(&element.label)));
                if let Some(before) = &element.before {
                    self.add(format_args!("<del>{}</del>", escape(before)));
                }
                if let Some(after) = &element.after {
                    self.add(format_args!("<ins>{}</ins>", escape(after)));
                }
                self.text.push_str("</dd>\n");
            }
            self.text.push_str("</dl>\n");
        }
        self.text.push_str("</li>\n");
    }
}

/// The class of what is coloured after a kind of change.
fn class(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "ok",
        ChangeKind::Changed => "w",
        ChangeKind::Removed => "e",
        ChangeKind::Moved => "i",
    }
}
