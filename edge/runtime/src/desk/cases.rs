//! Cases: negotiations and transfers as people see them, their time line, and the decisions about them.
//!
//! A decision goes the way of every input, through the loop; nothing here changes a case.

use super::agreements::peer_address;
use super::assets::properties_text;
use super::callbacks::addresses;
use super::{Desk, NegotiationDecision, Page, TransferDecision, invalid, stored, through, time};
use crate::http_data;
use crate::kind::{Kind, view};
use crate::{CaseKind, Fault};
use chapar_dsp::{DataAddress, Offer, Role};
use chapar_evidence::leaf_hash;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::{HTTP_PUSH, Transfer};
use chapar_exchange::{CallbackAddress, Head, Mode, negotiation, transfer};
use chapar_store::{CaseFilter, CaseRow, StoredEvidence};
use chapar_terms::{AgreementId, AssetId, ParticipantId};
use serde_json::{Map, Value, json};

/// Which cases to list; nothing said means all.
#[derive(Clone, Debug, Default)]
pub struct CaseQuery {
    /// Our side.
    pub role: Option<String>,
    /// The state that both sides know.
    pub state: Option<String>,
    /// State and pending move in one name.
    pub phase: Option<String>,
    /// Participant id of the other side.
    pub peer: Option<String>,
    /// The agreement made or used.
    pub agreement: Option<String>,
}

/// A negotiation that we begin.
#[derive(Clone, Debug)]
pub struct NewNegotiation {
    /// Consumer: we request. Provider: we offer.
    pub role: Role,
    /// With whom.
    pub peer: ParticipantId,
    /// Its DSP base or the root of its version document; may be left out for a known peer.
    pub address: Option<String>,
    /// What we request or offer; it may be in no catalogue. A request that says no rules is for the peer's own offer of that id.
    pub offer: Offer,
    /// Who decides our later moves.
    pub mode: Mode,
    /// Who is told of its events.
    pub callback_addresses: Vec<CallbackAddress>,
}

/// A transfer that we, the consumer, begin.
#[derive(Clone, Debug)]
pub struct NewTransfer {
    /// Under which agreement.
    pub agreement: AgreementId,
    /// How the bytes travel.
    pub format: String,
    /// The provider's DSP base or the root of its version document; as known from the agreement when left out.
    pub address: Option<String>,
    /// Where to push to, for a push.
    pub data_address: Option<DataAddress>,
    /// Who decides our later moves.
    pub mode: Mode,
    /// Who is told of its events.
    pub callback_addresses: Vec<CallbackAddress>,
    /// What we keep with it; never told to the peer.
    pub private_properties: Map<String, Value>,
}

impl Desk {
    /// Cases of one kind in the order of their creation.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a role or state that there is not, or a page that begins behind an unknown case.
    pub async fn list_cases(&self, kind: CaseKind, query: CaseQuery, page: &Page) -> Result<Value, Fault> {
        if let Some(role) = query.role.as_deref().filter(|role| Role::parse(role).is_none()) {
            return Err(invalid(
                "wrong-filter",
                format!("`{role}` is neither `consumer` nor `provider`"),
            ));
        }
        if let Some(state) = query.state.as_deref().filter(|state| !has_state(kind, state)) {
            return Err(invalid(
                "wrong-filter",
                format!("`{state}` is no state of a {}", kind.as_str()),
            ));
        }
        let store = &self.runtime.inner.store;
        if let Some(after) = page.after()
            && store.load_case(self.slug(), kind.as_str(), after).await?.is_none()
        {
            return Err(invalid(
                "wrong-position",
                format!("there is no {} `{after}` to begin behind", kind.as_str()),
            ));
        }
        let filter = CaseFilter {
            role: query.role,
            state: query.state,
            phase: query.phase,
            peer: query.peer,
            agreement_id: query.agreement,
        };
        let rows = store
            .list_cases(self.slug(), kind.as_str(), &filter, page.after(), page.reach())
            .await?;
        let obstacles = &self.runtime.inner.obstacles;
        let view = |row: &CaseRow| row_view(kind, row).map(|view| obstacles.add_to(self.slug(), view));
        page.list(rows, |row| row.id.clone(), view)
    }

