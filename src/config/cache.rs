//! What is kept in memory of questions and answers (缓存): the `cache.*` settings.

use serde::{Deserialize, Serialize};

settings! {
    /// How much is kept. What is kept changes no answer, only how fast it is there.
    "cache." Cache: Copy PartialEq Eq;
    /// How many bytes of parsed documents are kept; 0: none.
    documents: u64 = 16_777_216, "MULU_CACHE_DOCUMENTS";
    /// How many bytes of answers are kept, compressed ones with them; 0: none.
    responses: u64 = 33_554_432, "MULU_CACHE_RESPONSES";
}
