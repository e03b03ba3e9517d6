//! Drafts, publishing, withdrawing, closing: through the command line.

use serde_json::Value;

use crate::kit::{Backend, TestApp, mulu, ndjson, run};

const CODE: &str = "513230000000-12";

fn digest(draft: &str) -> String {
    draft.split_whitespace().find(|word| word.starts_with("sha256:")).unwrap().to_owned()
}

on_both_stores! {
    async fn a_draft_has_its_digest_before_it_is_published(app: TestApp) {
        let file = app.file("a.ndjson", &ndjson(CODE, "2026-01-01", 3));
        let drafted = digest(&app.ok(&["import", &file]));
        assert_eq!(app.ok(&["catalogue", "list"]), "");
        assert!(app.ok(&["draft", "list"]).contains(&drafted));
        let published = app.ok(&["publish", CODE]);
        assert!(published.contains(&drafted), "{published}");
        assert_eq!(app.ok(&["draft", "list"]), "");
        let shown: Value = serde_json::from_str(&app.ok(&["catalogue", "show", CODE, "--json"])).unwrap();
        assert_eq!(shown["digest"], drafted);
        assert_eq!(shown["version"]["number"], 1);
        app.ok(&["verify"]);
    }

    async fn a_draft_of_an_outdated_base_is_a_conflict(app: TestApp) {
        let one = app.file("one.ndjson", &ndjson(CODE, "2026-01-01", 2));
        let two = app.file("two.ndjson", &ndjson(CODE, "2026-02-01", 2));
        let one = digest(&app.ok(&["import", &one]));
        let two = digest(&app.ok(&["import", &two]));
        let before = app.cli(&["publish", CODE]);
        assert!(before.stderr.contains("BAD_INPUT"), "two drafts need a digest: {}", before.stderr);
        app.ok(&["publish", &one[7..20]]);
        let dump = app.database.dump().await;
        let refused = app.cli(&["publish", &two]);
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("CONFLICT") && refused.stderr.contains("第 1 版"), "{}", refused.stderr);
        assert_eq!(app.database.dump().await, dump);
        app.ok(&["draft", "discard", &two]);
        assert_eq!(app.cli(&["draft", "discard", &two]).code, Some(1));
    }

    async fn several_drafts_are_published_all_or_none(app: TestApp) {
        let one = app.file("one.ndjson", &ndjson(CODE, "2026-01-01", 2));
        let other = app.file("other.ndjson", &ndjson("513230000000-20", "2026-01-01", 2));
        let late = app.file("late.ndjson", &ndjson(CODE, "2026-03-01", 2));
        let [one, other, late] = [one, other, late].map(|file| digest(&app.ok(&["import", &file])));
        let dump = app.database.dump().await;
        assert_eq!(app.cli(&["publish", &other, &one, &late]).code, Some(1));
        assert_eq!(app.database.dump().await, dump);
        app.ok(&["publish", &other, &one]);
    }

    async fn the_same_file_twice_changes_nothing(app: TestApp) {
        let file = app.file("a.ndjson", &ndjson(CODE, "2026-01-01", 3));
        app.ok(&["import", &file, "--publish"]);
        let dump = app.database.dump().await;
        for arguments in [&["import", &file, "--publish"][..], &["import", &file], &["import", &file, "--dry-run"]] {
            assert!(app.ok(arguments).contains("unchanged"));
            assert_eq!(app.database.dump().await, dump);
        }
    }

    async fn rows_without_codes_keep_the_codes_of_their_names(app: TestApp) {
        let codes = async |number: u32| {
            let question = format!("SELECT item FROM entry WHERE number = {number} ORDER BY position");
            app.database.texts(&question).await
        };
        for (file, rows) in [("2026-01-01", 2), ("2026-02-01", 3), ("2026-03-01", 1), ("2026-04-01", 3)] {
            let file = app.file("next.ndjson", &ndjson(CODE, file, rows));
            app.ok(&["import", &file, "--publish"]);
        }
        let item = |serial: u32| format!("{CODE}-{serial:04}");
        assert_eq!(codes(1).await, [item(1), item(2)]);
        assert_eq!(codes(2).await, [item(1), item(2), item(3)]);
        assert_eq!(codes(3).await, [item(1)]);
        // The third version dropped two items: what comes later is new, a code is never used again.
        assert_eq!(codes(4).await, [item(1), item(4), item(5)]);
    }

    async fn the_two_times_are_kept_apart(app: TestApp) {
        for day in ["2026-01-01", "2026-12-01"] {
            let file = app.file("a.ndjson", &ndjson(CODE, day, 1));
            app.ok(&["import", &file, "--publish"]);
        }
        let in_force = |arguments: &[&str]| {
            let arguments = [&["catalogue", "list", "--json"], arguments].concat();
            let listed: Value = serde_json::from_str(&app.ok(&arguments)).unwrap();
            listed[0]["inForce"].clone()
        };
        assert_eq!(in_force(&[]), 1);
        assert_eq!(in_force(&["--effective-on", "2025-12-31"]), Value::Null);
        assert_eq!(in_force(&["--effective-on", "2026-12-01"]), 2);
        let revision = app.store.head().await.unwrap() - 1;
        assert_eq!(in_force(&["--effective-on", "2026-12-01", "--revision", &revision.to_string()]), 1);
        app.ok(&["withdraw", CODE, "2", "--from", "2026-12-15", "--reason", "误发"]);
        assert_eq!(in_force(&["--effective-on", "2026-12-14"]), 2);
        assert_eq!(in_force(&["--effective-on", "2026-12-15"]), 1);
        app.ok(&["close", CODE, "--from", "2027-01-01", "--reason", "机构改革"]);
        assert_eq!(in_force(&["--effective-on", "2027-01-01"]), Value::Null);
        assert_eq!(in_force(&["--effective-on", "2027-01-01", "--revision", &(revision + 2).to_string()]), 1);
        let beyond = app.cli(&["catalogue", "list", "--revision", "1000"]);
        assert!(beyond.stderr.contains("UNKNOWN_REVISION"), "{}", beyond.stderr);
        for missing in [
            &["withdraw", CODE, "9", "--from", "2026-12-15", "--reason", "x"][..],
            &["close", "513230000000-20", "--from", "2026-12-15", "--reason", "x"],
            &["catalogue", "show", "513230000000-20"],
            &["publish", "513230000000-20"],
        ] {
            let refused = app.cli(missing);
            assert!(refused.stderr.contains("NOT_FOUND"), "{missing:?}: {}", refused.stderr);
        }
        let unstated = app.cli(&["withdraw", CODE, "1", "--from", "2026-12-15", "--reason", " "]);
        assert!(unstated.stderr.contains("BAD_INPUT"), "{}", unstated.stderr);
    }

    async fn writers_of_several_processes_queue(app: TestApp) {
        let before = app.store.head().await.unwrap();
        let codes = ["513230000000-12", "513230000000-20", "513230000000-01", "513230100000-12", "513230100000-20"];
        let children: Vec<_> = codes
            .iter()
            .map(|code| {
                let file = app.file(&format!("{code}.ndjson"), &ndjson(code, "2026-01-01", 50));
                app.command(&["import", &file, "--publish"]).stdout(std::process::Stdio::null()).spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert_eq!(app.store.head().await.unwrap(), before + codes.len() as u64);
        app.ok(&["verify"]);
    }

    async fn relations_follow_from_content_and_deviation_needs_a_reason(app: TestApp) {
        let upstream = app.file("up.ndjson", &ndjson("513230000000-12", "2026-01-01", 2));
        let digest = digest(&app.ok(&["import", &upstream, "--publish"]));
        let lines = ndjson("513230100000-12", "2026-01-01", 2);
        let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        lines[0]["basedOn"] = serde_json::json!({ "catalogue": "513230000000-12", "number": 1 });
        for (row, item) in [(1, "513230000000-12-0001"), (2, "513230000000-12-0002")] {
            lines[row]["origin"] = serde_json::json!({ "item": item, "version": digest });
            lines[row]["local"]["units"] = serde_json::json!([{ "text": "壤柯镇人民政府" }]);
        }
        lines[2]["content"]["points"] = serde_json::json!([{ "text": "本镇的服务指南" }]);
        let text = |lines: &[Value]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let file = app.file("town.ndjson", &text(&lines));
        let refused = app.cli(&["import", &file, "--publish"]);
        assert!(refused.stderr.contains("R113") && refused.stderr.contains(":3"), "{}", refused.stderr);
        lines[2]["reason"] = "未说明".into();
        let file = app.file("town.ndjson", &text(&lines));
        let warned = app.cli(&["import", &file, "--publish"]);
        assert_eq!(warned.code, Some(0), "{}", warned.stderr);
        assert!(warned.stderr.contains("R207"), "{}", warned.stderr);
        let relations = app.database.texts("SELECT relation FROM entry WHERE catalogue = '513230100000-12' ORDER BY position").await;
        assert_eq!(relations, ["ADOPTED", "ADAPTED"]);
        app.ok(&["verify"]);
    }
}

#[tokio::test]
async fn a_database_that_was_never_prepared_says_so() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = TestApp::empty(backend).await;
        for arguments in [&["catalogue", "list"][..], &["verify"], &["draft", "list"], &["serve"]] {
            let output = app.cli(arguments);
            assert_eq!(output.code, Some(1));
            assert!(
                output.stderr.contains("NOT_MIGRATED") && output.stderr.contains("mulu migrate"),
                "{}",
                output.stderr
            );
        }
    }
    let mut nowhere = mulu(&["catalogue", "list"]);
    nowhere.env("MULU_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let output = run(nowhere);
    assert!(output.stderr.contains("UNAVAILABLE"), "{}", output.stderr);
    assert!(!output.stderr.contains("nobody@"), "no address of a database in an answer: {}", output.stderr);
}
