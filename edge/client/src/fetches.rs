//! Documents fetched by key: remembered, one flight per key at a time, bounded in time and number.
//!
//! One kind of memory for all documents that peers serve: of DIDs (`did`) and of protocol versions (the loop). Refuses to
//! know what a document holds and how it is fetched.

use crate::Clock;
use crate::cache::{Bounds, Cache, Found};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long what is remembered, and how much at once.
#[derive(Clone, Copy, Debug)]
pub struct FetchSettings {
    /// Most documents remembered; the least used goes first.
    pub documents: usize,
    /// Most failures remembered.
    pub failures: usize,
    /// How long a document is believed without asking again: a key withdrawn by its owner works here at most this long.
    pub expiry: Duration,
    /// How long a failure is answered without trying again.
    pub failure_expiry: Duration,
    /// Least time between two fetches of one document because of something that it does not hold.
    pub min_refresh: Duration,
    /// Longest time for one fetch.
    pub deadline: Duration,
    /// Most fetches under way; beyond it only that is fetched which was fetched before and is still remembered.
    pub flights: usize,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            documents: 1024,
            failures: 1024,
            expiry: Duration::from_secs(5 * 60),
            failure_expiry: Duration::from_secs(5),
            min_refresh: Duration::from_secs(10),
            deadline: Duration::from_secs(5),
            flights: 64,
        }
    }
}

type Outcome<D, F> = Result<Arc<D>, F>;

/// Documents `D` by key, or why there is none. Cheap to clone; clones share what is remembered.
pub struct Fetches<D, F>(Arc<Shared<D, F>>);

struct Shared<D, F> {
    clock: Arc<dyn Clock>,
    flights: usize,
    busy: F,
    desk: Mutex<Desk<D, F>>,
}

struct Desk<D, F> {
    cache: Cache<D, F>,
    flights: BTreeMap<String, watch::Receiver<Option<Outcome<D, F>>>>,
}

impl<D, F> Clone for Fetches<D, F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: Send + Sync + 'static, F: Clone + Send + Sync + 'static> Fetches<D, F> {
    /// Remembers nothing yet. `busy` is the failure when too many fetches are under way, or one was given up.
    pub fn new(clock: Arc<dyn Clock>, settings: &FetchSettings, busy: F) -> Self {
        let bounds = Bounds {
            documents: settings.documents,
            failures: settings.failures,
            expiry_ms: whole_ms(settings.expiry),
            failure_expiry_ms: whole_ms(settings.failure_expiry),
            min_refresh_ms: whole_ms(settings.min_refresh),
        };
        let desk = Mutex::new(Desk {
            cache: Cache::new(bounds),
            flights: BTreeMap::new(),
        });
        Self(Arc::new(Shared {
            clock,
            flights: settings.flights,
            busy,
            desk,
        }))
    }

    /// The document under `key`, remembered if it suffices, or fetched. `fetch` says at once when nothing needs the network
    /// to see that there is none: that takes no flight and no memory.
    ///
    /// # Errors
    /// What the fetch said, or what is remembered of it.
    pub async fn get<Flight>(
        &self,
        key: &str,
        suffices: impl Fn(&D) -> bool,
        fetch: impl FnOnce() -> Result<Flight, F>,
    ) -> Outcome<D, F>
    where
        Flight: Future<Output = Result<D, F>> + Send + 'static,
    {
        let mut landing = {
            let mut desk = self.0.desk();
            match desk.cache.find(key, self.0.clock.now(), suffices) {
                Found::Document(document) => return Ok(document),
                Found::Failure(fault) => return Err(fault),
                Found::Nothing => self.board(&mut desk, key, fetch)?,
            }
        };
        let busy = || Err(self.0.busy.clone());
        match landing.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(busy),
            Err(_) => busy(),
        }
    }

    /// Joins the fetch of `key` that is under way, or starts one. It runs on its own, so that a caller who hangs up does
    /// not take it away from the others.
    fn board<Flight>(
        &self,
        desk: &mut Desk<D, F>,
        key: &str,
        fetch: impl FnOnce() -> Result<Flight, F>,
    ) -> Result<watch::Receiver<Option<Outcome<D, F>>>, F>
    where
        Flight: Future<Output = Result<D, F>> + Send + 'static,
    {
        // A flight whose sender is gone was lost with its task.
        desk.flights.retain(|_, landing| landing.has_changed().is_ok());
        if let Some(landing) = desk.flights.get(key) {
            return Ok(landing.clone());
        }
        let flight = fetch()?;
        // What was fetched before is fetched again however many strangers are in the air.
        if desk.flights.len() >= self.0.flights && !desk.cache.remembers(key) {
            return Err(self.0.busy.clone());
        }
        let (landed, landing) = watch::channel(None);
        desk.flights.insert(key.to_owned(), landing.clone());
        let (shared, key) = (Arc::clone(&self.0), key.to_owned());
        tokio::spawn(async move {
            let outcome = flight.await.map(Arc::new);
            shared.land(&key, &outcome);
            landed.send_replace(Some(outcome));
        });
        Ok(landing)
    }
}

impl<D, F: Clone> Shared<D, F> {
    fn desk(&self) -> MutexGuard<'_, Desk<D, F>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn land(&self, key: &str, outcome: &Outcome<D, F>) {
        let now = self.clock.now();
        let mut desk = self.desk();
        desk.flights.remove(key);
        match outcome {
            Ok(document) => desk.cache.keep(key, Arc::clone(document), now),
            Err(fault) => desk.cache.fail(key, fault.clone(), now),
        }
    }
}

fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
