//! What the simulation asks of both kinds of case, so that loading, committing and delivering are written once.

use crate::side::Cases;
use chapar_dsp::Ack;
use chapar_evidence::{Act, EntryKind};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::protocol::Protocol;
use chapar_exchange::track::{Delivery, Track};
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Actor, Answer, Broken, Facts, Head, Sent, Step, negotiation, transfer};
use chapar_terms::Instant;
use serde_json::Value;

/// The kinds of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Negotiation,
    Transfer,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Negotiation, Self::Transfer];

    /// The record of an accepted message.
    pub const fn accepted(self) -> EntryKind {
        match self {
            Self::Negotiation => EntryKind::Negotiation(Act::MessageReceived),
            Self::Transfer => EntryKind::Transfer(Act::MessageReceived),
        }
    }

    /// Its word in paths.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Negotiation => "negotiations",
            Self::Transfer => "transfers",
        }
    }

    /// The body of a 2xx, as far as it can be read.
    pub fn read_ack(self, body: &[u8]) -> Option<Ack> {
        match self {
            Self::Negotiation => chapar_dsp::parse_negotiation_ack(body).ok(),
            Self::Transfer => chapar_dsp::parse_transfer_ack(body).ok(),
        }
    }
}

/// The pending move as far as the world looks at it.
pub(crate) struct Move<'a> {
    pub effect: &'a str,
    pub delivery: Delivery,
}

/// A kind of case.
pub(crate) trait Case: Clone + PartialEq + Sized + std::fmt::Debug {
    const KIND: Kind;

    fn head(&self) -> &Head;
    fn state(&self) -> &'static str;
    /// The state to which our move `effect` leads, while it is under way.
    fn leads_to(&self, effect: &str) -> Option<&'static str>;
    fn phase(&self) -> &'static str;
    fn pending(&self) -> Option<Move<'_>>;
    fn is_over(&self) -> bool;
    fn place_in(cases: &Cases) -> &Option<Self>;
    fn place_in_mut(cases: &mut Cases) -> &mut Option<Self>;
    fn to_stored(&self) -> Value;
    fn from_stored(value: &Value) -> Result<Self, Broken>;
    fn deliver(self, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Self>;
    fn due_at(&self, limit_ms: i64) -> Option<Instant>;
    /// What the node does at `facts.now`; none where it is too early.
    fn end_if_overdue(self, limit_ms: i64, facts: &Facts<'_>) -> Option<Step<Self>>;
}

fn pending<P: Protocol>(track: &Track<P>) -> Option<Move<'_>> {
    track.pending.as_ref().map(|pending| Move {
        effect: &pending.effect,
        delivery: pending.delivery,
    })
}

impl Case for Negotiation {
    const KIND: Kind = Kind::Negotiation;

    fn head(&self) -> &Head {
        &self.head
    }
    fn leads_to(&self, effect: &str) -> Option<&'static str> {
        self.track.leads_to(self.head.role, effect)
    }
    fn state(&self) -> &'static str {
        self.track.state_name()
    }
    fn phase(&self) -> &'static str {
        self.phase()
    }
    fn pending(&self) -> Option<Move<'_>> {
        pending(&self.track)
    }
    fn is_over(&self) -> bool {
        self.is_over()
    }
    fn place_in(cases: &Cases) -> &Option<Self> {
        &cases.negotiation
    }
    fn place_in_mut(cases: &mut Cases) -> &mut Option<Self> {
        &mut cases.negotiation
    }
    fn to_stored(&self) -> Value {
        self.to_stored()
    }
    fn from_stored(value: &Value) -> Result<Self, Broken> {
        Self::from_stored(value)
    }
    fn deliver(self, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Self> {
        chapar_exchange::negotiation::deliver(self, sent, answer, facts)
    }
    fn due_at(&self, limit_ms: i64) -> Option<Instant> {
        self.due_at(limit_ms)
    }
    fn end_if_overdue(self, limit_ms: i64, facts: &Facts<'_>) -> Option<Step<Self>> {
        let decision = self.overdue(limit_ms, facts.now)?;
        Some(negotiation::decide(self, decision, &Actor::Node, facts))
    }
}

impl Case for Transfer {
    const KIND: Kind = Kind::Transfer;

    fn head(&self) -> &Head {
        &self.head
    }
    fn leads_to(&self, effect: &str) -> Option<&'static str> {
        self.track.leads_to(self.head.role, effect)
    }
    fn state(&self) -> &'static str {
        self.track.state_name()
    }
    fn phase(&self) -> &'static str {
        self.phase()
    }
    fn pending(&self) -> Option<Move<'_>> {
        pending(&self.track)
    }
    fn is_over(&self) -> bool {
        self.is_over()
    }
    fn place_in(cases: &Cases) -> &Option<Self> {
        &cases.transfer
    }
    fn place_in_mut(cases: &mut Cases) -> &mut Option<Self> {
        &mut cases.transfer
    }
    fn to_stored(&self) -> Value {
        self.to_stored()
    }
    fn from_stored(value: &Value) -> Result<Self, Broken> {
        Self::from_stored(value)
    }
    fn deliver(self, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Self> {
        chapar_exchange::transfer::deliver(self, sent, answer, facts)
    }
    fn due_at(&self, limit_ms: i64) -> Option<Instant> {
        self.due_at(limit_ms)
    }
    fn end_if_overdue(self, limit_ms: i64, facts: &Facts<'_>) -> Option<Step<Self>> {
        let decision = self.overdue(limit_ms, facts.now)?;
        Some(transfer::decide(self, decision, None, &Actor::Node, facts))
    }
}
