//! Comparisons on the terminal: counts, and what changed line by line, in colour where that is wanted.

use std::io::IsTerminal;

use clap::ValueEnum;

use super::say;
use crate::catalogue::{
    compared::{Compared, ItemChange},
    diff::ChangeKind,
};

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Color {
    /// Where the output is a terminal and `NO_COLOR` is not set
    #[default]
    Auto,
    Always,
    Never,
}

/// Prints what differs.
pub(super) fn print(compared: &Compared, color: Color) {
    let counts = ChangeKind::ALL.map(|kind| format!("{} {}", kind.label(), compared.count(kind))).join(" · ");
    say(format_args!("{} → {} · {counts} · 未变 {}", compared.base, compared.head, compared.unchanged));
    let paint = Paint::new(color);
    compared.items.iter().for_each(|item| print_item(item, paint));
}

fn print_item(item: &ItemChange, paint: Paint) {
    let color = match item.kind {
        ChangeKind::Added => "\u{1b}[32m",
        ChangeKind::Changed => "\u{1b}[33m",
        ChangeKind::Removed => "\u{1b}[31m",
        ChangeKind::Moved => "\u{1b}[36m",
    };
    if let Some(named) = item.after.as_ref().or(item.before.as_ref()) {
        say(paint.with(color, &format!("{} {} {}", item.kind.sign(), named.item, named.name)));
    }
    if item.kind != ChangeKind::Changed {
        return;
    }
    for element in &item.elements {
        say(format_args!("    {}", element.label));
        let lines = |text: &Option<String>, sign: &str, color: &str| {
            for line in text.iter().flat_map(|text| text.lines()) {
                say(paint.with(color, &format!("      {sign} {line}")));
            }
        };
        lines(&element.before, "-", "\u{1b}[31m");
        lines(&element.after, "+", "\u{1b}[32m");
    }
}

/// Whether words get a colour.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn new(color: Color) -> Self {
        Self(match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        })
    }

    fn with(self, color: &str, text: &str) -> String {
        if self.0 { format!("{color}{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
