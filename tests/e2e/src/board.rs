//! What the event stream of a participant said, across crashes of its node: the latest word on every case.
//!
//! The stream is taken up again behind the last number heard, so its numbers must follow one another without a gap, a repeat or a
//! `reset`. Refuses to ask for cases: what the stream did not say is not known here.

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Body};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// Longest silence of the stream; the node says at least a heartbeat every 15 s.
const SILENCE: Duration = Duration::from_secs(40);
/// Pause before a stream that broke off is taken up again.
const PAUSE: Duration = Duration::from_millis(20);

/// A handle to what was heard. Listening goes on until the process ends.
#[derive(Clone)]
pub struct Board(Arc<Inner>);

struct Inner {
    who: Participant,
    heard: Mutex<Heard>,
    changed: Condvar,
}

#[derive(Default)]
struct Heard {
    cases: BTreeMap<String, Value>,
    last: u64,
    streams: usize,
    faults: Vec<String>,
}

impl Board {
    /// Begins to listen from the first event on.
    pub fn follow(who: &Participant) -> Self {
        let board = Self(Arc::new(Inner {
            who: who.clone(),
            heard: Mutex::default(),
            changed: Condvar::new(),
        }));
        let listener = board.clone();
        thread::spawn(move || {
            loop {
                // A crash of the node ends the stream; that is what it is for.
                let _ = listener.listen();
                thread::sleep(PAUSE);
            }
        });
        board
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.heard.lock().unwrap()
    }

    /// The case as the latest event about it told it.
    pub fn case(&self, id: &str) -> Option<Value> {
        self.heard().cases.get(id).cloned()
    }

    /// How often the stream was opened.
    pub fn streams(&self) -> usize {
        self.heard().streams
    }

    /// What was wrong with the stream itself.
    pub fn faults(&self) -> Vec<String> {
        self.heard().faults.clone()
    }

    /// Waits until the case is as wanted; none when that does not happen in time.
    pub fn wait(&self, id: &str, limit: Duration, wanted: impl Fn(&Value) -> bool) -> Option<Value> {
        let end = Instant::now() + limit;
        let mut heard = self.heard();
        loop {
            if let Some(case) = heard.cases.get(id).filter(|case| wanted(case)) {
                return Some(case.clone());
            }
            let left = end.checked_duration_since(Instant::now())?;
            heard = self.0.changed.wait_timeout(heard, left).unwrap().0;
        }
    }

    fn listen(&self) -> io::Result<()> {
        let last = self.heard().last.to_string();
        let bearer = format!("Bearer {}", self.0.who.key);
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "text/event-stream"),
            ("last-event-id", last.as_str()),
        ];
        let (status, _, body) = wire::open("GET", &format!("{}/events", self.0.who.api), &headers, b"")?;
        if status != 200 {
            self.heard().faults.push(format!("the event stream answered {status}"));
            return Ok(());
        }
        self.heard().streams += 1;
        body.wait_up_to(SILENCE)?;
        self.read(body)
    }

    fn read(&self, stream: Body) -> io::Result<()> {
        let (mut id, mut kind, mut data) = (String::new(), String::new(), String::new());
        for line in BufReader::new(stream).lines() {
            let line = line?;
            let (name, value) = line.split_once(':').unwrap_or((line.as_str(), ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "id" => value.clone_into(&mut id),
                "event" => value.clone_into(&mut kind),
                "data" => data.push_str(value),
                "" if line.is_empty() && !data.is_empty() => {
                    self.happened(&id, &kind, &data);
                    data.clear();
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn happened(&self, id: &str, kind: &str, data: &str) {
        let mut heard = self.heard();
        let number: u64 = id.parse().unwrap_or(0);
        if kind == "reset" || number != heard.last + 1 {
            let fault = format!("event `{id}` ({kind}) came after number {}", heard.last);
            heard.faults.push(fault);
        }
        heard.last = heard.last.max(number);
        let event: Value = serde_json::from_str(data).unwrap_or(Value::Null);
        match event["id"].as_str().or_else(|| event["case"].as_str()) {
            Some(case) => {
                heard.cases.insert(case.to_owned(), event.clone());
            }
            None => heard
                .faults
                .push(format!("event `{id}` ({kind}) tells of no case: {data}")),
        }
        drop(heard);
        self.0.changed.notify_all();
    }
}
