//! 公开对象 and 公开方式: what their ticks say together.

use super::{
    Reading, clean,
    glyph::{is_separator, narrow},
    marks, pieces,
    ticks::Tick,
};
use crate::{
    catalogue::{
        content::{Audience, AudienceGroup, Methods},
        text::Text,
    },
    import::finding::{Code, Note},
};

/// Words that name the whole society (全社会).
const WHOLE_SOCIETY: [&str; 6] = ["全社会", "社会公众", "全体社会成员", "社会", "公众", "全社会公众"];

/// Words that name groups without saying which (特定群体).
const SPECIFIC_GROUPS: [&str; 6] = ["特定群体", "特定群众", "特定对象", "特殊群众", "特殊群体", "特定人群"];

/// 公开对象 from its two columns; `None` for a column that the table lacks.
///
/// A bare tick under 特定群体 has no words of its own, so `label`, what the header prints, stands for the group.
pub fn audience(society: Option<&Tick>, groups: Option<&Tick>, label: &str) -> Reading<Audience> {
    let mut notes = Vec::new();
    let mut of_groups = Vec::new();
    if let Some(words) = society.and_then(Tick::words) {
        notes.push(Note::new(Code::GroupText, words.as_str()).understood("全社会"));
        of_groups.extend(named(words));
    }
    let mut stated = None;
    match groups {
        Some(tick @ (Tick::Yes(Some(words)) | Tick::Words(words))) => {
            if matches!(tick, Tick::Words(_)) {
                notes.push(Note::new(Code::GroupText, words.as_str()).understood("特定群体"));
            }
            stated = Some(named(words));
        }
        Some(Tick::Yes(None)) => stated = Some(vec![group(label_of(label))]),
        Some(Tick::No) => stated = Some(Vec::new()),
        Some(Tick::Unknown) | None => {}
    }
    let listed =
        if of_groups.is_empty() { stated } else { Some([of_groups, stated.unwrap_or_default()].concat()) };
    let made = Audience { whole_society: society.and_then(whole), groups: listed };
    if made.whole_society == Some(true) && groups.and_then(Tick::ticked) == Some(true) {
        let names =
            made.groups.iter().flatten().map(|group| group.text.as_str()).collect::<Vec<_>>().join("、");
        notes.push(
            Note::new(Code::BothAudiences, names).expected("全社会或特定群体之一", "either of the two"),
        );
    }
    known(made, notes)
}

/// Words under 全社会 narrow it (√(面向本村集体成员)) or, without a mark, are a tick in words.
fn whole(tick: &Tick) -> Option<bool> {
    match tick {
        Tick::Words(words) if is_society(words.as_str()) => Some(true),
        tick => tick.ticked(),
    }
}

fn is_society(words: &str) -> bool {
    WHOLE_SOCIETY.contains(&words)
}

/// 公开对象 in one cell: 全社会, 社会公众, `■全社会 □特定群体`, or the groups by name.
pub fn audience_cell(raw: &str) -> Reading<Audience> {
    clean::lines(raw).and_then(|text| {
        let entries = marks::boxes(&text);
        let mut made = Audience::default();
        for (chosen, words) in entries {
            let group_word = SPECIFIC_GROUPS.iter().find(|word| words.starts_with(**word));
            if is_society(words) {
                made.whole_society = Some(chosen);
            } else if let Some(word) = group_word {
                let groups = made.groups.get_or_insert_default();
                let rest = words[word.len()..].trim_matches(|c| "():_".contains(narrow(c)) || c == ' ');
                let text = if rest.is_empty() || rest == "请写明" { word } else { rest };
                groups.extend(chosen.then(|| group(Text::new(text))));
            } else if chosen {
                made.groups.get_or_insert_default().push(group(Text::new(words)));
            }
        }
        known(made, Vec::new())
    })
}

fn known(made: Audience, notes: Vec<Note>) -> Reading<Audience> {
    let value = (made != Audience::default()).then_some(made);
    Reading { value, notes }
}

fn named(words: &Text) -> Vec<AudienceGroup> {
    if is_society(words.as_str()) {
        return Vec::new();
    }
    pieces::split(words.as_str(), is_separator).into_iter().map(|part| group(Text::new(part))).collect()
}

fn group(text: Text) -> AudienceGroup {
    AudienceGroup { text, code: None }
}

/// 特定群体(请写明) asks for words; what it asks for is 特定群体, and so it is where the word is spoilt.
fn label_of(label: &str) -> Text {
    let words = clean::words(label).value.unwrap_or_default();
    let words = pieces::trailing_bracket(&words).map_or(words.as_str(), |(before, _)| before);
    Text::new(if SPECIFIC_GROUPS.contains(&words) { words } else { SPECIFIC_GROUPS[0] })
}

/// A row that ticks neither does not say that the item is never disclosed: nothing is known of it.
const NEITHER: Methods = Methods { proactive: Some(false), on_request: Some(false) };

/// 公开方式 from its two columns; `None` for a column that the table lacks.
pub fn methods(proactive: Option<&Tick>, on_request: Option<&Tick>) -> Reading<Methods> {
    let worded = |tick: &Tick, words: &[&str]| match tick {
        Tick::Words(text) if words.contains(&text.as_str()) => Some(true),
        tick => tick.ticked(),
    };
    let made = Methods {
        proactive: proactive.and_then(|tick| worded(tick, &["主动", "主动公开"])),
        on_request: on_request.and_then(|tick| worded(tick, &["依申请", "依申请公开", "申请公开"])),
    };
    let mut notes = Vec::new();
    if made.proactive.is_some() && made.proactive == made.on_request {
        let printed = if made.proactive == Some(true) { "主动+依申请" } else { "" };
        notes.push(
            Note::new(Code::MethodTicks, printed).expected("主动公开或依申请公开之一", "either of the two"),
        );
    }
    let value = (made != Methods::default() && made != NEITHER).then_some(made);
    Reading { value, notes }
}

