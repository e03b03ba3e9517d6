//! The places that have catalogues, with all their versions, a batch at a time: what a catalogue of data is made of.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use chrono::NaiveDate;

use super::{CatalogueRef, Listed, Reader, dataset::Held, heads::Heads};
use crate::{
    catalogue::{
        code::DivisionCode,
        dataset::{Titles, VersionHead},
        division::DivisionState,
        scope::Scope,
    },
    error::{Error, Result},
    store::projection,
};

/// Versions after which a page ends, with the place that they belong to; and how many are read at a time.
const VERSIONS: usize = 50;

/// A version without its rows.
#[derive(Clone, Debug)]
pub struct Outline {
    /// What the log and its header say.
    pub head: Arc<VersionHead>,
    /// How many rows.
    pub size: u32,
    /// When it was in force, is, or will be, as far as the log says.
    pub periods: Vec<(NaiveDate, Option<NaiveDate>)>,
}

/// A place and all versions of its catalogues that were known, by code and number.
#[derive(Clone, Debug)]
pub struct Government {
    /// The place.
    pub code: DivisionCode,
    /// Its name; `None` where the register does not know it.
    pub name: Option<String>,
    /// The versions, at least one.
    pub versions: Vec<Outline>,
}

/// Places, to be read from the first to the last.
pub struct Governments {
    reader: Reader,
    scope: Scope,
    /// The names that datasets are shown with.
    pub titles: Arc<Titles>,
    pending: VecDeque<(String, usize)>,
    pages: Vec<Range<usize>>,
    all: usize,
}

impl Reader {
    /// The places that have catalogues under a scope: all of them, or those of a page, from 1. `NOT_FOUND` for a page
    /// beyond the last; the first is always there.
    pub async fn governments(&self, scope: Scope, page: Option<u32>) -> Result<Governments> {
        let places = self.governed(&Listed::default(), scope).await?;
        let pages = paged(&places);
        let wanted = match page {
            None => 0..places.len(),
            Some(page) => {
                let found = usize::try_from(page).ok().and_then(|page| pages.get(page.checked_sub(1)?));
                found.cloned().ok_or_else(|| Error::not_found("页", "page", page))?
            }
        };
        let all = places.len();
        let pending = places.into_iter().skip(wanted.start).take(wanted.len()).collect();
        let titles = Arc::new(self.titles(scope).await?);
        Ok(Governments { reader: self.clone(), scope, titles, pending, pages, all })
    }

    /// A place, and with those below it where that is wanted, as far as they have catalogues. `NOT_FOUND` for a place
    /// that is not known.
    pub async fn governments_of(
        &self,
        code: &DivisionCode,
        below: bool,
        scope: Scope,
    ) -> Result<Governments> {
        self.must_know::<DivisionState>(code.as_str(), scope, "行政区划", "division").await?;
        let listed = Listed { divisions: Some(self.runs(code, below, scope).await?), ..Listed::default() };
        let places = self.governed(&listed, scope).await?;
        let (all, pages) = (places.len(), paged(&places));
        let titles = Arc::new(self.titles(scope).await?);
        Ok(Governments { reader: self.clone(), scope, titles, pending: places.into(), pages, all })
    }

    /// The page, from 1, that a place with catalogues is on. `NOT_FOUND` for one without.
    pub async fn page_of(&self, place: &DivisionCode, scope: Scope) -> Result<u32> {
        let places = self.governed(&Listed::default(), scope).await?;
        let index = places.binary_search_by(|(code, _)| code.as_str().cmp(place.as_str()));
        let found = index.ok().and_then(|index| paged(&places).iter().position(|page| page.contains(&index)));
        let page = found.and_then(|page| u32::try_from(page + 1).ok());
        page.ok_or_else(|| Error::not_found("有目录的行政区划", "division with catalogues", place))
    }

