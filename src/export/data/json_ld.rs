//! JSON-LD: each version and each row as a thing of the vocabulary, the declared columns as what is said of it. Citations
//! are legal resources (ELI). Each thing is a line of its own.

use serde_json::{Map, Value, json};

use super::{About, Encode, ndjson};
use crate::{
    catalogue::{
        column::{Cell, Column, ColumnType, Columns, ItemSource, Row},
        content::{BasisCitation, Content},
        dataset::{Dataset, ItemLine, RecordLine, Titles, VersionHead},
        digest::Digest,
        reference::Register,
    },
    error::{Error, Result},
    export::metadata::{
        terms::Names,
        vocabulary::{class_of, context, is_citation, is_of_record, is_of_version, of_register},
    },
    store::Slice,
};

/// How a file begins, up to the list of things.
const OPENED: &str = ",\"@graph\":[";

#[derive(Default)]
pub(super) struct Graph {
    /// How things are named; known from the beginning on.
    names: Option<Names>,
    /// The version that is being written.
    version: Option<Digest>,
    /// Whether a thing was written.
    some: bool,
}

impl Graph {
    fn names(&self) -> Result<&Names> {
        self.names.as_ref().ok_or_else(|| Error::internal("a file is begun before its rows"))
    }

    fn put(&mut self, thing: &Map<String, Value>, out: &mut Vec<u8>) -> Result<()> {
        out.extend(if std::mem::replace(&mut self.some, true) { ",\n" } else { "\n" }.as_bytes());
        ndjson::put(thing, out)
    }

    fn version(&mut self, head: &VersionHead, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        // What is said of a version stands on each of its rows; one without any has a row for that, too.
        let line = ItemLine { position: 0, entry: None, content: None, local: None };
        let row = Row::new(head, &line, titles, true);
        let mut thing = thing(iri(self.names()?, head), "Version");
        cells(&row, is_of_version, &mut thing)?;
        self.put(&thing, out)
    }
}

impl Encode for Graph {
    fn begin(&mut self, about: &About, out: &mut Vec<u8>) -> Result<()> {
        let names = Names::new(&about.publication);
        out.extend(b"{\"@context\":");
        ndjson::put(&context(&about.publication)["@context"], out)?;
        out.extend(OPENED.as_bytes());
        let notice = &about.publication.notice;
        let mut file = Map::from_iter([("@id".to_owned(), names.dataset(&about.dataset).to_string().into())]);
        file.extend(
            notice.publisher.as_ref().map(|name| ("dct:publisher".to_owned(), json!({ "dct:title": name }))),
        );
        file.extend(
            notice.licence.as_ref().map(|licence| ("dct:license".to_owned(), json!({ "@id": licence }))),
        );
        file.extend(
            notice.attribution.as_ref().map(|words| ("dct:rights".to_owned(), json!({ "dct:title": words }))),
        );
        self.names = Some(names);
        // One that says nothing is none.
        if file.len() > 1 { self.put(&file, out) } else { Ok(()) }
    }

    fn items(&mut self, slice: &Slice, titles: &Titles, out: &mut Vec<u8>) -> Result<()> {
        let head = &*slice.head;
        if self.version.replace(head.digest) != Some(head.digest) {
            self.version(head, titles, out)?;
        }
        for line in &slice.lines {
            let version = iri(self.names()?, head);
            let named = line.entry.as_ref().map(|entry| entry.item.to_string());
            let named = named.unwrap_or_else(|| format!("row-{}", line.position + 1));
            let mut thing = thing(format!("{version}#{named}"), "Item");
            thing.insert("version".to_owned(), version.into());
            let row = Row::new(head, line, titles, false);
            cells(&row, |column| !is_of_version(column) && !is_citation(column), &mut thing)?;
            citations(line, &mut thing)?;
            self.put(&thing, out)?;
        }
        Ok(())
    }

