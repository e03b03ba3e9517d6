//! 公开依据: the citations of a cell.
//!
//! A citation's `text` is its wording as printed, marks, number and article included; `title`, `documentNumber` and
//! `article` are what was understood of it. A title in a title has 〈〉.

use super::{
    Reading,
    citation::{self, Atom, What},
    clean, document_number,
    draft::{self, Draft, citation_of, inner_marks},
    glyph::{is_separator, narrow, trim_separators},
    note_once,
};
use crate::{
    catalogue::{content::BasisCitation, legal_basis::LegalKind},
    import::{
        finding::{Code, Note},
        vocabulary::Vocabulary,
    },
};

/// What a cell under 公开依据 says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// 公开依据, in the order of the table.
    pub citations: Vec<BasisCitation>,
    /// Whether it names more without naming them: 等, 及相关规定.
    pub open_ended: bool,
}

/// Reads one cell.
pub fn read(raw: &str, vocabulary: &Vocabulary) -> Reading<Basis> {
    clean::spaced(raw).and_then(|text| {
        let text = unwrapped(&text);
        let mut reader = Reader {
            text: &text,
            vocabulary,
            made: Basis::default(),
            notes: Vec::new(),
            draft: None,
            kind: None,
            fresh: true,
            line: false,
        };
        let atoms = citation::atoms(&text);
        for (i, atom) in atoms.iter().enumerate() {
            reader.take(atom, i.checked_sub(1).and_then(|before| atoms.get(before)));
        }
        reader.flush();
        let Reader { made, notes, .. } = reader;
        let value = (!made.citations.is_empty()).then_some(made);
        Reading { value, notes }
    })
}

/// Line ends and spaces inside of brackets and titles go, but for those between the departments that issue together.
fn unwrapped(text: &str) -> String {
    let depths = super::pieces::depths(text);
    let chars: Vec<char> = text.chars().collect();
    let mut result = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let depth = depths.get(i).copied().unwrap_or(0);
        let (before, rest) = (chars[..i].last().copied().unwrap_or(' '), &chars[i + 1..]);
        let joint = c == ' ' && is_department(before) && {
            let word = rest.iter().take_while(|c| !c.is_whitespace() && !matches!(c, '关' | '印'));
            let (length, last) = word.fold((0, ' '), |(length, _), c| (length + 1, *c));
            length > 1 && is_department(last)
        };
        let latin = before.is_ascii_alphanumeric() && rest.first().is_some_and(char::is_ascii_alphanumeric);
        match c {
            ' ' if joint || latin => result.push(' '),
            ' ' => {}
            '\n' if depth > 0 => {}
            c => result.push(c),
        }
    }
    result
}

/// What names of departments end with.
fn is_department(c: char) -> bool {
    "部委局院署厅办会行府".contains(c)
}

struct Reader<'t> {
    text: &'t str,
    vocabulary: &'t Vocabulary,
    made: Basis,
    notes: Vec<Note>,
    draft: Option<Draft>,
    kind: Option<LegalKind>,
    /// Whether a separator was passed since the last part of the draft.
    fresh: bool,
    /// Whether that was the end of a line.
    line: bool,
}

impl<'t> Reader<'t> {
    fn take(&mut self, atom: &Atom<'t>, before: Option<&Atom<'t>>) {
        match atom.what {
            What::Separator(c) => self.separator(c),
            What::Tag(words) => self.tag(atom, words),
            What::Title(title) => self.title(atom, title, false, before),
            What::Torn(title) => self.title(atom, title, true, before),
            What::Bracket(inside) => self.bracket(atom, inside),
            What::Words(words) => self.words(atom, words),
        }
    }

    fn separator(&mut self, c: char) {
        let quoting = self.draft.as_ref().is_some_and(|draft| draft.quotation.is_some());
        // A number or an article may stand on a line of its own below its title.
        if c == ';' && !quoting {
            self.flush();
        }
        self.fresh = true;
        self.line = c == '\n' || (self.line && c != '、');
    }

