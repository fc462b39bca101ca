//! Where in a peer's catalogue which page begins, as its own links have told a moment ago: whoever goes through it part by part, by
//! offsets, is led on by those links, so that the peer need not count from the beginning each time.
//!
//! In memory, few and for a minute: a catalogue changes, and a link leads on from a dataset, not from a number.

use chapar_terms::Instant;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How long a place is believed, in milliseconds.
const KEPT_MS: i64 = 60_000;
/// Most places kept.
const KEPT: usize = 4096;

/// A walk through a catalogue: who asks, whom, where and for which datasets.
pub(crate) type Walk = [String; 4];

/// The pages that are known.
#[derive(Default)]
pub(crate) struct Places(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pages: BTreeMap<(Walk, u64), (String, Instant)>,
}

impl Places {
    /// Notes that behind the first `place` datasets the page at `link` begins.
    pub(crate) fn note(&self, walk: &Walk, place: u64, link: &str, now: Instant) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.pages.len() >= KEPT {
            kept.pages.retain(|_, (_, at)| now.since_ms(*at) < KEPT_MS);
        }
        if kept.pages.len() < KEPT {
            kept.pages.insert((walk.clone(), place), (link.to_owned(), now));
        }
    }

    /// The last known page that does not begin behind `place`: behind how many datasets it begins, and its link.
    pub(crate) fn before(&self, walk: &Walk, place: u64, now: Instant) -> Option<(u64, String)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = kept.pages.range((walk.clone(), 0)..=(walk.clone(), place)).rev();
        known.find_map(|((_, place), (link, at))| {
            let is_fresh = (0..KEPT_MS).contains(&now.since_ms(*at));
            is_fresh.then(|| (*place, link.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(name: &str) -> Walk {
        [name, "peer", "address", "[]"].map(str::to_owned)
    }

    #[test]
    fn the_nearest_page_before_a_place_is_found_while_it_is_fresh() {
        let (places, now) = (Places::default(), Instant::from_unix_ms(1_000_000));
        assert_eq!(places.before(&walk("a"), 100, now), None);
        places.note(&walk("a"), 50, "fifty", now);
        places.note(&walk("a"), 100, "hundred", now.plus_ms(1000));
        let found = |walk: &Walk, place, now| {
            places
                .before(walk, place, now)
                .map(|(place, link)| format!("{place} {link}"))
        };
        assert_eq!(found(&walk("a"), 49, now), None);
        assert_eq!(found(&walk("a"), 99, now).as_deref(), Some("50 fifty"));
        assert_eq!(
            found(&walk("a"), 100, now.plus_ms(1000)).as_deref(),
            Some("100 hundred")
        );
        assert_eq!(found(&walk("b"), 100, now), None, "another walk");
        let later = now.plus_ms(KEPT_MS);
        assert_eq!(found(&walk("a"), 99, later), None, "it is too old");
        assert_eq!(found(&walk("a"), 100, later).as_deref(), Some("100 hundred"));
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let (places, now) = (Places::default(), Instant::from_unix_ms(1_000_000));
        let most = KEPT as u64;
        for place in 0..=most {
            places.note(&walk("a"), place, "x", now);
        }
        assert_eq!(places.before(&walk("a"), most, now).unwrap().0, most - 1);
        places.note(&walk("a"), most, "x", now.plus_ms(KEPT_MS));
        assert_eq!(places.before(&walk("a"), most, now.plus_ms(KEPT_MS)).unwrap().0, most);
    }
}
