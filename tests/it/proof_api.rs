//! Checkpoints and proofs over GraphQL and HTTP.

use mulu::catalogue::{note::Checkpoint, proof, text::Text};
use serde_json::{Value, json};

use crate::{
    kit::{Asking, Server, Signing, signed_history, verdict},
    proof::{CODE, ITEM, json, of_item, of_version},
};

on_both_stores! {
    async fn graphql_answers_checkpoints_and_proofs_under_a_scope(app: TestApp) {
        let Signing { store, key, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let (asking, head) = (Asking::new(&app).await, store.head().await.unwrap());
        let answer = asking.data(&format!("{{ platform {{ revision digest checkpoint }}
            item(code: \"{ITEM}\") {{ proof }} catalogue(code: \"{CODE}\") {{ version(number: 1) {{ revision proof }} }}
            inclusionProof(revision: 3) {{ revision in leaf root path event }}
            consistencyProof(from: 3) {{ from to fromRoot toRoot path proof }}
            sealed: consistencyProof(from: {}, to: {head}) {{ proof }}
            at(revision: {}) {{ platform {{ checkpoint }} inclusionProof(revision: 3) {{ in }}
                item(code: \"{ITEM}\") {{ proof }} }}
            early: at(revision: 2) {{ platform {{ checkpoint }} }} }}", head - 2, head - 1)).await;
        let newest = Checkpoint::from_note(answer["platform"]["checkpoint"].as_str().unwrap(), &key).unwrap();
        assert_eq!((newest.size, json!(newest.root)), (head, answer["platform"]["digest"].clone()));
        assert_eq!(answer["early"]["platform"]["checkpoint"], Value::Null);
        assert_eq!(answer["item"]["proof"], of_item(&store).await);
        assert_eq!(answer["catalogue"]["version"]["proof"], of_version(&store, CODE, 1).await);
        let earlier = &answer["at"]["item"]["proof"];
        assert_eq!(proof::verify(earlier.as_str().unwrap().as_bytes(), &key, None).unwrap().size, head - 1);
        assert!(answer["at"]["platform"]["checkpoint"].as_str().unwrap().contains(&format!("\n{}\n", head - 1)));
        assert_eq!(answer["at"]["inclusionProof"]["in"], head - 1);
        let included = serde_json::to_value(store.inclusion(3, head).await.unwrap()).unwrap();
        assert_eq!(answer["inclusionProof"], included);
        let mut grown = serde_json::to_value(store.consistency(3, head).await.unwrap()).unwrap();
        grown["proof"] = Value::Null;
        assert_eq!(answer["consistencyProof"], grown);
        assert!(verdict(answer["sealed"]["proof"].as_str().unwrap(), &key));
        assert_eq!(asking.refused(&format!("{{ inclusionProof(revision: {}) {{ in }} }}", head + 1)).await, "NOT_FOUND");
        assert_eq!(asking.refused("{ consistencyProof(from: 1, to: 1000) { to } }").await, "UNKNOWN_REVISION");
        assert_eq!(asking.refused("{ consistencyProof(from: 0) { to } }").await, "BAD_INPUT");
        let content = json(&of_item(&store).await)["item"]["entry"]["content"].as_str().unwrap().to_owned();
        store.redact(content.parse().unwrap(), Text::new("个人信息")).await.unwrap();
        assert_eq!(asking.refused(&format!("{{ item(code: \"{ITEM}\") {{ proof }} }}")).await, "REDACTED");
        let whole = format!("{{ catalogue(code: \"{CODE}\") {{ version(number: 3) {{ proof }} }} }}");
        assert_eq!(asking.refused(&whole).await, "REDACTED");
        // Its neighbour is proved as before: an erased part takes no other along.
        let neighbour = asking.data(&format!("{{ item(code: \"{CODE}-0001\") {{ proof }} }}")).await;
        assert!(verdict(neighbour["item"]["proof"].as_str().unwrap(), &key));
        store.verify(|_, _| {}).await.unwrap();
    }

    async fn http_answers_checkpoints_and_proofs(app: TestApp) {
        let unsigned = Server::start(&app, &["serve", "--listen", "127.0.0.1:0"]);
        let mut none = unsigned.get("/checkpoint");
        assert_eq!(none.status(), 404);
        let text = none.body_mut().read_to_string().unwrap();
        assert!(text.contains("没有检查点") && text.contains("no checkpoint"), "{text}");
        let Signing { store, key, .. } = Signing::register(&app).await;
        signed_history(&store).await;
        let head = store.head().await.unwrap();
        let get = |path: &str| {
            let mut answer = unsigned.get(path);
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            (answer.status().as_u16(), kind, answer.body_mut().read_to_string().unwrap())
        };
        let note = store.checkpoint_of(head).await.unwrap().unwrap();
        let plain = "text/plain; charset=utf-8".to_owned();
        assert_eq!(get("/checkpoint"), (200, plain.clone(), note.clone()));
        assert_eq!(get(&format!("/checkpoint/{head}")), (200, plain, note));
        assert_eq!(get("/checkpoint/1").0, 404);
        let file = |text: String| (200, "application/json".to_owned(), text);
        assert_eq!(get(&format!("/proof/item/{ITEM}")), file(of_item(&store).await));
        assert_eq!(get(&format!("/proof/version/{CODE}/2")), file(of_version(&store, CODE, 2).await));
        let between = format!("/proof/checkpoints?from={}", head - 3);
        assert_eq!(get(&between), file(store.consistency_file(head - 3, head).await.unwrap()));
        let (_, _, early) = get(&format!("/proof/item/{ITEM}?effectiveOn=2026-02-10&revision={}", head - 1));
        let verified = proof::verify(early.as_bytes(), &key, None).unwrap();
        assert_eq!(verified.size, head - 1);
        assert_eq!(serde_json::to_value(verified).unwrap()["number"], 2);
        let included = serde_json::to_value(store.inclusion(2, head - 1).await.unwrap()).unwrap();
        assert_eq!(json(&get(&format!("/proof/inclusion?revision=2&in={}", head - 1)).2), included);
        let grown = serde_json::to_value(store.consistency(2, head).await.unwrap()).unwrap();
        assert_eq!(json(&get("/proof/consistency?from=2").2), grown);
        for (path, status, code) in [
            ("/proof/item/513230000000-12-0099", 404, "NOT_FOUND"), ("/proof/item/x", 404, "NOT_FOUND"),
            ("/proof/item/513230000000-01-0001", 404, "NOT_FOUND"),
            ("/proof/version/513230000000-12/9", 404, "NOT_FOUND"), ("/proof/version/513230000000-12/x", 400, "BAD_INPUT"),
            ("/proof/inclusion", 400, "BAD_INPUT"), ("/proof/inclusion?revision=1&inn=2", 400, "BAD_INPUT"),
            ("/proof/inclusion?revision=1&in=999", 404, "UNKNOWN_REVISION"), ("/proof/consistency?from=0", 400, "BAD_INPUT"),
            ("/proof/checkpoints?from=1", 404, "NOT_FOUND"), ("/proof/item/513230000000-12-0001?revision=999", 404, "UNKNOWN_REVISION"),
        ] {
            let (found, _, body) = get(path);
            assert_eq!((found, json(&body)["code"].as_str().unwrap()), (status, code), "{path}: {body}");
            assert!(!json(&body)["zh"].as_str().unwrap().is_empty());
        }
        let leaf = json(&of_item(&store).await)["item"]["entry"].to_string();
        let local = json(&leaf)["local"].as_str().unwrap().parse().unwrap();
        store.redact(local, Text::new("个人信息")).await.unwrap();
        assert_eq!(get(&format!("/proof/item/{ITEM}")).0, 410);
    }
}
