//! The question of each start: does somebody know more of a log than is here? An older copy of a whole folder, put back whole, shows
//! nothing of itself; those who read the log know.

use super::ask::{Heard, Said};
use super::{Held, Order};
use crate::logs::{BATCH, OwnLog, Standing, Tree};
use crate::{Fault, Runtime};
use chapar_store::LogState;
use chapar_tlog::Checkpoint;
use std::sync::Arc;

impl Runtime {
    /// Whether others are to be asked before this log publishes. Nothing can be missing of one that has published nothing.
    pub(crate) fn is_to_be_asked_about(&self, log: &OwnLog) -> bool {
        log.published.borrow().is_some() && self.is_anybody_to_ask(log)
    }

    /// Asks, and holds the log when more of it was published than is here; whether it is held.
    pub(crate) async fn hold_if_behind(&self, log: &Arc<OwnLog>) -> Result<bool, Fault> {
        if chapar_terms::sabotaged("publish-without-asking") {
            return Ok(false);
        }
        let heard = self.ask_about(log, &[]).await?;
        let has_ended = heard.iter().any(|heard| matches!(heard.said, Said::Ended(_)));
        let code = match has_ended && !chapar_terms::sabotaged("go-on-after-the-end") {
            true => Order::ENDED,
            false if self.is_behind(log, &heard).await? => Order::BEHIND,
            false => return Ok(false),
        };
        let order = Order::new(code);
        let (origin, config) = (log.origin.as_str(), order.render());
        self.inner.store.set_log(origin, LogState::Held, config).await?;
        let held = Held {
            order,
            heard,
            ..Held::default()
        };
        log.standing.send_replace(Standing::Held(held));
        Ok(true)
    }

    async fn is_behind(&self, log: &OwnLog, heard: &[Heard]) -> Result<bool, Fault> {
        let notes = heard.iter().filter_map(|heard| match &heard.said {
            Said::Knows(note) => Some(note.checkpoint()),
            Said::Ended(_) | Said::Unknown | Said::Silent(_) => None,
        });
        let Some(largest) = notes.max_by_key(|checkpoint| checkpoint.size) else {
            tracing::warn!(log = %log.origin, "nobody who was asked knows this log: whether this is the newest of it is not known");
            return Ok(false);
        };
        if self.leads_to(log, largest).await? {
            return Ok(false);
        }
        tracing::error!(
            log = %log.origin,
            size = log.size(),
            known = largest.size,
            "more of this log was published than is here: nothing is added to it and nothing published until it is taken back"
        );
        Ok(true)
    }

    /// Whether what is committed here gives the tree of a checkpoint, or is beyond it: then nothing of it is missing. A node that died
    /// while it waited for its witnesses has not published yet what they know.
    pub(super) async fn leads_to(&self, log: &OwnLog, checkpoint: &Checkpoint) -> Result<bool, Fault> {
        let size = log.size();
        if checkpoint.size <= size {
            return Ok(true);
        }
        let tree = Tree::of(&self.inner.store, log.source.clone(), log.origin.as_str());
        let mut edge = tree.edge(size).await?;
        while edge.size() < checkpoint.size {
            let upto = checkpoint.size.min(edge.size().saturating_add(BATCH));
            match tree.grow(&edge, upto).await? {
                Some((next, _)) => edge = next,
                None => return Ok(false),
            }
        }
        Ok(edge.root() == checkpoint.root)
    }
}
