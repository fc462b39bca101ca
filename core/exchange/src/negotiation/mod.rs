//! A contract negotiation, in either role. One file per kind of input: [`receive`], [`decide`], [`deliver`].
//!
//! Refuses to hold the machine (`chapar_dsp::negotiation`) and the meaning of rules (`chapar_policy`).

mod decide;
mod deliver;
mod follow_on;
mod follow_up;
mod receive;
mod send;
mod stored;

use crate::case::Case;
use crate::head::{Head, Mode};
use crate::protocol::NegotiationProtocol;
use crate::track::Track;
use chapar_dsp::negotiation::{Message, State};
use chapar_dsp::{Agreement, NegotiationMessage, Offer, Role};
use chapar_evidence::{Act, EntryKind};
use chapar_terms::{AssetId, DefinitionId, Digest};

pub use decide::{Decision, New, decide, open, remove};
pub use deliver::deliver;
pub use follow_on::FollowOn;
pub use receive::{Published, receive, receive_first, turn_away, unreadable};

/// A contract negotiation as one side keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Negotiation {
    /// Who and with whom.
    pub head: Head,
    /// Where it stands.
    pub track: Track<NegotiationProtocol>,
    /// The offer on the table, which both sides know.
    pub standing: Option<Standing>,
    /// The offer that our pending move carries.
    pub proposed: Option<Offer>,
    /// The agreement, from the moment one side sent it.
    pub agreement: Option<Agreement>,
    /// Provider side: the contract definition the offer came from.
    pub definition: Option<DefinitionId>,
    /// Who ended it and why, when it was terminated.
    pub ended: Option<Ended>,
    /// Digest of the message that began it, when the peer began it: a second beginning with another body is a conflict.
    pub first: Option<Digest>,
    /// What begins by itself once the agreement is in force.
    pub follow_on: Option<FollowOn>,
}

/// An offer on the table and who put it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The side that made it.
    pub by: Role,
    /// The offer.
    pub offer: Offer,
}

/// Who terminated a case, or suspended it, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The side that did.
    pub by: Role,
    /// Its code, if it gave one.
    pub code: Option<String>,
    /// Its reasons.
    pub reason: Vec<String>,
}

impl Ended {
    /// Code and reasons, for the peer.
    pub(crate) fn said(&self) -> (Option<String>, Vec<String>) {
        (self.code.clone(), self.reason.clone())
    }
}

impl Negotiation {
    /// A negotiation that has said nothing yet.
    fn new(head: Head) -> Self {
        Self {
            head,
            track: Track::default(),
            standing: None,
            proposed: None,
            agreement: None,
            definition: None,
            ended: None,
            first: None,
            follow_on: None,
        }
    }

    /// The dataset negotiated about.
    pub fn asset(&self) -> Option<&AssetId> {
        let offer = self
            .standing
            .as_ref()
            .map(|standing| &standing.offer)
            .or(self.proposed.as_ref());
        offer.and_then(|offer| offer.target.as_ref())
    }

    /// The `-ING` name of state and pending move.
    pub fn phase(&self) -> &'static str {
        crate::phase::negotiation(
            self.track.state,
            self.track.pending.as_ref().map(|pending| pending.message),
        )
    }

    /// Whether nothing more can happen in it.
    pub fn is_over(&self) -> bool {
        matches!(self.track.state, Some(State::Finalized | State::Terminated)) && self.track.pending.is_none()
    }

    /// What can be decided now, by the words of decisions.
    pub fn decisions(&self) -> Vec<&'static str> {
        self.track.decisions(self.head.role)
    }

    /// The provider's and the consumer's id, in this order.
    fn parties<'a>(
        &'a self,
        me: &'a chapar_terms::ParticipantId,
    ) -> (&'a chapar_terms::ParticipantId, &'a chapar_terms::ParticipantId) {
        match self.head.role {
            Role::Provider => (me, &self.head.peer),
            Role::Consumer => (&self.head.peer, me),
        }
    }

    /// Whether the node may decide for its people here.
    fn is_auto(&self) -> bool {
        self.head.mode == Mode::Auto
    }
}

impl Case for Negotiation {
    type Protocol = NegotiationProtocol;
    type Message = NegotiationMessage;

    fn entry(act: Act) -> EntryKind {
        EntryKind::Negotiation(act)
    }
    fn head(&self) -> &Head {
        &self.head
    }
    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }
    fn track(&self) -> &Track<NegotiationProtocol> {
        &self.track
    }
    fn track_mut(&mut self) -> &mut Track<NegotiationProtocol> {
        &mut self.track
    }
    fn moved(&mut self, _message: Message) {
        self.settle_proposed();
    }
    fn dropped(&mut self, message: Message) {
        self.proposed = None;
        if message == Message::Agreement {
            self.agreement = None;
        }
    }
}
