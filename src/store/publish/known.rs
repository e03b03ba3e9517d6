//! What the log and the registers know around a document that is to become a version.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    catalogue::{
        check::Known,
        code::ItemCode,
        content::Content,
        digest::Digest,
        draft::{Base, Document},
        reference::Register,
        scope::Scope,
        text::Text,
    },
    error::Result,
    store::{
        declarations,
        entity::{entry, version},
        log::Writing,
        projection, read,
    },
};

/// Rows of a version whose objects are in memory at a time.
const ROWS_AT_A_TIME: usize = 500;

/// What the log knows of the catalogue that a document continues, and of its upstream.
pub(super) async fn base(writing: &Writing, document: &Document) -> Result<Base> {
    let connection = &writing.transaction;
    let code = document.header.catalogue.as_str();
    let mut base = Base::default();
    if let Some(last) = read::last_version(connection, code).await? {
        base.last = Some((last.number.unsigned_abs(), read::digest(&last.digest, "version")?));
        let rows = rows_of(connection, code, last.number).await?;
        base.last_serial = last_serial(connection, code).await?;
        base.minted = minted(connection, document, &rows).await?;
        if document.rows.iter().any(|row| row.item.is_none()) {
            base.by_names = by_names(connection, &rows).await?;
        }
    }
    if let Some(upstream) = &document.header.based_on {
        let row = read::version_row(connection, upstream.catalogue.as_str(), upstream.number).await?;
        base.upstream = row.map(|row| read::digest(&row.digest, "version")).transpose()?;
    }
    base.origins = origins(writing, document).await?;
    Ok(base)
}

/// Items of a version in its order, with the digests of their contents.
async fn rows_of<C: ConnectionTrait>(
    connection: &C,
    code: &str,
    number: i32,
) -> Result<Vec<(String, Vec<u8>)>> {
    Ok(entry::Entity::find()
        .select_only()
        .columns([entry::Column::Item, entry::Column::Content])
        .filter(entry::Column::Catalogue.eq(code))
        .filter(entry::Column::Number.eq(number))
        .order_by_asc(entry::Column::Position)
        .into_tuple()
        .all(connection)
        .await?)
}

/// The greatest serial that was ever minted, at least. A redacted entry no longer says its serial; counting it keeps that
/// serial from being minted again.
async fn last_serial<C: ConnectionTrait>(connection: &C, code: &str) -> Result<u32> {
    let there: Option<(Option<i32>, i64)> = entry::Entity::find()
        .select_only()
        .expr(entry::Column::Serial.max())
        .expr(entry::Column::Position.count())
        .filter(entry::Column::Catalogue.eq(code))
        .into_tuple()
        .one(connection)
        .await?;
    let (greatest, rows) = there.unwrap_or_default();
    let published: Option<Option<i64>> = version::Entity::find()
        .select_only()
        .expr(version::Column::Size.sum())
        .filter(version::Column::Catalogue.eq(code))
        .into_tuple()
        .one(connection)
        .await?;
    let erased = published.flatten().unwrap_or(0).saturating_sub(rows);
    let greatest = greatest.unwrap_or(0).unsigned_abs();
    Ok(greatest.saturating_add(u32::try_from(erased).unwrap_or(u32::MAX)))
}

/// The items of the last version, and those that the document names which were published before it.
async fn minted<C: ConnectionTrait>(
    connection: &C,
    document: &Document,
    rows: &[(String, Vec<u8>)],
) -> Result<HashSet<ItemCode>> {
    let mut minted: HashSet<ItemCode> = rows.iter().filter_map(|(item, _)| item.parse().ok()).collect();
    let named = document.rows.iter().filter_map(|row| row.item.as_ref());
    let others: Vec<String> = named.filter(|item| !minted.contains(*item)).map(ToString::to_string).collect();
    for some in others.chunks(ROWS_AT_A_TIME) {
        let items: Vec<String> = entry::Entity::find()
            .select_only()
            .column(entry::Column::Item)
            .filter(entry::Column::Item.is_in(some))
            .filter(entry::Column::Catalogue.eq(document.header.catalogue.as_str()))
            .distinct()
            .into_tuple()
            .all(connection)
            .await?;
        minted.extend(items.iter().filter_map(|item| item.parse().ok()));
    }
    Ok(minted)
}

