//! Times and rates as figures: percentiles and how they are written.
//!
//! Refuses to judge them: what is within reach and what is missed is said in `report`.

use std::time::Duration;

/// Measured times in milliseconds, sorted.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// Sorts what was measured.
    pub fn of(measured: impl IntoIterator<Item = Duration>) -> Self {
        let mut all: Vec<f64> = measured.into_iter().map(|time| time.as_secs_f64() * 1e3).collect();
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    /// All of several.
    pub fn together<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all: Vec<f64> = all.into_iter().flat_map(|times| times.0.iter().copied()).collect();
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that this share of all (0 to 1) does not pass; not a number when nothing was measured.
    pub fn at(&self, share: f64) -> f64 {
        let rank = (share * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }

    /// Half of all take at most this long.
    pub fn p50(&self) -> f64 {
        self.at(0.5)
    }

    /// 99 of 100 take at most this long.
    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }

    /// (milliseconds, percent of all that take at most as long), at most `points` of them.
    pub fn distribution(&self, points: usize) -> Vec<(f64, f64)> {
        (0..=points)
            .map(|point| point as f64 / points as f64)
            .map(|share| (self.at(share), share * 100.0))
            .collect()
    }
}

/// Three digits that matter, no more than two of them behind the point.
pub fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A count with a blank between thousands.
pub fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_values() {
        let times = Times::of((1..=200).rev().map(Duration::from_millis));
        assert_eq!((times.p50(), times.p99(), times.at(1.0)), (100.0, 198.0, 200.0));
        assert!(Times::default().p50().is_nan());
        assert_eq!(times.distribution(2), [(1.0, 0.0), (100.0, 50.0), (200.0, 100.0)]);
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([short(312.4), short(31.24), short(3.124)], ["312", "31.2", "3.12"]);
        assert_eq!([count(7), count(1234), count(1_000_000)], ["7", "1 234", "1 000 000"]);
    }
}
