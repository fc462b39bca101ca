//! The proposal of a change: what members consent to or decline, by its hash.

use super::member::participant;
use super::{FederationId, MEMBERS, Member, witnesses};
use chapar_terms::{Digest, Fields, Instant, Invalid, ParticipantId, canonical_json};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Longest proposal: it stands in the body of a record together with a few words.
pub const PROPOSAL_BYTES: usize = 128 * 1024;
/// The only version of the format so far.
const VERSION: u64 = 1;
const WHAT: &str = "proposal in a federation";

/// What a change does, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// A member comes.
    Admit,
    /// A member goes of its own will.
    Leave,
    /// A member is put out by the others.
    Expel,
    /// A member has another log, address or name; or there are other witnesses.
    Change,
}

impl Action {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Leave => "leave",
            Self::Expel => "expel",
            Self::Change => "change",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Admit, Self::Leave, Self::Expel, Self::Change];
        all.into_iter().find(|action| action.as_str() == text)
    }
}

/// What is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This member comes.
    Admit(Member),
    /// This member goes.
    Leave(ParticipantId),
    /// This member is put out.
    Expel(ParticipantId),
    /// This entry takes the place of the member's before.
    Entry(Member),
    /// These witnesses take the place of those before.
    Witnesses(String),
}

impl Change {
    /// Its word.
    pub const fn action(&self) -> Action {
        match self {
            Self::Admit(_) => Action::Admit,
            Self::Leave(_) => Action::Leave,
            Self::Expel(_) => Action::Expel,
            Self::Entry(_) | Self::Witnesses(_) => Action::Change,
        }
    }

    /// Whom it is about.
    pub const fn subject(&self) -> Option<&ParticipantId> {
        match self {
            Self::Admit(member) | Self::Entry(member) => Some(&member.participant),
            Self::Leave(who) | Self::Expel(who) => Some(who),
            Self::Witnesses(_) => None,
        }
    }
}

/// A change that somebody proposes to the members of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The federation.
    pub federation: FederationId,
    /// The state that is to change.
    pub previous: Digest,
    /// How.
    pub change: Change,
    /// Members who left: they need not agree, and are taken off with the change.
    pub without: BTreeSet<ParticipantId>,
    /// When it was proposed; the same change may be proposed anew after it was declined.
    pub proposed_at: Instant,
}

impl Proposal {
    /// Reads a proposal out of a record or a request; how its JSON is spaced and ordered says nothing.
    ///
    /// # Errors
    /// The value is no proposal; it binds nobody.
    pub fn parse(value: Value) -> Result<Self, Invalid> {
        if canonical_json(&value).len() > PROPOSAL_BYTES {
            return Err(Invalid::new(WHAT, format!("is longer than {PROPOSAL_BYTES} bytes")));
        }
        let mut fields = Fields::of(WHAT, value)?;
        fields.version(VERSION)?;
        let federation = FederationId::parse(&fields.text("federation")?)?;
        let proposal = Self {
            federation,
            previous: fields.digest("previous")?,
            change: change(&mut fields)?,
            without: without(&mut fields)?,
            proposed_at: fields.instant("proposedAt")?,
        };
        fields.end()?;
        Ok(proposal)
    }

    /// The proposal as JSON.
    pub fn render(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("v", VERSION.into());
        put("federation", self.federation.to_string().into());
        put("previous", self.previous.hex().into());
        put("action", self.change.action().as_str().into());
        put("proposedAt", self.proposed_at.rfc3339().into());
        match &self.change {
            Change::Admit(member) | Change::Entry(member) => put("member", member.render()),
            Change::Leave(who) | Change::Expel(who) => put("participant", who.as_str().into()),
            Change::Witnesses(text) => put("witnesses", text.as_str().into()),
        };
        if !self.without.is_empty() {
            let without = self.without.iter().map(|who| Value::from(who.as_str()));
            put("without", without.collect());
        }
        Value::Object(members)
    }

    /// What members agree to: the SHA-256 of the canonical bytes.
    pub fn hash(&self) -> Digest {
        Digest::of(&canonical_json(&self.render()))
    }
}

fn change(fields: &mut Fields) -> Result<Change, Invalid> {
    let word = fields.text("action")?;
    let action =
        Action::parse(&word).ok_or_else(|| fields.invalid("`action` is none of admit, leave, expel, change"))?;
    Ok(match action {
        Action::Admit => Change::Admit(Member::parse(fields.value("member")?)?),
        Action::Leave => Change::Leave(participant(&fields.text("participant")?)?),
        Action::Expel => Change::Expel(participant(&fields.text("participant")?)?),
        Action::Change => match witnesses(fields)? {
            Some(text) => Change::Witnesses(text),
            None => Change::Entry(Member::parse(fields.value("member")?)?),
        },
    })
}

fn without(fields: &mut Fields) -> Result<BTreeSet<ParticipantId>, Invalid> {
    let Some(value) = fields.optional("without") else {
        return Ok(BTreeSet::new());
    };
    let wrong = |fields: &Fields| fields.invalid("`without` is no list of participants in their order, each once");
    let items = value.as_array().filter(|items| (1..=MEMBERS).contains(&items.len()));
    let mut found = BTreeSet::new();
    for item in items.ok_or_else(|| wrong(fields))? {
        let who = participant(item.as_str().ok_or_else(|| wrong(fields))?)?;
        if found.last().is_some_and(|last| *last >= who) {
            return Err(wrong(fields));
        }
        found.insert(who);
    }
    Ok(found)
}