    /// One case.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn case(&self, kind: CaseKind, id: &str) -> Result<Value, Fault> {
        let found = match kind {
            CaseKind::Negotiation => self.case_of::<Negotiation>(id).await?.as_ref().map(whole_view),
            CaseKind::Transfer => self.case_of::<Transfer>(id).await?.as_ref().map(whole_view),
        };
        let view = found.ok_or(Fault::NotFound)?;
        Ok(self.runtime.inner.obstacles.add_to(self.slug(), view))
    }

    /// What a case has whatever its kind.
    pub(super) async fn head(&self, kind: CaseKind, id: &str) -> Result<Head, Fault> {
        let found = match kind {
            CaseKind::Negotiation => self.case_of::<Negotiation>(id).await?.map(|case| case.head),
            CaseKind::Transfer => self.case_of::<Transfer>(id).await?.map(|case| case.head),
        };
        found.ok_or(Fault::NotFound)
    }

    /// Whether there is such a case, of whatever kind.
    ///
    /// # Errors
    /// Try again later.
    pub async fn has_case(&self, id: &str) -> Result<bool, Fault> {
        let store = &self.runtime.inner.store;
        Ok(store.load_case(self.slug(), Negotiation::NAME, id).await?.is_some()
            || store.load_case(self.slug(), Transfer::NAME, id).await?.is_some())
    }

    /// What is written down of a case, in order.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn timeline(&self, kind: CaseKind, id: &str, page: &Page) -> Result<Value, Fault> {
        let store = &self.runtime.inner.store;
        if store.load_case(self.slug(), kind.as_str(), id).await?.is_none() {
            return Err(Fault::NotFound);
        }
        let after = match page.after() {
            None => 0,
            Some(after) => after
                .parse()
                .map_err(|_| invalid("wrong-after", "`after` is the `next` of an earlier page"))?,
        };
        let entries = store.timeline(self.slug(), id, after, page.reach()).await?;
        page.list(
            entries,
            |entry| entry.position.to_string(),
            |entry| Ok(entry_view(entry)),
        )
    }

    /// Begins a negotiation.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the peer's address is not known, or an offer without rules is none of the peer's; [`Fault::Refused`]
    /// when the offer does not do.
    pub async fn open_negotiation(&self, new: NewNegotiation) -> Result<Value, Fault> {
        self.check_callbacks(&new.callback_addresses).await?;
        let address = self.address_for_case(&new.peer, new.address.as_deref()).await?;
        let offer = match new.role {
            Role::Consumer => self.whole_offer(&new.peer, &address, new.offer).await?,
            Role::Provider => new.offer,
        };
        let new = negotiation::New {
            role: new.role,
            peer: new.peer,
            address,
            offer,
            mode: new.mode,
            callbacks: new.callback_addresses,
            follow_on: None,
        };
        let desk = self.clone();
        through(async move { desk.runtime.open_negotiation(desk.slug(), new, &desk.actor).await }).await
    }

    /// The offer with its rules: as given, or as `peer` at `address` has them.
    pub(super) async fn whole_offer(&self, peer: &ParticipantId, address: &str, offer: Offer) -> Result<Offer, Fault> {
        if offer.has_rules() {
            return Ok(offer);
        }
        self.runtime
            .peer_offer(self.slug(), peer, address, &offer.id, offer.target.as_ref())
            .await
    }

    /// Decides about a negotiation.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Refused`] when the state or policy does not allow it.
    pub async fn decide_negotiation(&self, id: &str, decision: NegotiationDecision) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            desk.runtime
                .decide_negotiation(desk.slug(), &id, decision, &desk.actor)
                .await
        })
        .await
    }

    /// Removes a negotiation that came to nothing. What is written down of it stays.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Refused`] while it goes on, when it has an agreement or while its peer is still to be told.
    pub async fn remove_negotiation(&self, id: &str) -> Result<(), Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move { desk.runtime.remove_negotiation(desk.slug(), &id, &desk.actor).await }).await
    }

    /// Begins a transfer under an agreement that we hold as its consumer.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when there is no such agreement, we are its provider, or a push says not where to, or
    /// what nobody would heed.
    pub async fn open_transfer(&self, new: NewTransfer) -> Result<Value, Fault> {
        let row = self
            .runtime
            .inner
            .store
            .agreement(self.slug(), new.agreement.as_str())
            .await?;
        let row = row.ok_or_else(|| {
            invalid(
                "agreement-unknown",
                format!("there is no agreement `{}`", new.agreement),
            )
        })?;
        if Role::parse(&row.role) != Some(Role::Consumer) {
            return Err(invalid(
                "not-consumer",
                "a transfer is begun by the agreement's consumer",
            ));
        }
        if new.format == HTTP_PUSH && new.data_address.is_none() {
            return Err(invalid(
                "data-address-missing",
                format!("`{HTTP_PUSH}` needs a `dataAddress` to push to"),
            ));
        }
        if let Some(address) = &new.data_address {
            http_data::check_destination(address).map_err(|why| invalid("wrong-data-address", why))?;
        }
        self.check_callbacks(&new.callback_addresses).await?;
        // Its bound is that of all properties.
        properties_text(&new.private_properties)?;
        let peer = ParticipantId::parse(&row.peer)?;
        let known = peer_address(&row)?;
        let address = self
            .address_for_case(&peer, new.address.as_deref().or(known.as_deref()))
            .await?;
        let new = transfer::New {
            peer,
            address,
            agreement: new.agreement,
            asset: AssetId::parse(&row.asset_id)?,
            format: new.format,
            destination: new.data_address.map(http_data::spelled_out),
            mode: new.mode,
            callbacks: new.callback_addresses,
            private_properties: new.private_properties,
        };
        let desk = self.clone();
        through(async move { desk.runtime.open_transfer(desk.slug(), new, &desk.actor).await }).await
    }

    /// Decides about a transfer.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Refused`] when the state or policy does not allow it.
    pub async fn decide_transfer(&self, id: &str, decision: TransferDecision) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            desk.runtime
                .decide_transfer(desk.slug(), &id, decision, &desk.actor)
                .await
        })
        .await
    }

    async fn case_of<K: Kind>(&self, id: &str) -> Result<Option<K>, Fault> {
        Ok(self.runtime.load::<K>(self.slug(), id).await?.map(|loaded| loaded.case))
    }
}

