//! How much one asker may ask: token buckets by key, in memory, bounded.
//!
//! One kind of bucket for both places that need one: the public door before anybody is known (by address, in `node`), and
//! the loop once the peer is known (by participant and peer). Refuses to know what is answered.

use chapar_terms::Instant;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Most keys remembered; when there are more, those with a full bucket are forgotten, and then the longest at rest.
const KEYS: usize = 16 * 1024;

/// The size of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Tokens that come back each second.
    pub per_second: u32,
    /// Tokens it holds.
    pub burst: u32,
}

/// The buckets of all keys.
pub struct Buckets<K> {
    quota: Quota,
    buckets: Mutex<BTreeMap<K, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// Thousandths of a token.
    level: u64,
    touched: Instant,
}

impl<K: Ord + Clone> Buckets<K> {
    /// Full buckets for everybody.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            buckets: Mutex::default(),
        }
    }

    /// Takes a token of `key`.
    ///
    /// # Errors
    /// There is none: after how many seconds there will be one. Answer 429 with it.
    pub fn take(&self, key: K, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS && !buckets.contains_key(&key) {
            self.forget(&mut buckets, now);
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            level: self.full(),
            touched: now,
        });
        bucket.level = self.level(bucket, now);
        bucket.touched = now;
        match bucket.level.checked_sub(1000) {
            Some(rest) => {
                bucket.level = rest;
                Ok(())
            }
            None => Err((1000 - bucket.level)
                .div_ceil(u64::from(self.quota.per_second).max(1) * 1000)
                .max(1)),
        }
    }

    fn full(&self) -> u64 {
        u64::from(self.quota.burst).saturating_mul(1000)
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> u64 {
        // A clock set back brings nothing.
        let passed_ms = u64::try_from(now.since_ms(bucket.touched)).unwrap_or(0);
        // So many tokens a second are as many thousandths a millisecond.
        bucket
            .level
            .saturating_add(passed_ms.saturating_mul(u64::from(self.quota.per_second)))
            .min(self.full())
    }

    fn forget(&self, buckets: &mut BTreeMap<K, Bucket>, now: Instant) {
        buckets.retain(|_, bucket| self.level(bucket, now) < self.full());
        if buckets.len() >= KEYS
            && let Some(oldest) = buckets
                .iter()
                .min_by_key(|(_, bucket)| bucket.touched)
                .map(|(key, _)| key.clone())
        {
            buckets.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Instant {
        Instant::from_unix_ms(ms)
    }

    #[test]
    fn a_burst_is_let_in_and_then_the_steady_rate() {
        let buckets = Buckets::new(Quota {
            per_second: 2,
            burst: 3,
        });
        for _ in 0..3 {
            assert_eq!(buckets.take("here", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("here", at(0)), Err(1));
        assert_eq!(buckets.take("there", at(0)), Ok(()), "another has its own bucket");
        assert_eq!(buckets.take("here", at(499)), Err(1));
        assert_eq!(buckets.take("here", at(500)), Ok(()));
        assert_eq!(buckets.take("here", at(500)), Err(1));
        for _ in 0..3 {
            assert_eq!(buckets.take("here", at(60_000)), Ok(()));
        }
        assert_eq!(
            buckets.take("here", at(60_000)),
            Err(1),
            "a rest fills the bucket, no more"
        );
        assert_eq!(buckets.take("here", at(0)), Err(1), "a clock set back brings nothing");
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(Quota {
            per_second: 1,
            burst: 2,
        });
        for number in 0..KEYS + 100 {
            assert_eq!(buckets.take(number, at(0)), Ok(()));
        }
        assert!(buckets.buckets.lock().unwrap().len() <= KEYS);
    }
}
