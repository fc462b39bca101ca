//! Alarms as people and programs see them.

use super::time;
use crate::{Fault, Runtime};
use chapar_store::AlarmRow;
use serde_json::{Value, json};

/// What is shown of the body of an alarm.
const SHOWN: [&str; 4] = ["notes", "prefix", "resource", "resourceHash"];

impl Runtime {
    /// The alarms that are kept, what was seen last first.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn list_alarms(&self) -> Result<Value, Fault> {
        let rows = self.inner.store.list_alarms().await?;
        Ok(json!({ "items": rows.iter().map(view).collect::<Vec<_>>() }))
    }

    /// Those of one log.
    pub(crate) async fn alarms_of(&self, origin: &str) -> Result<Vec<Value>, Fault> {
        Ok(self.inner.store.alarms_of(origin).await?.iter().map(view).collect())
    }
}

fn view(row: &AlarmRow) -> Value {
    let mut view = json!({
        "id": row.id,
        "origin": row.origin,
        "alarm": row.alarm,
        "verdict": row.verdict,
        "seenAt": time(row.seen_at),
        "lastAt": time(row.last_at),
        "times": row.times,
    });
    let Some(members) = view.as_object_mut() else {
        return view;
    };
    let mut tell = |name: &str, value: Option<Value>| members.extend(value.map(|value| (name.to_owned(), value)));
    let text = |text: &str| Some(Value::from(text)).filter(|_| !text.is_empty());
    tell("place", text(&row.place));
    tell("why", text(&row.why));
    tell("clearedAt", row.cleared_at.map(time));
    tell("toldBy", row.told_by.as_deref().and_then(text));
    tell("record", row.record_id.as_deref().and_then(text));
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    for name in SHOWN {
        tell(name, body.get(name).cloned());
    }
    view
}