fn has_state(kind: CaseKind, name: &str) -> bool {
    match kind {
        CaseKind::Negotiation => chapar_dsp::negotiation::State::parse(name).is_some(),
        CaseKind::Transfer => chapar_dsp::transfer::State::parse(name).is_some(),
    }
}

fn row_view(kind: CaseKind, row: &CaseRow) -> Result<Value, Fault> {
    let body = stored(&row.body)?;
    Ok(match kind {
        CaseKind::Negotiation => whole_view(&<Negotiation as Kind>::from_stored(&body)?),
        CaseKind::Transfer => whole_view(&<Transfer as Kind>::from_stored(&body)?),
    })
}

/// As the event stream tells it, and who is called back: an address may hold a secret, which belongs into no event.
fn whole_view<K: Kind>(case: &K) -> Value {
    let mut view = view(case);
    if let (Some(members), false) = (view.as_object_mut(), case.head().callbacks.is_empty()) {
        members.insert("callbackAddresses".to_owned(), addresses(case.head()));
    }
    view
}

/// `signed` says that the message itself is kept with its signature, for proof.
fn entry_view(entry: &StoredEvidence) -> Value {
    let row = &entry.row;
    json!({
        "id": row.id,
        "position": entry.position,
        "kind": row.kind,
        "at": time(row.at),
        "body": serde_json::from_slice::<Value>(&row.body).unwrap_or(Value::Null),
        "leafHash": leaf_hash(&row.leaf).hex(),
        "caseDigest": row.case_digest,
        "signed": entry.has_raw,
    })
}
