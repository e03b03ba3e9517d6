//! Text without quotes: tables with bars between cells, and one cell a line.

use super::{Refusal, limits::Budget};
use crate::import::grid::{Boundaries, Cell, Grid, Row};

/// The cells of a line with bars, those before a leading and after a trailing bar too. A line is parted by full-width
/// bars only if it has no others.
pub(super) fn cells(line: &str) -> Vec<String> {
    let bar = if line.contains('|') { '|' } else { '｜' };
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for character in line.chars() {
        if character == bar && !escaped {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            if character == bar {
                cell.pop();
            }
            cell.push(character);
        }
        escaped = character == '\\' && !escaped;
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

pub(super) fn read(text: &str, budget: &mut Budget) -> Result<Grid, Refusal> {
    budget.sheet();
    let barred = |cells: &[String]| cells.len() > 1;
    let lines = || text.lines().map(|line| (line, cells(line)));
    // A bar at the edge is a frame only if every row has it there; otherwise a blank cell stands before it.
    let framed = |edge: fn(&[String]) -> Option<&String>| {
        lines()
            .filter(|(_, cells)| barred(cells))
            .all(|(_, cells)| edge(&cells).is_some_and(String::is_empty))
    };
    let (left, right) = (framed(|cells| cells.first()), framed(|cells| cells.last()));
    let mut rows = Vec::new();
    let (mut table, mut within) = (0, false);
    for (number, (line, mut cells)) in lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if !barred(&cells) {
            table += usize::from(within);
            within = false;
            rows.push(row(number + 1, None, &[line.trim().to_owned()], budget)?);
            continue;
        }
        within = true;
        if right {
            cells.pop();
        }
        if left && !cells.is_empty() {
            cells.remove(0);
        }
        if !ruled(&cells) {
            rows.push(row(number + 1, Some(table), &cells, budget)?);
        }
    }
    Ok(Grid { sheet: None, addressed: false, boundaries: Boundaries::Bars, rows })
}

/// Text that was pasted cell by cell. A blank line is a blank cell.
pub(super) fn lines(text: &str, budget: &mut Budget) -> Result<Grid, Refusal> {
    budget.sheet();
    let lines = text.lines().enumerate();
    let rows = lines.map(|(number, line)| row(number + 1, None, &[line.trim().to_owned()], budget));
    let rows = rows.collect::<Result<_, _>>()?;
    Ok(Grid { sheet: None, addressed: false, boundaries: Boundaries::Lines, rows })
}

fn row(number: usize, table: Option<usize>, cells: &[String], budget: &mut Budget) -> Result<Row, Refusal> {
    budget.row(cells.len())?;
    let cells = cells.iter().map(|text| {
        let text = broken(text);
        budget.text(&text).map(|()| Cell::new(text))
    });
    Ok(Row { number, table, cells: cells.collect::<Result<_, _>>()? })
}

/// Line breaks inside a cell of Markdown.
fn broken(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    ["<br>", "<br/>", "<br />", "<BR>"].iter().fold(text.to_owned(), |text, tag| text.replace(tag, "\n"))
}

/// Whether this is the rule of Markdown between header and body.
fn ruled(cells: &[String]) -> bool {
    let dashes = |cell: &String| {
        let dashes = cell.trim_start_matches(':').trim_end_matches(':');
        let enough = dashes.len() >= 2 || (dashes.len() == 1 && cell.len() > 1);
        enough && dashes.bytes().all(|byte| byte == b'-')
    };
    !cells.is_empty() && cells.iter().all(dashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(usize, Option<usize>, Vec<String>)> {
        let rows = read(text, &mut Budget::default()).unwrap().rows;
        let texts = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.text).collect();
        rows.into_iter().map(|row| (row.number, row.table, texts(row.cells))).collect()
    }

    fn own(number: usize, table: Option<usize>, cells: &[&str]) -> (usize, Option<usize>, Vec<String>) {
        (number, table, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn markdown_loses_its_frame_and_rule() {
        let text = "# 题\n\n| 序号 | 事项 |\n|---|:-:|\n| 1 | a\\|b<br>c |\n| 2 | |\n尾注\n| 3 | d |\n";
        let rows = [
            own(1, None, &["# 题"]),
            own(3, Some(0), &["序号", "事项"]),
            own(5, Some(0), &["1", "a|b\nc"]),
            own(6, Some(0), &["2", ""]),
            own(7, None, &["尾注"]),
            own(8, Some(1), &["3", "d"]),
        ];
        assert_eq!(texts(text), rows);
    }

    #[test]
    fn a_leading_bar_is_a_blank_cell_where_others_have_none() {
        let text = "序号|公开事项||内容\n|一级|二级|\n1｜甲｜乙｜丙\n";
        let rows = [
            own(1, Some(0), &["序号", "公开事项", "", "内容"]),
            own(2, Some(0), &["", "一级", "二级", ""]),
            own(3, Some(0), &["1", "甲", "乙", "丙"]),
        ];
        assert_eq!(texts(text), rows);
    }

    #[test]
    fn blank_lines_of_pasted_text_are_kept() {
        let grid = lines("序号\r\n\r\n 甲 \n", &mut Budget::default()).unwrap();
        let texts = grid.rows.iter().map(|row| (row.number, row.cells[0].text.as_str())).collect::<Vec<_>>();
        assert_eq!(texts, [(1, "序号"), (2, ""), (3, "甲")]);
    }
}
