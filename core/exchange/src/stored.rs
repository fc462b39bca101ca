//! How a case is written into a store and read back: JSON, one shape for both kinds, members named like the fields.
//!
//! Reading trusts nothing: every member is parsed again, and the caller compares the digest of the text with the one in
//! the case's last evidence entry before it comes here (`from_stored`).

use crate::callback::CallbackAddress;
use crate::head::{Head, Mode};
use crate::negotiation::Ended;
use crate::protocol::Protocol;
use crate::track::{Accepted, Delivery, PeerFault, Pending, Track};
use chapar_dsp::Role;
use chapar_terms::{CaseId, Digest, Instant, Invalid, ParticipantId, Pid};
use serde_json::{Map, Value, json};
use std::fmt;

/// A stored case cannot be read: the row was changed outside the node, or written by a newer one. A fault of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stored case cannot be read: {}", self.0)
    }
}

impl std::error::Error for Broken {}

impl From<Invalid> for Broken {
    fn from(invalid: Invalid) -> Self {
        Self(invalid.to_string())
    }
}

/// Members of a stored object, read one by one.
pub(crate) struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    pub fn of(value: &'a Value) -> Result<Self, Broken> {
        value
            .as_object()
            .map(Self)
            .ok_or_else(|| Broken("not an object".to_owned()))
    }

    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn opt_text(&self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(Value::as_str)
    }

    pub fn text(&self, name: &str) -> Result<&'a str, Broken> {
        self.opt_text(name)
            .ok_or_else(|| Broken(format!("`{name}` is missing")))
    }

    pub fn number(&self, name: &str) -> Result<u64, Broken> {
        self.value(name)
            .and_then(Value::as_u64)
            .ok_or_else(|| Broken(format!("`{name}` is missing")))
    }

    pub fn flag(&self, name: &str) -> Result<bool, Broken> {
        self.value(name)
            .and_then(Value::as_bool)
            .ok_or_else(|| Broken(format!("`{name}` is missing")))
    }

    pub fn instant(&self, name: &str) -> Result<Instant, Broken> {
        self.opt_instant(name)?
            .ok_or_else(|| Broken(format!("`{name}` is missing")))
    }

    pub fn opt_instant(&self, name: &str) -> Result<Option<Instant>, Broken> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(ms) => Ok(Some(Instant::from_unix_ms(ms))),
                None => Err(Broken(format!("`{name}` is no time"))),
            },
        }
    }

    pub fn object(&self, name: &str) -> Result<Members<'a>, Broken> {
        Members::of(self.value(name).ok_or_else(|| Broken(format!("`{name}` is missing")))?)
    }

    pub fn opt_digest(&self, name: &str) -> Result<Option<Digest>, Broken> {
        Ok(self.opt_text(name).map(Digest::from_hex).transpose()?)
    }

    pub fn texts(&self, name: &str) -> Vec<String> {
        let items = self.value(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }
}

pub(crate) fn parse_role(name: &str) -> Result<Role, Broken> {
    Role::parse(name).ok_or_else(|| Broken(format!("`{name}` is no role")))
}

pub(crate) fn head_to_stored(head: &Head) -> Value {
    let mut stored = json!({
        "id": head.id.as_str(),
        "role": head.role.as_str(),
        "mode": head.mode.as_str(),
        "peer": head.peer.as_str(),
        "peerAddress": head.peer_address,
        "peerPid": head.peer_pid.as_ref().map(Pid::as_str),
        "createdAt": head.created_at.unix_ms(),
        "updatedAt": head.updated_at.unix_ms(),
        "since": head.since.unix_ms(),
    });
    if let (Some(members), false) = (stored.as_object_mut(), head.callbacks.is_empty()) {
        let callbacks = head.callbacks.iter().map(CallbackAddress::to_json).collect();
        members.insert("callbacks".to_owned(), callbacks);
    }
    stored
}

pub(crate) fn head_from_stored(members: &Members<'_>) -> Result<Head, Broken> {
    let callbacks = members
        .value("callbacks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    Ok(Head {
        id: CaseId::parse(members.text("id")?)?,
        role: parse_role(members.text("role")?)?,
        mode: Mode::parse(members.text("mode")?).ok_or_else(|| Broken("unknown mode".to_owned()))?,
        peer: ParticipantId::parse(members.text("peer")?)?,
        peer_address: members.text("peerAddress")?.to_owned(),
        peer_pid: members.opt_text("peerPid").map(Pid::parse).transpose()?,
        created_at: members.instant("createdAt")?,
        updated_at: members.instant("updatedAt")?,
        // Rows of earlier releases do not say it; the last change is the nearest that is known.
        since: members.opt_instant("since")?.unwrap_or(members.instant("updatedAt")?),
        callbacks: callbacks.map(CallbackAddress::from_stored).collect::<Result<_, _>>()?,
    })
}

