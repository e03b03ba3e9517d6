//! How much one question may ask for (查询限制): the `limits.*` settings, each checked before anything is executed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The largest page that a list gives.
pub const LARGEST_PAGE: u64 = 100;
/// The page that a list gives when nothing is said.
pub const USUAL_PAGE: u64 = 20;

settings! {
    /// How much one question may ask for. All limits are on by default; a question beyond one is refused whole.
    "limits." Limits: Copy PartialEq Eq;
    /// How many bytes a document may have.
    document_bytes: u64 = 65_536, "MULU_LIMITS_DOCUMENT_BYTES";
    /// How many tokens (names, values, punctuation) a document may have; counted before it is parsed.
    tokens: u64 = 4_000, "MULU_LIMITS_TOKENS";
    /// How many brackets of a document may be open one in another, and how many selections with those of the fragments.
    nesting: u64 = 48, "MULU_LIMITS_NESTING";
    /// How many bytes a name in a document may have.
    name_bytes: u64 = 128, "MULU_LIMITS_NAME_BYTES";
    /// How many bytes a number or text may have, in the document and in the variables.
    literal_bytes: u64 = 2_048, "MULU_LIMITS_LITERAL_BYTES";
    /// How many operations a document may define.
    operations: u64 = 10, "MULU_LIMITS_OPERATIONS";
    /// How many fragments a document may define.
    fragments: u64 = 100, "MULU_LIMITS_FRAGMENTS";
    /// How many fragments an operation may spread, named and inline, again for each time that theirs are.
    spreads: u64 = 500, "MULU_LIMITS_SPREADS";
    /// How many directives a document may apply.
    directives: u64 = 100, "MULU_LIMITS_DIRECTIVES";
    /// How many fields may stand one in another.
    depth: u64 = 20, "MULU_LIMITS_DEPTH";
    /// How many fields an operation may select, `__typename` as well, those of a fragment again wherever it is spread.
    fields: u64 = 1_000, "MULU_LIMITS_FIELDS";
    /// How many of these may have an alias.
    aliases: u64 = 100, "MULU_LIMITS_ALIASES";
    /// How many fields of the root an operation may select, those below `at` as well.
    root_fields: u64 = 50, "MULU_LIMITS_ROOT_FIELDS";
    /// How many variables a document may define, or a request give.
    variables: u64 = 50, "MULU_LIMITS_VARIABLES";
    /// How many bytes the variables may have together.
    variable_bytes: u64 = 65_536, "MULU_LIMITS_VARIABLE_BYTES";
    /// How deep lists and objects may stand in a value.
    value_depth: u64 = 8, "MULU_LIMITS_VALUE_DEPTH";
    /// How many elements a list in a value may have.
    list_length: u64 = 100, "MULU_LIMITS_LIST_LENGTH";
    /// How many elements of a list one page may have, 20 to 100.
    page: u64 = LARGEST_PAGE, "MULU_LIMITS_PAGE";
    /// What an operation may cost: at most so many fields and objects are resolved.
    cost: u64 = 100_000, "MULU_LIMITS_COST";
    /// What an operation may cost that asks about the schema itself; to ask for the whole of it costs about 34 000.
    introspection: u64 = 40_000, "MULU_LIMITS_INTROSPECTION";
    /// How many milliseconds the execution of a question may take, and each of its questions to the database.
    time_ms: u64 = 10_000, "MULU_LIMITS_TIME_MS";
}

impl Limits {
    /// How long the execution of a question may take.
    pub fn time(&self) -> Duration {
        Duration::from_millis(self.time_ms)
    }

    /// Refuses what could not be kept.
    pub(super) fn check(&self) -> Result<()> {
        if (USUAL_PAGE..=LARGEST_PAGE).contains(&self.page) && self.time_ms > 0 {
            return Ok(());
        }
        let Self { page, time_ms, .. } = self;
        Err(Error::bad_input(
            format!(
                "limits.page 应为 {USUAL_PAGE} 至 {LARGEST_PAGE}（现为 {page}），limits.time_ms 应大于 0（现为 {time_ms}）"
            ),
            format!(
                "`limits.page` is {USUAL_PAGE} to {LARGEST_PAGE}, not {page}, and `limits.time_ms` more than 0, not {time_ms}"
            ),
        ))
    }
}
