//! Offers: contract definitions, which join an access policy, a contract policy and a selector.
//!
//! What a definition offers is written with it; how it reaches a peer is `catalog`'s. Who puts one whatever is there must name
//! policies that are there; who creates or updates one, as connectors of the EDC family do, may name such as come later. Until
//! then it offers nothing.

use super::assets::{add_private_properties, properties_text};
use super::{Desk, Expect, Page, invalid, removed, stored, through, time, written};
use crate::Fault;
use chapar_exchange::Mode;
use chapar_query::Filter;
use chapar_store::DefinitionRow;
use chapar_terms::{DefinitionId, PolicyId};
use serde_json::{Map, Value, json};

/// A contract definition as it is put.
#[derive(Clone, Debug)]
pub struct NewOffer {
    /// Its id.
    pub id: DefinitionId,
    /// Who sees it.
    pub access_policy: PolicyId,
    /// What is offered.
    pub contract_policy: PolicyId,
    /// Which assets.
    pub selector: Filter,
    /// Who decides the provider's moves.
    pub mode: Mode,
    /// For the participant alone; none leaves those that it has.
    pub private_properties: Option<Map<String, Value>>,
}

impl NewOffer {
    /// Checks all that does not hang on what is there already.
    ///
    /// # Errors
    /// [`Fault::Invalid`], as [`Desk::put_offer`] would say it.
    pub fn check(&self) -> Result<(), Fault> {
        self.private_text().map(drop)
    }

    /// What is written down of the private properties, where any are given.
    fn private_text(&self) -> Result<Option<String>, Fault> {
        self.private_properties.as_ref().map(properties_text).transpose()
    }
}

impl Desk {
    /// Adds or replaces a contract definition and what it offers. Negotiations under way go on with what they began with.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when a policy must be there and is not; [`Fault::Conflict`] or [`Fault::NotFound`] when there is not what `expect` says.
    pub async fn put_offer(&self, new: NewOffer, expect: Expect) -> Result<Value, Fault> {
        let desk = self.clone();
        through(async move { desk.write_offer(&new, expect).await }).await
    }

    async fn write_offer(&self, new: &NewOffer, expect: Expect) -> Result<Value, Fault> {
        let _turn = self.index_turn().await;
        if expect == Expect::Anything {
            self.check_policies(new).await?;
        }
        let id = new.id.as_str();
        let before = self.runtime.inner.store.definition(self.slug(), id).await?;
        expect.check(before.is_some(), "contract definition", id)?;
        let now = self.now_ms();
        let row = DefinitionRow {
            participant: self.slug().to_owned(),
            id: id.to_owned(),
            access_policy: new.access_policy.as_str().to_owned(),
            contract_policy: new.contract_policy.as_str().to_owned(),
            selector: new.selector.to_json().to_string(),
            mode: new.mode.as_str().to_owned(),
            private_properties: match (new.private_text()?, &before) {
                (Some(text), _) => text,
                (None, Some(before)) => before.private_properties.clone(),
                (None, None) => "{}".to_owned(),
            },
            created_at: before.map_or(now, |row| row.created_at),
            updated_at: now,
        };
        let view = offer_view(&row)?;
        let assets = self.assets_meant_by(&new.selector).await?;
        let concerned = [self.offered_by(id).await?, assets.clone()].concat();
        let put = self.runtime.inner.store.put_definition(row, assets).await;
        // What may be durable is followed as what is.
        self.runtime.inner.offered.wake_for(self.slug(), concerned);
        written(put?)?;
        self.note("put", "offer", id);
        self.with_register(view, id).await
    }

    /// What an offer is of as it stands: an act may take from it what the register tells of.
    async fn offered_by(&self, id: &str) -> Result<Vec<String>, Fault> {
        if chapar_terms::sabotaged("forget-what-was-offered") {
            return Ok(Vec::new());
        }
        Ok(self.runtime.inner.store.assets_of_definition(self.slug(), id).await?)
    }

    async fn check_policies(&self, new: &NewOffer) -> Result<(), Fault> {
        for policy in [&new.access_policy, &new.contract_policy] {
            let store = &self.runtime.inner.store;
            if store.policy(self.slug(), policy.as_str()).await?.is_none() {
                return Err(invalid("policy-unknown", format!("there is no policy `{policy}`")));
            }
        }
        Ok(())
    }

    /// One contract definition.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn offer(&self, id: &str) -> Result<Value, Fault> {
        let row = self
            .runtime
            .inner
            .store
            .definition(self.slug(), id)
            .await?
            .ok_or(Fault::NotFound)?;
        self.with_register(offer_view(&row)?, id).await
    }

    /// The view with how the offer stands in the register.
    async fn with_register(&self, mut view: Value, id: &str) -> Result<Value, Fault> {
        let standing = self.runtime.offer_in_register(&self.hosted, id).await?;
        if let (Some(standing), Some(members)) = (standing, view.as_object_mut()) {
            members.insert("register".to_owned(), standing);
        }
        Ok(view)
    }

    /// Contract definitions by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_offers(&self, page: &Page) -> Result<Value, Fault> {
        let rows = self
            .runtime
            .inner
            .store
            .list_definitions(self.slug(), page.after(), page.reach())
            .await?;
        page.list(rows, |row| row.id.clone(), offer_view)
    }

    /// Removes a contract definition and its offers. Agreements made from it stay.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn delete_offer(&self, id: &str) -> Result<(), Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move {
            let _turn = desk.index_turn().await;
            let concerned = desk.offered_by(&id).await?;
            let deleted = desk.runtime.inner.store.delete_definition(desk.slug(), &id).await;
            desk.runtime.inner.offered.wake_for(desk.slug(), concerned);
            removed(deleted?)?;
            desk.note("delete", "offer", &id);
            Ok(())
        })
        .await
    }
}

fn offer_view(row: &DefinitionRow) -> Result<Value, Fault> {
    let view = json!({
        "id": row.id,
        "accessPolicy": row.access_policy,
        "contractPolicy": row.contract_policy,
        "selector": stored(&row.selector)?,
        "mode": row.mode,
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
    });
    add_private_properties(view, &row.private_properties)
}
