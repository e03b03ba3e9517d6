//! Files that are text: the encoding, then what kind of text.

use super::{
    Format, Refusal, Source, bars, delimited, encoding, html,
    limits::{self, Budget},
    sniff,
};
use crate::import::finding::{Code, Note};

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<Source, Refusal> {
    let encoding::Decoded { text, encoding } = encoding::decode(bytes)?;
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    let mut format = sniff::text(&text)?;
    if format == Format::Lines {
        narrow(&text)?;
        format = kind(&text);
    }
    let grid = match format {
        Format::Html => Some(html::read(&text, budget)?),
        Format::Delimited => Some(delimited::read(&text, budget)?),
        Format::Bars => Some(bars::read(&text, budget)?),
        Format::Lines => Some(bars::lines(&text, budget)?),
        _ => None,
    };
    let other = (encoding != "UTF-8").then(|| (None, Note::new(Code::Encoding, encoding)));
    Ok(Source {
        format,
        encoding: Some(encoding),
        grids: grid.into_iter().collect(),
        notes: other.into_iter().collect(),
    })
}

/// Refuses a line of more cells than any sheet has, before each takes room.
fn narrow(text: &str) -> Result<(), Refusal> {
    let most = limits::SHEET_COLUMNS as usize;
    let wide = |line: &str| ["|", "｜", "\t", ",", ";"].iter().any(|bar| line.matches(bar).count() >= most);
    if text.lines().any(wide) {
        return Err(limits::too_large("一行的单元格数", "cells of a line", most));
    }
    Ok(())
}

/// What parts the cells of a text that is no page.
fn kind(text: &str) -> Format {
    if delimited::canonical(text) {
        return Format::CanonicalCsv;
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let barred = text.lines().filter(|line| bars::cells(line).len() > 2).count();
    if barred >= 2 && barred * 4 >= lines {
        return Format::Bars;
    }
    if delimited::delimiter(text).is_some() { Format::Delimited } else { Format::Lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_text_is_told_by_what_parts_its_cells() {
        assert_eq!(kind("catalogue,label\nx,y\n"), Format::CanonicalCsv);
        assert_eq!(kind("seq,content.names\n1,x\n"), Format::CanonicalCsv);
        assert_eq!(kind("目录\n序号|事项|内容\n1|a|b\n"), Format::Bars);
        assert_eq!(kind("序号｜事项｜内容\n1｜a｜b\n"), Format::Bars);
        assert_eq!(kind("序号,事项,内容\n1,\"a\nb\",c\n"), Format::Delimited);
        assert_eq!(kind("序号\t事项\t内容\n1\ta\tb\n"), Format::Delimited);
        assert_eq!(kind("序号\n事项\n内容\n1\n政策,文件\n"), Format::Lines);
        assert_eq!(kind("甲|乙\n一段话，没有表格。\n"), Format::Lines);
    }
}
