//! What every case has, whatever its kind: who, with whom, where to answer.

use crate::callback::CallbackAddress;
use chapar_dsp::Role;
use chapar_terms::{CaseId, Instant, ParticipantId, Pid};

/// Who decides the moves that are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The node, wherever policy and equality with the offer leave no question; a person otherwise.
    Auto,
    /// A person or a program through the API, always.
    Manual,
}

impl Mode {
    /// `auto` or `manual`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Manual => "manual",
        }
    }

    /// Reads `auto` or `manual`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Manual]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// Who took a decision: written into the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The node itself, by an `auto` definition.
    Node,
    /// The holder of an API key.
    Key {
        /// The key's id, never the key.
        id: String,
        /// The key's role at that moment.
        role: String,
    },
}

impl Actor {
    /// `node`, or `key:<id>:<role>`.
    pub fn name(&self) -> String {
        match self {
            Self::Node => "node".to_owned(),
            Self::Key { id, role } => format!("key:{id}:{role}"),
        }
    }
}

/// The part of a case that does not depend on its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Our own pid in this case.
    pub id: CaseId,
    /// The role we play.
    pub role: Role,
    /// Who decides for us.
    pub mode: Mode,
    /// The other side.
    pub peer: ParticipantId,
    /// Base of the peer's addresses for this case: its `callbackAddress`, or the DSP base we first wrote to.
    pub peer_address: String,
    /// The peer's own pid, once known.
    pub peer_pid: Option<Pid>,
    /// When the case began here.
    pub created_at: Instant,
    /// When it last changed here.
    pub updated_at: Instant,
    /// Since when it is in its state: what the time that others may take counts from.
    pub since: Instant,
    /// Who is told of its events, in the order given; none where the peer began it.
    pub callbacks: Vec<CallbackAddress>,
}

impl Head {
    /// Our pid as the protocol's word.
    pub fn own_pid(&self) -> Option<Pid> {
        Pid::parse(self.id.as_str()).ok()
    }

    /// `consumerPid`, if known.
    pub fn consumer_pid(&self) -> Option<Pid> {
        match self.role {
            Role::Consumer => self.own_pid(),
            Role::Provider => self.peer_pid.clone(),
        }
    }

    /// `providerPid`, if known.
    pub fn provider_pid(&self) -> Option<Pid> {
        match self.role {
            Role::Consumer => self.peer_pid.clone(),
            Role::Provider => self.own_pid(),
        }
    }

    /// The pid that the peer must name as ours, and the one it gives itself, out of a message's two.
    pub fn split<'a>(
        &self,
        consumer: Option<&'a Pid>,
        provider: Option<&'a Pid>,
    ) -> (Option<&'a Pid>, Option<&'a Pid>) {
        match self.role {
            Role::Consumer => (consumer, provider),
            Role::Provider => (provider, consumer),
        }
    }

    /// Learns the peer's pid out of a message's two, if it is not known yet: it never changes.
    pub(crate) fn learn_pid(&mut self, consumer: Option<&Pid>, provider: Option<&Pid>) {
        let theirs = self.split(consumer, provider).1.cloned();
        self.peer_pid = self.peer_pid.take().or(theirs);
    }

    /// What is wrong with the two pids that a message about this case names; none when they fit.
    pub fn wrong_pids(&self, consumer: Option<&Pid>, provider: Option<&Pid>) -> Option<String> {
        let (own, theirs) = self.split(consumer, provider);
        if own.is_some_and(|own| own.as_str() != self.id.as_str()) {
            return Some("the message names another case than its address".to_owned());
        }
        match (&self.peer_pid, theirs) {
            (Some(known), Some(theirs)) if known != theirs => {
                Some("the sender's pid is not the one it gave before".to_owned())
            }
            _ => None,
        }
    }
}
