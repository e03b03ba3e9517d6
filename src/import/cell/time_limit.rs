//! 公开时限: the time limits of a cell, and the publicity period (公示期) that some print beside them.
//!
//! The first limit keeps the wording of the whole cell, so that nothing printed is lost; further ones keep their own
//! clause and the part of the item that they are for.

use super::{
    Reading,
    clause::{self, Measure},
    clean,
    glyph::{narrow, trim_separators},
    note_once, pieces,
    schedule::{self, limit},
    trigger,
};
use crate::{
    catalogue::{
        text::Text,
        time_limit::{PublicityPeriod, TimeLimit, TimeLimitKind, TimeUnit},
    },
    import::finding::{Code, Note},
};

/// What a cell under 公开时限 says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// 公开时限; `None` where the cell has a publicity period only.
    pub limits: Option<Vec<TimeLimit>>,
    /// 公示期.
    pub publicity_period: Option<PublicityPeriod>,
}

/// What one clause says.
enum Clause {
    Limit(TimeLimit),
    Publicity(PublicityPeriod),
    /// 法律、法规另有规定的,从其规定.
    Rider,
    /// More words about the clause before, or the next.
    Words,
}

/// Reads one cell.
pub fn read(raw: &str) -> Reading<Times> {
    let cleaned = clean::lines(raw);
    let mut notes = cleaned.notes;
    let Some(text) = cleaned.value else {
        notes.push(Note::new(Code::NoTimeLimit, raw.trim()).expected("公开时限", "a time limit"));
        return Reading::blank(notes);
    };
    if let Some(mask) = clean::masked(&text) {
        notes.push(
            Note::new(Code::MaskedName, &*text)
                .understood(mask)
                .expected("未遮盖的时限", "a time limit that is not masked"),
        );
        return Reading::blank(notes);
    }
    let mut made = Times::default();
    let text = unwrapped(&text);
    for sentence in pieces::split(&text, |c| matches!(narrow(c), ';' | '。' | '\n')) {
        read_sentence(sentence, &mut made, &mut notes);
    }
    for inside in pieces::brackets(&text) {
        let period = clause::measure(inside).and_then(|measure| publicity(inside, &measure));
        if let Some(period) = period.filter(|_| made.publicity_period.is_none()) {
            notes
                .push(Note::new(Code::PublicityPeriod, inside).understood(period.unit.counted(period.count)));
            made.publicity_period = Some(period);
        }
    }
    if made.limits.is_none() && made.publicity_period.is_none() {
        made.limits = Some(vec![limit(TimeLimitKind::Other)]);
        notes.push(Note::new(Code::OtherLimit, &*text).understood(TimeLimitKind::Other.label()));
    }
    finish(&text, &mut made, &mut notes);
    Reading { value: Some(made), notes }
}

/// A line end parts limits only where both lines have one; elsewhere a narrow column broke a sentence.
fn unwrapped(text: &str) -> String {
    let complete =
        |line: &str| matches!(read_clause(line, &mut Vec::new()), Clause::Limit(_) | Clause::Publicity(_));
    let mut result = String::new();
    for line in text.lines() {
        let last = result.lines().next_back().unwrap_or_default();
        let numbered = super::names::unnumbered(line).len() < line.len();
        if !result.is_empty() && (numbered || (complete(line) && complete(last))) {
            result.push('\n');
        }
        result.push_str(line);
    }
    result
}

