//! The text of a document before it is parsed. The parser goes down for every bracket and keeps a node for every token,
//! so both are counted first, by a pass that does neither.

use super::{
    bound::{DIRECTIVES, DOCUMENT_BYTES, LITERAL_BYTES, NAME_BYTES, NESTING, SPREADS, TOKENS},
    refusal::Refusal,
};
use crate::config::Limits;

/// Refuses a text that is too long, has too many tokens or too large ones, or opens too many brackets one in another;
/// and what can be told by its first character alone. Whatever else is wrong with it the parser says. How many tokens it
/// has.
pub(super) fn check(text: &str, limits: &Limits) -> Result<u64, Refusal> {
    DOCUMENT_BYTES.hold(text.len() as u64, limits.document_bytes)?;
    let (mut tokens, mut open, mut spreads, mut directives) = (0u64, 0u64, 0u64, 0u64);
    let mut rest = text.as_bytes();
    while let Some(first) = rest.first() {
        let length = match first {
            b' ' | b'\t' | b',' | b'\n' | b'\r' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                rest = &rest[until(rest, |byte| matches!(byte, b'\n' | b'\r'))..];
                continue;
            }
            b'"' => text_length(rest).ok_or_else(|| {
                Refusal::bad("字符串没有结束引号", "a text in quotation marks does not end")
            })?,
            b'{' | b'[' | b'(' => {
                open += 1;
                NESTING.hold(open, limits.nesting)?;
                1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                1
            }
            b'.' if rest.starts_with(b"...") => {
                spreads += 1;
                3
            }
            b'@' => {
                directives += 1;
                1
            }
            byte if byte.is_ascii_alphabetic() || *byte == b'_' => {
                let length = until(rest, |byte| !byte.is_ascii_alphanumeric() && byte != b'_');
                NAME_BYTES.hold(length as u64, limits.name_bytes)?;
                length
            }
            byte if byte.is_ascii_digit() || *byte == b'-' => {
                1 + until(&rest[1..], |byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'+'))
            }
            // The rest of a character of several bytes belongs to its first.
            _ => 1 + until(&rest[1..], |byte| byte & 0xC0 != 0x80),
        };
        LITERAL_BYTES.hold(length as u64, limits.literal_bytes)?;
        tokens += 1;
        rest = &rest[length..];
    }
    TOKENS.hold(tokens, limits.tokens)?;
    SPREADS.hold(spreads, limits.spreads)?;
    DIRECTIVES.hold(directives, limits.directives)?;
    Ok(tokens)
}

/// How many bytes come before one of a kind.
fn until(text: &[u8], is: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|byte| is(*byte)).unwrap_or(text.len())
}

/// How long the text in quotation marks is that begins here; `None` where it does not end. The parser would take an
/// open block string for an empty text and read on within it, past what is counted here.
fn text_length(text: &[u8]) -> Option<usize> {
    let block = text.starts_with(br#"""""#);
    let mut place = if block { 3 } else { 1 };
    loop {
        let rest = text.get(place..)?;
        place += match (block, rest.first()?) {
            (true, b'"') if rest.starts_with(br#"""""#) => return Some(place + 3),
            (true, b'\\') if rest.starts_with(br#"\""""#) => 4,
            (false, b'"') => return Some(place + 1),
            (false, b'\n' | b'\r') => return None,
            (false, b'\\') => 2,
            _ => 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text passes where only so many tokens may be.
    fn passes(text: &str, tokens: u64) -> bool {
        check(text, &Limits { tokens, ..Limits::default() }).is_ok()
    }

    #[test]
    fn tokens_are_those_of_the_specification() {
        for (text, tokens) in [
            ("{ a }", 3),
            ("query Q($x: [Int!]! = -1.5e+3) { a(b: $x) @c...D }", 27),
            (r#"{ a(b: "c } \" d", e: """f " \""" { g""") }"#, 11),
            ("{ a # } } }\n }", 3),
            ("\u{FEFF}{ 事项 }", 5),
        ] {
            assert!(passes(text, tokens) && !passes(text, tokens - 1), "{text}");
        }
    }

    #[test]
    fn texts_without_an_end_are_refused() {
        for text in [r#"{ a(b: "c) }"#, "{ a(b: \"c\n\") }", r#"{ a(b: """c" [[[[) }"#, r#"{ a(b: "c\"#] {
            assert!(!passes(text, 100), "{text}");
        }
    }
}
