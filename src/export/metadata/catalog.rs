//! The catalogue of all data, DCAT 3: place by place, so that memory holds a few of them, however many there are.

use super::{
    dataset::Describing,
    terms::{Names, others},
};
use crate::{
    catalogue::{code::DomainCode, scope::Scope},
    error::Result,
    export::{
        data::{Files, Pieces},
        rdf::{self, Iri, Node, Syntax, plain, typed, zh},
    },
    store::Governments,
};

/// The catalogue on its way (数据目录): whole or a page of it, piece by piece.
pub struct Catalog {
    describing: Describing,
    governments: Governments,
    writer: Box<dyn rdf::Write>,
    page: Option<u32>,
    syntax: Syntax,
    next: Next,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    Beginning,
    Governments,
    Nothing,
}

impl Pieces for Catalog {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        Self::next(self).await
    }
}

impl Catalog {
    /// A catalogue, of which nothing was written yet. Files of a few rows are measured for a page; for all of it that
    /// would take too long. `NOT_FOUND` for a page that is not there, and where it is not said whose data they are.
    pub async fn open(files: &Files, scope: Scope, page: Option<u32>, syntax: Syntax) -> Result<Self> {
        files.must_be_open()?;
        let names = Names::new(files.publication());
        let writer = syntax.writer(&names.namespace());
        let governments = files.reader().governments(scope, page).await?;
        let describing = Describing { names, files: files.clone(), scope, measured: page.is_some() };
        Ok(Self { describing, governments, writer, page, syntax, next: Next::Beginning })
    }

    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        match self.next {
            Next::Beginning => {
                self.writer.begin(&mut out)?;
                for node in self.beginning().await? {
                    self.writer.node(&node, &mut out)?;
                }
                self.next = Next::Governments;
            }
            Next::Governments => match self.governments.next().await? {
                Some(governments) => {
                    let titles = self.governments.titles.clone();
                    for government in governments {
                        for node in self.describing.government(&government, &titles).await? {
                            self.writer.node(&node, &mut out)?;
                        }
                    }
                }
                None => {
                    self.writer.end(&mut out)?;
                    self.next = Next::Nothing;
                }
            },
            Next::Nothing => return Ok(None),
        }
        Ok(Some(out))
    }

    /// What stands on every page, then what stands on the first only.
    async fn beginning(&self) -> Result<Vec<Node>> {
        let mut nodes = vec![self.describing.catalog()];
        nodes.extend(self.paging());
        nodes.extend(self.agents());
        nodes.extend(others());
        nodes.extend(self.describing.standards());
        nodes.extend(self.domains());
        if self.page.is_none_or(|page| page == 1) {
            nodes.extend(self.describing.general().await?);
        }
        Ok(nodes)
    }

    /// Which page this is, and where the others are (Hydra).
    fn paging(&self) -> Vec<Node> {
        let Some(page) = self.page else { return Vec::new() };
        let names = &self.describing.names;
        let Scope { revision, effective_on } = self.describing.scope;
        let extension = self.syntax.extension();
        let link =
            |page: u64| names.link(&format!("/data/{revision}/{effective_on}/catalog/{page}.{extension}"));
        let (page, last) = (u64::from(page), self.governments.pages() as u64);
        let view = Node::new(link(page))
            .is("hydra:PartialCollectionView")
            .with("hydra:first", link(1))
            .with_all("hydra:previous", (page > 1).then(|| link(page - 1)))
            .with_all("hydra:next", (page < last).then(|| link(page + 1)))
            .with("hydra:last", link(last));
        let count = typed(self.governments.count(), "xsd:integer");
        let collection = Node::new(names.catalog())
            .is("hydra:Collection")
            .with("hydra:totalItems", count)
            .with("hydra:view", link(page));
        vec![collection, view]
    }

    /// Who gives the data away, on which terms, and where.
    fn agents(&self) -> Vec<Node> {
        let notice = self.describing.files.notice();
        let publisher = notice.publisher.iter().map(|name| {
            Node::new(self.describing.names.publisher()).is("foaf:Agent").with("foaf:name", zh(name))
        });
        let licence =
            notice.licence.iter().map(|licence| Node::new(Iri::new(licence)).is("dct:LicenseDocument"));
        let home = Node::new(self.describing.names.link("/")).is("foaf:Document");
        publisher.chain(licence).chain([home]).collect()
    }

    /// The domains, which are the themes.
    fn domains(&self) -> Vec<Node> {
        let names = &self.describing.names;
        let scheme =
            Node::new(names.domains()).is("skos:ConceptScheme").with("dct:title", zh("基层政务公开领域"));
        let concept = |(code, name): (&DomainCode, &String)| {
            Node::new(names.domain(code))
                .is("skos:Concept")
                .with("skos:inScheme", names.domains())
                .with("skos:notation", plain(code.as_str()))
                .with("skos:prefLabel", zh(name))
        };
        std::iter::once(scheme).chain(self.governments.titles.domains.iter().map(concept)).collect()
    }
}
