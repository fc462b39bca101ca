//! The world of the ten: its clock, its network, its power, and what happens one after the other.

use super::RegisterTally;
use super::author;
use super::disk::{Disk, Entry, Files, Folders, Log, Unwritten};
use super::house::{House, Row, Who};
use super::law::Law;
use super::mirror::Keeper;
use super::network::{Packet, Words};
use super::plan::{CALM_AT, END, Plan};
use super::sequencer::Sequencer;
use super::serve::Liar;
use super::view::View;
use crate::prng::Die;
use crate::queue::Queue;
use crate::{Trace, Violation};
use chapar_register::LogState;
use chapar_terms::Instant;
use chapar_tlog::Tile;

/// The virtual clock begins here: 2027-01-15, in milliseconds since 1970.
const EPOCH: i64 = 1_800_000_000_000;

/// A house's machine.
pub(crate) struct Node {
    pub disk: Disk,
    /// What a power cut takes; none while it is down.
    pub mind: Option<Mind>,
    /// How often it was started.
    pub boot: u64,
}

/// What a node has in memory.
pub(crate) struct Mind {
    pub sequencer: Sequencer,
    pub keepers: Row<Option<Keeper>>,
}

/// Something that happens at a time. With a start of a node's: it is of no account after the next one.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// People publish something.
    Author(Who),
    /// A liar begins a second history.
    Lie(Who),
    /// A sequencer looks for work.
    Sequence(Who, u64),
    /// A log asks a witness (again).
    Witness(Who, Who, u64),
    /// Files of a log are durable.
    Synced(Who, u64, Who, Folders),
    /// A mirror looks at a log.
    Look(Who, u64, Who),
    /// A mirror has waited long enough for an answer.
    Timeout(Who, u64, Who, u64),
    /// What is published of a log is folded.
    Fold(Who, u64, Who),
    /// A question or an answer arrives.
    Packet(Packet),
    /// The power comes back.
    Restart(Who),
}

/// The world of one seed.
pub(crate) struct World<'a> {
    pub plan: Plan,
    pub die: Die,
    /// Milliseconds since [`EPOCH`].
    pub now: i64,
    pub queue: Queue<Event>,
    pub houses: &'static Row<House>,
    pub nodes: Row<Node>,
    pub liars: Row<Liar>,
    pub law: Law,
    pub tally: RegisterTally,
    tickets: u64,
    trace: Trace<'a>,
}

impl<'a> World<'a> {
    /// The world of `seed`, before anything happened.
    pub fn new(seed: u64, houses: &'static Row<House>, trace: Trace<'a>) -> Result<Self, Violation> {
        let mut world = Self {
            plan: Plan::of(seed),
            die: Die::new(seed),
            now: 0,
            queue: Queue::default(),
            houses,
            nodes: Row::of(|_| Node {
                disk: Disk {
                    logs: Row::of(|log| Log {
                        state: LogState::pinned(houses.at(log).participant.clone(), houses.at(log).vkey.clone())
                            .encode(),
                        ..Log::default()
                    }),
                    files: Row::of(|_| Files::default()),
                    view: View::default(),
                },
                mind: None,
                boot: 0,
            }),
            liars: Row::of(|_| Liar::default()),
            law: Law::new(),
            tally: RegisterTally::default(),
            tickets: 0,
            trace,
        };
        Who::all().try_for_each(|who| world.begin_log(who))?;
        Ok(world)
    }

    fn begin_log(&mut self, who: Who) -> Result<(), Violation> {
        let first = author::key_set(self.houses.at(who), self.instant())?;
        self.law.acknowledged(who, 1, &first.leaf);
        let padding = (0..*self.plan.padding.at(who)).map(|number| Entry {
            leaf: format!("no record, {number}").into_bytes(),
            body: None,
            is_open: true,
        });
        let entries = &mut self.nodes.at_mut(who).disk.logs.at_mut(who).entries;
        entries.push(first);
        entries.extend(padding);
        let begin = self.die.between(0, 3_000);
        self.queue.schedule(begin, Event::Restart(who));
        self.queue.schedule(begin + 500, Event::Author(who));
        if self.plan.lies.at(who).is_two_histories() {
            self.queue.schedule(self.plan.lies_at, Event::Lie(who));
        }
        Ok(())
    }

