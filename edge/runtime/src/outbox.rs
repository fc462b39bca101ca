//! The way of messages to peers: what a case's courier sends, in order, and what becomes of it.

use crate::commit::{Carried, Outcome, RACES};
use crate::couriers::pause_ms;
use crate::follow_on::FOLLOW_ON;
use crate::kind::Kind;
use crate::push::PushTry;
use crate::{Fault, Runtime};
use chapar_evidence::RawMessage;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::track::PeerFault;
use chapar_exchange::transfer::{self, Pushed, Transfer};
use chapar_exchange::{Answer, Facts, Sent, Step};
use chapar_store::OutboxRow;
use std::time::Duration;
use tokio::sync::Notify;
use tracing::Instrument;

/// The kind of the row of a push; those of messages name the message.
pub(crate) const PUSH_KIND: &str = "transfer:push";

type CaseKey = (String, String);

/// What a try came to.
pub(crate) enum Try {
    /// Settled, one way or the other.
    Answered(Answer),
    /// Worth another try, not before this many milliseconds if the peer said so; the text is the latest obstacle.
    Again {
        /// `Retry-After`, in milliseconds.
        after_ms: Option<u64>,
        /// For people.
        why: String,
    },
}

/// What became of a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// The effect is done with.
    Settled,
    /// It waits for its next try.
    Later,
}

impl Runtime {
    pub(crate) fn wake_courier(&self, participant: &str, case: &str) {
        let key = (participant.to_owned(), case.to_owned());
        if let Some(bell) = self.inner.couriers.call(&key) {
            let runtime = self.clone();
            let courier = async move {
                let deliver = || runtime.deliver_all(&key, &bell);
                runtime.run_courier(&runtime.inner.couriers, &key, &bell, deliver).await;
            };
            tokio::spawn(courier.in_current_span());
        }
    }

    async fn deliver_all(&self, key: &CaseKey, bell: &Notify) -> Result<(), Fault> {
        loop {
            let rows = self.inner.store.outbox(&key.0, &key.1).await?;
            let Some(row) = rows.first() else { return Ok(()) };
            let now = self.now().unix_ms();
            if row.not_before > now {
                let wait = Duration::from_millis(u64::try_from(row.not_before - now).unwrap_or(0));
                // Rung or not, the case may have moved on meanwhile: look again.
                let _ = tokio::time::timeout(wait, bell.notified()).await;
                continue;
            }
            if self.is_held_back(&key.0, &key.1).await? {
                self.wait_for_callbacks(row, bell).await?;
                continue;
            }
            let delivered = self.deliver_next(key, row).await;
            // Who waited for the end of the call need not wait for its answer.
            self.inner.news.tell_of_case(&key.0, &key.1);
            // What came meanwhile has called the courier again.
            if delivered? == Delivered::Settled && rows.len() == 1 {
                return Ok(());
            }
        }
    }

    async fn deliver_next(&self, key: &CaseKey, row: &OutboxRow) -> Result<Delivered, Fault> {
        if row.kind == PUSH_KIND {
            return self.deliver_push(row).await;
        }
        // While data are pushed the peer is not being called: nobody needs to wait for the end of that.
        self.inner.couriers.set_calling(key, true);
        let delivered = if row.kind == FOLLOW_ON {
            self.begin_follow_on(row).await.map(|()| Delivered::Settled)
        } else if is_of_a_transfer(row) {
            self.deliver_one::<Transfer>(row).await
        } else {
            self.deliver_one::<Negotiation>(row).await
        };
        self.inner.couriers.set_calling(key, false);
        delivered
    }

    /// Waits until a transactional callback address has been told, or the message may have changed, or its deadline has passed: then
    /// it lapses.
    async fn wait_for_callbacks(&self, row: &OutboxRow, bell: &Notify) -> Result<(), Fault> {
        let left = row.deadline_at.saturating_sub(self.now().unix_ms());
        if let Ok(left) = u64::try_from(left)
            && left > 0
        {
            let _ = tokio::time::timeout(Duration::from_millis(left), bell.notified()).await;
            return Ok(());
        }
        let why = "a transactional callback address was not told of what came before".to_owned();
        if row.kind == PUSH_KIND {
            self.settle_push(row, Pushed::Failed { reason: why }).await
        } else if is_of_a_transfer(row) {
            self.settle_message::<Transfer>(row, Answer::Lapsed(why), Vec::new())
                .await
        } else {
            self.settle_message::<Negotiation>(row, Answer::Lapsed(why), Vec::new())
                .await
        }
    }

    async fn deliver_one<K: Kind>(&self, row: &OutboxRow) -> Result<Delivered, Fault> {
        let (attempt, raw) = self.send_row::<K>(row).await?;
        let answer = match attempt {
            Try::Answered(answer) => answer,
            Try::Again { after_ms, why } => match self.try_again(row, after_ms, why).await? {
                None => return Ok(Delivered::Later),
                Some(why) => Answer::Lapsed(why),
            },
        };
        self.settle_message::<K>(row, answer, raw).await?;
        Ok(Delivered::Settled)
    }

