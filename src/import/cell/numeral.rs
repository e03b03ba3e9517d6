//! Numerals (数字): Arabic and Chinese, as they stand in time limits, articles and decrees.

use super::glyph::narrow;

/// The most digits of a number, leading zeros among them. Texts are asked at every place whether a number begins there.
const LONGEST: usize = 32;

/// A number at the beginning of `text`, and how many bytes it takes: 20, two full-width digits, 二十, 十五, 两.
///
/// `None` where no number begins there, or one above 9999.
pub fn leading(text: &str) -> Option<(u16, usize)> {
    arabic(text).or_else(|| chinese(text))
}

fn arabic(text: &str) -> Option<(u16, usize)> {
    let digits = run(text, |c| narrow(c).is_ascii_digit())?.chars();
    let (narrowed, bytes) = digits.fold((String::new(), 0), |(all, bytes), c| {
        (all + narrow(c).encode_utf8(&mut [0; 4]), bytes + c.len_utf8())
    });
    let number: u16 = narrowed.parse().ok()?;
    (number <= 9999).then_some((number, bytes))
}

fn chinese(text: &str) -> Option<(u16, usize)> {
    let numerals = run(text, is_numeral)?;
    Some((value(numerals)?, numerals.len()))
}

/// The digits at the beginning of `text`; `None` where they are more than a number has.
fn run(text: &str, digit: impl Fn(char) -> bool) -> Option<&str> {
    let end = text.char_indices().take(LONGEST + 1).find(|(_, c)| !digit(*c));
    match end {
        Some((end, _)) => Some(&text[..end]),
        None => (text.chars().nth(LONGEST).is_none()).then_some(text),
    }
}

/// Whether a character belongs to Chinese numbers.
pub fn is_numeral(c: char) -> bool {
    digit(c).is_some() || power(c).is_some()
}

/// The number that Chinese numerals make, by powers (二十三) or digit by digit (二〇一九); `None` above 9999.
pub fn value(numerals: &str) -> Option<u16> {
    if numerals.is_empty() {
        return None;
    }
    if numerals.chars().all(|c| digit(c).is_some()) {
        return numerals
            .chars()
            .try_fold(0u16, |sum, c| sum.checked_mul(10)?.checked_add(digit(c)?))
            .filter(|n| *n <= 9999);
    }
    let (mut sum, mut last) = (0u16, None);
    for c in numerals.chars() {
        match (digit(c), power(c)) {
            (Some(digit), _) => last = Some(digit),
            (_, Some(power)) => {
                sum = sum.checked_add(last.unwrap_or(1).checked_mul(power)?)?;
                last = None;
            }
            _ => return None,
        }
    }
    sum.checked_add(last.unwrap_or(0)).filter(|n| *n <= 9999)
}

/// The same text with Chinese numbers in digits: 第十六号 is 第16号.
pub fn in_digits(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (number, bytes) = match chinese(rest) {
            Some((number, bytes)) if bytes > 0 => (Some(number), bytes),
            _ => (None, c.len_utf8()),
        };
        match number {
            Some(number) => result.push_str(&number.to_string()),
            None => result.push(c),
        }
        rest = &rest[bytes..];
    }
    result
}

fn digit(c: char) -> Option<u16> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn power(c: char) -> Option<u16> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_scripts() {
        for (text, expected) in [
            ("20个", Some((20, 2))),
            ("\u{ff12}\u{ff10}日", Some((20, 6))),
            ("二十个", Some((20, 6))),
            ("十五日", Some((15, 6))),
            ("一百零三", Some((103, 12))),
            ("两周", Some((2, 3))),
            ("个", None),
            ("123456", None),
            (&"〇".repeat(40), None),
            ("〇〇二", Some((2, 9))),
            ("", None),
        ] {
            assert_eq!(leading(text), expected, "{text}");
        }
        assert_eq!(in_digits("主席令第十六号"), "主席令第16号");
        assert_eq!(in_digits("二〇一九年"), "2019年");
    }
}
