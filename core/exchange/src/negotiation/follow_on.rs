//! What begins by itself when a negotiation has come to its good end: the transfer that was wished for with it.
//!
//! The wish stands in the negotiation and the beginning is an effect of the step that brings the agreement into force, so neither
//! is forgotten when the node dies in between, and nothing begins twice.

use super::Negotiation;
use crate::step::{AgreementInForce, Effect};
use crate::stored::{Broken, Members};
use crate::transfer;
use chapar_terms::CaseId;
use serde_json::{Map, Value, json};

/// A transfer wished for with a negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowOn {
    /// The id that it will have.
    pub transfer: CaseId,
    /// How the bytes are to travel.
    pub format: String,
}

impl FollowOn {
    /// As JSON, in the store and in evidence.
    pub(super) fn to_json(&self) -> Value {
        json!({ "transfer": self.transfer.as_str(), "format": self.format })
    }

    pub(super) fn from_stored(members: &Members<'_>) -> Result<Self, Broken> {
        Ok(Self {
            transfer: CaseId::parse(members.text("transfer")?)?,
            format: members.text("format")?.to_owned(),
        })
    }
}

impl Negotiation {
    /// The transfer that was wished for, once there is an agreement to ask for it under.
    pub fn follow_on(&self) -> Option<(CaseId, transfer::New)> {
        let (wished, agreement) = (self.follow_on.as_ref()?, self.agreement.as_ref()?);
        let new = transfer::New {
            peer: self.head.peer.clone(),
            address: self.head.peer_address.clone(),
            agreement: agreement.id.clone(),
            asset: agreement.target.clone(),
            format: wished.format.clone(),
            destination: None,
            mode: self.head.mode,
            callbacks: self.head.callbacks.clone(),
            private_properties: Map::new(),
        };
        Some((wished.transfer.clone(), new))
    }

    /// The effect that begins it, now that `agreement` is in force.
    pub(super) fn begin_follow_on(&self, agreement: Option<&AgreementInForce>) -> Option<Effect> {
        agreement.and(self.follow_on.as_ref())?;
        if chapar_terms::sabotaged("forget-what-follows") {
            return None;
        }
        Some(Effect::Begin {
            id: format!("{}#follow-on", self.head.id),
        })
    }
}
