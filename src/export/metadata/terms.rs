//! The names of things in linked data, which all begin with the address of the server, and the terms of others that are
//! said of them.

use crate::{
    catalogue::{
        code::{DivisionCode, DomainCode},
        dataset::{Dataset, Publication},
    },
    export::rdf::{Iri, Node, Object, plain, zh},
};

/// Code lists of the Publications Office of the EU, which DCAT-AP asks for where they have what is meant.
pub(super) const CHINESE: &str = "http://publications.europa.eu/resource/authority/language/ZHO";
pub(super) const CHINA: &str = "http://publications.europa.eu/resource/authority/country/CHN";
pub(super) const PUBLIC: &str = "http://publications.europa.eu/resource/authority/access-right/PUBLIC";
pub(super) const NEVER: &str = "http://publications.europa.eu/resource/authority/frequency/NEVER";
pub(super) const IRREGULAR: &str = "http://publications.europa.eu/resource/authority/frequency/IRREG";
pub(super) const SHA256: &str = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256";

/// The names of things here.
#[derive(Clone, Debug)]
pub(in crate::export) struct Names {
    address: String,
}

impl Names {
    pub(in crate::export) fn new(publication: &Publication) -> Self {
        Self { address: publication.address.clone() }
    }

    /// What a link of ours is in full.
    pub(super) fn link(&self, path: &str) -> Iri {
        Iri::new(format!("{}{path}", self.address))
    }

    /// The namespace of our own vocabulary.
    pub(super) fn namespace(&self) -> String {
        format!("{}/ns#", self.address)
    }

    /// The document that says what its terms mean.
    pub(super) fn vocabulary(&self) -> Iri {
        self.link("/ns")
    }

    /// The catalogue of all data.
    pub(super) fn catalog(&self) -> Iri {
        self.link("/data/catalog")
    }

    /// Who gives the data away.
    pub(super) fn publisher(&self) -> Iri {
        self.link("/data/catalog#publisher")
    }

    /// A dataset, whatever the scope. That of a division is the series of what its government has published.
    pub(in crate::export) fn dataset(&self, dataset: &Dataset) -> Iri {
        self.link(&format!("/data/{dataset}"))
    }

    /// All that a government has published.
    pub(super) fn series(&self, code: &DivisionCode) -> Iri {
        self.dataset(&Dataset::Division { code: code.clone(), below: false })
    }

    /// A place.
    pub(super) fn place(&self, code: &DivisionCode) -> Iri {
        self.link(&format!("/data/registers/division#{code}"))
    }

    /// The list of domains.
    pub(super) fn domains(&self) -> Iri {
        self.link("/data/registers/domain#scheme")
    }

    /// A domain.
    pub(super) fn domain(&self, code: &DomainCode) -> Iri {
        self.link(&format!("/data/registers/domain#{code}"))
    }
}

/// A place, described.
pub(super) fn location(names: &Names, code: &DivisionCode, name: Option<&str>) -> Node {
    let node = Node::new(names.place(code)).is("dct:Location").with("dct:identifier", plain(code.as_str()));
    match name {
        Some(name) => node.with("skos:prefLabel", zh(name)),
        None => node,
    }
}

/// Things of others that are referred to here, with what they are: validators look for that beside them.
pub(super) fn others() -> Vec<Node> {
    let frequencies = [NEVER, IRREGULAR].map(|iri| Node::new(Iri::new(iri)).is("dct:Frequency"));
    let mut nodes = vec![
        Node::new(Iri::new(CHINESE)).is("dct:LinguisticSystem"),
        Node::new(Iri::new(CHINA)).is("dct:Location"),
        Node::new(Iri::new(PUBLIC)).is("dct:RightsStatement"),
        Node::new(Iri::new(SHA256)).is("spdx:ChecksumAlgorithm"),
    ];
    nodes.extend(frequencies);
    nodes
}

/// Where one can ask.
pub(super) fn contact(publication: &Publication) -> Option<Object> {
    let contact = publication.contact.as_ref()?;
    let node = Node::blank().is("vcard:Kind");
    let node = match &publication.notice.publisher {
        Some(publisher) => node.with("vcard:fn", zh(publisher)),
        None => node,
    };
    let by = if contact.starts_with("mailto:") { "vcard:hasEmail" } else { "vcard:hasURL" };
    Some(node.with(by, Iri::new(contact)).into())
}
