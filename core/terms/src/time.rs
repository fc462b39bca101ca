//! A point in time. Where it comes from is not said here: the core is handed `now`.

use crate::Invalid;
use std::fmt;

/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z (UTC, no leap seconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// From milliseconds since the Unix epoch.
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// From whole seconds since the Unix epoch, as JWT and HTTP signatures count them. Saturates.
    pub const fn from_unix_s(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn unix_s(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by `ms` milliseconds (may be negative). Saturates.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds, e.g. `2026-01-01T00:00:00.000Z`; also a valid `xsd:dateTime`.
    pub fn rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => format!("{timestamp:.3}"),
            Err(_) => if self.0 < 0 {
                "-009999-01-01T00:00:00.000Z"
            } else {
                "9999-12-30T22:00:00.000Z"
            }
            .to_owned(),
        }
    }

    /// Reads RFC 3339 with any offset.
    ///
    /// # Errors
    /// The text is no date-time with an offset; answer "bad request".
    pub fn parse_rfc3339(text: &str) -> Result<Self, Invalid> {
        text.parse::<jiff::Timestamp>()
            .map(|timestamp| Self(timestamp.as_millisecond()))
            .map_err(|_| {
                Invalid::new(
                    "date-time",
                    format!("`{text}` is not an RFC 3339 date-time with an offset"),
                )
            })
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_and_reads_back() {
        let instant = Instant::from_unix_ms(1_767_225_600_123);
        assert_eq!(instant.rfc3339(), "2026-01-01T00:00:00.123Z");
        assert_eq!(
            Instant::parse_rfc3339("2026-01-01T05:00:00.123+05:00").unwrap(),
            instant
        );
        assert!(Instant::parse_rfc3339("2026-01-01").is_err());
    }
}
