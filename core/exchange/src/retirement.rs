//! An agreement that this side goes by no more, or again: what is written down of the decision. Nothing is asked of the peer; that
//! nothing begins under it and what goes on ends is the transfers' matter (`transfer`).

use crate::head::Actor;
use crate::step::Record;
use chapar_evidence::EntryKind;
use chapar_terms::{AgreementId, ParticipantId};
use serde_json::{Value, json};

/// What is decided about an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// To go by it no more.
    Retire {
        /// Why, also for the peer.
        reason: String,
    },
    /// To go by it again.
    Reactivate,
}

impl Retirement {
    /// The record of the decision about `agreement` with `peer`.
    pub fn record(&self, agreement: &AgreementId, peer: &ParticipantId, actor: &Actor) -> Record {
        let (decision, detail) = match self {
            Self::Retire { reason } => ("retire", json!({ "reason": reason })),
            Self::Reactivate => ("reactivate", Value::Null),
        };
        Record {
            kind: EntryKind::AgreementDecision,
            body: json!({
                "decision": decision,
                "actor": actor.name(),
                "agreement": agreement.as_str(),
                "peer": peer.as_str(),
                "detail": detail,
            }),
        }
    }
}
