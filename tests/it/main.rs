//! Every integration test, through the public faces, on SQLite and on PostgreSQL.
//!
//! `tests/with-postgres cargo test` starts the PostgreSQL cluster that half of them need.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[macro_use]
mod kit;

/// As in the binary: some tests measure work and memory in processes of their own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[path = "../abuse/mod.rs"]
mod abuse;
mod adopt;
mod alignment;
mod any_file;
mod api_docs;
mod append_only;
mod backup;
mod bulk;
mod cache;
mod cells;
mod checkpoint;
mod clients;
mod compare;
mod config;
mod corpus;
mod crash;
mod data;
mod delta;
mod docs;
mod elements;
mod example;
mod explorer;
mod export;
mod federation;
mod graphql;
mod history;
mod http;
mod import;
mod inheritance;
mod items;
mod limits;
mod merge;
mod migrations;
mod nulls;
mod operations;
mod places;
mod proof;
mod proof_api;
mod proof_docs;
mod publish;
mod reference;
mod registered;
mod reparse;
mod report;
mod scopes;
mod serve;
mod sources;
mod table_import;
mod tables;
mod vectors;
mod walked;
mod walks;
mod wild;
