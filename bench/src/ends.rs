//! Which negotiations both sides have told to be FINALIZED, and when: heard on the event streams of two participants. Also how
//! many may still be begun, since one that has ended makes room for another.
//!
//! Keeps nothing of a case but its id at the consumer. Refuses to ask for cases: what the streams did not say did not happen.

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Body};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// Longest silence of a stream; a node says at least a heartbeat every 15 s.
const SILENCE: Duration = Duration::from_secs(40);

/// When each side told that a negotiation is final.
#[derive(Clone, Copy, Debug, Default)]
pub struct End {
    told: [Option<Instant>; 2],
}

impl End {
    /// When the later side told it, if both did.
    pub fn both(&self) -> Option<Instant> {
        let [one, other] = self.told;
        Some(one?.max(other?))
    }
}

/// A handle to what was heard. Listening ends with the nodes.
#[derive(Clone, Default)]
pub struct Ends(Arc<Inner>);

#[derive(Default)]
struct Inner {
    heard: Mutex<Heard>,
    ended: Condvar,
    room: Condvar,
}

#[derive(Default)]
struct Heard {
    ends: BTreeMap<String, End>,
    room: usize,
}

impl Ends {
    /// Begins to listen to both.
    pub fn follow(sides: [&Participant; 2]) -> Self {
        let ends = Self::default();
        for (side, who) in sides.into_iter().enumerate() {
            let stream = open(who);
            let ends = ends.clone();
            thread::spawn(move || ends.listen(side, stream));
        }
        ends
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.heard.lock().unwrap()
    }

    /// Forgets everything; `room` negotiations may be begun.
    pub fn begin(&self, room: usize) {
        *self.heard() = Heard {
            ends: BTreeMap::new(),
            room,
        };
        self.0.room.notify_all();
    }

    /// Waits until one more may be begun; false when that does not happen in time.
    pub fn take_room(&self, limit: Duration) -> bool {
        let (mut heard, _) = self
            .0
            .room
            .wait_timeout_while(self.heard(), limit, |heard| heard.room == 0)
            .unwrap();
        let taken = heard.room > 0;
        heard.room = heard.room.saturating_sub(1);
        taken
    }

    /// Waits until both sides have told the end of this negotiation; none when it does not come in time.
    pub fn wait(&self, id: &str, limit: Duration) -> Option<Instant> {
        let told = |heard: &Heard| heard.ends.get(id).and_then(End::both);
        let (heard, _) = self
            .0
            .ended
            .wait_timeout_while(self.heard(), limit, |heard| told(heard).is_none())
            .unwrap();
        told(&heard)
    }

    /// Waits until so many have ended on both sides, or time is up; what was heard, by id at the consumer.
    pub fn wait_for(&self, count: usize, limit: Duration) -> BTreeMap<String, End> {
        let until = Instant::now() + limit;
        loop {
            let heard = self.heard();
            let over = heard.ends.values().filter(|end| end.both().is_some()).count() >= count;
            if over || Instant::now() >= until {
                return heard.ends.clone();
            }
            drop(heard);
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn listen(&self, side: usize, stream: Body) {
        let mut data = String::new();
        // The stream ends with its node.
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            match line.strip_prefix("data:") {
                Some(text) => data.push_str(text),
                None if line.is_empty() => {
                    // Most events tell of other states: they are not worth parsing.
                    if data.contains("\"FINALIZED\"") {
                        self.happened(side, &data);
                    }
                    data.clear();
                }
                None => {}
            }
        }
    }

    fn happened(&self, side: usize, data: &str) {
        let event: Value = serde_json::from_str(data).unwrap_or(Value::Null);
        if event["state"] != "FINALIZED" || !event["pending"].is_null() {
            return;
        }
        let Some(id) = event["consumerPid"].as_str() else {
            return;
        };
        let mut heard = self.heard();
        let end = heard.ends.entry(id.to_owned()).or_default();
        let before = end.both();
        end.told[side].get_or_insert_with(Instant::now);
        if before.is_none() && end.both().is_some() {
            heard.room += 1;
            drop(heard);
            self.0.ended.notify_all();
            self.0.room.notify_one();
        }
    }
}

fn open(who: &Participant) -> Body {
    let bearer = format!("Bearer {}", who.key);
    let headers = [("authorization", bearer.as_str()), ("accept", "text/event-stream")];
    let (status, _, body) =
        wire::open("GET", &format!("{}/events", who.api), &headers, b"").expect("the private door answers");
    assert_eq!(status, 200, "GET /events");
    body.wait_up_to(SILENCE).expect("a connection takes options");
    body
}
