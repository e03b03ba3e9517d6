//! Differences as data (变化数据): what became of versions and items between two scopes, a row each. Whoever holds the
//! data of the one makes those of the other from them.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    code::{CatalogueCode, DivisionCode, DomainCode, ItemCode},
    column::Words,
    content::Content,
    dataset::{Titles, VersionHead},
    diff::ChangeKind,
    digest::Digest,
    draft::Header,
    element::ElementKind,
    lineage::Origin,
    local::Local,
    printed,
    text::Text,
    version::Entry,
};

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeSubject {
    /// 目录版本: which version of a catalogue is in force.
    Version,
    /// 事项: an item of that version.
    Item,
}

/// What became of the version in force of a catalogue, or of an item of it (变化). A catalogue's own row stands before
/// those of its items.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct ChangeRow {
    /// What became of it.
    pub change: ChangeKind,
    /// What the row is about.
    pub subject: ChangeSubject,
    /// 目录代码.
    pub catalogue: CatalogueCode,
    /// 行政区划代码.
    pub division: DivisionCode,
    /// The name of the place under the later scope; absent where the register does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub division_name: Option<String>,
    /// The catalogue's domain, or the row's own in a catalogue of several; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainCode>,
    /// The name of the domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// 事项代码; absent in the row of a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemCode>,
    /// The item's names, the outermost first, as it is called now; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As it was; absent where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<ChangeSide>,
    /// As it is; absent where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<ChangeSide>,
    /// The kinds of the elements that differ, of an item that changed. Empty: only what stands beside the elements
    /// differs (origin, reason, source); absent: what they said was redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_elements: Option<Vec<ElementKind>>,
    /// What tables print over these elements, one a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_elements_text: Option<String>,
    /// 已涂除: the parts of either side that were erased, with spaces between: header, content, local; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redacted: Option<String>,
    /// The header of the version as it is, in the canonical form; of a version that was added or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The row of the item as it is, in the canonical form; of an item that was not removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<ChangedRow>,
}

/// Where a version or an item stood, or stands now.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("additionalProperties" = false))]
pub struct ChangeSide {
    /// 版本号.
    pub number: u32,
    /// 版本摘要.
    pub version_digest: Digest,
    /// 施行日期.
    pub effective_from: NaiveDate,
    /// 序号: which row of its catalogue it is in the data, from 1; absent in the row of a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// 内容摘要; absent in the row of a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_digest: Option<Digest>,
    /// 本地摘要; absent in the row of a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_digest: Option<Digest>,
}

/// A row in the canonical form, and which of its parts were erased.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct ChangedRow {
    /// 事项代码.
    pub item: ItemCode,
    /// What is meant to be the same everywhere; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Who and where; absent once redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<Local>,
    /// The upstream item that it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Why it differs from its origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// Index into the header's sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
    /// 已涂除: the parts that were erased, `content`, `local`; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Vec<String>>,
}

/// An item on one side of a difference.
#[derive(Clone, Copy, Debug)]
pub struct ItemSide<'a> {
    /// Its version.
    pub version: &'a VersionHead,
    /// Which row of its catalogue it is in the data, from 1.
    pub position: u32,
    /// Its entry.
    pub entry: &'a Entry,
    /// What its entry leads to; `None` once redacted.
    pub content: Option<&'a Content>,
    /// The same of the local part.
    pub local: Option<&'a Local>,
}

impl ItemSide<'_> {
    fn side(&self) -> ChangeSide {
        ChangeSide {
            position: Some(self.position),
            content_digest: Some(self.entry.content),
            local_digest: Some(self.entry.local),
            ..side(self.version)
        }
    }

    fn redacted(&self) -> impl Iterator<Item = &'static str> {
        let parts = [("content", self.content.is_none()), ("local", self.local.is_none())];
        parts.into_iter().filter_map(|(part, gone)| gone.then_some(part))
    }

    fn domain(&self) -> Option<&DomainCode> {
        self.version.code.domain.as_ref().or_else(|| self.local?.domain.as_ref())
    }

    fn printed(&self, titles: &Titles) -> Option<Vec<printed::Printed>> {
        let words = Words { head: self.version, titles };
        Some(printed::print_all(self.content?, self.local?, &words))
    }

    fn row(&self) -> ChangedRow {
        let redacted: Vec<String> = self.redacted().map(str::to_owned).collect();
        ChangedRow {
            item: self.entry.item.clone(),
            content: self.content.cloned(),
            local: self.local.cloned(),
            origin: self.entry.origin.clone(),
            reason: self.entry.reason.clone(),
            source: self.entry.source,
            redacted: (!redacted.is_empty()).then_some(redacted),
        }
    }
}

