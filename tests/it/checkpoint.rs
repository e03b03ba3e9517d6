//! Checkpoints: who signs them, what is signed, and what `mulu verify --file` says.

use std::os::unix::fs::PermissionsExt;

use mulu::{
    catalogue::{
        event::Closed,
        key::{SigningKey, VerifierKey},
        text::Text,
    },
    store::{Subject, Then},
};
use serde_json::json;

use crate::{
    kit::{ORIGIN, Signing, checkpoints, document, ndjson, signed_history},
    proof::{CODE, ITEM, json},
};

on_both_stores! {
    async fn a_key_is_made_registered_and_used(app: TestApp) {
        let file = app.database.directory.path().join("secret.txt").display().to_string();
        let made = app.ok(&["key", "generate", "--name", ORIGIN, "--out", &file]);
        let key: VerifierKey = made.trim().parse().unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let secret = std::fs::read_to_string(&file).unwrap();
        assert!(secret.starts_with("PRIVATE+KEY+test.example/log+") && !made.contains("PRIVATE"), "{made}");
        let again = app.cli(&["key", "generate", "--name", ORIGIN, "--out", &file]);
        assert!(again.code == Some(1) && again.stderr.contains("BAD_INPUT"), "{}", again.stderr);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
        let named = app.cli(&["key", "generate", "--name", "a log", "--out", "x"]);
        assert!(named.stderr.contains("BAD_INPUT"), "{}", named.stderr);
        let signed = |arguments: &[&str]| {
            let mut command = app.command(arguments);
            command.env("MULU_SIGNING_KEY", &file);
            crate::kit::run(command)
        };
        let rows = app.file("a.ndjson", &ndjson(CODE, "2026-01-01", 2));
        let dump = app.database.dump().await;
        let refused = signed(&["import", &rows, "--publish"]);
        let hint = format!("mulu key register {key}");
        assert!(refused.code == Some(1) && refused.stderr.contains(&hint), "{}", refused.stderr);
        assert_eq!(app.database.dump().await, dump);
        let strange = SigningKey::from_seed("other.example/log", &[1; 32]).unwrap().verifier().to_string();
        assert!(app.cli(&["key", "register", &strange]).stderr.contains("BAD_INPUT"));
        assert_eq!(app.cli(&["key", "register", "nonsense"]).code, Some(2));
        assert!(signed(&["key", "register", made.trim()]).stdout.contains("registered, revision"));
        assert!(signed(&["key", "register", made.trim()]).stdout.contains("registered before"));
        let registered = app.store.head().await.unwrap();
        assert_eq!(checkpoints(&app.store).await, [registered]);
        // Every process signs anew: the key is read again, the log goes on.
        for arguments in [
            &["import", &rows, "--publish"][..],
            &["withdraw", CODE, "1", "--from", "2026-02-01", "--reason", "误发"],
            &["close", CODE, "--from", "2026-03-01", "--reason", "机构改革"],
        ] {
            let done = signed(arguments);
            assert_eq!(done.code, Some(0), "{}", done.stderr);
        }
        assert_eq!(signed(&["import", &rows]).code, Some(0), "nothing new, nothing to sign");
        assert_eq!(checkpoints(&app.store).await, (registered..=registered + 3).collect::<Vec<_>>());
        let draft = app.file("b.ndjson", &ndjson(CODE, "2026-05-01", 3));
        assert_eq!(signed(&["import", &draft]).code, Some(0));
        assert_eq!(app.store.head().await.unwrap(), registered + 3, "a draft is not signed");
        // Without the key the log goes on unsigned, and what was published meanwhile is sealed with the next.
        app.ok(&["publish", CODE]);
        let item = format!("{CODE}-0003");
        let unsealed = app.cli(&["proof", "version", CODE, "2"]);
        assert!(unsealed.stderr.contains("NOT_FOUND"), "{}", unsealed.stderr);
        assert_eq!(signed(&["import", &app.file("c.ndjson", &ndjson("513230000000-20", "2026-05-01", 3)), "--publish"]).code, Some(0));
        let proof = app.file("p.json", &app.ok(&["proof", "version", CODE, "2"]));
        app.ok(&["verify", "--file", &proof, "--key", made.trim()]);
        assert!(app.cli(&["proof", "item", &item]).stderr.contains("NOT_FOUND"), "the catalogue is closed");
        // A second key takes over; both count.
        let second = Signing::with(&app, ORIGIN, 9);
        assert!(second.cli(&app, &["publish", CODE]).code == Some(1));
        second.ok(&app, &["key", "register", &second.key.to_string()]);
        second.ok(&app, &["import", &app.file("d.ndjson", &ndjson(CODE, "2026-06-01", 1)), "--publish"]);
        let checked = json(&app.ok(&["verify"]));
        assert_eq!(checked["checkpoints"], checkpoints(&app.store).await.len());
        let after = app.file("p.json", &app.ok(&["proof", "version", CODE, "1"]));
        app.ok(&["verify", "--file", &after, "--key", &second.key.to_string()]);
        assert_eq!(app.cli(&["verify", "--file", &after, "--key", made.trim()]).code, Some(1));
        assert!(!app.database.dump().await.iter().any(|row| row.contains("PRIVATE")), "the key is in the database");
    }

    async fn whatever_changes_the_log_is_signed(app: TestApp) {
        let Signing { store, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let closed = Closed {
            catalogue: "513230000000-20".parse().unwrap(),
            from: "2026-08-01".parse().unwrap(),
            reason: Text::new("机构改革"),
            successor: None,
        };
        store.close_catalogue(closed).await.unwrap();
        let entries = store.proof(CODE, 1, Subject::Version, 1000).await.unwrap().unwrap();
        let content = json(&entries)["entries"][0]["entry"]["content"].as_str().unwrap().parse().unwrap();
        store.redact(content, Text::new("个人信息")).await.unwrap();
        let sealed = checkpoints(&store).await;
        let (first, head) = (sealed[0], store.head().await.unwrap());
        assert_eq!(sealed, (first..=head).collect::<Vec<_>>());
        let checked = store.verify(|_, _| {}).await.unwrap();
        assert_eq!((checked.checkpoints, checked.events), (sealed.len() as u64, head));
        // Several events of one commit have one seal.
        let documents = ["513230000000-01", "513230100000-20"].map(|code| document(code, "2026-09-01", 1));
        store.stage(documents.to_vec(), Then::Publish, || {}).await.unwrap();
        assert_eq!(checkpoints(&store).await.last(), Some(&(head + 2)));
        assert_eq!(store.checkpoint_of(head + 1).await.unwrap(), None);
        store.rebuild(|_, _| {}).await.unwrap();
        store.verify(|_, _| {}).await.unwrap();
    }

    async fn verify_says_what_is_proved_and_what_is_not(app: TestApp) {
        let signing = Signing::register(&app).await;
        signed_history(&signing.store).await;
        let key = signing.key.to_string();
        let file = app.file("p.json", &app.ok(&["proof", "item", ITEM]));
        let revision = app.store.head().await.unwrap();
        // Nothing but the file and the key: neither settings nor a database.
        let run = |arguments: &[&str]| {
            let mut command = crate::kit::mulu(arguments);
            command.env("MULU_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
            crate::kit::run(command)
        };
        let said = run(&["verify", "--file", &file, "--key", &key]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        for part in [ITEM, "2026-03-01", "#3", &format!("size {revision}"), "not proved", "no later version"] {
            assert!(said.stdout.contains(part), "{part}: {}", said.stdout);
        }
        let said = json(&run(&["verify", "--file", &file, "--key", &key, "--json"]).stdout);
        assert_eq!((&said["verified"], &said["proof"]["item"]), (&json!(true), &json!(ITEM)));
        let bad = app.file("bad.json", &std::fs::read_to_string(&file).unwrap().replace("2026-03-01", "2026-03-02"));
        let refused = run(&["verify", "--file", &bad, "--key", &key, "--json"]);
        assert_eq!((refused.code, &json(&refused.stdout)["verified"]), (Some(1), &json!(false)));
        assert!(run(&["verify", "--file", &bad, "--key", &key]).stderr.contains("refused"));
        assert!(run(&["verify", "--file", "nowhere", "--key", &key]).stderr.contains("BAD_INPUT"));
        assert_eq!(run(&["verify", "--file", &file]).code, Some(2));
        assert_eq!(run(&["verify", "--file", &file, "--key", "x"]).code, Some(2));
    }
}
