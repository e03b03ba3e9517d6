//! Channels, quirk by quirk.

use mulu::{
    catalogue::content::ChannelRule,
    import::cell::{
        channels::{self, Channels},
        marks::Marks,
    },
};

use super::{codes_of, vocabulary};

/// Reads the first of the cells of a column.
fn read(header: &str, cells: &[&str]) -> (Channels, Vec<&'static str>) {
    let words = vocabulary();
    let marks = Marks::decide(header, cells.iter().copied(), &words);
    let reading = channels::read(cells[0], &marks.value.unwrap_or_default(), &words);
    (reading.value.unwrap_or_default(), codes_of(&reading.notes))
}

/// The channels in short: code, `+` or `-` where required or permitted, wording.
fn short(made: &Channels) -> Vec<String> {
    let used = made.uses.iter().map(|used| {
        let required = used.required.map_or("", |required| if required { "+" } else { "-" });
        let text = used.text.as_ref().map(|text| format!("={text}")).unwrap_or_default();
        format!("{required}{}{text}", used.code)
    });
    used.collect()
}

#[track_caller]
fn says(cell: &str, expected: &[&str], codes: &[&str]) {
    let (made, found) = read("公开渠道和载体", &[cell]);
    assert_eq!(short(&made), expected, "{cell}");
    assert_eq!(found, codes, "{cell}");
}

#[test]
fn the_chosen_are_told_by_their_marks() {
    let two = ["GOV_WEBSITE", "COMMUNITY_BOARD=公示栏"];
    says("■政府网站 □政府公报 ■公示栏", &two, &["M12"]);
    says("■政府网站■公示栏", &two, &["M12"]);
    says("■ 政府网站\n■ 公示栏", &two, &["M12"]);
    says("■政府网站\n口政府公报\n■公示栏", &two, &["M12"]);
    says("R政府网站 £政府公报 R公示栏", &two, &["M12"]);
    says("þ政府网站 ¨政府公报 þ公示栏", &two, &["M12"]);
    says("\u{f0fe}政府网站\u{f0a8}政府公报\u{f0fe}公示栏", &two, &["M12"]);
    for mark in ["▲", "◆", "▄", "●", "√", "✔", "★", "☑", "✓"] {
        says(&format!("{mark}政府网站 {mark}公示栏"), &two, &["M12"]);
    }
    says("■政府网站 t政府公报 ■公示栏", &two, &["M12"]);
    says("□政府公报\n■户籍窗口口岸办", &["OTHER=户籍窗口口岸办"], &["M10"]);
}

#[test]
fn a_list_without_marks_is_chosen_as_a_whole() {
    let two = ["GOV_WEBSITE", "COMMUNITY_BOARD=公示栏"];
    for cell in [
        "政府网站、公示栏",
        "政府网站,公示栏",
        "政府网站\n公示栏",
        "1.政府网站 2.公示栏",
        "1、政府网站\n2、公示栏",
        "政府网站 公示栏",
        "政府网站公示栏",
    ] {
        says(cell, &two, &["M6", "M12"]);
    }
    says("政府网站", &["GOV_WEBSITE"], &["M6"]);
}

#[test]
fn what_is_not_clear_is_not_known() {
    says("□政府网站 □政府公报", &[], &["W331"]);
    says("□图书馆\n国家档案馆\n■政府网站", &["GOV_WEBSITE"], &["W332"]);
    // In a column with marks, a cell of empty boxes says that there is none.
    let words = vocabulary();
    let cells = ["□政府网站", "■政府网站"];
    let marks = Marks::decide("公开渠道", cells.into_iter(), &words).value.unwrap_or_default();
    let reading = channels::read(cells[0], &marks, &words);
    assert_eq!(reading.value, Some(Channels::default()));
}

#[test]
fn the_header_may_say_what_the_marks_mean() {
    let header = "公开渠道和载体(“■”表示必选项,“□”表示可选项)";
    let (made, codes) = read(header, &["■政府网站 □政府公报"]);
    assert_eq!((short(&made), codes), (vec!["+GOV_WEBSITE".to_owned(), "-GOV_GAZETTE".to_owned()], vec![]));
    let (made, _) =
        read("公开渠道和载体\u{ff08}在标注范围内至少选择其一公开\u{ff09}", &["■政府网站■精准推送"]);
    assert_eq!(made.rule, Some(ChannelRule::Any));
    assert_eq!(read("公开渠道", &["■政府网站"]).0.rule, None);
}

