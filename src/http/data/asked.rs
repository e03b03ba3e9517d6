//! What a link asks for.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::{
    catalogue::{
        code::CatalogueCode,
        dataset::{Dataset, NoDataset},
        scope::Revision,
    },
    export::data::{DataFormat, FileName},
};

/// A link below `/data/`.
#[derive(Debug)]
pub(super) enum Asked {
    /// `latest/…`: what holds now.
    Latest { dataset: Latest, format: DataFormat },
    /// `REVISION/DAY/…`: what held under a scope.
    Pinned { revision: Revision, effective_on: NaiveDate, name: FileName },
    /// `versions/CATALOGUE/NUMBER.…`.
    Version(FileName),
}

/// What can be asked for as of now.
#[derive(Debug)]
pub(super) enum Latest {
    /// `catalogues/CODE`: its version in force.
    Catalogue(CatalogueCode),
    /// Any dataset but a version, which is of no time.
    Dataset(Dataset),
}

impl FromStr for Asked {
    type Err = NoDataset;

    fn from_str(path: &str) -> Result<Self, NoDataset> {
        let (first, rest) = path.split_once('/').ok_or(NoDataset)?;
        match first {
            "versions" => path.parse().map(Self::Version),
            "latest" => latest(rest),
            revision => {
                let (day, name) = rest.split_once('/').ok_or(NoDataset)?;
                let name: FileName = name.parse()?;
                let asked = (revision.parse::<Revision>(), day.parse::<NaiveDate>());
                let (Ok(number), Ok(effective_on)) = asked else { return Err(NoDataset) };
                // One state has one link: numbers and days are written in one way.
                let same = number.to_string() == revision && effective_on.to_string() == day;
                if !same || matches!(name.dataset, Dataset::Version { .. }) {
                    return Err(NoDataset);
                }
                Ok(Self::Pinned { revision: number, effective_on, name })
            }
        }
    }
}

fn latest(name: &str) -> Result<Asked, NoDataset> {
    let of = |format: DataFormat| {
        let path = name.strip_suffix(format.extension())?.strip_suffix('.')?;
        let dataset = match path.strip_prefix("catalogues/") {
            Some(code) => Latest::Catalogue(code.parse().ok()?),
            None => Latest::Dataset(
                path.parse().ok().filter(|dataset| !matches!(dataset, Dataset::Version { .. }))?,
            ),
        };
        Some(Asked::Latest { dataset, format })
    };
    DataFormat::ALL.into_iter().find_map(of).ok_or(NoDataset)
}
