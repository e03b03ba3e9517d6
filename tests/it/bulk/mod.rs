//! Tables of tens of thousands of rows: what their import takes grows no faster than they do.
//!
//! `make soak` compares 5,000 rows with 50,000 and prints what both took, `make test` a tenth of that.

mod table;
mod trial;

use self::trial::{Answer, Question, import};
use crate::kit::{Backend, TestApp, full};

/// How many times more rows the large table has than the small one.
const TIMES: usize = 10;

/// How many times more work they may make. Linear work makes ten times as much, or a little less, for there is some
/// that no row makes; quadratic work would make a hundred times as much. The rest is for the machine's other work.
const WORK: u64 = 18;

/// Memory that one more row may take, in bytes. A row is some 300 bytes of text in 14 cells. Of a few thousand rows most is
/// what the allocator keeps for the next.
const ROW_BYTES: u64 = 96 << 10;

struct Pair {
    small: Answer,
    large: Answer,
}

impl Pair {
    /// Prints what the two took, and refuses what grows faster than the rows.
    fn check(&self, what: &str) {
        let Self { small, large } = self;
        for one in [small, large] {
            let rate = one.rows as u64 * 1000 / one.cpu_ms.max(1);
            eprintln!(
                "{what}: {} rows in {} ms of work ({} ms on the clock), {rate} rows a second, at most {} MB",
                one.rows,
                one.cpu_ms,
                one.ms,
                one.peak_kb >> 10
            );
        }
        assert!(large.cpu_ms <= small.cpu_ms * WORK, "{what}: {small:?}, {large:?}");
        let more = (large.rows - small.rows) as u64;
        let grown = large.peak_kb.saturating_sub(small.peak_kb) << 10;
        eprintln!("{what}: {} bytes of memory for each further row", grown / more);
        assert!(grown <= more * ROW_BYTES, "{what}: {small:?}, {large:?}");
    }
}

#[tokio::test]
async fn ten_times_the_rows_take_no_more_than_ten_times_the_work() {
    let many = if full() { 5_000 } else { 300 };
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for many in [many, many * TIMES] {
        let app = TestApp::bundled(Backend::Sqlite).await;
        let import = |name: &str, rows: &[table::Row], publish: bool| {
            let path = app.database.directory.path().join(name);
            std::fs::write(&path, table::workbook(rows)).unwrap();
            import(&Question { url: app.database.url.clone(), path, publish })
        };
        let rows = table::rows(many);
        let answer = import("table.xlsx", &rows, true);
        // Once for each row, and once when the step begins; no last version is there to be compared with.
        assert_eq!((answer.rows, answer.told), (many, many + 2));
        first.push(answer);
        let year = table::a_year_later(&rows);
        let answer = import("later.xlsx", &year.rows, false);
        assert_eq!((answer.rows, answer.told), (year.rows.len(), 2 * year.rows.len() + 2));
        assert_eq!(answer.changes, Some([year.added, year.changed, year.removed]));
        later.push(answer);
    }
    for (what, answers) in [("first import", first), ("a year later, with a report", later)] {
        let [small, large] = <[Answer; 2]>::try_from(answers).unwrap();
        Pair { small, large }.check(what);
    }
}
