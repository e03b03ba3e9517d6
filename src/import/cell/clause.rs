//! One clause of a time limit: its measure (20个工作日), where it starts, and what part of the item it is for.

use super::{
    glyph::{is_separator, narrow},
    numeral, pieces,
};
use crate::catalogue::time_limit::TimeUnit;

/// A number with its unit, and what stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure<'t> {
    pub before: &'t str,
    pub count: u16,
    /// `None` where the unit is lost: 批准后20内.
    pub unit: Option<TimeUnit>,
    /// Whether the unit had to be guessed from what is left of it: 20个工作内.
    pub damaged: bool,
    /// Whether 个 is missing: 20工作日.
    pub bare: bool,
    pub after: &'t str,
}

impl Measure<'_> {
    /// Whether 内 follows, so that it is the end of a time and not its length.
    pub fn is_limit(&self) -> bool {
        self.after.starts_with('内') || self.after.starts_with("以内") || self.after.starts_with("之内")
    }
}

/// The first measure of a clause, outside of brackets where there is one.
pub(super) fn measure(text: &str) -> Option<Measure<'_>> {
    let places: Vec<(usize, usize)> =
        text.char_indices().map(|(at, _)| at).zip(pieces::depths(text)).collect();
    let at_depth = |outside: bool| {
        let mut there = places.iter().filter(move |(_, depth)| (*depth == 0) == outside);
        there.find_map(|(at, _)| measure_at(text, *at))
    };
    at_depth(true).or_else(|| at_depth(false))
}

fn measure_at(text: &str, at: usize) -> Option<Measure<'_>> {
    let (before, rest) = text.split_at(at);
    // Inside of a longer number, or the day of a date.
    let last = before.chars().next_back();
    if last.is_some_and(|c| {
        narrow(c).is_ascii_digit() || numeral::is_numeral(c) || matches!(narrow(c), '月' | '第' | '.')
    }) {
        return None;
    }
    if rest.starts_with("半年内") || rest.starts_with("半年以内") {
        let after = &rest["半年".len()..];
        return Some(Measure {
            before,
            count: 1,
            unit: Some(TimeUnit::HalfYear),
            damaged: false,
            bare: false,
            after,
        });
    }
    let (count, length) = numeral::leading(rest).filter(|(count, _)| *count > 0)?;
    let rest = &rest[length..];
    let (counted, rest) = match rest.strip_prefix('个') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (unit, damaged, after) = unit(rest, counted)?;
    let bare = unit == Some(TimeUnit::WorkingDay) && !counted;
    Some(Measure { before, count, unit, damaged, bare, after })
}

/// The unit at the beginning of `rest`, whether it is damaged, and what follows.
fn unit(rest: &str, counted: bool) -> Option<(Option<TimeUnit>, bool, &str)> {
    use TimeUnit::*;
    const WHOLE: [(&str, TimeUnit); 9] = [
        ("工作日", WorkingDay),
        ("工作天", WorkingDay),
        ("小时", Hour),
        ("季度", Quarter),
        ("星期", Week),
        ("周", Week),
        ("自然日", Day),
        ("日历日", Day),
        ("天", Day),
    ];
    if let Some((word, unit)) = WHOLE.iter().find(|(word, _)| rest.starts_with(word)) {
        return Some((Some(*unit), false, &rest[word.len()..]));
    }
    // What is left of 工作日 when a character is lost or mistaken.
    if let Some(word) =
        ["工作曰", "工作目", "作日", "工日", "工做日", "工作"].iter().find(|word| rest.starts_with(**word))
    {
        return Some((Some(WorkingDay), true, &rest[word.len()..]));
    }
    let ends = |rest: &str| ["内", "以内", "之内"].iter().any(|end| rest.starts_with(end));
    if let Some(after) = rest.strip_prefix('日') {
        // 个 belongs to 工作日 only, so it is not clear what 20个日 means.
        return Some((Some(Day).filter(|_| !counted), counted, after));
    }
    for (word, unit) in [('月', Month), ('年', Year)] {
        if let Some(after) = rest.strip_prefix(word)
            && (counted || ends(after))
        {
            return Some((Some(unit), false, after));
        }
    }
    ends(rest).then_some((None, true, rest))
}

/// What part of an item a clause is for (scope), and what starts the time (trigger), from the words before a measure.
pub(super) fn origin(before: &str) -> (Option<&str>, Option<&str>) {
    let before =
        super::names::unnumbered(before.trim_start_matches(|c: char| c.is_whitespace() || is_separator(c)));
    let before = ["其中", "公开时限为", "公开时限是", "公开时限", "时限为"]
        .iter()
        .find_map(|word| before.strip_prefix(word))
        .unwrap_or(before);
    let (mut scope, rest) = match pieces::split_once(before, |c| narrow(c) == ':') {
        Some((scope, rest)) => (Some(scope), rest),
        None => (None, before),
    };
    let mut rest = rest;
    if let Some((at, word)) = preposition(rest) {
        if at > 0 {
            scope = scope.or(Some(&rest[..at]));
        }
        rest = &rest[at + word.len()..];
    }
    let mut trigger = bare_trigger(rest);
    // 其他相关信息形成或变更: the words between belong to both.
    if scope.is_none()
        && ["其他", "其它", "其余", "除"].iter().any(|word| trigger.starts_with(word))
        && let Some(at) = ["信息形成", "信息产生", "信息制作"].iter().find_map(|word| trigger.find(word))
    {
        scope = Some(&trigger[..at + "信息".len()]);
        trigger = &trigger[at..];
    }
    // 应急信息1小时内: without an event the words say what is disclosed, not from when.
    let event = ["起", "后", "时"].iter().any(|word| before.contains(word));
    let qualifier = trigger.starts_with(['按', '依', '随']);
    if scope.is_none() && !event && !qualifier && ENDS_OF_SUBJECTS.iter().any(|end| trigger.ends_with(end)) {
        (scope, trigger) = (Some(trigger), "");
    }
    (scope.map(bare_scope).filter(|words| !words.is_empty()), Some(trigger).filter(|words| !words.is_empty()))
}

