//! Cells of tables in the wild: what people transcribed from published pages, read again by machine.
//!
//! The fixtures of `tests/corpus/cells` hold each distinct cell of the transcribed pages once, with the number of rows
//! that have it. Time limits are as printed. Citations and channels were transcribed as facts, so they are printed
//! again in the ways that the pages print them, with brackets, separators and marks of every kind.

mod basis;
mod channels;

use std::collections::BTreeMap;

use mulu::{
    catalogue::{
        channel::ChannelState,
        content::{BasisCitation, ChannelUse},
        domain::DomainState,
        legal_basis::LegalBasisState,
        time_limit::TimeLimitKind,
    },
    import::{
        cell::{self, audience, clean, levels, marks::Marks, names, points, ticks::Tick, time_limit, units},
        finding::Note,
        grid::Boundaries,
        vocabulary::Vocabulary,
    },
};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::kit;

/// What the code lists and the bundled laws call things.
pub fn vocabulary() -> Vocabulary {
    Vocabulary::new(
        &states::<ChannelState>("schema/codelists/channels.csv"),
        &states::<LegalBasisState>("schema/reference/legal_bases.csv"),
        &states::<DomainState>("schema/codelists/domains.csv"),
    )
}

fn states<S: DeserializeOwned>(path: &str) -> Vec<(String, S)> {
    let path = kit::source(path);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let lines = reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap);
    lines.map(|line| (line["code"].clone(), serde_json::from_value(state(&line)).unwrap())).collect()
}

/// A line of a code list as a state; a column that holds a list has a line for each.
fn state(line: &BTreeMap<String, String>) -> Value {
    let filled = line.iter().filter(|(name, cell)| *name != "code" && !cell.is_empty());
    let member = |(name, cell): (&String, &String)| {
        let value = match name.as_str() {
            "aliases" | "successors" => cell.lines().map(Value::from).collect(),
            "template" => Value::from(cell == "true"),
            _ => Value::from(cell.as_str()),
        };
        (name.clone(), value)
    };
    Value::Object(filled.map(member).collect::<Map<_, _>>())
}

