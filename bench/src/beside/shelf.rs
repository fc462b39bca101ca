//! The provider's catalogue through the consumer, in pages of 50: the first one and the last.

use super::connector::{Bed, Family};
use crate::numbers::Times;
use std::time::{Duration, Instant};

/// Datasets on a page.
const PAGE: usize = 50;
/// Requests that do not count.
const WARM: usize = 2;
/// No more requests for a page that takes so long altogether.
const ENOUGH: Duration = Duration::from_secs(30);

/// Pages of a catalogue.
pub struct Shelf {
    /// Offers in it.
    pub offers: usize,
    /// The first page.
    pub first: Times,
    /// The last one.
    pub last: Times,
}

/// Measures a catalogue of so many offers with connectors of its own.
pub fn measure(family: Family, offers: usize, count: usize) -> Shelf {
    let bed = Bed::make(family);
    bed.offer("one-of-many", offers);
    let last = offers.saturating_sub(PAGE);
    Shelf {
        offers,
        first: pages(&bed, 0, offers.min(PAGE), count),
        last: pages(&bed, last, offers.min(PAGE), count),
    }
}

fn pages(bed: &Bed, offset: usize, expected: usize, count: usize) -> Times {
    let one = || {
        let begun = Instant::now();
        let page = bed.page(offset, PAGE);
        assert_eq!(page.len(), expected, "the page at {offset} is whole");
        begun.elapsed()
    };
    for _ in 0..WARM {
        one();
    }
    let begun = Instant::now();
    let mut times = Vec::new();
    while times.len() < count && begun.elapsed() < ENOUGH {
        times.push(one());
    }
    Times::of(times)
}