    async fn deliver_push(&self, row: &OutboxRow) -> Result<Delivered, Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        let loaded = self.recall::<Transfer>(&row.participant, &row.case_id).await?;
        let case = loaded.ok_or(Fault::NotFound)?.case;
        let outcome = match self.push(&hosted, &case, row).await? {
            // Cut by a word that did not stand after all: it is due as before.
            PushTry::Ended(Pushed::Cut) if self.is_due(row).await? => {
                match self
                    .try_again(row, None, "the way was closed meanwhile".to_owned())
                    .await?
                {
                    None => return Ok(Delivered::Later),
                    Some(reason) => Pushed::Failed { reason },
                }
            }
            PushTry::Ended(outcome) => outcome,
            PushTry::Again { after_ms, why } => match self.try_again(row, after_ms, why).await? {
                None => return Ok(Delivered::Later),
                Some(reason) => Pushed::Failed { reason },
            },
        };
        self.settle_push(row, outcome).await?;
        Ok(Delivered::Settled)
    }

    /// Whether the push `row` is still to be delivered.
    async fn is_due(&self, row: &OutboxRow) -> Result<bool, Fault> {
        let loaded = self.recall::<Transfer>(&row.participant, &row.case_id).await?;
        Ok(loaded.is_some_and(|loaded| loaded.case.push().as_deref() == Some(&row.effect_id)))
    }

    /// Puts the effect off until its next try; gives the obstacle back when there will be none.
    async fn try_again(&self, row: &OutboxRow, after_ms: Option<u64>, why: String) -> Result<Option<String>, Fault> {
        let now = self.now().unix_ms();
        let delay = pause_ms(after_ms, row.attempts, self.inner.config.retry_base_ms);
        let next = now.saturating_add(i64::try_from(delay).unwrap_or(i64::MAX));
        if next >= row.deadline_at {
            return Ok(Some(why));
        }
        tracing::debug!(effect = %row.effect_id, %why, delay, "not delivered yet");
        self.inner.obstacles.meet(row, &why);
        let attempts = row.attempts.saturating_add(1);
        let store = &self.inner.store;
        store
            .reschedule(&row.participant, &row.effect_id, attempts, next)
            .await?;
        Ok(None)
    }

    async fn settle_message<K: Kind>(
        &self,
        row: &OutboxRow,
        answer: Answer,
        raw: Vec<RawMessage>,
    ) -> Result<(), Fault> {
        let sent = Sent {
            effect: &row.effect_id,
            message: row.kind.split_once(':').map_or("", |(_, message)| message),
            body: &row.body,
        };
        self.settle(row, raw, |case: K, facts| case.deliver(&sent, answer.clone(), facts))
            .await
    }

    async fn settle_push(&self, row: &OutboxRow, outcome: Pushed) -> Result<(), Fault> {
        self.settle(row, Vec::new(), |case, facts| {
            transfer::pushed(case, &row.effect_id, outcome.clone(), facts)
        })
        .await
    }

    /// Feeds the result back as an input.
    async fn settle<K: Kind>(
        &self,
        row: &OutboxRow,
        raw: Vec<RawMessage>,
        stepped: impl Fn(K, &Facts<'_>) -> Step<K>,
    ) -> Result<(), Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        for _ in 0..RACES {
            let turn = self.inner.locks.hold(&row.participant, &row.case_id).await;
            let loaded = self
                .recall::<K>(&row.participant, &row.case_id)
                .await?
                .ok_or(Fault::NotFound)?;
            let access = self.access(&hosted);
            let facts = self.facts(&hosted, &access)?;
            let before = standing(&loaded.case);
            let was_unknown = loaded.case.head().peer_pid.is_none();
            let step = stepped(loaded.case, &facts);
            let is_no_news = step.case.as_ref().is_some_and(|case| standing(case) == before);
            let outcome = self
                .commit(
                    &hosted,
                    Some(loaded.version),
                    &step,
                    Carried {
                        raw: raw.clone(),
                        is_no_news,
                        ..Carried::default()
                    },
                )
                .await?;
            if matches!(outcome, Outcome::Committed) {
                self.after_commit(&hosted, &step);
                drop(turn);
                if let Some(case) = step.case.as_ref().filter(|_| was_unknown) {
                    self.look_for_retirement(&hosted, case);
                }
                self.announce(&row.participant, &row.case_id);
                return Ok(());
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }
}

fn is_of_a_transfer(row: &OutboxRow) -> bool {
    row.kind.starts_with(<Transfer as Kind>::NAME)
}

/// What people follow a case for. The answer to a move that was settled before it came changes none of it.
fn standing<K: Kind>(case: &K) -> (&'static str, Option<PeerFault>) {
    (case.phase(), case.fault().cloned())
}
