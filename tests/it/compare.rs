//! Differences: laws, pairs, and what they say in words.

use mulu::catalogue::{
    code::CatalogueCode,
    diff::{self, ChangeKind, Difference, Line},
    digest::Digest,
    version::ItemParts,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kit::{Asking, TestApp, publish_texts, runner};

const CODE: &str = "513230000000-12";

/// A list of items: serial number and wording; a code stands once.
fn lines() -> impl Strategy<Value = Vec<(u32, u8)>> {
    prop::collection::vec((1u32..12, 0u8..3), 0..12).prop_map(|rows| {
        let mut seen = std::collections::HashSet::new();
        rows.into_iter().filter(|(serial, _)| seen.insert(*serial)).collect()
    })
}

fn line((serial, wording): &(u32, u8)) -> Line {
    let catalogue: CatalogueCode = CODE.parse().unwrap();
    let content = Digest::of(&[*wording]);
    let parts = ItemParts { content, local: Digest::of(b"") };
    Line { item: catalogue.item(*serial), parts, origin: None }
}

fn difference(base: &[(u32, u8)], head: &[(u32, u8)]) -> Difference {
    let (base, head): (Vec<Line>, Vec<Line>) =
        (base.iter().map(line).collect(), head.iter().map(line).collect());
    Difference::between(&base, &head, &diff::by_code(&base, &head))
}

#[test]
fn applying_a_difference_gives_the_head_and_differences_compose() {
    let mut runner = runner("differences", 20_000);
    runner
        .run(&(lines(), lines(), lines()), |(a, b, c)| {
            let (ab, bc, ac) = (difference(&a, &b), difference(&b, &c), difference(&a, &c));
            prop_assert_eq!(ab.apply(&a, |at| b[at]), b.clone());
            prop_assert_eq!(bc.apply(&ab.apply(&a, |at| b[at]), |at| c[at]), ac.apply(&a, |at| c[at]));
            prop_assert_eq!(difference(&a, &a), Difference { unchanged: a.len(), ..Difference::default() });
            // Every item is told of once, or says the same where it stood.
            let told = |kind| ab.count(kind);
            let both = told(ChangeKind::Changed) + told(ChangeKind::Moved) + ab.unchanged;
            prop_assert_eq!(told(ChangeKind::Added) + both, b.len());
            prop_assert_eq!(told(ChangeKind::Removed) + both, a.len());
            // The other way round, what was added is removed and as much has moved.
            let ba = difference(&b, &a);
            prop_assert_eq!(ba.count(ChangeKind::Removed), told(ChangeKind::Added));
            prop_assert_eq!(ba.count(ChangeKind::Changed), told(ChangeKind::Changed));
            Ok(())
        })
        .unwrap();
}

#[test]
fn as_little_as_can_be_is_called_moved_and_removals_keep_their_place() {
    let kinds = |base: &[(u32, u8)], head: &[(u32, u8)]| -> Vec<(ChangeKind, Option<usize>, Option<usize>)> {
        difference(base, head)
            .changes
            .iter()
            .map(|change| (change.kind, change.before, change.after))
            .collect()
    };
    use ChangeKind::{Added, Changed, Moved, Removed};
    assert_eq!(kinds(&[(1, 0), (2, 0), (3, 0)], &[(3, 0), (1, 0), (2, 0)]), [(Moved, Some(2), Some(0))]);
    assert_eq!(
        kinds(&[(1, 0), (2, 0), (3, 0), (4, 0)], &[(1, 0), (5, 0), (4, 1)]),
        [
            (Removed, Some(1), None),
            (Removed, Some(2), None),
            (Added, None, Some(1)),
            (Changed, Some(3), Some(2))
        ]
    );
}

/// A document whose rows are (serial, names, wording).
fn document(catalogue: &str, rows: &[(u32, &str, &str)]) -> String {
    let mut text =
        format!("{}\n", json!({ "catalogue": catalogue, "label": "x", "effectiveFrom": "2026-01-01" }));
    for (serial, name, wording) in rows {
        let item = if *serial == 0 { Value::Null } else { json!(format!("{catalogue}-{serial:04}")) };
        let mut row = json!({
            "item": item,
            "content": { "names": ["文化服务", name], "points": [{ "text": wording }],
                "timeLimits": [{ "kind": "WITHIN", "count": wording.len(), "unit": "DAY", "text": "及时公开" }] },
            "local": { "units": [{ "text": "县文化局" }] },
        });
        if *serial == 0 {
            row.as_object_mut().unwrap().remove("item");
        }
        text += &format!("{row}\n");
    }
    text
}

fn publish(app: &TestApp, catalogue: &str, rows: &[(u32, &str, &str)]) {
    let file = app.file("rows.ndjson", &document(catalogue, rows));
    app.ok(&["import", &file, "--publish"]);
}

on_both_stores! {
    async fn versions_say_what_they_changed(app: TestApp) {
        publish(&app, CODE, &[(0, "甲", "一"), (0, "乙", "二"), (0, "丙", "三"), (0, "丁", "四")]);
        publish(&app, CODE, &[(4, "丁", "四"), (1, "甲", "一"), (2, "乙", "二之二"), (0, "戊", "五")]);
        let asking = Asking::new(&app).await;
        let answer = asking.data(&format!("{{ catalogue(code: \"{CODE}\") {{ first: version(number: 1) {{ changes {{ added }} }}
            version {{ changes {{ base {{ number }} head {{ number }} added changed removed moved unchanged
              items {{ totalCount nodes {{ kind before {{ code position }} after {{ code position }}
                elements {{ kind label before after }} }} }} }} }} }} }}")).await;
        assert_eq!(answer["catalogue"]["first"]["changes"], Value::Null);
        let element = |kind: &str, label: &str, before: Value, after: Value| json!({ "kind": kind, "label": label, "before": before, "after": after });
        let place = |serial: u32, position: u32| json!({ "code": format!("{CODE}-{serial:04}"), "position": position });
        assert_eq!(answer["catalogue"]["version"]["changes"], json!({
            "base": { "number": 1 }, "head": { "number": 2 },
            "added": 1, "changed": 1, "removed": 1, "moved": 1, "unchanged": 1,
            "items": { "totalCount": 4, "nodes": [
                { "kind": "MOVED", "before": place(4, 4), "after": place(4, 1), "elements": [] },
                { "kind": "CHANGED", "before": place(2, 2), "after": place(2, 3), "elements": [
                    element("CONTENT", "公开内容", json!("二"), json!("二之二")),
                    // The words are the same; what they were taken to mean is not.
                    element("TIME_LIMIT", "公开时限", json!("及时公开 〔期限内公开 · 3日〕"), json!("及时公开 〔期限内公开 · 9日〕")),
                ] },
                { "kind": "REMOVED", "before": place(3, 3), "after": null, "elements": [
                    element("NAME", "公开事项", json!("文化服务\n丙"), Value::Null),
                    element("CONTENT", "公开内容", json!("三"), Value::Null),
                    element("TIME_LIMIT", "公开时限", json!("及时公开"), Value::Null),
                    element("RESPONSIBLE_UNIT", "公开主体", json!("县文化局"), Value::Null),
                ] },
                { "kind": "ADDED", "before": null, "after": place(5, 4), "elements": [
                    element("NAME", "公开事项", Value::Null, json!("文化服务\n戊")),
                    element("CONTENT", "公开内容", Value::Null, json!("五")),
                    element("TIME_LIMIT", "公开时限", Value::Null, json!("及时公开")),
                    element("RESPONSIBLE_UNIT", "公开主体", Value::Null, json!("县文化局")),
                ] },
            ] },
        }));
        let history = asking.data(&format!("{{ item(code: \"{CODE}-0002\") {{ history {{ totalCount nodes {{ version {{ number }} content {{ text }} }} }} }}
            moved: item(code: \"{CODE}-0004\") {{ history {{ nodes {{ version {{ number }} }} }} }} }}")).await;
        assert_eq!(history["item"]["history"], json!({ "totalCount": 2, "nodes": [
            { "version": { "number": 2 }, "content": [{ "text": "二之二" }] }, { "version": { "number": 1 }, "content": [{ "text": "二" }] } ] }));
        assert_eq!(history["moved"]["history"]["nodes"], json!([{ "version": { "number": 1 } }]), "to move is not to change");
    }

    async fn the_command_says_the_same(app: TestApp) {
        publish(&app, CODE, &[(0, "甲", "一"), (0, "乙", "二")]);
        publish(&app, CODE, &[(1, "甲", "一之二"), (0, "丙", "三")]);
        let (base, head) = (format!("{CODE}#1"), CODE.to_owned());
        let said = app.ok(&["diff", &base, &head]);
        assert_eq!(said, "513230000000-12#1 → 513230000000-12#2 · 新增 1 · 修改 1 · 删除 1 · 移动 0 · 未变 0\n\
~ 513230000000-12-0001 文化服务 / 甲\n    公开内容\n      - 一\n      + 一之二\n    公开时限\n      - 及时公开 〔期限内公开 · 3日〕\n      + 及时公开 〔期限内公开 · 9日〕\n\
- 513230000000-12-0002 文化服务 / 乙\n+ 513230000000-12-0003 文化服务 / 丙\n");
        assert!(app.ok(&["diff", &base, &head, "--color", "always"]).contains("\u{1b}[32m      + 一之二\u{1b}[0m"));
        let json: Value = serde_json::from_str(&app.ok(&["diff", &base, &head, "--json"])).unwrap();
        assert_eq!((&json["added"], &json["changed"], &json["removed"], &json["unchanged"]), (&json!(1), &json!(1), &json!(1), &json!(0)));
        assert_eq!(json["items"][0]["elements"][0], json!({ "kind": "CONTENT", "label": "公开内容", "before": "一", "after": "一之二" }));
        let same = app.ok(&["diff", &head, &head]);
        assert!(same.ends_with("未变 2\n") && same.lines().count() == 1, "{same}");
        for (unknown, code) in [("513230000000-20", "NOT_FOUND"), ("513230000000-12#9", "NOT_FOUND")] {
            let refused = app.cli(&["diff", unknown, &head]);
            assert_eq!(refused.code, Some(1));
            assert!(refused.stderr.contains(code), "{}", refused.stderr);
        }
        assert_eq!(app.cli(&["diff", "x", &head]).code, Some(2));
    }

    async fn two_places_are_compared_by_origin_then_by_name(app: TestApp) {
        publish(&app, "510000000000-12G", &[(0, "甲", "一"), (0, "乙", "二"), (0, "丙", "三")]);
        let upstream = app.store.scope(Default::default()).await.unwrap();
        let view = app.store.catalogue(&"510000000000-12G".parse().unwrap(), upstream).await.unwrap().unwrap();
        let digest = app.store.version(&view, 1, upstream).await.unwrap().unwrap().digest;
        let adopted = |place: &str, name: &str, wording: &str| {
            let text = document(place, &[(0, name, wording), (0, "乙", "二"), (0, "自有", "四")]);
            let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            lines[0]["basedOn"] = json!({ "catalogue": "510000000000-12G", "number": 1 });
            lines[1]["origin"] = json!({ "item": "510000000000-12G-0001", "version": digest });
            if wording != "一" || name != "甲" {
                lines[1]["reason"] = json!("本地情况不同");
            }
            lines.iter().map(|line| format!("{line}\n")).collect::<String>()
        };
        for (place, name, wording) in [("513230000000-12", "甲", "一"), ("513230100000-12", "又名", "一之二")] {
            let file = app.file("adopted.ndjson", &adopted(place, name, wording));
            app.ok(&["import", &file, "--publish"]);
        }
        let asking = Asking::new(&app).await;
        let ids = asking.data("{ guideline: catalogue(code: \"510000000000-12G\") { id } county: catalogue(code: \"513230000000-12\") { id version { id } }
            town: catalogue(code: \"513230100000-12\") { id } }").await;
        let compare = async |base: &Value, head: &Value| asking.data(&format!("{{ compare(base: {base}, head: {head}) {{ added changed removed moved unchanged
            items {{ nodes {{ kind before {{ code }} after {{ code }} elements {{ label }} }} }} }} }}")).await["compare"].take();
        let down = compare(&ids["guideline"]["id"], &ids["county"]["version"]["id"]).await;
        // One by origin, one by name; the third is not there, and an own one is.
        assert_eq!((&down["unchanged"], &down["removed"], &down["added"]), (&json!(2), &json!(1), &json!(1)), "{down}");
        let across = compare(&ids["county"]["id"], &ids["town"]["id"]).await;
        assert_eq!((&across["changed"], &across["unchanged"], &across["added"]), (&json!(1), &json!(2), &json!(0)), "{across}");
        assert_eq!(across["items"]["nodes"][0]["before"]["code"], "513230000000-12-0001", "both were taken from one");
        let adoptions = asking.data("{ item(code: \"510000000000-12G-0001\") { adoptions { totalCount nodes { code relation reason origin { code } } }
            below: adoptions(division: \"513230100\") { totalCount } } }").await;
        assert_eq!(adoptions["item"], json!({ "adoptions": { "totalCount": 2, "nodes": [
            { "code": "513230000000-12-0001", "relation": "ADOPTED", "reason": null, "origin": { "code": "510000000000-12G-0001" } },
            { "code": "513230100000-12-0001", "relation": "ADAPTED", "reason": "本地情况不同", "origin": { "code": "510000000000-12G-0001" } },
        ] }, "below": { "totalCount": 1 } }));
        let unit = asking.data("{ units { nodes { id } } }").await["units"]["nodes"][0]["id"].clone();
        for id in [unit, json!("x")] {
            let question = format!("{{ compare(base: {id}, head: {}) {{ added }} }}", ids["town"]["id"]);
            assert_eq!(asking.refused(&question).await, "BAD_INPUT", "{question}");
        }
    }

    async fn what_did_not_change_is_not_read(app: TestApp) {
        let rows: Vec<(String, String)> = (0..2000).map(|n| (format!("事项{n}"), format!("内容{n}"))).collect();
        let rows = |changed: usize| -> Vec<(u32, &str, &str)> {
            rows.iter().enumerate().map(|(n, (name, wording))| (0, name.as_str(), if n % 500 == changed { "改" } else { wording.as_str() })).collect()
        };
        publish(&app, CODE, &rows(501));
        publish(&app, CODE, &rows(7));
        let question = format!("{{ catalogue(code: \"{CODE}\") {{ version {{ changes {{ changed unchanged
            items {{ nodes {{ kind elements {{ label before after }} }} }} }} }} }} }}");
        let asking = Asking::new(&app).await;
        let before = app.store.statements();
        let answer = asking.ask_stale(&question).await;
        let taken = app.store.statements() - before;
        let changes = &answer["data"]["catalogue"]["version"]["changes"];
        assert_eq!((&changes["changed"], &changes["unchanged"]), (&json!(4), &json!(1996)), "{answer}");
        assert!(taken < 40, "{taken} statements");
        eprintln!("comparing 2,000 items with 2,000 took {taken} statements");
        let items = asking.data(&format!("{{ item(code: \"{CODE}-0001\") {{ contentDigest }} changed: item(code: \"{CODE}-0008\") {{ contentDigest }} }}")).await;
        let known = |key: &str| asking.reader.content(items[key]["contentDigest"].as_str().unwrap().parse().unwrap());
        assert!(known("item").is_none() && known("changed").is_some(), "only what changed was read");
    }

    async fn two_catalogues_of_two_thousand_items_are_compared_by_their_origins(app: TestApp) {
        let header = |code: &str| json!({ "catalogue": code, "label": "x", "effectiveFrom": "2026-01-01" });
        let row = |n: usize, wording: &str| json!({ "content": { "names": [format!("事项{n}")], "points": [{ "text": wording }] } });
        let text = |header: Value, rows: Vec<Value>| std::iter::once(header).chain(rows).map(|line| format!("{line}\n")).collect::<String>();
        let guideline = text(header("510000000000-12G"), (0..2000).map(|n| row(n, "同一内容")).collect());
        publish_texts(&app, vec![guideline]).await;
        let asking = Asking::new(&app).await;
        let upstream = asking.data("{ catalogue(code: \"510000000000-12G\") { version { digest } } }").await;
        let upstream = &upstream["catalogue"]["version"]["digest"];
        let place = |code: &str, changed: usize| {
            let mut header = header(code);
            header["basedOn"] = json!({ "catalogue": "510000000000-12G", "number": 1 });
            let taken = |n: usize| {
                let adapted = n % 500 == changed;
                let mut row = row(n, if adapted { code } else { "同一内容" });
                row["origin"] = json!({ "item": format!("510000000000-12G-{:04}", n + 1), "version": upstream });
                if adapted {
                    row["reason"] = json!("本地情况不同");
                }
                row
            };
            text(header, (0..2000).map(taken).collect())
        };
        publish_texts(&app, vec![place("513230000000-12", 3), place("513230100000-12", 4)]).await;
        let ids = asking.data("{ a: catalogue(code: \"513230000000-12\") { id } b: catalogue(code: \"513230100000-12\") { id } }").await;
        let question = |first: usize| format!("{{ compare(base: {}, head: {}) {{ added changed removed moved unchanged
            items(first: {first}) {{ nodes {{ kind before {{ code }} after {{ code }} elements {{ label before after }} }} }} }} }}", ids["a"]["id"], ids["b"]["id"]);
        let mut taken = Vec::new();
        for first in [1, 8] {
            let asking = Asking::new(&app).await;
            let (before, begun) = (app.store.statements(), std::time::Instant::now());
            let answer = asking.ask_stale(&question(first)).await;
            let compared = &answer["data"]["compare"];
            assert_eq!((&compared["changed"], &compared["unchanged"]), (&json!(8), &json!(1992)), "{answer}");
            assert_eq!(compared["items"]["nodes"].as_array().unwrap().len(), first);
            taken.push(app.store.statements() - before);
            eprintln!("comparing two catalogues of 2,000 items: {} statements, {:?}", taken[taken.len() - 1], begun.elapsed());
            let unread = asking.data("{ same: item(code: \"513230000000-12-0001\") { contentDigest } }").await;
            let digest = unread["same"]["contentDigest"].as_str().unwrap().parse().unwrap();
            assert!(asking.reader.content(digest).is_none(), "what says the same is not read");
        }
        assert!(taken[1] <= taken[0] + 2, "{taken:?}: no more for more items, but for how they fall into batches");
    }
}
