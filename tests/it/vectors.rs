//! The test vectors of `schema/vectors`: the library and the Python program beside them must both agree with them.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use mulu::catalogue::{
    canonical::{self, CanonicalError},
    code::ItemCode,
    content::Content,
    digest::Digest,
    draft::{Base, Document, Header, Row},
    element::ElementSchema,
    event::Event,
    format::{Chunk, Chunks, Format},
    key::{SigningKey, VerifierKey},
    lineage::Origin,
    local::Local,
    merkle, note,
    object::{self, Object},
    path,
    reference::Register,
    text::Text,
    version::{Entry, ItemParts, Version},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::kit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CanonicalVector {
    name: String,
    input: Value,
    canonical: Option<String>,
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextVector {
    name: String,
    raw: String,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Json,
    Leaf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectVector {
    name: String,
    kind: Kind,
    value: serde_json::Map<String, Value>,
    canonical: String,
    digest: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MerkleVector {
    name: String,
    leaves: Vec<String>,
    root: Digest,
    list: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftVector {
    name: String,
    header: Header,
    rows: Vec<Row>,
    base: BaseVector,
    entries: Vec<String>,
    root: Digest,
    version: String,
    digest: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaseVector {
    upstream: Option<Digest>,
    origins: Vec<OriginVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginVector {
    origin: Origin,
    content: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InclusionVector {
    name: String,
    index: u64,
    size: u64,
    leaf: Digest,
    root: Digest,
    path: Vec<Digest>,
    holds: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConsistencyVector {
    name: String,
    from: u64,
    to: u64,
    from_root: Digest,
    to_root: Digest,
    path: Vec<Digest>,
    holds: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NoteVector {
    name: String,
    key: String,
    note: String,
    text: Option<String>,
    #[serde(default)]
    refused: bool,
    signing_key: Option<String>,
}

fn folder() -> PathBuf {
    kit::root().join("schema/vectors")
}

fn vectors<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let vectors: Vec<T> = serde_json::from_slice(&fs::read(folder().join(file)).unwrap()).unwrap();
    assert!(!vectors.is_empty(), "{file}");
    vectors
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "{hex}");
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn values_have_the_canonical_bytes_or_are_refused_at_the_pointer() {
    for vector in vectors::<CanonicalVector>("canonical.json") {
        let name = &vector.name;
        match (canonical::to_bytes(&vector.input), vector.canonical, vector.refused) {
            (Ok(bytes), Some(expected), None) => {
                assert_eq!(text(&bytes), expected, "{name}");
                assert_eq!(canonical::from_bytes::<Value>(&bytes).unwrap(), vector.input, "{name}");
            }
            (Err(CanonicalError::Refused { pointer, .. }), None, Some(expected)) => {
                assert_eq!(pointer, expected, "{name}");
            }
            (found, canonical, refused) => panic!("{name}: {found:?} for {canonical:?} or {refused:?}"),
        }
    }
}

#[test]
fn texts_are_normalised() {
    for vector in vectors::<TextVector>("text.json") {
        assert_eq!(Text::new(&vector.raw).as_str(), vector.text, "{}", vector.name);
        assert_eq!(Text::new(&vector.text).as_str(), vector.text, "{}", vector.name);
        assert!(mulu::catalogue::text::is_normal(&vector.text), "{}", vector.name);
    }
}

/// The value without its format, through its type, and back from the object.
fn round_trip<T: Format>(mut members: serde_json::Map<String, Value>) -> Object {
    members.remove("format");
    let value: T = serde_json::from_value(members.into()).unwrap();
    let object = value.to_object().unwrap();
    let again = T::from_object(&object.bytes).unwrap();
    assert_eq!(again.to_object().unwrap(), object);
    object
}

/// Events and records stand without a leaf's first byte, but a leaf of a tree is what they are.
fn as_leaf(bytes: &[u8]) -> Object {
    Object { digest: merkle::leaf_hash(bytes), bytes: [&[0], bytes].concat() }
}

#[test]
fn objects_have_the_digests() {
    for vector in vectors::<ObjectVector>("objects.json") {
        let format = vector.value["format"].as_str().unwrap().to_owned();
        let canonical = vector.canonical.as_bytes();
        let record = |register: Register| as_leaf(&register.read(canonical).unwrap().to_bytes().unwrap());
        let members = vector.value.clone();
        let object = match format.as_str() {
            Content::FORMAT => round_trip::<Content>(members),
            Local::FORMAT => round_trip::<Local>(members),
            ItemParts::FORMAT => round_trip::<ItemParts>(members),
            Entry::FORMAT => round_trip::<Entry>(members),
            Version::FORMAT => round_trip::<Version>(members),
            ElementSchema::FORMAT => round_trip::<ElementSchema>(members),
            Chunks::FORMAT => round_trip::<Chunks>(members),
            Chunk::FORMAT => round_trip::<Chunk>(members),
            "mulu.event/1" => as_leaf(&Event::from_bytes(canonical).unwrap().to_bytes().unwrap()),
            "mulu.domain/1" => record(Register::Domain),
            "mulu.channel/1" => record(Register::Channel),
            "mulu.division/1" => record(Register::Division),
            "mulu.unit/1" => record(Register::Unit),
            "mulu.assignment/1" => record(Register::Assignment),
            "mulu.legal-basis/1" => record(Register::LegalBasis),
            "mulu.alias/1" => record(Register::Alias),
            "mulu.elements/1" => record(Register::Element),
            _ => panic!("{}: no format {format}", vector.name),
        };
        let content = object::leaf_content(&object.bytes);
        assert_eq!(content.is_some(), vector.kind == Kind::Leaf, "{}", vector.name);
        assert_eq!(text(content.unwrap_or(&object.bytes)), vector.canonical, "{}", vector.name);
        assert_eq!(text(&canonical::to_bytes(&vector.value).unwrap()), vector.canonical, "{}", vector.name);
        assert_eq!(object.digest, vector.digest, "{}", vector.name);
        assert_eq!(object::digest_of(&object.bytes), Some(vector.digest), "{}", vector.name);
    }
}

#[test]
fn trees_have_the_roots_and_lists() {
    for vector in vectors::<MerkleVector>("merkle.json") {
        let leaves: Vec<Digest> = vector.leaves.iter().map(|leaf| merkle::leaf_hash(&unhex(leaf))).collect();
        assert_eq!(merkle::root(leaves.iter().copied()), vector.root, "{}", vector.name);
        let list = Object::list(&leaves);
        assert_eq!(list.as_ref().map(|list| hex(&list.bytes)), vector.list, "{}", vector.name);
        if let Some(list) = list {
            assert_eq!(list.digest, vector.root, "{}", vector.name);
            assert_eq!(object::digest_of(&list.bytes), Some(vector.root), "{}", vector.name);
            assert_eq!(object::leaves(list.digest, &list.bytes), Some(leaves), "{}", vector.name);
        }
    }
}

#[test]
fn inclusion_proofs_hold_or_not() {
    for v in vectors::<InclusionVector>("inclusion.json") {
        assert_eq!(path::is_included(v.leaf, v.index, v.size, &v.path, v.root), v.holds, "{}", v.name);
        if v.holds {
            let runs = path::inclusion(v.index, v.size).unwrap();
            assert_eq!(eight_leaves(runs), v.path, "{}", v.name);
        }
    }
}

#[test]
fn consistency_proofs_hold_or_not() {
    for v in vectors::<ConsistencyVector>("consistency.json") {
        let found = path::is_consistent(v.from, v.from_root, v.to, v.to_root, &v.path);
        assert_eq!(found, v.holds, "{}", v.name);
        if v.holds {
            assert_eq!(eight_leaves(path::consistency(v.from, v.to).unwrap()), v.path, "{}", v.name);
        }
    }
}

/// The hashes of runs of the leaves that Certificate Transparency tests with.
fn eight_leaves(runs: Vec<Range<u64>>) -> Vec<Digest> {
    let vectors = vectors::<MerkleVector>("merkle.json");
    let eight = vectors.iter().find(|vector| vector.name == "RFC 6962, 8 leaves").unwrap();
    let leaves: Vec<Digest> = eight.leaves.iter().map(|leaf| merkle::leaf_hash(&unhex(leaf))).collect();
    let root = |run: Range<u64>| merkle::root(leaves[run.start as usize..run.end as usize].iter().copied());
    runs.into_iter().map(root).collect()
}

#[test]
fn notes_open_or_are_refused() {
    for v in vectors::<NoteVector>("notes.json") {
        let key: VerifierKey = v.key.parse().unwrap();
        assert_eq!(key.to_string(), v.key, "{}", v.name);
        assert_eq!(note::open(&v.note, &key).ok(), v.text.as_deref(), "{}", v.name);
        assert_eq!(v.text.is_none(), v.refused, "{}", v.name);
        if let Some(text) = &v.signing_key {
            let secret: SigningKey = text.parse().unwrap();
            assert_eq!((secret.verifier(), secret.to_secret_text()), (&key, text.clone()), "{}", v.name);
            assert_eq!(note::sign(v.text.as_deref().unwrap(), &secret), v.note, "{}", v.name);
        }
    }
}

#[test]
fn documents_make_the_versions() {
    for vector in vectors::<DraftVector>("draft.json") {
        let key = |origin: Origin| -> (ItemCode, Digest) { (origin.item, origin.version) };
        let origins =
            vector.base.origins.into_iter().map(|known| (key(known.origin), known.content)).collect();
        let base = Base { upstream: vector.base.upstream, origins, ..Base::default() };
        let draft = Document { header: vector.header, rows: vector.rows }.assemble(&base).unwrap();
        let leaves: Vec<Object> = draft.entries.iter().map(|entry| entry.to_object().unwrap()).collect();
        let entries: Vec<&str> =
            leaves.iter().map(|leaf| text(object::leaf_content(&leaf.bytes).unwrap())).collect();
        assert_eq!(entries, vector.entries, "{}", vector.name);
        assert_eq!(draft.version.entries, vector.root, "{}", vector.name);
        assert_eq!(text(&draft.objects[&draft.digest]), vector.version, "{}", vector.name);
        assert_eq!(draft.digest, vector.digest, "{}", vector.name);
    }
}

fn check(folder: &Path) -> Output {
    Command::new("python3").arg(folder.join("check.py")).output().unwrap()
}

#[test]
fn a_second_implementation_agrees() {
    let output = check(&folder());
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_second_implementation_names_the_vector_with_one_changed_digit() {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder()).unwrap().map(Result::unwrap).filter(|file| file.path().is_file()) {
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let path = copy.path().join("objects.json");
    let vector = vectors::<ObjectVector>("objects.json").pop().unwrap();
    let right = format!("\"digest\": \"{}\"", vector.digest);
    let wrong = match right.strip_suffix("0\"") {
        Some(start) => format!("{start}1\""),
        None => format!("{}0\"", &right[..right.len() - 2]),
    };
    let objects = fs::read_to_string(&path).unwrap();
    assert_eq!(objects.matches(&right).count(), 1);
    fs::write(&path, objects.replace(&right, &wrong)).unwrap();
    let output = check(copy.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with(&format!("objects.json: {}", vector.name)));
}
