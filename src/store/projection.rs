//! Projections: what an event means in rows. A row belongs to one event and is a function of it and its objects,
//! so publishing, `rebuild` and `verify` share this one definition.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{
    entity::{
        catalogue, closure, entry, event, log, naming, object, record, redaction, tree, version, withdrawal,
    },
    evened, packed, signed, unsigned,
};
use crate::{
    catalogue::{
        canonical::variant_name as name,
        digest::Digest,
        event::{Event, EventBody, Published, Reference},
        facet::bounded,
        format::{Chunk, Chunks, Format},
        merkle::{self, Frontier},
        object::leaves,
        reference::AnyRecord,
        scope::Revision,
        version::Entry,
    },
    error::{Error, Result},
};

/// Objects that one statement asks for.
const DIGESTS_A_STATEMENT: usize = 500;

/// Declares the projections: table by table, with the primary key that orders them.
macro_rules! projections {
    ($($table:ident [$($key:ident $field:ident),+];)*) => {
        /// Rows of every projection.
        #[derive(Debug, Default)]
        pub(super) struct Rows { $(pub(super) $table: Vec<$table::Model>,)* }

        impl Rows {
            /// Writes all rows.
            pub(super) async fn insert<C: ConnectionTrait>(self, connection: &C) -> Result<()> {
                $({
                    // PostgreSQL binds at most 65,535 values to a statement, SQLite 32,766.
                    let mut rows = self.$table.into_iter().map(IntoActiveModel::into_active_model).peekable();
                    while rows.peek().is_some() {
                        let some: Vec<$table::ActiveModel> = rows.by_ref().take(1000).collect();
                        $table::Entity::insert_many(some).exec_without_returning(connection).await?;
                    }
                })*
                Ok(())
            }

            /// Deletes the rows of one event.
            pub(super) async fn delete<C: ConnectionTrait>(connection: &C, revision: Revision) -> Result<()> {
                $($table::Entity::delete_many()
                    .filter($table::Column::Revision.eq(signed(revision))).exec(connection).await?;)*
                Ok(())
            }

            /// Deletes all rows of all events.
            pub(super) async fn clear<C: ConnectionTrait>(connection: &C) -> Result<()> {
                $($table::Entity::delete_many().exec(connection).await?;)*
                Ok(())
            }

            /// The stored rows of the events from `first` to `last`.
            pub(super) async fn stored<C: ConnectionTrait>(c: &C, first: Revision, last: Revision) -> Result<Self> {
                Ok(Self { $($table: $table::Entity::find()
                    .filter($table::Column::Revision.between(signed(first), signed(last)))
                    $(.order_by_asc($table::Column::$key))+
                    .all(c).await?,)* })
            }

            /// How many rows are stored in all.
            pub(super) async fn count<C: ConnectionTrait>(connection: &C) -> Result<Vec<(&'static str, u64)>> {
                use sea_orm::PaginatorTrait;
                Ok(vec![$((stringify!($table), $table::Entity::find().count(connection).await?),)*])
            }

            /// How many rows these are, table by table as in [`Rows::count`].
            pub(super) fn sizes(&self) -> Vec<u64> {
                vec![$(self.$table.len() as u64,)*]
            }

            /// Appends the rows of another event.
            pub(super) fn extend(&mut self, other: Self) {
                $(self.$table.extend(other.$table);)*
            }

            /// The first row that differs from `stored`, which is in key order: its table, what is stored and what
            /// the log says.
            pub(super) fn difference(mut self, stored: &Self) -> Option<String> {
                $(
                    self.$table.sort_by(|a, b| ($(&a.$field,)+).cmp(&($(&b.$field,)+)));
                    if let Some(place) = first_difference(&self.$table, &stored.$table) {
                        return Some(format!("{} {place}", stringify!($table)));
                    }
                )*
                None
            }
        }
    };
}

projections! {
    log [Revision revision];
    catalogue [Code code];
    version [Catalogue catalogue, Number number];
    withdrawal [Revision revision];
    closure [Revision revision];
    entry [Catalogue catalogue, Number number, Position position];
    tree [Version version];
    record [Register register, Code code, Revision revision];
    naming [Register register, Name name, Code code, Revision revision];
    redaction [Revision revision];
}

fn first_difference<M: PartialEq + std::fmt::Debug>(expected: &[M], stored: &[M]) -> Option<String> {
    let row = |row: Option<&M>| row.map_or("nothing".to_owned(), |row| format!("{row:?}"));
    (0..expected.len().max(stored.len()))
        .find(|i| expected.get(*i) != stored.get(*i))
        .map(|i| format!("holds {}, the log says {}", row(stored.get(i)), row(expected.get(i))))
}

/// An event by its revision.
pub(super) async fn event<C: ConnectionTrait>(connection: &C, revision: Revision) -> Result<Event> {
    let row = event::Entity::find_by_id(signed(revision)).one(connection).await?;
    let row = row.ok_or_else(|| Error::Inconsistent(format!("event {revision} is missing")))?;
    parse_event(&row)
}

