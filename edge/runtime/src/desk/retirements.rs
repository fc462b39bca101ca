//! Agreements that we go by no more.

use super::agreements::agreement_view;
use super::{Desk, Page, invalid, through, time};
use crate::Fault;
use chapar_exchange::Retirement;
use chapar_store::AgreementRow;
use chapar_terms::limits;
use serde_json::{Value, json};

impl Desk {
    /// Decides to go by an agreement no more: nothing begins under it, and what goes on is ended with the reason told to the peer.
    ///
    /// # Errors
    /// [`Fault::Invalid`] without a reason of bearable length; [`Fault::NotFound`]; [`Fault::Conflict`] when it is retired already.
    pub async fn retire_agreement(&self, id: &str, reason: &str) -> Result<Value, Fault> {
        if reason.trim().is_empty() || reason.len() > limits::REASON_BYTES {
            let most = limits::REASON_BYTES;
            return Err(invalid("wrong-reason", format!("`reason` has 1 to {most} bytes")));
        }
        let retire = Retirement::Retire {
            reason: reason.to_owned(),
        };
        agreement_view(&self.decide_agreement(id, retire).await?)
    }

    /// Decides to go by a retired agreement again. What was ended stays ended.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when it is not retired.
    pub async fn reactivate_agreement(&self, id: &str) -> Result<Value, Fault> {
        agreement_view(&self.decide_agreement(id, Retirement::Reactivate).await?)
    }

    /// Retired agreements by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_retirements(&self, page: &Page) -> Result<Value, Fault> {
        let store = &self.runtime.inner.store;
        let rows = store.list_retired(self.slug(), page.after(), page.reach()).await?;
        page.list(rows, |row| row.agreement_id.clone(), |row| Ok(retirement_view(row)))
    }

    async fn decide_agreement(&self, id: &str, decision: Retirement) -> Result<AgreementRow, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        let decided = async move {
            let runtime = &desk.runtime;
            runtime.decide_agreement(desk.slug(), &id, decision, &desk.actor).await
        };
        through(decided).await
    }
}

fn retirement_view(row: &AgreementRow) -> Value {
    let retired = row.retired.as_ref();
    json!({
        "agreement": row.agreement_id,
        "peer": row.peer,
        "dataset": row.asset_id,
        "reason": retired.map(|retired| retired.reason.as_str()),
        "at": retired.map(|retired| time(retired.at)),
    })
}