    /// Plays to the end and looks at what is left.
    pub fn play(mut self) -> Result<RegisterTally, Violation> {
        let plan = format!("{:?}", self.plan);
        self.tell(|| plan);
        while let Some((at, event)) = self.queue.next() {
            if at > END {
                break;
            }
            self.now = at;
            self.tally.steps += 1;
            self.happen(event)?;
        }
        self.law_of_end()?;
        Ok(self.tally)
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Author(who) => self.publish_something(who),
            Event::Lie(who) => self.begin_second_history(who),
            Event::Sequence(who, boot) => self.sequence(who, boot),
            Event::Witness(log, witness, boot) => self.ask_witness(log, witness, boot),
            Event::Synced(who, boot, log, folders) => self.synced(who, boot, log, &folders),
            Event::Look(who, boot, log) => self.begin_look(who, boot, log),
            Event::Timeout(who, boot, log, ticket) => self.time_out(who, boot, log, ticket),
            Event::Fold(who, boot, log) => self.fold(who, boot, log),
            Event::Packet(packet) => self.hear(packet),
            Event::Restart(who) => self.restart(who),
        }
    }

    fn hear(&mut self, packet: Packet) -> Result<(), Violation> {
        match packet.words.clone() {
            Words::Get(resource) => self.answer_reader(&packet, resource),
            Words::Got(resource, answer) => self.take_answer(&packet, resource, answer),
            Words::Cosign(text) => self.cosign(&packet, &text),
            Words::Cosigned(status, text) => self.take_cosignature(&packet, status, &text),
        }
    }

    /// The time.
    pub const fn instant(&self) -> Instant {
        Instant::from_unix_ms(EPOCH + self.now)
    }

    /// Writes down what happens, if anybody reads it.
    pub fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Trace::Kept(lines) = &mut self.trace {
            lines.push(format!("{:>9} ms  {}", self.now, line()));
        }
    }

    /// A number for a question.
    pub const fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    /// What a node has in memory, if it is up and was not started anew.
    pub fn mind_of(&self, who: Who, boot: u64) -> Option<&Mind> {
        let node = self.nodes.at(who);
        node.mind.as_ref().filter(|_| node.boot == boot)
    }

    pub fn mind_of_mut(&mut self, who: Who, boot: u64) -> Option<&mut Mind> {
        let node = self.nodes.at_mut(who);
        node.mind.as_mut().filter(|_| node.boot == boot)
    }

    /// A transaction of a node's. It may fail, or meet a power cut, and be stored all the same.
    pub fn write<T>(&mut self, who: Who, change: impl FnOnce(&mut Disk) -> T) -> Result<T, Unwritten> {
        let Some(fault) = self.fault_of_disk() else {
            return Ok(change(&mut self.nodes.at_mut(who).disk));
        };
        if self.die.chance(50) {
            change(&mut self.nodes.at_mut(who).disk);
        }
        self.suffer(who, fault);
        Err(fault)
    }

    /// Writes files of a log's tree. What comes after them comes when they are durable.
    pub fn write_files(&mut self, who: Who, log: Who, tiles: &[Tile]) -> Result<Result<(), Unwritten>, Violation> {
        let fault = self.fault_of_disk();
        let room = match fault {
            Some(_) => usize::try_from(self.die.next() % (tiles.len() as u64 + 1)).unwrap_or(0),
            None => tiles.len(),
        };
        let node = self.nodes.at_mut(who);
        let (folders, _) = node.disk.files.at_mut(log).put(tiles, room)?;
        if let Some(fault) = fault {
            self.suffer(who, fault);
            return Ok(Err(fault));
        }
        let boot = node.boot;
        let at = self.now + self.die.between(1, 30);
        self.queue.schedule(at, Event::Synced(who, boot, log, folders));
        Ok(Ok(()))
    }

    fn fault_of_disk(&mut self) -> Option<Unwritten> {
        if self.now >= CALM_AT {
            return None;
        }
        if self.die.chance(self.plan.cut) {
            return Some(Unwritten::PowerCut);
        }
        self.die.chance(self.plan.failure).then_some(Unwritten::Failed)
    }

    fn suffer(&mut self, who: Who, fault: Unwritten) {
        match fault {
            Unwritten::Failed => {
                self.tell(|| format!("a write of {who} is said to have failed"));
                self.tally.failures += 1;
            }
            Unwritten::PowerCut => self.cut_power(who),
        }
    }

    fn synced(&mut self, who: Who, boot: u64, log: Who, folders: &Folders) -> Result<(), Violation> {
        if self.mind_of(who, boot).is_none() {
            return Ok(());
        }
        self.nodes.at_mut(who).disk.files.at_mut(log).sync(folders);
        match who == log {
            true => self.sign(who, boot),
            false => self.stage_rows(who, boot, log),
        }
    }

    fn cut_power(&mut self, who: Who) {
        self.tell(|| format!("the power of {who} fails"));
        self.tally.cuts += 1;
        let node = self.nodes.at_mut(who);
        node.mind = None;
        for log in Who::all() {
            node.disk.files.at_mut(log).lose_fresh(&mut self.die);
        }
        let pause = self.die.between(300, 9_000);
        self.queue.schedule(self.now + pause, Event::Restart(who));
    }

    fn restart(&mut self, who: Who) -> Result<(), Violation> {
        let node = self.nodes.at_mut(who);
        node.boot += 1;
        let boot = node.boot;
        let sequencer = self.load_sequencer(who)?;
        self.nodes.at_mut(who).mind = Some(Mind {
            sequencer,
            keepers: Row::of(|_| None),
        });
        self.queue.schedule(self.now + 1, Event::Sequence(who, boot));
        for log in Who::all() {
            self.queue.schedule(self.now + 2, Event::Fold(who, boot, log));
            if log != who {
                self.load_keeper(who, boot, log)?;
                let first = self.die.between(10, 4_000);
                self.queue.schedule(self.now + first, Event::Look(who, boot, log));
            }
        }
        self.law_of_restart(who)
    }
}
