//! Datasets and their distributions in the words of DCAT 3.

use chrono::NaiveDate;

use super::terms::{CHINESE, IRREGULAR, NEVER, Names, PUBLIC, SHA256, contact, location};
use crate::{
    catalogue::{
        column::Columns,
        dataset::{Dataset, Notice, Titles, VersionHead},
        reference::Register,
        scope::Scope,
    },
    error::Result,
    export::{
        data::{DataFormat, FileName, Files, Measured, Pinned, SMALL},
        rdf::{Iri, Node, Object, en, plain, typed, zh},
    },
    store::{Government, Outline},
};

/// Describes datasets: how they are named, what is said of all of them, whether files are measured.
pub(super) struct Describing {
    pub names: Names,
    pub files: Files,
    pub scope: Scope,
    /// Whether files of a few rows are made so that their bytes and digests can be told.
    pub measured: bool,
}

impl Describing {
    fn notice(&self) -> &Notice {
        self.files.notice()
    }

    /// What is said of everything that is given away.
    fn given(&self, node: Node) -> Node {
        node.with_all("dct:license", self.notice().licence.iter().map(Iri::new)).with_all(
            "dct:rights",
            self.notice().attribution.iter().map(|attribution| {
                Node::blank().is("dct:RightsStatement").with("rdfs:label", zh(attribution))
            }),
        )
    }

    /// What is said of every dataset and of every series.
    fn open(&self, node: Node) -> Node {
        node.with("dct:publisher", self.names.publisher())
            .with("dct:language", Iri::new(CHINESE))
            .with("dct:accessRights", Iri::new(PUBLIC))
            .with_all("dcat:contactPoint", contact(self.files.publication()))
            .with("dcat:keyword", zh("基层政务公开"))
            .with("dcat:keyword", zh("标准目录"))
    }

    /// What leads from the catalogue to a dataset.
    fn listed(&self, dataset: &Iri) -> Node {
        Node::new(self.names.catalog()).with("dcat:dataset", dataset)
    }

    /// The series of a government, its place, and every version with its files.
    pub(super) async fn government(&self, government: &Government, titles: &Titles) -> Result<Vec<Node>> {
        let Government { code, name, versions } = government;
        let series = self.names.series(code);
        let called = name.as_deref().unwrap_or(code.as_str());
        let published = versions.iter().map(|version| version.head.published_at);
        let (first, last) = (published.clone().min(), published.max());
        let node = Node::new(&series)
            .is("dcat:DatasetSeries")
            .with("dct:identifier", plain(code.as_str()))
            .with("dct:title", zh(format!("{called}基层政务公开目录")))
            .with("dct:title", en(format!("Open-government catalogues of division {code}")))
            .with("dct:description", zh(format!("{called}发布的各领域目录的全部版本。")))
            .with("dct:description", en("All versions of all catalogues of this government."))
            .with("dct:accrualPeriodicity", Iri::new(IRREGULAR))
            .with("dct:spatial", self.names.place(code))
            .with_all("dct:issued", first.map(|at| typed(at, "xsd:dateTime")))
            .with_all("dct:modified", last.map(|at| typed(at, "xsd:dateTime")));
        let mut nodes =
            vec![self.listed(&series), self.open(node), location(&self.names, code, name.as_deref())];
        for version in versions {
            nodes.extend(self.version(version, titles).await?);
        }
        Ok(nodes)
    }

