//! `mulu reparse`: what the present readers make of the wording of the last version.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;

use super::ending::Ending;
use crate::{
    catalogue::{code::CatalogueCode, text::Text},
    error::Result,
    import::{self, Origin, Outcome, Reparsed, Report, Wanted},
    store::{Staged, Store, Then},
};

#[derive(Debug, Args)]
pub(super) struct Reparse {
    /// The catalogue whose last version is read anew
    catalogue: CatalogueCode,
    /// A short name of the version; that of the last one if left out
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// The day from which it is in force (YYYY-MM-DD); that of the last version if left out, for the words are the same
    #[arg(long, value_name = "DATE")]
    effective_from: Option<NaiveDate>,
    /// A remark; that of the last version if left out
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    ending: Ending,
}

impl Reparse {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let (then, dry_run) = (self.ending.then(), self.ending.dry_run);
        let reparsed = import::reparse(store, &self.catalogue, &self.wanted()).await?;
        let outcome = if reparsed.unchanged {
            Outcome::new(vec![unchanged(&reparsed)], Report::default(), dry_run)
        } else {
            stage(store, &reparsed, then).await?
        };
        self.ending.tell(&outcome)
    }

    fn wanted(&self) -> Wanted {
        let text = |text: &Option<String>| text.as_deref().map(Text::new).filter(|text| !text.is_empty());
        Wanted {
            label: text(&self.label),
            effective_from: self.effective_from,
            note: text(&self.note),
            accept: false,
            complete: false,
        }
    }
}

/// The last version, which is read now as it was.
fn unchanged(reparsed: &Reparsed) -> Staged {
    Staged {
        catalogue: reparsed.document.header.catalogue.clone(),
        number: reparsed.number,
        digest: reparsed.last,
        size: reparsed.document.rows.len().try_into().unwrap_or(u32::MAX),
        revision: None,
        unchanged: true,
        draft: None,
        difference: None,
    }
}

/// Stages the document, after a look at what it would change.
async fn stage(store: &Store, reparsed: &Reparsed, then: Then) -> Result<Outcome> {
    let Reparsed { document, last, number, .. } = reparsed;
    let (mut staged, findings) = store.stage_next(document, Some(*last), Then::Forget).await?;
    let mut difference = None;
    if let Some(draft) = staged.as_mut().and_then(|staged| staged.draft.take()) {
        difference = store.preview(draft.digest, &draft.version, &draft.objects).await?;
    }
    if staged.is_some() && then != Then::Forget {
        staged = store.stage_next(document, Some(*last), then).await?.0;
    }
    if let Some(staged) = &mut staged {
        staged.difference = difference;
    }
    let mut report = Report::default();
    let origin = Origin {
        file: format!("{}#{number}", document.header.catalogue),
        row_lines: (1..=document.rows.len()).collect(),
        ..Origin::default()
    };
    report.extend(findings, &origin);
    Ok(Outcome::new(staged.into_iter().collect(), report, then == Then::Forget))
}
