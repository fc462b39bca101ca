//! The way of messages to peers: what a case's courier sends, in order, and what becomes of it.

use crate::commit::{Carried, Outcome, RACES};
use crate::couriers::pause_ms;
use crate::follow_on::FOLLOW_ON;
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_evidence::RawMessage;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::track::PeerFault;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Answer, Sent};
use chapar_store::OutboxRow;
use std::time::Duration;
use tokio::sync::Notify;
use tracing::Instrument;

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
            self.inner.couriers.set_calling(key, true);
            let delivered = if row.kind == FOLLOW_ON {
                self.begin_follow_on(row).await.map(|()| Delivered::Settled)
            } else if is_of_a_transfer(row) {
                self.deliver_one::<Transfer>(row).await
            } else {
                self.deliver_one::<Negotiation>(row).await
            };
            self.inner.couriers.set_calling(key, false);
            // Who waited for the end of the call need not wait for its answer.
            self.inner.news.tell_of_case(&key.0, &key.1);
            // What came meanwhile has called the courier again.
            if delivered? == Delivered::Settled && rows.len() == 1 {
                return Ok(());
            }
        }
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
        let lapsed = Answer::Lapsed("a transactional callback address was not told of what came before".to_owned());
        if is_of_a_transfer(row) {
            self.settle::<Transfer>(row, lapsed, Vec::new()).await
        } else {
            self.settle::<Negotiation>(row, lapsed, Vec::new()).await
        }
    }

    async fn deliver_one<K: Kind>(&self, row: &OutboxRow) -> Result<Delivered, Fault> {
        let (attempt, raw) = self.send_row::<K>(row).await?;
        let answer = match attempt {
            Try::Answered(answer) => answer,
            Try::Again { after_ms, why } => {
                let now = self.now().unix_ms();
                let delay = pause_ms(after_ms, row.attempts, self.inner.config.retry_base_ms);
                let next = now.saturating_add(i64::try_from(delay).unwrap_or(i64::MAX));
                if next < row.deadline_at {
                    tracing::debug!(effect = %row.effect_id, %why, delay, "not delivered yet");
                    self.inner
                        .store
                        .reschedule(&row.participant, &row.effect_id, row.attempts.saturating_add(1), next)
                        .await?;
                    return Ok(Delivered::Later);
                }
                Answer::Lapsed(why)
            }
        };
        self.settle::<K>(row, answer, raw).await?;
        Ok(Delivered::Settled)
    }

    /// Feeds the result back as an input.
    async fn settle<K: Kind>(&self, row: &OutboxRow, answer: Answer, raw: Vec<RawMessage>) -> Result<(), Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        let sent = Sent {
            effect: &row.effect_id,
            message: row.kind.split_once(':').map_or("", |(_, message)| message),
            body: &row.body,
        };
        for _ in 0..RACES {
            let turn = self.inner.locks.hold(&row.participant, &row.case_id).await;
            let loaded = self
                .recall::<K>(&row.participant, &row.case_id)
                .await?
                .ok_or(Fault::NotFound)?;
            let access = self.access(&hosted);
            let facts = self.facts(&hosted, &access)?;
            let before = standing(&loaded.case);
            let step = loaded.case.deliver(&sent, answer.clone(), &facts);
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
