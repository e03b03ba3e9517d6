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
        let [gone, there] = [0, 1].map(|n| before["items"]["nodes"][n]["id"].clone());
        let digest = before["items"]["nodes"][0]["contentDigest"].as_str().unwrap();
        app.store.redact(digest.parse().unwrap(), Text::new("个人信息")).await.unwrap();

        let code = format!("{CODE}-0001");
        let item = format!("item(code: \"{code}\")");
        for (question, data, paths) in [
            // May be null itself.
            (format!("{{ {item} {{ code content {{ text }} }} }}"), json!({ "item": { "code": code, "content": null } }),
                json!([["item", "content"]])),
            // Nothing else is left of the object, which was there.
            (format!("{{ {item} {{ content {{ text }} basis {{ text }} }} }}"), json!({ "item": { "content": null, "basis": null } }),
                json!([["item", "content"], ["item", "basis"]])),
            // May not be null: its item is.
            (format!("{{ {item} {{ code name content {{ text }} }} platform {{ schemaVersion }} }}"),
                json!({ "item": null, "platform": { "schemaVersion": "1" } }), json!([["item", "name"], ["item", "content"]])),
            // Under other names, in fragments.
            (format!("{{ a: {item} {{ ...F ... on Item {{ b: name }} }} }} fragment F on Item {{ c: code }}"), json!({ "a": null }),
                json!([["a", "b"]])),
            // In a list whose elements may be null.
            (format!("{{ nodes(ids: [{gone}, {there}]) {{ ... on Item {{ code name }} }} }}"),
                json!({ "nodes": [null, { "code": format!("{CODE}-0002"), "name": "事项2" }] }), json!([["nodes", 0, "name"]])),
            // Nothing on the way may be null but the version.
            (format!("{{ catalogue(code: \"{CODE}\") {{ code version {{ number items {{ nodes {{ name }} }} }} }} }}"),
                json!({ "catalogue": { "code": CODE, "version": null } }), json!([["catalogue", "version", "items", "nodes", 0, "name"]])),
            // Nothing on the way may be null at all.
            ("{ platform { schemaVersion } items { nodes { name } } }".to_owned(), Value::Null, json!([["items", "nodes", 0, "name"]])),
        ] {
            let (answered, mut errors) = asked(&asking, &question).await;
            assert_eq!(answered, data, "{question}");
            errors.sort_by_key(|(_, path)| std::cmp::Reverse(path.to_string()));
            let mut wanted = paths.as_array().unwrap().clone();
            wanted.sort_by_key(|path| std::cmp::Reverse(path.to_string()));
            assert!(errors.iter().all(|(code, _)| code == "REDACTED"), "{errors:?}");
            assert_eq!(errors.into_iter().map(|(_, path)| path).collect::<Vec<_>>(), wanted, "{question}");
        }
        let text = asking.text(&format!("{{ {item} {{ code content {{ text }} digest }} }}")).await;
        assert!(text.find("content") < text.find("digest"), "what is null stands where it was asked for: {text}");
    }
}
