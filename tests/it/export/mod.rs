//! `mulu export --layout official`: what the layout says, that every kind of file says the same, and what is refused.

mod back;
mod office;
mod read;

use std::process::Command;

use mulu::{
    catalogue::{
        adopt::Edition,
        draft::Document,
        layout::{Glossary, Hidden, Layout, Part, Table},
        scope::ScopeRequest,
        text::normalize,
    },
    export::{FileKind, write},
};
use proptest::prelude::*;
use read::{Grid, Node, part, parts};
use serde_json::{Value, json};

use crate::kit::{
    Output, TestApp, documents, edition, glossary, mulu, ndjson, publish_texts, run, runner, text,
};

const KINDS: [FileKind; 3] = [FileKind::Xlsx, FileKind::Html, FileKind::Docx];
/// Catalogues of the example: boxes and several limits, a row with one name, ticks.
const EXAMPLES: [&str; 3] = ["513230000000-12", "340722000000-25", "120115000000-20"];
const COUNTY: &str = "513230000000-12";

fn document(header: Value, rows: Vec<Value>) -> Document {
    let rows = rows.into_iter().map(|row| serde_json::from_value(row).unwrap()).collect();
    Document { header: serde_json::from_value(header).unwrap(), rows }
}

/// A document of catalogue 12 of a county with these contents, and nothing local.
fn contents(contents: Vec<Value>) -> Edition {
    let header = json!({ "catalogue": COUNTY, "label": "1", "effectiveFrom": "2026-01-01" });
    edition(document(header, contents.into_iter().map(|content| json!({ "content": content })).collect()))
}

fn column(table: &Table, part: &Part) -> Vec<String> {
    let place = table.layout.columns.iter().position(|column| column.part == *part).unwrap();
    table.rows.iter().map(|row| row[place].clone()).collect()
}

fn laid_out(edition: &Edition) -> Table {
    Layout::of(edition, glossary()).table(&edition.rows)
}

/// Title, line below it and grid of a file.
fn read_back(kind: FileKind, file: &[u8]) -> (String, String, Grid) {
    match kind {
        FileKind::Xlsx => read::xlsx(file),
        FileKind::Html => read::html(file),
        FileKind::Docx => read::docx(file),
    }
}

fn hidden(layout: &Layout, edition: &Edition, row: usize) -> Vec<(Hidden, String)> {
    layout.not_shown(&edition.rows[row]).into_iter().map(|it| (it.kind, it.text)).collect()
}

#[test]
fn unknown_is_a_dash_and_known_to_be_nothing_is_blank() {
    let nothing = json!({
        "names": ["a"], "points": [], "basis": [], "timeLimits": [], "channels": [],
        "methods": { "proactive": true, "onRequest": false }, "audience": { "wholeSociety": false, "groups": [] },
    });
    let header = json!({ "catalogue": COUNTY, "label": "1", "effectiveFrom": "2026-01-01" });
    let rows = vec![
        json!({ "content": { "names": ["a"], "points": [] } }),
        json!({ "content": nothing, "local": { "units": [], "levels": { "COUNTY": true, "VILLAGE": false } } }),
        json!({ "content": nothing, "local": { "levels": {} } }),
    ];
    let table = laid_out(&edition(document(header, rows)));
    let [dash, tick, none] = ["\u{2014}", "\u{221A}", ""];
    for (part, expected) in [
        (Part::Content, ["", "", ""]),
        (Part::Basis, [dash, none, none]),
        (Part::TimeLimit, [dash, none, none]),
        (Part::Channel, [dash, none, none]),
        (Part::ResponsibleUnit, [dash, none, dash]),
        (Part::Groups, [dash, none, none]),
        (Part::WholeSociety, [dash, none, none]),
        (Part::Proactive, [dash, tick, tick]),
        (Part::OnRequest, [dash, none, none]),
        (Part::Level(mulu::catalogue::division::Level::County), [dash, tick, none]),
        (Part::Level(mulu::catalogue::division::Level::Village), [dash, none, none]),
    ] {
        assert_eq!(column(&table, &part), expected, "{part:?}");
    }
    let labels: Vec<&str> = table.layout.head.iter().map(|cell| cell.label.as_str()).collect();
    let expected = "\u{5E8F}\u{53F7} \u{516C}\u{5F00}\u{4E8B}\u{9879} \u{516C}\u{5F00}\u{5185}\u{5BB9}\u{ff08}\u{8981}\u{7D20}\u{ff09} \
        \u{516C}\u{5F00}\u{4F9D}\u{636E} \u{516C}\u{5F00}\u{65F6}\u{9650} \u{516C}\u{5F00}\u{4E3B}\u{4F53} \
        \u{516C}\u{5F00}\u{6E20}\u{9053}\u{548C}\u{8F7D}\u{4F53} \u{516C}\u{5F00}\u{5BF9}\u{8C61} \u{516C}\u{5F00}\u{65B9}\u{5F0F} \
        \u{516C}\u{5F00}\u{5C42}\u{7EA7} \u{5168}\u{793E}\u{4F1A} \u{7279}\u{5B9A}\u{7FA4}\u{4F53} \u{4E3B}\u{52A8} \
        \u{4F9D}\u{7533}\u{8BF7}\u{516C}\u{5F00} \u{53BF}\u{7EA7} \u{6751}\u{7EA7}";
    assert_eq!(labels.join(" "), expected);
}