    fn tag(&mut self, atom: &Atom, words: &str) {
        let kind = match words {
            "法律" => Some(LegalKind::Law),
            "法规" | "行政法规" | "地方性法规" | "法律法规" => Some(LegalKind::Regulation),
            "规章" | "部门规章" | "地方政府规章" | "政府规章" => Some(LegalKind::Rule),
            "规范性文件" | "政策文件" | "文件" => Some(LegalKind::NormativeDocument),
            // Two kinds in one: which of them, only the document itself could tell.
            "部门规章及规范性文件" | "规章及规范性文件" | "其他" => None,
            _ => return self.extend(atom.end),
        };
        self.flush();
        self.kind = kind;
        self.notes.push(Note::new(Code::BasisKind, words));
    }

    fn title(&mut self, atom: &Atom, title: &str, torn: bool, before: Option<&Atom>) {
        if title.is_empty() {
            return;
        }
        let quoted = self.draft.as_ref().is_some_and(|draft| draft.quotation.is_some()) && !self.fresh;
        if quoted {
            return self.extend(atom.end);
        }
        // 国务院办公厅《…》: the issuer stands before its title.
        let issuer = !self.fresh
            && self.draft.as_ref().is_some_and(|draft| draft.title.is_none() && draft.words.is_some());
        if !issuer {
            self.flush();
            if matches!(before, Some(Atom { what: What::Title(_) | What::Bracket(_), .. })) {
                note_once(&mut self.notes, Note::new(Code::JoinedTitles, self.text));
            }
        }
        let nested = title.contains(['《', '<', '〈', '\u{ff1c}']);
        if nested {
            note_once(&mut self.notes, Note::new(Code::NestedTitles, title).understood(inner_marks(title)));
        }
        let start = self.text[..atom.start].len();
        let kind = self.kind;
        let draft = self.draft.get_or_insert_with(|| Draft { start, kind, ..Draft::default() });
        (draft.title, draft.torn, draft.end, draft.words) = (Some(inner_marks(title)), torn, atom.end, None);
        self.fresh = false;
    }

    fn bracket(&mut self, atom: &Atom, inside: &str) {
        if let Some(number) = document_number::read(inside) {
            return self.number(atom, number);
        }
        let history = ["通过", "修正", "修订", "修改", "公布", "发布", "施行", "起实施"]
            .iter()
            .any(|word| inside.contains(word));
        if history && inside.contains('年') && self.draft.is_some() {
            self.notes.push(Note::new(Code::AmendmentHistory, inside));
        } else if let Some(length) = citation::articles(inside).filter(|length| *length == inside.len()) {
            self.article(&inside[..length]);
        }
        self.extend(atom.end);
    }

    fn number(&mut self, atom: &Atom, number: document_number::DocumentNumber) {
        self.notes.extend(number.notes);
        let fits =
            self.draft.as_ref().is_some_and(|draft| draft.number.is_none() && draft.quotation.is_none());
        if !fits {
            self.flush();
        }
        let (start, kind) = (atom.start, self.kind);
        let draft = self.draft.get_or_insert_with(|| Draft { start, kind, ..Draft::default() });
        (draft.number, draft.end) = (Some(number.canonical), atom.end);
        self.fresh = false;
    }

    fn article(&mut self, words: &str) {
        if let Some(draft) = &mut self.draft {
            let known = draft.article.take();
            draft.article = Some(known.map_or_else(|| words.to_owned(), |known| format!("{known}、{words}")));
        }
    }

    fn extend(&mut self, end: usize) {
        if let Some(draft) = &mut self.draft {
            draft.end = end;
            self.fresh = false;
        }
    }