pub(crate) fn track_to_stored<P: Protocol>(track: &Track<P>) -> Value {
    json!({
        "state": track.state.map(P::state_name),
        "pending": track.pending.as_ref().map(|pending| json!({
            "message": P::message_name(pending.message),
            "effect": pending.effect,
            "lapsed": pending.delivery == Delivery::Lapsed,
        })),
        "last": track.last.as_ref().map(|last| json!({
            "message": P::message_name(last.message),
            "words": last.words.hex(),
        })),
        "copies": track.copies.iter().map(Digest::hex).collect::<Vec<_>>(),
        "peerEffect": track.peer_effect,
        "effects": track.effects,
        "named": track.named,
        "acknowledged": track.acknowledged,
        "fault": track.fault.as_ref().map(|fault| json!({
            "message": fault.message,
            "status": fault.status,
            "code": fault.code,
            "reason": fault.reason,
            "at": fault.at.unix_ms(),
        })),
    })
}

pub(crate) fn track_from_stored<P: Protocol>(members: &Members<'_>) -> Result<Track<P>, Broken> {
    let message = |members: &Members<'_>| {
        let name = members.text("message")?;
        P::parse_message(name).ok_or_else(|| Broken(format!("`{name}` is no message")))
    };
    let state = members
        .opt_text("state")
        .map(|name| P::parse_state(name).ok_or_else(|| Broken(format!("`{name}` is no state"))))
        .transpose()?;
    let pending = members.value("pending").map(Members::of).transpose()?;
    let last = members.value("last").map(Members::of).transpose()?;
    let fault = members.value("fault").map(Members::of).transpose()?;
    Ok(Track {
        state,
        pending: pending
            .map(|pending| {
                let delivery = if pending.flag("lapsed")? {
                    Delivery::Lapsed
                } else {
                    Delivery::Sending
                };
                Ok::<_, Broken>(Pending {
                    message: message(&pending)?,
                    effect: pending.text("effect")?.to_owned(),
                    delivery,
                })
            })
            .transpose()?,
        last: last
            .map(|last| {
                Ok::<_, Broken>(Accepted {
                    message: message(&last)?,
                    // Before messages had names of their own, what one says was all of it.
                    words: Digest::from_hex(last.text("words").or_else(|_| last.text("digest"))?)?,
                })
            })
            .transpose()?,
        copies: copies_from_stored(members)?,
        peer_effect: members.number("peerEffect")?,
        effects: members.number("effects")?,
        // Moves of earlier releases have no name.
        named: members.number("named").unwrap_or_default(),
        acknowledged: members.number("acknowledged")?,
        fault: fault.map(|fault| fault_from_stored(&fault)).transpose()?,
    })
}

fn copies_from_stored(members: &Members<'_>) -> Result<Vec<Digest>, Broken> {
    let copies = members.texts("copies");
    copies.iter().map(|hex| Ok(Digest::from_hex(hex)?)).collect()
}

fn fault_from_stored(fault: &Members<'_>) -> Result<PeerFault, Broken> {
    Ok(PeerFault {
        message: fault.text("message")?.to_owned(),
        status: fault
            .number("status")
            .ok()
            .and_then(|status| u16::try_from(status).ok()),
        code: fault.text("code")?.to_owned(),
        reason: fault.texts("reason"),
        at: fault.instant("at")?,
    })
}

pub(crate) fn ended_to_stored(ended: Option<&Ended>) -> Value {
    ended.map_or(
        Value::Null,
        |ended| json!({ "by": ended.by.as_str(), "code": ended.code, "reason": ended.reason }),
    )
}

pub(crate) fn ended_from_stored(members: &Members<'_>, name: &str) -> Result<Option<Ended>, Broken> {
    let Some(ended) = members.value(name).map(Members::of).transpose()? else {
        return Ok(None);
    };
    Ok(Some(Ended {
        by: parse_role(ended.text("by")?)?,
        code: ended.opt_text("code").map(str::to_owned),
        reason: ended.texts("reason"),
    }))
}
