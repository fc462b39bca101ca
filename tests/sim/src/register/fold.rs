//! Folding what is published, bundle by bundle, into the catalogue of a house.
//!
//! The verification and the fold are the core's; the order, and the row that says how far it is, are models of `edge/runtime`.

use super::disk::{Disk, Entry, Unwritten};
use super::house::{Hashed, House, Who};
use super::view::View;
use super::world::{Event, World};
use crate::Violation;
use crate::side::fault;
use chapar_register::folds::catalog::{self, RowChange};
use chapar_register::{Chain, Intake, Kinds, LogState, Record, RecordId, Version};
use chapar_tlog::{SignedCheckpoint, TILE_WIDTH};

/// How long a fold waits after a fault, in milliseconds.
const PAUSE: i64 = 2_000;

/// What a bundle comes to.
struct Folded {
    changes: Vec<RowChange>,
    reached: u64,
    /// The state at the end, where the log is folded to its end.
    state: Option<Vec<u8>>,
}

impl World<'_> {
    /// Folds what is published of a log and not folded.
    pub fn fold(&mut self, who: Who, boot: u64, log: Who) -> Result<(), Violation> {
        if self.mind_of(who, boot).is_none() {
            return Ok(());
        }
        let house = self.houses.at(log);
        let Some(folded) = fold_bundle(house, &self.nodes.at(who).disk, log)? else {
            return Ok(());
        };
        let expected = self.nodes.at(who).disk.logs.at(log).folded;
        let written = self.write(who, |disk| write(disk, log, expected, folded));
        match written {
            Ok(()) => {}
            Err(Unwritten::Failed) => {
                self.queue.schedule(self.now + PAUSE, Event::Fold(who, boot, log));
                return Ok(());
            }
            Err(Unwritten::PowerCut) => return Ok(()),
        }
        self.tally.folded += 1;
        let disk = &self.nodes.at(who).disk;
        let origin = house.origin.as_str();
        let rows = disk.logs.at(log);
        if rows.folded == rows.size {
            self.law
                .folded(&self.plan, log, rows.size, disk.view.digest(origin, false))?;
        }
        self.queue.schedule(self.now + 1, Event::Fold(who, boot, log));
        Ok(())
    }

    /// The digest of a log's rows when its entries are folded from the first one on, into an empty catalogue.
    pub fn rebuild(&self, who: Who, log: Who) -> Result<chapar_terms::Digest, Violation> {
        let (house, node) = (self.houses.at(log), self.nodes.at(who));
        let mut again = Disk {
            logs: node.disk.logs.clone(),
            files: super::house::Row::default(),
            view: View::default(),
        };
        let rows = again.logs.at_mut(log);
        (rows.folded, rows.fold_state) = (0, None);
        while let Some(folded) = fold_bundle(house, &again, log)? {
            let expected = again.logs.at(log).folded;
            write(&mut again, log, expected, folded);
        }
        Ok(again.view.digest(house.origin.as_str(), true))
    }
}

fn write(disk: &mut Disk, log: Who, expected: u64, folded: Folded) {
    let rows = disk.logs.at_mut(log);
    if rows.folded != expected {
        return;
    }
    rows.folded = folded.reached;
    if folded.state.is_some() {
        rows.fold_state = folded.state;
    }
    for position in disk.view.apply(folded.changes) {
        let entry = usize::try_from(position - 1)
            .ok()
            .and_then(|place| rows.entries.get_mut(place));
        if let Some(entry) = entry {
            entry.body = None;
        }
    }
}

/// The changes of the next bundle; none where nothing is left. What was verified before the last whole fold is not verified again.
fn fold_bundle(house: &House, disk: &Disk, log: Who) -> Result<Option<Folded>, Violation> {
    let rows = disk.logs.at(log);
    let Some(note) = rows.checkpoint.as_ref().filter(|_| rows.folded < rows.size) else {
        return Ok(None);
    };
    let stored = rows
        .fold_state
        .as_deref()
        .map(LogState::decode)
        .transpose()
        .map_err(fault)?;
    let pinned = || LogState::pinned(house.participant.clone(), house.vkey.clone());
    let state = stored
        .filter(|state| state.frontier().size() <= rows.folded)
        .unwrap_or_else(pinned);
    let mut intake = begin(house, state, note)?;
    let mut changes = Vec::new();
    while intake.size() <= rows.folded && intake.size() < rows.size {
        let verified = intake.size();
        let entries = bundle_after(&rows.entries, verified, rows.size);
        let read = entries
            .iter()
            .map(|one| chapar_register::Entry::of_leaf(&one.leaf).with_body(open_body(one)));
        let entries: Vec<_> = read.collect();
        for id in intake.unknown_in(&entries) {
            if let Some(chain) = chain_of(disk, house, log, &id, verified)? {
                intake.recall(id, chain);
            }
        }
        for entry in entries {
            let taken = intake.take(entry);
            if taken.index >= rows.folded {
                changes.extend(catalog::apply(Kinds::built_in(), house.origin.as_str(), &taken));
            }
        }
        intake.forget();
    }
    let reached = intake.size();
    let state = match reached == rows.size {
        true => Some(intake.finish().map_err(|why| untrue(house, &why))?.encode()),
        false => None,
    };
    Ok(Some(Folded {
        changes,
        reached,
        state,
    }))
}

fn begin(house: &House, state: LogState, note: &SignedCheckpoint) -> Result<Intake<'static>, Violation> {
    Intake::begin(Kinds::built_in(), &Hashed, state, note.clone()).map_err(|why| untrue(house, &why))
}

fn untrue(house: &House, why: &chapar_register::Distrust) -> Violation {
    Violation(format!(
        "the log {} as it is stored is not the one that was signed: {why}",
        house.origin
    ))
}

fn bundle_after(entries: &[Entry], verified: u64, size: u64) -> Vec<&Entry> {
    let limit = u64::from(TILE_WIDTH).min(size - verified);
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    entries.iter().skip(number(verified)).take(number(limit)).collect()
}

fn open_body(entry: &Entry) -> Option<&[u8]> {
    entry.body.as_deref().filter(|_| entry.is_open)
}

/// The versions of a record up to the entry `verified`, as the catalogue has them.
fn chain_of(disk: &Disk, house: &House, log: Who, id: &RecordId, verified: u64) -> Result<Option<Chain>, Violation> {
    let mut chain: Option<Chain> = None;
    for row in disk.view.versions(id, house.origin.as_str(), verified) {
        let place = usize::try_from(row.position - 1).map_err(fault)?;
        let entry = disk.logs.at(log).entries.get(place);
        let entry = entry.ok_or_else(|| Violation("the catalogue has an entry that is not here".to_owned()))?;
        let record = Record::parse(&entry.leaf).map_err(fault)?;
        let version = Version {
            number: record.header().version,
            leaf_hash: record.leaf_hash(),
            body_hash: record.header().body_hash,
        };
        let chain = chain.get_or_insert_with(|| Chain {
            kind: record.header().kind.clone(),
            versions: Vec::new(),
        });
        chain.versions.push(version);
    }
    Ok(chain)
}
