//! Telling others what this node saw of a log: a `log-alarm` in the register of a participant of the house.
//!
//! What is to be told is durable with what was seen, and the record's name follows from the lie: so whatever is cut off, at the end there
//! is one record of it and no second. Refuses to tell on what others told: each node tells what it saw.

use crate::hosted::{Hosted, Identity};
use crate::logs::REGISTER;
use crate::records::{Wish, record_of};
use crate::{Fault, Runtime};
use chapar_register::LOG_ALARM;
use chapar_store::AlarmRow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Pause after a fault, and while nobody can tell.
const PAUSE: Duration = Duration::from_secs(30);
/// Characters of a lie's hash in the name of its record.
const NAME: usize = 32;

impl Runtime {
    /// Tells what is to be told, from now on and from before.
    pub(crate) fn watch_alarms(&self) {
        let runtime = self.clone();
        tokio::spawn(async move {
            while !runtime.inner.stopping.load(Ordering::Relaxed) {
                match runtime.tell_alarms().await {
                    Ok(true) => runtime.inner.alarms.bell.notified().await,
                    // A register may be asking others just now whether it is whole.
                    Ok(false) => runtime.pause_alarms().await,
                    Err(fault) => {
                        tracing::error!(%fault, "what was seen of a log is not told yet; it is tried again");
                        runtime.pause_alarms().await;
                    }
                }
            }
        });
    }

    async fn pause_alarms(&self) {
        let _ = tokio::time::timeout(PAUSE, self.inner.alarms.bell.notified()).await;
    }

    /// Whether nothing is left to be told.
    async fn tell_alarms(&self) -> Result<bool, Fault> {
        let due = self.inner.store.due_alarms().await?;
        let Some(first) = due.first() else { return Ok(true) };
        let Some(hosted) = self.alarm_teller() else {
            tracing::debug!(
                log = first.origin,
                "a log lied, and nobody of this house can say so in a register: add a participant"
            );
            return Ok(false);
        };
        for row in &due {
            self.tell_alarm(&hosted, row).await?;
        }
        Ok(true)
    }

    /// Who speaks for the node: whom the operator named, or the first who has a register.
    fn alarm_teller(&self) -> Option<Arc<Hosted>> {
        let may = |hosted: &Arc<Hosted>| {
            let log = self.inner.logs.find(hosted.slug.as_str(), REGISTER);
            matches!(hosted.identity, Identity::Did(_)) && log.is_some_and(|log| log.is_open())
        };
        match &self.inner.config.mirrors.alarm_as {
            Some(slug) => self.hosted(slug).filter(may),
            None => self.everyone().into_iter().find(may),
        }
    }

    async fn tell_alarm(&self, hosted: &Hosted, row: &AlarmRow) -> Result<(), Fault> {
        let _turn = self.records_turn(hosted.slug.as_str()).await;
        self.tell_keys(hosted).await?;
        let log = self.register_of(hosted)?;
        let local = format!("alarm-{}", row.id.get(..NAME).unwrap_or(&row.id));
        let record = match self.newest_entry(&log, &local).await? {
            Some(entry) => record_of(&entry.leaf)?,
            None => self.write_alarm(hosted, local, row).await?,
        };
        let id = record.header().id.to_string();
        tracing::warn!(
            log = row.origin,
            alarm = row.alarm,
            record = id,
            "others are told what was seen of a log"
        );
        self.inner.store.set_alarm_told(&row.id, &id).await?;
        Ok(())
    }

    async fn write_alarm(
        &self,
        hosted: &Hosted,
        local: String,
        row: &AlarmRow,
    ) -> Result<chapar_register::Record, Fault> {
        let body = serde_json::from_str(&row.body);
        let wish = Wish::open(
            LOG_ALARM,
            local,
            body.map_err(|_| Fault::Internal("an alarm was stored otherwise".to_owned()))?,
        )?;
        let composed = self.compose(hosted, wish).await?;
        let mut records = self.commit_records(hosted, composed.into_iter().collect()).await?;
        records
            .pop()
            .ok_or_else(|| Fault::Internal("an alarm says nothing".to_owned()))
    }
}