/// What a row of the log says.
pub(super) fn parse_event(row: &event::Model) -> Result<Event> {
    let revision = row.revision;
    Event::from_bytes(&row.bytes).map_err(|error| Error::Inconsistent(format!("event {revision}: {error}")))
}

/// The row of the log's tree. It depends on all events before, so it is not part of [`project`].
pub(super) fn log_row(event: &Event, bytes: &[u8], frontier: &Frontier) -> log::Model {
    log::Model {
        revision: signed(event.revision),
        at: event.at.to_string(),
        kind: event.body.kind().to_owned(),
        leaf: merkle::leaf_hash(bytes).as_bytes().to_vec(),
        frontier: frontier.to_bytes(),
    }
}

/// What an event means in rows.
pub(super) async fn project<C: ConnectionTrait>(connection: &C, event: &Event) -> Result<Rows> {
    let revision = signed(event.revision);
    let mut rows = Rows::default();
    match &event.body {
        EventBody::Genesis(_) | EventBody::Key(_) => {}
        EventBody::Published(published) => {
            project_version(connection, published, revision, &mut rows).await?
        }
        EventBody::Withdrawn(withdrawn) => rows.withdrawal.push(withdrawal::Model {
            revision,
            catalogue: withdrawn.catalogue.to_string(),
            number: number(withdrawn.number),
            from_day: withdrawn.from,
            reason: withdrawn.reason.to_string(),
        }),
        EventBody::Closed(closed) => rows.closure.push(closure::Model {
            revision,
            catalogue: closed.catalogue.to_string(),
            from_day: closed.from,
            reason: closed.reason.to_string(),
            successor: closed.successor.as_ref().map(ToString::to_string),
        }),
        EventBody::Reference(load) => project_records(connection, load, revision, &mut rows).await?,
        EventBody::Redacted(redacted) => rows.redaction.push(redaction::Model {
            revision,
            object: redacted.object.as_bytes().to_vec(),
            reason: redacted.reason.to_string(),
        }),
    }
    Ok(rows)
}

async fn project_version<C: ConnectionTrait>(
    connection: &C,
    published: &Published,
    revision: i64,
    rows: &mut Rows,
) -> Result<()> {
    let code = &published.catalogue;
    if published.number == 1 {
        rows.catalogue.push(catalogue::Model {
            code: code.to_string(),
            division: code.division.to_string(),
            domain: code.domain.as_ref().map(ToString::to_string),
            kind: name(&code.kind),
            part: code.part.into(),
            revision,
        });
    }
    rows.version.push(version::Model {
        catalogue: code.to_string(),
        number: number(published.number),
        digest: published.version.as_bytes().to_vec(),
        entries: published.entries.as_bytes().to_vec(),
        size: number(published.size),
        effective_from: published.effective_from,
        revision,
    });
    let (entries, said) = entries(connection, published, revision).await?;
    let version = published.version.as_bytes().to_vec();
    rows.tree.push(tree::Model { version, bytes: packed::pack(&said)?, revision });
    rows.entry.extend(entries);
    Ok(())
}

/// What each entry of a version says, and since when; `None` where it was redacted.
type Said = Vec<Option<(Entry, Revision)>>;

/// The entries of a version: a row for each that was not redacted, and all of them by position.
async fn entries<C: ConnectionTrait>(
    connection: &C,
    published: &Published,
    revision: i64,
) -> Result<(Vec<entry::Model>, Said)> {
    let mut said: Said = vec![None; published.size as usize];
    let Some(list) = object(connection, published.entries).await? else { return Ok((Vec::new(), said)) };
    let leaves = leaves(published.entries, &list)
        .ok_or_else(|| Error::Inconsistent(format!("object {} is no list of entries", published.entries)))?;
    let stored = objects(connection, &leaves).await?;
    let before = before(connection, published).await?;
    let mut entries = Vec::with_capacity(leaves.len());
    for ((position, leaf), said) in leaves.iter().enumerate().zip(&mut said) {
        let Some(bytes) = stored.get(leaf).ok_or_else(|| missing(*leaf))? else { continue };
        let entry: Entry = parsed(*leaf, bytes)?;
        let reads = (entry.content.as_bytes().to_vec(), entry.local.as_bytes().to_vec());
        let unchanged = before.get(&entry.item.to_string()).filter(|(read, _)| *read == reads);
        let changed = unchanged.map_or(revision, |(_, since)| *since);
        entries.push(entry::Model {
            catalogue: published.catalogue.to_string(),
            number: number(published.number),
            position: position.try_into().unwrap_or(i32::MAX),
            item: entry.item.to_string(),
            serial: number(entry.item.serial),
            leaf: leaf.as_bytes().to_vec(),
            content: reads.0,
            local: reads.1,
            relation: name(&entry.relation),
            origin_item: entry.origin.as_ref().map(|origin| origin.item.to_string()),
            origin_version: entry.origin.as_ref().map(|origin| origin.version.as_bytes().to_vec()),
            reason: entry.reason.as_ref().map(ToString::to_string),
            source: entry.source.map(number),
            changed,
            revision,
        });
        *said = Some((entry, unsigned(changed)));
    }
    Ok((entries, said))
}

