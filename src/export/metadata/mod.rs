//! Metadata (元数据): what catalogues of data and other programs are told about data files, before they take any. What is
//! said of columns comes from their declarations, what is said of terms from the settings.

mod catalog;
mod dataset;
mod manifest;
mod package;
mod table;
pub(in crate::export) mod terms;
pub(in crate::export) mod vocabulary;

use std::{fmt, str::FromStr};

pub(crate) use self::manifest::listed;
pub use self::{
    catalog::Catalog,
    manifest::{bare_manifest, manifest},
    package::{Extent, package},
    vocabulary::{context, context_file, vocabulary, vocabulary_page},
};
use super::rdf::Syntax;
use crate::catalogue::{
    dataset::{Dataset, NoDataset},
    scope::Scope,
};

/// What a document of metadata is about (元数据对象). Its text is the path of its link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The files of a dataset.
    Dataset(Dataset),
    /// All registers together, which refer to each other, `registers`.
    Registers,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dataset(dataset) => dataset.fmt(f),
            Self::Registers => f.write_str("registers"),
        }
    }
}

impl FromStr for Subject {
    type Err = NoDataset;

    fn from_str(path: &str) -> Result<Self, NoDataset> {
        if path == "registers" { Ok(Self::Registers) } else { path.parse().map(Self::Dataset) }
    }
}

/// A document of metadata (元数据文件).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Document {
    /// A Data Package of what a dataset is given away as, `divisions/530115000000.datapackage.json`.
    Package(Subject),
    /// The manifest of all its files, `divisions/530115000000.manifest.json`.
    Manifest(Subject),
    /// The catalogue of all data, DCAT 3: whole, `catalog.ttl`, or a page of it, from 1, `catalog/1.ttl`.
    Catalog {
        /// Which page; `None` for all of it.
        page: Option<u32>,
        /// How it is written.
        syntax: Syntax,
    },
}

/// What makes a document of what it is about.
pub type OfSubject = fn(Subject) -> Document;

/// What names of Data Packages and of manifests end with.
const PACKAGE: &str = ".datapackage.json";
const MANIFEST: &str = ".manifest.json";

impl Document {
    /// What it is about, where that is not all data.
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Package(subject) | Self::Manifest(subject) => Some(subject),
            Self::Catalog { .. } => None,
        }
    }

    /// The same kind of document about the version in force of a catalogue, `catalogues/CODE.datapackage.json`.
    pub fn of_catalogue(name: &str) -> Option<(&str, OfSubject)> {
        let package = name.strip_suffix(PACKAGE).map(|code| (code, Self::Package as OfSubject));
        package.or_else(|| name.strip_suffix(MANIFEST).map(|code| (code, Self::Manifest as OfSubject)))
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::Package(_) | Self::Manifest(_) => "application/json",
            Self::Catalog { syntax, .. } => syntax.media_type(),
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(subject) => write!(f, "{subject}{PACKAGE}"),
            Self::Manifest(subject) => write!(f, "{subject}{MANIFEST}"),
            Self::Catalog { page: None, syntax } => write!(f, "catalog.{}", syntax.extension()),
            Self::Catalog { page: Some(page), syntax } => write!(f, "catalog/{page}.{}", syntax.extension()),
        }
    }
}

impl FromStr for Document {
    type Err = NoDataset;

    fn from_str(path: &str) -> Result<Self, NoDataset> {
        let document = match Self::of_catalogue(path) {
            Some((subject, document)) => document(subject.parse()?),
            None => {
                let (name, extension) = path.rsplit_once('.').ok_or(NoDataset)?;
                let syntax = Syntax::ALL.into_iter().find(|syntax| syntax.extension() == extension);
                let syntax = syntax.ok_or(NoDataset)?;
                let page = match name.strip_prefix("catalog").ok_or(NoDataset)? {
                    "" => None,
                    page => Some(page.strip_prefix('/').and_then(|page| page.parse().ok()).ok_or(NoDataset)?),
                };
                Self::Catalog { page, syntax }
            }
        };
        // Only the one way in which it is written leads to it.
        if document.to_string() == path { Ok(document) } else { Err(NoDataset) }
    }
}

/// The link of a document: beside the files that it is about (固定链接).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PinnedDocument {
    /// Which.
    pub document: Document,
    /// The scope; one version has its own.
    pub scope: Scope,
}

impl fmt::Display for PinnedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, scope } = self;
        match document {
            Document::Package(Subject::Dataset(Dataset::Version { .. }))
            | Document::Manifest(Subject::Dataset(Dataset::Version { .. })) => write!(f, "/data/{document}"),
            _ => write!(f, "/data/{}/{}/{document}", scope.revision, scope.effective_on),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_one_document_and_a_document_has_one_path() {
        for path in [
            "versions/530115000000-04/2.datapackage.json",
            "divisions/530115000000/all.datapackage.json",
            "registers/unit.datapackage.json",
            "registers.datapackage.json",
            "registers.manifest.json",
            "versions/530115000000-04/2.manifest.json",
            "platform.datapackage.json",
            "catalog.ttl",
            "catalog/12.jsonld",
        ] {
            assert_eq!(path.parse::<Document>().unwrap().to_string(), path);
        }
        for path in [
            "",
            "datapackage.json",
            "divisions/5301.datapackage.json",
            "catalog",
            "catalog/01.ttl",
            "catalog/.ttl",
            "catalog1.ttl",
            "catalog.csv",
        ] {
            assert!(path.parse::<Document>().is_err(), "{path}");
        }
    }
}