#[test]
fn channels_are_the_boxes_of_the_template() {
    let uses = json!([
        { "code": "OTHER", "text": "\u{7532}" }, { "code": "LIBRARY" }, { "code": "GOV_GAZETTE" },
        { "code": "BROADCAST_TV", "text": "\u{5E7F}\u{64AD}" },
    ]);
    let edition =
        contents(vec![json!({ "names": ["a"], "points": [], "channels": uses, "channelRule": "ALL" })]);
    let table = laid_out(&edition);
    let expected = "\
□政府网站\u{3000}■政府公报
□两微一端\u{3000}□发布会/听证会
■广播\u{3000}□纸质媒体
□公开查阅点\u{3000}□政务服务中心
□便民服务站\u{3000}□入户/现场
□社区/企事业单位/村公示栏(电子屏)
□精准推送\u{3000}■图书馆
■其他\u{ff08}甲\u{ff09}";
    assert_eq!(column(&table, &Part::Channel), [expected]);
    let kinds: Vec<Hidden> = hidden(&table.layout, &edition, 0).into_iter().map(|(kind, _)| kind).collect();
    let expected = [Hidden::ItemCode, Hidden::ChannelCode, Hidden::ChannelOrder, Hidden::ChannelRule];
    assert_eq!(kinds, expected);
}

/// Whoever writes it must say what is too long, and where: 32,767 letters are a cell.
#[test]
fn words_that_no_cell_holds_are_refused_with_their_place() {
    let long = |letters| "\u{957F}".repeat(letters);
    let refused = |title: String, publisher: String, label: String| {
        let header = json!({
            "catalogue": COUNTY, "label": "1", "effectiveFrom": "2026-01-01", "title": title, "publisher": publisher,
            "elements": [{ "key": "a", "label": label, "part": "content", "schema": {} }],
        });
        let row = json!({ "content": { "names": ["a"], "points": [], "extensions": { "a": "x" } } });
        let table = laid_out(&edition(document(header, vec![row])));
        assert!(write(&table, FileKind::Html).is_ok() && write(&table, FileKind::Docx).is_ok());
        write(&table, FileKind::Xlsx).err().map(|error| (error.code(), error.message().en))
    };
    let short = || "x".to_owned();
    assert_eq!(refused(long(32_767), short(), long(32_767)), None);
    for (refused, place) in [
        (refused(long(32_768), short(), short()), "the title: "),
        (refused(short(), long(32_768), short()), "the line below the title: "),
        (refused(short(), short(), long(32_768)), "the header: "),
    ] {
        let (code, said) = refused.unwrap();
        assert!(code == "BAD_INPUT" && said.starts_with(place), "{code} {said}");
    }
}

