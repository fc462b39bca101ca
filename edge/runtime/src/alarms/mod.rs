//! Alarms: what no honest log shows, seen here or told by others, kept with what proves it.
//!
//! What this node saw itself it tells in a record of the house (`tell`), once for each lie; what others tell in theirs is judged by the
//! notes alone (`hear`). Refuses to look at logs (`mirrors`, `witness`) and to know what notes prove (`chapar_register`).

mod hear;
mod tell;
mod view;

use crate::{Fault, Runtime};
use chapar_register::Alarm;
use chapar_store::AlarmRow;
use chapar_terms::{Digest, Instant};
use serde_json::Value;
use tokio::sync::Notify;

/// The log's own signatures convict it.
pub(crate) const PROVEN: &str = "proven";
/// It is somebody's word.
pub(crate) const ASSERTED: &str = "asserted";
/// It proves nothing: somebody lies about a log.
pub(crate) const UNFOUNDED: &str = "unfounded";
/// No key of the log is known here.
pub(crate) const UNKNOWN: &str = "unknown";

/// Wakes whoever tells of them.
#[derive(Default)]
pub(crate) struct Alarms {
    bell: Notify,
}

impl Alarms {
    /// There is something to tell, or somebody new who may tell it, or it is over.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }
}

/// What this node saw itself, as it is kept.
///
/// # Errors
/// A note cannot be written: ours.
pub(crate) fn seen_here(alarm: &Alarm, verdict: &str, is_due: bool) -> Result<AlarmRow, Fault> {
    Ok(AlarmRow {
        is_due,
        ..row(alarm, alarm.id().hex(), verdict)?
    })
}

fn row(alarm: &Alarm, id: String, verdict: &str) -> Result<AlarmRow, Fault> {
    let at = alarm.seen_at.unix_ms();
    Ok(AlarmRow {
        id,
        origin: alarm.origin().to_owned(),
        alarm: alarm.kind.as_str().to_owned(),
        place: alarm.place.clone().unwrap_or_default(),
        body: alarm.to_body()?.to_string(),
        told_by: None,
        verdict: verdict.to_owned(),
        why: String::new(),
        seen_at: at,
        last_at: at,
        times: 1,
        cleared_at: None,
        is_due: false,
        record_id: None,
    })
}

impl Runtime {
    /// A log lied, as `caught` shows: nothing more of it is taken where it is mirrored, and the alarm is kept with that.
    ///
    /// # Errors
    /// It could not be written; try again.
    pub(crate) async fn convict(&self, caught: &Value, alarm: AlarmRow) -> Result<(), Fault> {
        let (origin, is_due) = (alarm.origin.clone(), alarm.is_due);
        let store = &self.inner.store;
        if !store
            .catch_mirror(&origin, caught.to_string(), Some(alarm.clone()))
            .await?
        {
            // It was caught before, or it is not mirrored here.
            store.keep_alarm(alarm).await?;
        }
        self.tell_of_caught(&origin, caught);
        if is_due {
            self.inner.alarms.ring();
        }
        Ok(())
    }

    /// The same where the alarm is kept already.
    ///
    /// # Errors
    /// As for [`Runtime::convict`].
    pub(crate) async fn flag(&self, origin: &str, caught: &Value) -> Result<(), Fault> {
        self.inner.store.catch_mirror(origin, caught.to_string(), None).await?;
        self.tell_of_caught(origin, caught);
        Ok(())
    }

    fn tell_of_caught(&self, origin: &str, caught: &Value) {
        let Some(mirror) = self.inner.mirrors.find(&Digest::of(origin.as_bytes())) else {
            return;
        };
        let text = |name: &str| caught.get(name).and_then(Value::as_str).unwrap_or_default();
        if mirror.catch(caught.clone()) {
            tracing::error!(
                log = origin,
                owner = mirror.owner,
                code = text("code"),
                why = text("why"),
                "a mirrored log was caught: nothing more of it is taken, and the notes that prove it are kept"
            );
        }
    }
}

fn time(ms: i64) -> Value {
    Instant::from_unix_ms(ms).rfc3339().into()
}
