//! The items of a dataset, a batch at a time: however many there are, memory holds no more than a batch.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sea_orm::{
    Condition, ConnectionTrait, ExprTrait, FromQueryResult, IdenStatic, QueryResult,
    sea_query::{Expr, JoinType, Query, SelectStatement},
};
use serde::Deserialize;

use super::{
    Reader,
    dataset::{Held, Kept},
    trees,
};
use crate::{
    catalogue::{
        code::DomainCode,
        content::Content,
        dataset::{ItemLine, Titles, VersionHead},
        digest::Digest,
        format::Format,
        local::Local,
        scope::Scope,
    },
    error::{Error, Result},
    store::{
        entity::{entry, object},
        projection, read,
    },
};

/// How many rows, and parts of versions, one statement reads.
const ROWS: u32 = 1_000;
const PIECES: usize = 100;

/// Rows of one version that follow each other.
#[derive(Clone, Debug)]
struct Piece {
    held: Held,
    rows: Range<u32>,
}

/// Versions, of which pieces are taken from the beginning to the end.
#[derive(Debug)]
struct Rest {
    versions: std::vec::IntoIter<Kept>,
    /// The first, and how many rows of it were taken.
    first: Option<(Kept, u32)>,
}

impl Rest {
    fn new(versions: Vec<Kept>) -> Self {
        let mut versions = versions.into_iter();
        let first = versions.next().map(|first| (first, 0));
        Self { versions, first }
    }

    /// How many rows the next piece has. A version without rows is one piece all the same.
    fn front(&self) -> Option<u32> {
        self.first.as_ref().map(|(version, taken)| std::cmp::min(version.size - taken, ROWS))
    }

    /// The next piece: a version and which rows of it.
    fn take(&mut self) -> Option<(Kept, Range<u32>)> {
        let size = self.front()?;
        let (version, taken) = self.first.take()?;
        let rows = taken..taken + size;
        self.first = if rows.end < version.size {
            Some((version.clone(), rows.end))
        } else {
            self.versions.next().map(|next| (next, 0))
        };
        Some((version, rows))
    }
}

/// Rows of one version, read.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Their version.
    pub head: Arc<VersionHead>,
    /// The rows in table order.
    pub lines: Vec<ItemLine>,
}

/// The items of a dataset, to be read from the beginning to the end.
pub struct ItemLines {
    /// The names that rows are shown with.
    pub titles: Arc<Titles>,
    source: Arc<Source>,
    rest: Rest,
    most: u64,
}

/// Where they are read.
struct Source {
    reader: Reader,
    scope: Scope,
    /// Of this domain only, in catalogues of several.
    of_domain: Option<DomainCode>,
    /// The version that was read last, which may go on.
    last: Mutex<Option<Arc<VersionHead>>>,
}

impl ItemLines {
    pub(super) fn new(
        reader: Reader,
        scope: Scope,
        kept: Vec<Kept>,
        titles: Titles,
        of_domain: Option<DomainCode>,
    ) -> Self {
        let most = kept.iter().map(|kept| u64::from(kept.size)).sum();
        let source = Arc::new(Source { reader, scope, of_domain, last: Mutex::default() });
        Self { titles: Arc::new(titles), source, rest: Rest::new(kept), most }
    }

    /// The scope under which names are read.
    pub fn scope(&self) -> Scope {
        self.source.scope
    }

    /// How many rows there are; of a domain, how many there are at most.
    pub fn most(&self) -> u64 {
        self.most
    }
}

/// Rows in the order of the dataset, still to be read: several batches can be at once.
impl Iterator for ItemLines {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let (mut taken, mut rows) = (Vec::new(), 0);
        while let Some(size) = self.rest.front() {
            if !taken.is_empty() && (rows + size > ROWS || taken.len() == PIECES) {
                break;
            }
            rows += size;
            taken.extend(self.rest.take());
        }
        (!taken.is_empty()).then(|| Batch { source: self.source.clone(), taken })
    }
}

