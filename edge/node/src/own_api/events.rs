//! The event stream (server-sent events) as commands read it: one event after the other, taken up again when it breaks.

use super::{OwnApi, problem, segment};
use crate::Failure;
use bytes::Bytes;
use chapar_client::{Download, Outgoing};
use http::header::ACCEPT;
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// Longest wait for the head of the stream.
const DEADLINE: Duration = Duration::from_secs(10);
/// Pause before a broken stream is taken up again.
const PAUSE: Duration = Duration::from_millis(300);
/// How often in a row that is tried.
const TRIES: usize = 10;
/// Longest event; a case with its policy takes kilobytes.
const EVENT_BYTES: usize = 1024 * 1024;
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// An event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Its number; empty when it has none.
    pub id: String,
    /// E.g. `negotiation.agreed`, or `reset`.
    pub kind: String,
    /// The case as it was then.
    pub data: Value,
}

/// An open event stream.
pub struct Events {
    api: OwnApi,
    path: String,
    download: Download,
    lines: Lines,
    ready: VecDeque<Event>,
    last: Option<String>,
}

impl Events {
    pub(super) async fn open(api: OwnApi, case: Option<&str>) -> Result<Self, Failure> {
        let path = match case {
            Some(case) => format!("/events?case={}", segment(case)),
            None => "/events".to_owned(),
        };
        let download = connect(&api, &path, None).await?;
        Ok(Self {
            api,
            path,
            download,
            lines: Lines::default(),
            ready: VecDeque::new(),
            last: None,
        })
    }

    /// The next event.
    ///
    /// # Errors
    /// The stream ended and could not be taken up again.
    pub async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                if !event.id.is_empty() {
                    self.last = Some(event.id.clone());
                }
                return Ok(event);
            }
            match self.download.chunk().await {
                Ok(Some(bytes)) => self.ready.extend(self.lines.take(&bytes)?),
                Ok(None) | Err(_) => self.take_up_again().await?,
            }
        }
    }

    async fn take_up_again(&mut self) -> Result<(), Failure> {
        self.lines = Lines::default();
        let mut tried = Err(Failure::new("the event stream ended"));
        for _ in 0..TRIES {
            tokio::time::sleep(PAUSE).await;
            tried = connect(&self.api, &self.path, self.last.as_deref()).await;
            if tried.is_ok() {
                break;
            }
        }
        self.download = tried?;
        Ok(())
    }
}

async fn connect(api: &OwnApi, path: &str, last: Option<&str>) -> Result<Download, Failure> {
    let mut headers = api.headers();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    if let Some(last) = last.and_then(|last| HeaderValue::from_str(last).ok()) {
        headers.insert(LAST_EVENT_ID, last);
    }
    let outgoing = Outgoing {
        method: Method::GET,
        url: api.url(path),
        headers,
        body: Bytes::new(),
        deadline: DEADLINE,
        max_response_bytes: u64::MAX,
    };
    let mut download = api
        .client
        .stream(outgoing)
        .await
        .map_err(|fault| api.unreachable(&fault))?;
    if download.status.is_success() {
        return Ok(download);
    }
    let body = download.chunk().await.ok().flatten().unwrap_or_default();
    Err(problem(
        download.status,
        &serde_json::from_slice(&body).unwrap_or(Value::Null),
    ))
}

/// Puts lines together from pieces, and events from lines (HTML living standard, 9.2.6).
#[derive(Default)]
struct Lines {
    rest: Vec<u8>,
    event: Event,
    data: String,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure> {
        self.rest.extend_from_slice(bytes);
        if self.rest.len() + self.data.len() > EVENT_BYTES {
            return Err(Failure::new("the event stream sends an event without end"));
        }
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            events.extend(self.line(line.trim_end_matches(['\n', '\r'])));
        }
        Ok(events)
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let mut event = std::mem::take(&mut self.event);
            let data = std::mem::take(&mut self.data);
            if data.is_empty() && event.kind.is_empty() {
                return None;
            }
            event.data = serde_json::from_str(&data).unwrap_or(Value::Null);
            return Some(event);
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => value.clone_into(&mut self.event.id),
            "event" => value.clone_into(&mut self.event.kind),
            "data" => self.data.push_str(value),
            // Comments (the heartbeat) and what is not known.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_of_pieces() {
        let stream = ": heartbeat\n\nid: 7\nevent: transfer.started\ndata: {\"a\":\ndata: 1}\n\nid: 8\r\nevent:reset\r\n\r\nid: 9\n";
        for size in 1..stream.len() {
            let mut lines = Lines::default();
            let mut events = Vec::new();
            for piece in stream.as_bytes().chunks(size) {
                events.extend(lines.take(piece).unwrap());
            }
            let short: Vec<_> = events
                .iter()
                .map(|event| (event.id.as_str(), event.kind.as_str()))
                .collect();
            assert_eq!(short, [("7", "transfer.started"), ("8", "reset")], "pieces of {size}");
            assert_eq!(events[0].data, serde_json::json!({ "a": 1 }));
        }
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut lines = Lines::default();
        assert!(lines.take(&vec![b'x'; EVENT_BYTES + 1]).is_err());
    }
}
