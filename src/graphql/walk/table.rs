//! Tables: for each field of an object what is written for it. A field that is not in a table is slow, never wrong.

use std::{borrow::Cow, fmt::Display, io::Write};

use async_graphql::{ID, resolver_utils::EnumType};
use serde::Serialize;

use super::{Look, Plan};
use crate::{
    catalogue::{code::ItemCode, text::Text},
    graphql::{
        catalogue::{Catalogue, CatalogueKind},
        connection::{Connection, Edge, PageInfo},
        division::{Division, Level},
        domain::{Channel, Domain},
        error::Result,
        item,
        legal_basis::{LegalBasis, LegalKind, LegalStatus},
        scalars::{Date, DateTime, Digest, Revision, Url},
        unit::Unit,
        version::{Version, VersionState},
    },
};

/// What is written as JSON.
pub(in crate::graphql) trait Written {
    /// Writes what a plan asks of it.
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>);
}

/// An object whose fields stand in a table.
pub(in crate::graphql) trait Object: Written {
    /// Its type's name.
    const NAME: &'static str;
    /// Its fields' names.
    const SLOTS: &'static [&'static str];

    /// Writes the value of a field.
    fn field(&self, slot: usize, plan: &Plan, walk: &mut Walk<'_>);
}

/// The table of a type: of each field the value, out of the object and what is looked up.
macro_rules! table {
    ($name:literal: $type:ty { $($field:ident = |$this:pat_param, $look:pat_param| $value:expr),* $(,)? }) => {
        impl $crate::graphql::walk::Written for $type {
            fn write(&self, plan: &$crate::graphql::walk::Plan, walk: &mut $crate::graphql::walk::Walk<'_>) {
                walk.object(self, plan);
            }
        }

        impl $crate::graphql::walk::Object for $type {
            const NAME: &'static str = $name;
            const SLOTS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn field(
                &self,
                slot: usize,
                plan: &$crate::graphql::walk::Plan,
                walk: &mut $crate::graphql::walk::Walk<'_>,
            ) {
                #[expect(non_camel_case_types, reason = "the fields have their names of GraphQL")]
                #[allow(clippy::upper_case_acronyms)]
                enum Slot { $($field),* }
                match slot {
                    $(slot if slot == Slot::$field as usize => {
                        let ($this, $look) = (self, &mut walk.look);
                        let value = $value;
                        $crate::graphql::walk::Written::write(&value, plan, walk);
                    })*
                    _ => {}
                }
            }
        }
    };
}
pub(in crate::graphql) use table;

/// A type's name, and its fields'.
pub(in crate::graphql) type Table = (&'static str, &'static [&'static str]);

/// The table of a type.
pub(in crate::graphql) const fn of<T: Object>() -> Table {
    (T::NAME, T::SLOTS)
}

/// All but those of items.
const TABLES: [Table; 12] = [
    of::<Unit>(),
    of::<Domain>(),
    of::<Connection<Domain>>(),
    of::<Edge<Domain>>(),
    of::<Channel>(),
    of::<Division>(),
    of::<LegalBasis>(),
    of::<Catalogue>(),
    of::<Connection<Catalogue>>(),
    of::<Edge<Catalogue>>(),
    of::<Version>(),
    of::<PageInfo>(),
];

/// The table of a type's name.
pub(super) fn find(name: &str) -> Option<Table> {
    item::TABLES.iter().chain(&TABLES).find(|(known, _)| *known == name).copied()
}

/// A walk: what it looks up, and what it has written.
pub(in crate::graphql) struct Walk<'a> {
    pub look: Look<'a>,
    text: Vec<u8>,
    /// How much stands before what is walked.
    before: usize,
}

impl<'a> Walk<'a> {
    /// A walk that writes behind what stands there already.
    pub(super) fn new(look: Look<'a>, room: usize, before: &str) -> Self {
        let mut text = Vec::with_capacity(room);
        text.extend_from_slice(before.as_bytes());
        Self { look, text, before: before.len() }
    }

    pub(super) fn begin_anew(&mut self) {
        self.text.truncate(self.before);
    }

    pub(super) fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// Writes the fields of an object that a plan asks for.
    pub fn object<T: Object>(&mut self, object: &T, plan: &Plan) {
        self.text.push(b'{');
        for pick in &plan.picks {
            self.text.extend_from_slice(pick.key.as_bytes());
            match pick.slot {
                Some(slot) => object.field(slot, &pick.plan, self),
                None => self.text(plan.type_name),
            }
        }
        self.text.push(b'}');
    }

    /// Writes the name of a value of an enum.
    pub fn choice<T: EnumType>(&mut self, value: &T) {
        match T::items().iter().find(|item| item.value == *value) {
            Some(item) => self.plain(item.name),
            None => self.look.fail(),
        }
    }

    /// Writes a text, nearly all of which stand as they are.
    fn text(&mut self, text: &str) {
        if self.look.lacks() {
            return;
        }
        if has_escapes(text) { self.json(text) } else { self.plain(text) }
    }

    /// Writes a text that stands as it is.
    fn plain(&mut self, text: &str) {
        self.text.push(b'"');
        self.text.extend_from_slice(text.as_bytes());
        self.text.push(b'"');
    }

    /// Writes what a value prints, none of which has anything to escape.
    fn printed(&mut self, value: impl Display) {
        // Writing to memory does not fail.
        let _ = write!(self.text, "\"{value}\"");
    }

    /// Writes lines as one text.
    fn lines(&mut self, lines: &[Cow<'_, str>]) {
        if lines.iter().any(|line| has_escapes(line)) {
            return self.json(&lines.join("\n"));
        }
        self.text.push(b'"');
        for (place, line) in lines.iter().enumerate() {
            if place > 0 {
                self.text.extend_from_slice(b"\\n");
            }
            self.text.extend_from_slice(line.as_bytes());
        }
        self.text.push(b'"');
    }

    fn json<T: Serialize + ?Sized>(&mut self, value: &T) {
        // As the library writes it, so that the bytes are the same.
        if serde_json::to_writer(&mut self.text, value).is_err() {
            self.look.fail();
        }
    }
}

/// Whether a text has what JSON escapes.
fn has_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Blocks of one size are looked at by one instruction or two; the last overlaps the one before it.
    let (blocks, _) = bytes.as_chunks::<16>();
    blocks.iter().any(|block| escaped(block))
        || match (bytes.last_chunk::<16>(), bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(last), ..) => escaped(last),
            (_, Some(first), Some(last)) => escaped(first) | escaped(last),
            _ => escaped(bytes),
        }
}

