//! 公开层级: what the words over a column of ticks mean in the place that publishes.

use std::collections::BTreeMap;

use super::{Reading, clean, glyph::narrow, marks, note_once};
use crate::{
    catalogue::division::Level,
    import::finding::{Code, Note},
};

/// The place that publishes and those above it, the nearest first, with their names.
pub type Places<'a> = [(Level, &'a str)];

/// The levels that each column of a table stands for (县级, 乡、村级); an empty list, and a note, where a word is not
/// known.
///
/// All columns are read together, since 市级 beside 县级 is a prefecture, and alone in a county-level city a county.
pub fn columns(headers: &[&str], places: &Places) -> Reading<Vec<Vec<Level>>> {
    let mut notes = Vec::new();
    let words: Vec<String> =
        headers.iter().map(|header| clean::words(header).value.unwrap_or_default()).collect();
    let county =
        words.iter().any(|word| matches!(plain(word).as_str(), "县" | "区" | "县区" | "区县" | "旗"));
    let levels = words.iter().map(|word| of_word(word, county, places, &mut notes)).collect();
    Reading { value: Some(levels), notes }
}

/// 公开层级 in one cell: `■县级 □乡级`, or the words alone; `false` for a box that is not chosen.
pub fn cell(raw: &str, places: &Places) -> Reading<BTreeMap<Level, bool>> {
    clean::lines(raw).and_then(|text| {
        let mut entries = marks::boxes(&text);
        // 乡、村级 is one word, unless each part says 级 itself.
        if entries.len() > 1
            && !marks::has_boxes(&text)
            && entries.iter().any(|(_, word)| !word.ends_with('级'))
        {
            entries = vec![(true, text.as_str())];
        }
        let mut notes = Vec::new();
        let code = if marks::has_boxes(&text) { Code::LevelBoxes } else { Code::LevelWord };
        let words: Vec<&str> = entries.iter().map(|(_, word)| *word).collect();
        let reading = columns(&words, places);
        let mut made = BTreeMap::new();
        for (levels, (chosen, _)) in reading.value.unwrap_or_default().into_iter().zip(&entries) {
            levels.into_iter().for_each(|level| *made.entry(level).or_insert(false) |= chosen);
        }
        notes.push(Note::new(code, &*text));
        notes.extend(reading.notes);
        let value = (!made.is_empty()).then_some(made);
        Reading { value, notes }
    })
}

fn of_word(word: &str, county: bool, places: &Places, notes: &mut Vec<Note>) -> Vec<Level> {
    use Level::*;
    let plain = plain(word);
    let note = |code, level: &str| Note::new(code, word).understood(level);
    let level = match plain.as_str() {
        "国家" => Nation,
        "省" | "自治区" => Province,
        "州" | "盟" | "地" | "地市" | "市州" | "设区市" => Prefecture,
        "市" => {
            let city = places.iter().find(|(level, name)| *level == County && name.ends_with('市'));
            if let (Some((_, name)), false) = (city, county) {
                notes.push(
                    note(Code::CountyLevelCity, County.label())
                        .expected(format!("{name}为县级市"), format!("{name} is a county-level city")),
                );
                return vec![County];
            }
            notes.push(note(Code::PrefectureLevel, Prefecture.label()));
            return vec![Prefecture];
        }
        "县" | "乡" | "村" => {
            return vec![match plain.as_str() {
                "县" => County,
                "乡" => Township,
                _ => Village,
            }];
        }
        "区" | "县区" | "区县" | "旗" | "旗县" | "县市区" | "市县" | "县市" | "市区" => {
            County
        }
        "镇" | "乡镇" | "镇街" | "镇乡" | "街道" | "街镇" | "镇街园区" | "镇街乡" | "乡镇街道" | "乡街"
        | "镇街道" | "乡镇街" | "园区" | "苏木" | "苏木镇" => Township,
        "社区" | "村居" | "居" | "村社区" | "嘎查" | "嘎查村" | "村组" | "居村" | "行政村" => {
            Village
        }
        _ => return several(word, &plain, places, notes),
    };
    if level == Prefecture {
        notes.push(note(Code::PrefectureLevel, level.label()));
    } else {
        notes.push(note(Code::LevelAlias, level.label()));
    }
    vec![level]
}

