//! Registers: loading is idempotent, all or nothing, one event a load.

use mulu::catalogue::{
    channel::ChannelState, division::DivisionState, domain::AssignmentState, reference::Register,
    unit::UnitState,
};
use serde_json::Value;

use crate::kit::{Backend, TestApp, registers, source};

on_both_stores! {
    async fn loading_again_changes_nothing_and_a_change_is_one_event(app: TestApp) {
        let head = app.store.head().await.unwrap();
        let dump = app.database.dump().await;
        app.load(registers()).await;
        assert_eq!(app.database.dump().await, dump);
        let units = app.file("units.csv", "code,division,name,validFrom\n\
            513230000000-U001,513230,县文化局,\n513230000000-U001,513230,县文化和旅游局,2026-12-01\n513230000000-U002,513230,县民政局,\n");
        let loaded: Value = serde_json::from_str(&app.ok(&["reference", "load", "--json", &units])).unwrap();
        assert_eq!(loaded["registers"][0]["changed"], 2);
        assert_eq!(app.store.head().await.unwrap(), head + 1);
        let name = async |day: &str, revision: u64| {
            let scope = mulu::catalogue::scope::Scope { revision, effective_on: day.parse().unwrap() };
            let unit = app.store.record::<UnitState>("513230000000-U001", scope).await.unwrap();
            unit.unwrap().name.to_string()
        };
        assert_eq!(name("2026-11-30", head + 1).await, "县文化局");
        assert_eq!(name("2026-12-01", head + 1).await, "县文化和旅游局");
        assert_eq!(name("2026-12-01", head).await, "县文化局");
        app.ok(&["verify"]);
    }

    async fn a_bad_record_refuses_the_whole_load(app: TestApp) {
        let dump = app.database.dump().await;
        let good = app.file("channels.csv", "code,name,nameEn,template\nBOARD,公示栏,Notice board,true\n");
        let cases = [
            ("units.csv", "code,division,name\n513230000000-U009,999999,某局\n", "R119", ":2"),
            ("units.csv", "code,division,name,socialCreditCode\n513230000000-U009,513230,某局,91350100M000100Y44\n", "R002", "GB 32100"),
            ("units.csv", "code,division,name\nU9,513230,某局\n", "R002", "530115000000-U001"),
            ("divisions.csv", "code,name,level,parent\n513231,某县,COUNTY,513230100\n", "R121", ":2"),
            ("divisions.csv", "code,name,level\n51323,某县,COUNTY\n", "R002", "51323"),
            ("divisions.csv", "code,name,level,parent\n513231,某县,DISTRICT,5132\n", "R002", "COUNTY"),
            ("domains.csv", "code,name,nameEn,aliases\n02,甲,A,同名\n03,乙,B,同名\n", "R124", "同名"),
            ("units.csv", "code,division,name,validFrom\n513230000000-U009,513230,甲,2026-01-01\n513230000000-U009,513230,乙,2026-01-01\n", "R120", "validFrom"),
            ("villages.csv", "code,name\n513230100001,甲村\n513230100001,乙村\n", "R125", "513230100001"),
            ("divisions.csv", "code,name,level,parent,validFrom\n513231,某县,COUNTY,5132,\n513231,某市,PREFECTURE,51,2026-01-01\n", "R126", "513231"),
            ("something.csv", "a,b\n1,2\n", "R003", "--register"),
            ("units.csv", "code,division,name\n513230000000-U009,513230\n", "R001", "3"),
        ];
        for (name, text, rule, part) in cases {
            let bad = app.file(name, text);
            let output = app.cli(&["reference", "load", &good, &bad]);
            assert_eq!(output.code, Some(1), "{text}");
            assert!(output.stderr.contains(rule) && output.stderr.contains(part), "{rule} {part}: {}", output.stderr);
            assert_eq!(app.database.dump().await, dump, "{text}");
        }
    }

    async fn a_table_of_tasks_becomes_assignments(app: TestApp) {
        let units = app.file("units.csv", "code,division,name,shortName\n\
            513230000000-U001,513230,壤塘县文化局,县文化局\n513230000000-U002,513230,壤塘县民政局,县民政局\n\
            513230000000-U003,513230,壤塘县城乡民政局,县民政局\n");
        app.ok(&["reference", "load", &units]);
        let table = |rows: &str| format!(
            "<h1>壤塘县任务分解表</h1><table><tr><th>序号<th>试点领域<th>主要内容<th>牵头单位<th>配合单位{rows}</table>"
        );
        let load = |name: &str, text: &str| {
            let file = app.file(name, text);
            app.cli(&["reference", "load", &file, "--division", "513230", "--valid-from", "2026-01-01", "--json"])
        };
        let good = table("<tr><td>1<td>公共文化服务、城乡规划<td><td>县文化局<td>壤塘县民政局\
            <tr><td>2<td>社会救助<td><td>壤塘县民政局<td>同上");
        let output = load("good.html", &good);
        assert_eq!(output.code, Some(0), "{}", output.stdout);
        let scope = app.store.scope(mulu::catalogue::scope::ScopeRequest::default()).await.unwrap();
        let place = ["513230000000".to_owned()];
        let mut found: Vec<(String, AssignmentState)> = app.store.belonging(&place, scope).await.unwrap();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let keys: Vec<&str> = found.iter().map(|(key, _)| key.trim_start_matches("513230000000/")).collect();
        assert_eq!(keys, [
            "01/513230000000-U001/LEAD", "01/513230000000-U002/SUPPORT", "12/513230000000-U001/LEAD",
            "12/513230000000-U002/SUPPORT", "20/513230000000-U002/LEAD", "20/513230000000-U002/SUPPORT",
        ]);
        let first = &found[0].1;
        assert_eq!(first.text.as_ref().map(ToString::to_string).as_deref(), Some("县文化局"));
        assert_eq!(first.source.as_ref().map(ToString::to_string).as_deref(), Some("壤塘县任务分解表"));
        // Each table of a page is read.
        let both = format!("{}{}", table("<tr><td>1<td>社会救助<td><td>县文化局<td>"), table("<tr><td>1<td>某领域<td><td>县文化局<td>"));
        let output = load("both.html", &both);
        assert!(output.code == Some(1) && output.stdout.contains("E104"), "{}", output.stdout);
        let dump = app.database.dump().await;
        assert!(load("good.html", &good).stdout.contains("\"changed\": 0"));

        for (rows, code, part) in [
            ("<tr><td>1<td>公共文化服努<td><td>县文化局<td>", "E104", "12"),
            ("<tr><td>1<td>社会救助<td><td>县文化局、县民政局<td>", "E107", "513230000000-U003 壤塘县城乡民政局"),
            ("<tr><td>1<td>社会救助<td><td>各乡镇人民政府<td>", "E107", "各乡镇人民政府"),
            ("<tr><td>1<td><td><td>县文化局<td>", "E104", "已登记领域的名称"),
            (
                "<tr><td>1<td>社会救助<td>公共文化服务机构名录<td>县文化局<td>\
                 <tr><td>2<td>公共文化服务<td>国土空间规划文本<td>县文化局<td>\
                 <tr><td>3<td>国土空间规划<td>救助对象<td>县文化局<td>",
                "W209", "E108",
            ),
            ("", "E008", "at least one row"),
        ] {
            let output = load("bad.html", &table(rows));
            assert_eq!(output.code, Some(1), "{rows}");
            assert!(output.stdout.contains(code) && output.stdout.contains(part), "{code} {part}: {}", output.stdout);
        }
        let output = load("none.html", "<table><tr><td>事项<td>内容</table>");
        assert!(output.stdout.contains("E001"), "{}", output.stdout);
        assert_eq!(app.database.dump().await, dump);
        let output = app.cli(&["reference", "load", &units, "--division", "513230"]);
        assert!(output.stderr.contains("BAD_INPUT"), "{}", output.stderr);
    }

    async fn the_national_list_loads_as_it_is_published(app: TestApp) {
        let files = [
            ("provinces.csv", "code,name\n51,\"四川省\"\n44,\"广东省\"\n35,\"福建省\"\n"),
            ("cities.csv", "code,name,provinceCode\n5132,\"阿坝藏族羌族自治州\",51\n4420,\"中山市\",44\n3505,\"泉州市\",35\n"),
            ("areas.csv", "code,name,cityCode,provinceCode\n513230,\"壤塘县\",5132,51\n442000,\"中山市\",4420,44\n350527,\"金门县\",3505,35\n"),
            ("streets.csv", "code,name,areaCode,provinceCode,cityCode\n513230100,\"壤柯镇\",513230,51,5132\n442000116,\"大涌镇\",442000,44,4420\n350527000,\"金门县\",350527,35,3505\n"),
            ("villages.csv", "code,name,streetCode,provinceCode,cityCode,areaCode\n513230100001,\"某村\",513230100,51,5132,513230\n350527000000,\"金门县\",350527000,35,3505,350527\n"),
        ];
        let paths = files.map(|(name, text)| app.file(name, text));
        let mut arguments = vec!["reference", "load", "--json"];
        arguments.extend(paths.iter().map(String::as_str));
        let loaded: Value = serde_json::from_str(&app.ok(&arguments)).unwrap();
        // 中山 stands twice, as a prefecture and as its own county, 金门 three times; the kit's places are there already.
        assert_eq!(loaded["registers"][0]["records"], 12);
        assert_eq!(loaded["registers"][0]["changed"], 7);
        let scope = app.store.scope(Default::default()).await.unwrap();
        let town = app.store.record::<DivisionState>("442000116000", scope).await.unwrap().unwrap();
        assert_eq!(town.parent.unwrap().as_str(), "442000000000");
        let again: Value = serde_json::from_str(&app.ok(&arguments)).unwrap();
        assert_eq!(again["registers"][0]["changed"], 0);
        app.ok(&["verify"]);
    }

    async fn loads_larger_than_a_chunk_and_a_statement_arrive_whole(app: TestApp) {
        let towns: String = (101..=499).map(|n| format!("513230{n},镇{n},TOWNSHIP,513230\n")).collect();
        let more: String = (101..=499).flat_map(|town| (1..=5).map(move |n| format!("513230{town}{n:03},村{n},VILLAGE,513230{town}\n"))).collect();
        let text = format!("code,name,level,parent\n{towns}{more}");
        let rows = text.lines().count() as u64 - 1;
        let before = app.store.record_count(Register::Division, app.store.scope(Default::default()).await.unwrap()).await.unwrap();
        app.ok(&["reference", "load", &app.file("divisions.csv", &text)]);
        let after = app.store.record_count(Register::Division, app.store.scope(Default::default()).await.unwrap()).await.unwrap();
        assert_eq!(after, before + rows);
        app.ok(&["verify"]);
        let dump = app.database.dump().await;
        app.ok(&["rebuild"]);
        assert_eq!(app.database.dump().await, dump);
    }
}