/// Rows that follow each other, to be read together.
pub struct Batch {
    source: Arc<Source>,
    taken: Vec<(Kept, Range<u32>)>,
}

impl Batch {
    /// The rows, version by version.
    pub async fn read(self) -> Result<Vec<Slice>> {
        let Self { source, taken } = self;
        let kept: Vec<&Kept> = taken.iter().map(|(kept, _)| kept).collect();
        let held = source.reader.resolved(&kept).await?;
        let some = held.into_iter().zip(taken).map(|(held, (_, rows))| Piece { held, rows });
        source.slices(some.collect()).await
    }
}

impl Source {
    async fn slices(&self, some: Vec<Piece>) -> Result<Vec<Slice>> {
        let heads = self.heads(&some).await?;
        let mut found = self.rows(&some).await?;
        let mut slices = Vec::with_capacity(some.len());
        for Piece { held, rows } in some {
            let head =
                heads.get(&held.version.digest).ok_or_else(|| projection::missing(held.version.digest))?;
            let mut read = found.remove(&(held.code.to_string(), held.number)).unwrap_or_default();
            let gone = |position| ItemLine { position, entry: None, content: None, local: None };
            let mut lines: Vec<ItemLine> =
                rows.map(|position| read.remove(&position).unwrap_or_else(|| gone(position))).collect();
            if held.code.domain.is_none()
                && let Some(domain) = &self.of_domain
            {
                lines.retain(|line| own_domain(line).as_ref() == Some(domain));
                if lines.is_empty() {
                    continue;
                }
            }
            slices.push(Slice { head: head.clone(), lines });
        }
        if let Some(slice) = slices.last() {
            *self.last() = Some(slice.head.clone());
        }
        Ok(slices)
    }

    /// The rows of some pieces that were not redacted whole, by version and place.
    async fn rows(&self, some: &[Piece]) -> Result<HashMap<(String, u32), HashMap<u32, ItemLine>>> {
        let connection = &self.reader.store().passing;
        let mut found: HashMap<(String, u32), HashMap<u32, ItemLine>> = HashMap::new();
        let mut known = trees::Codes::default();
        for row in connection.query_all(&selected(some)).await? {
            let model = entry::Model::from_query_result(&row, "")?;
            let content = part::<Content>(&model.content, CONTENT, &row)?;
            let local = part::<Local>(&model.local, LOCAL, &row)?;
            let position = model.position.unsigned_abs();
            let line = ItemLine { position, entry: Some(trees::entry(&model, &mut known)?), content, local };
            found.entry((model.catalogue, model.number.unsigned_abs())).or_default().insert(position, line);
        }
        Ok(found)
    }

    /// What is said of the versions of some pieces, by their digests.
    async fn heads(&self, some: &[Piece]) -> Result<HashMap<Digest, Arc<VersionHead>>> {
        let known = self.last().iter().map(|head| (head.digest, head.clone())).collect();
        let mut held: Vec<&Held> = some.iter().map(|piece| &piece.held).collect();
        held.dedup_by_key(|held| held.version.digest);
        self.reader.heads(&held, known, self.scope).await
    }

