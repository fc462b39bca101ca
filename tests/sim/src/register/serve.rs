//! What a house answers who reads a log at it: its own, or one that it mirrors; and how those answer who lie.

use super::author;
use super::disk::{Entry, Files, Log};
use super::house::Who;
use super::mirror::{bare, grow};
use super::network::{Packet, Words};
use super::plan::{CALM_AT, Lie};
use super::witness::witnesses_of;
use super::world::World;
use crate::Violation;
use crate::side::fault;
use chapar_tlog::witness::AddCheckpoint;
use chapar_tlog::{
    Checkpoint, Level, Resource, RightEdge, SignedCheckpoint, TILE_WIDTH, TileId, encode_bodies, prove_consistency,
};

/// The second history of a house, which no power cut takes, and the notes that it shows again.
#[derive(Default)]
pub(crate) struct Liar {
    pub other: Option<Other>,
    pub old: Vec<SignedCheckpoint>,
}

/// A history that begins as the true one.
pub(crate) struct Other {
    pub rows: Log,
    pub files: Files,
    edge: RightEdge,
}

impl World<'_> {
    /// Answers who reads, if somebody is there.
    pub fn answer_reader(&mut self, packet: &Packet, resource: Resource) -> Result<(), Violation> {
        let (place, log) = (packet.to, packet.log);
        let lie = *self.plan.lies.at(place);
        let is_gone = place == log && lie != Lie::None && self.now >= CALM_AT;
        if self.nodes.at(place).mind.is_none() || is_gone {
            return Ok(());
        }
        let mut answer = self.shown(place, log, packet.from, resource)?;
        if lie == Lie::Old && place == log && resource == Resource::Checkpoint && self.die.chance(30) {
            let old = &self.liars.at(place).old;
            let place = usize::try_from(self.die.next() % (old.len() as u64).max(1)).map_err(fault)?;
            answer = old.get(place).map(|note| note.render().into_bytes()).or(answer);
        }
        if lie == Lie::Spoil && resource != Resource::Checkpoint && self.die.chance(25) {
            spoil(answer.as_mut(), self.die.next());
        }
        self.send(packet.answer(Words::Got(resource, answer)));
        Ok(())
    }

    fn shown(&self, place: Who, log: Who, asker: Who, resource: Resource) -> Result<Option<Vec<u8>>, Violation> {
        let disk = &self.nodes.at(place).disk;
        let other = self.liars.at(log).other.as_ref().filter(|_| place == log);
        let is_other = match self.plan.lies.at(log) {
            Lie::Fork => asker.number() % 2 == 1,
            Lie::Rewrite => true,
            _ => false,
        };
        match other.filter(|_| is_other) {
            Some(other) => resource_of(&other.rows, &other.files, resource),
            None => resource_of(disk.logs.at(log), disk.files.at(log), resource),
        }
    }

    /// A house begins to lie: its log gets a second history, from some entry on.
    pub fn begin_second_history(&mut self, who: Who) -> Result<(), Violation> {
        let log = self.nodes.at(who).disk.logs.at(who);
        if log.size < 2 {
            return Ok(());
        }
        let common = usize::try_from(1 + self.die.next() % (log.size - 1)).map_err(fault)?;
        let rows = Log {
            entries: log.entries.iter().take(common).cloned().collect(),
            ..Log::default()
        };
        self.tell(|| format!("{who} begins a second history behind {common} entries"));
        self.liars.at_mut(who).other = Some(Other {
            rows,
            files: Files::default(),
            edge: RightEdge::empty(),
        });
        self.tally.second_histories += 1;
        // As long as the true one at once, so that each is seen where the other was.
        for _ in common..usize::try_from(log_size(self, who)).map_err(fault)? {
            self.write_second_history(who)?;
        }
        self.write_second_history(who)
    }

    /// The second history goes on too.
    pub fn write_second_history(&mut self, who: Who) -> Result<(), Violation> {
        let now = self.instant();
        let house = self.houses.at(who);
        let Some(other) = &mut self.liars.at_mut(who).other else {
            return Ok(());
        };
        let entry: Entry = author::other(house, other.rows.entries.len(), now)?;
        other.rows.entries.push(entry);
        if let Some((edge, tiles)) = grow(&other.rows, &other.edge)? {
            let (folders, _) = other.files.put(&tiles, usize::MAX)?;
            other.files.sync(&folders);
            other.edge = edge;
        }
        let (size, root) = (other.edge.size(), other.edge.root());
        let checkpoint = Checkpoint::new(house.origin.clone(), size, root);
        let signed = house.sign(SignedCheckpoint::new(checkpoint).map_err(fault)?, now)?;
        other.rows.size = size;
        other.rows.checkpoint = Some(signed);
        self.law.signed_by_liar(who, size, root);
        self.tempt_witnesses(who)
    }

    /// A liar knows what each witness of its log cosigned last, and asks it for the newest of both histories.
    fn tempt_witnesses(&mut self, who: Who) -> Result<(), Violation> {
        for witness in witnesses_of(who) {
            let cosigned = &self.nodes.at(witness).disk.logs.at(who).cosigned;
            let old_size = cosigned.as_ref().map_or(0, |(note, _)| note.checkpoint().size);
            let disk = &self.nodes.at(who).disk;
            let histories = [
                Some((disk.logs.at(who), disk.files.at(who))),
                self.liars
                    .at(who)
                    .other
                    .as_ref()
                    .map(|other| (&other.rows, &other.files)),
            ];
            let mut requests = Vec::new();
            for (log, files) in histories.into_iter().flatten() {
                let Some(note) = log
                    .checkpoint
                    .as_ref()
                    .filter(|note| note.checkpoint().size >= old_size)
                else {
                    continue;
                };
                let size = note.checkpoint().size;
                requests.push(AddCheckpoint {
                    old_size,
                    proof: prove_consistency(old_size, size, &|id| files.get_or_full(id)).map_err(fault)?,
                    checkpoint: bare(note)?,
                });
            }
            for request in requests {
                let (boot, ticket) = (self.nodes.at(who).boot, self.ticket());
                self.send(Packet {
                    from: who,
                    to: witness,
                    log: who,
                    boot,
                    ticket,
                    words: Words::Cosign(request.render()),
                });
            }
        }
        Ok(())
    }
}

