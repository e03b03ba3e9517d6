//! Where each row of a document, and each of its members, stands in the user's file.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

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
    // A few words stand over thousands of cells; each is kept once.
    let mut kept: HashSet<Arc<str>> = HashSet::new();
    let mut once = |words: &str| {
        if let Some(known) = kept.get(words) {
            return known.clone();
        }
        let words: Arc<str> = words.into();
        kept.insert(words.clone());
        words
    };
    let row = |row: &Assembled| {
        let Found { grid, table, .. } = &tables[row.table];
        let of = &report.grids[*grid].1;
        let sheet = of.sheet.as_deref().map(&mut once);
        RowOrigin { grid: *grid, sheet, row: row.at, cells: cells(row, table, of, &mut once) }
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

fn cells(
    row: &Assembled,
    table: &Table,
    grid: &Grid,
    once: &mut impl FnMut(&str) -> Arc<str>,
) -> Vec<CellOrigin> {
    let label = |row: usize, at: usize| {
        table.column(Some(row), at).map(|column| table::name(&column.field)).unwrap_or_default()
    };
    let told = row.words.iter().zip(&row.cells);
    let all: BTreeSet<(Cow<'static, str>, usize, usize)> = told
        .flat_map(|((part, _), (at, column))| members(part).into_iter().map(move |path| (path, *at, *column)))
        .collect();
    let cell = |(path, at, column)| CellOrigin {
        path,
        label: once(&label(at, column)),
        number: grid.rows.get(at).filter(|_| grid.addressed).map(|row| row.number),
        column,
    };
    all.into_iter().map(cell).collect()
}

/// The members of a row that a cell fills, as paths.
fn members(part: &Part) -> Vec<Cow<'static, str>> {
    let paths: &[&'static str] = match part {
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
            return vec![format!("{part}.extensions.{key}").into()];
        }
    };
    paths.iter().map(|path| Cow::Borrowed(*path)).collect()
}
