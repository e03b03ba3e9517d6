//! Where each row of a document, and each of its members, stands in the user's file.

use std::collections::BTreeSet;

use super::{
    CellOrigin, File, Origin, Report, RowOrigin,
    assemble::Assembled,
    grid::Grid,
    run::Found,
    table::{self, Table},
};
use crate::catalogue::{element::ElementPart, layout::Part};

/// The places of a document's rows, by the report that has its grids.
pub(super) fn of(file: &File, tables: &[Found], rows: &[Assembled], report: &Report) -> Origin {
    let number = |grid: usize, at: usize| report.grids[grid].1.rows.get(at).map_or(1, |row| row.number);
    let row = |row: &Assembled| {
        let Found { grid, table, .. } = &tables[row.table];
        let of = &report.grids[*grid].1;
        RowOrigin { grid: *grid, sheet: of.sheet.clone(), row: row.at, cells: cells(row, table, of) }
    };
    Origin {
        file: file.name.clone(),
        header_line: tables.first().map_or(1, |one| number(one.grid, one.table.head)),
        row_lines: rows.iter().map(|row| number(tables[row.table].grid, row.at)).collect(),
        columns: Vec::new(),
        grid: tables.first().map(|one| one.grid),
        rows: rows.iter().map(row).collect(),
    }
}

fn cells(row: &Assembled, table: &Table, grid: &Grid) -> Vec<CellOrigin> {
    let label = |row: usize, at: usize| {
        table.column(Some(row), at).map(|column| table::name(&column.field)).unwrap_or_default()
    };
    let told = row.words.iter().zip(&row.cells);
    let all: BTreeSet<(String, usize, usize)> = told
        .flat_map(|((part, _), (at, column))| members(part).into_iter().map(move |path| (path, *at, *column)))
        .collect();
    let cell = |(path, at, column)| CellOrigin {
        path,
        label: label(at, column),
        address: grid.address(at, column),
        column,
    };
    all.into_iter().map(cell).collect()
}

/// The members of a row that a cell fills, as paths.
fn members(part: &Part) -> Vec<String> {
    let paths: &[&str] = match part {
        Part::Sequence => &[],
        Part::Domain => &["local.domain"],
        Part::Name(_) => &["content.names"],
        Part::Content => &["content.points"],
        Part::Basis => &["content.basis"],
        Part::TimeLimit => &["content.timeLimits", "content.publicityPeriod"],
        Part::ResponsibleUnit => &["local.units"],
        Part::Channel => &["content.channels", "content.channelRule", "local.addresses"],
        Part::WholeSociety | Part::Groups => &["content.audience"],
        Part::Proactive | Part::OnRequest => &["content.methods"],
        Part::Level(_) => &["local.levels"],
        Part::Extension(part, key) => {
            let part = match part {
                ElementPart::Content => "content",
                ElementPart::Local => "local",
            };
            return vec![format!("{part}.extensions.{key}")];
        }
    };
    paths.iter().map(|path| (*path).to_owned()).collect()
}