#[inline]
fn escaped(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |some, byte| some | (*byte < b' ') | (*byte == b'"') | (*byte == b'\\'))
}

/// Several lines, which are written as one text.
pub(in crate::graphql) struct Lines<'a>(pub &'a [Cow<'a, str>]);

impl Written for Lines<'_> {
    fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
        walk.lines(self.0);
    }
}

impl<T: Object> Object for &T {
    const NAME: &'static str = T::NAME;
    const SLOTS: &'static [&'static str] = T::SLOTS;

    fn field(&self, slot: usize, plan: &Plan, walk: &mut Walk<'_>) {
        T::field(self, slot, plan, walk);
    }
}

impl<T: Written + ?Sized> Written for &T {
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>) {
        T::write(self, plan, walk);
    }
}

impl<T: Written> Written for Option<T> {
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>) {
        match self {
            Some(value) => value.write(plan, walk),
            None => walk.text.extend_from_slice(b"null"),
        }
    }
}

/// What failed is left to the derived resolvers.
impl<T: Written> Written for Result<T> {
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>) {
        match self {
            Ok(value) => value.write(plan, walk),
            Err(_) => walk.look.fail(),
        }
    }
}

impl<T: Written> Written for [T] {
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>) {
        walk.text.push(b'[');
        for (place, value) in self.iter().enumerate() {
            if place > 0 {
                walk.text.push(b',');
            }
            value.write(plan, walk);
        }
        walk.text.push(b']');
    }
}

impl<T: Written> Written for Vec<T> {
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>) {
        self.as_slice().write(plan, walk);
    }
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Written for $type {
            fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
                walk.json(self);
            }
        })*
    };
}
plain!(bool, i32, u16, u32, usize);

macro_rules! text {
    ($($type:ty),*) => {
        $(impl Written for $type {
            fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
                walk.text(self.as_ref());
            }
        })*
    };
}
text!(str, String, Cow<'_, str>);

impl Written for Text {
    fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
        walk.text(self.as_str());
    }
}

/// Codes have nothing that JSON would write in another way.
impl Written for ItemCode {
    fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
        let text = &mut walk.text;
        text.push(b'"');
        text.extend_from_slice(self.catalogue.as_str().as_bytes());
        // Writing to memory does not fail.
        let _ = write!(text, "-{:04}\"", self.serial);
    }
}

impl Written for ID {
    fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
        walk.text(self);
    }
}

macro_rules! printed {
    ($($type:ty),*) => {
        $(impl Written for $type {
            fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
                walk.printed(self);
            }
        })*
    };
}
printed!(Date, DateTime, Digest);

impl Written for Revision {
    fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
        walk.json(&self.0);
    }
}

impl Written for Url {
    fn write(&self, _: &Plan, walk: &mut Walk<'_>) {
        walk.text(&self.0);
    }
}

/// Enums are written by their names.
macro_rules! choice {
    ($($type:ty),*) => {
        $(impl $crate::graphql::walk::Written for $type {
            fn write(&self, _: &$crate::graphql::walk::Plan, walk: &mut $crate::graphql::walk::Walk<'_>) {
                walk.choice(self);
            }
        })*
    };
}
pub(in crate::graphql) use choice;
choice!(CatalogueKind, LegalKind, LegalStatus, Level, VersionState);

/// Connections whose nodes are there already.
macro_rules! connections {
    ($($node:ty: $connection:literal $edge:literal),*) => {
        $(table!($edge: Edge<$node> { node = |edge, _| &edge.node, cursor = |edge, _| &edge.cursor });
        table!($connection: Connection<$node> {
            edges = |page, _| &page.edges,
            nodes = |page, _| &page.nodes,
            pageInfo = |page, _| &page.page_info,
            totalCount = |page, _| page.total_count,
        });)*
    };
}
connections!(Domain: "DomainConnection" "DomainEdge", Catalogue: "CatalogueConnection" "CatalogueEdge");

table!("PageInfo": PageInfo {
    hasNextPage = |info, _| info.has_next_page,
    hasPreviousPage = |info, _| info.has_previous_page,
    startCursor = |info, _| &info.start_cursor,
    endCursor = |info, _| &info.end_cursor,
});
