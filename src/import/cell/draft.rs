//! A citation that is being put together, and what the register says of it when it is complete (依据条目).

use super::{
    citation, clean,
    glyph::{narrow, trim_separators},
};
use crate::{
    catalogue::{
        content::BasisCitation,
        legal_basis::{LegalKind, LegalStatus},
        text::Text,
    },
    import::{
        finding::{Code, Note},
        vocabulary::Vocabulary,
    },
};

/// A quotation of an article that is longer (in characters) is no citation any more.
const LONG_QUOTATION: usize = 120;

/// What titles of laws and documents end with.
const TITLES: [&str; 24] = [
    "法", "条例", "办法", "规定", "决定", "意见", "通知", "细则", "规程", "标准", "方案", "规划", "规则",
    "规范", "指引", "公告", "通告", "要点", "决议", "指南", "章程", "纲要", "解释", "批复",
];

/// A citation that is being put together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Where its wording begins and ends.
    pub start: usize,
    pub end: usize,
    pub title: Option<String>,
    pub number: Option<String>,
    pub article: Option<String>,
    pub kind: Option<LegalKind>,
    /// Where words stand in place of a title.
    pub words: Option<(usize, usize)>,
    /// Where the text of the article begins.
    pub quotation: Option<usize>,
    /// Whether one of its title marks is lost.
    pub torn: bool,
}

impl Draft {
    /// The citation of a draft, from its place in `text`; `None` where nothing is left of it.
    pub fn finish(
        mut self,
        text: &str,
        vocabulary: &Vocabulary,
        notes: &mut Vec<Note>,
    ) -> Option<BasisCitation> {
        let printed = text[self.start..self.end].replace('\n', "");
        let printed = Some(trim_separators(&printed)).filter(|printed| !printed.is_empty())?;
        let quotation = self.quotation.map_or("", |start| text[start..self.end].trim());
        if quotation.chars().count() > LONG_QUOTATION {
            notes.push(
                Note::new(Code::ArticleText, printed).expected("只写条款号", "the article's number only"),
            );
        }
        if self.title.is_none() && (self.words.is_some() || self.number.is_none()) {
            notes.push(self.bare(text, printed, vocabulary));
        } else if let Some(title) = self.title.as_ref().filter(|_| self.torn) {
            notes
                .push(Note::new(Code::BareTitle, printed).understood(title).proposal(format!("《{title}》")));
        }
        notes.extend(self.title.iter().flat_map(|title| known(title, vocabulary)));
        if let Some(mask) = clean::masked(printed) {
            notes.push(Note::new(Code::MaskedText, printed).understood(mask));
        }
        if clean::placeholder(printed).is_some() {
            let note = Note::new(Code::TemplatePlaceholder, printed);
            notes.push(note.expected("本地的文件", "the document of this place"));
        }
        Some(BasisCitation {
            title: self.title.as_deref().map(Text::new).filter(|title| !title.is_empty()),
            document_number: self.number.as_deref().map(Text::new),
            article: self.article.as_deref().map(Text::new),
            kind: self.kind,
            ..citation_of(printed)
        })
    }

    /// Words without title marks: a law that is known by them, else words and no more.
    fn bare(&mut self, text: &str, printed: &str, vocabulary: &Vocabulary) -> Note {
        let mut words = self.words.map_or("", |(start, end)| &text[start..end]);
        let article = words.find('第').and_then(|at| Some((at, citation::articles(&words[at..])?)));
        if let Some((at, length)) = article {
            self.article.get_or_insert_with(|| words[at..at + length].to_owned());
            words = &words[..at];
        }
        let words = words.trim();
        let note = Note::new(Code::BareTitle, printed);
        match vocabulary.law(words) {
            Some(law) => {
                self.title = Some(words.to_owned());
                note.understood(&law.title).proposal(format!("《{words}》"))
            }
            None if is_title(words) => note.proposal(format!("《{words}》")),
            None => note.expected("《》内的文件名称", "the name of a document in 《》"),
        }
    }
}

/// What the register knows of a title.
fn known(title: &str, vocabulary: &Vocabulary) -> Vec<Note> {
    let Some(law) = vocabulary.law(title) else {
        let note = Note::new(Code::UnknownBasis, title);
        let like = vocabulary.laws_like(title, 1, 0.8);
        return vec![match like.first() {
            Some((law, _)) => note.proposal(&law.title),
            None => note,
        }];
    };
    let alias = clean::fold(&law.title) != clean::fold(title);
    let alias = alias.then(|| Note::new(Code::LawAlias, title).understood(&law.title));
    let repealed = law.status == LegalStatus::Repealed;
    let repealed = repealed.then(|| {
        Note::new(Code::RepealedBasis, title).expected("现行有效的依据", "a basis that is in force")
    });
    alias.into_iter().chain(repealed).collect()
}

/// Whether words end as titles of laws and documents do.
pub(super) fn is_title(words: &str) -> bool {
    TITLES.iter().any(|end| words.ends_with(end))
}

/// A citation of which only the wording is known.
pub(super) fn citation_of(text: &str) -> BasisCitation {
    BasisCitation { text: Text::new(text), title: None, document_number: None, article: None, kind: None }
}

/// Inner title marks as 〈〉, of whatever kind they are printed.
pub(super) fn inner_marks(title: &str) -> String {
    let mark = |c: char| match narrow(c) {
        '《' | '<' => '〈',
        '》' | '>' => '〉',
        _ => c,
    };
    title.chars().map(mark).collect()
}
