//! `quirks.csv`: which files show each quirk, what must be said of them, and whether it is handled.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde::Deserialize;
use serde_json::Value;

use super::{EXPECTED, FINDINGS, folder, inputs, names};

/// The quirks of the specification: letters, and how many each has. N has one more, N6b.
const QUIRKS: [(char, usize); 9] =
    [('S', 30), ('N', 17), ('B', 12), ('T', 16), ('M', 14), ('F', 9), ('V', 8), ('U', 6), ('C', 9)];

#[derive(Debug, Deserialize)]
struct Quirk {
    id: String,
    what: String,
    /// The files that show it, parted by spaces.
    files: String,
    /// The codes that must be said of them, parted by spaces; none where it is normalised without a word.
    codes: String,
    /// yes, partly or no.
    handled: String,
    /// Why it is not handled, or what is left of it; why no code is said.
    why: String,
}

fn quirks() -> Vec<Quirk> {
    let mut list = csv::Reader::from_path(folder().join("quirks.csv")).unwrap();
    list.deserialize().map(Result::unwrap).collect()
}

/// What is said of a file.
fn found(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder().join(format!("{name}{FINDINGS}"))).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The codes of that.
fn codes(name: &str) -> BTreeSet<String> {
    found(name).iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_quirk_has_a_file() {
    let listed: BTreeMap<String, Quirk> =
        quirks().into_iter().map(|quirk| (quirk.id.clone(), quirk)).collect();
    let numbered = QUIRKS.iter().flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}")));
    for id in numbered.chain(["N6b".to_owned()]) {
        let quirk = listed.get(&id).unwrap_or_else(|| panic!("quirk {id} is not in quirks.csv"));
        assert!(!quirk.files.is_empty() && !quirk.what.is_empty(), "quirk {id} has no file");
    }
}

#[test]
fn what_is_said_of_a_quirk_is_said_of_its_files() {
    for quirk in quirks() {
        let files: Vec<&str> = quirk.files.split_whitespace().collect();
        let wanted: BTreeSet<String> = quirk.codes.split_whitespace().map(str::to_owned).collect();
        let said: Vec<BTreeSet<String>> = files.iter().map(|file| codes(file)).collect();
        for code in &wanted {
            assert!(said.iter().any(|said| said.contains(code)), "{}: {code} is not said", quirk.id);
        }
        for (file, said) in files.iter().zip(&said).filter(|_| !wanted.is_empty()) {
            assert!(!said.is_disjoint(&wanted), "{}: {file} says none of {}", quirk.id, quirk.codes);
        }
        assert!(["yes", "partly", "no"].contains(&quirk.handled.as_str()), "{quirk:?}");
        let silent = quirk.codes.is_empty() || quirk.handled != "yes";
        assert!(!silent || !quirk.why.is_empty(), "{}: say why", quirk.id);
    }
}

#[test]
fn files_expectations_and_the_lists_belong_together() {
    let inputs: BTreeSet<String> = inputs().into_iter().collect();
    let listed: BTreeSet<String> =
        quirks().iter().flat_map(|quirk| quirk.files.split_whitespace()).map(str::to_owned).collect();
    assert_eq!(listed, inputs, "quirks.csv names every file and no other");
    for name in names() {
        let of = name.strip_suffix(EXPECTED).or_else(|| name.strip_suffix(FINDINGS));
        assert!(of.is_none_or(|of| inputs.contains(of)), "{name} has no file");
    }
    for name in &inputs {
        let refused = found(name).iter().any(|finding| finding["severity"] == "error");
        assert!(folder().join(format!("{name}{FINDINGS}")).exists(), "{name} has no findings");
        assert_eq!(
            !refused,
            folder().join(format!("{name}{EXPECTED}")).exists(),
            "{name}: refused {refused}"
        );
    }
    let mut options = csv::Reader::from_path(folder().join("options.csv")).unwrap();
    for line in options.records().map(Result::unwrap) {
        assert!(inputs.contains(&line[0]), "options.csv: {}", &line[0]);
    }
}