    fn last(&self) -> MutexGuard<'_, Option<Arc<VersionHead>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the objects of a row are called in a statement: the table, its key and its bytes.
type Joined = [&'static str; 3];
const CONTENT: Joined = ["c", "content_known", "content_bytes"];
const LOCAL: Joined = ["l", "local_known", "local_bytes"];

/// The rows of some pieces with the objects that they lead to, in one statement. They come in any order: whoever sorts
/// them in the database has it move the objects about, too.
fn selected(some: &[Piece]) -> SelectStatement {
    let column = |column: entry::Column| Expr::col((entry::Entity, column));
    let mut wanted = Condition::any();
    for Piece { held, rows } in some {
        let mut piece = Condition::all()
            .add(column(entry::Column::Catalogue).eq(held.code.as_str()))
            .add(column(entry::Column::Number).eq(held.number.cast_signed()));
        if held.version.size > ROWS {
            let (first, end) = (rows.start.cast_signed(), rows.end.cast_signed());
            piece = piece.add(column(entry::Column::Position).gte(first));
            piece = piece.add(column(entry::Column::Position).lt(end));
        }
        wanted = wanted.add(piece);
    }
    let mut query = Query::select();
    query.from(entry::Entity).cond_where(wanted);
    for name in <entry::Column as sea_orm::Iterable>::iter() {
        query.expr_as(column(name), name.as_str().to_owned());
    }
    for ([table, known, bytes], key) in [(CONTENT, entry::Column::Content), (LOCAL, entry::Column::Local)] {
        let same = Expr::col((table, object::Column::Digest)).equals((entry::Entity, key));
        query.join_as(JoinType::LeftJoin, object::Entity, table, same);
        query.expr_as(Expr::col((table, object::Column::Digest)), known);
        query.expr_as(Expr::col((table, object::Column::Bytes)), bytes);
    }
    query
}

/// The text of a part without its format; `None` once redacted. An object that is not there, or whose bytes are not what
/// its digest says, is an error.
fn part<T: Format>(digest: &[u8], [_, known, bytes]: Joined, row: &QueryResult) -> Result<Option<String>> {
    let digest = read::digest(digest, "entry")?;
    if row.try_get::<Option<Vec<u8>>>("", known)?.is_none() {
        return Err(projection::missing(digest));
    }
    let Some(bytes) = row.try_get::<Option<Vec<u8>>>("", bytes)? else { return Ok(None) };
    let broken = || Error::Inconsistent(format!("object {digest} has other bytes"));
    if Digest::of(&bytes) != digest {
        return Err(broken());
    }
    let text = String::from_utf8(bytes).map_err(|_| broken())?;
    Ok(Some(bare(text, T::FORMAT).ok_or_else(broken)?))
}

/// Canonical JSON without its member `format`. Quotes within texts are escaped, so where its words stand once they are
/// that member; elsewhere the text is read to tell them apart.
fn bare(mut text: String, format: &str) -> Option<String> {
    let member = format!("\"format\":\"{format}\"");
    let place = text.find(&member)?;
    let end = place + member.len();
    if text[end..].contains(&member) {
        let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).ok()?;
        members.remove("format");
        return String::from_utf8(crate::catalogue::canonical::to_bytes(&members).ok()?).ok();
    }
    if text[end..].starts_with(',') {
        text.replace_range(place..=end, "");
    } else {
        let before = usize::from(text[..place].ends_with(','));
        text.replace_range(place - before..end, "");
    }
    Some(text)
}

/// The domain that a row of a catalogue of several has of its own; `None` where that is not known.
fn own_domain(line: &ItemLine) -> Option<DomainCode> {
    #[derive(Deserialize)]
    struct Own {
        domain: Option<DomainCode>,
    }
    serde_json::from_str::<Own>(line.local.as_deref()?).ok()?.domain
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn only_the_format_of_the_object_is_taken_out() {
        let bare = |text: &str| bare(text.to_owned(), "mulu.local/1").unwrap();
        assert_eq!(bare(r#"{"format":"mulu.local/1"}"#), "{}");
        assert_eq!(bare(r#"{"domain":"01","format":"mulu.local/1"}"#), r#"{"domain":"01"}"#);
        assert_eq!(bare(r#"{"format":"mulu.local/1","units":[]}"#), r#"{"units":[]}"#);
        let twice = r#"{"extensions":{"format":"mulu.local/1"},"format":"mulu.local/1"}"#;
        assert_eq!(bare(twice), r#"{"extensions":{"format":"mulu.local/1"}}"#);
        let quoted = r#"{"extensions":{"a":"\"format\":\"mulu.local/1\""},"format":"mulu.local/1"}"#;
        assert_eq!(bare(quoted), r#"{"extensions":{"a":"\"format\":\"mulu.local/1\""}}"#);
    }
}