    /// A version as a dataset, and its files.
    async fn version(&self, outline: &Outline, titles: &Titles) -> Result<Vec<Node>> {
        let Outline { head, size, periods } = outline;
        let (code, number) = (&head.code, head.number);
        let dataset = Dataset::Version { catalogue: code.clone(), number };
        let iri = self.names.dataset(&dataset);
        let header = head.header.as_ref();
        let scope = Scope { revision: head.revision, effective_on: head.effective_from };
        let upstream = header.and_then(|header| header.based_on.as_ref()).map(|upstream| {
            let (catalogue, number) = (upstream.catalogue.clone(), upstream.number);
            self.names.dataset(&Dataset::Version { catalogue, number })
        });
        let previous = (number > 1)
            .then(|| self.names.dataset(&Dataset::Version { catalogue: code.clone(), number: number - 1 }));
        let creator = header.and_then(|header| header.publisher.as_ref());
        let creator = creator.map(|name| Node::blank().is("foaf:Agent").with("foaf:name", zh(name.as_str())));
        let sources = header.into_iter().flat_map(|header| &header.sources);
        let sources = sources.filter_map(|source| source.url.as_ref()).filter(|url| is_web(url.as_str()));
        let node = Node::new(&iri)
            .is("dcat:Dataset")
            .with("dct:identifier", plain(format!("{code}#{number}")))
            .with("dct:title", zh(title(head, titles)))
            .with("dct:description", zh(format!("目录 {code} 第 {number} 版，共 {size} 行。")))
            .with("dct:description", en(format!("Version {number} of catalogue {code}, {size} rows.")))
            .with("dcat:version", plain(number.to_string()))
            .with_all("adms:versionNotes", header.map(|header| zh(header.label.as_str())))
            .with("dct:issued", typed(head.published_at, "xsd:dateTime"))
            .with("dcat:inSeries", self.names.series(&code.division))
            .with_all("dcat:previousVersion", previous)
            .with_all("dct:source", upstream)
            .with_all("dct:creator", creator)
            .with_all("prov:wasDerivedFrom", sources.map(|url| Iri::new(url.as_str())))
            .with("dct:spatial", self.names.place(&code.division))
            .with_all("dct:temporal", periods.iter().map(period))
            .with_all("dcat:theme", code.domain.as_ref().map(|domain| self.names.domain(domain)))
            .with("dct:accrualPeriodicity", Iri::new(NEVER))
            .with("dct:conformsTo", self.names.vocabulary())
            .with("dct:provenance", provenance(head));
        self.dataset(node, &iri, &dataset, scope, u64::from(*size)).await
    }

    /// All that is in force, and each register.
    pub(super) async fn general(&self) -> Result<Vec<Node>> {
        let Scope { revision, effective_on } = self.scope;
        let mut nodes = Vec::new();
        let platform = self.names.dataset(&Dataset::Platform);
        let node = Node::new(&platform)
            .is("dcat:Dataset")
            .with("dct:identifier", plain("platform"))
            .with("dct:title", zh(format!("基层政务公开目录，{effective_on} 现行有效")))
            .with("dct:title", en(format!("Everything in force on {effective_on}")))
            .with("dct:description", zh(format!("全部现行有效的事项，截至修订 {revision}。")))
            .with("dct:description", en(format!("All items in force, as of revision {revision}.")))
            .with("dct:temporal", period(&(effective_on, Some(effective_on))));
        let node = self.as_of(node);
        nodes.extend(self.dataset(node, &platform, &Dataset::Platform, self.scope, u64::MAX).await?);
        for register in Register::ALL {
            let dataset = Dataset::Register(register);
            let iri = self.names.dataset(&dataset);
            let label = register.label();
            let node = Node::new(&iri)
                .is("dcat:Dataset")
                .with("dct:identifier", plain(dataset.to_string()))
                .with("dct:title", zh(label))
                .with("dct:title", en(format!("The register {register}")))
                .with("dct:description", zh(format!("{label}中各记录的全部状态，截至修订 {revision}。")))
                .with(
                    "dct:description",
                    en(format!("All states of its records, as of revision {revision}.")),
                );
            let node = self.as_of(node);
            let rows = self.files.reader().store().record_count(register, self.scope).await?;
            nodes.extend(self.dataset(node, &iri, &dataset, self.scope, rows).await?);
        }
        Ok(nodes)
    }

    /// What is said of what goes on changing.
    fn as_of(&self, node: Node) -> Node {
        node.with("dcat:version", plain(self.scope.revision.to_string()))
            .with("dct:accrualPeriodicity", Iri::new(IRREGULAR))
            .with("dct:spatial", Iri::new(super::terms::CHINA))
            .with("dct:conformsTo", self.names.vocabulary())
    }

    /// A dataset, that the catalogue has it, and its files, of so many rows.
    async fn dataset(
        &self,
        node: Node,
        iri: &Iri,
        dataset: &Dataset,
        scope: Scope,
        rows: u64,
    ) -> Result<Vec<Node>> {
        let mut files = Vec::with_capacity(DataFormat::ALL.len());
        for format in DataFormat::ALL {
            let file = Pinned { name: FileName { dataset: dataset.clone(), format }, scope };
            let measured = match self.measured && rows <= SMALL {
                true => Some(self.files.measure(&file).await?),
                false => None,
            };
            files.push(self.distribution(iri.with(&format!("#{}", format.extension())), &file, measured));
        }
        let leads = DataFormat::ALL.map(|format| iri.with(&format!("#{}", format.extension())));
        let node = self.open(node).with_all("dcat:distribution", leads);
        Ok([self.listed(iri), node].into_iter().chain(files).collect())
    }

