//! What the core costs, as ratios against a reference in the same run: absolute times say more about the machine.
//!
//! `make bench` prints the median time of each subject, of its reference, and their ratio.

use std::{hint::black_box, time::Instant};

use mulu::catalogue::{
    canonical,
    content::Content,
    digest::Digest,
    format::Format,
    merkle,
    scope::{History, Published, Scope},
};

/// The median time of one call, over rounds of many.
fn median(mut call: impl FnMut()) -> f64 {
    const CALLS: u32 = 200;
    let mut rounds: Vec<f64> = (0..21)
        .map(|_| {
            let begun = Instant::now();
            (0..CALLS).for_each(|_| call());
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn compare(subject: &str, reference: &str, one: impl FnMut(), other: impl FnMut()) {
    let (one, other) = (median(one), median(other));
    println!("{subject:42} {one:9.2} us   {reference:34} {other:9.2} us   ratio {:6.2}", one / other);
}

fn main() {
    let content: Content = serde_json::from_value(serde_json::json!({
        "names": ["最低生活保障", "办事指南"],
        "points": [{ "text": "办理事项" }, { "text": "办理条件" }, { "text": "申请材料" }, { "text": "办理流程" }],
        "basis": [{ "text": "中华人民共和国政府信息公开条例", "title": "中华人民共和国政府信息公开条例" }],
        "timeLimits": [{ "kind": "WITHIN", "count": 20, "unit": "WORKING_DAY", "trigger": "信息形成或变更" }],
        "channels": [{ "code": "GOV_WEBSITE" }, { "code": "COMMUNITY_BOARD" }],
    }))
    .expect("the content fits its type");
    let plain = || drop(black_box(serde_json::to_vec(black_box(&content))));
    compare(
        "content: canonical bytes",
        "serde_json",
        || drop(black_box(canonical::to_bytes(&content))),
        plain,
    );
    compare("content: object with digest", "serde_json", || drop(black_box(content.to_object())), plain);
    let object = content.to_object().expect("the content has a canonical form");
    compare(
        "content: read and compared with its bytes",
        "serde_json",
        || drop(black_box(Content::from_object(&object.bytes))),
        || drop(black_box(serde_json::from_slice::<serde_json::Value>(&object.bytes))),
    );
    let leaves: Vec<Digest> = (0u32..1000).map(|leaf| merkle::leaf_hash(&leaf.to_be_bytes())).collect();
    let bytes: Vec<u8> = leaves.iter().flat_map(|leaf| *leaf.as_bytes()).collect();
    compare(
        "tree: root of 1,000 leaves",
        "SHA-256 of the same bytes",
        || _ = black_box(merkle::root(leaves.iter().copied())),
        || _ = black_box(Digest::of(&bytes)),
    );
    let day = |day: u64| chrono::NaiveDate::from_ymd_opt(2020, 1, 1).expect("a day") + chrono::Days::new(day);
    let versions =
        (1..=100).map(|n| Published { number: n, effective_from: day(n.into()), revision: n.into() });
    let history = History { versions: versions.collect(), ..History::default() };
    let scope = Scope { revision: 50, effective_on: day(70) };
    compare(
        "scope: in force among 100 versions",
        "their greatest number",
        || _ = black_box(history.in_force(black_box(scope))),
        || _ = black_box(black_box(&history).versions.iter().map(|version| version.number).max()),
    );
}
