//! The report as a page that needs nothing else: no script, no other file, no other host.

mod changes;
mod findings;
mod grid;

use std::collections::BTreeMap;

use super::{
    Outcome,
    marks::{Marks, printable, sign},
};
use crate::{
    catalogue::check::{Message, Severity},
    export::add,
};

/// The findings of one code that are listed; the others are counted.
const LISTED: usize = 500;

/// A page while it is written.
struct Page<'a> {
    text: String,
    outcome: &'a Outcome,
    marks: Vec<Marks>,
    /// By severity and code the numbers of the findings.
    groups: BTreeMap<(Severity, &'static str), Vec<usize>>,
    /// For each finding whether it is listed.
    listed: Vec<bool>,
}

pub(super) fn write(outcome: &Outcome) -> String {
    let report = &outcome.report;
    let mut groups: BTreeMap<(Severity, &'static str), Vec<usize>> = BTreeMap::new();
    for (number, finding) in report.findings.iter().enumerate() {
        groups.entry((finding.severity, finding.code)).or_default().push(number);
    }
    let mut listed = vec![false; report.findings.len()];
    for number in groups.values().flat_map(|numbers| numbers.iter().take(LISTED)) {
        listed[*number] = true;
    }
    let mut page = Page { text: String::new(), outcome, marks: Marks::of(report), groups, listed };
    page.head();
    page.summary();
    page.changes();
    page.counts();
    let shown = grid::shown(outcome, &page.marks);
    page.findings(&shown);
    page.grids(&shown);
    page.text.push_str("</main>\n</body>\n</html>\n");
    page.text
}

impl Page<'_> {
    fn head(&mut self) {
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        self.add(format_args!(
            "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>导入检查结果 · mulu</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
            include_str!("style.css")
        ));
        self.text.push_str("<h1>导入检查结果 <small lang=\"en\">Import report</small></h1>\n");
    }

    fn summary(&mut self) {
        let Outcome { refused, dry_run, report, versions } = self.outcome;
        let (class, said) = match (refused, dry_run) {
            (true, _) => (
                class(Severity::Error),
                Message::new(
                    "没有导入\u{ff1a}请改正下列错误后重新导入\u{3002}",
                    "Refused: nothing went in. Put the errors below right and import again.",
                ),
            ),
            (_, true) => (
                "ok",
                Message::new(
                    "可以导入\u{ff1b}本次只作检查\u{ff0c}没有改动\u{3002}",
                    "It can go in. This was a check, nothing was changed.",
                ),
            ),
            _ => ("ok", Message::new("已经导入\u{3002}", "It went in.")),
        };
        self.add(format_args!("<p class=\"outcome {class}\">"));
        self.both(&said);
        self.text.push_str("</p>\n");
        self.text.push_str(
            "<h2>文件 · <span lang=\"en\">Files</span></h2>\n<div class=\"wide\"><table>\n<thead><tr>",
        );
        for (zh, en) in
            [("文件", "file"), ("读出的行", "rows read"), ("错误", "errors"), ("警告", "warnings")]
        {
            self.add(format_args!("<th scope=\"col\">{zh} <span lang=\"en\">{en}</span></th>"));
        }
        self.text.push_str("</tr></thead>\n<tbody>\n");
        let mut found: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        for finding in &report.findings {
            match finding.severity {
                Severity::Error => found.entry(&finding.file).or_default()[0] += 1,
                Severity::Warning => found.entry(&finding.file).or_default()[1] += 1,
                Severity::Info => {}
            }
        }
        for (file, rows) in &report.files {
            let [errors, warnings] = found.get(file.as_str()).copied().unwrap_or_default();
            let file = escape(file);
            self.add(format_args!(
                "<tr><th scope=\"row\">{file}</th><td class=\"n\">{rows}</td><td class=\"n\">{errors}</td>\
                 <td class=\"n\">{warnings}</td></tr>\n"
            ));
        }
        self.text.push_str("</tbody>\n</table></div>\n");
        if versions.is_empty() {
            return;
        }
        self.text.push_str("<h2>版本 · <span lang=\"en\">Versions</span></h2>\n<ul>\n");
        for version in versions {
            let state = self.outcome.state(version);
            self.add(format_args!("<li><b>{} #{}</b> ", version.catalogue, version.number));
            self.both(&state);
            self.add(format_args!(
                "<br>{0} 行 <span lang=\"en\">{0} rows</span><br><code>{1}</code></li>\n",
                version.size, version.digest
            ));
        }
        self.text.push_str("</ul>\n");
    }

    fn counts(&mut self) {
        let report = &self.outcome.report;
        self.text.push_str("<h2>计数 · <span lang=\"en\">Counts</span></h2>\n<dl class=\"counts\">\n");
        for severity in Severity::ALL {
            let name = severity.name();
            let many = report.count(severity);
            self.add(format_args!(
                "<div class=\"{}\"><dt>{} {} <span lang=\"en\">{}s</span></dt><dd>{many}</dd></div>\n",
                class(severity),
                sign(severity),
                name.zh,
                name.en
            ));
        }
        self.text.push_str("</dl>\n");
        if self.groups.is_empty() {
            self.text
                .push_str("<p>没有发现任何问题\u{3002}<span lang=\"en\">Nothing was found.</span></p>\n");
            return;
        }
        self.text.push_str(
            "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\" class=\"k\">代码 <span lang=\"en\">code</span></th>\
             <th scope=\"col\">说明 <span lang=\"en\">meaning</span></th>\
             <th scope=\"col\" class=\"k\">数目 <span lang=\"en\">number</span></th></tr></thead>\n<tbody>\n",
        );
        let groups = self.groups.clone();
        for ((severity, code), numbers) in &groups {
            let severity = *severity;
            self.add(format_args!(
                "<tr><th scope=\"row\" class=\"{} k\"><a href=\"#{code}\">{} {code}</a></th><td>",
                class(severity),
                sign(severity)
            ));
            if let Some(first) = numbers.first().and_then(|number| report.findings.get(*number)) {
                self.both(&first.message);
            }
            self.add(format_args!("</td><td class=\"n\">{}</td></tr>\n", numbers.len()));
        }
        self.text.push_str("</tbody>\n</table></div>\n");
    }

    fn add(&mut self, words: std::fmt::Arguments) {
        add(&mut self.text, words);
    }

    /// A message, Chinese first. Figures and names are the same in both languages and said once.
    fn both(&mut self, message: &Message) {
        self.text.push_str(&escape(&message.zh));
        if message.en != message.zh {
            self.add(format_args!(" <span lang=\"en\">{}</span>", escape(&message.en)));
        }
    }
}

/// The class of what is coloured after a severity.
fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "e",
        Severity::Warning => "w",
        Severity::Info => "i",
    }
}

fn escape(words: &str) -> String {
    crate::export::escape(&printable(words))
}
