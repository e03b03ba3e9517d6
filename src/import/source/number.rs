//! Numbers as a person sees them in a spreadsheet: 3 and not 3.0, a date and not 43831, 0505 where the format says so.

use chrono::{Days, NaiveDate};

/// What a number format (数字格式) makes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it is, without digits that only the machine sees.
    Plain,
    /// As a date, a time of the day, or both.
    Date,
    /// With leading zeros to so many digits.
    Padded(usize),
    /// With so many decimals.
    Decimals(usize),
    /// As a percentage with so many decimals.
    Percent(usize),
}

impl Shown {
    /// A format that every workbook knows by its number.
    pub(super) fn builtin(id: u32) -> Self {
        match id {
            1 | 3 | 37 | 38 => Self::Decimals(0),
            2 | 4 | 39 | 40 => Self::Decimals(2),
            9 => Self::Percent(0),
            10 => Self::Percent(2),
            // 27 to 36 and 50 to 58 are dates in East Asian versions of Excel.
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            _ => Self::Plain,
        }
    }

    /// A format by its code, such as `0000` or `yyyy"年"m"月"`. Codes that are not understood show the number plainly.
    pub(super) fn of(code: &str) -> Self {
        let section = letters(code);
        let places = |digits: &str| {
            let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
            let zeros = |digits: &str| digits.bytes().all(|byte| byte == b'0');
            (!whole.is_empty() && zeros(whole) && zeros(decimals)).then_some((whole.len(), decimals.len()))
        };
        if section.contains(['y', 'm', 'd', 'h', 's', '年', '月', '日']) {
            return Self::Date;
        }
        let percent = section.strip_suffix('%').and_then(places);
        match (places(&section), percent) {
            (Some((1, decimals)), _) => Self::Decimals(decimals),
            (Some((whole, 0)), _) => Self::Padded(whole),
            (_, Some((_, decimals))) => Self::Percent(decimals),
            _ => Self::Plain,
        }
    }

    /// The text of a number. Dates of the year 1904 on are those of old Macs.
    pub(super) fn text(self, value: f64, from_1904: bool) -> String {
        if !value.is_finite() {
            return String::new();
        }
        match self {
            Self::Date => date(value, from_1904).unwrap_or_else(|| plain(value)),
            Self::Padded(digits) if value.fract() == 0.0 && value >= 0.0 => {
                format!("{:0>digits$}", plain(value), digits = digits.min(40))
            }
            Self::Decimals(decimals) => format!("{value:.decimals$}", decimals = decimals.min(15)),
            Self::Percent(decimals) => format!("{:.decimals$}%", value * 100.0, decimals = decimals.min(15)),
            _ => plain(value),
        }
    }
}

/// The first section of a format without quoted words, escapes and brackets, in lower case.
fn letters(code: &str) -> String {
    let mut section = String::new();
    let mut characters = code.chars().take(256);
    while let Some(character) = characters.next() {
        match character {
            '"' => while characters.next().is_some_and(|next| next != '"') {},
            '[' => while characters.next().is_some_and(|next| next != ']') {},
            '\\' | '_' | '*' => {
                characters.next();
            }
            ';' => break,
            character => section.extend(character.to_lowercase()),
        }
    }
    section.trim().to_owned()
}

fn plain(value: f64) -> String {
    // 0.1 + 0.2 is stored as 0.30000000000000004; Excel keeps 15 digits.
    let rounded = format!("{value:.14e}").parse::<f64>().unwrap_or(value);
    if rounded == 0.0 {
        return "0".to_owned();
    }
    let size = rounded.abs();
    if (1e-9..1e15).contains(&size) { format!("{rounded}") } else { format!("{rounded:e}") }
}

fn date(value: f64, from_1904: bool) -> Option<String> {
    let seconds = (value * 86_400.0).round();
    if !(0.0..=2_958_466.0 * 86_400.0).contains(&seconds) {
        return None;
    }
    // In range by the line above.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    let seconds = seconds as u64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = match (rest / 3600, rest / 60 % 60, rest % 60) {
        (hours, minutes, 0) => format!("{hours:02}:{minutes:02}"),
        (hours, minutes, seconds) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    };
    if days == 0 && !from_1904 {
        return Some(time);
    }
    let epoch = match (from_1904, days) {
        (true, _) => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        // Lotus 1-2-3 took 1900 for a leap year, and Excel kept its day 60.
        (false, ..60) => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        (false, _) => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let day = epoch.checked_add_days(Days::new(days))?;
    Some(if rest == 0 { day.to_string() } else { format!("{day} {time}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_they_are_seen() {
        let plain = [3.0, 0.1 + 0.2, 1.5, -2.0, 1e21, 20_230_101.0, 0.0];
        let texts = plain.map(|value| Shown::Plain.text(value, false));
        assert_eq!(texts, ["3", "0.3", "1.5", "-2", "1e21", "20230101", "0"]);
        assert_eq!(Shown::of("0000").text(505.0, false), "0505");
        assert_eq!(Shown::of("0.00").text(1.5, false), "1.50");
        assert_eq!(Shown::of("0%").text(0.25, false), "25%");
        assert_eq!(Shown::builtin(14).text(43_831.0, false), "2020-01-01");
        assert_eq!(Shown::builtin(22).text(43_831.75, false), "2020-01-01 18:00");
        assert_eq!(Shown::builtin(14).text(59.0, false), "1900-02-28");
        assert_eq!(Shown::builtin(14).text(61.0, false), "1900-03-01");
        assert_eq!(Shown::builtin(14).text(42_369.0, true), "2020-01-01");
        assert_eq!(Shown::builtin(20).text(0.5, false), "12:00");
        assert_eq!(Shown::builtin(14).text(1e300, false), "1e300");
    }

    #[test]
    fn formats_are_told_by_their_letters() {
        let date = ["yyyy\"年\"m\"月\"d\"日\";@", "[$-804]yyyy/m/d", "m-d", "yyyy年m月", "h:mm"];
        assert!(date.iter().all(|code| Shown::of(code) == Shown::Date));
        let plain = [
            "General",
            "G/通用格式",
            "@",
            "#,##0_ ",
            "\"第\"0\"day\"",
            "0_);[Red]\\(0\\)",
            "[DBNum1]General",
        ];
        let kinds = plain.map(Shown::of);
        assert!(kinds.iter().all(|kind| matches!(kind, Shown::Plain | Shown::Decimals(0))), "{kinds:?}");
    }
}
