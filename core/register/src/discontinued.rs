//! The end of a log: the record in its successor that says so, and what others need to believe it.
//!
//! Two hands sign it, so that one stolen key closes nothing. The key of the log that ends signs a note that names its successor; a key of
//! the participant that the ended log itself named last signs the record with the note in it. Refuses to fetch, and to judge the successor
//! as a log (`intake`).

use crate::body::{Body, body_hash};
use crate::header::Visibility;
use crate::id::LogId;
use crate::kinds::Kinds;
use crate::leaf::Record;
use crate::state::LogState;
use chapar_terms::{Fields, Invalid, Suite};
use chapar_tlog::{SignedCheckpoint, SignedNote, VerifierKey};
use serde_json::{Map, Value, json};

/// The kind of the records that this reads.
pub const LOG_DISCONTINUED: &str = "log-discontinued";
/// The relation of a record to the one in the place of which it was issued anew.
pub const REPLACES: &str = "replaces";
/// Longest document read that hands on such a record: a leaf and a body, of which most are letters.
pub const SUCCESSOR_BYTES: usize = 512 * 1024;
const WHAT: &str = "log-discontinued";
/// First line of the note: no origin has it, so no checkpoint can be taken for such a note, nor the other way round.
const FIRST_LINE: &str = "chapar/log-discontinued/v1";
/// Why a log ends whose history nobody can prove.
const LOST: &str = "lost";

/// What is said of the end of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The key of the log that ends, whose name is its origin.
    pub ended: VerifierKey,
    /// The last checkpoint that its owner stands by; none where nothing of it is left.
    pub last: Option<SignedCheckpoint>,
    /// The key of the log that goes on in its place, whose name is the origin of that.
    pub successor: VerifierKey,
    /// Where that is published.
    pub address: String,
}

impl Ending {
    /// The text that the key of the log that ends has to sign (C2SP signed-note).
    pub fn note_text(&self) -> String {
        let (ended, successor) = (self.ended.render(), self.successor.render());
        format!("{FIRST_LINE}\n{ended}\n{successor}\n{}\n", self.address)
    }

    /// The body of the record: `note` is the signed text, `reason` is in words, by language.
    pub fn body(&self, note: &SignedNote, reason: Value) -> Value {
        let mut body = Map::from_iter([
            ("origin".to_owned(), self.ended.name().as_str().into()),
            ("vkey".to_owned(), self.ended.render().into()),
            ("successor".to_owned(), self.successor.render().into()),
            ("successorAddress".to_owned(), self.address.as_str().into()),
            ("note".to_owned(), note.render().into()),
            ("code".to_owned(), LOST.into()),
            ("reason".to_owned(), reason),
        ]);
        if let Some(last) = &self.last {
            body.insert("lastCheckpoint".to_owned(), last.render().into());
        }
        body.into()
    }

    /// Reads the record that is said to end the log of which `held` is known, and checks both hands.
    ///
    /// # Errors
    /// It does not end this log, or somebody else says so: believe nothing of it.
    pub fn check(suite: &dyn Suite, held: &LogState, leaf: &[u8], body: &[u8]) -> Result<Self, Invalid> {
        let record = Record::parse(leaf)?;
        let (ending, note) = Self::read(&record, body)?;
        if ending.ended.name().as_str() != held.origin() {
            return Err(Invalid::new(WHAT, "ends another log"));
        }
        ending.check_note(suite, held, &note)?;
        ending.check_record(suite, held, &record)?;
        Ok(ending)
    }

    fn read(record: &Record, bytes: &[u8]) -> Result<(Self, SignedNote), Invalid> {
        let header = record.header();
        let is_open = header.visibility == Visibility::Open;
        if header.kind.as_str() != LOG_DISCONTINUED || !is_open || body_hash(None, bytes) != header.body_hash {
            return Err(Invalid::new(WHAT, "is no such record with its body"));
        }
        let body = Body::parse(bytes)?;
        let kind = Kinds::built_in().find(&header.kind);
        if let Some(finding) = kind.and_then(|kind| kind.check(body.value()).into_iter().next()) {
            return Err(Invalid::new(WHAT, finding.to_string()));
        }
        let mut fields = Fields::of(WHAT, body.value().clone())?;
        let ended = VerifierKey::parse(&fields.text("vkey")?)?;
        if fields.text("origin")? != ended.name().as_str() {
            return Err(fields.invalid("`vkey` is of another log than `origin`"));
        }
        let last = match fields.optional("lastCheckpoint") {
            Some(Value::String(note)) => Some(SignedCheckpoint::parse(note.as_bytes())?),
            _ => None,
        };
        let ending = Self {
            ended,
            last,
            successor: VerifierKey::parse(&fields.text("successor")?)?,
            address: fields.text("successorAddress")?,
        };
        let note = SignedNote::parse(fields.text("note")?.as_bytes())?;
        Ok((ending, note))
    }

    /// The first hand: a key of the log that ends.
    fn check_note(&self, suite: &dyn Suite, held: &LogState, note: &SignedNote) -> Result<(), Invalid> {
        let listed = held.keys().log_keys(held.frontier().size());
        let keys = match held.keys().is_empty() {
            true => vec![held.pinned.clone()],
            false => listed,
        };
        if note.text() != self.note_text() {
            return Err(Invalid::new(WHAT, "its note says something else"));
        }
        if !chapar_terms::sabotaged("close-logs-of-others") {
            let signed = note.verify(suite, &keys);
            signed.map_err(|why| Invalid::new(WHAT, format!("its note: {why}")))?;
        }
        if let Some(last) = &self.last {
            let signed = last.verify(suite, &keys);
            signed.map_err(|why| Invalid::new(WHAT, format!("its last checkpoint: {why}")))?;
        }
        Ok(())
    }

    /// The second hand: a key of the participant that the ended log named. Where nothing of it is known, there is none to ask for.
    fn check_record(&self, suite: &dyn Suite, held: &LogState, record: &Record) -> Result<(), Invalid> {
        let header = record.header();
        let is_in_successor = *header.id.log() == LogId::of_vkey(&self.successor.render());
        if header.issuer != *held.participant() || header.id.participant() != held.participant() || !is_in_successor {
            return Err(Invalid::new(
                WHAT,
                "is not of the successor that it names, or of another participant",
            ));
        }
        if self.successor.name() == self.ended.name() {
            return Err(Invalid::new(WHAT, "names the log itself as its successor"));
        }
        if held.keys().is_empty() {
            return Ok(());
        }
        let method = &record.proof().verification_method;
        let key = held.keys().record_key(method, held.frontier().size());
        let key = key.map_err(|why| Invalid::new(WHAT, format!("`{method}`: {why}")))?;
        let signed = record.verify(suite, key);
        signed.map_err(|_| Invalid::new(WHAT, format!("`{method}` did not sign it")))
    }
}

/// A record that ends a log, as it is handed from node to node: leaf and body as they stand in the successor.
pub fn successor_document(leaf: &[u8], body: &[u8]) -> Option<Value> {
    Some(json!({ "leaf": str::from_utf8(leaf).ok()?, "body": str::from_utf8(body).ok()? }))
}

/// Reads what [`successor_document`] made.
///
/// # Errors
/// It is something else.
pub fn read_successor_document(document: &Value) -> Result<(Vec<u8>, Vec<u8>), Invalid> {
    let mut fields = Fields::of(WHAT, document.clone())?;
    let read = (fields.text("leaf")?.into_bytes(), fields.text("body")?.into_bytes());
    fields.end()?;
    Ok(read)
}