fn corpus(name: &str) -> Vec<Value> {
    let path = kit::root().join("tests/corpus/cells").join(name);
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The same words with full-width punctuation, as most pages have it.
fn wide(text: &str) -> String {
    let widened = |c| match c {
        ',' | ';' | ':' | '(' | ')' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        c => c,
    };
    text.chars().map(widened).collect()
}

/// The cells that were not read as they were transcribed, the share of rows that were, and all of it for a failure.
struct Agreement {
    rows: u64,
    agreeing: u64,
    differing: Vec<(String, String, String)>,
}

impl Agreement {
    fn of(lines: &[Value], printed: &str, mut read: impl FnMut(&str, &Value) -> (Value, Value)) -> Self {
        let mut made = Self { rows: 0, agreeing: 0, differing: Vec::new() };
        for line in lines {
            let (text, rows) = (line[printed].as_str().unwrap(), line["rows"].as_u64().unwrap());
            let (found, expected) = read(text, line);
            made.rows += rows;
            if found == expected {
                made.agreeing += rows;
            } else {
                made.differing.push((text.to_owned(), found.to_string(), expected.to_string()));
            }
        }
        made
    }

    /// Fails unless exactly these cells differ.
    #[track_caller]
    fn differs_in(&self, expected: &[&str]) {
        let unexpected: Vec<_> =
            self.differing.iter().filter(|(text, ..)| !expected.contains(&text.as_str())).collect();
        let share = self.agreeing as f64 / self.rows as f64;
        assert!(unexpected.is_empty(), "{share:.3}\n{unexpected:#?}");
        assert_eq!(self.differing.len(), expected.len(), "some agree by now");
        assert!(share > 0.97, "{share:.3}");
    }
}

/// What a reading of a time limit says, without its wording.
fn meaning(text: &str) -> Value {
    let times = time_limit::read(text).value.unwrap_or_default();
    let mut limits = serde_json::to_value(times.limits.unwrap_or_default()).unwrap();
    for limit in limits.as_array_mut().unwrap() {
        let limit = limit.as_object_mut().unwrap();
        limit.remove("text");
        limit.remove("otherLawPrevails");
    }
    let mut period = serde_json::to_value(times.publicity_period).unwrap();
    if let Some(period) = period.as_object_mut() {
        period.remove("text");
    }
    json!([limits, period])
}

#[test]
fn time_limits_mean_what_people_read_in_them() {
    let lines = corpus("time_limits.ndjson");
    let agreement = Agreement::of(&lines, "raw", |text, line| {
        (meaning(text), json!([line["limits"], line["publicityPeriod"]]))
    });
    // The transcribers dropped what promptness goes by; it starts the time as any trigger does.
    agreement.differs_in(&["按进展情况及时公开", "重大决策作出后及时公开"]);
}

#[test]
fn punctuation_may_have_either_width() {
    for line in corpus("time_limits.ndjson") {
        let text = line["raw"].as_str().unwrap();
        let widened = meaning(&wide(text)).to_string();
        let narrowed: String = widened.chars().map(narrow).collect();
        assert_eq!(narrowed, meaning(text).to_string(), "{text}");
    }
}

fn narrow(c: char) -> char {
    if ('\u{ff01}'..='\u{ff5e}').contains(&c) {
        char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
    } else {
        c
    }
}

#[test]
fn the_wording_of_a_time_limit_is_kept() {
    for line in corpus("time_limits.ndjson") {
        let text = line["raw"].as_str().unwrap();
        let limits = time_limit::read(text).value.and_then(|times| times.limits).unwrap();
        assert_eq!(limits[0].text.as_ref().map(|text| text.as_str()), Some(text));
        for limit in &limits {
            assert!(text.contains(limit.text.as_ref().unwrap().as_str()), "{text}");
        }
    }
}

#[test]
fn time_limits_of_every_other_shape_are_read() {
    use TimeLimitKind::*;
    for (text, expected, codes) in [
        ("20个工作日", vec![(Within, "20 WORKING_DAY", "", "")], vec!["W321"]),
        ("自信息形成之日起二十个工作日内", vec![(Within, "20 WORKING_DAY", "信息形成", "")], vec![]),
        (
            "信息形成或者变更之日\n起20个工作日内\n予以公开",
            vec![(Within, "20 WORKING_DAY", "信息形成或变更", "")],
            vec!["T1"],
        ),
        (
            "自该政府信息形成(变更)之日起20个工作日内",
            vec![(Within, "20 WORKING_DAY", "信息形成或变更", "")],
            vec!["T1"],
        ),
        ("信息形成之日起2 0 个工作日内", vec![(Within, "20 WORKING_DAY", "信息形成", "")], vec!["W211"]),
        ("批准后7日内", vec![(Within, "7 DAY", "批准后", "")], vec!["T3"]),
        ("批准后20内", vec![(Other, "", "", "")], vec!["W322"]),
        ("信息形成之日起20个工作内", vec![(Within, "20 WORKING_DAY", "信息形成", "")], vec!["W322"]),
        ("信息形成之日起20工作日内", vec![(Within, "20 WORKING_DAY", "信息形成", "")], vec!["T5"]),
        ("20个工作日(自信息形成之日起)", vec![(Within, "20 WORKING_DAY", "信息形成", "")], vec!["T14"]),
        (
            "政策文件:信息形成之日起20个工作日内;行政处罚:决定作出之日起7个工作日内",
            vec![
                (Within, "20 WORKING_DAY", "信息形成", "政策文件"),
                (Within, "7 WORKING_DAY", "决定作出", "行政处罚"),
            ],
            vec!["T9"],
        ),
        (
            "1.政策文件:信息形成之日起20个工作日内\n2.行政处罚:决定作出之日起7个工作日内",
            vec![
                (Within, "20 WORKING_DAY", "信息形成", "政策文件"),
                (Within, "7 WORKING_DAY", "决定作出", "行政处罚"),
            ],
            vec!["T9"],
        ),
        ("实时公开", vec![(RealTime, "", "", "")], vec![]),
        ("长期公开", vec![(LongTerm, "", "", "")], vec![]),
        ("常年公开", vec![(LongTerm, "", "", "")], vec![]),
        ("及时公开", vec![(Timely, "", "", "")], vec![]),
        ("信息形成之日起及时公开", vec![(Timely, "", "信息形成", "")], vec![]),
        ("按规定时限公开", vec![(AsPrescribed, "", "", "")], vec!["W323"]),
        ("按照有关规定执行", vec![(AsPrescribed, "", "", "")], vec!["W323"]),
        ("每季度公开一次", vec![(Periodic, "QUARTER", "", "")], vec!["T11"]),
        ("按月公开", vec![(Periodic, "MONTH", "", "")], vec!["T11"]),
        ("每月10日前", vec![(Periodic, "10 DAY MONTH", "", "")], vec!["T11"]),
        ("每年第一季度", vec![(Periodic, "1 QUARTER YEAR", "", "")], vec!["T11"]),
        ("每年3月底前", vec![(FixedDate, "", "", "")], vec!["T11"]),
        ("听证会举行7日前", vec![(BeforeEvent, "7 DAY", "听证会举行", "")], vec!["T3", "T11"]),
        ("会议召开前公开", vec![(BeforeEvent, "", "会议召开", "")], vec!["T11"]),
        ("随采购公告公开", vec![(WithEvent, "", "", "")], vec!["T11"]),
        ("与政策文件同步公开", vec![(WithEvent, "", "", "")], vec!["T11"]),
        ("随时公布", vec![(Other, "", "", "")], vec!["T11"]),
        ("见附件", vec![(Other, "", "", "")], vec!["T11"]),
        ("公示期不少于7天", vec![], vec!["T10", "W324"]),
        ("信息形成之日起20个工作日内,及时更新", vec![(Within, "20 WORKING_DAY", "信息形成", "")], vec![]),
        ("信息形成之日起3个月内", vec![(Within, "3 MONTH", "信息形成", "")], vec![]),
        ("决定作出后24小时内", vec![(Within, "24 HOUR", "决定作出后", "")], vec![]),
        ("* 个工作日", vec![], vec!["E103"]),
        ("", vec![], vec!["W324"]),
        ("—", vec![], vec!["N7", "W324"]),
    ] {
        let reading = time_limit::read(text);
        let limits = reading.value.clone().and_then(|times| times.limits).unwrap_or_default();
        let said = limits.iter().map(|limit| {
            let name = |unit| serde_json::to_value(unit).ok().and_then(|v| v.as_str().map(str::to_owned));
            let measure =
                [limit.count.map(|n| n.to_string()), limit.unit.and_then(name), limit.period.and_then(name)];
            let measure = measure.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let words = |text: &Option<mulu::catalogue::text::Text>| {
                text.as_ref().map(ToString::to_string).unwrap_or_default()
            };
            (limit.kind, measure, words(&limit.trigger), words(&limit.scope))
        });
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(kind, measure, trigger, scope)| {
                (kind, measure.to_owned(), trigger.to_owned(), scope.to_owned())
            })
            .collect();
        assert_eq!(said.collect::<Vec<_>>(), expected, "{text}");
        assert_eq!(codes_of(&reading.notes), codes, "{text}");
    }
}

