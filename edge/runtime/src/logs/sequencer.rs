//! The one sequencer of a log: what was committed gets its index, goes into the tree, and is published under a checkpoint.
//!
//! The files of the tree are durable before the checkpoint that covers them takes the place of the one before, which happens by
//! compare-and-swap. A crash in between leaves files that the next run writes again with the same bytes, for the order of entries
//! is theirs since they were committed. So there are never two checkpoints of one size with different roots.

use super::REGISTER;
use super::book::OwnLog;
use super::serve::{Published, published};
use super::tree::{BATCH, Tree};
use super::witnessing::Witnessing;
use crate::{Fault, Runtime};
use chapar_store::{LogRow, LogState, Publication};
use chapar_tlog::{Checkpoint, RightEdge, SignedCheckpoint};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a sequencer waits after a fault, doubled each time up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Takes up a log where its last checkpoint left it.
pub(super) struct Sequencer {
    runtime: Runtime,
    log: Arc<OwnLog>,
    tree: Tree,
    edge: RightEdge,
}

impl Sequencer {
    /// Takes the log up. Files that are missing are made again from the entries.
    ///
    /// # Errors
    /// What is stored does not give the root that was published: stop, and tell the operator.
    pub(super) async fn load(runtime: &Runtime, log: Arc<OwnLog>, row: &LogRow) -> Result<Self, Fault> {
        let size = whole(row.size)?;
        let mut sequencer = Self {
            runtime: runtime.clone(),
            tree: Tree::of(&runtime.inner.store, log.source.clone(), log.origin.as_str()),
            edge: RightEdge::empty(),
            log,
        };
        let Some(note) = &row.checkpoint else {
            return Ok(sequencer);
        };
        let published = SignedCheckpoint::parse(note)?;
        sequencer.edge = sequencer.tree.edge(size).await?;
        let (root, stored) = (published.checkpoint().root, sequencer.edge.root());
        if published.checkpoint().size != size || root != stored {
            return Err(Fault::Internal(format!(
                "the log `{}` was published with root `{root}` and {size} entries, and what is stored gives `{stored}`: \
                 it is not the history that was published, so nothing is added to it; restore the newest backup",
                sequencer.log.origin
            )));
        }
        Ok(sequencer)
    }

    /// Works until the node stops.
    pub(super) async fn run(mut self, pace: Duration) {
        let mut pause = FIRST_PAUSE;
        while !self.runtime.inner.stopping.load(Ordering::Relaxed) {
            match self.publish_all().await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.log.bell.notified().await;
                    // What comes within this time shares a checkpoint.
                    tokio::time::sleep(pace).await;
                }
                // The store closes under who is at work when the node stops; the next run publishes.
                Err(_) if self.runtime.inner.stopping.load(Ordering::Relaxed) => return,
                Err(fault) => {
                    tracing::error!(log = %self.log.origin, %fault, "a log is not published; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn publish_all(&mut self) -> Result<(), Fault> {
        while self.publish_some().await? {}
        Ok(())
    }

    /// Publishes what is committed, at most a batch; whether there was anything.
    async fn publish_some(&mut self) -> Result<bool, Fault> {
        let size = self.edge.size();
        let Some((edge, files)) = self.tree.grow(&self.edge, size.saturating_add(BATCH)).await? else {
            return Ok(false);
        };
        if !chapar_terms::sabotaged("publish-without-tiles") {
            self.tree.tiles.write(files).await?;
        }
        let checkpoint = Checkpoint::new(self.log.origin.clone(), edge.size(), edge.root());
        let note = self.log.sign(checkpoint, self.runtime.now())?;
        let Some(note) = self.wait_for_quorum(note).await? else {
            return Ok(false);
        };
        let at = self.runtime.now();
        let publication = Publication {
            origin: self.log.origin.as_str().to_owned(),
            expected_size: signed(size)?,
            size: signed(edge.size())?,
            checkpoint: note.clone(),
            at: at.unix_ms(),
        };
        let is_out = self.runtime.inner.store.publish(publication).await;
        if !is_out.inspect_err(|_| self.drop_candidate())? {
            self.drop_candidate();
            return self.take_up_again().await;
        }
        let published = Published {
            size: edge.size(),
            checkpoint: note.into(),
            at,
        };
        self.log.published.send_replace(Some(published));
        self.drop_candidate();
        self.runtime.inner.folds.wake(self.log.origin.as_str());
        self.tree.drop_partial_tiles(size, edge.size()).await;
        self.edge = edge;
        if self.log.name == REGISTER {
            self.runtime.inner.hints.grew(self.log.origin.as_str());
        }
        Ok(true)
    }

    /// The note with the cosignatures of a quorum, where the log waits for one; none when the node stops before.
    async fn wait_for_quorum(&self, note: String) -> Result<Option<Vec<u8>>, Fault> {
        let (mut witnessing, mut candidate) = (self.log.witnessing.subscribe(), self.log.candidate.subscribe());
        let waits = |rule: &Option<Arc<Witnessing>>| rule.as_ref().is_some_and(|rule| rule.waits);
        if !waits(&witnessing.borrow()) || chapar_terms::sabotaged("publish-before-the-quorum") {
            return Ok(Some(note.into_bytes()));
        }
        self.log
            .candidate
            .send_replace(Some(SignedCheckpoint::parse(note.as_bytes())?));
        loop {
            let rule = witnessing.borrow_and_update().clone();
            let signed = candidate.borrow_and_update().clone();
            let suite = self.runtime.inner.suite.as_ref();
            let is_met = |signed: &SignedCheckpoint| {
                rule.as_ref()
                    .is_none_or(|rule| !rule.waits || rule.is_met(suite, signed))
            };
            if self.runtime.inner.stopping.load(Ordering::Relaxed) {
                return Ok(None);
            }
            if let Some(signed) = signed.filter(is_met) {
                return Ok(Some(signed.render().into_bytes()));
            }
            tokio::select! {
                _ = witnessing.changed() => {}
                _ = candidate.changed() => {}
            }
        }
    }

    fn drop_candidate(&self) {
        self.log.candidate.send_replace(None);
    }

    /// Somebody else has published, e.g. another replica of this node: goes on from there. Whether there may be more to publish.
    async fn take_up_again(&mut self) -> Result<bool, Fault> {
        let row = self.runtime.inner.store.log(self.log.origin.as_str()).await?;
        let Some(row) = row.filter(|row| row.state == LogState::Open) else {
            return Ok(false);
        };
        self.log.published.send_replace(published(&row)?);
        *self = Self::load(&self.runtime, Arc::clone(&self.log), &row).await?;
        Ok(true)
    }
}

/// A count as the tree has it.
pub(crate) fn whole(count: i64) -> Result<u64, Fault> {
    u64::try_from(count).map_err(|_| Fault::Internal(format!("a log of {count} entries is stored")))
}

/// A count as the store has it.
pub(crate) fn signed(count: u64) -> Result<i64, Fault> {
    i64::try_from(count).map_err(|_| Fault::Internal(format!("a log of {count} entries is too long")))
}
