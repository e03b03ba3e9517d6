//! The vocabulary (词表): what channels, laws and domains are called, for readers of tables.
//!
//! It is built by the caller from the states of the registers and knows no store. Names are found as printed, else
//! folded (widths, spaces and punctuation aside), else as a pattern: the XX of XX市政府网站 stands for any place.

mod names;

use std::collections::BTreeMap;

pub use self::names::Named;
use self::names::Names;
use crate::catalogue::{
    channel::ChannelState,
    domain::DomainState,
    legal_basis::{LegalBasisState, LegalKind, LegalStatus},
};

/// The registers' names that cells are read by.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    channels: Names,
    laws: Names,
    domains: Names,
    law: BTreeMap<String, Law>,
}

/// A registered legal basis (公开依据), as far as reading needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    /// Its code, L0001.
    pub code: String,
    /// 标题, without 《》.
    pub title: String,
    /// 文号.
    pub document_number: Option<String>,
    /// 类别.
    pub kind: LegalKind,
    /// 效力状态.
    pub status: LegalStatus,
}

impl Vocabulary {
    /// The vocabulary of these states; of the states of one code, each one's names count.
    pub fn new(
        channels: &[(String, ChannelState)],
        bases: &[(String, LegalBasisState)],
        domains: &[(String, DomainState)],
    ) -> Self {
        let mut made = Self::default();
        for (code, state) in channels {
            made.channels.add(code, state.name.as_str(), state.aliases.iter().map(|alias| alias.as_str()));
        }
        for (code, state) in domains {
            made.domains.add(code, state.name.as_str(), state.aliases.iter().map(|alias| alias.as_str()));
        }
        for (code, state) in bases {
            let title = state.title.as_str();
            made.laws.add(code, title, state.aliases.iter().map(|alias| alias.as_str()));
            let number = state.document_number.as_ref().map(ToString::to_string);
            let law = Law {
                code: code.clone(),
                title: title.to_owned(),
                document_number: number,
                kind: state.kind,
                status: state.status,
            };
            made.law.insert(code.clone(), law);
        }
        made
    }

