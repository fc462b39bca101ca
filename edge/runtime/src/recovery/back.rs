//! Entries that were taken back become the log's own again: named as the log names them, under the checkpoint that covers them.

use super::ask::{Heard, Said};
use crate::logs::{OwnLog, signed, with_cosignature};
use crate::mirrors::stored_as;
use crate::records::entry_name;
use crate::{Fault, Runtime};
use chapar_store::{LogRow, Put, Retrieval};
use chapar_tlog::SignedCheckpoint;

/// Entries that are named with one write.
const SLICE: i64 = 512;

impl Runtime {
    /// Gives a held log its entries back; what its people are told where they are not its own.
    pub(super) async fn bring_back(
        &self,
        log: &OwnLog,
        row: &LogRow,
        had: &SignedCheckpoint,
        heard: &[Heard],
    ) -> Result<Option<String>, Fault> {
        let store = &self.inner.store;
        let retrieval = self.retrieval(log, row, had, heard).await?;
        match store.take_retrieved(retrieval).await? {
            Put::Committed(_) => {}
            Put::Conflict(why) => return Ok(Some(why)),
        }
        // What a crash leaves of it is removed when the log is opened.
        store.remove_mirror(&stored_as(log.origin.as_str())).await?;
        Ok(None)
    }

    /// What was taken back of a log, ready to become its own.
    pub(crate) async fn retrieval(
        &self,
        log: &OwnLog,
        row: &LogRow,
        had: &SignedCheckpoint,
        heard: &[Heard],
    ) -> Result<Retrieval, Fault> {
        let (store, origin) = (&self.inner.store, log.origin.as_str());
        let away = stored_as(origin);
        self.name_entries(&away, store.last_position(origin).await?).await?;
        // They are made again from the entries: what lies there may be of another tree.
        store.tiles(origin).remove().await?;
        Ok(Retrieval {
            origin: origin.to_owned(),
            participant: row.participant.clone().unwrap_or_default(),
            stored_as: away,
            size: signed(had.checkpoint().size)?,
            checkpoint: with_all(had, heard)?.render().into_bytes(),
            config: "{}".to_owned(),
            at: self.now().unix_ms(),
        })
    }

    async fn name_entries(&self, stored_as: &str, from: i64) -> Result<(), Fault> {
        let mut position = from;
        loop {
            let entries = self.inner.store.entries_after(stored_as, position, SLICE).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            position = last.position;
            let names = entries
                .iter()
                .filter_map(|entry| Some((entry.position, entry_name(&entry.leaf, entry.body.as_deref())?)));
            self.inner.store.name_retrieved(stored_as, names.collect()).await?;
        }
    }
}

/// The checkpoint with everybody's signatures below the same text.
fn with_all(had: &SignedCheckpoint, heard: &[Heard]) -> Result<SignedCheckpoint, Fault> {
    let mut note = had.clone();
    let notes = heard.iter().filter_map(|heard| match &heard.said {
        Said::Knows(note) if note.note().text() == had.note().text() => Some(note),
        _ => None,
    });
    for signature in notes.flat_map(|note| note.note().signatures()) {
        note = with_cosignature(&note, signature.clone())?;
    }
    Ok(note)
}
