//! From bytes to text, without a guess: an encoding is taken only if every byte fits it.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Refusal, xml};
use crate::import::finding::{Code, Note};

/// Text, and the name that IANA gives its encoding.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: &'static str,
}

/// Decodes the text of a whole file: by its byte order mark, as UTF-8, by what a page says of itself, or as GB18030,
/// of which GBK and GB 2312 are parts.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return exactly(encoding, &bytes[mark..]).ok_or_else(undecodable);
    }
    if bytes.contains(&0) {
        // The line feeds and digits of UTF-16 are what brings in NUL bytes: behind the character, or before it.
        let odd = bytes.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
        let even = bytes.iter().step_by(2).filter(|byte| **byte == 0).count();
        let encoding = if odd > even { UTF_16LE } else { UTF_16BE };
        return exactly(encoding, bytes).ok_or_else(undecodable);
    }
    if let Some(decoded) = exactly(UTF_8, bytes) {
        return Ok(decoded);
    }
    if let Some(decoded) = declared(bytes).and_then(|encoding| exactly(encoding, bytes)) {
        return Ok(decoded);
    }
    if damaged_utf8(bytes) {
        return Err(undecodable());
    }
    exactly(GB18030, bytes).filter(|decoded| plausible(&decoded.text)).ok_or_else(undecodable)
}

/// The text of an XML part, which is in UTF-8 or, with a byte order mark, in UTF-16.
pub(super) fn xml(bytes: Vec<u8>) -> Result<String, Refusal> {
    match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) => {
            let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]);
            text.map(Into::into).ok_or_else(xml::damaged)
        }
        None => String::from_utf8(bytes).map_err(|_| xml::damaged()),
    }
}

/// The text if all of it fits the encoding and reads as text: a stray control character may be residue, many are not.
fn exactly(encoding: &'static Encoding, bytes: &[u8]) -> Option<Decoded> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let control = |character: &char| character.is_control() && !matches!(character, '\t'..='\r' | '\u{85}');
    let controls = text.chars().filter(control).count();
    (controls * 500 <= text.len()).then(|| Decoded { text: text.into_owned(), encoding: encoding.name() })
}

/// What a page or an XML file says of itself in its first lines.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes[..bytes.len().min(4096)].to_ascii_lowercase();
    ["charset=", "encoding="].iter().find_map(|word| {
        let after = start.windows(word.len()).position(|window| window == word.as_bytes())? + word.len();
        let label = start[after..].iter().skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '));
        let label = label.take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
        // Every GB 2312 page is in fact in GBK, and GB18030 has all of it.
        Encoding::for_label(&label.copied().collect::<Vec<_>>()).map(|encoding| match encoding.name() {
            "GBK" => GB18030,
            _ => encoding,
        })
    })
}

/// Whether this was UTF-8 before a byte was lost. Read as GB18030, it would be another text altogether.
fn damaged_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > broken * 2
}

/// Whether this is Chinese rather than another encoding that happens to fit: those give characters for private use.
fn plausible(text: &str) -> bool {
    let other = text.chars().filter(|character| !character.is_ascii()).count();
    let private = text.chars().filter(|character| matches!(character, '\u{e000}'..='\u{f8ff}')).count();
    private * 20 <= other
}

fn undecodable() -> Refusal {
    let note = Note::new(Code::Undecodable, "")
        .expected("UTF-8、UTF-16 或 GB18030 编码的文本", "text in UTF-8, UTF-16 or GB18030")
        .proposal("另存为 UTF-8 编码");
    Box::new(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> Result<(String, &'static str), Code> {
        decode(bytes).map(|decoded| (decoded.text, decoded.encoding)).map_err(|note| note.code)
    }

    fn utf16(text: &str, swap: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn text_is_the_same_in_every_encoding() {
        let text = "序号,公开事项\n1,资金信息\n";
        let own = |encoding| Ok((text.to_owned(), encoding));
        assert_eq!(name(text.as_bytes()), own("UTF-8"));
        assert_eq!(name(format!("\u{feff}{text}").as_bytes()), own("UTF-8"));
        assert_eq!(name(&utf16(text, false)), own("UTF-16LE"));
        assert_eq!(name(&utf16(text, true)), own("UTF-16BE"));
        assert_eq!(name(&utf16(&format!("\u{feff}{text}"), true)), own("UTF-16BE"));
        assert_eq!(name(&GB18030.encode(text).0), own("gb18030"));
    }

    #[test]
    fn a_page_may_name_its_encoding() {
        let page = "<meta charset=\"Big5\"><p>公開事項</p>";
        assert_eq!(name(&encoding_rs::BIG5.encode(page).0), Ok((page.to_owned(), "Big5")));
        let page = "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>公开事项";
        assert_eq!(name(&GB18030.encode(page).0), Ok((page.to_owned(), "gb18030")));
    }

    #[test]
    fn what_fits_nothing_is_refused() {
        let mut damaged = "公开事项、公开内容、公开依据、公开时限".as_bytes().to_vec();
        damaged.remove(10);
        assert_eq!(name(&damaged), Err(Code::Undecodable));
        assert_eq!(name(&[0xff, 0x81, 0x00, 0x30, 0xd8]), Err(Code::Undecodable));
        assert_eq!(name(b"\x01\x02\x03\x04\x05\x06"), Err(Code::Undecodable));
    }
}
