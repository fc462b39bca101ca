//! What must hold after every step, whatever happens: looked at where the step has changed something.

use super::disk::{Caught, Entry};
use super::house::{Hashed, House, Row, Who};
use super::looking::places;
use super::plan::Plan;
use super::world::World;
use crate::Violation;
use crate::side::fault;
use chapar_terms::Digest;
use chapar_tlog::{Checkpoint, Level, leaf_hash, root_at, tiles_between, tiles_of_row};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen so far, by one who sees all.
#[derive(Default)]
pub(crate) struct Law {
    /// What each house signed of its log, as its sequencer has it.
    signed: Row<BTreeMap<u64, Digest>>,
    /// What it signed besides.
    lies: Row<BTreeSet<(u64, Digest)>>,
    /// What each witness cosigned, by witness and log.
    cosigned: BTreeMap<(Who, Who), BTreeMap<u64, Digest>>,
    /// Entries that a commit covers, with their positions.
    acknowledged: Row<Vec<(usize, Digest)>>,
    /// The catalogue's rows of a log at a size.
    folded: BTreeMap<(Who, u64), Digest>,
}

impl Law {
    pub fn new() -> Self {
        Self {
            signed: Row::of(|_| BTreeMap::new()),
            lies: Row::of(|_| BTreeSet::new()),
            acknowledged: Row::of(|_| Vec::new()),
            ..Self::default()
        }
    }

    pub fn acknowledged(&mut self, who: Who, position: usize, leaf: &[u8]) {
        self.acknowledged.at_mut(who).push((position, leaf_hash(leaf)));
    }

    /// A sequencer never signs two trees of one size.
    pub fn signed(&mut self, who: Who, new: &Checkpoint) -> Result<(), Violation> {
        let before = self.signed.at_mut(who).insert(new.size, new.root);
        match before.is_none_or(|before| before == new.root) {
            true => Ok(()),
            false => Err(Violation(format!("{who} signed two trees of {} entries", new.size))),
        }
    }

    pub fn signed_by_liar(&mut self, who: Who, size: u64, root: Digest) {
        self.lies.at_mut(who).insert((size, root));
    }

    fn is_signed(&self, log: Who, said: &Checkpoint) -> bool {
        self.signed.at(log).get(&said.size) == Some(&said.root) || self.lies.at(log).contains(&(said.size, said.root))
    }

    /// A witness never cosigns two trees of one size, nor a smaller one than before.
    pub fn cosigned(&mut self, witness: Who, log: Who, said: &Checkpoint) -> Result<(), Violation> {
        let before = self.cosigned.entry((witness, log)).or_default();
        if before.get(&said.size).is_some_and(|root| *root != said.root) {
            return Err(Violation(format!(
                "{witness} cosigned two trees of {log} with {} entries",
                said.size
            )));
        }
        if before.last_key_value().is_some_and(|(size, _)| *size > said.size) {
            return Err(Violation(format!(
                "{witness} cosigned a smaller tree of {log} than before"
            )));
        }
        before.insert(said.size, said.root);
        Ok(())
    }

    /// Only who signed two histories is caught, and by two notes of his.
    pub fn caught(&self, plan: &Plan, house: &House, log: Who, caught: &Caught) -> Result<(), Violation> {
        if !plan.lies.at(log).is_two_histories() {
            return Err(Violation(format!("{log} keeps one history and is said to have lied")));
        }
        for note in [&caught.older, &caught.newer] {
            let is_its = note.verify(&Hashed, std::slice::from_ref(&house.vkey)).is_ok();
            if !is_its || !self.is_signed(log, note.checkpoint()) {
                return Err(Violation(format!(
                    "{log} never signed what is kept as proof against it"
                )));
            }
        }
        Ok(())
    }

    /// The rows of a log follow from its entries alone, whoever folds them, when, and in how many steps.
    pub fn folded(&mut self, plan: &Plan, log: Who, size: u64, digest: Digest) -> Result<(), Violation> {
        if !plan.is_honest(log) {
            return Ok(());
        }
        match *self.folded.entry((log, size)).or_insert(digest) == digest {
            true => Ok(()),
            false => Err(Violation(format!("the {size} entries of {log} come to two catalogues"))),
        }
    }
}

