//! How catalogues stand against their upstream, one by one and a province at once.

use mulu::import::File;
use serde_json::{Value, json};

use crate::kit::{Asking, publish_texts};

const GUIDELINE: &str = "510000000000-12G";

fn row(name: usize, wording: &str, levels: Value) -> Value {
    json!({ "content": { "names": [format!("事项{name}")], "points": [{ "text": wording }] },
        "local": { "units": [{ "text": "文化部门" }], "levels": levels } })
}

fn lines(header: Value, rows: Vec<Value>) -> String {
    std::iter::once(header).chain(rows).map(|line| format!("{line}\n")).collect()
}

/// A guideline of `items` rows, of which each tenth is for the province alone.
fn guideline(items: usize, wording: &str) -> String {
    let header = json!({ "catalogue": GUIDELINE, "label": "指引", "effectiveFrom": "2026-01-01" });
    let rows = (0..items).map(|n| {
        let levels = if n % 10 == 9 {
            json!({ "PROVINCE": true, "COUNTY": false })
        } else {
            json!({ "COUNTY": true })
        };
        row(n, if n == 0 { wording } else { "同一内容" }, levels)
    });
    lines(header, rows.collect())
}

/// What a county makes of it: all but the last of what is for it, one otherwise, one of its own, one left out.
fn county(code: &str, items: usize, upstream: &str, number: u32) -> String {
    let header = json!({ "catalogue": format!("{code}000000-12"), "label": "县级", "effectiveFrom": "2026-01-01",
        "basedOn": { "catalogue": GUIDELINE, "number": number },
        "omissions": [{ "item": format!("{GUIDELINE}-0003"), "reason": "本地无此事项" }] });
    let mut rows = vec![row(999, "自有", json!({ "COUNTY": true }))];
    for n in (0..items - 2).filter(|n| n % 10 != 9 && *n != 2) {
        let mut taken = row(
            n,
            if n == 1 {
                "本地另有规定"
            } else if n == 0 {
                "第一版"
            } else {
                "同一内容"
            },
            json!({ "COUNTY": true }),
        );
        taken["origin"] = json!({ "item": format!("{GUIDELINE}-{:04}", n + 1), "version": upstream });
        taken["local"]["units"] = json!([{ "text": format!("{code}文化局") }]);
        if n == 1 {
            taken["reason"] = json!("本地另有规定");
        }
        rows.push(taken);
    }
    lines(header, rows)
}

async fn digest(asking: &Asking) -> String {
    let answer =
        asking.data(&format!("{{ catalogue(code: \"{GUIDELINE}\") {{ version {{ digest }} }} }}")).await;
    answer["catalogue"]["version"]["digest"].as_str().unwrap().to_owned()
}

const ALIGNMENT: &str =
    "catalogue { code } base { number } newest { number } behind adopted adapted local omitted coverage
    missing { totalCount nodes { code } }";

on_both_stores! {
    async fn a_county_stands_as_its_rows_say(app: TestApp) {
        publish_texts(&app, vec![guideline(12, "第一版")]).await;
        let asking = Asking::new(&app).await;
        publish_texts(&app, vec![county("513230", 12, &digest(&asking).await, 1)]).await;
        let question = format!("{{ catalogue(code: \"513230000000-12\") {{ alignment {{ {ALIGNMENT} }} }} none: catalogue(code: \"{GUIDELINE}\") {{ alignment {{ behind }} }} }}");
        let answer = asking.data(&question).await;
        assert_eq!(answer["none"]["alignment"], Value::Null);
        // Of twelve one is for the province alone, one adapted, one left out, one missing; another unit is no deviation.
        assert_eq!(answer["catalogue"]["alignment"], json!({
            "catalogue": { "code": "513230000000-12" }, "base": { "number": 1 }, "newest": { "number": 1 }, "behind": false,
            "adopted": 7, "adapted": 1, "local": 1, "omitted": 1, "coverage": 8.0 / 11.0,
            "missing": { "totalCount": 2, "nodes": [{ "code": "510000000000-12G-0011" }, { "code": "510000000000-12G-0012" }] },
        }));
        publish_texts(&app, vec![guideline(13, "第二版")]).await;
        let behind = asking.data(&question).await;
        let behind = &behind["catalogue"]["alignment"];
        assert_eq!((&behind["behind"], &behind["newest"]["number"], &behind["base"]["number"]), (&json!(true), &json!(2), &json!(1)));
        assert_eq!((&behind["adopted"], &behind["adapted"], &behind["missing"]["totalCount"]), (&json!(6), &json!(2), &json!(3)));
    }

    async fn a_province_with_a_hundred_counties_takes_few_statements(app: TestApp) {
        let counties: Vec<String> = (0..100).map(|n| format!("51{:02}{:02}", 40 + n / 20, 21 + n % 20)).collect();
        let cities: String = (40..45).map(|n| format!("51{n},市{n},PREFECTURE,51\n")).collect();
        let divisions: String = counties.iter().map(|code| format!("{code},县{code},COUNTY,{}\n", &code[..4])).collect();
        app.load(vec![File { name: "divisions.csv".to_owned(), bytes: format!("code,name,level,parent\n{cities}{divisions}").into_bytes() }]).await;
        publish_texts(&app, vec![guideline(40, "第一版")]).await;
        let asking = Asking::new(&app).await;
        let upstream = digest(&asking).await;
        publish_texts(&app, counties.iter().map(|code| county(code, 40, &upstream, 1)).collect()).await;
        let question = |first: usize| format!("{{ alignments(division: \"51\", includeDescendants: true, domain: \"12\", first: {first}) {{ totalCount nodes {{ {ALIGNMENT} }} }} }}");
        let mut fewest = [u64::MAX; 2];
        for run in 0..10 {
            for (first, fewest) in [5, 100].into_iter().zip(&mut fewest) {
                let asking = Asking::new(&app).await;
                let (before, begun) = (app.store.statements(), std::time::Instant::now());
                let answer = asking.ask_stale(&question(first)).await;
                let alignments = &answer["data"]["alignments"];
                assert_eq!((&alignments["totalCount"], alignments["nodes"].as_array().map(Vec::len)), (&json!(100), Some(first)), "{answer}");
                for alignment in alignments["nodes"].as_array().unwrap() {
                    assert_eq!((&alignment["adapted"], &alignment["omitted"], &alignment["local"]), (&json!(1), &json!(1), &json!(1)));
                }
                *fewest = (*fewest).min(app.store.statements() - before);
                eprintln!("alignments of {first} counties: {} statements, {:?}", app.store.statements() - before, begun.elapsed());
                let warm = app.store.statements();
                asking.ask_stale(&question(first)).await;
                assert_eq!(app.store.statements(), warm, "a warm answer asks the database nothing");
            }
            if run >= 2 && fewest[0] == fewest[1] {
                break;
            }
        }
        assert_eq!(fewest[0], fewest[1]);
    }
}
