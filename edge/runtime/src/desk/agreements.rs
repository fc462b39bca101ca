//! Agreements in force, as they were concluded. They are made by negotiations and never changed; whether they are gone by is told
//! with them (`retirements`).

use super::{Desk, Page, stored, time};
use crate::Fault;
use chapar_store::AgreementRow;
use serde_json::{Value, json};

impl Desk {
    /// One agreement.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn agreement(&self, id: &str) -> Result<Value, Fault> {
        let row = self
            .runtime
            .inner
            .store
            .agreement(self.slug(), id)
            .await?
            .ok_or(Fault::NotFound)?;
        agreement_view(&row)
    }

    /// Agreements by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_agreements(&self, page: &Page) -> Result<Value, Fault> {
        let rows = self
            .runtime
            .inner
            .store
            .list_agreements(self.slug(), page.after(), page.reach())
            .await?;
        page.list(rows, |row| row.agreement_id.clone(), agreement_view)
    }
}

/// Where the peer of an agreement was reached when it was concluded.
pub(super) fn peer_address(row: &AgreementRow) -> Result<Option<String>, Fault> {
    Ok(stored(&row.body)?
        .get("peerAddress")
        .and_then(Value::as_str)
        .map(str::to_owned))
}

pub(crate) fn agreement_view(row: &AgreementRow) -> Result<Value, Fault> {
    let body = stored(&row.body)?;
    let mut view = json!({
        "id": row.agreement_id,
        "negotiation": row.negotiation_id,
        "role": row.role,
        "peer": row.peer,
        "dataset": row.asset_id,
        "mode": row.mode,
        "signedAt": time(row.signed_at),
    });
    if let Some(members) = view.as_object_mut() {
        if let Some(definition) = &row.definition_id {
            members.insert("definition".to_owned(), json!(definition));
        }
        if let Some(retired) = &row.retired {
            let retired = json!({ "reason": retired.reason, "at": time(retired.at) });
            members.insert("retired".to_owned(), retired);
        }
        for name in ["agreement", "peerAddress"] {
            if let Some(value) = body.get(name) {
                members.insert(name.to_owned(), value.clone());
            }
        }
    }
    Ok(view)
}
