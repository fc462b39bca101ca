//! The proof that an own record is in the published tree (C2SP tlog-proof), to be carried away and checked without a network.

use crate::logs::OwnLog;
use crate::{Fault, Runtime};
use chapar_store::EntryRow;
use chapar_tlog::{SignedCheckpoint, TlogProof, prove_inclusion, tiles_for_inclusion};
use std::collections::BTreeMap;

impl Runtime {
    /// The proof of an entry, with the leaf as its extra data.
    ///
    /// # Errors
    /// [`Fault::Conflict`] while the entry is not published yet: try again in a moment.
    pub(crate) async fn prove_entry(&self, log: &OwnLog, entry: &EntryRow) -> Result<String, Fault> {
        let index = u64::try_from(entry.position.saturating_sub(1)).unwrap_or(0);
        let published = log.published.borrow().clone();
        let Some(published) = published.filter(|published| index < published.size) else {
            return Err(Fault::Conflict(
                "the record is committed and not yet published: try again in a moment".to_owned(),
            ));
        };
        let tiles = self.inner.store.tiles(log.origin.as_str());
        let mut files = BTreeMap::new();
        for id in tiles_for_inclusion(index, published.size) {
            // A partial tile may have made room for its full one since.
            let bytes = match tiles.read(&id.path()).await? {
                Some(bytes) => Some(bytes),
                None => tiles.read(&id.full().path()).await?,
            };
            files.extend(bytes.map(|bytes| (id, bytes)));
        }
        let proof = prove_inclusion(index, published.size, &|id| files.get(&id).cloned())
            .map_err(|why| Fault::Internal(format!("log `{}`: {why}", log.origin)))?;
        let proof = TlogProof {
            extra: Some(entry.leaf.clone()),
            index,
            proof,
            checkpoint: SignedCheckpoint::parse(&published.checkpoint)?,
        };
        Ok(proof.render())
    }
}
