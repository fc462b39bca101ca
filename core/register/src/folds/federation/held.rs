//! A federation written down by the node that folded it, and read again: so that it never falls behind what it knew.

use super::{Decided, Federation};
use crate::federation::{FederationId, Member, Proposal};
use chapar_terms::{Fields, Invalid, ParticipantId, canonical_json};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const WHAT: &str = "folded federation";
/// More than a thousand members and some changes need; it is our own text.
const BYTES: usize = 64 * 1024 * 1024;

impl Federation {
    /// Whether `other`, folded of more, is further than this. Of two that were folded of parts of the same logs, one always is, or both
    /// are equal but for who left.
    pub fn is_behind(&self, other: &Self) -> bool {
        let lacks = other.left.keys().any(|who| !self.left.contains_key(who));
        self.epoch < other.epoch || (self.state == other.state && lacks)
    }

    /// Writes it down.
    pub fn encode(&self) -> Vec<u8> {
        let left = self
            .left
            .iter()
            .map(|(who, at)| (who.as_str().to_owned(), (*at).into()));
        let decided = self.decided.iter().map(|decided| decided.said.render());
        let mut members = json!({
            "federation": self.id.to_string(),
            "epoch": self.epoch,
            "state": self.state.hex(),
            "members": self.members.values().map(Member::render).collect::<Vec<_>>(),
            "left": Value::Object(left.collect::<Map<_, _>>()),
            "decided": decided.collect::<Vec<_>>(),
        });
        if let (Some(members), Some(text)) = (members.as_object_mut(), &self.witnesses) {
            members.insert("witnesses".to_owned(), text.as_str().into());
        }
        canonical_json(&members)
    }

    /// Reads it again.
    ///
    /// # Errors
    /// The bytes were not written so: fold it from the genesis.
    pub fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let mut fields = Fields::read(WHAT, bytes, BYTES)?;
        let federation = Self {
            id: FederationId::parse(&fields.text("federation")?)?,
            epoch: whole(fields.value("epoch")?)?,
            state: fields.digest("state")?,
            members: list(fields.value("members")?, |value| {
                Member::parse(value).map(|member| (member.participant.clone(), member))
            })?
            .into_iter()
            .collect(),
            witnesses: fields.has("witnesses").then(|| fields.text("witnesses")).transpose()?,
            left: left(fields.value("left")?)?,
            decided: list(fields.value("decided")?, |value| {
                let said = Proposal::parse(value)?;
                Ok(Decided {
                    proposal: said.hash(),
                    said,
                })
            })?,
        };
        fields.end()?;
        Ok(federation)
    }
}

fn whole(value: Value) -> Result<u64, Invalid> {
    value
        .as_u64()
        .ok_or_else(|| Invalid::new(WHAT, "has something else where a number stands"))
}

fn list<T>(value: Value, read: impl Fn(Value) -> Result<T, Invalid>) -> Result<Vec<T>, Invalid> {
    match value {
        Value::Array(items) => items.into_iter().map(read).collect(),
        _ => Err(Invalid::new(WHAT, "has something else where a list stands")),
    }
}

fn left(value: Value) -> Result<BTreeMap<ParticipantId, u64>, Invalid> {
    let Value::Object(members) = value else {
        return Err(Invalid::new(WHAT, "does not say who left"));
    };
    let read = |(who, at): (String, Value)| Ok((ParticipantId::parse(&who)?, whole(at)?));
    members.into_iter().map(read).collect()
}
