//! The proof that a record is in the published tree of its log (C2SP tlog-proof), to be carried away and checked without a network.

use crate::{Fault, Runtime};
use chapar_store::EntryRow;
use chapar_tlog::{SignedCheckpoint, TlogProof, prove_inclusion, tiles_for_inclusion};
use std::collections::BTreeMap;

impl Runtime {
    /// The proof of an entry under a checkpoint of its log with so many entries, with the leaf as its extra data.
    ///
    /// # Errors
    /// [`Fault::Conflict`] while the checkpoint does not cover the entry: try again in a moment.
    pub(crate) async fn prove_entry(
        &self,
        origin: &str,
        (size, checkpoint): (u64, &[u8]),
        entry: &EntryRow,
    ) -> Result<String, Fault> {
        let index = u64::try_from(entry.position.saturating_sub(1)).unwrap_or(0);
        if index >= size {
            return Err(Fault::Conflict(
                "the record is committed and not yet published: try again in a moment".to_owned(),
            ));
        }
        let tiles = self.inner.store.tiles(origin);
        let mut files = BTreeMap::new();
        for id in tiles_for_inclusion(index, size) {
            // A partial tile may have made room for its full one since.
            let bytes = match tiles.read(&id.path()).await? {
                Some(bytes) => Some(bytes),
                None => tiles.read(&id.full().path()).await?,
            };
            files.extend(bytes.map(|bytes| (id, bytes)));
        }
        let proof = prove_inclusion(index, size, &|id| files.get(&id).cloned())
            .map_err(|why| Fault::Internal(format!("log `{origin}`: {why}")))?;
        let proof = TlogProof {
            extra: Some(entry.leaf.clone()),
            index,
            proof,
            checkpoint: SignedCheckpoint::parse(checkpoint)?,
        };
        Ok(proof.render())
    }
}
