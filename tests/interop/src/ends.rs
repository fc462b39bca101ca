//! How transfers ended at a connector that afterwards calls all of them put away: its log tells it.
//!
//! Refuses to know any other line of that log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The ends heard of so far, by the ids of the transfers.
#[derive(Clone, Default)]
pub struct Ends(Arc<Mutex<BTreeMap<String, String>>>);

impl Ends {
    /// Hears a line of the log.
    pub fn hear(&self, line: &str) {
        let told = line.split_once(" TransferProcess ");
        let Some((id, rest)) = told.and_then(|(_, told)| told.split_once(" is now in state ")) else {
            return;
        };
        // Behind a dot it may say why.
        let state = rest.split('.').next().unwrap_or(rest);
        if matches!(state, "COMPLETED" | "TERMINATED") {
            self.0.lock().unwrap().insert(id.to_owned(), state.to_owned());
        }
    }

    /// How this transfer ended, if that was told.
    pub fn of(&self, id: &str) -> Option<String> {
        self.0.lock().unwrap().get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_state_before_a_transfer_is_put_away_is_its_end() {
        let ends = Ends::default();
        for line in [
            "DEBUG 2026-11-26T08:00:35 TransferProcess a is now in state COMPLETING_REQUESTED",
            "DEBUG 2026-11-26T08:00:36 [PolicyMonitorManagerImpl] PolicyMonitorEntry b is now in state COMPLETED",
            "DEBUG 2026-11-26T08:00:36 [TransferProcessManagerImpl] TransferProcess a is now in state COMPLETED",
            "DEBUG 2026-11-26T08:00:36 [TransferProcessManagerImpl] TransferProcess a is now in state DEPROVISIONED",
            "DEBUG 2026-11-26T08:00:38 [TransferProcessManagerImpl] TransferProcess c is now in state TERMINATED. errorDetail: x",
        ] {
            ends.hear(line);
        }
        assert_eq!(ends.of("a").as_deref(), Some("COMPLETED"));
        assert_eq!(ends.of("b"), None);
        assert_eq!(ends.of("c").as_deref(), Some("TERMINATED"));
    }
}
