//! The clock: the only place that asks what time it is, so that tests and reproducible builds can set it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

use crate::catalogue::event::Instant;

/// How far Shanghai is ahead of UTC, in seconds.
const EIGHT_HOURS: i32 = 8 * 3600;

/// Where the present instant comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// An instant that somebody sets, in milliseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// Moves a set clock on; the machine's clock moves by itself.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Set(at) = self {
            at.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        Instant::new(match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Self::System => Utc::now(),
            Self::Set(at) => DateTime::from_timestamp_millis(at.load(Ordering::SeqCst)).unwrap_or_default(),
        })
    }

    /// Today in Asia/Shanghai, which is the day that every date of a catalogue means.
    pub fn today(&self) -> NaiveDate {
        day_in_shanghai(self.now())
    }

    /// How many whole seconds are left of today.
    pub fn seconds_of_today_left(&self) -> u64 {
        const DAY: i64 = 24 * 3600;
        let gone = (self.now().utc().timestamp() + i64::from(EIGHT_HOURS)).rem_euclid(DAY);
        (DAY - gone).unsigned_abs()
    }
}

/// The day of an instant in Asia/Shanghai: UTC+8, without summer time since 1991.
pub fn day_in_shanghai(at: Instant) -> NaiveDate {
    let shanghai = FixedOffset::east_opt(EIGHT_HOURS).expect("eight hours are within a day");
    at.utc().with_timezone(&shanghai).date_naive()
}