fn codes_of(notes: &[Note]) -> Vec<&'static str> {
    notes.iter().map(|note| note.code.code()).collect()
}

fn facts(citations: &[BasisCitation]) -> Value {
    let mut facts = serde_json::to_value(citations).unwrap();
    for citation in facts.as_array_mut().unwrap() {
        citation.as_object_mut().unwrap().remove("text");
    }
    facts
}

#[test]
fn citations_mean_what_people_read_in_them() {
    let (words, lines) = (vocabulary(), corpus("basis.ndjson"));
    let agreement = Agreement::of(&lines, "printed", |text, line| {
        let made = cell::basis::read(text, &words).value.unwrap_or_default();
        (facts(&made.citations), line["citations"].clone())
    });
    agreement.differs_in(&[]);
}

#[test]
fn channels_mean_what_people_read_in_them() {
    let (words, lines) = (vocabulary(), corpus("channels.ndjson"));
    let agreement = Agreement::of(&lines, "printed", |text, line| {
        let marks = Marks::decide("公开渠道和载体", [text].into_iter(), &words).value.unwrap();
        let made = cell::channels::read(text, &marks, &words).value.unwrap_or_default();
        (serde_json::to_value(&made.uses).unwrap(), line["channels"].clone())
    });
    // The transcribers knew no patterns: what these say of their own site is the government's.
    let own = agreement.differing.iter().map(|(text, ..)| text.clone()).filter(|text| {
        ["铁力市政府网站", "高新区(掇刀区)政府网站", "嘉荫县司法局公众号"]
            .iter()
            .any(|own| text.contains(own))
    });
    agreement.differs_in(&own.collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn units_are_one_where_people_read_one() {
    let agreement = Agreement::of(&corpus("units.ndjson"), "text", |text, line| {
        let made = units::read(text).value.unwrap_or_default();
        let texts: Vec<_> = made.units.iter().map(|unit| unit.text.as_str()).collect();
        (json!(texts), json!([line["text"]]))
    });
    // Two units by the rule, one where people knew better.
    agreement.differs_in(&["人民政府、住房保障行政主管部门"]);
}

/// Scraps of what cells are made of, in any order.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "《",
        "》",
        "〈",
        "〉",
        "(",
        ")",
        "\u{ff08}",
        "\u{ff09}",
        "〔",
        "〕",
        "【法律】",
        "[2020]",
        "、",
        ";",
        "\u{ff1b}",
        ",",
        "。",
        "\n",
        " ",
        "\t",
        "\u{3000}",
        "1.",
        "2、",
        "①",
        "●",
        "〇",
        "■",
        "□",
        "口",
        "R",
        "£",
        "√",
        "20",
        "个",
        "工作日",
        "日",
        "内",
        "半年",
        "每年",
        "第七条",
        "第二十条(一)",
        "国务院令第711号",
        "青政办",
        "号",
        "政府网站",
        "公示栏",
        "其他",
        "注:",
        "http://a.gov.cn",
        "等",
        "及相关规定",
        "自",
        "信息形成",
        "之日起",
        "应在",
        "公示",
        "不少于",
        "县级",
        "乡、村级",
        "县民政局",
        "或",
        "无",
        "—",
        "*",
        "@@",
        "_x000b_",
        "(kāi)",
        "開",
        "/",
    ]);
    prop::collection::vec(scrap, 0..24).prop_map(|scraps| scraps.concat())
}

