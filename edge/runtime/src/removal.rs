//! Taking a participant out of the house: it is not answered for any more, and its keys to our own API are void. Nothing that it
//! wrote down goes: a third person may still ask what was agreed. Its slug is not given again.

use crate::desk::through;
use crate::follow_on::FOLLOW_ON;
use crate::hosted::KEYS_TURN;
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::Transfer;
use chapar_store::{CaseFilter, DueEffect, ParticipantRow};
use serde_json::{Value, json};

/// The member of a participant's configuration that says when it was taken out of the house.
const REMOVED_AT: &str = "removedAt";

/// Whether the participant of this row is one of the house.
pub(crate) fn is_hosted(row: &ParticipantRow) -> bool {
    config(row).get(REMOVED_AT).is_none()
}

/// The configuration of a participant.
pub(crate) fn config(row: &ParticipantRow) -> Value {
    serde_json::from_str(&row.config).unwrap_or_else(|_| json!({}))
}

impl Runtime {
    /// Takes a participant out of the house.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] while anything is still to be done in its name.
    pub async fn remove_participant(&self, slug: &str) -> Result<(), Fault> {
        let (runtime, slug) = (self.clone(), slug.to_owned());
        through(async move {
            let _turn = runtime.inner.locks.hold(&slug, KEYS_TURN).await;
            runtime.hosted(&slug).ok_or(Fault::NotFound)?;
            // Asked while it is in the house: what is under way of one that stays goes on undisturbed.
            runtime.check_idle(&slug).await?;
            // And again when it is out of it and nobody is committing, so that nothing has begun since or still begins.
            let _alone = runtime.inner.doorway.write().await;
            let hosted = runtime.inner.house.remove(&slug).ok_or(Fault::NotFound)?;
            let retired = runtime.retire(&slug).await;
            if retired.is_err() {
                runtime.inner.house.put(hosted);
            }
            retired
        })
        .await
    }

    async fn retire(&self, slug: &str) -> Result<(), Fault> {
        self.check_idle(slug).await?;
        let (store, now) = (&self.inner.store, self.now().unix_ms());
        for key in store.list_api_keys(Some(slug)).await? {
            store.revoke_api_key(Some(slug), &key.id, now).await?;
        }
        let row = store.participant(slug).await?.ok_or(Fault::NotFound)?;
        let mut config = config(&row);
        if let Some(members) = config.as_object_mut() {
            members.insert(REMOVED_AT.to_owned(), json!(now));
        }
        store.set_participant_config(slug, config.to_string()).await?;
        tracing::info!(participant = slug, "removed");
        Ok(())
    }

    /// Refuses while something is still to be done in the participant's name, for then nobody would be there who does it.
    async fn check_idle(&self, slug: &str) -> Result<(), Fault> {
        let store = &self.inner.store;
        let busy = |what: String| Err(Fault::Conflict(format!("participant `{slug}` {what}")));
        if let Some(case) = self.any_open_case(slug).await? {
            return busy(format!("has an open case `{case}`: end it first"));
        }
        if let Some(DueEffect { case_id, kind }) = store.any_effect(slug).await? {
            return busy(if kind == FOLLOW_ON {
                format!("is yet to begin the transfer that was wished for with `{case_id}`")
            } else {
                let message = kind.split_once(':').map_or(kind.as_str(), |(_, message)| message);
                format!(
                    "has `{message}` of case `{case_id}` under way to a peer: wait until it is answered or its deadline has passed"
                )
            });
        }
        match store.any_untold(slug).await? {
            Some(case) => busy(format!(
                "is yet to tell a callback address of case `{case}`: wait until it is told or given up"
            )),
            None => Ok(()),
        }
    }

    async fn any_open_case(&self, slug: &str) -> Result<Option<String>, Fault> {
        let kinds = [
            (<Negotiation as Kind>::NAME, <Negotiation as Kind>::OPEN_STATES),
            (<Transfer as Kind>::NAME, <Transfer as Kind>::OPEN_STATES),
        ];
        for (kind, states) in kinds {
            for state in states {
                let filter = CaseFilter {
                    state: Some((*state).to_owned()),
                    ..CaseFilter::default()
                };
                let open = self.inner.store.list_cases(slug, kind, &filter, None, 1).await?;
                if let Some(case) = open.into_iter().next() {
                    return Ok(Some(case.id));
                }
            }
        }
        Ok(None)
    }
}
