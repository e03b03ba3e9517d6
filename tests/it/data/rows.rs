//! What stands in the files of each dataset.

use serde_json::json;

use super::{FORMATS, READ, exported, lines, table, words, written};
use crate::kit::{TestApp, ndjson, publish, publish_texts};

/// A catalogue of several domains: a row of 12, one of 20, one of none.
fn several() -> String {
    let header = json!({ "catalogue": "513230100000-00", "label": "1", "effectiveFrom": "2026-01-01" });
    let row = |name: &str, local: serde_json::Value| json!({ "content": { "names": [name], "points": [{ "text": "=1+1" }] }, "local": local });
    let rows = [
        row("甲", json!({ "domain": "12" })),
        row("乙", json!({ "domain": "20" })),
        row("-丙", json!({ "levels": { "TOWNSHIP": false } })),
    ];
    std::iter::once(header).chain(rows).map(|line| format!("{line}\n")).collect()
}

/// The items of an exported table.
fn items(app: &TestApp, arguments: &[&str]) -> Vec<String> {
    let rows = table(&exported(app, &[arguments, &["--format", "csv"]].concat()));
    rows.into_iter().map(|row| row["item"].clone()).collect()
}

on_both_stores! {
    async fn a_dataset_has_what_is_in_force_of_its_places_and_domains(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        publish(&app, "513230000000-20", "2026-01-01", 1).await;
        publish(&app, "513230000000-12", "2026-12-01", 3).await;
        publish_texts(&app, vec![several()]).await;
        let [county, other, town] = ["513230000000-12-000", "513230000000-20-000", "513230100000-00-000"];
        let some = |code: &str, serials: &[u32]| serials.iter().map(|n| format!("{code}{n}")).collect::<Vec<_>>();
        let all = [some(county, &[1, 2]), some(other, &[1]), some(town, &[1, 2, 3])].concat();
        assert_eq!(items(&app, &["--all"]), all);
        assert_eq!(items(&app, &["--division", "513230", "--descendants"]), all);
        assert_eq!(items(&app, &["--division", "513230"]), all[..3]);
        assert_eq!(items(&app, &["--division", "100000000000", "--descendants"]), all);
        assert_eq!(items(&app, &["--domain", "12"]), [some(county, &[1, 2]), some(town, &[1])].concat());
        assert_eq!(items(&app, &["--domain", "12", "--effective-on", "2026-12-01"]).len(), 4);
        assert_eq!(items(&app, &["513230000000-12"]).len(), 2);
        assert_eq!(items(&app, &["513230000000-12#2"]).len(), 3);
        assert_eq!(items(&app, &["--all", "--revision", "0"]).len(), 0);
        for unknown in [
            &["--division", "110000"][..],
            &["--domain", "26"],
            &["513230000000-12#9"],
            &["513230000000-21"],
            &["513230000000-12#2", "--revision", "5"],
        ] {
            let output = app.cli(&[&["export"][..], unknown, &["--format", "csv"]].concat());
            assert_eq!(output.code, Some(1), "{unknown:?}");
            assert!(output.stderr.starts_with("NOT_FOUND"), "{unknown:?} {}", output.stderr);
        }
    }

    async fn empty_is_unknown_and_nothing_is_written(app: TestApp) {
        publish_texts(&app, vec![several(), ndjson("513230000000-12", "2026-01-01", 1)]).await;
        let rows = table(&exported(&app, &["--all", "--format", "csv"]));
        let cells = |row: usize, columns: &[&str]| columns.iter().map(|name| rows[row][*name].clone()).collect::<Vec<_>>();
        let columns = ["content.names.0", "content.names.1", "content.points", "content.basis", "local.levels", "levelsText"];
        assert_eq!(cells(0, &columns), [
            "文化服务", "事项1", r#"[{"text":"服务指南 2026-01-01"}]"#, r#"[{"text":"《政府信息公开条例》"}]"#,
            r#"{"COUNTY":true,"TOWNSHIP":false}"#, "县级",
        ]);
        assert_eq!(cells(3, &columns), ["-丙", "", r#"[{"text":"=1+1"}]"#, "", r#"{"TOWNSHIP":false}"#, ""]);
        let columns = ["division", "divisionName", "domain", "domainName", "kind", "number", "position", "label"];
        assert_eq!(cells(2, &columns), ["513230100000", "壤柯镇", "20", "社会救助", "STANDARD", "1", "2", "1"]);
        assert_eq!(cells(3, &columns)[2..4], ["", ""]);
        let columns = ["unitsText", "channelsText", "timeLimitsText", "timeLimitCount", "timeLimitUnit", "proactive"];
        assert_eq!(cells(0, &columns), ["县文化局", "政府网站", "20个工作日内", "20", "WORKING_DAY", ""]);
    }

    async fn a_spreadsheet_finds_chinese_names_and_no_formula(app: TestApp) {
        publish_texts(&app, vec![several()]).await;
        let bytes = exported(&app, &["--all", "--format", "excel-csv"]);
        let rows = table(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap());
        assert_eq!(rows[2]["公开事项（一级）"], "'-丙");
        assert_eq!(rows[2]["公开内容（文字）"], "'=1+1");
        assert_eq!(rows[2]["行政区划代码"], "'513230100000");
        assert_eq!(rows[2]["目录代码"], "513230100000-00");
        assert!(!rows[2].contains_key("公开内容"), "JSON is for machines: {:?}", rows[2]);
        let plain = exported(&app, &["--all", "--format", "csv"]);
        assert!(!plain.starts_with(b"\xef\xbb\xbf"));
        let lines = std::str::from_utf8(&plain).unwrap().matches("\r\n").count();
        assert_eq!(lines, 4, "RFC 4180 ends lines with CR LF");
    }

    async fn what_was_redacted_is_said_and_does_not_come_in_again(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 3).await;
        let before = table(&exported(&app, &["--all", "--format", "csv"]));
        app.ok(&["redact", &before[1]["contentDigest"], "--reason", "误含个人信息"]);
        let rows = table(&exported(&app, &["--all", "--format", "csv"]));
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[1]["redacted"].as_str(), rows[1]["content.points"].as_str()), ("content", ""));
        assert_eq!((&rows[1]["item"], &rows[1]["unitsText"]), (&before[1]["item"], &before[1]["unitsText"]));
        let unit = exported(&app, &["--register", "unit", "--format", "json"]);
        let unit: serde_json::Value = serde_json::from_slice(&unit).unwrap();
        assert_eq!(unit["records"][0]["states"][0]["name"], "县文化局");
        for format in FORMATS {
            let bytes = exported(&app, &["--all", "--format", format]);
            let text = words(format, &bytes);
            assert!(!text.contains("事项2"), "{format}");
            assert!(text.contains("事项3"), "{format}");
            if READ.contains(&format) {
                let path = written(&app, &format!("redacted.{format}"), &bytes);
                let output = app.cli(&["import", &path, "--publish"]);
                assert_eq!(output.code, Some(1), "{format} {}", output.stdout);
            }
        }
        let all = lines(&exported(&app, &["--all", "--format", "ndjson"]));
        assert_eq!(all[2]["redacted"], json!(["content"]));
    }

    async fn a_file_is_there_as_a_whole_or_not_at_all(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 1).await;
        let path = app.file("there.csv", "mine");
        let refused = app.cli(&["export", "--all", "--format", "csv", "--out", &path]);
        assert_eq!((refused.code, std::fs::read_to_string(&path).unwrap().as_str()), (Some(1), "mine"));
        // A layout is for people, and data have none.
        for wrong in [
            &["export", "--all", "--format", "xlsx", "--layout", "official"][..],
            &["export", "513230000000-12", "--format", "html"],
            &["export", "513230000000-12", "--format", "csv", "--layout", "official"],
        ] {
            assert_eq!(app.cli(wrong).code, Some(1), "{wrong:?}");
        }
        for wrong in [
            &["export", "--format", "csv"][..],
            &["export", "--all", "--domain", "12", "--format", "csv"],
            &["export", "--all", "--descendants", "--format", "csv"],
        ] {
            assert_eq!(app.cli(wrong).code, Some(2), "{wrong:?}");
        }
        let shown = app.ok(&["export", "--all", "--format", "ndjson", "--out", "-"]);
        assert_eq!(shown.as_bytes(), exported(&app, &["--all", "--format", "ndjson"]));
    }
}