/// The items of the last version by their names.
async fn by_names<C: ConnectionTrait>(
    connection: &C,
    rows: &[(String, Vec<u8>)],
) -> Result<HashMap<Vec<Text>, ItemCode>> {
    let (mut items, mut twice) = (HashMap::new(), HashSet::new());
    for some in rows.chunks(ROWS_AT_A_TIME) {
        let digests: Vec<Digest> =
            some.iter().map(|(_, content)| read::digest(content, "entry")).collect::<Result<_>>()?;
        let contents = projection::objects(connection, &digests).await?;
        for ((item, _), digest) in some.iter().zip(&digests) {
            let Some(Some(bytes)) = contents.get(digest) else { continue };
            let names = projection::parsed::<Content>(*digest, bytes)?.names;
            if let Ok(item) = item.parse()
                && items.insert(names.clone(), item).is_some()
            {
                twice.insert(names);
            }
        }
    }
    items.retain(|names, _| !twice.contains(names));
    Ok(items)
}

async fn origins(writing: &Writing, document: &Document) -> Result<HashMap<(ItemCode, Digest), Digest>> {
    let named: HashSet<(&ItemCode, Digest)> =
        document.rows.iter().filter_map(|row| row.origin.as_ref()).map(|o| (&o.item, o.version)).collect();
    let mut origins = HashMap::new();
    let versions: HashSet<Digest> = named.iter().map(|(_, version)| *version).collect();
    for digest in versions {
        let key = version::Column::Digest.eq(digest.as_bytes().to_vec());
        let Some(row) = version::Entity::find().filter(key).one(&writing.transaction).await? else {
            continue;
        };
        let entries = entry::Entity::find()
            .filter(entry::Column::Catalogue.eq(row.catalogue))
            .filter(entry::Column::Number.eq(row.number))
            .all(&writing.transaction)
            .await?;
        for entry in entries {
            let Ok(item) = entry.item.parse::<ItemCode>() else { continue };
            if named.contains(&(&item, digest)) {
                origins.insert((item, digest), read::digest(&entry.content, "entry")?);
            }
        }
    }
    Ok(origins)
}

/// What the registers say at the head of the log, on the day from which the document will be in force.
pub(super) async fn registers(writing: &Writing, document: &Document, base: &Base) -> Result<Known> {
    let connection = &writing.transaction;
    let header = &document.header;
    let scope = Scope { revision: writing.revision(), effective_on: header.effective_from };
    let mut known = Known {
        division: read::record(connection, header.catalogue.division.as_str(), scope).await?,
        domains: read::register(connection, scope).await?.into_iter().collect(),
        channels: read::codes(connection, Register::Channel, scope).await?,
        upstream_items: HashSet::new(),
        declared: Vec::new(),
        to_fill: false,
    };
    let (place, domain) = (&header.catalogue.division, header.catalogue.domain.as_ref());
    let held = declarations::declarations(connection, Some(place), domain, scope).await?;
    known.declared = held.into_iter().map(|held| held.element).collect();
    if let Some((upstream, _)) = header.based_on.as_ref().zip(base.upstream) {
        let items: Vec<String> = entry::Entity::find()
            .select_only()
            .column(entry::Column::Item)
            .filter(entry::Column::Catalogue.eq(upstream.catalogue.as_str()))
            .filter(entry::Column::Number.eq(upstream.number.cast_signed()))
            .into_tuple()
            .all(connection)
            .await?;
        known.upstream_items = items.iter().filter_map(|item| item.parse().ok()).collect();
    }
    Ok(known)
}
