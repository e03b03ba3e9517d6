//! How many cases a property test runs, and from which seed.
//!
//! `MULU_CASES=full` (`make soak`) runs the number that the promise names, otherwise a twentieth. The seed is fresh
//! and printed; `MULU_SEED` repeats a run.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The number of cases for a promise of `full`.
pub fn cases(full: u32) -> u32 {
    match std::env::var("MULU_CASES").as_deref() {
        Ok("full") => full,
        Ok(other) => panic!("MULU_CASES is `full` or not set, not `{other}`"),
        Err(_) => full.div_ceil(20),
    }
}

/// How long a test that runs until its time is up may take, where all of it would take `full`. That is less than the
/// usual twentieth of half an hour, which would be the longest of all tests.
pub fn budget(full: Duration) -> Duration {
    if cases(20) == 20 { full } else { full / 120 }
}

/// A runner of so many cases, from a seed that it prints under `name`.
pub fn runner(name: &str, full: u32) -> TestRunner {
    let seed = match std::env::var("MULU_SEED") {
        Ok(seed) => seed.parse().expect("MULU_SEED is a number"),
        Err(_) => RandomState::new().hash_one(name),
    };
    let cases = cases(full);
    eprintln!("{name}: {cases} cases, MULU_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
