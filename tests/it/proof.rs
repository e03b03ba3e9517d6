//! Proofs: honest ones pass both verifiers, changed ones neither; forks are seen.

use mulu::{
    catalogue::{
        digest::Digest,
        key::SigningKey,
        merkle,
        note::Checkpoint,
        path,
        proof::{self, Consistency, Refused},
    },
    store::{Store, Subject},
};
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Value, json};

use crate::kit::{
    ORIGIN, Signing, TestApp, cases, checkpoints, publish_with, python, runner, signed_history, source,
    verdict,
};

pub const CODE: &str = "513230000000-12";
pub const ITEM: &str = "513230000000-12-0002";

/// The proof of the item in the version in force.
pub async fn of_item(store: &Store) -> String {
    let item = ITEM.parse().unwrap();
    let head = store.head().await.unwrap();
    store.proof(CODE, 3, Subject::Item(&item), head).await.unwrap().unwrap()
}

pub async fn of_version(store: &Store, code: &str, number: u32) -> String {
    let head = store.head().await.unwrap();
    store.proof(code, number, Subject::Version, head).await.unwrap().unwrap()
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

on_both_stores! {
    async fn honest_proofs_pass_both_verifiers(app: TestApp) {
        let Signing { store, key, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let scope = store.scope(Default::default()).await.unwrap();
        let mut files = vec![of_item(&store).await];
        for view in store.catalogues(&Default::default(), scope).await.unwrap() {
            for number in 1..=view.history.versions.len() as u32 {
                files.push(of_version(&store, view.code.as_str(), number).await);
                let version = store.version(&view, number, scope).await.unwrap().unwrap();
                for entry in store.entries(&version).await.unwrap() {
                    let subject = Subject::Item(&entry.entry.item);
                    let proof = store.proof(view.code.as_str(), number, subject, scope.revision).await.unwrap();
                    files.push(proof.unwrap());
                }
            }
        }
        assert!(files.len() > 25, "{}", files.len());
        for file in &files {
            let verified = proof::verify(file.as_bytes(), &key, None).unwrap();
            assert_eq!((verified.origin.as_str(), verified.size), (ORIGIN, scope.revision));
        }
        let bytes: Vec<Vec<u8>> = files.iter().map(|file| file.clone().into_bytes()).collect();
        assert!(python(&key, &bytes).iter().all(|passed| *passed));
        let said = serde_json::to_value(proof::verify(files[0].as_bytes(), &key, None).unwrap()).unwrap();
        for (member, value) in [("proves", json!("item")), ("item", json!(ITEM)), ("position", json!(2)),
            ("catalogue", json!(CODE)), ("number", json!(3)), ("effectiveFrom", json!("2026-03-01")),
            ("entryCount", json!(7)), ("size", json!(scope.revision))] {
            assert_eq!(said[member], value, "{said}");
        }
    }

    async fn every_two_checkpoints_of_a_log_are_consistent(app: TestApp) {
        let Signing { store, key, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let sealed = checkpoints(&store).await;
        assert!(sealed.len() >= 9, "{sealed:?}");
        let mut files = Vec::new();
        for (place, from) in sealed.iter().enumerate() {
            for to in &sealed[place..] {
                let file = store.consistency_file(*from, *to).await.unwrap();
                let verified = proof::verify(file.as_bytes(), &key, None).unwrap();
                assert_eq!(verified.size, *to);
                files.push(file.into_bytes());
            }
        }
        assert!(python(&key, &files).iter().all(|passed| *passed));
        let head = store.head().await.unwrap();
        assert_eq!(store.consistency(0, head).await.unwrap_err().code(), "BAD_INPUT");
        assert_eq!(store.consistency(head, head - 1).await.unwrap_err().code(), "BAD_INPUT");
        assert_eq!(store.consistency(1, head + 1).await.unwrap_err().code(), "UNKNOWN_REVISION");
        assert_eq!(store.consistency_file(1, head).await.unwrap_err().code(), "NOT_FOUND");
    }

    async fn the_paths_are_those_of_the_definition(app: TestApp) {
        let Signing { store, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let head = store.head().await.unwrap();
        let mut leaves: Vec<Digest> = Vec::new();
        for revision in 1..=head {
            leaves.push(merkle::leaf_hash(store.inclusion(revision, head).await.unwrap().event.as_bytes()));
        }
        let root = |size: u64| merkle::root(leaves[..size as usize].iter().copied());
        for size in 1..=head {
            for revision in 1..=size {
                let proof = store.inclusion(revision, size).await.unwrap();
                assert_eq!((proof.leaf, proof.root), (leaves[revision as usize - 1], root(size)));
                assert!(path::is_included(proof.leaf, revision - 1, size, &proof.path, proof.root));
                let grown = store.consistency(revision, size).await.unwrap();
                assert_eq!((grown.from_root, grown.to_root), (root(revision), root(size)));
                assert!(path::is_consistent(revision, root(revision), size, root(size), &grown.path));
            }
        }
        let before = store.statements();
        store.inclusion(2, head).await.unwrap();
        assert_eq!(store.statements() - before, 3, "the head, the event, all rows of the tree at once");
        assert_eq!(store.inclusion(0, head).await.unwrap_err().code(), "NOT_FOUND");
        assert_eq!(store.inclusion(head, head - 1).await.unwrap_err().code(), "NOT_FOUND");
        assert_eq!(store.inclusion(1, head + 1).await.unwrap_err().code(), "UNKNOWN_REVISION");
    }

    async fn a_changed_byte_is_refused_by_both_verifiers(app: TestApp) {
        let Signing { store, key, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let sealed = checkpoints(&store).await;
        let files = [
            of_item(&store).await,
            of_version(&store, CODE, 1).await,
            store.consistency_file(sealed[0], sealed[sealed.len() - 1]).await.unwrap(),
        ];
        assert!(files.iter().all(|file| verdict(file, &key)));
        let count = cases(10_000) as usize;
        let flip = (0..files.len(), any::<prop::sample::Index>(), 1..=u8::MAX);
        let mut runner = runner(&format!("flips on {:?}", app.database.backend), 10_000);
        let flips = prop::collection::vec(flip, count).new_tree(&mut runner).unwrap().current();
        let changed: Vec<Vec<u8>> = flips
            .iter()
            .map(|(file, place, by)| {
                let mut bytes = files[*file].clone().into_bytes();
                let place = place.index(bytes.len());
                bytes[place] ^= by;
                bytes
            })
            .collect();
        for (bytes, second) in changed.iter().zip(python(&key, &changed)) {
            let text = String::from_utf8_lossy(bytes);
            assert!(proof::verify(bytes, &key, None).is_err(), "mulu takes {text}");
            assert!(!second, "verify.py takes {text}");
        }
    }

    async fn a_forked_log_is_seen(app: TestApp) {
        let signing = Signing::register(&app).await;
        publish_with(&signing.store, CODE, "2026-01-01", 3).await;
        let other = TestApp::new(app.database.backend).await;
        let fork = Signing::register(&other).await;
        publish_with(&fork.store, CODE, "2026-01-01", 3).await;
        let common = app.store.head().await.unwrap();
        assert_eq!(app.store.root(common).await.unwrap(), other.store.root(common).await.unwrap());
        // The same key signs two stories from here on.
        for (store, day) in [(&signing.store, "2026-02-01"), (&fork.store, "2026-03-01")] {
            publish_with(store, CODE, day, 3).await;
            publish_with(store, CODE, "2026-04-01", 4).await;
        }
        let key = &signing.key;
        for (from, to) in [(common + 1, common + 1), (common + 1, common + 2)] {
            let kept = app.store.checkpoint_of(from).await.unwrap().unwrap();
            let theirs = other.store.checkpoint_of(to).await.unwrap().unwrap();
            for path in [other.store.consistency(from, to), app.store.consistency(from, to)].map(async |p| p.await.unwrap().path) {
                let file = Consistency::new(kept.clone(), theirs.clone(), path.await).write().unwrap();
                assert_eq!(proof::verify(file.as_bytes(), key, None), Err(Refused::Inconsistent));
                assert!(!verdict(&file, key));
            }
            // The fork agrees with itself; who has kept a checkpoint sees that it is not in there.
            let file = other.store.consistency_file(from, to).await.unwrap();
            assert!(verdict(&file, key));
            let (file, kept) = (other.file("c.json", &file), other.file("kept.txt", &kept));
            let arguments = ["--key", &key.to_string(), "--checkpoint", &kept];
            let refused = app.cli(&[&["verify", "--file", &file], &arguments[..]].concat());
            assert_eq!(refused.code, Some(1), "{}", refused.stdout);
            assert!(refused.stderr.contains("OTHER_CHECKPOINT"), "{}", refused.stderr);
            let mut python = std::process::Command::new("python3");
            python.arg(source("examples/verify/verify.py")).args(arguments).arg(&file);
            let refused = crate::kit::run(python);
            assert_eq!((refused.code, refused.stderr.trim()), (Some(1), "refused: OTHER_CHECKPOINT"));
        }
        assert!(verdict(&of_version(&fork.store, CODE, 2).await, key), "what the fork published, it did publish");
    }

    async fn the_wrong_key_or_log_is_refused(app: TestApp) {
        let Signing { store, key, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let file = of_item(&store).await;
        assert!(verdict(&file, &key));
        for (name, seed) in [(ORIGIN, 8), ("other.example/log", 7)] {
            let wrong = SigningKey::from_seed(name, &[seed; 32]).unwrap();
            assert!(!verdict(&file, wrong.verifier()), "{name} {seed}");
        }
        // A key of another log signs this log's name, and this key another's.
        let root = store.root(5).await.unwrap();
        let checkpoint = |origin: &str| Checkpoint { origin: origin.to_owned(), size: 5, root };
        let secret = SigningKey::from_seed("other.example/log", &[7; 32]).unwrap();
        for (note, key) in [
            (checkpoint(ORIGIN).to_note(&secret), secret.verifier().clone()),
            (checkpoint("other.example/log").to_note(&SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()), key.clone()),
        ] {
            let file = Consistency::new(note.clone(), note, Vec::new()).write().unwrap();
            assert!(!verdict(&file, &key), "{file}");
        }
        // A second signature could be changed unnoticed, and so could a further line: neither is taken.
        let note = store.checkpoint_of(store.head().await.unwrap()).await.unwrap().unwrap();
        let twice = format!("{note}{}\n", note.lines().last().unwrap());
        let file = Consistency::new(twice.clone(), twice, Vec::new()).write().unwrap();
        assert!(!verdict(&file, &key));
        for (member, value) in [("format", json!("mulu.proof/2")), ("note", json!("x")), ("entries", json!([]))] {
            let mut changed = json(&of_item(&store).await);
            changed[member] = value;
            let text = String::from_utf8(mulu::catalogue::canonical::to_bytes_verbatim(&changed).unwrap()).unwrap();
            assert!(!verdict(&text, &key), "{member}");
        }
        for text in ["", "{}", "[]", "null", "1", "\"x\"", "{\"format\":\"mulu.proof/1\"}", "{\"format\":1}"] {
            assert!(!verdict(text, &key), "{text}");
        }
        let pretty = serde_json::to_string_pretty(&json(&of_item(&store).await)).unwrap();
        assert!(!verdict(&pretty, &key) && !verdict(&format!("{file}\n"), &key));
    }
}
