//! An HTTP/1.1 connection to a private door that stays open: the one that measures must cost little.
//!
//! Knows answers with a `content-length` only, which is what that door gives. Refuses to retry: a call that fails ends the measure.

use chapar_conformance::node::Participant;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A participant's connection to its own API.
pub struct Line {
    stream: BufReader<TcpStream>,
    head: String,
    base: String,
}

impl Line {
    /// Connects.
    pub fn open(who: &Participant) -> Self {
        let rest = who.api.strip_prefix("http://").expect("the private door is plain http");
        let (authority, base) = rest.split_once('/').expect("the own API has a path");
        let stream = TcpStream::connect(authority).expect("the private door answers");
        stream.set_nodelay(true).expect("a connection takes options");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a connection takes options");
        Self {
            stream: BufReader::new(stream),
            head: format!(
                "host: {authority}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n",
                who.key
            ),
            base: format!("/{base}"),
        }
    }

    /// A POST that must succeed; its JSON.
    pub fn post(&mut self, path: &str, body: &str) -> Value {
        let request = format!(
            "POST {}{path} HTTP/1.1\r\n{}content-length: {}\r\n\r\n{body}",
            self.base,
            self.head,
            body.len()
        );
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("the private door listens");
        let (status, answer) = self.answer();
        assert!(
            (200..300).contains(&status),
            "POST {path}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
        serde_json::from_slice(&answer).unwrap_or(Value::Null)
    }

    fn answer(&mut self) -> (u16, Vec<u8>) {
        let status = self.text();
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut length = 0;
        loop {
            let line = self.text();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length is a number");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("an answer comes whole");
        (status.expect("an answer has a status"), body)
    }

    fn text(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the private door answers");
        line.trim_end().to_owned()
    }
}
