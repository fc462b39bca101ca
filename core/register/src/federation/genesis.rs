//! The genesis: who founds a federation. Its hash is the federation's id.

use super::{FederationId, Member, Names, names, render_names, witnesses};
use chapar_terms::{Digest, Fields, Instant, Invalid, canonical_json, limits};
use serde_json::{Map, Value};

/// Most members of a federation: a change waits for each of them.
pub const MEMBERS: usize = 1000;
/// Longest genesis: it is handed over like any other message, and a thousand entries with short names fit.
pub const GENESIS_BYTES: usize = limits::MESSAGE_BYTES;
/// The only version of the format so far.
const VERSION: u64 = 1;
const WHAT: &str = "genesis of a federation";

/// Who founds a federation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    name: Names,
    members: Vec<Member>,
    witnesses: Option<String>,
    created_at: Instant,
    bytes: Vec<u8>,
}

impl Genesis {
    /// Writes a genesis; members come into their order.
    ///
    /// # Errors
    /// As for [`Genesis::parse`].
    pub fn of(name: &Names, members: &[Member], witnesses: Option<&str>, created_at: Instant) -> Result<Self, Invalid> {
        let mut members = members.to_vec();
        members.sort_by(|one, other| one.participant.cmp(&other.participant));
        let mut genesis = Map::new();
        let mut put = |name: &str, value: Value| genesis.insert(name.to_owned(), value);
        put("v", VERSION.into());
        put("name", render_names(name));
        put("members", members.iter().map(Member::render).collect());
        put("createdAt", created_at.rfc3339().into());
        if let Some(text) = witnesses {
            put("witnesses", text.into());
        }
        // Read back, so that there is one rule of what a genesis is.
        Self::parse(&canonical_json(&Value::Object(genesis)))
    }

    /// Reads exactly the bytes that [`Genesis::of`] writes, no others.
    ///
    /// # Errors
    /// The bytes are no genesis: not canonical, of another version, with members too many, twice, or not in their order.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let mut fields = Fields::read(WHAT, bytes, GENESIS_BYTES)?;
        fields.version(VERSION)?;
        let genesis = Self {
            name: names(&mut fields, "name")?,
            members: members(&mut fields)?,
            witnesses: witnesses(&mut fields)?,
            created_at: fields.instant("createdAt")?,
            bytes: bytes.to_vec(),
        };
        fields.end()?;
        Ok(genesis)
    }

    /// The id of the federation: `sha256sum` of the bytes.
    pub fn id(&self) -> FederationId {
        FederationId::of(Digest::of(&self.bytes))
    }

    /// What it is called.
    pub const fn name(&self) -> &Names {
        &self.name
    }

    /// Who founds it, by participant.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Who has to have witnessed the members' logs (C2SP tlog-policy).
    pub fn witnesses(&self) -> Option<&str> {
        self.witnesses.as_deref()
    }

    /// When it was written.
    pub const fn created_at(&self) -> Instant {
        self.created_at
    }

    /// The canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn members(fields: &mut Fields) -> Result<Vec<Member>, Invalid> {
    let Value::Array(items) = fields.value("members")? else {
        return Err(fields.invalid("`members` is no list"));
    };
    if items.is_empty() || items.len() > MEMBERS {
        return Err(fields.invalid(format!("has not 1 to {MEMBERS} members")));
    }
    let members: Vec<Member> = items.into_iter().map(Member::parse).collect::<Result<_, _>>()?;
    let in_order = members.windows(2).all(|pair| match pair {
        [one, other] => one.participant < other.participant,
        _ => true,
    });
    if !in_order {
        return Err(fields.invalid("`members` are not in the order of their participants, each once"));
    }
    let mut origins: Vec<&str> = members.iter().map(Member::origin).collect();
    origins.sort_unstable();
    origins.dedup();
    match origins.len() == members.len() {
        true => Ok(members),
        false => Err(fields.invalid("two members have one log")),
    }
}
