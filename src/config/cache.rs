//! What is kept of questions, answers and files (缓存): the `cache.*` settings.

use serde::{Deserialize, Serialize};

settings! {
    /// How much is kept. What is kept changes no answer, only how fast it is there.
    "cache." Cache: Copy PartialEq Eq;
    /// Up to so many catalogues, all that the log says of their versions is held from the start; of more, what was asked for
    /// last.
    catalogues: u64 = 20_000, "MULU_CACHE_CATALOGUES";
    /// How many bytes of parsed documents are kept; 0: none.
    documents: u64 = 16_777_216, "MULU_CACHE_DOCUMENTS";
    /// How many bytes of answers are kept, compressed ones with them; 0: none.
    responses: u64 = 33_554_432, "MULU_CACHE_RESPONSES";
    /// How many bytes of the parts of items are kept that data files are made of, half of them as they are read, half as they are
    /// written in CSV; 0: none.
    parts: u64 = 100_663_296, "MULU_CACHE_PARTS";
    /// How many bytes of finished data files are kept on disk, in the folder for temporary files (`TMPDIR`), and as many again
    /// while they are made; 0: none.
    files: u64 = 2_147_483_648, "MULU_CACHE_FILES";
}
