//! Rows of real pages, written out in the layouts in which tables come, are read back as the facts that they are.

use std::collections::BTreeMap;

use mulu::{
    catalogue::{
        channel::ChannelState,
        division::Level,
        domain::DomainState,
        draft::Row,
        legal_basis::LegalBasisState,
        scope::ScopeRequest,
        time_limit::{TimeLimit, TimeLimitKind, TimeUnit},
    },
    import::{
        File,
        assemble::{self, Context},
        source, table,
        vocabulary::Vocabulary,
    },
};
use serde_json::Value;

use crate::kit::{Backend, TestApp, source as checked_in};

/// The transcribed rows by page: those of the example, and those that it leaves out.
fn pages() -> Vec<Vec<Value>> {
    let mut pages: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for file in ["examples/catalogue/rows.ndjson", "tests/corpus/rows.ndjson"] {
        for line in std::fs::read_to_string(checked_in(file)).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            // A name alone is no item, and is refused (E101).
            let says =
                ["content", "basis", "responsible_units"].iter().any(|key| row[key] != serde_json::json!([]));
            if !says && row["time_limit_raw"].is_null() {
                continue;
            }
            let page =
                format!("{} {}", row["source_url"].as_str().unwrap(), row["publisher"].as_str().unwrap());
            pages.entry(page).or_default().push(row);
        }
    }
    pages.into_values().collect()
}

async fn vocabulary(app: &TestApp) -> Vocabulary {
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let channels: Vec<(String, ChannelState)> = app.store.registered(scope).await.unwrap();
    let bases: Vec<(String, LegalBasisState)> = app.store.registered(scope).await.unwrap();
    let domains: Vec<(String, DomainState)> = app.store.registered(scope).await.unwrap();
    Vocabulary::new(&channels, &bases, &domains)
}

const HEADINGS: [&str; 16] = [
    "序号",
    "一级事项",
    "二级事项",
    "公开内容(要素)",
    "公开依据",
    "公开时限",
    "公开主体",
    "公开渠道和载体",
    "全社会",
    "特定群体",
    "主动",
    "依申请公开",
    "市级",
    "县级",
    "乡级",
    "村级",
];
const LEVELS: [&str; 4] = ["prefecture", "county", "township", "village"];