fn trimmed(text: &str) -> &str {
    super::glyph::trim_separators(text)
}

/// What names of what is disclosed end with.
const ENDS_OF_SUBJECTS: [&str; 14] = [
    "信息", "事项", "内容", "文件", "结果", "情况", "名单", "材料", "决定", "方案", "类", "其余", "其他",
    "公告",
];

/// 自, 在 or 于 where it parts what is disclosed from what starts the time, or begins the latter.
fn preposition(text: &str) -> Option<(usize, &'static str)> {
    const CLEAR: [&str; 12] =
        ["应当自", "应自", "须自", "可自", "应当在", "应在", "须在", "应当于", "应于", "须于", "均自", "从"];
    let outside = text.char_indices().zip(pieces::depths(text)).filter(|(_, depth)| *depth == 0);
    for ((at, c), _) in outside {
        let (before, rest) = text.split_at(at);
        if let Some(word) = CLEAR.iter().find(|word| rest.starts_with(**word) && (**word != "从" || at == 0))
        {
            return Some((at, word));
        }
        let after = &rest[c.len_utf8()..];
        let (last, next) = (before.chars().next_back(), after.chars().next());
        let of_subject = at == 0 || ENDS_OF_SUBJECTS.iter().any(|end| before.ends_with(end));
        match c {
            '自' if !matches!(last, Some('来' | '各' | '亲'))
                && !next.is_some_and(|c| "然治行主己愿身动助".contains(c)) =>
            {
                return Some((at, "自"));
            }
            '在' if of_subject => return Some((at, "在")),
            '于' if of_subject => return Some((at, "于")),
            _ => {}
        }
    }
    None
}

/// 信息形成或变更, of 该信息形成或变更之日起.
fn bare_trigger(text: &str) -> &str {
    const ENDS: [&str; 21] = [
        "之日起的",
        "之日起",
        "之日后",
        "之日",
        "之时起",
        "当日起",
        "当天起",
        "日起",
        "起",
        "应当",
        "应",
        "须",
        "最迟",
        "不超过",
        "原则上",
        "一般",
        "至多",
        "在",
        "的",
        "为",
        "于",
    ];
    let mut text = trimmed(text);
    while let Some(rest) =
        ["该", "本", "此"].iter().find_map(|word| text.strip_prefix(word)).filter(|rest| !rest.is_empty())
    {
        // 本级 and 本单位 are words of their own.
        if rest.starts_with(['级', '单', '部', '行', '办', '次', '项']) {
            break;
        }
        text = trimmed(rest);
    }
    while let Some(rest) = ENDS.iter().find_map(|word| text.strip_suffix(word)) {
        text = trimmed(rest);
    }
    text
}

fn bare_scope(text: &str) -> &str {
    let text = trimmed(text);
    let text =
        text.strip_suffix("应当").or(text.strip_suffix('应')).or(text.strip_suffix('须')).unwrap_or(text);
    trimmed(text.strip_prefix('对').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_found() {
        use TimeUnit::*;
        for (text, expected) in [
            ("信息形成之日起20个工作日内", Some((20, Some(WorkingDay), false, false))),
            ("信息形成之日起20工作日内", Some((20, Some(WorkingDay), false, true))),
            ("二十个工作日内", Some((20, Some(WorkingDay), false, false))),
            ("批准后20日内", Some((20, Some(Day), false, false))),
            ("批准后20内", Some((20, None, true, false))),
            ("20个日内", Some((20, None, true, false))),
            ("20个工作内", Some((20, Some(WorkingDay), true, false))),
            ("3个月内", Some((3, Some(Month), false, false))),
            ("24小时内", Some((24, Some(Hour), false, false))),
            ("每年1月31日前", None),
            ("2020年预算", None),
            ("第三周", None),
            ("及时公开", None),
        ] {
            let found = measure(text).map(|found| (found.count, found.unit, found.damaged, found.bare));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn scope_and_trigger_are_parted() {
        for (before, scope, trigger) in [
            ("自该政府信息形成或者变更之日起", None, Some("政府信息形成或者变更")),
            (
                "其中行政许可、行政处罚事项应自作出行政决定之日起",
                Some("行政许可、行政处罚事项"),
                Some("作出行政决定"),
            ),
            ("执法决定信息在决定作出之日起", Some("执法决定信息"), Some("决定作出")),
            ("其他相关信息形成或变更之日起", Some("其他相关信息"), Some("信息形成或变更")),
            ("处罚决定:", Some("处罚决定"), None),
            ("2.办事指南\u{ff1a}自收到申请之日起", Some("办事指南"), Some("收到申请")),
            ("自然资源规划批准后", None, Some("自然资源规划批准后")),
            ("本级人民代表大会批准后", None, Some("本级人民代表大会批准后")),
            ("公开时限为信息形成之日起", None, Some("信息形成")),
            ("应急信息", Some("应急信息"), None),
            ("", None, None),
        ] {
            assert_eq!(origin(before), (scope, trigger), "{before}");
        }
    }
}
