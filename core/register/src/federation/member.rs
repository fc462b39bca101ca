//! The entry of a member: who it is, and which log speaks for it.

use super::{Names, names, render_names};
use crate::id::LogId;
use chapar_terms::{Fields, Invalid, ParticipantId, limits};
use chapar_tlog::{SignatureType, VerifierKey};
use serde_json::{Map, Value};

const WHAT: &str = "member of a federation";

/// A member as the genesis, or a proposal, enters it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its participant.
    pub participant: ParticipantId,
    /// What it is called.
    pub name: Names,
    /// The state that it is a body of: two letters of ISO 3166-1, where it is a body of one.
    pub state: Option<String>,
    /// The first key of its register log. The key's name is the log's origin.
    pub vkey: VerifierKey,
    /// Where that log is published.
    pub address: String,
}

impl Member {
    /// Reads an entry.
    ///
    /// # Errors
    /// The value is no entry: a member of it is missing, unknown or malformed.
    pub fn parse(value: Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of(WHAT, value)?;
        let member = Self {
            participant: participant(&fields.text("participant")?)?,
            name: names(&mut fields, "name")?,
            state: state(&mut fields)?,
            vkey: vkey(&mut fields)?,
            address: address(&mut fields)?,
        };
        fields.end()?;
        Ok(member)
    }

    /// The entry as JSON.
    pub fn render(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("participant", self.participant.as_str().into());
        put("name", render_names(&self.name));
        put("vkey", self.vkey.render().into());
        put("address", self.address.as_str().into());
        if let Some(state) = &self.state {
            put("state", state.as_str().into());
        }
        Value::Object(members)
    }

    /// The origin of its log.
    pub fn origin(&self) -> &str {
        self.vkey.name().as_str()
    }

    /// Its log, as the ids of records name it.
    pub fn log(&self) -> LogId {
        LogId::of_vkey(&self.vkey.render())
    }
}

/// A participant that may be a member: one with a DID, which every node can look up.
pub(super) fn participant(text: &str) -> Result<ParticipantId, Invalid> {
    let is_did = text.strip_prefix("did:").is_some_and(|rest| rest.contains(':'));
    if is_did && !text.chars().any(char::is_whitespace) {
        return ParticipantId::parse(text);
    }
    Err(Invalid::new(WHAT, "`participant` is no DID"))
}

fn state(fields: &mut Fields) -> Result<Option<String>, Invalid> {
    if !fields.has("state") {
        return Ok(None);
    }
    let text = fields.text("state")?;
    match text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        true => Ok(Some(text)),
        false => Err(fields.invalid("`state` is not two letters of ISO 3166-1")),
    }
}

fn vkey(fields: &mut Fields) -> Result<VerifierKey, Invalid> {
    let key = VerifierKey::parse(&fields.text("vkey")?)?;
    match key.kind() == SignatureType::ED25519 {
        true => Ok(key),
        false => Err(fields.invalid("`vkey` is no Ed25519 key for notes")),
    }
}

fn address(fields: &mut Fields) -> Result<String, Invalid> {
    let text = fields.text("address")?;
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = !text.ends_with('/') && !text.contains(['?', '#']) && text.len() <= limits::ID_BYTES;
    match is_web && is_plain && oxiri::Iri::parse(text.as_str()).is_ok() {
        true => Ok(text),
        false => Err(fields.invalid("`address` is no web address without query and slash at its end")),
    }
}
