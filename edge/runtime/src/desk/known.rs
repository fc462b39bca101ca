//! What everybody offers, so far as it is known here: our own catalogue as it is now, then what the register tells of others.
//!
//! Nobody is asked for it. What the register tells is as old as the last look at its log, and that is told.

use super::{Desk, Page};
use crate::Fault;
use crate::register::Known;
use chapar_terms::{Instant, ParticipantId};
use serde_json::{Value, json};

/// What begins a place among our own datasets.
const OWN: &str = "own:";
/// What begins a place in the register.
const IN_REGISTER: &str = "register:";

impl Desk {
    /// Datasets, those of one participant or all, each as `dataset` and with its `catalog`: our own first.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the page begins nowhere.
    pub async fn known_catalogs(&self, participant: Option<&ParticipantId>, page: &Page) -> Result<Value, Fault> {
        let me = &self.hosted.me.id;
        let is_ours = participant.is_none_or(|participant| participant == me);
        let after = page.after().unwrap_or(if is_ours { OWN } else { IN_REGISTER });
        if let Some(place) = after.strip_prefix(IN_REGISTER) {
            return self.known_of_others(participant, place, page.limit).await;
        }
        let own = Page {
            after: after
                .strip_prefix(OWN)
                .filter(|place| !place.is_empty())
                .map(str::to_owned),
            limit: page.limit,
        };
        let mut own = self.own_catalog(&own).await?;
        let next = match own.get("next").and_then(Value::as_str) {
            Some(next) => Some(format!("{OWN}{next}")),
            None => participant.is_none().then(|| IN_REGISTER.to_owned()),
        };
        let items = match own.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        let head = self.own_catalog_head();
        let items = items
            .into_iter()
            .map(|dataset| json!({ "catalog": head, "dataset": dataset }));
        Ok(listed(items.collect(), next))
    }

    async fn known_of_others(
        &self,
        participant: Option<&ParticipantId>,
        place: &str,
        limit: usize,
    ) -> Result<Value, Fault> {
        let place = Some(place).filter(|place| !place.is_empty());
        let found = self.runtime.known_datasets(participant, place, limit).await?;
        // Of our own there is the catalogue of now.
        let others = found
            .datasets
            .iter()
            .filter(|known| known.provider != self.hosted.me.id);
        let now = self.runtime.now();
        let items = others.map(|known| of_other(known, now)).collect();
        Ok(listed(items, found.next.map(|next| format!("{IN_REGISTER}{next}"))))
    }

    /// Our own catalogue without its datasets.
    pub fn own_catalog_head(&self) -> Value {
        let me = &self.hosted.me;
        head(&me.id, self.own_service(), &me.dsp_address, (self.runtime.now(), 0))
    }
}

fn of_other(known: &Known, now: Instant) -> Value {
    let mut dataset = known.dataset.render();
    if let Some(members) = dataset.as_object_mut() {
        members.remove("@context");
    }
    let age = now.since_ms(known.as_of).max(0) / 1000;
    let service = &known.service;
    let head = head(
        &known.provider,
        service.render(),
        &service.endpoint_url,
        (known.as_of, age),
    );
    json!({ "catalog": head, "dataset": dataset })
}

fn head(participant: &ParticipantId, service: Value, address: &str, (as_of, age): (Instant, i64)) -> Value {
    json!({
        "id": format!("{address}/catalog"),
        "participantId": participant.as_str(),
        "services": [service],
        "address": address,
        "asOf": as_of.rfc3339(),
        "ageSeconds": age,
    })
}

fn listed(items: Vec<Value>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ "items": items, "next": next }),
        None => json!({ "items": items }),
    }
}
