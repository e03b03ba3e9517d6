//! Tables of tasks become records of the register `assignment`.

use std::{collections::HashSet, sync::Arc};

use super::{Options, Run, no_sheet, registers};
use crate::{
    catalogue::{
        code::{DivisionCode, UnitCode},
        domain::AssignmentState,
        reference::{AnyRecord, Record, Register},
        scope::{Scope, ScopeRequest},
        text::Text,
    },
    error::{Error, Result},
    import::{
        File, References, Report,
        finding::Placed,
        source,
        tasks::{self, Assigned, Known},
    },
    store::Store,
};

/// What the person says of tables of tasks.
#[derive(Clone, Debug)]
pub struct TaskOptions {
    /// The place whose units answer.
    pub division: DivisionCode,
    /// The day from which they do; `None`: since before anyone recorded it.
    pub valid_from: Option<chrono::NaiveDate>,
}

/// Reads tables of tasks (任务分解表) from files of any kind: which unit of a place answers for which domain. What is
/// wrong with any of them is in the report.
///
/// # Errors
///
/// `NOT_FOUND` where the place is not registered.
pub async fn read_tasks(store: &Store, files: &[File], asked: &TaskOptions) -> Result<(References, Report)> {
    let scope = store.scope(ScopeRequest::default()).await?;
    let options = Options::default();
    let mut nobody = |_| {};
    let run = Run::new(store, scope, &options, &mut nobody);
    let chain = run.chain(&asked.division).await?;
    if chain.is_empty() {
        return Err(Error::not_found("行政区划", "division", &asked.division));
    }
    let units = run.units(&chain).await?;
    let vocabulary = registers::vocabulary(store, scope).await?;
    let known =
        Known { vocabulary: &vocabulary, units: &units, day: asked.valid_from.unwrap_or(scope.effective_on) };
    let (mut references, mut report) = (References::default(), Report::default());
    let mut seen = HashSet::new();
    for file in files {
        let read = match source::read(file) {
            Ok(read) => read,
            Err(refusal) => {
                report.note([Placed::whole(*refusal)], &file.name, None, |_, _| None);
                continue;
            }
        };
        let (mut why, mut any) = (Vec::new(), false);
        for grid in read.grids {
            let (tables, none) = tasks::read(&grid, known);
            let at = report.grids.len();
            why.extend(none.map(|note| (at, note)));
            report.grids.push((file.name.clone(), grid));
            for table in tables {
                any = true;
                let source = table.title.as_deref().unwrap_or(&file.name);
                for one in &table.assigned {
                    let state = state(one, asked, source)?;
                    // Tables may say a thing twice.
                    if !seen.insert(state.key()) {
                        continue;
                    }
                    let record = record(store, scope, state).await?;
                    let place: Arc<str> = file.name.as_str().into();
                    let line = report.grids[at].1.rows.get(one.row).map_or(1, |row| row.number);
                    references.add(Register::Assignment, record, place, line);
                }
                report.note(table.notes, &file.name, Some(at), |_, _| None);
            }
        }
        if !any && why.is_empty() {
            report.note([Placed::whole(no_sheet())], &file.name, None, |_, _| None);
        }
        // A sheet without a table is no fault where another has one.
        for (at, note) in why.into_iter().filter(|_| !any) {
            report.note([note], &file.name, Some(at), |_, _| None);
        }
    }
    Ok((references, report))
}

/// A record with what it said before of other days.
async fn record(store: &Store, scope: Scope, state: AssignmentState) -> Result<AnyRecord> {
    let key = state.key();
    let mut states = store.states::<AssignmentState>(&key, scope).await?;
    states.retain(|other| other.valid_from != state.valid_from);
    states.push(state);
    Ok(AnyRecord::Assignment(Record::new(key, states)))
}

fn state(one: &Assigned, asked: &TaskOptions, source: &str) -> Result<AssignmentState> {
    let unit: UnitCode = one.unit.parse().map_err(Error::internal)?;
    Ok(AssignmentState {
        division: asked.division.clone(),
        domain: one.domain.clone(),
        unit,
        role: one.role,
        order: Some(one.order),
        text: Some(one.text.clone()),
        valid_from: asked.valid_from,
        valid_to: None,
        source: Some(Text::new(source)),
    })
}
