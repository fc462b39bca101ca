//! What a step is told about the moment it happens in. Gathered by `runtime` before the step.

use crate::transfer::Transfer;
use chapar_dsp::{Ack, DataAddress, PeerError};
use chapar_policy::Federations;
use chapar_terms::{AgreementId, CaseId, Instant, ParticipantId};
use chapar_trust::{Peer, Proof, Verified};
use std::sync::Arc;

/// Who we are in this case.
#[derive(Clone, Debug)]
pub struct Me {
    /// Our participant id.
    pub id: ParticipantId,
    /// Our DSP base, which is also the `callbackAddress` we give.
    pub dsp_address: String,
}

/// Fresh identifiers, never used before; a step takes what it needs.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// For a new case.
    pub case: CaseId,
    /// For a new agreement.
    pub agreement: AgreementId,
}

/// Makes the address under which a consumer may pull, with a token bound to the transfer and to one opening of it.
pub trait Access: Send + Sync {
    /// The address for the opening number `opening` of `transfer`. The token dies with that opening, or at `until`.
    fn grant(&self, transfer: &Transfer, opening: u64, now: Instant, until: Option<Instant>) -> DataAddress;
}

/// The moment of a step.
pub struct Facts<'a> {
    /// The time.
    pub now: Instant,
    /// Who we are.
    pub me: &'a Me,
    /// Fresh ids.
    pub fresh: Fresh,
    /// Who belongs to which federation.
    pub federations: Arc<Federations>,
    /// How addresses for pulls are made.
    pub access: &'a dyn Access,
}

/// A message that came from an authenticated peer.
pub struct Received<'a, M> {
    /// The parsed message.
    pub message: M,
    /// Who sent it.
    pub peer: &'a Verified<Peer>,
    /// The peer's own number of this move, when it signs one (`Idempotency-Key` between Chapar nodes).
    pub effect: Option<u64>,
}

/// A message of ours that was sent, as its effect had it.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The effect's id.
    pub effect: &'a str,
    /// The message's name.
    pub message: &'a str,
    /// The bytes.
    pub body: &'a [u8],
}

/// What came of a delivery.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 2xx.
    Taken {
        /// The body when it could be read.
        ack: Option<Ack>,
        /// How strongly the answer is tied to the peer.
        proof: Proof,
    },
    /// A definitive refusal.
    Refused {
        /// HTTP status.
        status: u16,
        /// The error body as far as it could be read.
        error: PeerError,
        /// How strongly the answer is tied to the peer.
        proof: Proof,
    },
    /// No answer before the deadline; the text says what stood in the way last.
    Lapsed(String),
}