/// 乡、村级 and 乡(村)级 stand for two levels; 东阳市级 is the level of 东阳市.
fn several(word: &str, plain: &str, places: &Places, notes: &mut Vec<Note>) -> Vec<Level> {
    use Level::*;
    let below = [
        "乡村",
        "镇村",
        "镇街村",
        "乡镇村",
        "街道社区",
        "街道村",
        "镇街村居",
        "乡镇村居",
        "镇街社区",
        "乡镇街道村社区",
        "街村",
        "乡镇村社区",
    ];
    if below.contains(&plain) {
        notes.push(Note::new(Code::SharedLevel, word).understood("乡级、村级"));
        return vec![Township, Village];
    }
    if ["县乡", "区镇", "区街", "县镇", "市镇", "区街道", "县乡镇"].contains(&plain) {
        notes.push(Note::new(Code::SharedLevel, word).understood("县级、乡级"));
        return vec![County, Township];
    }
    let Some((level, name)) = places.iter().find(|(_, name)| *name == plain) else {
        notes.push(
            Note::new(Code::UnknownLevel, word)
                .expected("省级至村级中的层级", "a level from province to village"),
        );
        return Vec::new();
    };
    let city = *level == County && name.ends_with('市');
    let code = if city { Code::CountyLevelCity } else { Code::LevelAlias };
    note_once(notes, Note::new(code, word).understood(level.label()));
    vec![*level]
}

/// A header word without 公开, 级, brackets and 、.
fn plain(word: &str) -> String {
    let kept: String =
        word.chars().filter(|c| !"()、/,".contains(narrow(*c)) && !c.is_whitespace()).collect();
    let kept = kept.trim_start_matches("公开");
    kept.strip_suffix('级').unwrap_or(kept).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::*;

    const COUNTY: &Places = &[(County, "青禾县"), (Prefecture, "临河市")];

    #[track_caller]
    fn means(headers: &[&str], places: &Places, expected: &[&[Level]], codes: &[&str]) {
        let reading = columns(headers, places);
        assert_eq!(
            reading.value.as_deref(),
            Some(&*expected.iter().map(|l| l.to_vec()).collect::<Vec<_>>()),
            "{headers:?}"
        );
        assert_eq!(reading.codes().iter().map(|code| code.code()).collect::<Vec<_>>(), codes, "{headers:?}");
    }

    #[test]
    fn columns_have_many_names() {
        means(&["县级", "乡、村级"], COUNTY, &[&[County], &[Township, Village]], &["W338"]);
        means(&["县 级", "乡级"], COUNTY, &[&[County], &[Township]], &[]);
        means(&["县级", "乡(村)级"], COUNTY, &[&[County], &[Township, Village]], &["W338"]);
        means(&["镇级", "村级"], COUNTY, &[&[Township], &[Village]], &["V5"]);
        for county in ["区级", "区县级", "县(区)级", "县\u{ff08}区\u{ff09}级"] {
            means(&[county], COUNTY, &[&[County]], &["V5"]);
        }
        for town in ["乡镇级", "镇街级", "镇(街)级", "镇街(园区)级"] {
            means(&[town], COUNTY, &[&[Township]], &["V5"]);
        }
        means(&["社区级"], COUNTY, &[&[Village]], &["V5"]);
        means(&["某级"], COUNTY, &[&[]], &["W344"]);
    }

    #[test]
    fn the_city_level_is_that_of_the_city() {
        let city: &Places = &[(County, "东阳市"), (Prefecture, "金华市")];
        means(&["市级", "镇街级"], city, &[&[County], &[Township]], &["W339", "V5"]);
        means(&["东阳市级", "镇街乡", "村"], city, &[&[County], &[Township], &[Village]], &["W339", "V5"]);
        means(&["市级", "县级"], city, &[&[Prefecture], &[County]], &["V3"]);
        let town: &Places = &[(Township, "东凤镇"), (Prefecture, "中山市")];
        means(&["市级", "镇(街)级"], town, &[&[Prefecture], &[Township]], &["V3", "V5"]);
        means(&["州级", "县级"], COUNTY, &[&[Prefecture], &[County]], &["V3"]);
    }

    #[test]
    fn levels_may_stand_in_one_cell() {
        let read = |raw| cell(raw, COUNTY);
        assert_eq!(read("■县级 □乡级").value, Some(BTreeMap::from([(County, true), (Township, false)])));
        assert_eq!(read("县级、乡级").value, Some(BTreeMap::from([(County, true), (Township, true)])));
        assert_eq!(read("乡、村级").value, Some(BTreeMap::from([(Township, true), (Village, true)])));
        assert_eq!(read("■县级 □乡级").codes(), [Code::LevelBoxes]);
        assert_eq!(read("县级").codes(), [Code::LevelWord]);
    }
}
