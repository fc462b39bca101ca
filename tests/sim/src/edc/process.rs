//! One negotiation or transfer as an EDC keeps it: a row, of which each call in flight holds a copy that it writes back whole.

use super::state::State;
use crate::case::Kind;
use serde_json::Value;

/// How long a row is leased to whoever works on it, in milliseconds.
pub(super) const LEASE_MS: i64 = 60_000;
/// First pause between two tries of a call, in milliseconds; it doubles.
const RETRY_MS: i64 = 1_000;
/// After so many tries more than the first it gives up.
pub(super) const RETRIES: u32 = 7;

/// The row.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub kind: Kind,
    /// Its own name for the case.
    pub pid: String,
    /// Ours, once it knows it.
    pub peer_pid: Option<String>,
    pub state: State,
    /// How often it came to the state in a row, and when it last did.
    pub count: u32,
    pub since: i64,
    /// The `@id` of what it said last in this state.
    pub said: Option<String>,
    /// The rules asked for; of a transfer, the id of its agreement.
    pub terms: Value,
    pub agreement: Option<Value>,
    /// Of a consumer: where it may fetch.
    pub address: Option<Value>,
    pub why: Option<String>,
    /// Whether it rests by a word of its own people.
    pub paused_here: bool,
    /// Of the row when it was read.
    pub moves: usize,
}

impl Process {
    /// A row in its first state.
    pub fn new(kind: Kind, pid: String, state: State, terms: Value, now: i64) -> Self {
        Self {
            kind,
            pid,
            peer_pid: None,
            state,
            count: 1,
            since: now,
            said: None,
            terms,
            agreement: None,
            address: None,
            why: None,
            paused_here: false,
            moves: 1,
        }
    }

    /// Comes to a state, perhaps again.
    pub fn come_to(&mut self, state: State, now: i64) {
        if self.state == state {
            self.count += 1;
        } else {
            self.count = 1;
            self.said = None;
        }
        self.state = state;
        self.since = now;
    }

    /// Before when it says nothing again.
    pub const fn not_before(&self) -> i64 {
        match self.count {
            0 | 1 => 0,
            count => self.since + (RETRY_MS << (count - 1)),
        }
    }
}

/// The row in its store, with what is known of it that it does not know itself.
#[derive(Debug)]
pub(super) struct Kept {
    pub process: Process,
    /// Until when somebody works on it.
    pub leased_until: i64,
    /// What it told in each of its states, the latest last.
    told: Vec<&'static str>,
    /// Faults of the family that happened to it.
    pub faults: Faults,
}

/// What went wrong with a row, by no fault of the other side.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    /// What it had told in states that are lost: a call wrote back its copy over them.
    pub lost: Vec<&'static str>,
    /// An end of ours was refused because it had resumed.
    pub resumed: bool,
    /// Asked about a pause of ours that it refused, it told of the pause before, out of which it was just going on.
    pub misleading: bool,
    /// It was ended, by its people or after too many tries, when its good end may have been heard or was.
    pub undone: bool,
}

impl Kept {
    /// Stores a new row.
    pub fn new(process: Process) -> Self {
        Self {
            told: vec![process.state.told()],
            process,
            leased_until: 0,
            faults: Faults::default(),
        }
    }

    /// A copy to work on.
    pub fn read(&self) -> Process {
        Process {
            moves: self.told.len(),
            ..self.process.clone()
        }
    }

    /// Writes a copy back whole, whatever came meanwhile, and gives the lease up.
    pub fn save(&mut self, process: Process) {
        if process.state != self.process.state {
            // All that came since the copy was read.
            self.faults.lost.extend(self.told.iter().skip(process.moves));
            self.told.push(process.state.told());
        }
        self.process = process;
        self.leased_until = 0;
    }
}
