//! An agreement that was concluded elsewhere, by a connector that this side leaves, and is gone by here from now on: what is written
//! down of that decision. The peer is not asked; it holds the agreement as it did.

use crate::head::Actor;
use crate::step::Record;
use chapar_dsp::Agreement;
use chapar_evidence::EntryKind;
use chapar_terms::ParticipantId;
use serde_json::json;

/// The record of the decision of `actor` to go by `agreement` with `peer`.
pub fn adoption(agreement: &Agreement, peer: &ParticipantId, actor: &Actor) -> Record {
    Record {
        kind: EntryKind::AgreementDecision,
        body: json!({
            "decision": "adopt",
            "actor": actor.name(),
            "agreement": agreement.id.as_str(),
            "peer": peer.as_str(),
            "detail": { "agreement": agreement.members },
        }),
    }
}