#[test]
fn boxes_mean_required_where_every_channel_tells() {
    let row = |uses: Value, rule: &str| json!({ "names": ["a"], "points": [], "channels": uses, "channelRule": rule });
    let told = json!([{ "code": "GOV_WEBSITE", "required": true }, { "code": "OTHER", "required": false }]);
    let all = laid_out(&contents(vec![row(told.clone(), "ANY"), row(json!([]), "ANY")]));
    assert_eq!(column(&all, &Part::Channel), ["■政府网站\u{3000}□其他", ""]);
    let label = &all.layout.columns.iter().find(|column| column.part == Part::Channel).unwrap().label;
    let note =
        "\u{201c}■\u{201d}表示必选项\u{ff0c}\u{201c}□\u{201d}表示可选项\u{ff0c}在标注范围内至少选择其一公开";
    assert_eq!(*label, format!("公开渠道和载体\u{ff08}{note}\u{ff09}"));
    // One that does not tell, and the boxes mean what they always do.
    let edition = contents(vec![row(told, "ANY"), row(json!([{ "code": "OTHER" }]), "ALL")]);
    let some = laid_out(&edition);
    assert!(column(&some, &Part::Channel)[0].starts_with("■政府网站\u{3000}□政府公报\n"));
    assert_eq!(
        some.layout.columns.iter().find(|it| it.part == Part::Channel).unwrap().label,
        "公开渠道和载体"
    );
    let found = hidden(&some.layout, &edition, 0);
    for lost in [
        (Hidden::Required, "政府网站 必选".to_owned()),
        (Hidden::Required, "其他 可选".to_owned()),
        (Hidden::ChannelRule, "所列渠道至少选择其一".to_owned()),
    ] {
        assert!(found.contains(&lost), "{found:?}");
    }
}

#[test]
fn words_are_those_of_the_row_and_what_is_known_beside_them_is_listed() {
    let content = json!({
        "names": ["a", "b"],
        "points": [{ "text": "名称", "required": true }, { "text": "地址", "required": false }, { "text": "电话" }],
        "basis": [
            { "text": "《甲法》(国令第9号)第七条", "title": "甲法", "documentNumber": "国务院令第9号", "article": "第七条" },
            { "text": "【法律】《乙法》", "title": "乙法", "kind": "LAW" },
        ],
        "timeLimits": [
            { "kind": "WITHIN", "count": 20, "unit": "WORKING_DAY", "trigger": "信息形成或变更",
              "text": "信息形成或者变更之日起20个工作日内" },
            { "kind": "WITHIN", "count": 7, "unit": "DAY", "scope": "许可" },
            { "kind": "TIMELY", "text": "及时公开", "trigger": "决策" },
        ],
        "publicityPeriod": { "count": 7, "unit": "DAY", "atLeast": true },
        "audience": { "wholeSociety": false, "groups": [{ "text": "申请人", "code": "G1" }, { "text": "村民" }] },
        "openEnded": ["CONTENT", "BASIS", "AUDIENCE", "RESPONSIBLE_UNIT", "METHOD"],
    });
    let local = json!({
        "units": [{ "text": "甲局或乙局", "alternatives": ["甲局", "乙局"] }, { "text": "丙局", "alternatives": ["丁局"] }],
        "addresses": { "GOV_WEBSITE": "https://a.example/" }, "inferred": ["RESPONSIBLE_UNIT"],
    });
    let header = json!({
        "catalogue": COUNTY, "label": "2026年版", "effectiveFrom": "2026-01-01", "publisher": "县政府", "note": "注",
        "sources": [{ "title": "来" }],
    });
    let row = json!({ "content": content, "local": local, "reason": "因", "source": 0 });
    let edition = edition(document(header, vec![row]));
    let table = laid_out(&edition);
    for (part, words) in [
        (Part::Content, "●名称\n〇地址\n电话等"),
        (Part::Basis, "《甲法》(国令第9号)第七条\n【法律】《乙法》等"),
        (Part::TimeLimit, "信息形成或者变更之日起20个工作日内\n许可\u{ff1a}7日内\n及时公开\n公示期不少于7日"),
        (Part::Groups, "申请人、村民等"),
        (Part::ResponsibleUnit, "甲局或乙局\n丙局等"),
    ] {
        assert_eq!(column(&table, &part), [words], "{part:?}");
    }
    assert_eq!(table.layout.title, "壤塘县文化领域基层政务公开标准目录");
    let about = "发布单位\u{ff1a}县政府\u{3000}版本\u{ff1a}2026年版\u{ff08}第1版\u{ff09}\u{3000}\
                 施行日期\u{ff1a}2026-01-01\u{3000}目录代码\u{ff1a}513230000000-12";
    assert_eq!(table.layout.about, about);
    let found = hidden(&table.layout, &edition, 0);
    let expected = [
        (Hidden::ItemCode, "513230000000-12-0001"),
        (Hidden::Reason, "因"),
        (Hidden::Source, "来"),
        (Hidden::Citation, "《甲法》(国令第9号)第七条\u{ff1a}国务院令第9号"),
        (Hidden::TimeLimit, "及时公开\u{ff1a}决策"),
        (Hidden::AudienceCode, "申请人 G1"),
        (Hidden::OpenEnded, "公开方式"),
        (Hidden::Alternatives, "丙局\u{ff1a}丁局"),
        (Hidden::Address, "政府网站 https://a.example/"),
        (Hidden::Inferred, "公开主体"),
    ];
    assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_owned())));
    let whole: Vec<Hidden> = table.layout.not_shown_of_version().into_iter().map(|it| it.kind).collect();
    assert_eq!(whole, [Hidden::Note]);
}