    fn records(&mut self, register: Register, lines: &[RecordLine], out: &mut Vec<u8>) -> Result<()> {
        let (of_record, of_state): (Vec<_>, Vec<_>) =
            Columns::declared().of(register).iter().partition(|column| is_of_record(column));
        for line in lines {
            let list = self.names()?.dataset(&Dataset::Register(register));
            let mut thing = thing(format!("{list}#{}", line.code), class_of(register));
            let states = ndjson::states(register, line);
            if let Some(any) = states.first() {
                members(register, &of_record, any, &mut thing);
            }
            if line.states.is_some() {
                let told = |state: &Value| {
                    let mut told = Map::from_iter([("@type".to_owned(), "State".into())]);
                    members(register, &of_state, state, &mut told);
                    Value::Object(told)
                };
                thing.insert("record.state".to_owned(), states.iter().map(told).collect());
            }
            if register == Register::LegalBasis
                && let Some(last) = states.last()
            {
                thing.insert("@type".to_owned(), json!(["LegalBasis", "eli:LegalResource"]));
                let said = [("title", "dct:title"), ("documentNumber", "eli:number")];
                thing.extend(
                    said.into_iter()
                        .filter_map(|(member, name)| Some((name.to_owned(), last.get(member)?.clone()))),
                );
            }
            self.put(&thing, out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<()> {
        out.extend(b"\n]}\n");
        Ok(())
    }
}

fn thing(id: String, kind: &str) -> Map<String, Value> {
    Map::from_iter([("@id".to_owned(), id.into()), ("@type".to_owned(), kind.into())])
}

/// The name of a version.
fn iri(names: &Names, head: &VersionHead) -> String {
    names.dataset(&Dataset::Version { catalogue: head.code.clone(), number: head.number }).to_string()
}

/// What some columns say; nothing is said where nothing is known.
fn cells(
    row: &Row<'_>,
    wanted: impl Fn(&Column<ItemSource>) -> bool,
    thing: &mut Map<String, Value>,
) -> Result<()> {
    for column in Columns::declared().item.iter().filter(|column| wanted(column)) {
        let value = match row.cell(column)? {
            Cell::Empty => continue,
            Cell::Text(text) => text.into_owned().into(),
            Cell::Integer(number) => number.into(),
            Cell::Boolean(yes) => yes.into(),
            Cell::Json(json) => json.into(),
        };
        thing.insert(column.name().to_owned(), value);
    }
    Ok(())
}

/// The same of a record or a state of it.
fn members(register: Register, columns: &[&Column<String>], state: &Value, thing: &mut Map<String, Value>) {
    for column in columns {
        let member = column.source().split('.').next_back().and_then(|member| state.get(member));
        let value = match member {
            None | Some(Value::Null) => continue,
            Some(value) if column.kind() == ColumnType::Json => value.to_string().into(),
            Some(value) => value.clone(),
        };
        thing.insert(of_register(register, column), value);
    }
}

/// What a row cites, each as a legal resource with title, number and article.
fn citations(line: &ItemLine, thing: &mut Map<String, Value>) -> Result<()> {
    let content = line.content.as_deref().map(serde_json::from_str::<Content>).transpose();
    let content = content.map_err(Error::internal)?;
    if let Some(basis) = content.and_then(|content| content.basis) {
        thing.insert("content.basis".to_owned(), basis.iter().map(resource).collect());
    }
    Ok(())
}

fn resource(citation: &BasisCitation) -> Value {
    let BasisCitation { text, title, document_number, article, kind } = citation;
    let mut resource = json!({ "@type": "eli:LegalResource", "content.basis.text": text });
    if let Some(title) = title {
        resource["dct:title"] = json!(title);
    }
    if let Some(number) = document_number {
        resource["eli:number"] = json!(number);
    }
    if let Some(article) = article {
        resource["eli:has_part"] = json!({ "@type": "eli:LegalResourceSubdivision", "eli:number": article });
    }
    if let Some(kind) = kind {
        resource["content.basis.kind"] = json!(kind);
    }
    resource
}
