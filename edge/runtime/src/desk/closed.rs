//! What the exchange offers of a closed record: an asset that stands for its body, a policy that permits those whom it is for, and a contract
//! definition of it alone. No other definition offers such an asset, whatever it selects.

use super::assets::Seen;
use super::{Desk, Expect, NewOffer, PolicySet, invalid, stored, written};
use crate::Fault;
use crate::closed::{address_of_record, offer_of};
use crate::logs::OwnLog;
use chapar_exchange::Mode;
use chapar_query::{Criterion, Filter};
use chapar_register::{Header, RecordId};
use chapar_store::AssetRow;
use chapar_terms::{DefinitionId, PolicyId};
use serde_json::{Value, json};

impl Desk {
    /// Offers the body of a record under these rules, unless it is offered so already.
    pub(crate) async fn offer_closed(&self, header: &Header, rules: Value) -> Result<(), Fault> {
        let (id, name) = (header.id.to_string(), offer_of(header.id.local()));
        let store = &self.runtime.inner.store;
        let policy = store.policy(self.slug(), &name).await?;
        if policy.is_none_or(|row| stored(&row.body).is_ok_and(|body| body != rules)) {
            self.put_policy(PolicySet::parse(&name, rules)?, Expect::Anything)
                .await?;
        }
        let selector = of_asset(&id)?;
        let definition = store.definition(self.slug(), &name).await?;
        let is_so = definition.is_some_and(|row| {
            row.access_policy == name
                && row.contract_policy == name
                && row.mode == Mode::Auto.as_str()
                && stored(&row.selector).is_ok_and(|selected| selected == selector.to_json())
        });
        if !is_so {
            self.retire_replaced(header.id.local()).await?;
            let new = NewOffer {
                id: DefinitionId::parse(&name)?,
                access_policy: PolicyId::parse(&name)?,
                contract_policy: PolicyId::parse(&name)?,
                selector,
                mode: Mode::Auto,
                private_properties: None,
            };
            self.put_offer(new, Expect::Anything).await?;
        }
        let offered_by = store.definitions_of_asset(self.slug(), &id).await?;
        if offered_by != [name.clone()] {
            self.put_closed_asset(header, name).await?;
        }
        Ok(())
    }

    /// Removes what stood for the record of this name while its log was another, which has ended. An asset with an agreement stays: under it
    /// the same body is handed out.
    async fn retire_replaced(&self, local: &str) -> Result<(), Fault> {
        for log in self.runtime.inner.logs.ended_of(self.slug()) {
            let id = self.id_in(local, &log)?;
            gone(self.delete_asset(&id.to_string()).await)?;
        }
        Ok(())
    }

    fn id_in(&self, local: &str, log: &OwnLog) -> Result<RecordId, Fault> {
        let log = chapar_register::LogId::of_vkey(&log.vkey);
        Ok(RecordId::new(self.hosted.me.id.clone(), log, local)?)
    }

    /// Offers the body of a record no more. Where there is an agreement about it, the asset stays, and nothing is handed over.
    pub(crate) async fn retire_closed(&self, local: &str, log: &OwnLog) -> Result<(), Fault> {
        let name = offer_of(local);
        let id = self.id_in(local, log)?;
        gone(self.delete_offer(&name).await)?;
        gone(self.delete_policy(&name).await)?;
        gone(self.delete_asset(&id.to_string()).await)
    }

    async fn put_closed_asset(&self, header: &Header, definition: String) -> Result<(), Fault> {
        let id = header.id.to_string();
        let _turn = self.index_turn().await;
        let store = &self.runtime.inner.store;
        let before = store.asset(self.slug(), &id).await?;
        let now = self.now_ms();
        let properties = json!({
            "type": "record",
            "kind": header.kind.as_str(),
            "mediaType": "application/json",
        });
        let row = AssetRow {
            participant: self.slug().to_owned(),
            content: None,
            properties: properties.to_string(),
            private_properties: "{}".to_owned(),
            data_address: Some(Value::Object(address_of_record(header.id.local())).to_string()),
            // Only its own definition offers it, so no selector may reach it.
            in_reach: false,
            created_at: before.map_or(now, |row| row.created_at),
            updated_at: now,
            id,
        };
        let keys = Seen::of(&row.id, row.created_at, &row.properties, &row.private_properties)?.keys();
        written(store.put_asset(row, keys, vec![definition]).await?)?;
        self.note("put", "asset", &header.id.to_string());
        Ok(())
    }
}

/// What is not there, or has to stay, is no fault of who removes it.
fn gone(outcome: Result<(), Fault>) -> Result<(), Fault> {
    match outcome {
        Err(Fault::NotFound | Fault::Conflict(_)) => Ok(()),
        other => other,
    }
}

fn of_asset(id: &str) -> Result<Filter, Fault> {
    let this = Criterion::parse("id", "=", id.into());
    let filter = this.and_then(|this| Filter::new(vec![this]));
    filter.map_err(|malformed| invalid("wrong-selector", malformed.why))
}