#[test]
fn names_that_neighbours_share_are_one_cell_inside_the_name_above() {
    let row = |names: &[&str]| json!({ "names": names, "points": [] });
    let table = laid_out(&contents(vec![
        row(&["a", "b", "x"]),
        row(&["a", "b", "y"]),
        row(&["c", "b", "y"]),
        row(&["c"]),
        row(&["c"]),
    ]));
    let merges: Vec<_> = table.merges.iter().map(|merge| (merge.column, merge.row, merge.rows)).collect();
    assert_eq!(merges, [(1, 0, 2), (1, 2, 3), (2, 0, 2)]);
    assert_eq!(column(&table, &Part::Name(1)), ["b", "b", "b", "", ""]);
    let one = laid_out(&contents(vec![row(&["a"])]));
    assert_eq!(one.layout.columns[1].label, "\u{516C}\u{5F00}\u{4E8B}\u{9879}");
}

#[test]
fn a_catalogue_of_several_domains_has_a_column_for_them() {
    let header = json!({
        "catalogue": "513230000000-00", "label": "1", "effectiveFrom": "2026-01-01",
        "elements": [
            { "key": "z", "label": "监督渠道", "part": "local", "schema": {} },
            { "key": "a", "label": "公开格式", "part": "content", "schema": {} },
        ],
    });
    let rows = vec![
        json!({ "content": { "names": ["a", "b"], "points": [], "extensions": { "a": "pdf" } }, "local": { "domain": "12" } }),
        json!({ "content": { "names": ["a", "b"], "points": [] }, "local": { "domain": "20", "extensions": { "z": "12345" } } }),
        json!({ "content": { "names": ["a", "b"], "points": [] } }),
    ];
    let table = laid_out(&edition(document(header, rows)));
    assert_eq!(column(&table, &Part::Domain), ["\u{6587}\u{5316}", "20", ""]);
    // Names of two domains are two names.
    assert_eq!(table.merges, []);
    let last: Vec<&str> =
        table.layout.columns.iter().rev().take(2).map(|column| column.label.as_str()).collect();
    assert_eq!(last, ["公开格式", "监督渠道"]);
    let cells: Vec<&str> =
        table.rows.iter().flat_map(|row| &row[row.len() - 2..]).map(String::as_str).collect();
    assert_eq!(cells, ["\u{2014}", "pdf", "12345", "\u{2014}", "\u{2014}", "\u{2014}"]);
}

/// The promise to an import: whatever a version says, the words of every cell come back from every kind of file.
#[test]
fn every_cell_is_read_back_as_it_was_printed() {
    let mut runner = runner("every cell is read back as it was printed", 2_000);
    runner
        .run(&documents(), |document| {
            let edition = edition(document);
            let layout = Layout::of(&edition, glossary());
            for (place, row) in edition.rows.iter().enumerate() {
                let cells = layout.cells(place, row);
                prop_assert_eq!(cells.len(), layout.columns.len());
                for (words, column) in cells.iter().zip(&layout.columns).skip(1) {
                    prop_assert_eq!(words, &layout.cell(&column.part, row));
                }
            }
            let table = layout.table(&edition.rows);
            let expected = Grid::of(&table);
            for kind in KINDS {
                let file = write(&table, kind).unwrap();
                let (title, about, grid) = read_back(kind, &file);
                prop_assert_eq!(title, normalize(&table.layout.title));
                prop_assert_eq!(about, normalize(&table.layout.about));
                prop_assert_eq!(&grid, &expected, "{:?}", kind);
                prop_assert_eq!(file, write(&laid_out(&edition), kind).unwrap());
            }
            Ok(())
        })
        .unwrap();
}

