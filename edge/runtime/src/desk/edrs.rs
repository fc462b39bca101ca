//! Data of a peer in one call: from an offer to an address with its token (in EDC's words, an endpoint data reference).
//!
//! Nothing new is kept for it: the address is part of its transfer, and what is still to be done stands in the negotiation.

use super::{Desk, NewTransfer, through};
use crate::Fault;
use crate::keys::fresh_urn;
use chapar_dsp::{Offer, Role};
use chapar_exchange::negotiation::{self, FollowOn};
use chapar_exchange::transfer::HTTP_PULL;
use chapar_exchange::{CallbackAddress, Mode};
use chapar_policy::{Decision, Situation, decide, diff};
use chapar_store::AgreementRow;
use chapar_terms::{AgreementId, CaseId, ParticipantId};
use serde_json::{Value, json};

/// Agreements of one dataset with one peer that are looked at, newest first: of more, most are over.
const LOOKED_AT: i64 = 50;

/// Data that we, the consumer, want to have.
#[derive(Clone, Debug)]
pub struct NewEdr {
    /// The provider.
    pub peer: ParticipantId,
    /// Its DSP base or the root of its version document; may be left out for a known peer.
    pub address: Option<String>,
    /// The offer that it is to be had under; one that says no rules is the peer's own offer of that id.
    pub offer: Offer,
    /// Who is told of the events of the negotiation and of the transfer.
    pub callback_addresses: Vec<CallbackAddress>,
}

impl Desk {
    /// Gets the data behind an offer: under an agreement to the same offer that we hold, or else after a negotiation. The transfer,
    /// a pull, begins by itself, and once it has started its address is there. Answers with the `negotiation`, the `transfer`
    /// and, where there is one already, the `agreement`.
    ///
    /// # Errors
    /// As for [`Self::open_negotiation`].
    pub async fn open_edr(&self, new: NewEdr) -> Result<Value, Fault> {
        self.check_callbacks(&new.callback_addresses).await?;
        let address = self.address_for_case(&new.peer, new.address.as_deref()).await?;
        let offer = self.whole_offer(&new.peer, &address, new.offer).await?;
        let new = NewEdr { offer, ..new };
        match self.agreement_to(&new.peer, &new.offer).await? {
            Some(row) => self.fetch_under(&row, address, new).await,
            None => self.negotiate_for(address, new).await,
        }
    }

    /// Asks the provider of a running transfer for a fresh address.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when we are the provider or access is not open; [`Fault::Refused`] when the provider
    /// has no way for that; otherwise what came of asking.
    pub async fn renew_access(&self, id: &str) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move { desk.runtime.renew(desk.slug(), &id, &desk.actor).await })
            .await
            .map(|address| address.render())
    }

    /// Where we, the consumer, may pull, with the token in it. One whose time is almost over is renewed first, where the provider
    /// has a way for that.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when we are the provider or access is not open now; otherwise what came of renewing.
    pub async fn data_address(&self, id: &str) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move { desk.runtime.source(desk.slug(), &id, &desk.actor).await })
            .await
            .map(|address| address.render())
    }

    /// The newest agreement to this very offer of `peer` whose rules still hold for us, as far as we understand them.
    async fn agreement_to(&self, peer: &ParticipantId, offer: &Offer) -> Result<Option<AgreementRow>, Fault> {
        let Some(target) = &offer.target else {
            return Ok(None);
        };
        let store = &self.runtime.inner.store;
        let consumer = Role::Consumer.as_str();
        let rows = store
            .agreements_with(self.slug(), consumer, peer.as_str(), target.as_str(), LOOKED_AT)
            .await?;
        for row in rows {
            let Some((bound, row)) = self.runtime.bound(&self.hosted, &row.agreement_id).await? else {
                continue;
            };
            let situation = Situation {
                now: self.runtime.now(),
                counterparty: &self.hosted.me.id,
                federations: &self.runtime.members_of_federations(),
                agreed_at: bound.agreement.timestamp,
            };
            let holds =
                bound.retired.is_none() && matches!(decide(&bound.agreement.members, &situation), Decision::Permit(_));
            if holds && diff(&offer.rules(), &bound.agreement.rules()).is_empty() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    async fn fetch_under(&self, row: &AgreementRow, address: String, new: NewEdr) -> Result<Value, Fault> {
        let view = self
            .open_transfer(NewTransfer {
                agreement: AgreementId::parse(&row.agreement_id)?,
                format: HTTP_PULL.to_owned(),
                address: Some(address),
                data_address: None,
                mode: Mode::Auto,
                callback_addresses: new.callback_addresses,
                private_properties: serde_json::Map::new(),
            })
            .await?;
        Ok(json!({
            "negotiation": row.negotiation_id,
            "agreement": row.agreement_id,
            "transfer": view.get("id"),
            "createdAt": view.get("createdAt"),
        }))
    }

    async fn negotiate_for(&self, address: String, new: NewEdr) -> Result<Value, Fault> {
        let transfer = CaseId::parse(&fresh_urn())?;
        let negotiation = negotiation::New {
            role: Role::Consumer,
            peer: new.peer,
            address,
            offer: new.offer,
            mode: Mode::Auto,
            callbacks: new.callback_addresses,
            follow_on: Some(FollowOn {
                transfer: transfer.clone(),
                format: HTTP_PULL.to_owned(),
            }),
        };
        let desk = self.clone();
        let opened = async move {
            desk.runtime
                .open_negotiation(desk.slug(), negotiation, &desk.actor)
                .await
        };
        let view = through(opened).await?;
        Ok(json!({
            "negotiation": view.get("id"),
            "transfer": transfer.as_str(),
            "createdAt": view.get("createdAt"),
        }))
    }
}