    /// The channel (公开渠道和载体) that a wording means.
    pub fn channel(&self, wording: &str) -> Option<Named<'_>> {
        self.channels.find(wording).or_else(|| self.channels.matching(wording))
    }

    /// The channel whose name is one character off, where the name has four at least (存公示栏 for 村公示栏).
    pub fn channel_with_typo(&self, wording: &str) -> Option<Named<'_>> {
        self.channels.off_by_one(wording)
    }

    /// The longest name of a channel with which `text` begins, and how many bytes of it that is.
    pub fn channel_at(&self, text: &str) -> Option<(Named<'_>, usize)> {
        self.channels.longest_at(text)
    }

    /// The law (法律、法规) or document that a title means; `None` also where it could mean several.
    pub fn law(&self, title: &str) -> Option<&Law> {
        self.law.get(self.laws.find(title)?.code)
    }

    /// A registered law by its code.
    pub fn law_by_code(&self, code: &str) -> Option<&Law> {
        self.law.get(code)
    }

    /// The laws and documents with this number (文号) in its canonical form.
    pub fn laws_by_number<'v>(&'v self, number: &'v str) -> impl Iterator<Item = &'v Law> {
        self.law.values().filter(move |law| law.document_number.as_deref() == Some(number))
    }

    /// The registered laws whose titles or aliases are most like a title, the best first, with a likeness up to 1.
    pub fn laws_like(&self, title: &str, at_most: usize, least: f64) -> Vec<(&Law, f64)> {
        let like = self.laws.like(title, at_most, least);
        like.into_iter().filter_map(|(code, score)| Some((self.law.get(code)?, score))).collect()
    }

    /// The titles and aliases of all registered laws.
    pub fn law_titles(&self) -> impl Iterator<Item = &str> {
        self.laws.folded.values().flatten().map(|name| name.wording.as_str())
    }

    /// The domain (领域) that a name means.
    pub fn domain(&self, name: &str) -> Option<Named<'_>> {
        self.domains.find(name)
    }

    /// The domain whose name is one character off (涉农补帖 for 涉农补贴), where the name has four at least; `None` also
    /// where it could mean several.
    pub fn domain_with_typo(&self, name: &str) -> Option<Named<'_>> {
        self.domains.off_by_one(name)
    }

    /// The domains whose names are most like a name, the best first, with a likeness up to 1.
    pub fn domains_like(&self, name: &str, at_most: usize, least: f64) -> Vec<(&str, f64)> {
        self.domains.like(name, at_most, least)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::catalogue::text::Text;

    /// What the repository's own lists say.
    pub(crate) fn bundled() -> Vocabulary {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Line {
            code: String,
            #[serde(alias = "title")]
            name: String,
            #[serde(default)]
            document_number: String,
            #[serde(default)]
            kind: Option<LegalKind>,
            aliases: String,
        }
        let lines = |path: &str| -> Vec<Line> {
            // Cargo runs tests where the manifest is; a path from the build would be another clone's.
            let path = format!("schema/{path}");
            csv::Reader::from_path(path).unwrap().into_deserialize().collect::<Result<_, _>>().unwrap()
        };
        let texts = |cell: &str| cell.lines().map(Text::new).collect::<Vec<_>>();
        let mut made = Vocabulary::default();
        for line in lines("codelists/channels.csv") {
            let aliases = texts(&line.aliases);
            made.channels.add(&line.code, &line.name, aliases.iter().map(Text::as_str));
        }
        for line in lines("codelists/domains.csv") {
            let aliases = texts(&line.aliases);
            made.domains.add(&line.code, &line.name, aliases.iter().map(Text::as_str));
        }
        for line in lines("reference/legal_bases.csv") {
            let aliases = texts(&line.aliases);
            made.laws.add(&line.code, &line.name, aliases.iter().map(Text::as_str));
            let number = Some(line.document_number).filter(|number| !number.is_empty());
            let law = Law {
                code: line.code.clone(),
                title: line.name,
                document_number: number,
                kind: line.kind.unwrap_or(LegalKind::Other),
                status: LegalStatus::Unknown,
            };
            made.law.insert(line.code, law);
        }
        made
    }

    #[test]
    fn names_are_found_exactly_folded_and_by_pattern() {
        let words = bundled();
        let channel = |wording| words.channel(wording).map(|named| (named.code, named.own, named.exact));
        assert_eq!(channel("政府网站"), Some(("GOV_WEBSITE", true, true)));
        assert_eq!(channel("发布会听证会"), Some(("PRESS_HEARING", false, true)));
        assert_eq!(
            channel("社区/企事业单位、村公示栏\u{ff08}电子屏\u{ff09}"),
            Some(("COMMUNITY_BOARD", true, false))
        );
        assert_eq!(channel("青禾县政府网站"), Some(("GOV_WEBSITE", false, false)));
        assert_eq!(channel("青禾县司法局公众号"), Some(("WECHAT_WEIBO_APP", false, false)));
        assert_eq!(channel("管理部门网站"), None);
        assert_eq!(words.channel_with_typo("存公示栏").map(|named| named.wording), Some("村公示栏"));
        assert_eq!(words.channel_with_typo("公示蓝"), None);
    }

    #[test]
    fn the_longest_name_is_found_at_a_place() {
        let words = bundled();
        let at = |text| words.channel_at(text).map(|(named, length)| (named.code, &text[..length]));
        assert_eq!(at("政府网站■公示栏"), Some(("GOV_WEBSITE", "政府网站")));
        assert_eq!(at("公示栏(电子屏)"), Some(("COMMUNITY_BOARD", "公示栏")));
        let board = "社区/企事业单位/村公示栏\u{ff08}电子屏\u{ff09}精准推送";
        assert_eq!(at(board), Some(("COMMUNITY_BOARD", "社区/企事业单位/村公示栏\u{ff08}电子屏\u{ff09}")));
        assert_eq!(at("窗口"), None);
    }

    #[test]
    fn laws_and_domains_have_short_names() {
        let words = bundled();
        assert_eq!(words.law("政府信息公开条例").map(|law| law.code.as_str()), Some("L0001"));
        assert_eq!(words.domain("城乡规划").map(|named| named.code), Some("01"));
        assert_eq!(words.domain_with_typo("涉农补帖").map(|named| named.code), Some("23"));
        assert_eq!(words.domain_with_typo("社会保助").map(|named| named.code), None);
        assert_eq!(words.domains_like("财政预决箅", 1, 0.5).first().map(|(code, _)| *code), Some("04"));
    }
}