fn list(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The cells of a row, lists parted as the layout can.
fn cells(row: &Value, number: usize, line: &str) -> Vec<String> {
    let basis = |basis: &Value| {
        let title = basis["title"].as_str().map(|title| format!("《{title}》")).unwrap_or_default();
        let number = basis["doc_no"].as_str().map(|number| format!("({number})")).unwrap_or_default();
        format!("{title}{number}{}", text(&basis["article"]))
    };
    let tick = |value: &Value| match value.as_bool() {
        Some(true) => "√",
        Some(false) => "",
        None => "—",
    };
    let groups: Vec<&str> = list(&row["audience"]["specific_groups"]).collect();
    let channels =
        list(&row["channels"]).chain(list(&row["channels_other"])).map(|channel| format!("■{channel}"));
    let told = row["level"].as_array().is_some_and(|levels| !levels.is_empty());
    let level = |level: &&str| match list(&row["level"]).any(|other| other == *level) {
        true => "√",
        false if told => "",
        false => "—",
    };
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    let mut cells = vec![
        number.to_string(),
        text(&row["item_level1"]).to_owned(),
        text(&row["item_level2"]).to_owned(),
        or_dash(list(&row["content"]).collect::<Vec<_>>().join(line)),
        or_dash(row["basis"].as_array().unwrap().iter().map(basis).collect::<Vec<_>>().join(line)),
        or_dash(text(&row["time_limit_raw"]).to_owned()),
        or_dash(list(&row["responsible_units"]).collect::<Vec<_>>().join("、")),
        or_dash(channels.collect::<Vec<_>>().join(line)),
        tick(&row["audience"]["all_society"]).to_owned(),
        or_dash(groups.join("、")),
        tick(&row["method"]["proactive"]).to_owned(),
        tick(&row["method"]["on_request"]).to_owned(),
    ];
    cells.extend(LEVELS.iter().map(|name| level(name).to_owned()));
    cells
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layout {
    Bars,
    Lines,
    Html,
    Xlsx,
}

fn file(layout: Layout, rows: &[Value]) -> File {
    let bytes = match layout {
        Layout::Bars => bars(rows).into_bytes(),
        Layout::Lines => lines(rows).into_bytes(),
        Layout::Html => html(rows).into_bytes(),
        Layout::Xlsx => xlsx(rows),
    };
    File { name: format!("{layout:?}"), bytes }
}

fn bars(rows: &[Value]) -> String {
    let mut lines = vec![HEADINGS.join(" | "), ["---"; 16].join(" | ")];
    lines.extend(rows.iter().enumerate().map(|(i, row)| cells(row, i + 1, ";").join(" | ")));
    lines.iter().map(|line| format!("| {line} |\n")).collect()
}

/// One cell a line, blank ones kept.
fn lines(rows: &[Value]) -> String {
    let mut lines: Vec<String> = HEADINGS.map(str::to_owned).to_vec();
    lines.extend(rows.iter().enumerate().flat_map(|(i, row)| cells(row, i + 1, ";")));
    lines.join("\n") + "\n"
}

/// How many rows from each on have its outer name.
fn spans(rows: &[Value]) -> Vec<usize> {
    let same = |at: usize| {
        let name = &rows[at]["item_level1"];
        let follow =
            rows[at..].iter().take_while(|row| row["item_level1"] == *name && !name.is_null()).count();
        let begins = at == 0 || rows[at - 1]["item_level1"] != *name || name.is_null();
        if begins { follow.max(1) } else { 0 }
    };
    (0..rows.len()).map(same).collect()
}

fn html(rows: &[Value]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>");
    let mut html =
        "<!doctype html><meta charset=utf-8><table><tr><td rowspan=2>序号<td colspan=2>公开事项".to_owned();
    for heading in &HEADINGS[3..8] {
        html += &format!("<td rowspan=2>{heading}");
    }
    html += "<td colspan=2>公开对象<td colspan=2>公开方式<td colspan=4>公开层级<tr><td>一级事项<td>二级事项";
    html.extend(HEADINGS[8..].iter().map(|heading| format!("<td>{heading}")));
    for (i, span) in spans(rows).into_iter().enumerate() {
        html += "<tr>";
        for (column, cell) in cells(&rows[i], i + 1, "\n").iter().enumerate() {
            match (column, span) {
                (1, 0) => {}
                (1, span) => html += &format!("<td rowspan={span}>{}</td>", escape(cell)),
                _ => html += &format!("<td>{}</td>", escape(cell)),
            }
        }
    }
    html + "</table>"
}

fn xlsx(rows: &[Value]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    for (column, heading) in (0u16..).zip(HEADINGS) {
        let group = match column {
            1 => Some(("公开事项", 2)),
            8 => Some(("公开对象", 9)),
            10 => Some(("公开方式", 11)),
            12 => Some(("公开层级", 15)),
            _ => None,
        };
        if let Some((group, last)) = group {
            sheet.merge_range(0, column, 0, last, group, &plain).unwrap();
        }
        match column {
            0 | 3..=7 => sheet.merge_range(0, column, 1, column, heading, &plain).unwrap(),
            _ => sheet.write_string(1, column, heading).unwrap(),
        };
    }
    for (i, span) in spans(rows).into_iter().enumerate() {
        let at = i as u32 + 2;
        for (column, cell) in (0u16..).zip(cells(&rows[i], i + 1, "\n")) {
            match (column, span) {
                (1, 0) => {}
                (1, span) if span > 1 => {
                    sheet.merge_range(at, 1, at + span as u32 - 1, 1, &cell, &plain).unwrap();
                }
                _ => {
                    sheet.write_string(at, column, cell).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// What a file says, by the layers of the importer.
fn read(file: &File, vocabulary: &Vocabulary) -> Vec<Row> {
    let read = source::read(file).unwrap();
    let places = vec![(Level::County, "青禾县".to_owned()), (Level::Prefecture, "青禾市".to_owned())];
    let context =
        Context { vocabulary, places, declared: Default::default(), domain: Some("20".parse().unwrap()) };
    let (tables, notes) = table::tables(&read.grids[0]);
    assert_eq!(tables.len(), 1, "{}: {notes:?}", file.name);
    let (rows, _) = assemble::rows(0, &tables[0], &context, &mut || {});
    rows.into_iter().map(|row| row.row).collect()
}

/// How many cells agree of how many, by field; and some that do not.
#[derive(Default)]
struct Agreement {
    fields: BTreeMap<(String, &'static str), (usize, usize)>,
    odd: Vec<String>,
}

impl Agreement {
    fn compare<T: PartialEq + std::fmt::Debug>(
        &mut self,
        layout: Layout,
        field: &'static str,
        told: T,
        read: T,
    ) {
        let count = self.fields.entry((format!("{layout:?}"), field)).or_default();
        count.1 += 1;
        if told == read {
            count.0 += 1;
        } else {
            self.odd.push(format!("{layout:?} {field}: {told:?} read as {read:?}"));
        }
    }
}

fn kind(limit: &Value) -> (Option<TimeLimitKind>, Option<u64>) {
    let kind = match limit["kind"].as_str() {
        Some("working_days" | "calendar_days") => Some(TimeLimitKind::Within),
        Some("realtime") => Some(TimeLimitKind::RealTime),
        Some("timely") => Some(TimeLimitKind::Timely),
        Some("permanent") => Some(TimeLimitKind::LongTerm),
        _ => None,
    };
    (kind, limit["days"].as_u64())
}

fn understood(limit: Option<&TimeLimit>) -> (Option<TimeLimitKind>, Option<u64>) {
    let known =
        [TimeLimitKind::Within, TimeLimitKind::RealTime, TimeLimitKind::Timely, TimeLimitKind::LongTerm];
    let kind = limit.map(|limit| limit.kind).filter(|kind| known.contains(kind));
    let days = |limit: &TimeLimit| {
        limit.unit.is_some_and(|unit| matches!(unit, TimeUnit::Day | TimeUnit::WorkingDay))
    };
    (kind, limit.filter(|limit| kind.is_some() && days(limit)).and_then(|limit| limit.count).map(u64::from))
}

fn compare(
    agreement: &mut Agreement,
    layout: Layout,
    told: &Value,
    read: &Row,
    names: &BTreeMap<String, String>,
) {
    let (content, local) = (&read.content, &read.local);
    let own: Vec<&str> = ["item_level1", "item_level2"]
        .iter()
        .map(|level| text(&told[level]))
        .filter(|name| !name.is_empty())
        .collect();
    agreement.compare(layout, "names", own, content.names.iter().map(|name| name.as_str()).collect());
    agreement.compare(
        layout,
        "content",
        list(&told["content"]).collect(),
        content.points.iter().flatten().map(|point| point.text.as_str()).collect::<Vec<_>>(),
    );
    let basis = told["basis"].as_array().unwrap().iter();
    let cited = content.basis.iter().flatten();
    agreement.compare(
        layout,
        "basis",
        basis.clone().map(|basis| text(&basis["title"])).collect(),
        cited.clone().map(|basis| basis.title.as_ref().unwrap_or(&basis.text).as_str()).collect::<Vec<_>>(),
    );
    agreement.compare(
        layout,
        "document number and article",
        basis.map(|basis| (text(&basis["doc_no"]), text(&basis["article"]))).collect(),
        cited
            .map(|b| {
                (
                    b.document_number.as_ref().map_or("", |n| n.as_str()),
                    b.article.as_ref().map_or("", |a| a.as_str()),
                )
            })
            .collect::<Vec<_>>(),
    );
    let limits = content.time_limits.as_deref().unwrap_or_default();
    agreement.compare(layout, "time limit", kind(&told["time_limit"]), understood(limits.first()));
    let trigger =
        limits.first().and_then(|limit| limit.trigger.as_ref()).map_or("", |trigger| trigger.as_str());
    agreement.compare(layout, "trigger", text(&told["time_limit"]["trigger"]), trigger);
    agreement.compare(
        layout,
        "publicity period",
        told["publicity_period"]["days"].as_u64(),
        content.publicity_period.as_ref().map(|period| u64::from(period.count)),
    );
    let channel = |used: &mulu::catalogue::content::ChannelUse| {
        used.text.as_ref().map_or_else(|| names[&used.code].clone(), ToString::to_string)
    };
    agreement.compare(
        layout,
        "channels",
        list(&told["channels"]).chain(list(&told["channels_other"])).map(str::to_owned).collect(),
        content.channels.iter().flatten().map(channel).collect::<Vec<_>>(),
    );
    agreement.compare(
        layout,
        "units",
        list(&told["responsible_units"]).collect(),
        local.units.iter().flatten().map(|unit| unit.text.as_str()).collect::<Vec<_>>(),
    );
    let audience = content.audience.clone().unwrap_or_default();
    agreement.compare(layout, "audience", told["audience"]["all_society"].as_bool(), audience.whole_society);
    agreement.compare(
        layout,
        "groups",
        list(&told["audience"]["specific_groups"]).collect(),
        audience.groups.iter().flatten().map(|group| group.text.as_str()).collect::<Vec<_>>(),
    );
    let methods = content.methods.unwrap_or_default();
    agreement.compare(
        layout,
        "methods",
        (told["method"]["proactive"].as_bool(), told["method"]["on_request"].as_bool()),
        (methods.proactive, methods.on_request),
    );
    let ticked = local
        .levels
        .iter()
        .flatten()
        .filter(|(_, tick)| **tick)
        .map(|(level, _)| format!("{level:?}").to_lowercase());
    agreement.compare(
        layout,
        "levels",
        list(&told["level"]).map(str::to_owned).collect(),
        ticked.collect::<Vec<_>>(),
    );
}

#[tokio::test]
async fn rows_of_real_pages_are_read_back_from_four_layouts() {
    let app = TestApp::example(Backend::Sqlite).await;
    let vocabulary = vocabulary(&app).await;
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let channels: Vec<(String, ChannelState)> = app.store.registered(scope).await.unwrap();
    let names = channels.into_iter().map(|(code, state)| (code, state.name.to_string())).collect();
    let mut agreement = Agreement::default();
    let mut lost = Vec::new();
    for rows in pages() {
        for layout in [Layout::Bars, Layout::Lines, Layout::Html, Layout::Xlsx] {
            let read = read(&file(layout, &rows), &vocabulary);
            if read.len() != rows.len() {
                lost.push(format!(
                    "{layout:?}: {} of {} rows of {}",
                    read.len(),
                    rows.len(),
                    rows[0]["source_url"]
                ));
                continue;
            }
            for (told, read) in rows.iter().zip(&read) {
                compare(&mut agreement, layout, told, read, &names);
            }
        }
    }
    for ((layout, field), (agree, of)) in &agreement.fields {
        eprintln!("{layout} {field}: {agree} of {of}, {:.1} %", *agree as f64 * 100.0 / *of as f64);
    }
    if std::env::var("MULU_ODD").is_ok() {
        eprintln!("{}\n{}", lost.join("\n"), agreement.odd.join("\n"));
    }
    let (agree, of) = agreement.fields.values().fold((0, 0), |(agree, of), (a, o)| (agree + a, of + o));
    eprintln!("all: {agree} of {of}; tables with lost rows: {}", lost.len());
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(agree * 100 >= of * 97, "{agree} of {of}: {:#?}", &agreement.odd[..agreement.odd.len().min(60)]);
}
