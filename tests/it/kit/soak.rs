//! How many cases a property test runs, and from which seed.
//!
//! `MULU_CASES=full` (`make soak`) runs the number that the promise names, otherwise a twentieth. The seed is fresh
//! and printed; `MULU_SEED` repeats a run. What runs for a time does so for `MULU_MINUTES`, where these are given.

use std::{
    hash::{BuildHasher, RandomState},
    time::{Duration, Instant},
};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Whether all that promises name is asked for.
pub fn full() -> bool {
    match std::env::var("MULU_CASES").as_deref() {
        Ok("full") => true,
        Ok(other) => panic!("MULU_CASES is `full` or not set, not `{other}`"),
        Err(_) => false,
    }
}

/// The number of cases for a promise of so many.
pub fn cases(promised: u32) -> u32 {
    if full() { promised } else { promised.div_ceil(20) }
}

/// A runner of so many cases, from a seed that it prints under `name`.
pub fn runner(name: &str, promised: u32) -> TestRunner {
    let cases = cases(promised);
    seeded(name, &format!("{cases} cases"), Config { cases, ..Config::default() })
}

/// A runner for as many cases as fit into a time, and the end of that time. Where `full` is not asked for, it is far
/// less than a twentieth: of half an hour that would make the longest of all tests.
pub fn timed(name: &str, promised: Duration) -> (TestRunner, Instant) {
    let time = match std::env::var("MULU_MINUTES") {
        Ok(minutes) => Duration::from_secs(60 * minutes.parse::<u64>().expect("MULU_MINUTES is a number")),
        Err(_) if full() => promised,
        Err(_) => promised / 120,
    };
    // One that fails is made small for so many milliseconds, and not by a number of cases.
    let config = Config { max_shrink_time: 300_000, max_shrink_iters: 10_000, ..Config::default() };
    (seeded(name, &format!("{time:?}"), config), Instant::now() + time)
}

fn seeded(name: &str, amount: &str, config: Config) -> TestRunner {
    let seed = match std::env::var("MULU_SEED") {
        Ok(seed) => seed.parse().expect("MULU_SEED is a number"),
        Err(_) => RandomState::new().hash_one(name),
    };
    eprintln!("{name}: {amount}, MULU_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, ..config };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
