//! The id of a record: `<participant id>/records/<log id>/<local>`.
//!
//! It leads from the record to the participant and to the one log that may hold it. Refuses to resolve anything.

use chapar_terms::{Digest, Invalid, ParticipantId, limits};
use std::fmt;

/// Stands between the participant's id and the log's in the id of a record.
const RECORDS: &str = "records";
/// Characters of a log id: 64 bits, too many to meet by chance among the logs of one participant.
const LOG_ID_CHARACTERS: usize = 16;
/// Longest local name: it is written by people and stands in addresses.
const LOCAL_BYTES: usize = 64;

/// The name of a log within its participant: the first 16 hexadecimal characters of the SHA-256 of its first key's vkey text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(String);

impl LogId {
    /// The id of the log whose first key has this vkey (C2SP signed-note).
    pub fn of_vkey(vkey: &str) -> Self {
        Self(
            Digest::of(vkey.as_bytes())
                .hex()
                .chars()
                .take(LOG_ID_CHARACTERS)
                .collect(),
        )
    }

    /// Reads a log id.
    ///
    /// # Errors
    /// The text is not 16 lower-case hexadecimal characters; answer "bad request".
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == LOG_ID_CHARACTERS && text.bytes().all(hex) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("log id", "is not 16 lower-case hexadecimal characters"))
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a record, the same in all its versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    participant: ParticipantId,
    log: LogId,
    local: String,
}

impl RecordId {
    /// Puts an id together.
    ///
    /// # Errors
    /// `local` is not 1 to 64 of `A-Z a-z 0-9 . _ -`, or the whole is longer than [`limits::ID_BYTES`]; choose another name.
    pub fn new(participant: ParticipantId, log: LogId, local: &str) -> Result<Self, Invalid> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if local.is_empty() || local.len() > LOCAL_BYTES || !local.bytes().all(plain) {
            return Err(Invalid::new(
                "record id",
                "its last part is not 1 to 64 of `A-Z a-z 0-9 . _ -`",
            ));
        }
        let id = Self {
            participant,
            log,
            local: local.to_owned(),
        };
        if id.length() > limits::ID_BYTES {
            let why = format!("is longer than {} bytes", limits::ID_BYTES);
            return Err(Invalid::new("record id", why));
        }
        Ok(id)
    }

    /// Reads an id. The participant's own id may hold slashes, so it is read from the end.
    ///
    /// # Errors
    /// The text is no such id; answer "bad request".
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.rsplitn(4, '/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(local), Some(log), Some(RECORDS), Some(participant)) => {
                Self::new(ParticipantId::parse(participant)?, LogId::parse(log)?, local)
            }
            _ => Err(Invalid::new(
                "record id",
                "is not `<participant id>/records/<log id>/<local>`",
            )),
        }
    }

    /// Bytes of its text.
    fn length(&self) -> usize {
        let parts = [self.participant.as_str(), RECORDS, self.log.as_str(), &self.local];
        parts.iter().map(|part| part.len()).sum::<usize>() + parts.len() - 1
    }

    /// Whose record it is.
    pub fn participant(&self) -> &ParticipantId {
        &self.participant
    }

    /// The one log that may hold it.
    pub fn log(&self) -> &LogId {
        &self.log
    }

    /// Its name within that log.
    pub fn local(&self) -> &str {
        &self.local
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{RECORDS}/{}/{}", self.participant, self.log, self.local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_the_end() {
        for text in [
            "did:web:uz.example:plant/records/0123456789abcdef/a",
            "https://host/records/0123456789abcdef/x/records/fedcba9876543210/rule.1_b-2",
        ] {
            assert_eq!(RecordId::parse(text).unwrap().to_string(), text);
        }
        let id = RecordId::parse("a/b/records/0123456789abcdef/c").unwrap();
        assert_eq!(
            (id.participant().as_str(), id.log().as_str(), id.local()),
            ("a/b", "0123456789abcdef", "c")
        );
        for bad in [
            "",
            "a",
            "a/records/0123456789abcdef/",
            "/records/0123456789abcdef/a",
            "a/record/0123456789abcdef/a",
            "a/records/0123456789ABCDEF/a",
            "a/records/0123456789abcde/a",
            "a/records/0123456789abcdef/a b",
            "a/records/0123456789abcdef/ы",
            &format!("a/records/0123456789abcdef/{}", "a".repeat(65)),
            &format!("{}/records/0123456789abcdef/a", "a".repeat(limits::ID_BYTES)),
            &format!("{}/records/0123456789abcdef/a", "a".repeat(limits::ID_BYTES - 20)),
        ] {
            assert!(RecordId::parse(bad).is_err(), "{bad}");
        }
    }

    /// `printf %s 'log.example/a+00000000+AQ==' | sha256sum`
    #[test]
    fn a_log_is_named_after_its_first_key() {
        assert_eq!(
            LogId::of_vkey("log.example/a+00000000+AQ==").as_str(),
            "f10e0a9f7954b4d7"
        );
    }
}
