//! The one sequencer of a house's log: files first, then the checkpoint by compare-and-swap, perhaps with a quorum in between.
//!
//! The tree, the files and the checkpoint are the core's; the order is a model of `edge/runtime`.

use super::disk::Unwritten;
use super::house::Who;
use super::mirror::{grow, load_edge};
use super::plan::{CALM_AT, WORK_ENDS};
use super::world::{Event, World};
use super::{author, witness};
use crate::Violation;
use crate::side::fault;
use chapar_tlog::{Checkpoint, Level, RightEdge, SignedCheckpoint, TileId, tiles_between, tiles_of_row};
use std::collections::BTreeMap;

/// How long a sequencer waits after a fault, in milliseconds.
const PAUSE: i64 = 700;

/// A sequencer as it is in memory.
pub(crate) struct Sequencer {
    pub edge: RightEdge,
    pub phase: Phase,
    /// The size that each witness cosigned last, as far as is known.
    pub known: BTreeMap<Who, u64>,
}

/// Where it is with a publication.
pub(crate) enum Phase {
    Idle,
    /// The files are being written.
    Writing(RightEdge),
    /// The quorum is waited for.
    Waiting {
        edge: RightEdge,
        candidate: SignedCheckpoint,
    },
}

impl World<'_> {
    /// Takes a log up where its last checkpoint left it.
    pub fn load_sequencer(&mut self, who: Who) -> Result<Sequencer, Violation> {
        let node = self.nodes.at_mut(who);
        let log = node.disk.logs.at(who);
        let edge = load_edge(log, node.disk.files.at_mut(who), log.size)?;
        if let Some(published) = &log.checkpoint
            && (published.checkpoint().size, published.checkpoint().root) != (log.size, edge.root())
        {
            return Err(Violation(format!(
                "what {who} stores is not the history that it published"
            )));
        }
        Ok(Sequencer {
            edge,
            phase: Phase::Idle,
            known: BTreeMap::new(),
        })
    }

    /// The people of a house publish something; it is theirs when the commit is over.
    pub fn publish_something(&mut self, who: Who) -> Result<(), Violation> {
        if self.now < WORK_ENDS {
            let pause = self.die.between(1_500, 16_000);
            self.queue.schedule(self.now + pause, Event::Author(who));
        }
        if self.liars.at(who).other.is_some() {
            self.write_second_history(who)?;
        }
        if self.nodes.at(who).mind.is_none() {
            return Ok(());
        }
        let now = self.instant();
        let friend = who.after(usize::try_from(1 + self.die.below(9)).map_err(fault)?);
        let foreign = author::last(&self.nodes.at(who).disk.logs.at(friend).entries);
        let own = author::newest(&self.nodes.at(who).disk.logs.at(who).entries);
        let entry = author::next(self.houses.at(who), &own, foreign.as_ref(), now, &mut self.die)?;
        let leaf = entry.leaf.clone();
        let written = self.write(who, |disk| {
            let entries = &mut disk.logs.at_mut(who).entries;
            entries.push(entry);
            entries.len()
        });
        match written {
            Ok(position) => {
                self.tell(|| format!("{who} has entry {position}"));
                self.tally.published += 1;
                self.law.acknowledged(who, position, &leaf);
            }
            // What may be stored is published as what is.
            Err(Unwritten::Failed) => {}
            Err(Unwritten::PowerCut) => return Ok(()),
        }
        let boot = self.nodes.at(who).boot;
        let batch = self.die.between(20, 400);
        self.queue.schedule(self.now + batch, Event::Sequence(who, boot));
        Ok(())
    }

    /// A sequencer looks for work.
    pub fn sequence(&mut self, who: Who, boot: u64) -> Result<(), Violation> {
        let Some(mind) = self.mind_of(who, boot) else {
            return Ok(());
        };
        if !matches!(mind.sequencer.phase, Phase::Idle) {
            return Ok(());
        }
        let grown = grow(self.nodes.at(who).disk.logs.at(who), &mind.sequencer.edge)?;
        let Some((edge, tiles)) = grown else { return Ok(()) };
        match self.write_files(who, who, &tiles)? {
            Ok(()) => {
                if let Some(mind) = self.mind_of_mut(who, boot) {
                    mind.sequencer.phase = Phase::Writing(edge);
                }
            }
            Err(Unwritten::Failed) => self.queue.schedule(self.now + PAUSE, Event::Sequence(who, boot)),
            Err(Unwritten::PowerCut) => {}
        }
        Ok(())
    }

    /// The files are durable: the checkpoint is signed, and waits for its quorum or goes out.
    pub fn sign(&mut self, who: Who, boot: u64) -> Result<(), Violation> {
        let (now, waits) = (self.instant(), *self.plan.waits.at(who));
        let house = self.houses.at(who);
        let Some(mind) = self.nodes.at_mut(who).mind.as_mut() else {
            return Ok(());
        };
        let Phase::Writing(edge) = std::mem::replace(&mut mind.sequencer.phase, Phase::Idle) else {
            return Ok(());
        };
        let checkpoint = Checkpoint::new(house.origin.clone(), edge.size(), edge.root());
        let candidate = house.sign(SignedCheckpoint::new(checkpoint).map_err(fault)?, now)?;
        self.law.signed(who, candidate.checkpoint())?;
        mind.sequencer.phase = Phase::Waiting { edge, candidate };
        match waits {
            true => {
                for one in witness::witnesses_of(who) {
                    self.ask_witness(who, one, boot)?;
                }
                Ok(())
            }
            false => self.publish(who, boot),
        }
    }

    /// Puts the checkpoint in the place of the one before.
    pub fn publish(&mut self, who: Who, boot: u64) -> Result<(), Violation> {
        let Some(mind) = self.mind_of_mut(who, boot) else {
            return Ok(());
        };
        let before = mind.sequencer.edge.size();
        let Phase::Waiting { edge, candidate } = std::mem::replace(&mut mind.sequencer.phase, Phase::Idle) else {
            return Ok(());
        };
        let (size, note) = (edge.size(), candidate.clone());
        let written = self.write(who, |disk| {
            let log = disk.logs.at_mut(who);
            let is_ours = log.size == before;
            if is_ours {
                (log.size, log.checkpoint) = (size, Some(note));
            }
            is_ours
        });
        match written {
            Ok(true) => {
                self.tell(|| format!("{who} has published {size} entries"));
                self.liars.at_mut(who).old.push(candidate);
                if let Some(mind) = self.mind_of_mut(who, boot) {
                    mind.sequencer.edge = edge;
                }
                self.drop_partial_tiles(who, who, before, size);
                self.law_of_published(who, who)?;
                self.queue.schedule(self.now + 5, Event::Fold(who, boot, who));
            }
            Ok(false) => {
                // It was out already, though the write had been told to have failed.
                let fresh = self.load_sequencer(who)?;
                if let Some(mind) = self.mind_of_mut(who, boot) {
                    mind.sequencer = fresh;
                }
                self.tally.taken_up += 1;
                self.queue.schedule(self.now + 5, Event::Fold(who, boot, who));
            }
            Err(Unwritten::Failed) => {}
            Err(Unwritten::PowerCut) => return Ok(()),
        }
        let pause = if self.now < CALM_AT { PAUSE } else { 1 };
        self.queue.schedule(self.now + pause, Event::Sequence(who, boot));
        Ok(())
    }

    /// Partial tiles whose full one is out are asked for by nobody any more.
    pub fn drop_partial_tiles(&mut self, who: Who, log: Who, before: u64, size: u64) {
        let files = self.nodes.at_mut(who).disk.files.at_mut(log);
        let rows = tiles_between(before, size).chain(tiles_of_row(Level::Entries, before, size));
        for id in rows.filter(|id: &TileId| id.is_full()) {
            files.drop_partial(id);
        }
    }
}
