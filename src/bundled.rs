//! What the binary carries: code lists, reference data and the example catalogue, so that it runs on its own.

use rust_embed::RustEmbed;

use crate::import::File;

/// `schema/codelists/`: the closed lists.
#[derive(RustEmbed)]
#[folder = "schema/codelists/"]
#[include = "*.csv"]
struct CodeLists;

/// `schema/reference/`: divisions, units, assignments, legal bases.
#[derive(RustEmbed)]
#[folder = "schema/reference/"]
#[include = "*.csv"]
struct Reference;

/// `examples/catalogue/`: the example catalogue.
#[derive(RustEmbed)]
#[folder = "examples/catalogue/catalogues/"]
#[include = "*.ndjson"]
struct Example;

/// Registers that every database needs: domains and channels, and the bundled reference data.
pub fn reference() -> Vec<File> {
    let lists =
        ["domains.csv", "channels.csv"].into_iter().filter_map(|name| file(name, CodeLists::get(name)));
    lists.chain(Reference::iter().filter_map(|name| file(&name, Reference::get(&name)))).collect()
}

/// The example's documents, by catalogue code.
pub fn example() -> Vec<File> {
    Example::iter().filter_map(|name| file(&name, Example::get(&name))).collect()
}

fn file(name: &str, embedded: Option<rust_embed::EmbeddedFile>) -> Option<File> {
    Some(File { name: name.to_owned(), bytes: embedded?.data.into_owned() })
}