fn side(version: &VersionHead) -> ChangeSide {
    ChangeSide {
        number: version.number,
        version_digest: version.digest,
        effective_from: version.effective_from,
        position: None,
        content_digest: None,
        local_digest: None,
    }
}

/// The parts by name, each once.
fn erased(parts: impl Iterator<Item = &'static str>) -> Option<String> {
    let mut parts: Vec<&str> = parts.collect();
    parts.sort_unstable();
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join(" "))
}

impl ChangeRow {
    /// What became of the version in force of a catalogue; `None` where there was none on either side.
    pub fn of_version(
        before: Option<&VersionHead>,
        after: Option<&VersionHead>,
        titles: &Titles,
    ) -> Option<Self> {
        let version = after.or(before)?;
        let change = match (before, after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        let gone = [before, after].into_iter().flatten().any(|version| version.header.is_none());
        Some(Self {
            before: before.map(side),
            after: after.map(side),
            redacted: erased(gone.then_some("header").into_iter()),
            header: after.and_then(|version| version.header.clone()),
            ..Self::bare(change, ChangeSubject::Version, version, version.code.domain.as_ref(), titles)
        })
    }

    /// What became of an item; `None` where it is on neither side.
    pub fn of_item(
        change: ChangeKind,
        before: Option<ItemSide<'_>>,
        after: Option<ItemSide<'_>>,
        titles: &Titles,
    ) -> Option<Self> {
        let now = after.or(before)?;
        let printed = |side: Option<ItemSide<'_>>| side.and_then(|side| side.printed(titles));
        let elements = match (change, printed(before), printed(after)) {
            (ChangeKind::Changed, Some(before), Some(after)) => Some(printed::compare(&before, &after)),
            _ => None,
        };
        let labels = |elements: &Vec<printed::ElementChange>| {
            elements.iter().map(|element| element.label.as_str()).collect::<Vec<_>>().join("\n")
        };
        let kinds = |elements: &Vec<printed::ElementChange>| {
            let mut kinds: Vec<ElementKind> = elements.iter().map(|element| element.kind).collect();
            kinds.dedup();
            kinds
        };
        let names =
            |content: &Content| content.names.iter().map(Text::as_str).collect::<Vec<_>>().join(" / ");
        Some(Self {
            item: Some(now.entry.item.clone()),
            name: now.content.map(names),
            before: before.as_ref().map(ItemSide::side),
            after: after.as_ref().map(ItemSide::side),
            changed_elements_text: elements.as_ref().map(labels).filter(|labels| !labels.is_empty()),
            changed_elements: elements.as_ref().map(kinds),
            redacted: erased(before.iter().chain(&after).flat_map(ItemSide::redacted)),
            row: after.as_ref().map(ItemSide::row),
            ..Self::bare(change, ChangeSubject::Item, now.version, now.domain(), titles)
        })
    }

    /// What a row of either subject says.
    fn bare(
        change: ChangeKind,
        subject: ChangeSubject,
        version: &VersionHead,
        domain: Option<&DomainCode>,
        titles: &Titles,
    ) -> Self {
        Self {
            change,
            subject,
            catalogue: version.code.clone(),
            division: version.code.division.clone(),
            division_name: version.division_name.clone(),
            domain_name: domain.and_then(|code| titles.domains.get(code).cloned()),
            domain: domain.cloned(),
            item: None,
            name: None,
            before: None,
            after: None,
            changed_elements: None,
            changed_elements_text: None,
            redacted: None,
            header: None,
            row: None,
        }
    }
}
