//! 文号: document numbers and decree numbers in their canonical form, 青政办〔2020〕3号, 国务院令第711号.

use super::{
    glyph::{is_han, narrow},
    numeral,
};
use crate::import::finding::{Code, Note};

/// A document number in canonical form, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentNumber {
    /// 文号.
    pub canonical: String,
    /// B3, B4 or W311 where the print differs from it.
    pub notes: Vec<Note>,
}

/// Reads a text that is a document number and nothing else.
pub fn read(text: &str) -> Option<DocumentNumber> {
    let printed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = printed.trim_matches(|c| matches!(narrow(c), ',' | ';' | '、' | '。' | ':'));
    let even: String = plain.chars().map(even).collect();
    let (canonical, code) = standard(plain)
        .map(|number| (number, None))
        .or_else(|| decree(&even).map(|number| (number, Some(Code::DecreeNumber))))
        .or_else(|| with_year(&even).map(|number| (number, Some(Code::NumberBrackets))))
        .or_else(|| lost_bracket(&even).map(|number| (number, Some(Code::LostBracket))))
        .or_else(|| announcement(&even).map(|number| (number, Some(Code::DecreeNumber))))?;
    let differs = canonical != plain || code == Some(Code::LostBracket);
    let note = code.filter(|_| differs).map(|code| Note::new(code, text.trim()).understood(&*canonical));
    Some(DocumentNumber { canonical, notes: note.into_iter().collect() })
}

/// Every kind of bracket as 〔 or 〕, every digit in ASCII.
fn even(c: char) -> char {
    match narrow(c) {
        '(' | '[' | '﹝' | '【' | '{' | '〖' | '［' | '「' => '〔',
        ')' | ']' | '﹞' | '】' | '}' | '〗' | '］' | '」' => '〕',
        c => c,
    }
}

/// 青政办〔2020〕3号, also with a second 号 by mistake, and with 第.
fn with_year(text: &str) -> Option<String> {
    let (issuer, rest) = text.split_once('〔')?;
    let (year, rest) = rest.split_once('〕')?;
    let year = year.trim_end_matches('年');
    let number = rest.trim_end_matches('号');
    let serial = number.strip_prefix('第').unwrap_or(number);
    (is_issuer(issuer) && is_year(year) && is_serial(serial)).then(|| format!("{issuer}〔{year}〕{number}号"))
}

/// 〔201680号, 2016〕80号 and 国办发201980号: the year is the first four digits.
fn lost_bracket(text: &str) -> Option<String> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let issuer = text[..digits].trim_end_matches(['〔', '〕']);
    let rest: String = text[digits..].chars().filter(|c| !matches!(c, '〔' | '〕')).collect();
    let (year, serial) = (rest.get(..4)?, rest.get(4..)?.strip_suffix('号')?);
    let serial = serial.trim_end_matches('号').trim_start_matches('年').trim_start_matches('第');
    let bracket = text.contains(['〔', '〕']);
    let usual = bracket || ["发", "办", "函", "字"].iter().any(|end| issuer.ends_with(end));
    (usual && is_issuer(issuer) && is_year(year) && is_serial(serial))
        .then(|| format!("{issuer}〔{year}〕{serial}号"))
}

/// 国令第711号, 国务院第711号令, 中华人民共和国主席令第十六号: 国务院令第711号, 主席令第16号.
fn decree(text: &str) -> Option<String> {
    let digits = numeral::in_digits(text);
    let digits = digits.trim_end_matches('号').to_owned() + if digits.ends_with('号') { "号" } else { "" };
    let (issuer, number) = match digits.split_once('令') {
        Some((issuer, rest)) if !rest.is_empty() => {
            let number = rest.trim_end_matches('〕').strip_suffix('号')?;
            (issuer, number.trim_start_matches('〔').trim_end_matches('〕'))
        }
        Some((rest, _)) => rest.strip_suffix('号')?.split_once('第')?,
        None => return None,
    };
    let number = number.strip_prefix('第').unwrap_or(number);
    if !is_serial(number) {
        // With a year, 国家发展改革委2017年第10号令: no more than the digits is changed.
        let years = digits.chars().filter(char::is_ascii_digit).count() > 4 && digits.contains('年');
        return (years && is_issuer(issuer.trim_end_matches(|c: char| !is_han(c)))).then_some(digits);
    }
    let issuer = issuer.strip_prefix("中华人民共和国").unwrap_or(issuer);
    let issuer = match issuer {
        "国" => "国务院",
        "国家主席" => "主席",
        issuer => issuer,
    };
    if issuer.ends_with('年') {
        return Some(digits);
    }
    is_issuer(issuer).then(|| format!("{issuer}令第{number}号"))
}

