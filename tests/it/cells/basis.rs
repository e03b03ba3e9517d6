//! Citations, quirk by quirk.

use mulu::{catalogue::content::BasisCitation, import::cell::basis};

use super::{codes_of, vocabulary};

/// A citation in short: kind|title|number|article.
fn short(citation: &BasisCitation) -> String {
    let text = |text: &Option<mulu::catalogue::text::Text>| {
        text.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    let kind = citation.kind.map(|kind| format!("{kind:?}")).unwrap_or_default();
    [kind, text(&citation.title), text(&citation.document_number), text(&citation.article)].join("|")
}

#[track_caller]
fn says(printed: &str, expected: &[(&str, &str)], codes: &[&str]) {
    let reading = basis::read(printed, &vocabulary());
    let made = reading.value.clone().unwrap_or_default();
    let found: Vec<_> =
        made.citations.iter().map(|citation| (short(citation), citation.text.to_string())).collect();
    let expected: Vec<_> =
        expected.iter().map(|(facts, text)| (facts.to_string(), text.to_string())).collect();
    assert_eq!(found, expected, "{printed}");
    // What is not registered is no quirk of the cell.
    let found: Vec<_> = codes_of(&reading.notes).into_iter().filter(|code| *code != "I08").collect();
    assert_eq!(found, codes, "{printed}");
    let open = codes.iter().any(|code| ["N8", "W314"].contains(code));
    assert_eq!(made.open_ended, open, "{printed}");
}

#[test]
fn titles_that_run_together_are_parted() {
    let both = [("|甲法||", "《甲法》"), ("|乙条例||", "《乙条例》")];
    says("《甲法》《乙条例》", &both, &["B1"]);
    for joint in ["、", ";", "\u{ff1b}", "\u{ff0c}", "\n", "、\n", " ", "和", "以及", "。"] {
        let cell = format!("《甲法》{joint}《乙条例》");
        let reading = basis::read(&cell, &vocabulary());
        let texts: Vec<_> =
            reading.value.into_iter().flat_map(|made| made.citations).map(|c| c.text.to_string()).collect();
        assert_eq!(texts, ["《甲法》", "《乙条例》"], "{cell}");
    }
    says("1.《甲法》2.《乙条例》", &both, &[]);
    says("①《甲法》\n②《乙条例》", &both, &[]);
    says("●《甲法》●《乙条例》", &both, &[]);
    says("(1)《甲法》;(2)《乙条例》", &both, &[]);
}

#[test]
fn short_titles_are_known_by_the_register() {
    let expected = [("|政府信息公开条例||第七条", "《政府信息公开条例》第七条")];
    says("《政府信息公开条例》第七条", &expected, &["B2"]);
    says("《政府信息公开\n条例》", &[("|政府信息公开条例||", "《政府信息公开条例》")], &["B2"]);
}

#[test]
fn document_numbers_are_canonical_and_wordings_stay() {
    let number = |printed: &str| ("|甲办法|青政办〔2020〕3号|".to_owned(), format!("《甲办法》{printed}"));
    for (printed, codes) in [
        ("(青政办〔2020〕3号)", vec![]),
        ("\u{ff08}青政办[2020]3号\u{ff09}", vec!["B3"]),
        ("(青政办(2020)3号)", vec!["B3"]),
        ("\u{ff08}青政办\u{ff08}2020\u{ff09}3号\u{ff09}", vec!["B3"]),
        ("(青政办﹝2020﹞3号)", vec!["B3"]),
        ("(青政办〔20203号)", vec!["W311"]),
        ("青政办〔2020〕3号", vec![]),
        ("[青政办〔2020〕3号]", vec![]),
    ] {
        let (facts, text) = number(printed);
        says(&text, &[(&facts, &text)], &codes);
    }
    let text = "《甲条例》(中华人民共和国国务院令第七百一十一号)";
    says(text, &[("|甲条例|国务院令第711号|", text)], &["B4"]);
    let text = "《甲条例》(国令第9号)号";
    says(text, &[("|甲条例|国务院令第9号|", text)], &["B4"]);
    says("国办发〔2019〕54号", &[("||国办发〔2019〕54号|", "国办发〔2019〕54号")], &[]);
    let spaced = "《甲办法》(青政办〔2020〕 8 4 号)";
    says(spaced, &[("|甲办法|青政办〔2020〕84号|", "《甲办法》(青政办〔2020〕84号)")], &["W211"]);
}

#[test]
fn the_history_of_amendments_is_no_number() {
    let text = "《甲法》(1998年11月4日通过 根据2018年12月29日决定修正)";
    let kept = "《甲法》(1998年11月4日通过根据2018年12月29日决定修正)";
    says(text, &[("|甲法||", kept)], &["B5"]);
}

#[test]
fn the_text_of_an_article_is_no_title() {
    let text = "《甲条例》第七条 各级人民政府应当公开信息,并依照《乙法》办理。";
    let kept = "《甲条例》第七条各级人民政府应当公开信息,并依照《乙法》办理";
    says(text, &[("|甲条例||第七条", kept)], &[]);
    let long = format!("《甲条例》第七条 {};\n《乙法》", "各级人民政府应当及时公开".repeat(12));
    let reading = basis::read(&long, &vocabulary());
    assert!(codes_of(&reading.notes).contains(&"W312"));
    assert_eq!(reading.value.map(|made| made.citations.len()), Some(2));
    let articles = "《甲条例》第十九条、第二十条第(一)项";
    says(articles, &[("|甲条例||第十九条、第二十条第(一)项", articles)], &[]);
    let clause = "《甲条例》第二十条(十二)";
    says(clause, &[("|甲条例||第二十条(十二)", clause)], &[]);
}

#[test]
fn titles_without_marks_are_known_or_pointed_out() {
    let both = [("|政府信息公开条例||", "政府信息公开条例"), ("|甲法||", "《甲法》")];
    says("政府信息公开条例、《甲法》", &both, &["W313", "B2"]);
    says("某某规划法", &[("|||", "某某规划法")], &["W313", "W301"]);
    let torn = [("|甲法||", "甲法》"), ("|乙条例||", "《乙条例》")];
    says("甲法》、《乙条例》", &torn, &["W313"]);
    let torn = [("|甲法||", "《甲法"), ("|乙条例||", "《乙条例》")];
    says("《甲法、《乙条例》", &torn, &["W313"]);
    let issuer = "国务院办公厅《关于推进公开的意见》";
    says(issuer, &[("|关于推进公开的意见||", issuer)], &[]);
}

#[test]
fn titles_stand_in_titles() {
    for inner in ["〈甲办法〉", "<甲办法>", "《甲办法》", "\u{ff1c}甲办法\u{ff1e}"] {
        let text = format!("《关于印发{inner}的通知》");
        says(&text, &[("|关于印发〈甲办法〉的通知||", &text)], &["B8"]);
    }
    let two = "《关于修改〈甲法〉、〈乙法〉的决定》、《丙法》";
    let expected = [
        ("|关于修改〈甲法〉、〈乙法〉的决定||", "《关于修改〈甲法〉、〈乙法〉的决定》"),
        ("|丙法||", "《丙法》"),
    ];
    says(two, &expected, &["B8"]);
    let departments = "《民政部 财政部关于做好 工作的通知》";
    says(departments, &[("|民政部 财政部关于做好工作的通知||", "《民政部 财政部关于做好工作的通知》")], &[]);
}

#[test]
fn more_than_is_named_leaves_the_list_open() {
    let text = "《甲条例》及相关规定";
    says(text, &[("|甲条例||", text)], &["W314"]);
    says("《甲法》等", &[("|甲法||", "《甲法》")], &["N8"]);
    says("《甲法》等法律法规", &[("|甲法||", "《甲法》等法律法规")], &["W314"]);
    says("相关政策文件", &[("|||", "相关政策文件")], &["W314"]);
    says("信息公开规定", &[("|||", "信息公开规定")], &["W314"]);
}

#[test]
fn printed_kinds_hold_until_the_next() {
    let expected = [
        ("Law|甲法||", "《甲法》"),
        ("Law|乙法||", "《乙法》"),
        ("Regulation|丙条例||", "《丙条例》"),
        ("|丁办法||", "《丁办法》"),
    ];
    says(
        "【法律】《甲法》《乙法》\n【行政法规】《丙条例》\n【部门规章及规范性文件】《丁办法》",
        &expected,
        &["B12", "B1", "B12", "B12"],
    );
}

#[test]
fn a_cell_may_say_nothing() {
    says("", &[], &[]);
    says("—", &[], &["N7"]);
    says("《XX省实施方案》", &[("|XX省实施方案||", "《XX省实施方案》")], &["W301"]);
    says("《青禾县***办法》", &[("|青禾县***办法||", "《青禾县***办法》")], &["W304"]);
}
