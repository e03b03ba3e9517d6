//! The manifest of a subject's files.

use super::{Document, PinnedDocument, Subject};
use crate::{
    catalogue::{
        column::Columns,
        dataset::Dataset,
        manifest::{ColumnSet, FORMAT, Manifest, ManifestFile},
        reference::Register,
        scope::Scope,
    },
    error::Result,
    export::data::{DataFormat, FileName, Files, Measured, Measuring, Pinned},
};

/// A manifest without files.
pub async fn bare_manifest(files: &Files, subject: &str, scope: Scope) -> Result<Manifest> {
    let store = files.reader().store();
    let columns = Columns::declared();
    Ok(Manifest {
        format: FORMAT.to_owned(),
        origin: store.origin().await?,
        subject: subject.to_owned(),
        revision: scope.revision,
        effective_on: scope.effective_on,
        generator: concat!("mulu ", env!("CARGO_PKG_VERSION")).to_owned(),
        columns: ColumnSet { version: columns.version, digest: Columns::digest() },
        notice: files.notice().clone(),
        checkpoint: store.checkpoint(scope.revision).await?.map(|(_, note)| note),
        files: Vec::new(),
    })
}

/// The manifest of all files of a subject under the scope that it is read under, which are made to be measured. Paths are
/// relative to where the manifest is. `NOT_FOUND` where what it is about is not known.
pub async fn manifest(files: &Files, subject: &Subject, scope: Scope) -> Result<Vec<u8>> {
    let mut manifest = bare_manifest(files, &subject.to_string(), scope).await?;
    let datasets = match subject {
        Subject::Dataset(dataset) => vec![dataset.clone()],
        Subject::Registers => Register::ALL.map(Dataset::Register).into(),
    };
    for dataset in datasets {
        let rows = rows(files, &dataset, scope).await?;
        for format in DataFormat::of(&dataset) {
            let file = Pinned { name: FileName { dataset: dataset.clone(), format }, scope };
            let Measured { bytes, digest } = files.measure(&file).await?;
            let path = beside(subject, &file.name.to_string());
            let media_type = format.media_type().to_owned();
            manifest.files.push(ManifestFile { path, bytes, digest, media_type, rows: Some(rows) });
        }
    }
    let document = Document::Package(subject.clone());
    let bytes = super::package(files, subject, scope, super::Extent::Small).await?;
    let path = beside(subject, &document.to_string());
    manifest.files.push(listed(path, document.media_type(), &bytes)?);
    manifest.files.sort();
    Ok(manifest.to_bytes()?)
}

/// A file of which the bytes are there.
pub(crate) fn listed(path: String, media_type: &str, bytes: &[u8]) -> Result<ManifestFile> {
    let mut measuring = Measuring::default();
    measuring.add(bytes);
    let Measured { bytes, digest } = measuring.measured()?;
    Ok(ManifestFile { path, bytes, digest, media_type: media_type.to_owned(), rows: None })
}

/// How many items or records a dataset has.
async fn rows(files: &Files, dataset: &Dataset, scope: Scope) -> Result<u64> {
    // What is read for one format is read for all; of some it is known when it has been.
    let name = FileName { dataset: dataset.clone(), format: DataFormat::Ndjson };
    let mut download = files.open(&Pinned { name, scope }).await?;
    if dataset.is_counted() {
        return Ok(download.most());
    }
    while download.next().await?.is_some() {}
    Ok(download.written())
}

/// A path from where the documents of a subject are.
fn beside(subject: &Subject, path: &str) -> String {
    let subject = subject.to_string();
    let folder = subject.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
    path.strip_prefix(&folder).unwrap_or(path).to_owned()
}

impl PinnedDocument {
    /// The path of its link without the slash before it.
    pub fn path(&self) -> String {
        self.to_string().trim_start_matches('/').to_owned()
    }
}