fn read_sentence(sentence: &str, made: &mut Times, notes: &mut Vec<Note>) {
    // Words before the first limit are part of it; words after one are more about it.
    let mut start = 0;
    let mut limits_before = 0;
    let mut end = 0;
    for part in pieces::split(sentence, |c| narrow(c) == ',') {
        let at = end + sentence[end..].find(part).unwrap_or(0);
        end = at + part.len();
        let mut remarks = Vec::new();
        match read_clause(part, &mut remarks) {
            Clause::Limit(limit) if limits_before == 0 || may_follow(&limit) => {
                notes.extend(remarks);
                let scope = trim_separators(&sentence[start..at]);
                let scope = (limits_before == 0 && !scope.is_empty()).then(|| Text::new(scope));
                let text = Some(Text::new(if limits_before == 0 { &sentence[start..end] } else { part }));
                let limit = TimeLimit { scope: limit.scope.clone().or(scope), text, ..limit };
                made.limits.get_or_insert_default().push(limit);
                limits_before += 1;
                start = end;
            }
            Clause::Publicity(period) => {
                notes.push(
                    Note::new(Code::PublicityPeriod, part).understood(period.unit.counted(period.count)),
                );
                made.publicity_period.get_or_insert(period);
                start = end;
            }
            Clause::Rider => start = end,
            Clause::Limit(_) | Clause::Words => {}
        }
    }
    // What follows the last limit belongs to its wording.
    if limits_before > 0
        && start < sentence.len()
        && let Some(last) = made.limits.as_mut().and_then(|limits| limits.last_mut())
        && let Some(text) = &mut last.text
        && let Some(at) = sentence.rfind(text.as_str())
    {
        *text = Text::new(&sentence[at..]);
    }
}

/// Whether a limit after a comma is one of its own, as 保持长期公开 is; 及时更新 is more about the one before.
fn may_follow(limit: &TimeLimit) -> bool {
    matches!(limit.kind, TimeLimitKind::Within | TimeLimitKind::LongTerm | TimeLimitKind::BeforeEvent)
}

/// What holds for all limits of a cell together.
fn finish(text: &str, made: &mut Times, notes: &mut Vec<Note>) {
    let Some(limits) = &mut made.limits else {
        notes.push(
            Note::new(Code::NoTimeLimit, text)
                .expected("公开时限", "a time limit beside the publicity period"),
        );
        return;
    };
    if limits.len() > 1 {
        let all = limits.iter().filter_map(|limit| limit.text.as_ref()).map(Text::as_str).collect::<Vec<_>>();
        notes.push(Note::new(Code::SeveralLimits, text).understood(all.join(" | ")));
    }
    if let Some(first) = limits.first_mut() {
        first.text = Some(Text::new(text));
    }
    for limit in limits.iter_mut() {
        let prevails = limit.text.as_ref().is_some_and(|text| is_rider(text.as_str()));
        limit.other_law_prevails = prevails.then_some(true);
    }
    if is_rider(text) {
        notes.push(Note::new(Code::Rider, text));
    }
}

fn is_rider(text: &str) -> bool {
    text.contains("另有规定") && text.contains("从其")
}

fn read_clause(text: &str, notes: &mut Vec<Note>) -> Clause {
    let outside = pieces::outside(text);
    let found = clause::measure(text);
    if let Some(measure) = found.filter(|_| !is_rider(&outside) || outside.contains("内")) {
        if let Some(period) = publicity(text, &measure) {
            return Clause::Publicity(period);
        }
        if measure.is_limit() || !(outside.contains('每') || is_rider(&outside)) {
            return Clause::Limit(measured(text, &measure, notes));
        }
    }
    if outside.contains("另有规定") || outside.starts_with("从其规定") || outside.starts_with("应从其规定")
    {
        return Clause::Rider;
    }
    let (scope, words) =
        pieces::split_once(text, |c| narrow(c) == ':').map_or((None, text), |(a, b)| (Some(a), b));
    let Some(made) = schedule::periodic(words).or_else(|| schedule::by_words(words)) else {
        return Clause::Words;
    };
    match made.kind {
        TimeLimitKind::AsPrescribed => {
            notes.push(
                Note::new(Code::AsPrescribed, text).expected("写明期限", "the limit that is prescribed"),
            );
        }
        TimeLimitKind::Periodic
        | TimeLimitKind::FixedDate
        | TimeLimitKind::WithEvent
        | TimeLimitKind::BeforeEvent
        | TimeLimitKind::Other => {
            notes.push(Note::new(Code::OtherLimit, text).understood(made.kind.label()));
        }
        _ => {}
    }
    let scope = scope.map(|scope| Text::new(trim_separators(super::names::unnumbered(scope))));
    Clause::Limit(TimeLimit { scope: scope.filter(|scope| !scope.is_empty()), ..made })
}

