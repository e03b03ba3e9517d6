//! The tables, one a file. Rows are bytes and keys; what they mean is the core's.
//!
//! `object` and `event` are the truth, `checkpoint` their seals; `draft` is private work; `term` and `heading` are projections of
//! `object`, all others of the log.

pub mod catalogue;
pub mod checkpoint;
pub mod closure;
pub mod draft;
pub mod entry;
pub mod event;
pub mod head;
pub mod heading;
pub mod log;
pub mod naming;
pub mod object;
pub mod record;
pub mod redaction;
pub mod term;
pub mod tree;
pub mod version;
pub mod withdrawal;
