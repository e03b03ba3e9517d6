//! What starts a time limit (时限的起算点), by one name however it is worded: 信息形成（变更） and 政府信息形成或者变更 are
//! 信息形成或变更. The wording itself stays beside it, in the limit's `text`.

use std::{collections::HashMap, sync::LazyLock};

use super::clean::fold;

/// The code list, which is part of the program as the words over columns are.
const LIST: &str = include_str!("../../../schema/codelists/time_limit_triggers.csv");

/// The names of the list by what their wordings are compared by.
static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for line in csv::Reader::from_reader(LIST.as_bytes()).records().flatten() {
        let (Some(name), Some(aliases)) = (line.get(0), line.get(1)) else { continue };
        for wording in [name].into_iter().chain(aliases.lines()) {
            names.insert(key(wording), name.to_owned());
        }
    }
    names
});

/// The list's name for a wording; `None` where the list has none.
pub(super) fn named(wording: &str) -> Option<&'static str> {
    NAMES.get(&key(wording)).map(String::as_str)
}

/// 或者, 或 and signs between two words make no other starting point.
fn key(wording: &str) -> String {
    fold(wording).replace("或者", "").replace(['或', '和', '及'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordings_have_one_name() {
        for wording in
            ["信息形成或变更", "信息形成或者变更", "信息形成\u{ff08}变更\u{ff09}", "政府信息形成、变更"]
        {
            assert_eq!(named(wording), Some("信息形成或变更"), "{wording}");
        }
        assert_eq!(named("信息形成"), Some("信息形成"));
        assert_eq!(named("信息获取\u{ff08}形成、变更\u{ff09}"), Some("信息获取(形成变更)"));
        assert_eq!(named("审批结果确定"), None);
    }

    #[test]
    fn the_list_has_no_wording_twice() {
        let wordings = csv::Reader::from_reader(LIST.as_bytes()).into_records().map(Result::unwrap);
        let wordings = wordings.flat_map(|line| {
            let of = |wording: &str| (key(wording), line[0].to_owned());
            [&line[0]].into_iter().chain(line[1].lines()).map(of).collect::<Vec<_>>()
        });
        let mut known: HashMap<String, String> = HashMap::new();
        for (key, name) in wordings {
            let other = known.insert(key.clone(), name.clone()).unwrap_or(name.clone());
            assert_eq!(other, name, "{key}");
        }
        assert!(!known.is_empty());
    }
}