    /// Every place that has a known version of what is listed, and how many it has, by code.
    async fn governed(&self, listed: &Listed, scope: Scope) -> Result<Vec<(String, usize)>> {
        self.follow(scope).await?;
        let mut places: Vec<(String, usize)> = Vec::new();
        let count = |known: &CatalogueRef| {
            let (place, versions) = (known.code.division.as_str(), known.history.known(scope).count());
            match places.last_mut() {
                Some((last, count)) if last == place => *count += versions,
                _ => places.push((place.to_owned(), versions)),
            }
        };
        self.each_catalogue(listed, scope, count).await?;
        places.retain(|(_, versions)| *versions > 0);
        Ok(places)
    }
}

/// Which places are on which page: as many as it takes for so many versions. There is always a first page.
fn paged(places: &[(String, usize)]) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let (mut start, mut versions) = (0, 0);
    for (index, (_, count)) in places.iter().enumerate() {
        versions += count;
        if versions >= VERSIONS {
            pages.push(start..index + 1);
            (start, versions) = (index + 1, 0);
        }
    }
    if start < places.len() || pages.is_empty() {
        pages.push(start..places.len());
    }
    pages
}

impl Governments {
    /// How many places there are on all pages.
    pub fn count(&self) -> usize {
        self.all
    }

    /// How many pages there are, one at least.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// The next places; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Government>>> {
        let mut codes = Vec::new();
        let mut versions = 0;
        while let Some((code, count)) = self.pending.front() {
            if !codes.is_empty() && versions + count > VERSIONS {
                break;
            }
            versions += count;
            codes.push(code.clone());
            self.pending.pop_front();
        }
        if codes.is_empty() {
            return Ok(None);
        }
        let shelves = self.reader.shelves(&codes).await?;
        let held =
            |code: &String| shelves.get(code).map(|shelf| self.held(shelf.catalogues())).unwrap_or_default();
        let places: Vec<Vec<Bare>> = codes.iter().map(held).collect();
        let held: Vec<&Held> = places.iter().flatten().map(|(held, _)| held).collect();
        let heads = self.reader.heads(&held, Heads::new(), self.scope).await?;
        places.into_iter().map(|versions| government(versions, &heads)).collect::<Result<_>>().map(Some)
    }

    /// The known versions of some catalogues, by code and number.
    fn held(&self, catalogues: &[Arc<CatalogueRef>]) -> Vec<Bare> {
        let mut all = Vec::new();
        for catalogue in catalogues {
            for version in catalogue.versions().iter().filter(|it| it.revision <= self.scope.revision) {
                let number = version.number;
                let periods = catalogue.history.periods(number, self.scope.revision);
                all.push((Held { code: catalogue.code.clone(), number, version: *version }, periods));
            }
        }
        all
    }
}

/// A version before its header was read, and when it is in force.
type Bare = (Held, Vec<(NaiveDate, Option<NaiveDate>)>);

fn government(versions: Vec<Bare>, heads: &Heads) -> Result<Government> {
    let outline = |(held, periods): Bare| {
        let head = heads.get(&held.version.digest).cloned();
        let head = head.ok_or_else(|| projection::missing(held.version.digest))?;
        Ok(Outline { head, size: held.version.size, periods })
    };
    let versions: Vec<Outline> = versions.into_iter().map(outline).collect::<Result<_>>()?;
    let first = versions.first().ok_or_else(|| Error::internal("a place has a version"))?;
    let (code, name) = (first.head.code.division.clone(), first.head.division_name.clone());
    Ok(Government { code, name, versions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_with_a_place_and_hold_each_place_once() {
        let places = |counts: &[usize]| {
            let code = |(index, count): (usize, &usize)| (format!("{index:012}"), *count);
            counts.iter().enumerate().map(code).collect::<Vec<_>>()
        };
        assert_eq!(paged(&[]), std::slice::from_ref(&(0..0)));
        assert_eq!(paged(&places(&[1, 2, 3])), std::slice::from_ref(&(0..3)));
        assert_eq!(paged(&places(&[30, 30, 1, 49, 1])), [0..2, 2..4, 4..5]);
        assert_eq!(paged(&places(&[500, 50])), [0..1, 1..2]);
    }
}
