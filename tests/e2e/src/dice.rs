//! Seeded chance: SplitMix64, so that a run is told apart by one number. Refuses to be fit for secrets.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A stream of numbers that its seed determines.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed in the environment variable `name`, or a fresh one.
    pub fn seed(name: &str) -> u64 {
        match std::env::var(name) {
            Ok(text) => text
                .parse()
                .unwrap_or_else(|_| panic!("`{name}` is no number: `{text}`")),
            // Short enough to be typed.
            Err(_) => u64::from(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .expect("it is after 1970")
                    .subsec_nanos(),
            ),
        }
    }

    /// Another stream, for another thread.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A time from nothing to less than `most_ms` milliseconds.
    pub fn pause(&mut self, most_ms: u64) -> Duration {
        Duration::from_millis(self.below(most_ms))
    }

    /// One of `choices`, which is not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(choices.len() as u64)).expect("an index fits");
        &choices[index]
    }

    /// So many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_tells_the_same_story_twice() {
        let roll = |seed| {
            let mut dice = Dice::new(seed);
            (0..8).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(roll(7), roll(7));
        assert_ne!(roll(7), roll(8));
    }

    #[test]
    fn bytes_are_as_many_as_asked_for() {
        assert_eq!(
            [0, 1, 8, 13].map(|length| Dice::new(1).bytes(length).len()),
            [0, 1, 8, 13]
        );
    }
}
