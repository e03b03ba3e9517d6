//! Characters: their widths, classes and pairs.

/// The ASCII character of a full-width one; every other stays. One character for one, so that places agree.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff61}' => '。',
        '\u{ff64}' => '、',
        _ => c,
    }
}

/// Whether a character is Chinese writing, or punctuation that is only used in it.
pub(crate) fn is_chinese(c: char) -> bool {
    is_han(c)
        || matches!(c, '、' | '。' | '《' | '》' | '〈' | '〉' | '〔' | '〕' | '【' | '】' | '“' | '”')
        || matches!(c, '\u{ff01}'..='\u{ff5e}' | '\u{fe30}'..='\u{fe4f}' | '\u{fe50}'..='\u{fe6f}')
}

/// Whether a character is a Chinese one.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}')
        || matches!(c, '〇' | '々' | '\u{20000}'..='\u{323af}' | '\u{2e80}'..='\u{2fdf}')
}

/// The closing character of an opening bracket or quotation mark, of whatever width.
pub(crate) fn closing(open: char) -> Option<char> {
    Some(match narrow(open) {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '《' => '》',
        '〈' => '〉',
        '〔' => '〕',
        '【' => '】',
        '「' => '」',
        '﹝' => '﹞',
        '“' => '”',
        '‘' => '’',
        '⟪' => '⟫',
        '«' => '»',
        _ => return None,
    })
}

/// 、 ; 。 , and line ends: what may part the elements of a list.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(narrow(c), '、' | ';' | '。' | ',' | '\n')
}

/// Separators, spaces and the like at both ends, which belong to no element.
pub(crate) fn trim_separators(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_separator(c) || matches!(narrow(c), ':' | '.'))
}
