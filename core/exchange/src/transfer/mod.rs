//! A transfer process, in either role. One file per kind of input: [`receive`], [`decide`], [`deliver`], [`pushed`].
//!
//! Refuses to hold the machine (`chapar_dsp::transfer`), the tokens (an [`crate::Access`] makes them) and the bytes
//! (`dataplane`). Whether a flow may run is a field of the case, [`Opening`]: closed at once by our own suspension or
//! termination, reopened only by a start.

mod decide;
mod deliver;
mod push;
mod receive;
mod send;
mod stored;

use crate::case::Case;
use crate::head::Head;
use crate::negotiation::Ended;
use crate::protocol::TransferProtocol;
use crate::track::Track;
use chapar_dsp::transfer::{Message, State};
use chapar_dsp::{Agreement, DataAddress, Role, TransferMessage};
use chapar_evidence::{Act, EntryKind};
use chapar_terms::{AgreementId, AssetId, Digest, Instant};
use serde_json::{Map, Value};

pub use decide::{Decision, New, decide, open};
pub use deliver::deliver;
pub use push::{Pushed, pushed};
pub use receive::{receive, receive_first, turn_away, unreadable};

/// The format of a pull over HTTP: the consumer fetches.
pub const HTTP_PULL: &str = "HttpData-PULL";
/// The code of what is refused or ended because its agreement was retired.
pub const RETIRED: &str = "agreement-retired";
/// The format of a push over HTTP: the provider delivers to the address in the request.
pub const HTTP_PUSH: &str = "HttpData-PUSH";

/// A transfer process as one side keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// Who and with whom.
    pub head: Head,
    /// Where it stands.
    pub track: Track<TransferProtocol>,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// The dataset.
    pub asset: AssetId,
    /// How the bytes travel: [`HTTP_PULL`], [`HTTP_PUSH`] or a name only the two sides know.
    pub format: String,
    /// Consumer's address for a push.
    pub destination: Option<DataAddress>,
    /// Where to pull: as we sent it, or as we were told. None while access is not open.
    pub source: Option<DataAddress>,
    /// Provider side: whether bytes may flow.
    pub opening: Opening,
    /// How many openings there were; each has its own token.
    pub openings: u64,
    /// Provider side: we suspended it, so the consumer cannot resume it.
    pub held: bool,
    /// Consumer side: our resume was taken and the fresh start is due.
    pub start_due: bool,
    /// Who suspended it last and why, until it starts again.
    pub suspended: Option<Ended>,
    /// Who ended it and why, when it was terminated.
    pub ended: Option<Ended>,
    /// Digest of the message that began it, when the peer began it.
    pub first: Option<Digest>,
    /// What the operator who began it keeps with it; never told to the peer.
    pub private_properties: Map<String, Value>,
}

/// Whether bytes may flow, at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// No token is good.
    Closed,
    /// Only the token of this opening is good.
    Open {
        /// Its number, from 1.
        number: u64,
        /// When it ends by itself: the agreement's own end.
        until: Option<Instant>,
    },
}

/// The agreement behind a transfer, as loaded for the step. Relative time windows count from its own time, the same on both sides.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The agreement.
    pub agreement: Agreement,
    /// Why we go by it no more, if so: nothing begins under it, and what goes on is ended.
    pub retired: Option<String>,
}

impl Bound {
    /// What is said where something would begin under it; none where it may.
    pub fn why_retired(&self) -> Option<String> {
        let reason = self.retired.as_ref()?;
        Some(format!("the agreement was retired: {reason}"))
    }
}

impl Transfer {
    /// The `-ING` name of state and pending move.
    pub fn phase(&self) -> &'static str {
        crate::phase::transfer(
            self.track.state,
            self.track.pending.as_ref().map(|pending| pending.message),
        )
    }

    /// Whether nothing more can happen in it.
    pub fn is_over(&self) -> bool {
        matches!(self.track.state, Some(State::Completed | State::Terminated)) && self.track.pending.is_none()
    }

    /// What can be decided now, by the words of decisions.
    pub fn decisions(&self) -> Vec<&'static str> {
        let reopened = decide::reopens(self).then_some("start");
        let others = self.track.decisions(self.head.role);
        reopened.into_iter().chain(others).collect()
    }

    /// Whether the consumer fetches.
    pub fn is_pull(&self) -> bool {
        self.destination.is_none()
    }

    /// Whether the token of opening `number` is good at `now`.
    pub fn admits(&self, number: u64, now: Instant) -> bool {
        match self.opening {
            Opening::Open { number: open, until } => open == number && until.is_none_or(|until| now < until),
            Opening::Closed => false,
        }
    }

    /// Closes access, for us and for the consumer's own copy of the address.
    fn close(&mut self) {
        self.opening = Opening::Closed;
        self.source = None;
    }
}

impl Case for Transfer {
    type Protocol = TransferProtocol;
    type Message = TransferMessage;

    fn entry(act: Act) -> EntryKind {
        EntryKind::Transfer(act)
    }
    fn head(&self) -> &Head {
        &self.head
    }
    fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }
    fn track(&self) -> &Track<TransferProtocol> {
        &self.track
    }
    fn track_mut(&mut self) -> &mut Track<TransferProtocol> {
        &mut self.track
    }
    fn moved(&mut self, message: Message) {
        self.start_due = self.head.role == Role::Consumer && message == Message::Start;
        self.suspended = self.suspended.take().filter(|_| message != Message::Start);
    }
    /// A start that the peer refused for good opens nothing.
    fn dropped(&mut self, message: Message) {
        if chapar_terms::sabotaged("reopen-after-refused-suspension") {
            self.opening = Opening::Open {
                number: self.openings,
                until: None,
            };
        }
        if message == Message::Start && self.head.role == Role::Provider {
            self.close();
        }
    }
}
