//! Adoption as a function: whatever the tables say, adopting again changes nothing, what nobody changed follows
//! upstream, and identical wording stays identical down to the village.

mod log;

use std::collections::HashMap;

use log::{GUIDELINE, Log, PLACES};
use mulu::catalogue::{
    adopt::{Edition, Side},
    check::Rule,
    content::Content,
    digest::Digest,
    draft::{Document, Row},
    lineage::Relation,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kit::runner;

/// A change to the row at an index (modulo the number of rows).
#[derive(Clone, Debug)]
enum Change {
    Set(usize, &'static str, Option<Value>),
    Tick(usize, &'static str, bool),
    Remove(usize),
    Add(usize, Value),
}

fn content() -> impl Strategy<Value = Value> {
    (0..6u8, 0..4u8, 0..3u8, any::<bool>()).prop_map(|(name, point, limit, open)| {
        let mut content = json!({ "names": [format!("\u{4E8B}\u{9879}{name}")] });
        content["points"] = json!([{ "text": format!("\u{5185}\u{5BB9}{point}") }]);
        if limit > 0 {
            content["timeLimits"] = json!([{ "kind": "WITHIN", "count": limit, "unit": "DAY" }]);
        }
        if open {
            content["openEnded"] = json!(["CONTENT"]);
        }
        content
    })
}

fn change() -> impl Strategy<Value = Change> {
    let value = prop_oneof![
        (0..9u8).prop_map(|n| ("points", Some(json!([{ "text": format!("\u{65B0}{n}") }])))),
        (1..9u8).prop_map(|n| ("timeLimits", Some(json!([{ "kind": "WITHIN", "count": n, "unit": "DAY" }])))),
        any::<bool>().prop_map(|yes| ("methods", yes.then(|| json!({ "proactive": true })))),
        any::<bool>().prop_map(|yes| ("openEnded", yes.then(|| json!(["BASIS", "CONTENT"])))),
        (0..6u8).prop_map(|n| ("names", Some(json!([format!("\u{4E8B}\u{9879}{n}")])))),
        (0..9u8).prop_map(|n| ("extensions", Some(json!({ "k": format!("{n}") })))),
    ];
    let level = prop_oneof![Just("COUNTY"), Just("TOWNSHIP"), Just("VILLAGE")];
    prop_oneof![
        4 => (0..9usize, value).prop_map(|(row, (member, value))| Change::Set(row, member, value)),
        1 => (0..9usize, level, any::<bool>()).prop_map(|(row, level, yes)| Change::Tick(row, level, yes)),
        1 => (0..9usize).prop_map(Change::Remove),
        1 => (0..9usize, content()).prop_map(|(row, content)| Change::Add(row, content)),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(change(), 0..8)
}

fn row(content: Value) -> Value {
    json!({ "content": content, "local": { "units": [{ "text": "\u{6587}\u{5316}\u{90E8}\u{95E8}" }] } })
}

/// A document with changes. Rows that differ from their origin get a reason.
fn changed(document: &Document, changes: &[Change]) -> Document {
    let mut rows: Vec<Value> = document.rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect();
    for change in changes {
        let count = rows.len().max(1);
        match change {
            Change::Add(at, content) => rows.insert(at % (rows.len() + 1), row(content.clone())),
            _ if rows.is_empty() => {}
            Change::Remove(at) => drop(rows.remove(at % count)),
            Change::Tick(at, level, yes) => rows[at % count]["local"]["levels"][level] = json!(yes),
            Change::Set(at, member, value) => {
                let row = &mut rows[at % count];
                match value {
                    Some(value) => row["content"][member] = value.clone(),
                    None => drop(row["content"].as_object_mut().unwrap().remove(*member)),
                }
                if row.get("origin").is_some() {
                    row["reason"] = json!("\u{672C}\u{5730}");
                }
            }
        }
    }
    let rows = rows.into_iter().map(|row| serde_json::from_value(row).unwrap()).collect();
    Document { header: document.header.clone(), rows }
}

fn guideline(rows: Vec<Value>) -> Document {
    let header = json!({ "catalogue": GUIDELINE, "label": "1", "effectiveFrom": "2026-01-01" });
    let rows = rows.into_iter().map(|content| serde_json::from_value(row(content)).unwrap()).collect();
    Document { header: serde_json::from_value(header).unwrap(), rows }
}

fn tables() -> impl Strategy<Value = Document> {
    prop::collection::vec(content(), 0..6).prop_map(guideline)
}

fn digests(edition: &Edition) -> HashMap<Digest, Digest> {
    edition.rows.iter().map(|row| (row.entry.content, row.entry.local)).collect()
}

#[test]
fn adopting_again_changes_nothing() {
    let cases = (tables(), changes(), changes(), any::<bool>());
    let mut runner = runner("adopting again changes nothing", 4_000);
    runner
        .run(&cases, |(table, ours, theirs, take)| {
            let take = if take { Side::Theirs } else { Side::Ours };
            let mut log = Log::default();
            log.publish(table);
            log.publish(log.adopt(GUIDELINE, 0, take).document);
            log.publish(changed(&log.document(PLACES[0].0), &ours));
            log.publish(changed(&log.document(GUIDELINE), &theirs));
            let merged = log.adopt(GUIDELINE, 0, take);
            log.publish(merged.document);
            let last = log.document(PLACES[0].0);
            let again = log.adopt(GUIDELINE, 0, take);
            prop_assert_eq!(&again.document.header, &last.header);
            prop_assert_eq!(&again.document.rows, &last.rows);
            prop_assert!(again.findings.iter().all(|finding| finding.rule != Rule::AdoptionConflict));
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_nobody_changed_here_is_what_a_first_adoption_makes() {
    let mut runner = runner("what nobody changed here is a first adoption", 4_000);
    runner
        .run(&(tables(), changes()), |(table, theirs)| {
            let mut log = Log::default();
            log.publish(table);
            log.publish(log.adopt(GUIDELINE, 0, Side::Ours).document);
            log.publish(changed(&log.document(GUIDELINE), &theirs));
            let renewed = log.adopt(GUIDELINE, 0, Side::Ours);
            let codes: HashMap<_, _> = log
                .last(PLACES[0].0)
                .unwrap()
                .rows
                .iter()
                .map(|row| (row.entry.origin.clone().unwrap().item, row.entry.item.clone()))
                .collect();
            let fresh =
                Log(log.0.iter().filter(|e| e.version.catalogue.as_str() == GUIDELINE).cloned().collect());
            let mut fresh = fresh.adopt(GUIDELINE, 0, Side::Ours);
            prop_assert_eq!(renewed.coverage, fresh.coverage);
            for row in &mut fresh.document.rows {
                row.item = codes.get(&row.origin.as_ref().unwrap().item).cloned();
            }
            let bare = |document: &Document| {
                document.rows.iter().map(|row| Row { item: None, ..row.clone() }).collect::<Vec<_>>()
            };
            prop_assert_eq!(bare(&renewed.document), bare(&fresh.document));
            for (renewed, fresh) in renewed.document.rows.iter().zip(&fresh.document.rows) {
                prop_assert!(fresh.item.is_none() || fresh.item == renewed.item);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn identical_wording_stays_identical_down_to_the_village() {
    let mut runner = runner("identical wording down to the village", 2_000);
    runner
        .run(&(tables(), changes()), |(table, theirs)| {
            let mut log = Log::default();
            log.publish(table);
            log.down();
            log.publish(changed(&log.document(GUIDELINE), &theirs));
            log.down();
            let mut upper = digests(log.last(GUIDELINE).unwrap());
            for (catalogue, ..) in PLACES {
                let here = log.last(catalogue).unwrap();
                prop_assert!(here.rows.iter().all(|row| row.entry.relation == Relation::Adopted));
                prop_assert!(here.rows.iter().all(|row| upper.contains_key(&row.entry.content)));
                upper = digests(here);
            }
            Ok(())
        })
        .unwrap();
}

/// Every element apart: changed above it follows, changed here it stays, changed on both sides it is a conflict.
#[test]
fn elements_are_merged_one_by_one() {
    let elements: [(&str, Value, Value, Value); 6] = [
        ("points", json!([{ "text": "a" }]), json!([{ "text": "b" }]), json!([{ "text": "c" }])),
        ("basis", json!([{ "text": "a" }]), json!([{ "text": "b" }]), json!([])),
        (
            "timeLimits",
            json!([{ "kind": "TIMELY" }]),
            json!([{ "kind": "OTHER" }]),
            json!([{ "kind": "REAL_TIME" }]),
        ),
        (
            "methods",
            json!({ "proactive": true }),
            json!({ "proactive": false }),
            json!({ "onRequest": true }),
        ),
        (
            "channels",
            json!([{ "code": "GOV_WEBSITE" }]),
            json!([{ "code": "OTHER", "text": "x" }]),
            json!([]),
        ),
        ("extensions", json!({ "k": "a" }), json!({ "k": "b" }), json!({ "k": "c" })),
    ];
    for (member, base, ours, theirs) in &elements {
        for (other, ..) in &elements {
            let mut log = Log::default();
            let mut content = json!({ "names": ["x"] });
            elements.iter().for_each(|(member, base, ..)| content[member] = base.clone());
            log.publish(guideline(vec![content.clone()]));
            log.publish(log.adopt(GUIDELINE, 0, Side::Ours).document);
            let set = |member, value: &Value| [Change::Set(0, member, Some(value.clone()))];
            log.publish(changed(&log.document(PLACES[0].0), &set(member, ours)));
            let upstream = elements.iter().find(|(name, ..)| name == other).unwrap();
            log.publish(changed(&log.document(GUIDELINE), &set(other, &upstream.3)));
            for take in [Side::Ours, Side::Theirs] {
                let merged = log.adopt(GUIDELINE, 0, take);
                let mut expected = content.clone();
                expected[other] = upstream.3.clone();
                if other != member || take == Side::Ours {
                    expected[member] = ours.clone();
                }
                let expected: Content = serde_json::from_value(expected).unwrap();
                assert_eq!(merged.document.rows[0].content, expected, "{member} {other} {base}");
                let conflicts: Vec<_> =
                    merged.findings.iter().filter(|f| f.rule == Rule::AdoptionConflict).collect();
                assert_eq!(conflicts.len(), usize::from(other == member), "{member} {other} {theirs}");
                let adapted = merged.document.rows[0].reason.is_some();
                assert_eq!(adapted, other != member || take == Side::Ours);
            }
        }
    }
}
