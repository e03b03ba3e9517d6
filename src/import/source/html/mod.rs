//! Web pages: the whole page as one grid, paragraphs and rows of tables in the order in which they are read.

mod tags;

use super::{
    Refusal,
    blocks::{Builder, Down},
    limits::Budget,
};
use crate::import::grid::Grid;
use tags::{Tag, Token, Tokens, unescape};

/// Elements that have no closing tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "ul",
];

/// Elements of which nothing belongs to the text of a page.
const UNSEEN: [&str; 10] =
    ["audio", "button", "datalist", "noscript", "object", "select", "svg", "template", "video", "math"];

pub(super) fn read(page: &str, budget: &mut Budget) -> Result<Grid, Refusal> {
    let mut walk = Walk::default();
    for token in Tokens::new(page) {
        walk.token(token)?;
    }
    walk.page.finish(budget)
}

#[derive(Default)]
struct Walk {
    page: Builder,
    hidden: Option<Hidden>,
    /// How many `pre` are open: line breaks count in them.
    verbatim: usize,
}

/// An element of which nothing is seen, while its end is looked for.
struct Hidden {
    name: String,
    /// How many elements of that name are open in it, itself included.
    same: usize,
    /// How many tables are open in it.
    tables: usize,
}

impl Walk {
    fn token(&mut self, token: Token) -> Result<(), Refusal> {
        if let Some(hidden) = &mut self.hidden {
            match hidden.goes_on(&token) {
                Fate::Inside => return Ok(()),
                Fate::Last => {
                    self.hidden = None;
                    return Ok(());
                }
                Fate::Over => self.hidden = None,
            }
        }
        match token {
            Token::Text(text) => self.text(&unescape(text)),
            Token::Open(tag) if tag.hidden() || UNSEEN.contains(&tag.name.as_str()) => self.hide(&tag),
            Token::Open(tag) => self.open(&tag)?,
            Token::Close(name) => self.close(&name),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.verbatim == 0 {
            return self.page.words(text);
        }
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.page.line();
            }
            self.page.words(line);
        }
    }

    fn hide(&mut self, tag: &Tag) {
        if VOID.contains(&tag.name.as_str()) {
            return;
        }
        // What a hidden row or cell follows is closed by it all the same.
        match tag.name.as_str() {
            "td" | "th" => self.page.end_cell(),
            "tr" | "tbody" | "thead" | "tfoot" => self.page.end_row(),
            "p" | "li" | "table" => self.page.paragraph(),
            _ => {}
        }
        self.hidden = Some(Hidden { name: tag.name.clone(), same: 1, tables: 0 });
    }

    fn open(&mut self, tag: &Tag) -> Result<(), Refusal> {
        if rank(&tag.name) > 0 && !self.page.in_table() {
            // A piece of a table without its beginning, or one that was closed twice.
            self.page.table()?;
        }
        match tag.name.as_str() {
            "table" => self.page.table()?,
            "thead" | "tbody" | "tfoot" => self.page.group(),
            "tr" => self.page.row(),
            "td" | "th" => {
                let number = |name| tag.attribute(name).and_then(leading_number);
                // The most that the standard allows.
                let columns = number("colspan").unwrap_or(1).clamp(1, 1000);
                let down = match number("rowspan").unwrap_or(1) {
                    0 => Down::Rest,
                    rows => Down::Rows(rows.min(65_534)),
                };
                self.page.cell(columns, down);
            }
            "br" => self.page.line(),
            "pre" => {
                self.page.paragraph();
                self.verbatim += 1;
            }
            name if BLOCKS.contains(&name) => self.page.paragraph(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "table" => self.page.end_table(),
            "thead" | "tbody" | "tfoot" => self.page.group(),
            "tr" => self.page.end_row(),
            "td" | "th" => self.page.end_cell(),
            "pre" => {
                self.page.paragraph();
                self.verbatim = self.verbatim.saturating_sub(1);
            }
            name if BLOCKS.contains(&name) => self.page.paragraph(),
            _ => {}
        }
    }
}

enum Fate {
    /// The token is hidden.
    Inside,
    /// It is the end of the hidden element.
    Last,
    /// The element was never closed, and this token ends it by coming.
    Over,
}