/// All that a reader of a table and of the list beside it has.
fn told(edition: &Edition) -> Vec<String> {
    let layout = Layout::of(edition, glossary());
    let mut told: Vec<String> = layout.head.iter().map(|cell| cell.label.clone()).collect();
    for (place, row) in edition.rows.iter().enumerate() {
        told.extend(layout.cells(place, row));
        told.push(format!("{:?}", hidden(&layout, edition, place)));
    }
    told
}

/// A part of a row as JSON without what says nothing: an element of which no member is known.
fn meaning(part: &impl serde::Serialize) -> Value {
    let mut part = serde_json::to_value(part).unwrap();
    part.as_object_mut().unwrap().retain(|name, value| {
        let says_nothing = ["methods", "audience", "addresses", "inferred", "openEnded", "extensions"]
            .contains(&name.as_str());
        if name == "openEnded" {
            let kinds: std::collections::BTreeSet<String> = serde_json::from_value(value.clone()).unwrap();
            *value = json!(kinds);
        }
        !(says_nothing && (*value == json!({}) || *value == json!([])))
    });
    part
}

/// The pointers to all members and elements of a value, but for readings of a text: such that repeat its words are
/// not listed, and what is read from the same words need not be.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (name, value) in members {
        if !["basis", "timeLimits", "publicityPeriod", "alternatives"].contains(&name.as_str()) {
            let pointer = format!("{pointer}/{name}");
            places(value, &pointer, found);
            found.push(pointer);
        }
    }
}

/// Takes a member out, or says no for yes, or another text.
fn change(row: &mut Value, pointer: &str, text: Option<&str>) {
    let (above, name) = pointer.rsplit_once('/').unwrap();
    match (row.pointer_mut(pointer).unwrap(), text) {
        (Value::Bool(tick), Some(_)) => *tick = !*tick,
        (Value::String(words), Some(text)) => text.clone_into(words),
        _ => match row.pointer_mut(above).unwrap() {
            Value::Object(members) => drop(members.remove(name)),
            Value::Array(elements) => drop(elements.remove(name.parse().unwrap())),
            _ => unreachable!(),
        },
    }
}

