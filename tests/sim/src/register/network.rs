//! What goes from house to house, and what the network makes of it: lost, late, twice, or cut off.

use super::house::Who;
use super::plan::CALM_AT;
use super::world::{Event, World};
use chapar_tlog::Resource;

/// A question or its answer under way.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub from: Who,
    pub to: Who,
    /// The log that it is about.
    pub log: Who,
    /// Which start of the asker it belongs to, and which question of it.
    pub boot: u64,
    pub ticket: u64,
    pub words: Words,
}

#[derive(Clone, Debug)]
pub(crate) enum Words {
    Get(Resource),
    Got(Resource, Option<Vec<u8>>),
    /// A request to cosign, as it goes over the wire.
    Cosign(String),
    /// The status, and the text beside it.
    Cosigned(u16, String),
}

impl Packet {
    /// The answer to a question.
    pub fn answer(&self, words: Words) -> Self {
        Self {
            from: self.to,
            to: self.from,
            words,
            ..self.clone()
        }
    }
}

impl World<'_> {
    pub fn send(&mut self, packet: Packet) {
        if self.plan.is_parted(packet.from, packet.to, self.now) {
            return;
        }
        let is_calm = self.now >= CALM_AT;
        if !is_calm && self.die.chance(self.plan.drop) {
            return;
        }
        let copies = if !is_calm && self.die.chance(self.plan.duplicate) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let delay = match !is_calm && self.die.chance(self.plan.slow) {
                true => self.die.between(200, 6_000),
                false => self.die.between(1, 40),
            };
            self.queue.schedule(self.now + delay, Event::Packet(packet.clone()));
        }
    }
}
