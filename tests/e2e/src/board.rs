//! What the event stream of a participant said, across crashes of its node: the latest word on every case.
//!
//! The stream is taken up again behind the last number heard, so its numbers must follow one another without a gap, a repeat or a
//! `reset`. Refuses to ask for cases: what the stream did not say is not known here.

use chapar_conformance::node::Participant;
use chapar_conformance::stream::{Event, Stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
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
        let mut stream = match Stream::open(&self.0.who, Some(&last), SILENCE) {
            Ok(stream) => stream,
            Err(error) if error.kind() == io::ErrorKind::Other => {
                self.heard().faults.push(error.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.heard().streams += 1;
        while let Some(event) = stream.event()? {
            self.happened(&event);
        }
        Ok(())
    }

    fn happened(&self, event: &Event) {
        let Event { id, kind, data } = event;
        let (mut heard, number) = (self.heard(), event.number());
        if kind == "reset" || number != heard.last + 1 {
            let fault = format!("event `{id}` ({kind}) came after number {}", heard.last);
            heard.faults.push(fault);
        }
        heard.last = heard.last.max(number);
        // Of records tell the judges of the register.
        if kind == "record.committed" {
            return;
        }
        let event = event.value();
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
