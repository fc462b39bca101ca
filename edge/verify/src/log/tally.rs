//! What is counted of a register besides what its report says: records by kind, and the keys.

use chapar_register::{KeyUse, ListedKey, LogState, Report, Standing, Statement, Taken, Weight};
use std::collections::BTreeMap;

/// The kind that lists keys.
const KEY_SET: &str = "key-set";

#[derive(Default)]
pub(super) struct Tally {
    kinds: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn take(&mut self, taken: &Taken) {
        if let Ok(accepted) = &taken.verdict {
            let kind = accepted.record.header().kind.as_str();
            *self.kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }

    /// `state` is there when the log is the tree that was signed; `is_known`, when somebody demanded whose it is.
    pub(super) fn say(&self, state: Option<&LogState>, is_known: bool, report: &mut Report) {
        let standing = match state {
            Some(_) => Standing::Proven,
            None => Standing::Asserted,
        };
        let additional = |code, standing| Statement::new(code, standing, Weight::Additional);
        for (kind, count) in &self.kinds {
            let said = additional("records-of-kind", standing);
            report.say(said.with("kind", kind).with("count", count));
        }
        let Some(state) = state else {
            return;
        };
        let whose = if is_known { Standing::Proven } else { Standing::Asserted };
        report.say(additional("log-of-participant", whose).with("participant", state.participant()));
        let changes = self.kinds.get(KEY_SET).map_or(0, |count| count.saturating_sub(1));
        report.say(additional("key-changes", standing).with("count", changes));
        for key in state.keys().listed() {
            report.say(of_key(additional("key-listed", standing), key));
        }
    }
}

fn of_key(said: Statement, key: &ListedKey) -> Statement {
    let signs = match &key.key {
        KeyUse::Record(_) => "records",
        KeyUse::Log(_) => "checkpoints",
    };
    let said = said
        .with("id", &key.id)
        .with("signs", signs)
        .with("from", key.valid_from);
    match key.revoked {
        Some((at, reason)) => said.with("revoked", at).with("reason", reason),
        None => said,
    }
}