/// What an item says, its content and its local part, and the event since which it says so.
type Reading = ((Vec<u8>, Vec<u8>), i64);

/// What the items said in the version before, by code.
async fn before<C: ConnectionTrait>(
    connection: &C,
    published: &Published,
) -> Result<HashMap<String, Reading>> {
    let rows = entry::Entity::find()
        .filter(entry::Column::Catalogue.eq(published.catalogue.as_str()))
        .filter(entry::Column::Number.eq(number(published.number) - 1))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.item, ((row.content, row.local), row.changed))).collect())
}

async fn project_records<C: ConnectionTrait>(
    connection: &C,
    load: &Reference,
    revision: i64,
    rows: &mut Rows,
) -> Result<()> {
    let Some(index) = object(connection, load.records).await? else { return Ok(()) };
    let index: Chunks = parsed(load.records, &index)?;
    let register = load.register.name();
    for part in index.chunks.chunks(DIGESTS_A_STATEMENT) {
        let digests: Vec<Digest> = part.iter().map(|chunk| chunk.object).collect();
        let mut stored = objects(connection, &digests).await?;
        for chunk in part {
            let object = chunk.object.as_bytes().to_vec();
            let records = match stored.remove(&chunk.object).ok_or_else(|| missing(chunk.object))? {
                Some(bytes) => Some(parsed::<Chunk>(chunk.object, &bytes)?.records),
                None => None,
            };
            for (i, code) in chunk.codes.iter().enumerate() {
                let value = records.as_ref().and_then(|records| records.get(i));
                let bytes = value.map(crate::catalogue::canonical::to_bytes).transpose()?;
                let record = bytes.as_ref().map(|bytes| load.register.read(bytes)).transpose();
                let record = record
                    .map_err(|error| Error::Inconsistent(format!("object {}: {error}", chunk.object)))?;
                rows.naming.extend(record.iter().flat_map(AnyRecord::names).map(|name| naming::Model {
                    register: register.to_owned(),
                    name: bounded(name),
                    code: code.clone(),
                    revision,
                }));
                let level = record.as_ref().and_then(AnyRecord::level).map(|level| name(&level));
                let parent = record.and_then(|record| record.parent());
                let (register, code) = (register.to_owned(), code.clone());
                rows.record.push(record::Model {
                    register,
                    code,
                    revision,
                    parent,
                    level,
                    object: object.clone(),
                    bytes,
                });
            }
        }
    }
    Ok(())
}

/// The bytes of an object; `None` once redacted, an error where it was never stored.
pub(super) async fn object<C: ConnectionTrait>(connection: &C, digest: Digest) -> Result<Option<Vec<u8>>> {
    let row = object::Entity::find_by_id(digest.as_bytes().to_vec()).one(connection).await?;
    Ok(row.ok_or_else(|| missing(digest))?.bytes)
}

/// The bytes of several objects; `None` for those redacted, no member for those never stored.
pub(super) async fn objects<C: ConnectionTrait>(
    connection: &C,
    digests: &[Digest],
) -> Result<HashMap<Digest, Option<Vec<u8>>>> {
    let mut found = HashMap::with_capacity(digests.len());
    for some in digests.chunks(DIGESTS_A_STATEMENT) {
        let keys = evened(some.iter().map(|digest| digest.as_bytes().to_vec()));
        let rows = object::Entity::find().filter(object::Column::Digest.is_in(keys)).all(connection).await?;
        found.extend(rows.into_iter().filter_map(|row| Some((Digest::from_bytes(&row.digest)?, row.bytes))));
    }
    Ok(found)
}

/// What the bytes of an object say, for one who only reads; they were checked when they came in.
pub(super) fn stored<T: Format>(digest: Digest, bytes: &[u8]) -> Result<T> {
    T::from_stored(bytes).map_err(|error| Error::Inconsistent(format!("object {digest}: {error}")))
}

/// The same for one who makes something of it, or looks whether all is well: every byte is as it would be written today.
pub(super) fn parsed<T: Format>(digest: Digest, bytes: &[u8]) -> Result<T> {
    T::from_object(bytes).map_err(|error| Error::Inconsistent(format!("object {digest}: {error}")))
}

pub(super) fn missing(digest: Digest) -> Error {
    Error::Inconsistent(format!("object {digest} is missing"))
}

/// Numbers and sizes of versions are far below 2^31.
fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
