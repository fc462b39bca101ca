//! What a record of a log that has ended said, as far as it is to be had: its body, and the salt with it where it is not open.
//!
//! A sealed body that lay on a lost disk alone is gone, unless it was opened: then the opening shows it.

use super::shelf::{Kept, Lies};
use crate::records::{closed_of, record_of};
use crate::{Fault, Runtime};
use chapar_register::{ClosedBody, Record, Visibility};
use chapar_store::EntryRow;
use chapar_terms::Salt;
use serde_json::Value;

/// The words of a version.
pub(super) struct Said {
    pub body: Value,
    /// What the body was hashed with; none where it is open.
    pub salt: Option<Salt>,
}

impl Runtime {
    /// A record that is to be issued anew, and what it said; none where that is nowhere to be had.
    pub(super) async fn said(&self, kept: &Kept) -> Result<(Record, Option<Said>), Fault> {
        let entry = self.entry_that_lies(&kept.entry).await?;
        let record = record_of(&entry.leaf)?;
        if record.header().visibility == Visibility::Open {
            let body = read(&entry);
            return Ok((record, body.map(|body| Said { body, salt: None })));
        }
        let closed = match (closed_of(&entry)?, &kept.opening) {
            (Some(closed), _) => Some(closed),
            (None, Some(opening)) => {
                let opening = read(&self.entry_that_lies(opening).await?);
                let shown = opening.as_ref().and_then(ClosedBody::of_opening);
                shown.filter(|shown| shown.check(record.header()).is_ok())
            }
            (None, None) => None,
        };
        let said = closed.map(|closed| Said {
            body: closed.body().value().clone(),
            salt: (!chapar_terms::sabotaged("salt-closed-bodies-anew")).then(|| *closed.salt()),
        });
        Ok((record, said))
    }

    async fn entry_that_lies(&self, lies: &Lies) -> Result<EntryRow, Fault> {
        let before = lies.position.saturating_sub(1);
        let mut entries = self.inner.store.entries_after(&lies.stored_as, before, 1).await?;
        entries.pop().ok_or(Fault::NotFound)
    }
}

fn read(entry: &EntryRow) -> Option<Value> {
    serde_json::from_slice(entry.body.as_deref()?).ok()
}
