//! What is remembered of fetched documents by key: documents until they expire, failures for a short while. Bounded, least
//! used first to go. Knows neither network nor clock; `fetches` asks it and fills it.

use chapar_terms::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bounds of the memory. Failures are kept apart, so that made-up keys never push out documents in use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) documents: usize,
    pub(crate) failures: usize,
    pub(crate) expiry_ms: i64,
    pub(crate) failure_expiry_ms: i64,
    pub(crate) min_refresh_ms: i64,
}

/// What the memory says about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found<D, F> {
    /// Use this document.
    Document(Arc<D>),
    /// It failed just now; do not try again yet.
    Failure(F),
    /// Fetch it.
    Nothing,
}

struct Known<D> {
    document: Arc<D>,
    fetched_at: Instant,
    tried_at: Instant,
    used: u64,
}

struct Failed<F> {
    failure: F,
    at: Instant,
    used: u64,
}

/// Documents `D` and failures `F` by key.
pub(crate) struct Cache<D, F> {
    bounds: Bounds,
    uses: u64,
    known: BTreeMap<String, Known<D>>,
    failed: BTreeMap<String, Failed<F>>,
}

impl<D, F: Clone> Cache<D, F> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            uses: 0,
            known: BTreeMap::new(),
            failed: BTreeMap::new(),
        }
    }

    /// What to do about `key`. `suffices` says whether a document has what the caller needs; one that has not is fetched
    /// again, but no more often than the least interval, for anyone can ask for what is not there.
    pub(crate) fn find(&mut self, key: &str, now: Instant, suffices: impl Fn(&D) -> bool) -> Found<D, F> {
        self.uses = self.uses.saturating_add(1);
        let bounds = self.bounds;
        let fresh = self
            .known
            .get_mut(key)
            .filter(|known| within(known.fetched_at, now, bounds.expiry_ms));
        if let Some(known) = fresh {
            known.used = self.uses;
            if suffices(&known.document) {
                return Found::Document(Arc::clone(&known.document));
            }
            if within(known.tried_at, now, bounds.min_refresh_ms) && !self.failed.contains_key(key) {
                return Found::Document(Arc::clone(&known.document));
            }
        }
        match self.failed.get_mut(key) {
            Some(failed) if within(failed.at, now, bounds.failure_expiry_ms) => {
                failed.used = self.uses;
                Found::Failure(failed.failure.clone())
            }
            _ => Found::Nothing,
        }
    }

    /// Whether `key` has a document here, be it too old to be believed.
    pub(crate) fn remembers(&self, key: &str) -> bool {
        self.known.contains_key(key)
    }

    /// Remembers a fetched document.
    pub(crate) fn keep(&mut self, key: &str, document: Arc<D>, now: Instant) {
        self.failed.remove(key);
        self.uses = self.uses.saturating_add(1);
        let known = Known {
            document,
            fetched_at: now,
            tried_at: now,
            used: self.uses,
        };
        self.known.insert(key.to_owned(), known);
        drop_least(&mut self.known, self.bounds.documents, |known| known.used);
    }

    /// Remembers that fetching failed. A document still in its time is believed on: only what is missing from it is in doubt.
    /// An older one is kept as the mark of a key that was fetched once.
    pub(crate) fn fail(&mut self, key: &str, failure: F, now: Instant) {
        self.uses = self.uses.saturating_add(1);
        if let Some(known) = self.known.get_mut(key) {
            known.tried_at = now;
        }
        self.failed.insert(
            key.to_owned(),
            Failed {
                failure,
                at: now,
                used: self.uses,
            },
        );
        drop_least(&mut self.failed, self.bounds.failures, |failed| failed.used);
    }
}

/// Whether `now` is less than `span_ms` after `since`. A clock set back counts as long after: fetching once more is cheap,
/// believing a key for too long is not.
fn within(since: Instant, now: Instant, span_ms: i64) -> bool {
    (0..span_ms).contains(&now.since_ms(since))
}

