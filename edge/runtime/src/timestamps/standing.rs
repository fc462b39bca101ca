//! How it goes with the time stamps of one log: the newest that is kept, and what is in the way.

use crate::Runtime;
use crate::logs::OwnLog;
use chapar_store::TimestampRow;
use chapar_terms::{Instant, limits};
use serde_json::{Map, Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of the stamps of one log.
#[derive(Debug, Default)]
pub(crate) struct TimeStanding(Mutex<Standing>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// The newest, without its bytes.
    pub newest: Option<Stamped>,
    /// Why there is none of what is out.
    pub obstacle: Option<Obstacle>,
}

/// A stamp that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Stamped {
    pub size: u64,
    pub at: Instant,
    pub got_at: Instant,
    pub signer: String,
    pub is_verified: bool,
}

/// What is in the way of a stamp.
#[derive(Clone, Debug)]
pub(crate) struct Obstacle {
    pub code: &'static str,
    pub why: String,
    /// Since when, without a success in between.
    pub since: Instant,
    /// Tries that failed since then.
    pub tries: u32,
}

/// The time stamps of one log, in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFigures {
    /// The log.
    pub origin: String,
    /// Entries that were stamped.
    pub size: u64,
    /// By how many seconds our clock was behind the authority's at the newest; before it, when negative.
    pub clock_seconds: Option<i64>,
    /// Whether the last request failed.
    pub is_obstructed: bool,
}

impl TimeStanding {
    pub(crate) fn with(row: Option<&TimestampRow>) -> Self {
        let standing = Standing {
            newest: row.map(Stamped::of),
            obstacle: None,
        };
        Self(Mutex::new(standing))
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stamped {
    pub(super) fn of(row: &TimestampRow) -> Self {
        Self {
            size: u64::try_from(row.size).unwrap_or(0),
            at: Instant::from_unix_ms(row.at),
            got_at: Instant::from_unix_ms(row.got_at),
            signer: row.signer.clone(),
            is_verified: row.is_verified,
        }
    }

    /// By how much our clock differed, where that is more than what is tolerated between two clocks: positive, when it was behind.
    pub(super) fn clock_off_s(&self) -> Option<i64> {
        let off_ms = self.at.since_ms(self.got_at);
        (off_ms.saturating_abs() > limits::CLOCK_SKEW_MS).then_some(off_ms / 1000)
    }

    fn view(&self) -> Value {
        let mut view = json!({
            "size": self.size,
            "at": self.at.rfc3339(),
            "receivedAt": self.got_at.rfc3339(),
            "by": self.signer,
            "verified": self.is_verified,
        });
        if let (Some(off), Some(members)) = (self.clock_off_s(), view.as_object_mut()) {
            members.insert("clockBehindSeconds".to_owned(), off.into());
        }
        view
    }
}

impl OwnLog {
    /// What its people are told of its stamps.
    pub(crate) fn describe_time(&self) -> Map<String, Value> {
        let standing = self.time.look().clone();
        let newest = standing.newest.map(|newest| ("timestamp".to_owned(), newest.view()));
        let obstacle = standing.obstacle.map(|obstacle| {
            let view = json!({
                "code": obstacle.code,
                "why": obstacle.why,
                "since": obstacle.since.rfc3339(),
                "tries": obstacle.tries,
            });
            ("timestampObstacle".to_owned(), view)
        });
        newest.into_iter().chain(obstacle).collect()
    }
}

impl Runtime {
    /// The time stamps of the logs of this house, in figures; nothing where nobody is asked for the time.
    pub fn time_figures(&self) -> Vec<TimeFigures> {
        if self.inner.config.time.authority.is_none() {
            return Vec::new();
        }
        let figures = |log: std::sync::Arc<OwnLog>| {
            let standing = log.time.look().clone();
            TimeFigures {
                origin: log.origin.as_str().to_owned(),
                size: standing.newest.as_ref().map_or(0, |newest| newest.size),
                clock_seconds: standing.newest.map(|newest| newest.at.since_ms(newest.got_at) / 1000),
                is_obstructed: standing.obstacle.is_some(),
            }
        };
        self.inner.logs.all().into_iter().map(figures).collect()
    }
}
