//! The pages on proofs are held against the program: the worked example is what a log of that story gives.

use std::process::Command;

use mulu::catalogue::{
    digest::Digest,
    key::SigningKey,
    merkle::leaf_hash,
    proof::{self, Proof},
};
use serde_json::Value;

use crate::{
    kit::{Backend, ORIGIN, Signing, TestApp, publish_with, run, source},
    proof::{CODE, ITEM, json},
};

const PAGES: [&str; 2] = ["docs/proof.md", "docs/proof.zh-CN.md"];

fn text(path: &str) -> String {
    std::fs::read_to_string(source(path)).unwrap()
}

/// The signed answers of `examples/verify`: registers, a key, two catalogues.
#[tokio::test]
async fn the_worked_example_is_what_such_a_log_gives() {
    let app = TestApp::new(Backend::Sqlite).await;
    let Signing { store, key, .. } = Signing::register(&app).await;
    let registered = store.head().await.unwrap();
    publish_with(&store, CODE, "2026-01-01", 3).await;
    publish_with(&store, "513230000000-20", "2026-01-01", 1).await;
    let item = app.ok(&["proof", "item", ITEM]);
    let head = store.head().await.unwrap();
    let grown = store.consistency_file(registered, head).await.unwrap();
    assert_eq!(text("examples/verify/item.json"), item);
    assert_eq!(text("examples/verify/consistency.json"), grown);
    assert_eq!(text("examples/verify/key.txt"), format!("{key}\n"));
    let parts: Proof = serde_json::from_str(&item).unwrap();
    let row = parts.item.as_ref().unwrap();
    let hash = |value: &Value| Digest::of(value.to_string().as_bytes());
    let steps = [
        hash(&row.content),
        hash(&row.local),
        leaf_hash(row.entry.to_string().as_bytes()),
        json(&parts.version.to_string())["entries"].as_str().unwrap().parse().unwrap(),
        hash(&parts.version),
        leaf_hash(parts.event.to_string().as_bytes()),
        store.root(head).await.unwrap(),
    ];
    for page in PAGES {
        let shown = text(page);
        for step in steps {
            assert!(shown.contains(&step.to_string()), "{page} lacks {step}");
        }
        for shown_whole in [key.to_string(), parts.checkpoint.clone(), item.len().to_string()] {
            assert!(shown.contains(&shown_whole), "{page} lacks {shown_whole}");
        }
    }
}

#[test]
fn both_verifiers_take_the_files_of_the_example() {
    let key = text("examples/verify/key.txt");
    for file in ["examples/verify/item.json", "examples/verify/consistency.json"] {
        let verified = proof::verify(text(file).as_bytes(), &key.trim().parse().unwrap(), None);
        assert!(verified.is_ok(), "{file}: {verified:?}");
        let mut python = Command::new("python3");
        python.arg(source("examples/verify/verify.py")).args(["--key", key.trim()]).arg(source(file));
        let output = run(python);
        assert_eq!(output.code, Some(0), "{file}: {}", output.stderr);
        assert!(output.stdout.starts_with("verified: "), "{}", output.stdout);
    }
}

/// The secret of the example is known to everybody and named as such.
#[test]
fn the_key_of_the_example_is_of_the_seed_that_the_pages_name() {
    let key = SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap();
    for page in PAGES {
        assert!(text(page).contains(&key.to_secret_text()), "{page}");
    }
}

#[test]
fn every_reason_to_refuse_is_in_both_pages() {
    let source = text("src/catalogue/proof/mod.rs");
    let codes: Vec<&str> = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(codes.len() >= 10, "{codes:?}");
    for page in PAGES {
        let shown = text(page);
        for code in &codes {
            assert!(shown.contains(&format!("| `{code}` |")), "{page} lacks {code}");
        }
    }
}
