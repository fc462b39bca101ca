//! A note beside the mirror of its log: whether it is of another history than the one that is held here, which our own tiles prove.

use crate::logs::Tree;
use crate::{Fault, Runtime};
use chapar_store::LogSource;
use chapar_terms::Digest;
use chapar_tlog::{
    Fork, Prefix, SignedCheckpoint, TileId, TileSource, Unprovable, VerifierKey, prefix_at, prove_consistency,
};
use std::collections::BTreeMap;

impl Runtime {
    /// What convicts a log that signed `note`: the mirror of it holds another history. A note of a larger tree than the mirror's says nothing
    /// yet; the mirror looks at once.
    ///
    /// # Errors
    /// The files of the mirror cannot be read; try again.
    pub(crate) async fn fork_beside_mirror(
        &self,
        keys: &[VerifierKey],
        note: &SignedCheckpoint,
    ) -> Result<Option<Fork>, Fault> {
        let said = note.checkpoint();
        let Some(mirror) = self.inner.mirrors.find(&Digest::of(said.origin.as_str().as_bytes())) else {
            return Ok(None);
        };
        let Some(published) = mirror.published.borrow().clone() else {
            return Ok(None);
        };
        if said.size > published.size {
            mirror.ring(false);
            return Ok(None);
        }
        let held = SignedCheckpoint::parse(&published.checkpoint)?;
        let prefix = match said.size {
            size if size == 0 || size == published.size => None,
            size => {
                self.prefix_of_mirror(mirror.origin.as_str(), size, published.size)
                    .await?
            }
        };
        Ok(Fork::prove(self.inner.suite.as_ref(), keys, [note.clone(), held], prefix).ok())
    }

    /// What our tree of `size` entries begins with; none while its files change.
    async fn prefix_of_mirror(&self, origin: &str, old: u64, size: u64) -> Result<Option<Prefix>, Fault> {
        let tree = Tree::of(&self.inner.store, LogSource::Register(origin.to_owned()), origin);
        let prefix = ask(&tree, |source| {
            Ok(Prefix {
                root: prefix_at(old, size, source)?.root(),
                proof: prove_consistency(old, size, source)?,
            })
        });
        match prefix.await {
            Ok(prefix) => Ok(Some(prefix)),
            Err(Fault::Internal(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// What `question` makes of the tiles that are held here.
pub(super) async fn ask<T>(
    tree: &Tree,
    question: impl Fn(&TileSource<'_>) -> Result<T, Unprovable>,
) -> Result<T, Fault> {
    let mut have: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
    loop {
        match question(&|id| have.get(&id).cloned()) {
            Ok(answer) => return Ok(answer),
            Err(Unprovable::Missing(id)) if !have.contains_key(&id) => {
                let bytes = tree.tiles.read(&id.path()).await?;
                have.insert(id, bytes.unwrap_or_default());
            }
            Err(why) => return Err(Fault::Internal(why.to_string())),
        }
    }
}
