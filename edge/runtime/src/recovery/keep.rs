//! A held log: asked about again and again until it is known what was published last, then gone on with.

use super::ask::{Heard, Said, Who};
use super::decide::{Decision, Known};
use super::order::MOST_PLACES;
use super::{Held, Order};
use crate::desk::{invalid, joinable_address, through};
use crate::logs::{OwnLog, Standing};
use crate::mirrors::Retrieved;
use crate::{Fault, Runtime};
use chapar_store::{LogRow, LogState};
use chapar_tlog::SignedCheckpoint;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long those who could not say are left alone.
const PAUSE: Duration = Duration::from_secs(60);
/// How long somebody waits who asks for a round; a longer one goes on alone.
const ROUND: Duration = Duration::from_secs(20);

impl Runtime {
    /// Looks after a held log until it goes on or the node stops.
    pub(crate) async fn keep_held(self, log: Arc<OwnLog>) {
        while !self.inner.stopping.load(Ordering::Relaxed) {
            match self.try_to_go_on(&log).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(fault) => {
                    tracing::error!(log = %log.origin, %fault, "a held log could not be looked after; it is tried again")
                }
            }
            // Whoever wakes it is the end of the node, or somebody who has gone on with it.
            let _ = tokio::time::timeout(PAUSE, log.bell.notified()).await;
        }
    }

    /// What the people of a held log say, kept, and followed at once. One that is not held has no need of it.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no address.
    pub(crate) async fn recover_log(
        &self,
        log: Arc<OwnLog>,
        from: &[String],
        nobody_has_more: bool,
    ) -> Result<(), Fault> {
        let row = self
            .inner
            .store
            .log(log.origin.as_str())
            .await?
            .ok_or(Fault::NotFound)?;
        if row.state != LogState::Held {
            return Ok(());
        }
        let mut order = Order::read(&row.config);
        let from = from.iter().map(|node| joinable_address(node, "from"));
        order.from.extend(from.collect::<Result<Vec<_>, _>>()?);
        order.from.sort();
        order.from.dedup();
        if order.from.len() > MOST_PLACES {
            let why = format!("a log is looked for at {MOST_PLACES} nodes at most");
            return Err(invalid("wrong-address", why));
        }
        order.nobody_has_more |= nobody_has_more;
        let (origin, config) = (log.origin.as_str(), order.render());
        self.inner.store.set_log(origin, LogState::Held, config).await?;
        let runtime = self.clone();
        let round = through(async move { runtime.try_to_go_on(&log).await });
        // Whatever it is by then is shown.
        match tokio::time::timeout(ROUND, round).await {
            Ok(outcome) => outcome.map(|_| ()),
            Err(_) => Ok(()),
        }
    }

    /// One round; whether the log goes on.
    async fn try_to_go_on(&self, log: &Arc<OwnLog>) -> Result<bool, Fault> {
        let _turn = log.recovering.lock().await;
        let Some(row) = self.inner.store.log(log.origin.as_str()).await? else {
            return Ok(true);
        };
        if row.state != LogState::Held {
            if matches!(*log.standing.borrow(), Standing::Held(_)) {
                // It was let go on, and a fault of ours came between.
                self.go_on(log).await?;
            }
            return Ok(true);
        }
        let order = Order::read(&row.config);
        let heard = self.ask_about(log, &order.from).await?;
        let todo = match self.decision(log, &order, &heard) {
            Decision::Current => {
                self.go_on_as_it_is(log).await?;
                return Ok(true);
            }
            Decision::Behind(note) => match self.go_on_from(log, &row, &note, &heard).await? {
                None => return Ok(true),
                Some(todo) => todo,
            },
            Decision::Unsure(todo) => todo,
        };
        self.tell_held(log, Held { order, heard, todo });
        Ok(false)
    }

    fn decision(&self, log: &OwnLog, order: &Order, heard: &[Heard]) -> Decision {
        let witnessing = log.witnessing.borrow().clone();
        let awaited = witnessing.as_ref().filter(|rule| rule.waits).map(|rule| &rule.policy);
        let known = Known {
            awaited,
            size: log.size(),
            heard,
            nobody_has_more: order.nobody_has_more,
        };
        known.decide()
    }

    fn tell_held(&self, log: &OwnLog, held: Held) {
        let is_news = match &*log.standing.borrow() {
            Standing::Held(before) => before.todo != held.todo,
            _ => true,
        };
        if is_news {
            tracing::error!(log = %log.origin, why = held.todo, "this log is held: nothing is added to it and nothing published");
        }
        log.standing.send_replace(Standing::Held(held));
    }

    async fn go_on_as_it_is(&self, log: &Arc<OwnLog>) -> Result<(), Fault> {
        let origin = log.origin.as_str();
        self.inner.store.resume_log(origin, "{}".to_owned()).await?;
        tracing::warn!(
            log = origin,
            size = log.size(),
            "a held log goes on: nobody has more of it than is here"
        );
        self.go_on(log).await
    }

    /// Takes back what is missing and goes on from there; otherwise what its people are told.
    async fn go_on_from(
        &self,
        log: &Arc<OwnLog>,
        row: &LogRow,
        note: &SignedCheckpoint,
        heard: &[Heard],
    ) -> Result<Option<String>, Fault> {
        let (origin, target) = (log.origin.as_str(), note.checkpoint());
        if self.leads_to(log, target).await? {
            self.go_on_as_it_is(log).await?;
            return Ok(None);
        }
        let size = target.size;
        tracing::warn!(
            log = origin,
            size,
            "the entries of a held log are taken back from those who mirror it"
        );
        let had = match self.retrieve(row, &places(heard), size).await? {
            Retrieved::Whole(had) => *had,
            Retrieved::Short { size: had, obstacles } => {
                let why = obstacles.join("; ");
                return Ok(Some(format!(
                    "{size} entries were signed and {had} of them can be had: name a node that mirrors the log with \
                     `chapar log recover --from` ({why})"
                )));
            }
        };
        if had.checkpoint().size == size && had.checkpoint().root != target.root {
            return Ok(Some(format!(
                "the log has signed two trees of {size} entries: it can go on from neither"
            )));
        }
        match self.bring_back(log, row, &had, heard).await? {
            Some(todo) => Ok(Some(todo)),
            None => {
                let size = had.checkpoint().size;
                tracing::warn!(log = origin, size, "a log was taken back and goes on");
                self.go_on(log).await?;
                Ok(None)
            }
        }
    }
}

/// Where entries may be had, the one that knows most first.
pub(crate) fn places(heard: &[Heard]) -> Vec<String> {
    let mut known: Vec<(u64, &str)> = heard
        .iter()
        .filter_map(|heard| match (heard.who, &heard.said) {
            (Who::Mirror, Said::Knows(note)) => Some((note.checkpoint().size, heard.place.as_str())),
            _ => None,
        })
        .collect();
    known.sort_by(|one, other| other.cmp(one));
    known.into_iter().map(|(_, place)| place.to_owned()).collect()
}