/// 公示期: a length of time that something stays posted or open, which no 内 ends.
fn publicity(text: &str, measure: &Measure) -> Option<PublicityPeriod> {
    const POSTED: [&str; 10] = [
        "公示",
        "公告",
        "征求意见",
        "听取意见",
        "意见征集",
        "张贴",
        "公开时间",
        "公开期限",
        "公布时间",
        "公布期限",
    ];
    const FILLERS: [&str; 18] = [
        "期限", "时间", "期", "一般", "应当", "应", "不得", "不", "少于", "低于", "至少", "为", "于", "的",
        "须", "时限", "短于", "需",
    ];
    if measure.is_limit() {
        return None;
    }
    let (at, word) = POSTED.iter().filter_map(|word| Some((measure.before.rfind(word)?, *word))).max()?;
    let mut between = trim_separators(&measure.before[at + word.len()..]);
    let at_least = ["不少于", "不得少于", "至少", "不低于", "不得低于", "不得短于"]
        .iter()
        .any(|word| between.contains(word));
    while let Some(rest) = FILLERS.iter().find_map(|word| between.strip_prefix(word)) {
        between = trim_separators(rest);
    }
    let unit = measure.unit.filter(|_| between.is_empty())?;
    Some(PublicityPeriod { count: measure.count, unit, at_least, text: Some(Text::new(text)) })
}

/// A limit with a number.
fn measured(text: &str, measure: &Measure, notes: &mut Vec<Note>) -> TimeLimit {
    let Some(unit) = measure.unit else {
        let note = Note::new(Code::DamagedUnit, text).expected("数字后的单位", "a unit after the number");
        notes.push(note.proposal(text.replacen(
            &format!("{}内", measure.count),
            &format!("{}个工作日内", measure.count),
            1,
        )));
        return limit(TimeLimitKind::Other);
    };
    if measure.damaged {
        notes.push(Note::new(Code::DamagedUnit, text).understood(unit.counted(measure.count)));
    } else if measure.bare {
        notes.push(Note::new(Code::MeasureWord, text).understood(unit.counted(measure.count)));
    }
    if unit == TimeUnit::Day {
        note_once(notes, Note::new(Code::CalendarDays, text).understood(unit.counted(measure.count)));
    }
    let (count, unit) = (Some(measure.count), Some(unit));
    let before = trim_separators(measure.before);
    let (ahead, behind) = (
        before.contains("提前") || before.ends_with('前'),
        measure.after.starts_with('前') || measure.after.starts_with("之前"),
    );
    if ahead || behind {
        notes.push(Note::new(Code::OtherLimit, text).understood(TimeLimitKind::BeforeEvent.label()));
        let event = before.trim_end_matches("提前").trim_end_matches("至少").trim_end_matches('前');
        let (scope, trigger) =
            clause::origin(if before.contains("提前") && !before.ends_with("提前") { "" } else { event });
        return TimeLimit {
            count,
            unit,
            scope: scope.map(Text::new),
            trigger: trigger.map(Text::new),
            ..limit(TimeLimitKind::BeforeEvent)
        };
    }
    let (scope, mut origin) = clause::origin(measure.before);
    if origin.is_none()
        && let Some(reversed) = reversed(measure.after)
    {
        notes.push(Note::new(Code::ReversedLimit, text).understood(reversed));
        origin = Some(reversed);
    }
    if let Some((printed, named)) = origin.and_then(|printed| Some((printed, trigger::named(printed)?))) {
        if printed != named {
            note_once(notes, Note::new(Code::TriggerAlias, printed).understood(named));
        }
        origin = Some(named);
    }
    if origin.is_none() {
        notes.push(
            Note::new(Code::NoTrigger, text)
                .expected("起算点，如 信息形成或者变更之日起", "what the time starts with"),
        );
    }
    TimeLimit {
        count,
        unit,
        scope: scope.map(Text::new),
        trigger: origin.map(Text::new),
        ..limit(TimeLimitKind::Within)
    }
}

/// The starting point in a bracket behind the measure: 20个工作日(自信息形成之日起).
fn reversed(after: &str) -> Option<&str> {
    let at = after.find(|c| narrow(c) == '(')?;
    let open = after[at..].chars().next()?;
    let inside = &after[at + open.len_utf8()..];
    let inside = &inside[..inside.find(|c| narrow(c) == ')')?];
    let starts =
        ["起", "后", "形成", "变更", "产生"].iter().any(|word| inside.contains(word)) && !is_rider(inside);
    if starts { clause::origin(inside).1 } else { None }
}
