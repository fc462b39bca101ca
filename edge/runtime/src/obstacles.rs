//! Why the last try to deliver something of a case failed, while it is tried again: shown with the case, so that nobody has to wait
//! for the deadline to learn that the peer is not there.
//!
//! In memory alone: after a restart the next try tells it anew. Refuses to end anything; that is the deadline's.

use chapar_store::OutboxRow;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// More cases than these are not told of: a node whose peers are all away is told enough.
const MOST: usize = 10_000;

/// The obstacles, by participant and case.
#[derive(Default)]
pub(crate) struct Obstacles(Mutex<BTreeMap<(String, String), Obstacle>>);

struct Obstacle {
    /// What could not be delivered.
    message: String,
    why: String,
}

impl Obstacles {
    /// `row` could not be delivered this time.
    pub(crate) fn meet(&self, row: &OutboxRow, why: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (row.participant.clone(), row.case_id.clone());
        if all.len() >= MOST && !all.contains_key(&key) {
            return;
        }
        let message = row
            .kind
            .split_once(':')
            .map_or(row.kind.as_str(), |(_, message)| message);
        let obstacle = Obstacle {
            message: message.to_owned(),
            why: why.to_owned(),
        };
        all.insert(key, obstacle);
    }

    /// Nothing of the case is in the way any more.
    pub(crate) fn over(&self, slug: &str, case: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&(slug.to_owned(), case.to_owned()));
    }

    /// Adds the obstacle to the view of a case, where it says of no other trouble. To its text alone: no move has failed yet, and who
    /// waits for the case waits on.
    pub(crate) fn add_to(&self, slug: &str, mut view: Value) -> Value {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = view.get("id").and_then(Value::as_str).unwrap_or_default();
        let obstacle = all.get(&(slug.to_owned(), id.to_owned()));
        if let (Some(obstacle), Some(members)) = (obstacle, view.as_object_mut()) {
            let Obstacle { message, why } = obstacle;
            let told = format!("`{message}` is not answered yet, and is sent again: {why}");
            members.entry("errorDetail").or_insert(json!(told));
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_until_it_is_over_and_hides_no_other_trouble() {
        let obstacles = Obstacles::default();
        let row = OutboxRow {
            effect_id: "c#1".to_owned(),
            participant: "p".to_owned(),
            case_id: "c".to_owned(),
            position: 1,
            kind: "negotiation:ContractRequestMessage".to_owned(),
            body: Vec::new(),
            target: String::new(),
            deadline_at: 0,
            attempts: 0,
            not_before: 0,
            created_at: 0,
        };
        obstacles.meet(&row, "connection refused");
        let told = obstacles.add_to("p", json!({ "id": "c" }));
        assert_eq!(
            told["errorDetail"],
            "`ContractRequestMessage` is not answered yet, and is sent again: connection refused"
        );
        let other = json!({ "id": "c", "error": { "code": "x" }, "errorDetail": "y" });
        assert_eq!(obstacles.add_to("p", other.clone()), other);
        assert_eq!(obstacles.add_to("q", json!({ "id": "c" })), json!({ "id": "c" }));
        obstacles.over("p", "c");
        assert_eq!(obstacles.add_to("p", json!({ "id": "c" })), json!({ "id": "c" }));
    }
}
