//! The findings, grouped by severity and code: the errors first, what is only worth knowing folded away.

use super::{LISTED, Page, class, escape, grid::Shown};
use crate::{
    catalogue::check::Severity,
    import::report::{Located, marks},
};

impl Page<'_> {
    pub(super) fn findings(&mut self, shown: &[Shown]) {
        let groups = std::mem::take(&mut self.groups);
        if groups.is_empty() {
            return;
        }
        self.text.push_str("<h2>检查结果 · <span lang=\"en\">Findings</span></h2>\n");
        for severity in Severity::ALL {
            let mut of = groups.iter().filter(|((other, _), _)| *other == severity).peekable();
            if of.peek().is_none() {
                continue;
            }
            let (name, many) = (severity.name(), self.outcome.report.count(severity));
            let title = format!("{} <span lang=\"en\">{}s</span> ({many})", name.zh, name.en);
            if severity == Severity::Info {
                self.add(format_args!("<details>\n<summary><h3>{title}</h3></summary>\n"));
            } else {
                self.add(format_args!("<h3>{title}</h3>\n"));
            }
            for ((_, code), numbers) in of {
                self.group(severity, code, numbers, shown);
            }
            if severity == Severity::Info {
                self.text.push_str("</details>\n");
            }
        }
    }

    fn group(&mut self, severity: Severity, code: &str, numbers: &[usize], shown: &[Shown]) {
        let outcome = self.outcome;
        self.add(format_args!(
            "<h4 id=\"{code}\"><span class=\"{} code\">{} {code}</span> ",
            class(severity),
            marks::sign(severity)
        ));
        if let Some(first) = numbers.first().and_then(|number| outcome.report.findings.get(*number)) {
            self.both(&first.message);
        }
        self.add(format_args!(" ({})</h4>\n<ul>\n", numbers.len()));
        for number in numbers.iter().take(LISTED) {
            if let Some(finding) = outcome.report.findings.get(*number) {
                self.finding(*number, finding, shown);
            }
        }
        if let Some(more) = numbers.len().checked_sub(LISTED).filter(|more| *more > 0) {
            self.add(format_args!(
                "<li>另有 {more} 条未列出\u{ff0c}见 JSON 或 xlsx 报告\u{3002}\
                 <span lang=\"en\">{more} more are in the reports as JSON and xlsx.</span></li>\n"
            ));
        }
        self.text.push_str("</ul>\n");
    }

    fn finding(&mut self, number: usize, finding: &Located, shown: &[Shown]) {
        self.add(format_args!("<li id=\"f{number}\"><p class=\"at\">"));
        let place = escape(&marks::place(finding));
        let target = finding.place.and_then(|place| {
            let (_, grid) = self.outcome.report.grids.get(place.grid)?;
            let (row, column) = marks::cell(grid, place)?;
            let there = shown.get(place.grid)?.has(row);
            there.then(|| format!("g{}-{row}-{column}", place.grid))
        });
        match target {
            Some(id) => self.add(format_args!("<a href=\"#{id}\">{place}</a>")),
            None => self.add(format_args!("<b>{place}</b>")),
        }
        if let Some(column) = &finding.column {
            self.add(format_args!(" · {}", escape(column)));
        }
        let sheet = finding.sheet.as_ref().map(|sheet| format!(" [{}]", escape(sheet))).unwrap_or_default();
        self.add(format_args!(" · <small>{}{sheet}</small></p>\n<dl>\n", escape(&finding.file)));
        if !finding.value.is_empty() {
            self.said("原文", "text", &finding.value);
        }
        if let Some(understood) = &finding.understood {
            self.said("理解为", "understood", understood);
        }
        if let Some(expected) = &finding.expected {
            self.text.push_str("<dt>应为 <span lang=\"en\">expected</span></dt><dd>");
            self.both(expected);
            self.text.push_str("</dd>\n");
        }
        if let Some(proposal) = &finding.proposal {
            self.said("建议", "proposal", proposal);
        }
        self.text.push_str("</dl></li>\n");
    }

    fn said(&mut self, zh: &str, en: &str, words: &str) {
        self.add(format_args!("<dt>{zh} <span lang=\"en\">{en}</span></dt><dd>{}</dd>\n", escape(words)));
    }
}