/// 国家税务总局公告2019年第30号.
fn announcement(text: &str) -> Option<String> {
    let (issuer, rest) = text.split_once("公告")?;
    let number = rest.strip_suffix('号')?;
    let plain = number.chars().all(|c| c.is_ascii_digit() || matches!(c, '年' | '第' | '〔' | '〕'));
    (plain && number.chars().any(|c| c.is_ascii_digit()) && is_issuer(issuer)).then(|| text.to_owned())
}

/// GB/T 32939-2016.
fn standard(text: &str) -> Option<String> {
    let kind = ["GB", "DB", "JGJ", "CJJ", "WH", "MZ"].iter().any(|kind| text.starts_with(kind));
    let sound = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.' | ' ' | '—'));
    (kind && sound && text.chars().any(|c| c.is_ascii_digit())).then(|| {
        let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        format!("{} {}", text[..digits].trim(), &text[digits..])
    })
}

fn is_issuer(text: &str) -> bool {
    let length = text.chars().count();
    (1..=24).contains(&length) && text.chars().all(|c| is_han(c) || c == '、' || c.is_ascii_uppercase())
}

fn is_year(text: &str) -> bool {
    text.len() == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_serial(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for (text, expected, codes) in [
            ("青政办〔2020〕3号", Some("青政办〔2020〕3号"), vec![]),
            ("青政办[2020]3号", Some("青政办〔2020〕3号"), vec!["B3"]),
            ("青政办\u{ff08}2020\u{ff09}3号", Some("青政办〔2020〕3号"), vec!["B3"]),
            ("青政办﹝2020﹞3号", Some("青政办〔2020〕3号"), vec!["B3"]),
            ("青政办【2020】3号号", Some("青政办〔2020〕3号"), vec!["B3"]),
            ("国办发〔201680号", Some("国办发〔2016〕80号"), vec!["W311"]),
            ("国办发2016〕80号", Some("国办发〔2016〕80号"), vec!["W311"]),
            ("建房〔2012)84号", Some("建房〔2012〕84号"), vec!["B3"]),
            ("国令第711号", Some("国务院令第711号"), vec!["B4"]),
            ("国务院令第711号", Some("国务院令第711号"), vec![]),
            ("国务院令711号", Some("国务院令第711号"), vec!["B4"]),
            ("国务院第711号令", Some("国务院令第711号"), vec!["B4"]),
            ("中华人民共和国国务院令第711号", Some("国务院令第711号"), vec!["B4"]),
            ("主席令第十六号", Some("主席令第16号"), vec!["B4"]),
            ("中华人民共和国主席令第二十八号", Some("主席令第28号"), vec!["B4"]),
            ("建设部令第162号", Some("建设部令第162号"), vec![]),
            ("国家发展改革委2017年第10号令", Some("国家发展改革委2017年第10号令"), vec![]),
            ("GB/T 32939-2016", Some("GB/T 32939-2016"), vec![]),
            ("国家税务总局公告2019年第30号", Some("国家税务总局公告2019年第30号"), vec![]),
            ("试行", None, vec![]),
            ("2019年修订", None, vec![]),
            ("", None, vec![]),
        ] {
            let found = read(text);
            assert_eq!(found.as_ref().map(|found| found.canonical.as_str()), expected, "{text}");
            let notes = found.map(|found| found.notes).unwrap_or_default();
            assert_eq!(notes.iter().map(|note| note.code.code()).collect::<Vec<_>>(), codes, "{text}");
        }
    }
}
