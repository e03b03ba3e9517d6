//! HTML as tags and text. Browsers accept anything, so nothing here is an error.
//!
//! Everything advances through the page once. A tree builder would be closer to the standard where tags overlap, but
//! its time grows with the square of the depth and of the open formatting tags; and a table needs no tree.

use std::borrow::Cow;

/// What a page is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open(Tag<'a>),
    /// The name, in lower case.
    Close(String),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: String,
    attributes: &'a str,
}

/// Elements whose content is no markup; and nothing of it is seen on the page.
const RAW: [&str; 8] = ["script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes"];

/// The tokens of a page.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Self { rest: page }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    /// Drops what goes on to the end of `word`, or all.
    fn drop_to(&mut self, word: &str) {
        let end = self.rest.find(word).map_or(self.rest.len(), |start| start + word.len());
        self.take(end);
    }

    /// The tag that begins here.
    fn tag(&mut self) -> Tag<'a> {
        let ends = |character: char| character.is_ascii_whitespace() || matches!(character, '/' | '>');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let name = self.take(end).to_ascii_lowercase();
        let end = tag_end(self.rest);
        let attributes = self.take(end);
        self.take(usize::from(!self.rest.is_empty()));
        Tag { name, attributes }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(markup) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(Token::Text(self.take(end)));
            };
            let letter = |text: &str| text.starts_with(|character: char| character.is_ascii_alphabetic());
            if letter(markup) {
                self.take(1);
                let tag = self.tag();
                if RAW.contains(&tag.name.as_str()) {
                    let end = closing(self.rest, &tag.name);
                    self.take(end);
                }
                return Some(Token::Open(tag));
            } else if markup.strip_prefix('/').is_some_and(letter) {
                self.take(2);
                return Some(Token::Close(self.tag().name));
            } else if let Some(comment) = markup.strip_prefix("!--") {
                // `<!-->` is a comment too.
                if comment.starts_with('>') { self.drop_to(">") } else { self.drop_to("-->") }
            } else if markup.starts_with(['!', '?', '/']) {
                // Declarations, and what Word puts around its own: `<![if !supportEmptyParas]>`, `<?xml:namespace>`.
                self.drop_to(">");
            } else {
                return Some(Token::Text(self.take(1)));
            }
        }
    }
}

/// Where the tag ends: at the first `>` outside of quotes that follow a `=`.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    let mut value = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at,
            (None, b'"' | b'\'') if value => quote = Some(byte),
            (None, b'=') => value = true,
            (None, byte) => value &= byte.is_ascii_whitespace(),
        }
    }
    text.len()
}

/// Where the closing tag of a raw element begins.
fn closing(text: &str, name: &str) -> usize {
    let closes = |start: usize| {
        let after = &text.as_bytes()[start + 2..];
        after.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
    };
    text.match_indices("</").map(|(start, _)| start).find(|start| closes(*start)).unwrap_or(text.len())
}

impl<'a> Tag<'a> {
    /// The value of an attribute, its entities left; `Some("")` for one without a value.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            rest = rest
                .trim_start_matches(|character: char| character.is_ascii_whitespace() || character == '/');
            if rest.is_empty() {
                return None;
            }
            let ends = |character: char| character.is_ascii_whitespace() || matches!(character, '/' | '=');
            // A `=` that begins a name is part of it; so a step always goes forward.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest[first..].find(ends).map_or(rest.len(), |end| first + end);
            let (name, after) = rest.split_at(end);
            let (value, after) = match after.trim_ascii_start().strip_prefix('=') {
                Some(value) => split_value(value.trim_ascii_start()),
                None => ("", after),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
            rest = after;
        }
    }

    /// Whether a browser shows nothing of the element.
    pub(super) fn hidden(&self) -> bool {
        if self.attribute("hidden").is_some() {
            return true;
        }
        let Some(style) = self.attribute("style") else { return false };
        let style: String = style.chars().filter(|character| !character.is_whitespace()).collect();
        let style = style.to_ascii_lowercase();
        let ends = |rest: &str| rest.is_empty() || rest.starts_with([';', '!']);
        ["display:none", "visibility:hidden"].iter().any(|rule| {
            let found = |(start, _): (usize, &str)| {
                ends(&style[start + rule.len()..]) && (start == 0 || style[..start].ends_with(';'))
            };
            style.match_indices(rule).any(found)
        })
    }
}

