//! Accesses to the data of a transfer: who asked when for which part, what was answered and how much of it left.

use super::{Desk, Page, invalid, time};
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::transfer::Transfer;
use chapar_store::AccessRow;
use serde_json::{Value, json};

impl Desk {
    /// Accesses to the data that we, the provider, hand out under a transfer, oldest first.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for a page that begins nowhere.
    pub async fn accesses(&self, transfer: &str, page: &Page) -> Result<Value, Fault> {
        let store = &self.runtime.inner.store;
        if store.load_case(self.slug(), Transfer::NAME, transfer).await?.is_none() {
            return Err(Fault::NotFound);
        }
        let (at, id) = match page.after() {
            None => (i64::MIN, ""),
            Some(after) => {
                position(after).ok_or_else(|| invalid("wrong-after", "`after` is the `next` of an earlier page"))?
            }
        };
        let rows = store.accesses(self.slug(), transfer, (at, id), page.reach()).await?;
        page.list(
            rows,
            |row| format!("{}.{}", row.at, row.id),
            |row| Ok(access_view(&self.runtime, row)),
        )
    }
}

/// Reads the place behind an access: its time, then its id.
fn position(after: &str) -> Option<(i64, &str)> {
    let (at, id) = after.split_once('.')?;
    Some((at.parse().ok()?, id))
}

fn access_view(runtime: &Runtime, row: &AccessRow) -> Value {
    let state = match row.ended_at {
        Some(_) => "ended",
        None if row.at >= runtime.inner.flows.since.unix_ms() => "open",
        // It was under way when an earlier run of the node died; how much of it had left is not known.
        None => "cut off",
    };
    let mut view = json!({
        "id": row.id,
        "state": state,
        "at": time(row.at),
        "consumer": row.consumer,
        "agreementId": row.agreement_id,
    });
    if let Some(members) = view.as_object_mut() {
        members.extend(row.range.as_ref().map(|range| ("range".to_owned(), json!(range))));
        if let Some(ended_at) = row.ended_at {
            members.insert("endedAt".to_owned(), json!(time(ended_at)));
            members.insert("status".to_owned(), json!(row.status));
            members.insert("bytes".to_owned(), json!(row.bytes));
        }
    }
    view
}
