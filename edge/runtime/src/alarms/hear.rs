//! Alarms that others tell in the records of their logs. The key in an alarm counts for nothing: its notes are judged by the keys under
//! which the log is known here, and an alarm that proves nothing is told as such, with who told it.

use super::{ASSERTED, PROVEN, UNFOUNDED, UNKNOWN, row};
use crate::mirrors::Caught;
use crate::witness::keys_of;
use crate::{Fault, Runtime};
use chapar_register::{Alarm, Judged, LogState};
use chapar_store::AlarmRow;
use chapar_tlog::VerifierKey;
use serde_json::{Value, json};

/// The keys of a log as far as they are known here.
struct Known {
    keys: Vec<VerifierKey>,
    /// Whether they are all of them: of a log of which nothing was taken yet only the pinned one is.
    is_whole: bool,
}

impl Runtime {
    /// Hears what the record `record_id` of a mirrored log says of another log.
    ///
    /// # Errors
    /// The store does not answer; hear it again.
    pub(crate) async fn hear_alarm(&self, record_id: &str, body: &Value) -> Result<(), Fault> {
        match Alarm::parse(body) {
            Ok(alarm) => {
                let row = AlarmRow {
                    told_by: Some(record_id.to_owned()),
                    last_at: self.now().unix_ms(),
                    ..row(&alarm, record_id.to_owned(), UNKNOWN)?
                };
                self.judge_alarm(&alarm, row).await
            }
            Err(why) => {
                tracing::warn!(told_by = record_id, %why, "an alarm about a log cannot be read: it accuses nobody");
                Ok(())
            }
        }
    }

    /// Judges again what was told of a log when its keys were not known: they may be now.
    ///
    /// # Errors
    /// As for [`Runtime::hear_alarm`].
    pub(crate) async fn judge_told_of(&self, origin: &str) -> Result<(), Fault> {
        for row in self.inner.store.alarms_of(origin).await? {
            if row.verdict != UNKNOWN {
                continue;
            }
            let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
            if let Ok(alarm) = Alarm::parse(&body) {
                self.judge_alarm(&alarm, row).await?;
            }
        }
        Ok(())
    }

    async fn judge_alarm(&self, alarm: &Alarm, told: AlarmRow) -> Result<(), Fault> {
        let Some(known) = self.known_keys(alarm).await? else {
            tracing::warn!(log = alarm.origin(), told_by = told.told_by, alarm = %alarm.kind, "a log that is not known here is said to have lied");
            self.inner.store.keep_alarm(told).await?;
            return Ok(());
        };
        let caught = match alarm.judge(self.inner.suite.as_ref(), &known.keys) {
            Judged::Forked(fork) => Caught::Forked(fork),
            Judged::Impossible(note) => Caught::EmptyRoot(note),
            Judged::Asserted => {
                tracing::warn!(log = alarm.origin(), told_by = told.told_by, alarm = %alarm.kind, place = told.place, "it is said of a log what its notes cannot prove");
                return self.keep_judged(told, ASSERTED, String::new()).await;
            }
            // A key that only its entries name may have signed.
            Judged::Unfounded(why) if !known.is_whole => return self.keep_judged(told, UNKNOWN, why).await,
            Judged::Unfounded(why) => {
                tracing::warn!(
                    log = alarm.origin(),
                    told_by = told.told_by,
                    why,
                    "an alarm about a log proves nothing: whoever told it is wrong or lies"
                );
                return self.keep_judged(told, UNFOUNDED, why).await;
            }
        };
        let mut view = caught.view();
        if let (Some(members), Some(teller)) = (view.as_object_mut(), &told.told_by) {
            members.insert("toldBy".to_owned(), json!(teller));
        }
        tracing::error!(
            log = alarm.origin(),
            told_by = told.told_by,
            why = caught.why(),
            "a log lied, as others told: its own notes prove it"
        );
        let id = told.id.clone();
        self.convict(&view, judged(told, PROVEN, String::new())).await?;
        self.inner.store.set_alarm_verdict(&id, PROVEN, "").await?;
        Ok(())
    }

    async fn keep_judged(&self, told: AlarmRow, verdict: &str, why: String) -> Result<(), Fault> {
        let (id, store) = (told.id.clone(), &self.inner.store);
        store.keep_alarm(judged(told, verdict, why.clone())).await?;
        // One that was kept before has another verdict there.
        store.set_alarm_verdict(&id, verdict, &why).await?;
        Ok(())
    }

    /// Under which keys the log of an alarm is known here, as a mirror, to the witness, or as one of the house.
    async fn known_keys(&self, alarm: &Alarm) -> Result<Option<Known>, Fault> {
        let (store, origin) = (&self.inner.store, alarm.origin());
        let log = store.log(origin).await?;
        if let Some(row) = store.mirror(origin).await? {
            let state = LogState::decode(&row.state)?;
            if !state.keys().is_empty() {
                // As when the log itself shows a note: a key that is revoked by now proves nothing.
                let sizes = alarm.notes.iter().map(|note| note.checkpoint().size);
                let size = sizes.max().unwrap_or_default().max(state.frontier().size());
                return Ok(Some(Known {
                    keys: state.keys().log_keys(size),
                    is_whole: true,
                }));
            }
        }
        if let Some(row) = store.witnessed(origin).await? {
            return Ok(Some(Known {
                keys: keys_of(&row)?,
                is_whole: true,
            }));
        }
        let Some(log) = log else { return Ok(None) };
        Ok(Some(Known {
            keys: vec![VerifierKey::parse(&log.vkey)?],
            is_whole: log.participant.is_some(),
        }))
    }
}

fn judged(told: AlarmRow, verdict: &str, why: String) -> AlarmRow {
    AlarmRow {
        verdict: verdict.to_owned(),
        why,
        ..told
    }
}
