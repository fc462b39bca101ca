//! Somebody's back end that is called back: it keeps what it is told and answers as the judge wants it to.

use crate::wire::{Request, Response, Server};
use serde_json::Value;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// How the back end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It answers with this status.
    Answers(u16),
    /// It closes connections without a word.
    Silent,
}

/// Something it was told, whatever it answered.
#[derive(Clone, Debug)]
pub struct Told {
    /// The request as it came.
    pub request: Request,
    /// Whether it was answered with success.
    pub taken: bool,
}

impl Told {
    /// The envelope.
    pub fn envelope(&self) -> Value {
        self.request.json()
    }
}

struct Inner {
    mood: Mutex<Mood>,
    told: Mutex<Vec<Told>>,
    more: Condvar,
}

/// A back end. It lives as long as the process.
#[derive(Clone)]
pub struct Sink {
    inner: Arc<Inner>,
    server: Server,
}

impl Sink {
    /// Starts listening.
    pub fn start(mood: Mood) -> Self {
        Self::start_at("127.0.0.1", mood)
    }

    /// The same at this address of loopback.
    pub fn start_at(host: &str, mood: Mood) -> Self {
        let inner = Arc::new(Inner {
            mood: Mutex::new(mood),
            told: Mutex::default(),
            more: Condvar::new(),
        });
        let behind = Arc::clone(&inner);
        let server = Server::start_at(host, Arc::new(move |request| behind.answer(request)));
        let server = server.expect("a free port can be had");
        Self { inner, server }
    }

    /// Where to call back.
    pub fn url(&self) -> String {
        format!("{}/told", self.server.url())
    }

    /// Is in another mood from now on.
    pub fn set(&self, mood: Mood) {
        *self.inner.mood.lock().unwrap() = mood;
    }

    /// Everything so far.
    pub fn told(&self) -> Vec<Told> {
        self.inner.told.lock().unwrap().clone()
    }

    /// The types of the events taken so far, in order; one that came twice in a row counts once.
    pub fn taken(&self) -> Vec<String> {
        let mut envelopes: Vec<Value> = self
            .told()
            .iter()
            .filter(|told| told.taken)
            .map(Told::envelope)
            .collect();
        envelopes.dedup_by_key(|envelope| envelope["id"].clone());
        envelopes
            .iter()
            .map(|envelope| envelope["type"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Waits until what was told is as wanted.
    ///
    /// # Panics
    /// If it does not come to that in time.
    pub fn wait(&self, limit: Duration, wanted: impl Fn(&Self) -> bool) {
        let end = Instant::now() + limit;
        loop {
            let told = self.inner.told.lock().unwrap();
            let count = told.len();
            drop(told);
            if wanted(self) {
                return;
            }
            let told = self.inner.told.lock().unwrap();
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "not in time; taken so far: {:?}", {
                drop(told);
                self.taken()
            });
            let _ = self
                .inner
                .more
                .wait_timeout_while(told, left, |told| told.len() == count)
                .unwrap();
        }
    }
}

impl Inner {
    fn answer(&self, request: Request) -> Option<Response> {
        let mood = *self.mood.lock().unwrap();
        let taken = matches!(mood, Mood::Answers(200..300));
        self.told.lock().unwrap().push(Told { request, taken });
        self.more.notify_all();
        match mood {
            Mood::Answers(status) => Some(Response::empty(status)),
            Mood::Silent => None,
        }
    }
}
