//! How often a log is cosigned: a new tree at most once in ten seconds, the same tree afresh once a day or when somebody says why.

/// Shortest time between two cosignatures for one log, in milliseconds: whoever follows a log waits no longer for one.
const SHORTEST_MS: i64 = 10_000;
/// After this time the same tree is cosigned afresh, in milliseconds: a log that rests still shows that it does.
const FRESH_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// What is done about a checkpoint that may be cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Cosign it now.
    Fresh,
    /// Answer what was answered last.
    Kept,
    /// Not before this many seconds.
    TooSoon(u64),
}

/// Judges by the time of the last cosignature for the log, none before the first. A clock that was set back hinders nobody.
pub(super) fn judge(now_ms: i64, last_ms: Option<i64>, is_unchanged: bool, has_reason: bool) -> Pace {
    let Some(age) = last_ms.map(|last| now_ms.saturating_sub(last)) else {
        return Pace::Fresh;
    };
    if is_unchanged && !has_reason && age < FRESH_AFTER_MS {
        return Pace::Kept;
    }
    if (0..SHORTEST_MS).contains(&age) && !chapar_terms::sabotaged("witness-without-pace") {
        let rest = SHORTEST_MS.saturating_sub(age).unsigned_abs();
        return Pace::TooSoon(rest.div_ceil(1000));
    }
    Pace::Fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = FRESH_AFTER_MS;

    #[test]
    fn every_row() {
        let rows = [
            // last, unchanged, reason
            (None, false, false, Pace::Fresh),
            (None, true, true, Pace::Fresh),
            (Some(0), false, false, Pace::TooSoon(10)),
            (Some(1), false, true, Pace::TooSoon(10)),
            (Some(9_001), false, false, Pace::TooSoon(1)),
            (Some(9_999), false, false, Pace::TooSoon(1)),
            (Some(10_000), false, false, Pace::Fresh),
            (Some(0), true, false, Pace::Kept),
            (Some(DAY - 1), true, false, Pace::Kept),
            (Some(DAY), true, false, Pace::Fresh),
            (Some(9_999), true, true, Pace::TooSoon(1)),
            (Some(10_000), true, true, Pace::Fresh),
            (Some(-5), false, false, Pace::Fresh),
            (Some(-5), true, false, Pace::Kept),
            (Some(-5), true, true, Pace::Fresh),
        ];
        let now = 1_790_000_000_000;
        for (age, is_unchanged, has_reason, expected) in rows {
            let last = age.map(|age| now - age);
            let row = (age, is_unchanged, has_reason);
            assert_eq!(judge(now, last, is_unchanged, has_reason), expected, "{row:?}");
        }
    }
}
