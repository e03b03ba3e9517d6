//! Tables: for each field of an object what is written for it. A field that is not in a table is slow, never wrong.

use std::{borrow::Cow, io::Write};

use async_graphql::ID;

use super::{Plan, Walk};
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
