//! A field that failed is null, or the nearest object around it that may be: no key that was asked for is missing.

use mulu::catalogue::text::Text;
use serde_json::{Value, json};

use crate::kit::{Asking, publish};

const CODE: &str = "513230000000-12";

/// What is answered, and the code and path of each error.
async fn asked(asking: &Asking, question: &str) -> (Value, Vec<(Value, Value)>) {
    let mut answer = asking.ask(question).await;
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let errors = errors.iter().map(|error| (error["extensions"]["code"].clone(), error["path"].clone()));
    (answer["data"].take(), errors.collect())
}

on_both_stores! {
    async fn what_failed_is_null_as_near_as_it_may_be(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 2).await;
        let asking = Asking::new(&app).await;
        let before = asking.data(&format!("{{ items {{ nodes {{ id contentDigest }} }} catalogue(code: \"{CODE}\") {{ id }} }}")).await;
        let gone = before["items"]["nodes"][0]["id"].clone();
        let digest = before["items"]["nodes"][0]["contentDigest"].as_str().unwrap();
        app.store.redact(digest.parse().unwrap(), Text::new("个人信息")).await.unwrap();

        let code = format!("{CODE}-0001");
        let item = format!("item(code: \"{code}\")");
        let parts = [
            (format!("{{ {item} {{ code content {{ text }} }} }}"), json!({ "item": { "code": code, "content": null } }),
                json!([["item", "content"]])),
            // Nothing else is left of the object, which was there.
            (format!("{{ {item} {{ name names elements {{ text }} timeLimit {{ kind }} }} }}"),
                json!({ "item": { "name": null, "names": null, "elements": null, "timeLimit": null } }),
                json!([["item", "timeLimit"], ["item", "elements"], ["item", "names"], ["item", "name"]])),
            // What was erased of one row is no harm to its list.
            ("{ items { nodes { code name } } }".to_owned(),
                json!({ "items": { "nodes": [{ "code": code, "name": null }, { "code": format!("{CODE}-0002"), "name": "事项2" }] } }),
                json!([["items", "nodes", 0, "name"]])),
        ];
        as_expected(&asking, &parts).await;
        let text = asking.text(&format!("{{ {item} {{ code content {{ text }} digest }} }}")).await;
        assert!(text.find("content") < text.find("digest"), "what is null stands where it was asked for: {text}");

        let version = asking.data(&format!("{{ catalogue(code: \"{CODE}\") {{ version {{ digest }} }} }}")).await;
        let version = version["catalogue"]["version"]["digest"].as_str().unwrap();
        app.store.redact(version.parse().unwrap(), Text::new("个人信息")).await.unwrap();
        let headers = [
            // May not be null: the object around it is.
            (format!("{{ catalogue(code: \"{CODE}\") {{ code version {{ number label }} }} platform {{ schemaVersion }} }}"),
                json!({ "catalogue": { "code": CODE, "version": null }, "platform": { "schemaVersion": "1" } }),
                json!([["catalogue", "version", "label"]])),
            // Under other names, in fragments, and through another object that may not be null.
            (format!("{{ a: {item} {{ ...F ... on Item {{ b: version {{ c: label }} }} }} }} fragment F on Item {{ d: code }}"),
                json!({ "a": null }), json!([["a", "b", "c"]])),
            // In a list whose elements may be null.
            (format!("{{ nodes(ids: [{gone}]) {{ ... on Item {{ code version {{ label }} }} }} }}"),
                json!({ "nodes": [null] }), json!([["nodes", 0, "version", "label"]])),
            // Nothing on the way may be null at all.
            ("{ platform { schemaVersion } items(filter: { division: \"513230\" }, first: 1) { nodes { version { label } } } }".to_owned(),
                Value::Null, json!([["items", "nodes", 0, "version", "label"]])),
        ];
        as_expected(&asking, &headers).await;
    }
}

/// Questions with their data and the paths of their errors, which all say that something was erased.
async fn as_expected(asking: &Asking, questions: &[(String, Value, Value)]) {
    for (question, data, paths) in questions {
        let (answered, mut errors) = asked(asking, question).await;
        assert_eq!(&answered, data, "{question}");
        errors.sort_by_key(|(_, path)| std::cmp::Reverse(path.to_string()));
        let mut wanted = paths.as_array().unwrap().clone();
        wanted.sort_by_key(|path| std::cmp::Reverse(path.to_string()));
        assert!(errors.iter().all(|(code, _)| code == "REDACTED"), "{errors:?}");
        assert_eq!(errors.into_iter().map(|(_, path)| path).collect::<Vec<_>>(), wanted, "{question}");
    }
}