impl Hidden {
    fn goes_on(&mut self, token: &Token) -> Fate {
        let (name, opens) = match token {
            Token::Text(_) => return Fate::Inside,
            Token::Open(tag) => (tag.name.as_str(), true),
            Token::Close(name) => (name.as_str(), false),
        };
        if name == "table" && self.name != "table" {
            match (opens, self.tables) {
                (true, _) => self.tables += 1,
                (false, 0) => return Fate::Over,
                (false, _) => self.tables -= 1,
            }
            return Fate::Inside;
        }
        if self.tables > 0 {
            return Fate::Inside;
        }
        if self.ended(name, opens) {
            return Fate::Over;
        }
        if name == self.name {
            self.same = if opens { self.same + 1 } else { self.same - 1 };
            if self.same == 0 {
                return Fate::Last;
            }
        }
        Fate::Inside
    }

    /// Whether a tag ends the element although it is not its closing tag: that may be left out.
    fn ended(&self, tag: &str, opens: bool) -> bool {
        let (own, other) = (rank(&self.name), rank(tag));
        match self.name.as_str() {
            "table" => false,
            "p" if opens && BLOCKS.contains(&tag) => true,
            "li" if opens && tag == "li" => true,
            _ if own == 0 || !opens => other > own,
            _ => other >= own,
        }
    }
}

/// How much of a table an element is: a cell, a row, a group of rows; 0 for all others.
fn rank(name: &str) -> u8 {
    match name {
        "td" | "th" => 1,
        "tr" => 2,
        "tbody" | "thead" | "tfoot" => 3,
        _ => 0,
    }
}

/// The number with which an attribute begins: browsers read `2px` as 2.
fn leading_number(text: &str) -> Option<usize> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits.min(9)].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(page: &str) -> Vec<String> {
        let grid = read(page, &mut Budget::default()).unwrap();
        let text = |index: usize| {
            let row = &grid.rows[index];
            let texts = (0..row.cells.len()).map(|column| grid.text(index, column)).collect::<Vec<_>>();
            let kind = row.table.map_or_else(String::new, |table| format!("{table}: "));
            kind + &texts.join("|")
        };
        (0..grid.rows.len()).map(text).collect()
    }

    #[test]
    fn a_page_is_read_from_top_to_bottom() {
        let page = "<title>略</title><h1>县目录</h1><div>索引号 <b>1</b><p>甲</p>乙</div>
            <table><caption>表一</caption><tr><th rowspan=2>序号<th colspan=2>事项<tr><td>一级<td>二&nbsp;级</table>
            <ul><li>注1<li>注2</ul>";
        let own = [
            "县目录",
            "索引号 1",
            "甲",
            "乙",
            "表一",
            "0: 序号|事项|事项",
            "0: 序号|一级|二\u{a0}级",
            "注1",
            "注2",
        ];
        assert_eq!(rows(page), own);
    }

    #[test]
    fn lines_of_a_cell_are_kept_and_those_of_the_file_are_not() {
        let page = "<table><tr><td>1.名称\n <br> 2.文号<p>3.时间</p><ul><li>a</li><li>b</ul></td><td><pre>x\ny</pre></table>";
        assert_eq!(rows(page), ["0: 1.名称\n2.文号\n3.时间\na\nb|x\ny"]);
    }

    #[test]
    fn what_is_hidden_is_not_read() {
        let page = "<p style='display:none'>暗<p>明<table><tr><td>1<div hidden><div>a</div>b</div>c<td style='display:none'>d
            <td>2<span style='display:none'>e</td><td>3<tr style='display:none'><td>f<tr><td>4</table><select><option>g</select>h";
        assert_eq!(rows(page), ["明", "0: 1c|2|3", "0: 4", "h"]);
    }

    #[test]
    fn a_piece_of_a_table_is_one() {
        assert_eq!(rows("<tr><td>1<td>甲</tr><tr><td>2<td>乙</tr>"), ["0: 1|甲", "0: 2|乙"]);
    }

    #[test]
    fn groups_of_rows_end_what_spans_them() {
        let page =
            "<table><thead><tr><td rowspan=9>a<td>b<tbody><tr><td rowspan=0>c<td>d<tr><td>e<tr><td>f</table>";
        assert_eq!(rows(page), ["0: a|b", "0: c|d", "0: c|e", "0: c|f"]);
    }
}
