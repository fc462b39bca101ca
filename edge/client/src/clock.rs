//! The node's one clock. Everything that needs the time is handed a [`Clock`]; nothing else asks the system.

use chapar_terms::Instant;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time; tests and the simulation bring their own.
pub trait Clock: Send + Sync {
    /// The present moment. May go backwards when the operator sets the system's clock.
    fn now(&self) -> Instant;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        Instant::from_unix_ms(ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_time_of_this_century() {
        let now = SystemClock.now();
        assert!(now > Instant::parse_rfc3339("2025-01-01T00:00:00Z").unwrap());
        assert!(now < Instant::parse_rfc3339("2125-01-01T00:00:00Z").unwrap());
    }
}