fn log_size(world: &World<'_>, who: Who) -> u64 {
    world.nodes.at(who).disk.logs.at(who).size
}

fn resource_of(log: &Log, files: &Files, resource: Resource) -> Result<Option<Vec<u8>>, Violation> {
    let Some(note) = &log.checkpoint else { return Ok(None) };
    Ok(match resource {
        Resource::Checkpoint => Some(note.render().into_bytes()),
        Resource::Tile(id) if id.level() == Level::Bodies => bodies_of(log, id)?,
        Resource::Tile(id) => files.get(id),
        Resource::Body(_) | Resource::Timestamp(_) | Resource::TimestampSizes(_) | Resource::Successor => None,
    })
}

/// The bodies beside a bundle of what is published.
fn bodies_of(log: &Log, id: TileId) -> Result<Option<Vec<u8>>, Violation> {
    let first = id.index() * u64::from(TILE_WIDTH);
    if first + u64::from(id.width()) > log.size {
        return Ok(None);
    }
    let first = usize::try_from(first).map_err(fault)?;
    let rows = log.entries.iter().skip(first).take(id.width().into());
    let bodies: Vec<Option<&Vec<u8>>> = rows
        .map(|entry| entry.body.as_ref().filter(|_| entry.is_open))
        .collect();
    encode_bodies(&bodies).map(Some).map_err(fault)
}

/// Changes a byte, or cuts one off.
fn spoil(answer: Option<&mut Vec<u8>>, number: u64) {
    let Some(bytes) = answer else { return };
    let place = usize::try_from(number % (bytes.len() as u64).max(1)).unwrap_or(0);
    match bytes.get_mut(place) {
        Some(byte) if !number.is_multiple_of(5) => *byte ^= 1,
        _ => {
            bytes.pop();
        }
    }
}