fn drop_least<T>(entries: &mut BTreeMap<String, T>, bound: usize, used: impl Fn(&T) -> u64) {
    while entries.len() > bound {
        let least = entries
            .iter()
            .min_by_key(|(_, entry)| used(entry))
            .map(|(key, _)| key.clone());
        let Some(key) = least else { return };
        entries.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        documents: 2,
        failures: 2,
        expiry_ms: 1000,
        failure_expiry_ms: 100,
        min_refresh_ms: 300,
    };

    fn at(ms: i64) -> Instant {
        Instant::from_unix_ms(ms)
    }

    fn any(_: &&str) -> bool {
        true
    }

    fn cache() -> Cache<&'static str, u8> {
        Cache::new(BOUNDS)
    }

    #[test]
    fn documents_expire_and_a_clock_set_back_expires_them_too() {
        let mut cache = cache();
        cache.keep("did:a", Arc::new("A"), at(5000));
        assert_eq!(cache.find("did:a", at(5999), any), Found::Document(Arc::new("A")));
        assert_eq!(cache.find("did:a", at(6000), any), Found::Nothing);
        assert_eq!(cache.find("did:a", at(4999), any), Found::Nothing);
    }

    #[test]
    fn a_did_that_was_resolved_once_is_remembered_when_its_document_is_too_old() {
        let mut cache = cache();
        assert!(!cache.remembers("did:a"));
        cache.keep("did:a", Arc::new("A"), at(0));
        cache.fail("did:a", 7, at(2000));
        assert!(cache.remembers("did:a"));
        assert_eq!(cache.find("did:a", at(2000), any), Found::Failure(7));
        assert_eq!(cache.find("did:a", at(2100), any), Found::Nothing, "it is not believed");
        cache.fail("did:b", 7, at(2000));
        assert!(!cache.remembers("did:b"));
    }

    #[test]
    fn failures_are_short_and_a_success_ends_them() {
        let mut cache = cache();
        cache.fail("did:a", 7, at(0));
        assert_eq!(cache.find("did:a", at(99), any), Found::Failure(7));
        assert_eq!(cache.find("did:a", at(100), any), Found::Nothing);
        cache.fail("did:a", 8, at(200));
        cache.keep("did:a", Arc::new("A"), at(201));
        assert_eq!(cache.find("did:a", at(202), |_| false), Found::Document(Arc::new("A")));
    }

    #[test]
    fn a_missing_key_refreshes_at_most_once_an_interval() {
        let mut cache = cache();
        let lacks = |_: &&str| false;
        cache.keep("did:a", Arc::new("A"), at(0));
        assert_eq!(cache.find("did:a", at(299), lacks), Found::Document(Arc::new("A")));
        assert_eq!(cache.find("did:a", at(300), lacks), Found::Nothing);
        assert_eq!(cache.find("did:a", at(300), any), Found::Document(Arc::new("A")));

        cache.fail("did:a", 7, at(300));
        assert_eq!(cache.find("did:a", at(399), lacks), Found::Failure(7));
        assert_eq!(cache.find("did:a", at(399), any), Found::Document(Arc::new("A")));
        assert_eq!(cache.find("did:a", at(400), lacks), Found::Nothing);
    }

    #[test]
    fn the_least_used_goes_and_failures_push_out_no_document() {
        let mut cache = cache();
        cache.keep("did:a", Arc::new("A"), at(0));
        cache.keep("did:b", Arc::new("B"), at(0));
        assert_eq!(cache.find("did:a", at(1), any), Found::Document(Arc::new("A")));
        cache.keep("did:c", Arc::new("C"), at(2));
        assert_eq!(cache.find("did:b", at(3), any), Found::Nothing);
        for n in 0..50 {
            cache.fail(&format!("did:made-up:{n}"), 1, at(3));
        }
        assert_eq!(cache.failed.len(), 2);
        assert_eq!(cache.find("did:a", at(3), any), Found::Document(Arc::new("A")));
        assert_eq!(cache.find("did:c", at(3), any), Found::Document(Arc::new("C")));
    }
}