#[tokio::test]
async fn ndjson_and_csv_of_a_register_say_the_same() {
    let app = TestApp::new(Backend::Sqlite).await;
    let line =
        r#"{"code":"BOARD","name":"公示栏","nameEn":"Notice board","template":true,"aliases":["村公示栏"]}"#;
    app.ok(&["reference", "load", &app.file("channels.ndjson", line)]);
    let csv = app
        .file("channels.csv", "code,name,nameEn,template,aliases\nBOARD,公示栏,Notice board,true,村公示栏\n");
    assert!(app.ok(&["reference", "load", &csv]).contains("unchanged"));
    let scope = app.store.scope(Default::default()).await.unwrap();
    assert!(app.store.record::<ChannelState>("BOARD", scope).await.unwrap().unwrap().template);
}

/// The closed lists that people read are those of the code.
#[test]
fn enums_csv_lists_the_codes_of_the_schemas() {
    let schemas: Vec<Value> = std::fs::read_dir(source("schema/json"))
        .unwrap()
        .map(|file| serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap())
        .collect();
    let codes = |list: &str| {
        let schema = schemas.iter().find_map(|schema| schema["$defs"].get(list))?;
        let branches = schema["oneOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        let mut codes: Vec<String> = Vec::new();
        for branch in branches {
            codes.extend(branch["const"].as_str().map(str::to_owned));
            codes.extend(
                branch["enum"].as_array().into_iter().flatten().map(|code| code.as_str().unwrap().to_owned()),
            );
        }
        codes.sort();
        Some(codes)
    };
    let mut lists: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    let text = std::fs::read_to_string(source("schema/codelists/enums.csv")).unwrap();
    for line in text.lines().skip(1).filter(|line| line.contains(',')) {
        let cells: Vec<&str> = line.splitn(3, ',').collect();
        if cells.len() == 3 && cells[1].chars().all(|c| c.is_ascii_uppercase() || c == '_') {
            lists.entry(cells[0].to_owned()).or_default().push(cells[1].to_owned());
        }
    }
    let mut compared = Vec::new();
    for (list, mut listed) in lists {
        listed.sort();
        if let Some(known) = codes(&list).filter(|_| list != "Audience") {
            assert_eq!(listed, known, "{list}");
            compared.push(list);
        }
    }
    let all =
        ["AssignmentRole", "ElementKind", "LegalKind", "LegalStatus", "Level", "TimeLimitKind", "TimeUnit"];
    assert_eq!(compared, all);
}

#[test]
fn enums_csv_prints_the_labels_of_the_code() {
    use mulu::catalogue::{
        division::Level,
        element::ElementKind,
        time_limit::{TimeLimitKind, TimeUnit},
        version::CatalogueKind,
    };
    let text = std::fs::read_to_string(source("schema/codelists/enums.csv")).unwrap();
    let label = |list: &str, code: &str| match list {
        "Level" => Some(serde_json::from_value::<Level>(code.into()).unwrap().label()),
        "CatalogueKind" => Some(serde_json::from_value::<CatalogueKind>(code.into()).unwrap().label()),
        "ElementKind" => Some(serde_json::from_value::<ElementKind>(code.into()).unwrap().label()),
        "TimeLimitKind" => Some(serde_json::from_value::<TimeLimitKind>(code.into()).unwrap().label()),
        "TimeUnit" => Some(serde_json::from_value::<TimeUnit>(code.into()).unwrap().label()),
        _ => None,
    };
    let mut compared = 0;
    for line in text.lines() {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let [list, code, name, _] = cells.as_slice() else { continue };
        if let Some(label) = label(list, code) {
            assert_eq!(*name, label, "{list} {code}");
            compared += 1;
        }
    }
    assert_eq!(compared, 6 + 4 + 11 + 11 + 8);
}

/// What the binary brings along passes its own rules, with the seeds' assignments in the seeds' roles.
#[tokio::test]
async fn bundled_registers_hold_what_they_promise() {
    let app = TestApp::empty(Backend::Sqlite).await;
    app.ok(&["migrate"]);
    let loaded: Value = serde_json::from_str(&app.ok(&["reference", "load", "--bundled", "--json"])).unwrap();
    let count = |register: &str| {
        let registers = loaded["registers"].as_array().unwrap();
        registers.iter().find(|load| load["register"] == register).unwrap()["records"].as_u64().unwrap()
    };
    assert_eq!(count("domain"), 33);
    assert!(count("division") > 10_000);
    assert_eq!(count("assignment"), 72);
    for (place, expected) in [("530115000000", 34), ("320500000000", 28), ("230202000000", 10)] {
        let question =
            format!("SELECT code FROM record WHERE register = 'assignment' AND parent = '{place}'");
        assert_eq!(app.database.texts(&question).await.len(), expected, "{place}");
    }
    let roles = app
        .database
        .texts("SELECT code FROM record WHERE register = 'assignment' AND parent = '320500000000'")
        .await;
    assert!(roles.iter().all(|code| code.ends_with("/GUIDING")), "{roles:?}");
}
