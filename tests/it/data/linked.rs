//! Items and registers as linked data, and what their terms mean.

use mulu::catalogue::column::Columns;
use serde_json::{Value, json};

use super::{OPEN, exported, lines, python};
use crate::kit::{Backend, Server, TestApp, publish, root};

#[tokio::test]
async fn items_and_registers_are_one_graph_to_whoever_reads_them() {
    let app = TestApp::example(Backend::Sqlite).await;
    let vocabulary = root().join("schema/vocabulary.ttl").display().to_string();
    let told = |arguments: &[&str]| -> Value {
        let bytes = exported(&app, &[arguments, &["--format", "json-ld"]].concat());
        let file = app.file("data.jsonld", std::str::from_utf8(&bytes).unwrap());
        serde_json::from_str(&python("linked.py", &["data", &vocabulary, &file])).unwrap()
    };
    let all = told(&["--all"]);
    let rows = lines(&exported(&app, &["--all", "--format", "ndjson"]));
    let cited = |row: &Value| row["content"]["basis"].as_array().map_or(0, Vec::len);
    assert_eq!(all["Item"], rows.iter().filter(|row| row["item"].is_string()).count());
    assert_eq!(all["Version"], rows.iter().filter(|row| row["catalogue"].is_string()).count());
    assert_eq!(all["LegalResource"], rows.iter().map(cited).sum::<usize>());
    let laws = told(&["--register", "legalBasis"]);
    assert_eq!(laws["LegalBasis"], laws["LegalResource"]);
    for (register, kind) in
        [("unit", "Unit"), ("division", "Division"), ("domain", "Domain"), ("assignment", "Assignment")]
    {
        assert!(told(&["--register", register])[kind].as_u64() > Some(0), "{register}");
    }
}

on_both_stores! {
    async fn a_row_says_what_its_columns_say_and_a_citation_is_a_legal_resource(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        let bytes = exported(&app, &["513230000000-12", "--format", "json-ld"]);
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        let things = file["@graph"].as_array().unwrap();
        let version = "http://localhost:8790/data/versions/513230000000-12/1";
        assert_eq!((things.len(), &things[0]["@id"], &things[0]["@type"]), (3, &json!(version), &json!("Version")));
        assert_eq!(things[0]["effectiveFrom"], "2026-01-01");
        let item = &things[1];
        assert_eq!(item["@id"], format!("{version}#513230000000-12-0001"));
        assert_eq!((&item["@type"], &item["version"]), (&json!("Item"), &json!(version)));
        assert_eq!((&item["content.names.1"], &item["position"]), (&json!("事项1"), &json!(1)));
        assert_eq!(item.get("proactive"), None, "unknown is not said");
        assert_eq!(item.get("effectiveFrom"), None, "that is said of the version");
        assert_eq!(item["content.basis"][0]["@type"], "eli:LegalResource");
        assert_eq!(item["content.basis"][0]["content.basis.text"], "《政府信息公开条例》");
        assert_eq!(item["local.levels"], r#"{"COUNTY":true,"TOWNSHIP":false}"#);
        // With its terms, whose names begin with the address of the server.
        let moved = [("MULU_DATA_ADDRESS", "https://mulu.example.cn")];
        let server = Server::with(&app, &[&OPEN[..], &moved].concat());
        let text = server.get("/data/versions/513230000000-12/1.jsonld").body_mut().read_to_string().unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(file["@context"]["mulu"], "https://mulu.example.cn/ns#");
        assert_eq!(file["@graph"][0]["dct:license"]["@id"], OPEN[1].1);
        assert_eq!(file["@graph"][1]["@id"], "https://mulu.example.cn/data/versions/513230000000-12/1");
        let context = server.get("/ns/context.jsonld").body_mut().read_to_string().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&context).unwrap()["@context"], file["@context"]);
    }

    async fn the_namespace_is_there_for_people_and_machines(app: TestApp) {
        let server = Server::with(&app, &[]);
        for (accept, kind) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
            ("", "text/html; charset=utf-8"),
            ("text/turtle", "text/turtle; charset=utf-8"),
            ("application/ld+json", "application/ld+json"),
        ] {
            let reply = server.send("GET", "/ns", &[("Accept", accept)], b"");
            assert_eq!((reply.status, reply.header("content-type").as_str()), (200, kind), "{accept}");
            assert!(reply.header("vary").contains("accept"));
            if kind.starts_with("text/html") {
                for column in &Columns::declared().item {
                    assert!(reply.body.contains(&format!("<tr id=\"{}\">", column.name())), "{}", column.name());
                }
            }
        }
        let turtle = server.send("GET", "/ns.ttl", &[], b"").body;
        assert_eq!(turtle, std::fs::read_to_string(root().join("schema/vocabulary.ttl")).unwrap());
        let json_ld = server.get("/ns.jsonld").body_mut().read_to_string().unwrap();
        let [turtle, json_ld] = [app.file("ns.ttl", &turtle), app.file("ns.jsonld", &json_ld)];
        python("linked.py", &["same", &turtle, &json_ld]);
    }
}
