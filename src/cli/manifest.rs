//! A manifest, its signature and the files beside it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::json;

use super::{print_json, progress, say};
use crate::{
    catalogue::{
        key::VerifierKey,
        manifest::{Manifest, ManifestFile, Untrue},
    },
    error::{Error, Result},
    export::data::Measuring,
};

/// How much of a file is in memory at a time.
const PIECE: usize = 1 << 20;

/// Checks the manifest in a file, of which these are the bytes.
pub(super) fn run(
    file: &Path,
    bytes: &[u8],
    key: &VerifierKey,
    kept: Option<&str>,
    json: bool,
) -> Result<ExitCode> {
    let note = std::fs::read(note_of(file)).ok();
    let note = note.map(|note| String::from_utf8_lossy(&note).into_owned());
    let opened = Manifest::open(bytes, note.as_deref(), key, kept);
    let checked = match opened {
        Ok(manifest) => {
            let folder = file.parent().unwrap_or(Path::new(""));
            files(folder, &manifest)?.map_or(Ok(manifest), Err)
        }
        Err(untrue) => Err(untrue),
    };
    match checked {
        Ok(manifest) if json => {
            let Manifest { origin, revision, effective_on, subject, files, .. } = &manifest;
            print_json(&json!({
                "verified": true, "origin": origin, "subject": subject, "revision": revision,
                "effectiveOn": effective_on, "files": files.len(), "checkpoint": manifest.checkpoint.is_some(),
            }))?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(manifest) => {
            let Manifest { origin, revision, effective_on, subject, files, .. } = &manifest;
            say("通过 verified");
            say(format_args!("清单 manifest {subject}, {} 个文件 files, {origin}", files.len()));
            say(format_args!("修订 revision {revision}, {effective_on}"));
            say("未证明 not proved: 此后没有新的修订 · that no later revision exists");
            Ok(ExitCode::SUCCESS)
        }
        Err(untrue) => {
            let (code, message) = (untrue.code(), untrue.message());
            if json {
                print_json(&json!({ "verified": false, "code": code, "zh": message.zh, "en": message.en }))?;
            } else {
                eprintln!("拒绝 refused: {code}: {} · {}", message.zh, message.en);
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// `manifest.note` beside `manifest.json`.
fn note_of(file: &Path) -> PathBuf {
    file.with_extension("note")
}

/// The first file that is not what the manifest says; `None` where all are.
fn files(folder: &Path, manifest: &Manifest) -> Result<Option<Untrue>> {
    let bar = progress(manifest.files.len());
    for ManifestFile { path, bytes, digest, .. } in &manifest.files {
        let Ok(mut file) = File::open(folder.join(path)) else {
            return Ok(Some(Untrue::FileMissing(path.clone())));
        };
        let mut measuring = Measuring::default();
        let mut piece = vec![0; PIECE];
        loop {
            let count = file.read(&mut piece).map_err(|error| {
                Error::bad_input(format!("无法读取 {path}：{error}"), format!("cannot read {path}: {error}"))
            })?;
            if count == 0 {
                break;
            }
            measuring.add(&piece[..count]);
        }
        let measured = measuring.measured()?;
        if (measured.bytes, measured.digest) != (*bytes, *digest) {
            return Ok(Some(Untrue::FileDiffers(path.clone())));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(None)
}
