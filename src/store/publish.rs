//! From documents to drafts, and from drafts to the log.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Store, declarations,
    entity::{entry, version},
    log::Writing,
    projection, read,
};
use crate::{
    catalogue::{
        check::{self, Finding, Known, Severity},
        code::{CatalogueCode, ItemCode},
        compared::Compared,
        content::Content,
        declaration::DeclaredElement,
        digest::Digest,
        draft::{Base, Document, Draft},
        element::ElementSchema,
        event::{Closed, EventBody, Published, Withdrawn},
        reference::Register,
        scope::{Revision, Scope},
        text::Text,
        version::Version,
    },
    error::{Error, Result},
};

/// Rows of a version whose objects are in memory at a time.
const ROWS_AT_A_TIME: usize = 500;

/// What became of one document.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Staged {
    /// Whose version.
    pub catalogue: CatalogueCode,
    /// Its number.
    pub number: u32,
    /// Its digest.
    pub digest: Digest,
    /// How many entries.
    pub size: u32,
    /// The revision at which it was published; absent for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// The document says what the last version says: nothing was made.
    pub unchanged: bool,
    /// The draft, where nothing was to be kept of it.
    #[serde(skip)]
    pub draft: Option<Box<Draft>>,
    /// What the draft would change of the last version, where somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Compared>,
}

/// What is withdrawn.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// Whose version.
    pub catalogue: CatalogueCode,
    /// Its number.
    pub number: u32,
    /// The first day on which it is void.
    pub from: NaiveDate,
    /// Why.
    pub reason: Text,
}

/// What to do with documents that pass the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing: say what would happen.
    Forget,
    /// Keep drafts.
    Keep,
    /// Publish at once.
    Publish,
}

/// Whether a document says all that it is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filled {
    /// It does.
    Whole,
    /// Its place is yet to fill in what is its own.
    ToFill,
}

impl Store {
    /// Makes drafts of documents and keeps or publishes them, all or none. Where a rule refuses one of them nothing
    /// changes, and the first value is empty. Findings name the document by its index.
    pub async fn stage(
        &self,
        documents: Vec<Document>,
        then: Then,
        mut progress: impl FnMut(),
    ) -> Result<(Vec<Staged>, Vec<(usize, Finding)>)> {
        self.write(async |writing| {
            let (mut staged, mut findings) = (Vec::new(), Vec::new());
            for (index, document) in documents.into_iter().enumerate() {
                let (made, found) = writing.stage_document(document, then, Filled::Whole).await?;
                findings.extend(found.into_iter().map(|finding| (index, finding)));
                staged.extend(made);
                progress();
            }
            if findings.iter().any(|(_, finding)| finding.severity() == Severity::Error) {
                writing.undo();
                staged.clear();
            } else if then == Then::Forget {
                writing.undo();
            }
            Ok((staged, findings))
        })
        .await
    }

    /// Makes a draft of a document that was made from the version `last`, and keeps or publishes it. `CONFLICT` where that
    /// is no longer the last one. Where a rule refuses it nothing changes, and the first value is `None`. Nobody filled
    /// in anything since, so what is required may be missing.
    pub async fn stage_next(
        &self,
        document: &Document,
        last: Option<Digest>,
        then: Then,
    ) -> Result<(Option<Staged>, Vec<Finding>)> {
        self.write(async |writing| {
            let catalogue = document.header.catalogue.clone();
            let row = read::last_version(&writing.transaction, catalogue.as_str()).await?;
            let known = row.as_ref().map(|row| read::digest(&row.digest, "version")).transpose()?;
            if known != last {
                let last = row.map_or(0, |row| row.number.unsigned_abs());
                return Err(Error::Conflict { catalogue, last });
            }
            let (staged, findings) = writing.stage_document(document.clone(), then, Filled::ToFill).await?;
            if staged.is_none() || then == Then::Forget {
                writing.undo();
            }
            Ok((staged, findings))
        })
        .await
    }

    /// Publishes drafts, all or none. `CONFLICT` where one was made from a version that is no longer the last.
    pub async fn publish(&self, drafts: &[Digest]) -> Result<Vec<Staged>> {
        self.write(async |writing| {
            let mut published = Vec::new();
            for digest in drafts {
                let (version, objects) = writing.take_draft(*digest).await?;
                published.push(writing.publish(&version, *digest, &objects).await?);
            }
            Ok(published)
        })
        .await
    }

