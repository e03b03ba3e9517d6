//! The domain core: model, canonical form, digests, log events, scope, lineage, rules.
//!
//! It knows no database, no web and no GraphQL, reads no clock and no file. Its types derive serde and schemars
//! only. Everything that mulu promises about data is decided here and can be tested without a runtime.

pub mod adopt;
pub mod canonical;
pub mod changed;
pub mod channel;
pub mod check;
pub mod code;
pub mod code_list;
pub mod column;
pub mod compared;
pub mod content;
pub mod dataset;
pub mod declaration;
pub mod diff;
pub mod digest;
pub mod division;
pub mod domain;
pub mod draft;
pub mod element;
pub mod event;
pub mod facet;
pub mod format;
pub mod key;
pub mod layout;
pub mod legal_basis;
pub mod lineage;
pub mod local;
pub mod manifest;
pub mod merkle;
pub mod note;
pub mod object;
pub mod pairs;
pub mod path;
pub mod printed;
pub mod proof;
pub mod reference;
pub mod schema;
pub mod scope;
pub mod selection;
pub mod text;
pub mod time_limit;
pub mod unit;
pub mod version;
