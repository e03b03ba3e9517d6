//! What is said about data files, as a file.

use std::process::ExitCode;

use serde_json::json;

use super::target::Target;
use crate::{
    catalogue::{
        dataset::{Dataset, Publication},
        scope::Scope,
    },
    cli::{print_json, say},
    error::{Error, Result},
    export::{
        data::{Files, Measured, Measuring},
        metadata::{Catalog, Document, Extent, Subject, manifest, package},
    },
    store::{Reader, Store},
};

/// What is written, and where.
pub(super) struct Metadata {
    pub document: Document,
    pub scope: Scope,
    pub target: Target,
    pub json: bool,
    pub publication: Publication,
}

impl Metadata {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self { document, scope, target, json, publication } = self;
        let reader = Reader::new(store.clone()).await?;
        let files = Files::new(reader.clone(), publication);
        let mut measuring = Measuring::default();
        let name = document.to_string().replace('/', "-");
        let file = match document {
            Document::Package(ref subject) | Document::Manifest(ref subject) => {
                let scope = match subject {
                    Subject::Dataset(dataset) => reader.settled(dataset, scope).await?,
                    Subject::Registers => scope,
                };
                // Whoever writes it has time: every file is made to be measured.
                let bytes = match document {
                    Document::Manifest(_) => manifest(&files, subject, scope).await?,
                    _ => package(&files, subject, scope, Extent::All).await?,
                };
                measuring.add(&bytes);
                let mut file = target.open(&name)?;
                file.write(&bytes)?;
                file
            }
            Document::Catalog { page, syntax } => {
                let mut catalog = Catalog::open(&files, scope, page, syntax).await?;
                let mut file = target.open(&name)?;
                while let Some(piece) = catalog.next().await? {
                    measuring.add(&piece);
                    file.write(&piece)?;
                }
                file
            }
        };
        let Measured { bytes, digest } = measuring.measured()?;
        let Some(path) = file.finish()? else { return Ok(ExitCode::SUCCESS) };
        let path = path.display().to_string();
        if json {
            let Scope { revision, effective_on } = scope;
            print_json(&json!({
                "file": path, "bytes": bytes, "digest": digest, "revision": revision, "effectiveOn": effective_on,
            }))?;
        } else {
            say(format_args!("{path}: 已导出 exported, {digest}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The catalogue is of all data.
pub(super) fn must_be_all(subject: &Subject) -> Result<()> {
    match subject {
        Subject::Dataset(Dataset::Platform) => Ok(()),
        _ => Err(Error::bad_input(
            "turtle 和 json-ld 是全部数据的目录，须加 --all",
            "turtle and json-ld are the catalogue of all data and take --all",
        )),
    }
}
