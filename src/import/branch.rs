//! Units that are part of another (派出机构、内设机构), as far as their names tell: a branch bureau, a police station, a
//! school, an office. The name tells the authority above and the place served; which registered unit and which division
//! these are is for [`super::lookup`].

use chrono::NaiveDate;

use super::assemble::Assembled;
use crate::catalogue::{code::DivisionCode, division::DivisionState, text::Text};

/// What branches are called, longer words first.
const BRANCHES: [&str; 14] = [
    "自然资源所",
    "市场监管所",
    "派出所",
    "司法所",
    "税务所",
    "财政所",
    "国土所",
    "分中心",
    "分局",
    "支局",
    "支队",
    "大队",
    "中队",
    "分院",
];

/// What authorities end with that have branches.
const AUTHORITIES: [&str; 7] = ["委员会", "总队", "中心", "支队", "局", "厅", "院"];

/// What schools end with; 教育局 is above them.
const SCHOOLS: [&str; 5] = ["小学", "中学", "学校", "幼儿园", "教学点"];

/// The kinds that follow the short names of divisions, most of them below a county.
const KINDS: [&str; 9] = ["县", "区", "市", "旗", "镇", "乡", "街道", "州", "盟"];

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// 市公安局晋宁分局: the authority, and the place that stands before 分局.
    Branch { authority: &'t str, place: &'t str },
    /// A school, whose name begins with its place.
    School,
    /// 党政办: an office without the unit that it belongs to.
    Office,
}

/// What unit a name says that another is part of; `None` where it says none.
pub(super) fn read(name: &str) -> Option<Part<'_>> {
    if let Some(rest) = BRANCHES.iter().find_map(|word| name.strip_suffix(word)) {
        let end = AUTHORITIES.iter().filter_map(|word| rest.rfind(word).map(|at| at + word.len())).max()?;
        let (authority, place) = rest.split_at(end);
        return Some(Part::Branch { authority, place });
    }
    if SCHOOLS.iter().any(|word| name.ends_with(word)) {
        return Some(Part::School);
    }
    is_office(name).then_some(Part::Office)
}

/// 党政办, 公共服务办公室: an office without the unit that it belongs to.
fn is_office(name: &str) -> bool {
    let office = ["办", "办公室", "科", "股", "室"].iter().any(|end| name.ends_with(end));
    let parent = ["政府", "街道", "局", "委", "镇", "乡", "区", "县", "市", "院", "中心"]
        .iter()
        .any(|word| name.contains(word));
    office && !parent
}

/// The names that a place may have in full which a branch names in short: 青禾县 of 青禾.
pub(super) fn places(short: &str) -> impl Iterator<Item = String> {
    let fits = (2..=8).contains(&short.chars().count());
    let all = fits.then(|| [""].into_iter().chain(KINDS)).into_iter().flatten();
    all.map(move |kind| format!("{short}{kind}"))
}

/// What is known around the units of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// 发布单位, as printed.
    pub(super) publisher: Option<&'a str>,
    /// The place whose table it is and those above it, the nearest first; then those that branches may serve.
    pub(super) places: &'a [(DivisionCode, DivisionState)],
    /// The day of the version.
    pub(super) day: NaiveDate,
}

impl Around<'_> {
    /// What the publisher may be called: as printed, else the government of the place.
    pub(super) fn publishers(&self) -> Vec<String> {
        let government = self.places.first().map(|(_, state)| &state.name);
        let government = government.into_iter().flat_map(|name| {
            ["人民政府", "办事处", "村民委员会", "居民委员会"].map(|kind| format!("{name}{kind}"))
        });
        self.publisher.map(str::to_owned).into_iter().chain(government).collect()
    }

    /// The place of a short name; `None` where several could be meant, or none.
    pub(super) fn served(&self, short: &str) -> Option<&(DivisionCode, DivisionState)> {
        let mut all = self.places.iter().filter(|(_, state)| {
            state.name.as_str() == short || places(short).any(|name| name == state.name.as_str())
        });
        all.next().filter(|_| all.next().is_none())
    }

    /// The place with whose name a unit's begins.
    pub(super) fn served_by(&self, unit: &str) -> Option<&(DivisionCode, DivisionState)> {
        self.places.iter().find(|(_, state)| unit.starts_with(state.name.as_str()))
    }
}

/// The names of units in rows, in their order; of units of which any one may answer, each.
pub(super) fn texts(row: &Assembled) -> impl Iterator<Item = &Text> {
    row.row.local.units.iter().flatten().flat_map(|unit| match &unit.alternatives {
        Some(alternatives) => alternatives.as_slice(),
        None => std::slice::from_ref(&unit.text),
    })
}

/// The short names of the places that branches in these rows serve.
pub(super) fn branches(rows: &[Assembled]) -> impl Iterator<Item = &str> {
    rows.iter().flat_map(texts).filter_map(|text| match read(text.as_str()) {
        Some(Part::Branch { place, .. }) => Some(place),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_unit_is_part_of() {
        let branch = |authority, place| Some(Part::Branch { authority, place });
        for (name, expected) in [
            ("市公安局晋宁分局", branch("市公安局", "晋宁")),
            ("青禾县公安局柳溪派出所", branch("青禾县公安局", "柳溪")),
            ("县公安局交警大队", branch("县公安局", "交警")),
            ("县市场监督管理局", None),
            ("青禾县第一实验小学", Some(Part::School)),
            ("党政办", Some(Part::Office)),
            ("县政府办公室", None),
            ("柳溪派出所", None),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
        assert!(places("青禾").any(|name| name == "青禾县"));
        assert_eq!(places("交").count(), 0);
    }
}