/// 公开方式 in one cell: 主动公开, 依申请公开, or both with boxes.
pub fn methods_cell(raw: &str) -> Reading<Methods> {
    clean::lines(raw).and_then(|text| {
        let entries = marks::boxes(&text);
        let mut made = Methods::default();
        for (chosen, words) in &entries {
            if words.contains("申请") {
                made.on_request = Some(*chosen);
            } else if words.contains("主动") {
                made.proactive = Some(*chosen);
            }
        }
        let mut notes = Vec::new();
        if made.proactive.is_some() && made.proactive == made.on_request {
            notes.push(
                Note::new(Code::MethodTicks, &*text)
                    .expected("主动公开或依申请公开之一", "either of the two"),
            );
        }
        let value = (made != Methods::default() && made != NEITHER).then_some(made);
        Reading { value, notes }
    })
}

/// W337: a published policy that only a group may have is a tick that slipped (政策文件 marked 特定群体).
pub fn shifted(name: &str, audience: &Audience) -> Option<Note> {
    let policy = ["政策", "法规", "规章", "规范性文件"].iter().any(|word| name.contains(word));
    let odd = policy && audience.whole_society == Some(false);
    odd.then(|| {
        Note::new(Code::ShiftedTick, name)
            .expected("政策法规一般面向全社会", "policies are for the whole society")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::grid::Boundaries::Exact;

    fn codes<T>(reading: &Reading<T>) -> Vec<&'static str> {
        reading.codes().iter().map(|code| code.code()).collect()
    }

    #[test]
    fn audiences_are_told_by_their_two_columns() {
        for (society, groups, whole, named, expected) in [
            ("√", "", Some(true), Some(vec![]), vec![]),
            ("", "√", Some(false), Some(vec!["特定群众"]), vec![]),
            ("", "申请人", Some(false), Some(vec!["申请人"]), vec!["F3"]),
            ("", "√(面向本村集体成员)", Some(false), Some(vec!["面向本村集体成员"]), vec![]),
            (
                "",
                "法律援助申请人、项目单位",
                Some(false),
                Some(vec!["法律援助申请人", "项目单位"]),
                vec!["F3"],
            ),
            ("√", "√", Some(true), Some(vec!["特定群众"]), vec!["W334"]),
            ("全社会", "—", Some(true), None, vec!["F3"]),
        ] {
            let ticks = [society, groups].map(|cell| Tick::read(cell, Exact));
            let reading = audience(Some(&ticks[0]), Some(&ticks[1]), "特定 群众\u{ff08}请写明\u{ff09}");
            let made = reading.value.clone().unwrap_or_default();
            let texts = made
                .groups
                .map(|groups| groups.iter().map(|group| group.text.to_string()).collect::<Vec<_>>());
            assert_eq!(
                (made.whole_society, texts),
                (whole, named.map(|all| all.iter().map(ToString::to_string).collect())),
                "{society} {groups}"
            );
            assert_eq!(codes(&reading), expected, "{society} {groups}");
        }
        assert_eq!(audience(Some(&Tick::Unknown), None, "").value, None);
    }

    #[test]
    fn methods_are_told_by_their_two_columns() {
        let read = |one, other| methods(Some(&Tick::read(one, Exact)), Some(&Tick::read(other, Exact)));
        assert_eq!(read("√", "").value, Some(Methods { proactive: Some(true), on_request: Some(false) }));
        assert_eq!(codes(&read("√", "")), [""; 0]);
        assert_eq!(codes(&read("√", "√")), ["W335"]);
        assert_eq!((codes(&read("", "")), read("", "").value), (vec!["W335"], None));
        assert_eq!(methods(Some(&Tick::Unknown), None).value, None);
        assert_eq!(
            methods(Some(&Tick::Yes(None)), None).value,
            Some(Methods { proactive: Some(true), on_request: None })
        );
    }

    #[test]
    fn both_may_stand_in_one_cell() {
        let whole = |raw| audience_cell(raw).value.unwrap_or_default();
        assert_eq!(whole("全社会"), Audience { whole_society: Some(true), groups: None });
        assert_eq!(whole("■全社会 □特定群体"), Audience { whole_society: Some(true), groups: Some(vec![]) });
        let groups = Some(vec![group(Text::new("申请人"))]);
        assert_eq!(whole("□全社会\n■特定群体:申请人"), Audience { whole_society: Some(false), groups });
        let on_request = Methods { proactive: None, on_request: Some(true) };
        assert_eq!(methods_cell("依申请公开").value, Some(on_request));
        assert_eq!(codes(&methods_cell("■主动公开 ■依申请公开")), ["W335"]);
        assert_eq!(methods_cell("□主动公开 □依申请公开").value, None);
    }

    #[test]
    fn a_policy_for_a_group_alone_is_odd() {
        let group_alone = Audience { whole_society: Some(false), groups: None };
        assert_eq!(shifted("政策法规", &group_alone).map(|note| note.code.code()), Some("W337"));
        assert_eq!(shifted("办理结果", &group_alone), None);
    }
}