    fn words(&mut self, atom: &Atom<'t>, words: &'t str) {
        if is_bullet(words) {
            self.flush();
            return;
        }
        if matches!(words, "和" | "及" | "以及" | "与" | "或" | "依据" | "根据") {
            return self.separator('、');
        }
        let plain = super::names::unnumbered(super::bullets::unbulleted(words));
        let start = atom.end - plain.len();
        let (start, plain) =
            if self.text.get(start..atom.end) == Some(plain) { (start, plain) } else { (atom.start, words) };
        if start > atom.start && !self.is_quoting() {
            self.flush();
        }
        if let Some(length) = citation::articles(plain) {
            return self.articles(start, plain, length);
        }
        if self.is_quoting() {
            // The text of an article ends where a line begins with the name of a law.
            let named = self.vocabulary.law(plain).is_some() || draft::is_title(plain);
            if !(named && self.line) {
                return self.extend(atom.end);
            }
            self.flush();
        }
        if let Some(number) = document_number::read(plain) {
            return self.number(&Atom { start, ..*atom }, number);
        }
        if let Some(open) = open_phrase(plain) {
            return self.open(start, plain, open);
        }
        if self.draft.is_some() && !self.fresh {
            return self.extend(atom.end);
        }
        self.flush();
        let words = Some((start, atom.end));
        self.draft = Some(Draft { start, end: atom.end, words, kind: self.kind, ..Draft::default() });
        self.fresh = false;
    }

    fn is_quoting(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.quotation.is_some())
    }

    /// 第七条, and the text of the article where it was copied too.
    fn articles(&mut self, start: usize, words: &str, length: usize) {
        let kind = self.kind;
        let draft = self.draft.get_or_insert_with(|| Draft { start, kind, ..Draft::default() });
        draft.end = start + words.len();
        let rest = trim_separators(
            words[length..]
                .trim_start_matches("规定")
                .trim_start_matches("之规定")
                .trim_start_matches("的规定"),
        );
        if !rest.is_empty() && draft.quotation.is_none() {
            draft.quotation = Some(start + length);
        }
        self.fresh = false;
        self.article(&words[..length]);
    }

    /// 及相关规定: more, of which no document is named.
    fn open(&mut self, start: usize, words: &str, open: Open) {
        let attached = self.draft.is_some() && !self.fresh;
        self.made.open_ended = true;
        match open {
            Open::Others => {
                self.notes.push(Note::new(Code::OpenEnded, words));
                if !attached {
                    self.flush();
                }
            }
            Open::Vague => {
                self.notes.push(
                    Note::new(Code::OpenBasis, words).expected("写明文件名称", "the name of a document"),
                );
                if attached {
                    return self.extend(start + words.len());
                }
                self.flush();
                self.made.citations.push(citation_of(words));
            }
        }
    }

    /// Puts the draft among the citations.
    fn flush(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        self.fresh = true;
        self.made.citations.extend(draft.finish(self.text, self.vocabulary, &mut self.notes));
    }
}

/// A number with its point and nothing else: 2. between two titles.
fn is_bullet(words: &str) -> bool {
    let numeral = |c: char| narrow(c).is_ascii_digit() || super::numeral::is_numeral(c);
    let sign = |c: char| numeral(c) || matches!(narrow(c), '.' | '、' | ')' | '(');
    words.chars().all(|c| sign(c) || is_separator(c)) || super::bullets::unbulleted(words).is_empty()
}

enum Open {
    /// 等.
    Others,
    /// Words that name no document.
    Vague,
}

/// What words begin with that name a sort of document, and what they end with.
const VAGUE: [&str; 11] =
    ["其他", "各地", "各级", "国家", "法律", "法规", "信息公开规定", "规章", "政策", "文件", "上级"];
const NAMED: [&str; 9] = ["规定", "法律", "法规", "政策", "文件", "规章", "制度", "要求", "办法"];

/// Whether words say that there is more: 等, 及相关规定, 等法律法规, 相关政策文件.
fn open_phrase(words: &str) -> Option<Open> {
    if words == "等" || words == "等等" {
        return Some(Open::Others);
    }
    let rest = ["等", "及其", "以及", "及", "和", "与"]
        .iter()
        .find_map(|word| words.strip_prefix(word))
        .unwrap_or(words);
    let vague =
        VAGUE.iter().any(|word| rest.starts_with(word)) || rest.contains("相关") || rest.contains("有关");
    let names = NAMED.iter().any(|word| rest.ends_with(word));
    let short = rest.chars().count() <= 16 && !rest.contains("条例");
    (vague && names && short).then_some(Open::Vague)
}