    /// A file.
    fn distribution(&self, iri: Iri, file: &Pinned, measured: Option<Measured>) -> Node {
        let format = file.name.format;
        let media = format.media_type().split(';').next().unwrap_or_default();
        let link = self.names.link(&file.to_string());
        let node = Node::new(iri)
            .is("dcat:Distribution")
            .with("dct:title", plain(format.extension()))
            .with("dcat:accessURL", &link)
            .with("dcat:downloadURL", &link)
            .with("dct:language", Iri::new(CHINESE));
        // A media type that nobody registered has no name.
        let node = match media.split_once("/x-") {
            None => {
                let known = format!("https://www.iana.org/assignments/media-types/{media}");
                node.with("dcat:mediaType", Iri::new(known))
            }
            Some(_) => {
                let named = Node::blank().is("dct:MediaTypeOrExtent").with("rdfs:label", plain(media));
                node.with("dct:format", named)
            }
        };
        let node = match format {
            DataFormat::Csv | DataFormat::ExcelCsv => node.with("dct:conformsTo", self.names.vocabulary()),
            _ => node,
        };
        let Some(Measured { bytes, digest }) = measured else { return self.given(node) };
        let checksum = Node::blank()
            .is("spdx:Checksum")
            .with("spdx:algorithm", Iri::new(SHA256))
            .with("spdx:checksumValue", typed(digest.hex(), "xsd:hexBinary"));
        self.given(
            node.with("dcat:byteSize", typed(bytes, "xsd:nonNegativeInteger"))
                .with("spdx:checksum", checksum),
        )
    }

    /// The media types that distributions name, and the standards that they keep to.
    pub(super) fn standards(&self) -> Vec<Node> {
        let columns = Columns::declared().version;
        let mut nodes = vec![
            Node::new(self.names.vocabulary())
                .is("dct:Standard")
                .with("dct:title", zh(format!("mulu 数据列（第 {columns} 套）与词汇")))
                .with("dct:title", en(format!("Columns of mulu, set {columns}, and its vocabulary"))),
        ];
        let mut media: Vec<&str> =
            DataFormat::ALL.iter().filter_map(|format| format.media_type().split(';').next()).collect();
        media.sort_unstable();
        media.dedup();
        media.retain(|media| !media.contains("/x-"));
        nodes.extend(media.into_iter().map(|media| {
            let known = format!("https://www.iana.org/assignments/media-types/{media}");
            Node::new(Iri::new(known)).is("dct:MediaType")
        }));
        nodes
    }

    /// What is said of the catalogue itself.
    pub(super) fn catalog(&self) -> Node {
        let Scope { revision, .. } = self.scope;
        let node = Node::new(self.names.catalog())
            .is("dcat:Catalog")
            .with("dct:title", zh("基层政务公开标准目录开放数据"))
            .with("dct:title", en("Open data of grassroots open-government catalogues"))
            .with("dct:description", zh("各级政府基层政务公开标准目录的全部版本，以及所用的名录。"))
            .with(
                "dct:description",
                en("All versions of the standard catalogues of what grassroots governments disclose, and the registers \
                    that they use."),
            )
            .with("dct:publisher", self.names.publisher())
            .with("dct:language", Iri::new(CHINESE))
            .with("dct:spatial", Iri::new(super::terms::CHINA))
            .with("dcat:themeTaxonomy", self.names.domains())
            .with("dcat:version", plain(revision.to_string()))
            .with("foaf:homepage", self.names.link("/"));
        self.given(node)
    }
}

/// A title as printed, else made from place, domain and kind.
fn title(head: &VersionHead, titles: &Titles) -> String {
    let printed = head.header.as_ref().and_then(|header| header.title.as_ref());
    let version = format!("（第{}版）", head.number);
    if let Some(printed) = printed {
        return format!("{printed}{version}");
    }
    let place = head.division_name.as_deref().unwrap_or(head.code.division.as_str());
    let domain =
        head.code.domain.as_ref().map(|code| titles.domains.get(code).map_or(code.as_str(), String::as_str));
    let domain = domain.map(|domain| format!("{domain}领域")).unwrap_or_default();
    format!("{place}{domain}基层政务公开{}{version}", head.code.kind.label())
}

fn period((from, to): &(NaiveDate, Option<NaiveDate>)) -> Node {
    Node::blank()
        .is("dct:PeriodOfTime")
        .with("dcat:startDate", typed(from, "xsd:date"))
        .with_all("dcat:endDate", to.map(|to| typed(to, "xsd:date")))
}

/// Where a version stands in the log.
fn provenance(head: &VersionHead) -> Object {
    let VersionHead { revision, digest, .. } = head;
    Node::blank()
        .is("dct:ProvenanceStatement")
        .with("rdfs:label", zh(format!("发布于修订 {revision}，版本摘要 {digest}。")))
        .with("rdfs:label", en(format!("Published at revision {revision} with digest {digest}.")))
        .into()
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