    /// Declares a version void from a day on. `NOT_FOUND` where there is no such version.
    pub async fn withdraw(&self, withdrawal: Withdrawal) -> Result<Revision> {
        let Withdrawal { catalogue, number, from, reason } = withdrawal;
        let reason = stated(reason)?;
        self.write(async |writing| {
            let row = read::version_row(&writing.transaction, catalogue.as_str(), number).await?;
            let unknown = || Error::not_found("目录版本", "version", format!("{catalogue} #{number}"));
            let version = read::digest(&row.ok_or_else(unknown)?.digest, "version")?;
            writing.append(EventBody::Withdrawn(Withdrawn { catalogue, number, version, from, reason })).await
        })
        .await
    }

    /// Declares that a catalogue has nothing in force from a day on. `NOT_FOUND` where it or its successor is not
    /// published.
    pub async fn close_catalogue(&self, closed: Closed) -> Result<Revision> {
        let closed = Closed { reason: stated(closed.reason)?, ..closed };
        self.write(async |writing| {
            for code in [Some(&closed.catalogue), closed.successor.as_ref()].into_iter().flatten() {
                if read::last_version(&writing.transaction, code.as_str()).await?.is_none() {
                    return Err(Error::not_found("目录", "catalogue", code));
                }
            }
            writing.append(EventBody::Closed(closed)).await
        })
        .await
    }
}

pub(super) fn stated(reason: Text) -> Result<Text> {
    if reason.is_empty() {
        Err(Error::bad_input("须说明理由", "a reason is needed"))
    } else {
        Ok(reason)
    }
}

impl Writing {
    /// Checks a document and makes of it what is asked; `None` where a rule refuses it.
    async fn stage_document(
        &mut self,
        mut document: Document,
        then: Then,
        filled: Filled,
    ) -> Result<(Option<Staged>, Vec<Finding>)> {
        let base = base(self, &document).await?;
        let mut known = known(self, &document, &base).await?;
        known.to_fill = filled == Filled::ToFill;
        document.mint(&base);
        let found = check::check(&document, &base, &known);
        if found.iter().any(|finding| finding.severity() == Severity::Error) {
            return Ok((None, found));
        }
        Ok((Some(self.stage_one(document, &base, &known.declared, then).await?), found))
    }

    async fn stage_one(
        &mut self,
        mut document: Document,
        base: &Base,
        declared: &[DeclaredElement],
        then: Then,
    ) -> Result<Staged> {
        document.header.elements = document.elements(declared)?;
        let draft = document.assemble(base)?;
        if let Some(unchanged) = self.unchanged(&draft, declared).await? {
            return Ok(unchanged);
        }
        match then {
            Then::Publish => self.publish(&draft.version, draft.digest, &draft.objects).await,
            Then::Keep => {
                let made = staged(&draft.version, draft.digest, None, false);
                self.keep_draft(draft).await?;
                Ok(made)
            }
            Then::Forget => {
                let made = staged(&draft.version, draft.digest, None, false);
                Ok(Staged { draft: Some(Box::new(draft)), ..made })
            }
        }
    }

    /// The last version, where the draft says just what it says. What the place or the domain declares otherwise since is
    /// no news of the rows.
    async fn unchanged(&self, draft: &Draft, declared: &[DeclaredElement]) -> Result<Option<Staged>> {
        let code = draft.version.catalogue.as_str();
        let Some(last) = read::last_version(&self.transaction, code).await? else { return Ok(None) };
        let digest = read::digest(&last.digest, "version")?;
        let Some(bytes) = projection::object(&self.transaction, digest).await? else { return Ok(None) };
        let last: Version = projection::parsed(digest, &bytes)?;
        let mut renumbered =
            Version { number: last.number, previous: last.previous, ..draft.version.clone() };
        if renumbered.element_schemas != last.element_schemas {
            let here = |key: &Digest| draft.objects.get(key).cloned();
            let own = besides(&draft.version.element_schemas, declared, here)?;
            let stored = projection::objects(&self.transaction, &last.element_schemas).await?;
            let there = |key: &Digest| stored.get(key).cloned().flatten();
            if own == besides(&last.element_schemas, declared, there)? {
                renumbered.element_schemas.clone_from(&last.element_schemas);
            }
        }
        Ok((renumbered == last).then(|| staged(&last, digest, None, true)))
    }