fn split_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(value) = text.strip_prefix(quote) {
            return value.split_once(quote).unwrap_or((value, ""));
        }
    }
    text.split_at(text.find(|character: char| character.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// Resolves the entities of a text; one that is none stays as it is.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        let entity = &rest[start + 1..];
        let name = entity.find(|character: char| !character.is_ascii_alphanumeric() && character != '#');
        // No name is longer than this, and a long run of letters is looked at once only.
        let name = &entity[..name.unwrap_or(entity.len()).min(40)];
        let closed = entity[name.len()..].starts_with(';');
        let resolved = match name.strip_prefix('#') {
            Some(number) => numeric(number),
            None => named(name, closed),
        };
        match resolved {
            Some(character) => {
                plain.push_str(&character);
                rest = &entity[name.len() + usize::from(closed)..];
            }
            None => {
                plain.push('&');
                rest = entity;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn numeric(number: &str) -> Option<Cow<'static, str>> {
    let number = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    match u8::try_from(number) {
        // Old pages mean the bytes of Windows-1252.
        Ok(byte @ 0x80..=0x9f) => encoding_rs::WINDOWS_1252
            .decode_without_bom_handling_and_without_replacement(&[byte])
            .map(|text| Cow::Owned(text.into_owned())),
        _ => char::from_u32(number).filter(|it| *it != '\0').map(|it| Cow::Owned(it.to_string())),
    }
}

fn named(name: &str, closed: bool) -> Option<Cow<'static, str>> {
    // Those few that browsers resolve without the semicolon.
    let open = ["nbsp", "lt", "gt", "amp", "quot", "copy", "middot", "times"];
    (closed || open.contains(&name))
        .then(|| quick_xml::escape::resolve_html5_entity(name))
        .flatten()
        .map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(page: &str) -> Vec<String> {
        let name = |token| match token {
            Token::Text(text) => text.to_owned(),
            Token::Open(tag) => format!("<{}>", tag.name),
            Token::Close(name) => format!("</{name}>"),
        };
        Tokens::new(page).map(name).collect()
    }

    #[test]
    fn markup_is_taken_apart_as_browsers_do() {
        let page =
            "a<TD title='x>y' x=a\"b>1 < 2<!-- <td> --><![if !a]>3<br/><script>\"</td>\"</SCRIPT ></td\n>";
        let tokens = ["a", "<td>", "1 ", "<", " 2", "3", "<br>", "<script>", "</script>", "</td>"];
        assert_eq!(names(page), tokens);
        assert_eq!(names("<td a='x"), ["<td>"]);
        assert_eq!(names("<!--a"), Vec::<String>::new());
        assert_eq!(names("<script>a"), ["<script>"]);
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let Some(Token::Open(tag)) =
            Tokens::new("<td ROWSPAN = 2 =x colspan='3' nowrap/ style=\"a\">").next()
        else {
            panic!("a tag");
        };
        let found = ["rowspan", "colspan", "nowrap", "style", "span"].map(|name| tag.attribute(name));
        assert_eq!(found, [Some("2"), Some("3"), Some(""), Some("a"), None]);
    }

    #[test]
    fn hidden_elements_are_told_by_their_style() {
        let hidden = |attributes| Tag { name: "p".to_owned(), attributes }.hidden();
        assert!(hidden("style='color:red; DISPLAY : none'") && hidden("style=display:none!important"));
        assert!(hidden("hidden") && !hidden("style='x-display:none'") && !hidden("style='display:none-x'"));
    }

    #[test]
    fn entities_are_resolved() {
        assert_eq!(unescape("a&nbsp;&lt&#12298;&#x300b;&#150;&hellip;"), "a\u{a0}<《》–…");
        assert_eq!(unescape("AT&T &foo; & &#xffffffff; &#0;"), "AT&T &foo; & &#xffffffff; &#0;");
    }
}