/// The list of what a table cannot show leaves nothing out: change one thing in one row, and either the table says
/// something else or the list does.
#[test]
fn what_is_neither_in_the_table_nor_in_the_list_is_not_known() {
    let mut runner = runner("what is neither in the table nor in the list is not known", 8_000);
    let cases = (documents(), any::<prop::sample::Index>(), prop::option::of(text()));
    runner
        .run(&cases, |(document, place, text)| {
            let before = edition(document);
            let mut after = before.clone();
            let Some(row) = after.rows.first_mut() else { return Ok(()) };
            let mut changed = json!({ "content": row.content, "local": row.local });
            let mut pointers = Vec::new();
            places(&changed, "", &mut pointers);
            pointers.retain(|pointer| pointer.matches('/').count() > 1);
            change(
                &mut changed,
                &pointers[place.index(pointers.len())],
                text.as_ref().map(|text| text.as_str()),
            );
            // Codes and kinds are not any text.
            let content = serde_json::from_value(changed["content"].take());
            let local = serde_json::from_value(changed["local"].take());
            let (Ok(content), Ok(local)) = (content, local) else { return Ok(()) };
            (row.content, row.local) = (content, local);
            let [one, other] = [&before, &after].map(|edition| &edition.rows[0]);
            if (meaning(&one.content), meaning(&one.local))
                != (meaning(&other.content), meaning(&other.local))
            {
                prop_assert_ne!(told(&before), told(&after));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_begins_like_a_formula_is_a_string() {
    let names = ["=1+1", "=cmd|' /C calc'!A0"];
    let content = json!({ "names": names, "points": [{ "text": "+1" }, { "text": "{=A1}" }],
        "basis": [{ "text": "@SUM(A1)" }], "timeLimits": [{ "kind": "OTHER", "text": "-1" }] });
    let table = laid_out(&contents(vec![content.clone(), content]));
    let file = write(&table, FileKind::Xlsx).unwrap();
    let sheet = part(&file, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f"), "no formula");
    assert_eq!(read::xlsx(&file).2, Grid::of(&table));
    assert!(parts(&file).iter().all(|name| !name.contains("external") && !name.contains("calcChain")));
}

#[test]
fn control_characters_are_shown_by_signs_and_reported() {
    let edition = contents(vec![json!({ "names": ["a\u{1}b"], "points": [{ "text": "c\u{0}\u{7f}\nd" }] })]);
    let table = laid_out(&edition);
    assert_eq!(column(&table, &Part::Name(0)), ["a\u{2401}b"]);
    assert_eq!(column(&table, &Part::Content), ["c\u{2400}\u{2421}\nd"]);
    let kinds: Vec<Hidden> = hidden(&table.layout, &edition, 0).into_iter().map(|(kind, _)| kind).collect();
    use Hidden::{Boundary, ControlCharacter, ItemCode};
    assert_eq!(kinds, [ItemCode, Boundary, ControlCharacter, ControlCharacter]);
}

#[test]
fn words_that_look_like_the_layouts_own_signs_are_reported() {
    let content = json!({
        "names": ["a", "b等"], "points": [{ "text": "●c" }], "basis": [{ "text": "—" }],
        "audience": { "groups": [{ "text": "甲、乙" }] }, "openEnded": ["NAME"],
    });
    let edition = contents(vec![content]);
    let table = laid_out(&edition);
    assert_eq!(column(&table, &Part::Name(1)), ["b等"]);
    let found = hidden(&table.layout, &edition, 0);
    let expected = [
        (Hidden::ItemCode, "513230000000-12-0001"),
        (Hidden::OpenEnded, "公开事项"),
        (Hidden::Boundary, "甲、乙"),
        (Hidden::Boundary, "●c"),
        (Hidden::Dash, "公开依据"),
    ];
    assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_owned())));
}

/// Runs the command line in the database's own directory.
fn export(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command: Command = mulu(&[&["export"], arguments].concat());
    command.env("MULU_DATABASE_URL", &app.database.url).current_dir(app.database.directory.path());
    run(command)
}

async fn expected(app: &TestApp, code: &str) -> Table {
    let scope = app.store.scope(ScopeRequest::default()).await.unwrap();
    let code = code.parse().unwrap();
    let view = app.store.catalogue(&code, scope).await.unwrap().unwrap();
    let edition = app.store.edition(&view, view.in_force.unwrap(), scope).await.unwrap();
    let glossary: Glossary = app.store.glossary(&code, scope).await.unwrap();
    Layout::of(&edition, glossary).table(&edition.rows)
}

on_both_stores! {
    async fn the_files_of_example_catalogues_open_again(empty: TestApp) {
        let app = TestApp::example(empty.database.backend).await;
        for code in EXAMPLES {
            let table = expected(&app, code).await;
            assert!(table.rows.len() > 3 && !table.merges.is_empty(), "{code}");
            for kind in KINDS {
                let extension = kind.extension();
                let arguments = [code, "--layout", "official", "--format", extension];
                let said = export(&app, &arguments);
                assert_eq!(said.code, Some(0), "{}", said.stderr);
                let name = format!("{code}-1.{extension}");
                let rows = table.rows.len();
                assert!(said.stdout.starts_with(&format!("{name}: 已导出 exported, {code} #1 (现行有效), {rows} 行 rows\n")), "{}", said.stdout);
                let path = app.database.directory.path().join(&name);
                let file = std::fs::read(&path).unwrap();
                let (title, about, grid) = read_back(kind, &file);
                assert_eq!((title, about), (table.layout.title.clone(), table.layout.about.clone()));
                assert_eq!(grid, Grid::of(&table), "{code} {extension}");
                // The same version, the same bytes.
                let again = export(&app, &[&arguments[..], &["--out", "again"]].concat());
                assert_eq!(again.code, Some(0));
                assert_eq!(std::fs::read(app.database.directory.path().join("again")).unwrap(), file);
                std::fs::remove_file(app.database.directory.path().join("again")).unwrap();
                match kind {
                    FileKind::Xlsx => spreadsheet(&file),
                    FileKind::Html => page(&file),
                    FileKind::Docx => text_document(&file),
                }
            }
        }
    }

    async fn what_the_file_cannot_show_is_listed(empty: TestApp) {
        let app = TestApp::example(empty.database.backend).await;
        let arguments = [COUNTY, "--layout", "official", "--format", "html"];
        let said = export(&app, &arguments).stdout;
        let json = export(&app, &[&arguments[..], &["--json", "--force"]].concat());
        let outcome: Value = serde_json::from_str(&json.stdout).unwrap_or_else(|_| panic!("{}", json.stderr));
        assert_eq!((&outcome["catalogue"], &outcome["number"], &outcome["rows"]), (&json!(COUNTY), &json!(1), &json!(8)));
        let file = std::fs::read(app.database.directory.path().join(outcome["file"].as_str().unwrap())).unwrap();
        assert_eq!(outcome["digest"], mulu::catalogue::digest::Digest::of(&file).to_string());
        let lost = outcome["notShown"].as_array().unwrap();
        assert_eq!(lost[0]["row"], Value::Null);
        let count = |kind: &str| lost.iter().filter(|one| one["kind"] == kind).count();
        for (kind, label) in [("NOTE", "备注 note"), ("ITEM_CODE", "事项代码 item code"), ("SOURCE", "来源 source")] {
            assert!(count(kind) > 0, "{kind}");
            assert!(said.contains(&format!("\n  {label}: {}\n", count(kind))), "{said}");
        }
        assert!(said.contains("第 1 行 row 1  513230000000-12-0001\n") && said.contains("\n    \u{2026}\n"), "{said}");
        assert!(said.lines().filter(|line| line.contains("513230000000-12-00")).count() == 3);
    }

    async fn what_cannot_be_exported_is_refused(app: TestApp) {
        publish_texts(&app, vec![ndjson(COUNTY, "2026-01-01", 2)]).await;
        publish_texts(&app, vec![ndjson(COUNTY, "2027-01-01", 3)]).await;
        let official = ["--layout", "official", "--format", "docx"];
        let asked = |version: &str, more: &[&str]| {
            export(&app, &[&[version], &official[..], more].concat())
        };
        let path = app.database.directory.path().join("513230000000-12-1.docx");
        assert_eq!(asked(COUNTY, &[]).code, Some(0));
        let first = std::fs::read(&path).unwrap();
        std::fs::write(&path, "mine").unwrap();
        let refused = asked(COUNTY, &[]);
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.starts_with("BAD_INPUT: ") && refused.stderr.contains("--force"), "{}", refused.stderr);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
        assert_eq!(asked(COUNTY, &["--force"]).code, Some(0));
        assert_eq!(std::fs::read(&path).unwrap(), first);
        // Another version: by number, or by the day on which it is in force.
        for (version, more) in [("513230000000-12#2", &[][..]), (COUNTY, &["--effective-on", "2027-01-01", "--force"])] {
            let said = asked(version, more);
            assert!(said.stdout.starts_with("513230000000-12-2.docx: "), "{}{}", said.stdout, said.stderr);
        }
        for (version, more, code) in [
            ("513230000000-20", &[][..], "NOT_FOUND"),
            ("513230000000-12#3", &[], "NOT_FOUND"),
            (COUNTY, &["--effective-on", "2025-12-31"], "NOT_FOUND"),
            (COUNTY, &["--revision", "1"], "NOT_FOUND"),
            (COUNTY, &["--revision", "99"], "UNKNOWN_REVISION"),
            (COUNTY, &["--out", "no/such/directory/a.docx"], "BAD_INPUT"),
        ] {
            let refused = asked(version, more);
            assert_eq!(refused.code, Some(1), "{version} {more:?}");
            assert!(refused.stderr.starts_with(&format!("{code}: ")), "{version} {more:?}: {}", refused.stderr);
        }
        assert_eq!(asked("513230000000", &[]).code, Some(2));
        assert_eq!(export(&app, &[COUNTY, "--layout", "official", "--format", "pdf"]).code, Some(2));
        // A cell of a spreadsheet holds 32,767 letters.
        let long = |letters: usize| {
            let content = json!({ "names": ["a"], "points": [{ "text": "\u{957F}".repeat(letters) }] });
            let header = json!({ "catalogue": COUNTY, "label": "3", "effectiveFrom": "2028-01-01" });
            format!("{header}\n{}\n", json!({ "content": content }))
        };
        for (letters, number, code) in [(32_767, 3, Some(0)), (32_768, 4, Some(1))] {
            publish_texts(&app, vec![long(letters)]).await;
            let version = format!("{COUNTY}#{number}");
            let said = export(&app, &[&version, "--layout", "official", "--format", "xlsx"]);
            assert_eq!(said.code, code, "{}", said.stderr);
            assert_eq!(said.stderr.starts_with("BAD_INPUT: "), code == Some(1));
            assert_eq!(asked(&version, &[]).code, Some(0));
        }
    }
}

fn spreadsheet(file: &[u8]) {
    let sheet = Node::parse(&part(file, "xl/worksheets/sheet1.xml"));
    let page = sheet.one("pageSetup");
    assert_eq!((page.get("paperSize"), page.get("orientation")), (Some("8"), Some("landscape")));
    assert_eq!(page.get("fitToHeight"), Some("0"));
    assert_eq!(sheet.one("pageSetUpPr").get("fitToPage"), Some("1"));
    assert_eq!(sheet.one("pane").get("ySplit"), Some("4"));
    assert!(sheet.one("oddFooter").words().contains("&P"));
    // The header and nothing else is repeated on every page.
    let workbook = Node::parse(&part(file, "xl/workbook.xml"));
    let names = workbook.all("definedName");
    let titles = names.iter().find(|name| name.get("name") == Some("_xlnm.Print_Titles")).unwrap().words();
    assert!(titles.ends_with("!$3:$4"), "{titles}");
    let sheet_name = workbook.one("sheet").get("name").unwrap();
    assert!(titles.contains(sheet_name), "{titles}");
    let styles = part(file, "xl/styles.xml");
    assert!(styles.contains("wrapText=\"1\"") && styles.contains("style=\"thin\""));
}

fn page(file: &[u8]) {
    let text = std::str::from_utf8(file).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"));
    for wanted in ["@page { size: A3 landscape;", "thead { display: table-header-group; }"] {
        assert!(text.contains(wanted));
    }
    for unwanted in ["<script", "<link", "<img", "http://", "https://", "url(", "@import"] {
        assert!(!text.contains(unwanted), "{unwanted}");
    }
    let page = Node::parse(text);
    assert_eq!(page.one("title").words(), page.one("h1").words());
    let head = page.one("thead").all("th");
    assert!(head.iter().all(|cell| ["col", "colgroup"].contains(&cell.get("scope").unwrap())));
    assert!(page.one("tbody").all("th").iter().all(|cell| cell.get("scope") == Some("row")));
}

fn text_document(file: &[u8]) {
    let document = Node::parse(&part(file, "word/document.xml"));
    let rows = document.all("w:tr");
    let repeated: Vec<bool> = rows.iter().map(|row| !row.all("w:tblHeader").is_empty()).collect();
    assert!(repeated[0] && repeated[1] && !repeated[2..].contains(&true));
    let size = document.one("w:pgSz");
    assert_eq!((size.get("w:w"), size.get("w:h")), (Some("23811"), Some("16838")));
    assert_eq!(size.get("w:orient"), Some("landscape"));
    assert!(!document.all("w:gridSpan").is_empty());
    // Every part is parsed, and every part that another one names is there.
    let there = parts(file);
    for name in &there {
        let node = Node::parse(&part(file, name));
        for target in node.all("Relationship").iter().map(|it| it.get("Target").unwrap()) {
            let folder = if name.starts_with("word/") { "word/" } else { "" };
            assert!(there.contains(&format!("{folder}{target}")), "{target}");
        }
        for part in node.all("Override").iter().map(|it| it.get("PartName").unwrap()) {
            assert!(there.iter().any(|name| part.strip_prefix('/') == Some(name)), "{part}");
        }
    }
}