    async fn publish(
        &mut self,
        version: &Version,
        digest: Digest,
        objects: &BTreeMap<Digest, Vec<u8>>,
    ) -> Result<Staged> {
        let last = read::last_version(&self.transaction, version.catalogue.as_str()).await?;
        let last_digest = last.as_ref().map(|row| read::digest(&row.digest, "version")).transpose()?;
        if last_digest != version.previous {
            let last = last.map_or(0, |row| row.number.unsigned_abs());
            return Err(Error::Conflict { catalogue: version.catalogue.clone(), last });
        }
        self.put(objects).await?;
        let event = Published {
            catalogue: version.catalogue.clone(),
            number: version.number,
            version: digest,
            entries: version.entries,
            size: version.size,
            effective_from: version.effective_from,
        };
        let revision = self.append(EventBody::Published(event)).await?;
        Ok(staged(version, digest, Some(revision), false))
    }
}

/// Which of a version's declarations are its own, not those of its place or domain; one that was redacted is its own.
fn besides(
    schemas: &[Digest],
    declared: &[DeclaredElement],
    bytes: impl Fn(&Digest) -> Option<Vec<u8>>,
) -> Result<Vec<Digest>> {
    let mut own = Vec::new();
    for key in schemas {
        let element =
            bytes(key).map(|bytes| projection::parsed::<ElementSchema>(*key, &bytes)).transpose()?;
        let is_declared = element.is_some_and(|element| declared.iter().any(|one| one.is_of(&element)));
        if !is_declared {
            own.push(*key);
        }
    }
    Ok(own)
}

fn staged(version: &Version, digest: Digest, revision: Option<Revision>, unchanged: bool) -> Staged {
    let (catalogue, number, size) = (version.catalogue.clone(), version.number, version.size);
    Staged { catalogue, number, digest, size, revision, unchanged, draft: None, difference: None }
}

/// What the log knows of the catalogue that a document continues, and of its upstream.
async fn base(writing: &Writing, document: &Document) -> Result<Base> {
    let connection = &writing.transaction;
    let code = document.header.catalogue.as_str();
    let mut base = Base::default();
    if let Some(last) = read::last_version(connection, code).await? {
        base.last = Some((last.number.unsigned_abs(), read::digest(&last.digest, "version")?));
        let items: Vec<(String, i32)> = entry::Entity::find()
            .select_only()
            .columns([entry::Column::Item, entry::Column::Serial])
            .filter(entry::Column::Catalogue.eq(code))
            .distinct()
            .into_tuple()
            .all(connection)
            .await?;
        // A redacted entry no longer says its serial; counting it keeps that serial from being minted again.
        let sizes: Vec<i32> = version::Entity::find()
            .select_only()
            .column(version::Column::Size)
            .filter(version::Column::Catalogue.eq(code))
            .into_tuple()
            .all(connection)
            .await?;
        let rows = entry::Entity::find().filter(entry::Column::Catalogue.eq(code)).count(connection).await?;
        let erased =
            sizes.iter().map(|size| u64::from(size.unsigned_abs())).sum::<u64>().saturating_sub(rows);
        let greatest = items.iter().map(|(_, serial)| serial.unsigned_abs()).max().unwrap_or(0);
        base.last_serial = greatest.saturating_add(u32::try_from(erased).unwrap_or(u32::MAX));
        base.minted = items.iter().filter_map(|(item, _)| item.parse().ok()).collect();
        base.by_names = by_names(writing, code, last.number).await?;
    }
    if let Some(upstream) = &document.header.based_on {
        let row = read::version_row(connection, upstream.catalogue.as_str(), upstream.number).await?;
        base.upstream = row.map(|row| read::digest(&row.digest, "version")).transpose()?;
    }
    base.origins = origins(writing, document).await?;
    Ok(base)
}

async fn by_names(writing: &Writing, code: &str, number: i32) -> Result<HashMap<Vec<Text>, ItemCode>> {
    let rows: Vec<(String, Vec<u8>)> = entry::Entity::find()
        .select_only()
        .columns([entry::Column::Item, entry::Column::Content])
        .filter(entry::Column::Catalogue.eq(code))
        .filter(entry::Column::Number.eq(number))
        .order_by_asc(entry::Column::Position)
        .into_tuple()
        .all(&writing.transaction)
        .await?;
    let (mut items, mut twice) = (HashMap::new(), HashSet::new());
    for some in rows.chunks(ROWS_AT_A_TIME) {
        let digests: Vec<Digest> =
            some.iter().map(|(_, content)| read::digest(content, "entry")).collect::<Result<_>>()?;
        let contents = projection::objects(&writing.transaction, &digests).await?;
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
async fn known(writing: &Writing, document: &Document, base: &Base) -> Result<Known> {
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
