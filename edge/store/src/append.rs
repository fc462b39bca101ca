//! Appends: entries of a log with their events, and nothing else. Those of a group that go into one log are rows of one statement, so
//! that however many there are, they cross over to the connection once.
//!
//! They cannot be told apart there: when one of them breaks a constraint, none is written, and the writer runs them one by one.

use crate::insert;
use crate::script::Script;
use crate::step::Prepared;
use crate::writer::GROUP;
use crate::{CaseWrite, NewEntry, NewEvent, StepWrite};
use std::collections::BTreeMap;

/// What one caller appends.
pub(crate) struct Append {
    participant: String,
    entries: Vec<NewEntry>,
    events: Vec<NewEvent>,
}

impl Append {
    /// Takes the entries and events out of a step that has nothing else; none where it has.
    pub(crate) fn of(write: &mut StepWrite) -> Option<Self> {
        let CaseWrite::Untouched { participant } = &write.case else {
            return None;
        };
        let is_append = write.agreement.is_none()
            && write.replay.is_none()
            && write.evidence.is_empty()
            && write.outbox_add.is_empty()
            && write.outbox_done.is_empty()
            && write.callbacks.is_empty()
            && !write.entries.is_empty();
        is_append.then(|| Self {
            participant: participant.clone(),
            entries: std::mem::take(&mut write.entries),
            events: std::mem::take(&mut write.events),
        })
    }

    fn origin(&self) -> Option<&str> {
        self.entries.first().map(|entry| entry.origin.as_str())
    }

    /// Events that it brings.
    pub(crate) const fn events(&self) -> usize {
        self.events.len()
    }
}

/// The script that writes all of them, which are of one log, in their order.
pub(crate) fn script(appends: &[&Append]) -> Script {
    let mut script = Script::new();
    let Some(first) = appends.first() else { return script };
    let entries: Vec<NewEntry> = appends.iter().flat_map(|one| one.entries.iter().cloned()).collect();
    let events: Vec<NewEvent> = appends.iter().flat_map(|one| one.events.iter().cloned()).collect();
    let log = insert::series_of_log(first.origin().unwrap_or_default());
    let numbered = [(insert::EVENTS, events.len()), (log.as_str(), entries.len())];
    // What comes again in this shape is kept ready; of the many sizes in between each would be kept once.
    if ![1, GROUP.items].contains(&entries.len()) {
        script.is_kept = false;
    }
    insert::counters(&mut script, &first.participant, &numbered);
    insert::entries(&mut script, &first.participant, entries);
    insert::events(&mut script, &first.participant, events);
    script
}

/// The places of these writes, so that those are together that are written as one. An append is not moved before what is none.
pub(crate) fn together(writes: &[Prepared]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut open: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (place, write) in writes.iter().enumerate() {
        let append = write.append();
        let log = append.and_then(Append::origin);
        let rows = append.map_or(0, |append| append.entries.len());
        let joined = log
            .and_then(|log| open.get_mut(log))
            .filter(|(_, more)| more.saturating_add(rows) <= GROUP.items);
        if let Some((run, more)) = joined {
            *more += rows;
            if let Some(run) = runs.get_mut(*run) {
                run.push(place);
            }
            continue;
        }
        match log {
            Some(log) => drop(open.insert(log, (runs.len(), rows))),
            None => open.clear(),
        }
        runs.push(vec![place]);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::Prepared;

    fn append(log: &str, entries: usize) -> Prepared {
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: "uz".to_owned(),
        });
        write.entries = (0..entries)
            .map(|number| NewEntry {
                origin: log.to_owned(),
                id: format!("{number}"),
                leaf: Vec::new(),
                body_hash: String::new(),
                body: Vec::new(),
                salt: None,
                at: 0,
            })
            .collect();
        Prepared::appended(Append::of(&mut write).unwrap())
    }

    #[test]
    fn appends_to_one_log_are_together_up_to_a_group_and_never_before_what_is_none() {
        let other = || {
            Prepared::plain(|script| {
                script.statement("SELECT 1");
            })
        };
        let writes = [
            append("a", 1),
            append("b", 1),
            append("a", 2),
            other(),
            append("a", 1),
            append("b", 1),
            append("a", GROUP.items - 1),
            append("a", 1),
            append("a", 1),
        ];
        assert_eq!(
            together(&writes),
            [vec![0, 2], vec![1], vec![3], vec![4, 6], vec![5], vec![7, 8]]
        );
    }
}
