//! Time limits without a number of days: by a period, a date, an event, or words alone (定期、定时、随事项公开).

use super::{clause, glyph::narrow, numeral, pieces::outside};
use crate::catalogue::{
    text::Text,
    time_limit::{TimeLimit, TimeLimitKind, TimeUnit},
};

/// A limit of a kind of which nothing more is known.
pub(super) fn limit(kind: TimeLimitKind) -> TimeLimit {
    TimeLimit {
        kind,
        count: None,
        unit: None,
        period: None,
        trigger: None,
        scope: None,
        other_law_prevails: None,
        text: None,
    }
}

/// 每年, 每季度, 按月, 半年至少更新1次 and dates.
pub(super) fn periodic(text: &str) -> Option<TimeLimit> {
    use TimeUnit::*;
    const PERIODS: [(&str, TimeUnit); 8] = [
        ("半年", HalfYear),
        ("年", Year),
        ("季度", Quarter),
        ("季", Quarter),
        ("月", Month),
        ("周", Week),
        ("星期", Week),
        ("日", Day),
    ];
    let words = &*outside(text);
    let after =
        ["每个", "每", "按", "逐"].iter().find_map(|word| Some(&words[words.find(word)? + word.len()..]));
    let at_start = words.starts_with("半年")
        || ["月度", "季度", "年度"]
            .iter()
            .any(|word| words.strip_prefix(word).is_some_and(|rest| rest.starts_with(['公', '更'])));
    let after = after.or(at_start.then_some(words));
    let found = after
        .and_then(|after| PERIODS.iter().find_map(|(word, unit)| Some((*unit, after.strip_prefix(word)?))));
    let Some((period, rest)) = found else { return dated(words).then(|| limit(TimeLimitKind::FixedDate)) };
    if period == Year && dated(rest) {
        return Some(limit(TimeLimitKind::FixedDate));
    }
    let part = part_of(period, rest.trim_start_matches(['度', '的']));
    let (count, unit) = part.map_or((None, None), |(count, unit)| (Some(count), Some(unit)));
    Some(TimeLimit { period: Some(period), count, unit, ..limit(TimeLimitKind::Periodic) })
}

/// Which part of a period: 首个月 of a quarter, 10日 of a month, 第一季度 or 3月 of a year.
fn part_of(period: TimeUnit, rest: &str) -> Option<(u16, TimeUnit)> {
    use TimeUnit::*;
    let rest = rest.strip_prefix('第').unwrap_or(rest);
    let (count, rest) = match rest.strip_prefix('首') {
        Some(rest) => (1, rest),
        None => numeral::leading(rest)
            .map(|(count, length)| (count, &rest[length..]))
            .filter(|(count, _)| *count > 0)?,
    };
    let rest = rest.strip_prefix('个').unwrap_or(rest);
    let parts: &[(&str, TimeUnit)] = match period {
        Year => &[("季度", Quarter), ("月", Month)],
        HalfYear | Quarter => &[("月", Month)],
        Month => &[("日", Day), ("号", Day), ("工作日", WorkingDay)],
        _ => &[],
    };
    parts.iter().find(|(word, _)| rest.starts_with(word)).map(|(_, unit)| (count, *unit))
}

/// Whether a text has a day or the end of a month: 1月31日, 3月底, 年底.
fn dated(text: &str) -> bool {
    let month = text.char_indices().filter(|(_, c)| *c == '月').any(|(at, _)| {
        let numbered = text[..at]
            .chars()
            .next_back()
            .is_some_and(|c| narrow(c).is_ascii_digit() || numeral::is_numeral(c));
        let rest = text[at + '月'.len_utf8()..].trim_start_matches('份');
        numbered
            && (rest.starts_with('底')
                || rest.starts_with('末')
                || numeral::leading(rest).is_some_and(|(_, n)| rest[n..].starts_with(['日', '号'])))
    });
    month || text.starts_with("年底") || text.starts_with("年末") || text.starts_with('底')
}

/// Limits that are words alone.
pub(super) fn by_words(text: &str) -> Option<TimeLimit> {
    use TimeLimitKind::*;
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["长期", "永久", "常年", "持续公开"]) {
        return Some(limit(LongTerm));
    }
    if has(&["实时", "即时"]) {
        return Some(limit(RealTime));
    }
    if let Some(at) = text.find("及时").or_else(|| text.find("第一时间")).or_else(|| text.find("尽快"))
    {
        // 按进展情况, 重大决策作出后: what the promptness goes by.
        let trigger = clause::origin(&text[..at]).1.filter(|words| *words != "予以" && *words != "并");
        return Some(TimeLimit { trigger: trigger.map(Text::new), ..limit(Timely) });
    }
    if has(&["随时", "不定期", "动态", "适时"]) {
        return Some(limit(Other));
    }
    if (has(&["按", "依", "根据", "遵照"]) && has(&["规定", "要求", "法定"]))
        || has(&["依法公开", "法定时限", "规定时限"])
    {
        return Some(limit(AsPrescribed));
    }
    if text.starts_with('随') || has(&["同步", "同时"]) || is_at_event(text) {
        return Some(limit(WithEvent));
    }
    let before = text.find("前公").or_else(|| text.find("前发布")).or_else(|| text.find("前向"));
    let before = before.or_else(|| text.strip_suffix('前').map(str::len)).or_else(|| text.find("提前"));
    before.map(|at| {
        let event = &text[..at];
        let trigger = clause::origin(event).1.filter(|words| !matches!(*words, "事" | "会" | "目" | "当"));
        TimeLimit { trigger: trigger.map(Text::new), ..limit(BeforeEvent) }
    })
}

/// 启动拟征收土地工作时, 会议召开时公开.
fn is_at_event(text: &str) -> bool {
    text.ends_with('时')
        || ["时公开", "时公布", "时公示", "时发布", "时一并"].iter().any(|word| text.contains(word))
}