fn cells() -> impl Strategy<Value = String> {
    prop_oneof![scraps(), any::<String>(), ".{0,40}"]
}

/// All that any reader says of a cell.
fn everything(cell: &str, words: &Vocabulary) -> String {
    let marks = Marks::decide(cell, [cell].into_iter(), words);
    let style = points::Style::decide([cell].into_iter());
    let tick = Tick::read(cell, Boundaries::Exact);
    let decided = marks.value.clone().unwrap_or_default();
    let mut said = format!("{marks:?} {style:?} {tick:?}");
    said += &format!("{:?} {:?}", names::read(cell), names::slashed(cell));
    said += &format!("{:?} {:?}", points::read(cell, style, cell), cell::basis::read(cell, words));
    said += &format!("{:?} {:?}", time_limit::read(cell), cell::channels::read(cell, &decided, words));
    said += &format!("{:?} {:?}", cell::channels::addresses(cell), units::read(cell));
    said += &format!(
        "{:?} {:?}",
        audience::audience(Some(&tick), Some(&tick), cell),
        audience::methods(Some(&tick), None)
    );
    said += &format!("{:?} {:?}", audience::audience_cell(cell), audience::methods_cell(cell));
    said + &format!("{:?} {:?}", levels::cell(cell, &[]), levels::columns(&[cell, cell], &[]))
}

/// A text as it would be compared: no reader may say what the cell does not.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cell_is_read_without_a_panic_and_always_the_same(cell in cells()) {
        let words = WORDS.get_or_init(vocabulary);
        prop_assert_eq!(everything(&cell, words), everything(&cell, words));
    }

    #[test]
    fn every_wording_stands_in_its_cell(cell in scraps()) {
        let words = WORDS.get_or_init(vocabulary);
        let Some(text) = clean::spaced(&cell).value else { return Ok(()) };
        let printed = plain(&text);
        let marks = Marks::decide("", [&*cell].into_iter(), words).value.unwrap_or_default();
        let mut wordings = Vec::new();
        let limits = time_limit::read(&cell).value.unwrap_or_default();
        wordings.extend(limits.limits.iter().flatten().flat_map(|limit| [&limit.text, &limit.trigger, &limit.scope]).flatten().cloned());
        wordings.extend(points::read(&cell, points::Style::default(), "").value.unwrap_or_default().points.into_iter().map(|point| point.text));
        for citation in cell::basis::read(&cell, words).value.unwrap_or_default().citations {
            wordings.extend([Some(citation.text), citation.title].into_iter().flatten());
        }
        let uses = cell::channels::read(&cell, &marks, words).value.unwrap_or_default().uses;
        wordings.extend(uses.into_iter().filter_map(|used: ChannelUse| used.text));
        for unit in units::read(&cell).value.unwrap_or_default().units {
            wordings.extend(unit.alternatives.into_iter().flatten().chain([unit.text]));
        }
        wordings.extend(names::read(&cell).value);
        for wording in wordings {
            prop_assert!(!wording.is_empty());
            prop_assert!(printed.contains(&plain(wording.as_str())), "{wording} is not in {text}");
        }
    }
}

static WORDS: std::sync::OnceLock<Vocabulary> = std::sync::OnceLock::new();
