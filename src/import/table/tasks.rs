//! Tables of tasks (任务分工表), which are no catalogues: said and refused here, read by [`crate::import::tasks`].

use super::{shifted::shifted, split::words_of, words::folded};
use crate::import::{
    finding::{Code, Note, Placed},
    grid::Grid,
};

/// A table that assigns tasks or domains to units (任务分工表), by its title or by what stands over its columns.
pub(super) fn refused(grid: &Grid, words: &str) -> Option<Vec<Placed>> {
    const HEADINGS: [&str; 4] = ["牵头单位", "责任单位", "牵头部门", "责任部门"];
    let named =
        ["任务分解", "任务分工", "职责分工", "责任分工", "分工方案"].iter().any(|word| words.contains(word));
    let headed = |words: &String| {
        HEADINGS.iter().any(|word| words.contains(word)) && (named || words.contains("任务"))
    };
    let (at, words) = grid.rows.iter().map(words_of).enumerate().find(|(_, words)| headed(words))?;
    let mut notes = vec![Placed::row(at, Note::new(Code::TaskTable, words.clone()))];
    notes.extend(shifted_labels(grid, at));
    let refused = Note::new(Code::NotACatalogue, words).expected(
        "列有公开事项、公开内容、公开依据等的标准目录；各领域由哪些单位负责，用 mulu reference load --division 载入",
        "a catalogue of items with content and basis; which units are assigned to a domain is for mulu reference load --division",
    );
    notes.push(Placed::row(at, refused));
    Some(notes)
}

/// W209 for each row of a table of tasks whose text is about the label beside it.
fn shifted_labels(grid: &Grid, header: usize) -> Vec<Placed> {
    let table = grid.rows[header].table;
    let below = grid.rows[header + 1..].iter().take_while(|row| row.table == table).count();
    let rows: Vec<usize> = (header + 1..).take(below).collect();
    let column = |column: usize| rows.iter().map(|row| grid.text(*row, column)).collect::<Vec<_>>();
    let is_number = |column: &usize| ["序号", "编号"].contains(&folded(grid.text(header, *column)).as_str());
    let Some(label) = (0..grid.rows[header].cells.len()).find(|column| !is_number(column)) else {
        return Vec::new();
    };
    let labels = column(label);
    let said = |(at, other): (usize, &str)| {
        Placed::cell(rows[at], label, Note::new(Code::ShiftedLabels, labels[at]).understood(other))
    };
    shifted(&labels, &column(label + 1)).into_iter().map(said).collect()
}
