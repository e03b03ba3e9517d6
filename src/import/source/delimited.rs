//! Text with a comma, semicolon or tab between cells. Titles above the table have fewer cells; that is no fault.

use csv::{ReaderBuilder, StringRecord};

use super::{Refusal, limits::Budget, unreadable};
use crate::import::grid::{Boundaries, Cell, Grid, Row};

/// How many records tell the kind of a file.
const SAMPLE: usize = 200;

fn records(text: &str, delimiter: u8) -> csv::StringRecordsIntoIter<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).flexible(true).has_headers(false);
    builder.from_reader(text.as_bytes()).into_records()
}

/// What parts the cells: a character that makes at least three cells of half of the lines. `None` where none does.
pub(super) fn delimiter(text: &str) -> Option<u8> {
    b"\t,;".iter().copied().find(|delimiter| {
        let records = records(text, *delimiter).take(SAMPLE).map_while(Result::ok);
        let (mut all, mut wide) = (0, 0);
        for record in records.filter(|record| record.iter().any(|cell| !cell.trim().is_empty())) {
            all += 1;
            wide += usize::from(record.len() >= 3);
        }
        wide > 0 && wide * 2 >= all
    })
}

/// Whether the first line names columns of the canonical form.
pub(super) fn canonical(text: &str) -> bool {
    let Some(Ok(header)) = records(text, b',').next() else { return false };
    header
        .iter()
        .map(str::trim)
        .any(|name| name == "catalogue" || ["content.", "local."].iter().any(|part| name.starts_with(part)))
}

pub(super) fn read(text: &str, budget: &mut Budget) -> Result<Grid, Refusal> {
    let delimiter = delimiter(text).unwrap_or(b',');
    budget.sheet();
    let mut rows = Vec::new();
    let mut last = StringRecord::new();
    let (mut byte, mut line) = (0, 1);
    for record in records(text, delimiter) {
        let record = record.map_err(|_| unreadable("不合规的 CSV", "malformed CSV", "另存为 xlsx"))?;
        // The record is said to begin at the blank lines before it.
        let start = record.position().map_or(byte, |position| position.byte() as usize);
        let blank = text.bytes().skip(start).take_while(|byte| *byte == b'\n').count();
        line += text.as_bytes()[byte..start + blank].iter().filter(|byte| **byte == b'\n').count();
        byte = start + blank;
        budget.row(record.len())?;
        for cell in &record {
            budget.text(cell)?;
        }
        rows.push(Row { number: line, table: Some(0), cells: record.iter().map(Cell::new).collect() });
        last = record;
    }
    // A quote without its fellow swallows all that follows it.
    if text.matches('"').count() % 2 == 1 && last.iter().any(|cell| cell.lines().count() > 1) {
        return Err(unreadable(
            "引号没有成对的 CSV",
            "CSV with a quote that is not closed",
            "补上缺少的引号，或另存为 xlsx",
        ));
    }
    Ok(Grid { sheet: None, addressed: false, boundaries: Boundaries::Exact, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(usize, Vec<String>)> {
        let grid = read(text, &mut Budget::default()).unwrap();
        grid.rows
            .into_iter()
            .map(|row| (row.number, row.cells.into_iter().map(|cell| cell.text).collect()))
            .collect()
    }

    #[test]
    fn quoted_lines_are_kept_and_rows_may_be_short() {
        let own = |number, cells: &[&str]| {
            (number, cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
        };
        let text = "目录\n序号,事项,内容\n1,\"甲\n乙\",\"a,b\"\n\n2,丙\n3,丁,c\n";
        let rows = [
            own(1, &["目录"]),
            own(2, &["序号", "事项", "内容"]),
            own(3, &["1", "甲\n乙", "a,b"]),
            own(6, &["2", "丙"]),
            own(7, &["3", "丁", "c"]),
        ];
        assert_eq!(texts(text), rows);
        assert_eq!(texts("a;b;c\n1;2;3\n")[1].1.len(), 3);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_refused() {
        assert!(read("a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n", &mut Budget::default()).is_err());
    }
}