impl World<'_> {
    /// What a house has out of a log is whole, and is what the log published.
    pub fn law_of_published(&self, who: Who, log: Who) -> Result<(), Violation> {
        let disk = &self.nodes.at(who).disk;
        let (rows, files) = (disk.logs.at(log), disk.files.at(log));
        let Some(note) = &rows.checkpoint else { return Ok(()) };
        let said = note.checkpoint();
        let broken = |why: &str| {
            Err(Violation(format!(
                "{who} has {} entries of {log} out, {why}",
                said.size
            )))
        };
        if said.size != rows.size || (rows.entries.len() as u64) < rows.size {
            return broken("and other rows");
        }
        let made = root_at(said.size, &|id| files.get_or_full(id)).map(|tree| tree.root());
        if made != Ok(said.root) {
            return broken("and its tiles do not make that tree");
        }
        let all = tiles_between(0, said.size).chain(tiles_of_row(Level::Entries, 0, said.size));
        if let Some(id) = all.into_iter().find(|id| files.get_or_full(*id).is_none()) {
            return broken(&format!("and not `{}`", id.path()));
        }
        if !self.law.is_signed(log, said) {
            return broken("which that log never signed");
        }
        if *self.plan.waits.at(log) && self.plan.is_honest(log) {
            self.policy_of(log)?.accept(&Hashed, note).map_err(fault)?;
        }
        self.law_of_staged(who, log)
    }

    /// What a house has of an honest log, staged or out, is how that log begins.
    pub fn law_of_staged(&self, who: Who, log: Who) -> Result<(), Violation> {
        if !self.plan.is_honest(log) || who == log {
            return Ok(());
        }
        let (here, there) = (
            self.nodes.at(who).disk.logs.at(log),
            self.nodes.at(log).disk.logs.at(log),
        );
        let published = usize::try_from(there.size).map_err(fault)?;
        let mut both = here.entries.iter().zip(there.entries.iter().take(published));
        match here.entries.len() <= published && both.all(|(here, there)| here.leaf == there.leaf) {
            true => Ok(()),
            false => Err(Violation(format!(
                "what {who} has of {log} is not what {log} published"
            ))),
        }
    }

    /// What a house takes for the growth of a log begins with the entries that it holds of it, whoever lies.
    pub fn law_of_growth(&self, who: Who, log: Who, said: &Checkpoint) -> Result<(), Violation> {
        let rows = self.nodes.at(who).disk.logs.at(log);
        let held = usize::try_from(rows.size).map_err(fault)?;
        let begins = |history: &[Entry]| {
            let mut both = rows.entries.iter().zip(history).take(held);
            history.len() >= held && both.all(|(here, there)| here.leaf == there.leaf)
        };
        let is_true = self.law.signed.at(log).get(&said.size) == Some(&said.root);
        let is_lie = self.law.lies.at(log).contains(&(said.size, said.root));
        let other = self.liars.at(log).other.as_ref().filter(|_| is_lie);
        let one = Some(self.nodes.at(log).disk.logs.at(log)).filter(|_| is_true);
        let mut histories = one.into_iter().chain(other.map(|other| &other.rows));
        match histories.any(|history| begins(&history.entries)) {
            true => Ok(()),
            false => Err(Violation(format!(
                "{who} holds {held} entries of {log} and takes {} of another history for their growth",
                said.size
            ))),
        }
    }

    /// After a power cut all is there that was acknowledged, and what is out is whole.
    pub fn law_of_restart(&self, who: Who) -> Result<(), Violation> {
        let entries = &self.nodes.at(who).disk.logs.at(who).entries;
        for (position, hash) in self.law.acknowledged.at(who) {
            let entry = entries.get(position - 1);
            if entry.is_none_or(|entry| leaf_hash(&entry.leaf) != *hash) {
                return Err(Violation(format!(
                    "{who} has lost entry {position}, which was acknowledged"
                )));
            }
        }
        Who::all().try_for_each(|log| self.law_of_published(who, log))
    }

    /// In the end, with faults and partitions over for some minutes, all have the same, and who was seen to lie is caught.
    pub fn law_of_end(&self) -> Result<(), Violation> {
        for who in Who::all() {
            self.law_of_restart(who)?;
        }
        for log in Who::all().filter(|log| self.plan.is_honest(*log)) {
            self.law_of_harmony(log)?;
        }
        for log in Who::all().filter(|log| self.plan.lies.at(*log).is_two_histories()) {
            for who in Who::all().filter(|who| *who != log) {
                self.law_of_lies(who, log)?;
            }
        }
        Ok(())
    }

    /// Of an honest log everybody has all that was stored, and the same catalogue, which comes out again when it is made anew.
    fn law_of_harmony(&self, log: Who) -> Result<(), Violation> {
        let (entries, owed) = {
            let rows = self.nodes.at(log).disk.logs.at(log);
            (rows.size, rows.entries.len() as u64)
        };
        if entries != owed {
            return Err(Violation(format!(
                "{log} has published {entries} entries and stored {owed}"
            )));
        }
        let origin = self.houses.at(log).origin.as_str();
        let expected = self.nodes.at(log).disk.view.digest(origin, true);
        let another = log.after(1);
        if self.rebuild(log, log)? != expected || self.rebuild(another, log)? != expected {
            return Err(Violation(format!("the catalogue of {log} made anew is another one")));
        }
        for who in Who::all() {
            let disk = &self.nodes.at(who).disk;
            let rows = disk.logs.at(log);
            if rows.size != entries || rows.folded != entries {
                let (size, folded) = (rows.size, rows.folded);
                return Err(Violation(format!(
                    "{log} has {entries} entries, and {who} has {size} of them and {folded} in its catalogue"
                )));
            }
            if rows.caught.is_some() {
                return Err(Violation(format!("{who} holds {log} for a liar")));
            }
            if disk.view.digest(origin, true) != expected {
                return Err(Violation(format!("{who} has another catalogue of {log} than {log}")));
            }
        }
        Ok(())
    }

    /// A liar is silent by now, so that a mirror asked the next place: where that is honest and holds another history, the liar is caught.
    fn law_of_lies(&self, who: Who, log: Who) -> Result<(), Violation> {
        let next = places(who, log).get(1).copied();
        let Some(other) = next.filter(|other| self.plan.is_honest(*other)) else {
            return Ok(());
        };
        let (here, there) = (
            self.nodes.at(who).disk.logs.at(log),
            self.nodes.at(other).disk.logs.at(log),
        );
        let common = here.size.min(there.size);
        let mut both = here
            .entries
            .iter()
            .zip(&there.entries)
            .take(usize::try_from(common).map_err(fault)?);
        let is_one_history = both.all(|(here, there)| here.leaf == there.leaf);
        match is_one_history || here.caught.is_some() {
            true => Ok(()),
            false => Err(Violation(format!(
                "{who} and {other} hold two histories of {log}, and {who} has not caught it"
            ))),
        }
    }
}
