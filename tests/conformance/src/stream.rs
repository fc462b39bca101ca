//! The event stream of the own API as a reader hears it (server-sent events of the HTML standard): events with their numbers,
//! and the comments between them.
//!
//! Refuses to remember, to come back and to judge: whoever reads does that.

use crate::node::Participant;
use crate::wire::{self, Body};
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Lines};
use std::time::Duration;

/// What the stream said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Something happened.
    Event(Event),
    /// A line for nobody, which tells that the stream is alive.
    Comment,
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its text.
    pub data: String,
}

impl Event {
    /// Its number; 0 when it has none.
    pub fn number(&self) -> u64 {
        self.id.parse().unwrap_or(0)
    }

    /// What it tells; null when that is no JSON.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or(Value::Null)
    }
}

/// An open stream.
pub struct Stream {
    lines: Lines<BufReader<Body>>,
    event: Event,
}

impl Stream {
    /// Opens the stream of `who`, behind the event `last` if one is named; a read waits for as long as `silence`.
    ///
    /// # Errors
    /// The node was not there, or did not answer 200.
    pub fn open(who: &Participant, last: Option<&str>, silence: Duration) -> io::Result<Self> {
        let bearer = format!("Bearer {}", who.key);
        let mut headers = vec![("authorization", bearer.as_str()), ("accept", "text/event-stream")];
        headers.extend(last.map(|last| ("last-event-id", last)));
        let (status, _, body) = wire::open("GET", &format!("{}/events", who.api), &headers, b"")?;
        if status != 200 {
            return Err(io::Error::other(format!("the event stream answered {status}")));
        }
        body.wait_up_to(silence)?;
        Ok(Self::over(body))
    }

    /// The stream that comes as this body.
    pub fn over(body: Body) -> Self {
        Self {
            lines: BufReader::new(body).lines(),
            event: Event::default(),
        }
    }

    /// The next that is said; none at the end of the stream.
    ///
    /// # Errors
    /// The connection broke off, or the silence lasted too long.
    pub fn said(&mut self) -> io::Result<Option<Said>> {
        while let Some(line) = self.lines.next().transpose()? {
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if !event.data.is_empty() {
                    return Ok(Some(Said::Event(event)));
                }
                continue;
            }
            let (name, value) = line.split_once(':').unwrap_or((line.as_str(), ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "" => return Ok(Some(Said::Comment)),
                "id" => value.clone_into(&mut self.event.id),
                "event" => value.clone_into(&mut self.event.kind),
                "data" => self.event.data.push_str(value),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The next event, past all comments; none at the end of the stream.
    ///
    /// # Errors
    /// As for [`Self::said`].
    pub fn event(&mut self) -> io::Result<Option<Event>> {
        loop {
            match self.said()? {
                Some(Said::Event(event)) => return Ok(Some(event)),
                Some(Said::Comment) => {}
                None => return Ok(None),
            }
        }
    }
}
