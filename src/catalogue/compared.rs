//! Comparisons in print (比较结果): what differs between two versions, item by item and element by element, for people
//! and programs.

use std::collections::HashMap;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    adopt::{self, Edition},
    code::{CatalogueCode, ItemCode},
    diff::{self, Change, ChangeKind, Difference, Line},
    digest::Digest,
    element::ElementSchema,
    printed::{self, ElementChange, Names, Printed},
};

/// What differs between two versions.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What is compared with.
    pub base: VersionName,
    /// What is compared.
    pub head: VersionName,
    /// How many items say the same on both sides, where they stood.
    pub unchanged: usize,
    /// The others, in the order of the head; what was removed stands where it would have been.
    pub items: Vec<ItemChange>,
}

/// A version by its name.
#[derive(Clone, Debug, Serialize)]
pub struct VersionName {
    /// Whose it is.
    pub catalogue: CatalogueCode,
    /// Its number; of a draft the number that it would get.
    pub number: u32,
    /// Its digest.
    pub digest: Digest,
}

/// What became of an item.
#[derive(Clone, Debug, Serialize)]
pub struct ItemChange {
    /// What became of it.
    pub kind: ChangeKind,
    /// As the base has it; `None` where it does not.
    pub before: Option<ItemName>,
    /// As the head has it; `None` where it does not.
    pub after: Option<ItemName>,
    /// The elements that differ, in the customary order; none of an item that only moved.
    pub elements: Vec<ElementChange>,
}

/// An item by its code and its names.
#[derive(Clone, Debug, Serialize)]
pub struct ItemName {
    /// 事项代码.
    pub item: ItemCode,
    /// Its names, the outermost first.
    pub name: String,
}

/// An item of one side: its code and its elements.
pub type Side = Option<(ItemCode, Vec<Printed>)>;

impl ItemChange {
    /// What became of an item that both sides say so.
    pub fn new(kind: ChangeKind, before: Side, after: Side) -> Self {
        let elements = |side: &Side| side.as_ref().map(|(_, all)| all.clone()).unwrap_or_default();
        let elements = match kind {
            ChangeKind::Moved => Vec::new(),
            _ => printed::compare(&elements(&before), &elements(&after)),
        };
        let named = |(item, elements): (ItemCode, Vec<Printed>)| {
            let name = elements.first().map(Printed::text).unwrap_or_default().replace('\n', " / ");
            ItemName { item, name }
        };
        Self { kind, before: before.map(named), after: after.map(named), elements }
    }
}

impl Compared {
    /// What differs between two versions of one catalogue. `channels` has the names of channels by their codes.
    pub fn between(base: &Edition, head: &Edition, channels: &HashMap<String, String>) -> Self {
        let lines = |side: &Edition| side.rows.iter().map(|row| Line::of(&row.entry)).collect::<Vec<_>>();
        let (before, after) = (lines(base), lines(head));
        let difference = Difference::between(&before, &after, &diff::by_code(&before, &after));
        let item = |change: &Change| {
            let of = |side: &Edition, at: Option<usize>| {
                at.and_then(|at| side.rows.get(at)).map(|row| printed(row, &side.elements, channels))
            };
            ItemChange::new(change.kind, of(base, change.before), of(head, change.after))
        };
        Self {
            base: VersionName::of(base),
            head: VersionName::of(head),
            unchanged: difference.unchanged,
            items: difference.changes.iter().map(item).collect(),
        }
    }

    /// How many items changed in a way.
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.items.iter().filter(|item| item.kind == kind).count()
    }
}

fn printed(
    row: &adopt::Printed,
    elements: &[ElementSchema],
    channels: &HashMap<String, String>,
) -> (ItemCode, Vec<Printed>) {
    let names = Labels { channels, elements };
    (row.entry.item.clone(), printed::print_all(&row.content, &row.local, &names))
}

/// What the codes and keys of a version are called.
pub struct Labels<'a> {
    /// The names of channels by their codes.
    pub channels: &'a HashMap<String, String>,
    /// The further elements that the version declares.
    pub elements: &'a [ElementSchema],
}

impl Names for Labels<'_> {
    fn channel(&self, code: &str) -> Option<&str> {
        self.channels.get(code).map(String::as_str)
    }

    fn extension(&self, key: &str) -> Option<&str> {
        self.elements.iter().find(|element| element.key.as_str() == key).map(|one| one.label.as_str())
    }
}

impl VersionName {
    /// The name of a version with all that it leads to.
    fn of(edition: &Edition) -> Self {
        let version = &edition.version;
        Self { catalogue: version.catalogue.clone(), number: version.number, digest: edition.digest }
    }
}

impl std::fmt::Display for VersionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.catalogue, self.number)
    }
}

impl Serialize for Compared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut made = serializer.serialize_struct("Compared", 8)?;
        made.serialize_field("base", &self.base)?;
        made.serialize_field("head", &self.head)?;
        made.serialize_field("unchanged", &self.unchanged)?;
        made.serialize_field("added", &self.count(ChangeKind::Added))?;
        made.serialize_field("changed", &self.count(ChangeKind::Changed))?;
        made.serialize_field("removed", &self.count(ChangeKind::Removed))?;
        made.serialize_field("moved", &self.count(ChangeKind::Moved))?;
        made.serialize_field("items", &self.items)?;
        made.end()
    }
}
