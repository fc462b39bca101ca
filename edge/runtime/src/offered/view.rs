//! What an offer's people see of it in the register: which of its datasets stand there, and what the others lack.

use super::follow::told_of;
use crate::hosted::Hosted;
use crate::logs::REGISTER;
use crate::{Fault, Runtime};
use chapar_register::Finding;
use chapar_store::Keyset;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Datasets of an offer that are shown.
const SHOWN: usize = 20;

impl Runtime {
    /// How an offer stands in the register; none where offers do not go there.
    pub(crate) async fn offer_in_register(&self, hosted: &Hosted, definition: &str) -> Result<Option<Value>, Fault> {
        let log = self.inner.logs.find(hosted.slug.as_str(), REGISTER);
        let Some(log) = log.filter(|_| self.inner.config.announce_offers) else {
            return Ok(None);
        };
        let open = self.open_offers(hosted).await?;
        if !open.ids().contains(definition) {
            return Ok(Some(json!({ "admitsEveryone": false, "datasets": [] })));
        }
        let (store, slug) = (&self.inner.store, hosted.slug.as_str());
        let this = BTreeSet::from([Arc::from(definition)]);
        let page = store.datasets_page(slug, &this, &Keyset::Start, SHOWN + 1).await?;
        let ids: Vec<&str> = page.iter().take(SHOWN).map(|row| row.asset.id.as_str()).collect();
        let mut datasets = Vec::with_capacity(ids.len());
        for row in store.datasets_among(slug, open.ids(), &ids).await? {
            let told = told_of(hosted, &row, &open)?;
            let mut one = Map::from_iter([("dataset".to_owned(), json!(row.asset.id))]);
            if let Some(record) = self.record_of_asset(&log, &row.asset.id).await? {
                one.insert("record".to_owned(), record.into());
            }
            for (name, findings) in [("missing", told.missing), ("leftOut", told.left_out)] {
                if !findings.is_empty() {
                    one.insert(name.to_owned(), findings.iter().map(Finding::to_string).collect());
                }
            }
            datasets.push(Value::Object(one));
        }
        let mut view = json!({ "admitsEveryone": true, "datasets": datasets });
        if let (Some(members), true) = (view.as_object_mut(), page.len() > SHOWN) {
            members.insert("more".to_owned(), true.into());
        }
        Ok(Some(view))
    }
}
