//! Agreements that were concluded elsewhere.

use super::agreements::agreement_view;
use super::{Desk, invalid, through};
use crate::Fault;
use chapar_dsp::{Agreement, Role};
use chapar_exchange::{Mode, adoption};
use chapar_store::{AgreementRow, CaseWrite, StepWrite};
use chapar_terms::ParticipantId;
use serde_json::{Value, json};

/// An agreement that a connector we leave has concluded for us.
#[derive(Clone, Debug)]
pub struct NewAgreement {
    /// As it was concluded; it names the parties as they were called there.
    pub agreement: Agreement,
    /// Our side.
    pub role: Role,
    /// The other side's participant id.
    pub peer: ParticipantId,
    /// Where it was reached.
    pub peer_address: String,
    /// What the negotiation was called there; it is not here. An agreement that does not say has its own name for it.
    pub negotiation: Option<String>,
}

impl Desk {
    /// Goes by an agreement that was concluded elsewhere, from its own time on, as if it had been made here.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when it does not say when it was concluded; [`Fault::Conflict`] when one with this id is here.
    pub async fn adopt_agreement(&self, new: NewAgreement) -> Result<Value, Fault> {
        let desk = self.clone();
        through(async move { desk.adopt(new).await }).await
    }

    async fn adopt(&self, new: NewAgreement) -> Result<Value, Fault> {
        let Some(signed_at) = new.agreement.timestamp else {
            return Err(invalid(
                "agreement-undated",
                "an agreement says when it was concluded".to_owned(),
            ));
        };
        let (slug, id) = (self.slug(), new.agreement.id.as_str());
        let negotiation = new.negotiation.unwrap_or_else(|| id.to_owned());
        let store = &self.runtime.inner.store;
        if store.agreement(slug, id).await?.is_some() {
            return Err(Fault::Conflict(format!("agreement `{id}` is here already")));
        }
        if store.agreement_of_negotiation(slug, &negotiation).await?.is_some() {
            return Err(Fault::Conflict(format!(
                "negotiation `{negotiation}` has another agreement here"
            )));
        }
        let row = AgreementRow {
            participant: slug.to_owned(),
            agreement_id: id.to_owned(),
            negotiation_id: negotiation,
            role: new.role.as_str().to_owned(),
            peer: new.peer.as_str().to_owned(),
            asset_id: new.agreement.target.as_str().to_owned(),
            definition_id: None,
            mode: Mode::Auto.as_str().to_owned(),
            body: json!({ "agreement": new.agreement.render(), "peerAddress": new.peer_address }).to_string(),
            signed_at: signed_at.unix_ms(),
            retired: None,
        };
        let record = adoption(&new.agreement, &new.peer, &self.actor);
        let write = StepWrite {
            agreement: Some(row.clone()),
            evidence: vec![self.runtime.evidence_row(&self.hosted, None, &record, None)?],
            ..StepWrite::new(CaseWrite::Untouched {
                participant: slug.to_owned(),
            })
        };
        self.runtime.write(write).await?;
        agreement_view(&row)
    }
}
