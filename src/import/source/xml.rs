//! XML in the parts of a package: opening tags, closing tags and text, in order and with a bounded depth.
//!
//! A DTD is refused. Office files have none, and without it there are no entities beyond the five of XML itself, so
//! none can grow.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{Refusal, limits, unreadable};

/// A part that is being read.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

/// What comes next. An empty element opens and closes.
pub(super) enum Node<'a> {
    Open(Element<'a>),
    /// The name without its prefix.
    Close(String),
    Text(Cow<'a, str>),
    End,
}

/// An opening tag.
pub(super) struct Element<'a>(BytesStart<'a>);

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Node<'a>, Refusal> {
        loop {
            return Ok(match self.reader.read_event().map_err(|_| damaged())? {
                Event::Start(start) | Event::Empty(start) => {
                    self.depth += 1;
                    if self.depth > limits::XML_DEPTH {
                        let most = limits::XML_DEPTH;
                        return Err(limits::too_large("XML 嵌套层数", "levels of XML", most));
                    }
                    Node::Open(Element(start))
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::Close(end.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().map_err(|_| damaged())?;
                    match character.map(|character| Cow::Owned(character.to_string())) {
                        Some(text) => Node::Text(text),
                        None => Node::Text(Cow::Borrowed(predefined(&reference.into_inner())?)),
                    }
                }
                Event::DocType(_) => {
                    return Err(unreadable(
                        "XML 含 DTD",
                        "the XML has a DTD",
                        "用原软件打开后另存一份再提交",
                    ));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof if self.depth > 0 => return Err(damaged()),
                Event::Eof => Node::End,
            });
        }
    }

    /// Passes over what is in an element that has just been opened, and its closing tag.
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Node::End = self.next()? {
                return Err(damaged());
            }
        }
        Ok(())
    }
}

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        let name = self.0.name().into_inner();
        name.rsplit_once(':').map_or(name, |(_, name)| name)
    }

    /// The value of an attribute, whatever its prefix is; `None` where it is absent or broken.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        // Duplicates are not looked for: that takes quadratic time.
        let mut attributes = self.0.attributes();
        let attribute = attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
        Some(value.into_owned())
    }

    /// An attribute as a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attribute(name)?.trim().parse().ok()
    }
}

fn predefined(name: &str) -> Result<&'static str, Refusal> {
    Ok(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(damaged()),
    })
}

/// E005 for a file that ends too soon, or contradicts itself.
pub(super) fn damaged() -> Refusal {
    unreadable("损坏的文件", "a damaged file", "用原软件打开后另存一份再提交")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::finding::Code;

    fn texts(xml: &str) -> Result<String, Code> {
        let mut xml = Xml::new(xml);
        let mut all = String::new();
        loop {
            match xml.next().map_err(|note| note.code)? {
                Node::Text(text) => all.push_str(&text),
                Node::End => return Ok(all),
                Node::Open(_) | Node::Close(_) => {}
            }
        }
    }

    #[test]
    fn text_is_resolved_and_lines_are_parted_by_lf() {
        assert_eq!(texts("<a>1 &lt; 2\r\n<b/><![CDATA[<c>]]>&#x4e00;</a>").as_deref(), Ok("1 < 2\n<c>一"));
    }

    #[test]
    fn entities_of_a_dtd_do_not_grow() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        assert_eq!(texts(bomb), Err(Code::Unreadable));
        assert_eq!(texts("<a>&c;</a>"), Err(Code::Unreadable));
    }

    #[test]
    fn depth_is_bounded_and_the_end_must_come() {
        let deep = |levels| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert_eq!(texts(&deep(limits::XML_DEPTH)), Ok(String::new()));
        assert_eq!(texts(&deep(limits::XML_DEPTH + 1)), Err(Code::TooLarge));
        assert_eq!(texts("<a><b>"), Err(Code::Unreadable));
    }
}