#[test]
fn channels_beyond_the_template_keep_their_words() {
    says("■投资项目在线审批监管平台", &["INVESTMENT_APPROVAL_PLATFORM"], &[]);
    says("■村村响大喇叭", &["OTHER=村村响大喇叭"], &["M10"]);
    says(
        "■政府网站■村村响大喇叭 ■公开查阅点",
        &["GOV_WEBSITE", "OTHER=村村响大喇叭", "PUBLIC_ACCESS_POINT"],
        &["M10"],
    );
    says("■其他_基层公共服务平台", &["GRASSROOTS_SERVICE_PLATFORM"], &["M11"]);
    says("■其他:村村响大喇叭", &["OTHER=村村响大喇叭"], &["M11", "M10"]);
    says("■其他\u{ff08}村村响大喇叭\u{ff09}", &["OTHER=村村响大喇叭"], &["M11", "M10"]);
    says("■其他法律服务网", &["LEGAL_SERVICE_NET"], &["M11"]);
    says("■其他____", &["OTHER"], &[]);
    says("■其他", &["OTHER"], &[]);
    says("■其他便于公众知晓的方式", &["OTHER=其他便于公众知晓的方式"], &["M10"]);
}

#[test]
fn local_wordings_are_known() {
    says("■政府服务中心", &["SERVICE_CENTRE=政府服务中心"], &["M12"]);
    says("■一微一端", &["WECHAT_WEIBO_APP=一微一端"], &["M12"]);
    says("■发布会听证会", &["PRESS_HEARING=发布会听证会"], &["M12"]);
    says("■便民惠民服务中心", &["CONVENIENCE_STATION=便民惠民服务中心"], &["M12"]);
    says("■青禾县政府网站", &["GOV_WEBSITE=青禾县政府网站"], &["M12"]);
    says("■青禾县司法局公众号", &["WECHAT_WEIBO_APP=青禾县司法局公众号"], &["M12"]);
    says(
        "■社区/企事业单位、村公示栏\u{ff08}电子屏\u{ff09}",
        &["COMMUNITY_BOARD=社区/企事业单位、村公示栏\u{ff08}电子屏\u{ff09}"],
        &[],
    );
    says("■存公示栏", &["COMMUNITY_BOARD=存公示栏"], &["W302"]);
    says("■政府网占", &["GOV_WEBSITE=政府网占"], &["W302"]);
}

#[test]
fn notes_and_addresses_are_told_apart() {
    let (made, codes) = read("公开渠道", &["■政府网站\n注:可推送至省级网"]);
    assert_eq!((short(&made), codes), (vec!["GOV_WEBSITE".to_owned()], vec!["M13"]));
    assert_eq!(made.note.map(|note| note.to_string()).as_deref(), Some("注:可推送至省级网"));
    for (cell, url, codes) in [
        ("■政府网站 http://www.qinghe.gov.cn/a", "http://www.qinghe.gov.cn/a", vec!["M14"]),
        (
            "■政府网站\u{ff08}https://www.qinghe.gov.cn\u{ff09}■精准推送",
            "https://www.qinghe.gov.cn",
            vec!["M14"],
        ),
        ("政府网站:www.qinghe.gov.cn", "http://www.qinghe.gov.cn", vec!["M6", "M14"]),
        ("■政府网站 http://qinghe.example.com/", "http://qinghe.example.com/", vec!["W333", "M14"]),
    ] {
        let (made, found) = read("公开渠道", &[cell]);
        assert_eq!(made.addresses.get("GOV_WEBSITE").map(|url| url.as_str()), Some(url), "{cell}");
        assert_eq!((short(&made)[0].as_str(), found), ("GOV_WEBSITE", codes), "{cell}");
    }
    let own = channels::addresses("http://www.qinghe.gov.cn/1\nhttps://a.qinghe.gov.cn/2");
    assert_eq!(own.value.map(|urls| urls.len()), Some(2));
}
