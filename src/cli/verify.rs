//! `mulu verify`, and `mulu verify --file`: a proof or a manifest with its files, a key, and nothing else.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use super::{key, manifest, print_json, say};
use crate::{
    catalogue::{
        key::VerifierKey,
        manifest::Manifest,
        proof::{self, Claim, Verified, VersionFacts},
    },
    error::{Error, Result},
};

#[derive(Clone, Debug, Args)]
pub(super) struct Verify {
    /// Check this proof, as from `mulu proof` or the read API, or this manifest with the files beside it, instead of the
    /// database
    #[arg(long, value_name = "FILE", requires = "key")]
    file: Option<PathBuf>,
    /// The verifier key of the log, which you have from its operator, not from the file
    #[arg(long, value_name = "VKEY", requires = "file", value_parser = key::verifier)]
    key: Option<VerifierKey>,
    /// A checkpoint that you have kept: it must be in the file
    #[arg(long, value_name = "FILE", requires = "file")]
    checkpoint: Option<PathBuf>,
    /// Print the verdict as JSON
    #[arg(long, requires = "file")]
    json: bool,
}

impl Verify {
    /// The proof to check and the key; `None` where it is the database that is verified.
    pub(super) fn asked(&self) -> Option<(&PathBuf, &VerifierKey)> {
        self.file.as_ref().zip(self.key.as_ref())
    }

    pub(super) fn run(&self, file: &PathBuf, key: &VerifierKey) -> Result<ExitCode> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| {
                let path = path.display();
                Error::bad_input(format!("无法读取 {path}：{error}"), format!("cannot read {path}: {error}"))
            })
        };
        let bytes = read(file)?;
        let kept = self.checkpoint.as_ref().map(read).transpose()?;
        let kept = kept.map(|kept| String::from_utf8_lossy(&kept).into_owned());
        if Manifest::is_one(&bytes) {
            return manifest::run(file, &bytes, key, kept.as_deref(), self.json);
        }
        match proof::verify(&bytes, key, kept.as_deref()) {
            Ok(verified) if self.json => {
                let limits = limits(&verified.claim).map(|(zh, en)| json!({ "zh": zh, "en": en }));
                print_json(&json!({ "verified": true, "proof": verified, "doesNotProve": limits }))?;
                Ok(ExitCode::SUCCESS)
            }
            Ok(verified) => {
                print(&verified);
                Ok(ExitCode::SUCCESS)
            }
            Err(refused) => {
                let (code, message) = (refused.code(), refused.message());
                if self.json {
                    let (zh, en) = (&message.zh, &message.en);
                    print_json(&json!({ "verified": false, "code": code, "zh": zh, "en": en }))?;
                } else {
                    eprintln!("拒绝 refused: {code}: {} · {}", message.zh, message.en);
                }
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

fn print(verified: &Verified) {
    say("通过 verified");
    let Verified { origin, size, root, claim } = verified;
    let print_version = |version: &VersionFacts| {
        let VersionFacts { catalogue, number, effective_from, revision, published_at, .. } = version;
        say(format_args!("目录 catalogue {catalogue} #{number}, 施行日期 in force from {effective_from}"));
        say(format_args!("发布 published {published_at}, revision {revision}"));
    };
    match claim {
        Claim::Item { item, position, version } => {
            say(format_args!("事项 item {item}, 序号 position {position} / {}", version.entry_count));
            print_version(version);
        }
        Claim::Version { version } => {
            say(format_args!("条目 entries {}", version.entry_count));
            print_version(version);
        }
        Claim::Consistency { from_size, from_root } => {
            say(format_args!("较早检查点 earlier checkpoint size {from_size} {from_root}"));
        }
    }
    say(format_args!("检查点 checkpoint {origin} size {size} {root}"));
    for (zh, en) in limits(claim) {
        say(format_args!("未证明 not proved: {zh} · {en}"));
    }
}

/// What a reader might think is proved and is not.
fn limits(claim: &Claim) -> [(&'static str, &'static str); 2] {
    let views = (
        "他人看到的是同一日志（请比较检查点）",
        "that others are shown the same log (compare checkpoints with them)",
    );
    match claim {
        Claim::Item { .. } | Claim::Version { .. } => {
            [("此后没有新版本、撤回或停用", "that no later version, withdrawal or closure exists"), views]
        }
        Claim::Consistency { .. } => [("日志中的内容属实", "that what the log records is true"), views],
    }
}
