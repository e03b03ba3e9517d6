//! mulu 目录: the authoritative, versioned catalogue of what China's grassroots governments disclose
//! (基层政务公开标准目录).
//!
//! # The map
//!
//! Calls go one way, from the faces to the core; nothing below knows anything above.
//!
//! ```text
//! cli, http, web, graphql  →  import, export  →  store  →  catalogue
//! ```
//!
//! | layer | what it is | what it must not know |
//! |---|---|---|
//! | [`catalogue`] | the core: model, canonical form, digests, events, scope, lineage, rules | databases, the web, clocks, files |
//! | [`store`] | objects, the log, projections; SQLite and PostgreSQL | what a file or a request looks like |
//! | [`import`] | from files to documents and records, with a report | SQL; only its run asks the store |
//! | [`export`] | from a version laid out as a table ([`catalogue::layout`]) to .xlsx, .html and .docx; from datasets to data files ([`export::data`]) and what is said about them ([`export::metadata`]) | SQL, what a cell says |
//! | [`graphql`] | the read API: thin objects over the store's reader | SQL, HTTP |
//! | [`http`], `web`, [`cli`] | the other faces | SQL |
//! | [`bundled`] | the code lists, registers and example that the binary carries | |
//! | `cache`, [`clock`], [`config`], [`error`], [`telemetry`] | what every layer above the core shares | |
//! | [`migrations`] | the steps that make the tables | |
//!
//! Two tables are the truth: `object` (digest → bytes) and `event` (revision → bytes), both append-only. A third,
//! `checkpoint`, holds the signed heads of the log, which only the key could make again. All other tables are
//! projections: rows that follow from one event, its objects and the version before (`store/projection.rs`), or from
//! one object alone (`store/terms.rs`). Publishing, `mulu rebuild` and `mulu verify` share those two, so what is
//! answered can always be compared with what was recorded. Drafts are private work and stand outside.
//!
//! # One import
//!
//! `mulu import table.xlsx --publish`:
//!
//! 1. [`cli`] reads the file and hands it to [`import::read`]. Its bytes become grids ([`import::source`]), in which
//!    tables are found by the words of their headers ([`import::table`]). Each cell goes to its reader ([`import::cell`]),
//!    and rows are put together ([`import::assemble`]). [`import::subject`] says whose table it is, [`import::identity`]
//!    which item of the last version a row is, and [`import::carry`] what it keeps of that. The outcome is a
//!    [`catalogue::draft::Document`]. Files in the canonical form take a short cut: each line is held against the JSON
//!    Schema made from the core's types ([`catalogue::schema`]). What does not fit becomes a finding with its place in
//!    the user's file, and the run ends here.
//! 2. [`store::Store::stage`] begins a transaction under the lock row, looks up what the rules must know (the last
//!    version, the upstream's items, the registers), gives rows their item codes
//!    ([`catalogue::draft::Document::mint`]) and asks [`catalogue::check`]. One error, and nothing is written.
//! 3. [`catalogue::draft::Document::assemble`] makes objects: content, local part, entry, list of entries, header.
//!    The header's digest is the version's. A document that says what the last version says ends here.
//! 4. The objects are stored, a PUBLISHED event is appended as leaf of the log's Merkle tree
//!    ([`catalogue::merkle::Frontier`]), its rows are projected, and the transaction commits: all documents or none.
//!    Where there is a signing key, a checkpoint of the new head ([`catalogue::note`]) commits with it.
//!
//! Without `--publish` step 4 keeps the objects in a private draft; `mulu publish` appends them later, or answers
//! `CONFLICT` when the version that the draft was made from is no longer the last.
//!
//! # One adoption
//!
//! `mulu adopt --from 100000000000-20G --division 530115`:
//!
//! 1. [`store::Store::adoption`] reads under one scope what the core must know: the upstream version, the target's last
//!    version, what its rows were once taken from, and which units are assigned there.
//! 2. [`catalogue::adopt::adopt`], a pure function, makes the document: rows for the level, units replaced, and, where
//!    there is a last version, a merge in three ways.
//! 3. [`store::Store::stage_adoption`] takes it the way of an import, from step 2 above.
//!
//! # One query
//!
//! `mulu catalogue show 513230 --effective-on 2026-12-01`:
//!
//! 1. [`store::Store::scope`] resolves what was asked into a [`catalogue::scope::Scope`]: a revision R and a day D.
//!    It is a value that every further read takes; nothing is read without one.
//! 2. [`store::Store::catalogues`] loads the histories of the place's catalogues in one batch and
//!    [`catalogue::scope::History::in_force`] says which version holds: the five lines, a pure function.
//! 3. [`store::Store::version`] and [`store::Store::entries`] load the header, the entries and their objects, in a
//!    number of statements that does not grow with the rows.
//! 4. The face prints them. A part that was redacted is an error or is shown as such, never left out silently.
//!
//! A question to the read API is first measured and refused where it is beyond a limit ([`config::Limits`], checked in
//! `graphql/limits`): nothing that is asked may hurt those who ask besides.
//!
//! The read API asks the same questions through [`store::Reader`]: *refs* (which versions each catalogue has) live in
//! memory and are swapped whole when the log has grown, *trees* (the entries of a version) and *blobs* (content and
//! local parts) never change and are kept by digest. What is in memory takes no SQL; what is not is loaded in batches
//! ([`graphql`]'s loaders). What an item list selects is a [`catalogue::selection::Selection`]: over a few catalogues
//! it is asked of trees, over many of the projections, with one answer. A scope is a value handed from parent to child; `at` replaces it for its subtree, and a
//! cursor brings its own along.

pub mod bundled;
mod cache;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod error;
pub mod export;
pub mod graphql;
pub mod http;
pub mod import;
#[path = "../migrations/mod.rs"]
pub mod migrations;
pub mod store;
pub mod telemetry;
mod web;
