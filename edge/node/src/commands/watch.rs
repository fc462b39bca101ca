//! Waiting on a case: the event stream wakes, the case itself is read again, and each change is one line.

use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use serde_json::Value;
use std::time::{Duration, Instant};

/// What a reading of the case means to whoever waits.
pub enum Verdict {
    /// It is where it was to come.
    Reached,
    /// It can still come there.
    Wait,
    /// It cannot any more, for this reason.
    Lost(String),
}

/// Whether each change is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A line on the standard error output for each.
    Told,
    /// Nothing.
    Silent,
}

/// What is waited for.
pub struct Wait<'a> {
    /// `negotiations` or `transfers`.
    pub list: &'a str,
    /// The case.
    pub id: &'a str,
    /// At most so long.
    pub limit: Duration,
    /// Whether changes are told.
    pub progress: Progress,
}

impl Wait<'_> {
    /// Waits until `judge` says that the case is there; returns it as it is then.
    ///
    /// # Errors
    /// It cannot come there any more, or the time is over.
    pub async fn until(&self, api: &OwnApi, judge: impl Fn(&Value) -> Verdict) -> Result<Value, Failure> {
        let watching = self.watch(api, judge);
        tokio::time::timeout(self.limit, watching).await.unwrap_or_else(|_| {
            let what = format!("`{}` did not get there within {} s", self.id, self.limit.as_secs());
            Err(Failure::new(what)
                .remedy("it goes on at the node; look again with the same id, or wait longer with --wait"))
        })
    }

    async fn watch(&self, api: &OwnApi, judge: impl Fn(&Value) -> Verdict) -> Result<Value, Failure> {
        let path = format!("/{}/{}", self.list, segment(self.id));
        let began = Instant::now();
        // First the stream, then the case: a change between the two is seen in either.
        let mut events = api.events(Some(self.id)).await?;
        let mut told = String::new();
        loop {
            let case = api.read(&path).await?;
            self.tell(&case, &mut told, began);
            match judge(&case) {
                Verdict::Reached => return Ok(case),
                Verdict::Wait => events.next().await?,
                Verdict::Lost(why) => return Err(Failure::new(why)),
            };
        }
    }

    fn tell(&self, case: &Value, told: &mut String, began: Instant) {
        let phase = text(case, "phase").to_owned();
        if self.progress == Progress::Told && phase != *told {
            errln!("  +{:.2}s  {phase}", began.elapsed().as_secs_f64());
        }
        *told = phase;
    }
}

/// Whether the case stands in `state` with no move under way.
pub fn stands_in(case: &Value, state: &str) -> bool {
    text(case, "state") == state && case.get("pending").is_none()
}

/// Why the case will not move any more by itself, if so: it ended otherwise, or the peer refused our move.
pub fn obstacle(case: &Value) -> Option<String> {
    if text(case, "state") == "TERMINATED" {
        let ended = case.get("ended").cloned().unwrap_or(Value::Null);
        let reasons = reasons(&ended);
        return Some(format!("it was terminated by the {}{reasons}", text(&ended, "by")));
    }
    let error = case.get("error").filter(|_| case.get("pending").is_none())?;
    let status = error
        .get("status")
        .map_or_else(String::new, |status| format!(" with {status}"));
    Some(format!(
        "the peer refused the {}{status} {}{}",
        text(error, "message"),
        text(error, "code"),
        reasons(error)
    ))
}

fn reasons(value: &Value) -> String {
    let reasons = value
        .get("reason")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let reasons: Vec<&str> = reasons.collect();
    if reasons.is_empty() {
        String::new()
    } else {
        format!(": {}", reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn obstacles_are_told() {
        assert_eq!(
            obstacle(&json!({ "state": "REQUESTED", "pending": "ContractAgreementMessage" })),
            None
        );
        let refused = json!({ "state": "INITIAL", "error": { "message": "ContractRequestMessage", "status": 404, "code": "offer-unknown", "reason": ["no such offer"] } });
        assert_eq!(
            obstacle(&refused).unwrap(),
            "the peer refused the ContractRequestMessage with 404 offer-unknown: no such offer"
        );
        let ended = json!({ "state": "TERMINATED", "ended": { "by": "provider", "reason": ["no"] } });
        assert_eq!(obstacle(&ended).unwrap(), "it was terminated by the provider: no");
        let again = json!({ "state": "AGREED", "pending": "X", "error": { "code": "old" } });
        assert_eq!(obstacle(&again), None, "a new move is under way");
    }
}
