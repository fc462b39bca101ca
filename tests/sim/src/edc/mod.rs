//! A peer of the EDC family in the place of one side: a machine of its own beside `chapar_exchange`'s, which speaks JSON of its own.
//!
//! It does what a connector of version 0.14.0 was seen to do, and what its code says: a machine looks for work from time to time,
//! says a message from an `-ing` state and goes on with any 2xx; a call is tried again with the same `@id`, a state entered again
//! with growing pauses, and given up; any 4xx is the end of the case. It reads no `@id`: a copy is judged by the state alone. A call
//! in flight writes back the copy of the row that it began with.
//!
//! Refuses to judge: what a node of ours may answer it is in `law`, what must hold at the end in `check`.
#![allow(
    clippy::indexing_slicing,
    reason = "a JSON value that is indexed by a name it lacks is null, and those written to are objects of our own"
)]

mod calls;
mod check;
mod door;
mod law;
mod people;
mod process;
mod state;
mod words;

use crate::Violation;
use crate::case::Kind;
use crate::network::{Event, Request};
use crate::plan::CALM_AT;
use crate::prng::Die;
use crate::side::base;
use crate::world::World;
use calls::Call;
use chapar_dsp::Role;
use process::{Kept, Process};
use serde_json::Value;
use state::{Duty, State};
use std::collections::BTreeMap;

/// The pause that our node leaves such a peer between its answer and its next message, in milliseconds (`edge/runtime`, `pace`).
pub(crate) const BREATH_MS: i64 = 300;
/// What a malformed message is called, and one that names no case of ours since it never heard a name.
const MALFORMED: &str = "a malformed message";
const UNTOLD: &str = "a termination without our pid";

/// Where it keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    /// In memory: a lease keeps nobody out, and a message refused gives it up.
    Memory,
    /// In a database: a lease keeps everybody out, and outlives the program.
    Durable,
}

/// The peer.
#[derive(Debug)]
pub(crate) struct Edc {
    role: Role,
    store: Store,
    /// Whether it agrees to other rules than were asked for: its own have changed since its catalogue was read.
    alters: bool,
    /// How long it waits before it looks for work again, in milliseconds.
    wait: i64,
    kept: BTreeMap<String, Kept>,
    /// Calls in flight; a crash forgets them.
    calls: BTreeMap<u64, Call>,
    is_up: bool,
    boot: u64,
    made: u64,
    /// When it looks for work next.
    looks_at: Option<i64>,
    /// What of it was taken by the other side, in order.
    taken: BTreeMap<Kind, Vec<Taken>>,
}

/// A message of it that was taken.
#[derive(Debug)]
struct Taken {
    effect: String,
    /// What it says, without its own name.
    words: Value,
    /// How many moves of the other side it had taken then.
    delivered: usize,
}

impl Edc {
    /// The peer of `seed`.
    pub fn of(role: Role, seed: u64) -> Self {
        let mut die = Die::new(seed ^ 0x0edc_0edc_0edc_0edc);
        Self {
            role,
            store: if die.chance(50) { Store::Memory } else { Store::Durable },
            alters: die.chance(5),
            wait: die.pick(&[5, 50, 1_000]).unwrap_or(1_000),
            kept: BTreeMap::new(),
            calls: BTreeMap::new(),
            is_up: true,
            boot: 0,
            made: 0,
            looks_at: None,
            taken: BTreeMap::new(),
        }
    }

    /// The role that it plays.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether `event` happens at it.
    pub fn is_for(&self, event: &Event) -> bool {
        match event {
            Event::Request(request) => request.to == self.role,
            Event::Response(response) => response.to == self.role,
            Event::Timeout(role, _) | Event::Courier(role, _) | Event::Restart(role) | Event::People(role) => {
                *role == self.role
            }
            Event::Due(role, ..) => *role == self.role,
            Event::Iterate(_) | Event::Resend(..) => true,
        }
    }

    /// Lets it happen.
    pub fn happen(&mut self, event: Event, world: &mut World<'_>) -> Result<(), Violation> {
        match event {
            Event::Request(request) => self.hear(&request, world)?,
            Event::Response(response) => self.hear_answer(&response, world)?,
            Event::Timeout(_, ticket) => self.time_out(&ticket, world),
            Event::Resend(call, boot) if boot == self.boot => self.try_call(call, world),
            Event::Iterate(boot) if boot == self.boot && self.looks_at == Some(world.now) => self.look_for_work(world),
            Event::People(_) => self.let_people_decide(world),
            Event::Restart(_) => {
                world.tell(|| "the EDC is back".to_owned());
                self.is_up = true;
                self.plan_to_look(world.now, world);
            }
            Event::Resend(..) | Event::Iterate(_) | Event::Courier(..) | Event::Due(..) => {}
        }
        Ok(())
    }

    /// Looks for work not later than `at`.
    fn plan_to_look(&mut self, at: i64, world: &mut World<'_>) {
        if self.is_up && self.looks_at.is_none_or(|planned| at < planned) {
            self.looks_at = Some(at);
            world.network.schedule(at, Event::Iterate(self.boot));
        }
    }

    /// Looks for work when its machine next comes round.
    fn wake(&mut self, world: &mut World<'_>) {
        let at = world.now + world.die.between(0, self.wait);
        self.plan_to_look(at, world);
    }

    /// One round of its machine.
    fn look_for_work(&mut self, world: &mut World<'_>) {
        self.looks_at = None;
        let pids: Vec<String> = self.kept.keys().cloned().collect();
        let mut has_worked = false;
        for pid in pids {
            if self.due_at(&pid).is_some_and(|due| due <= world.now) {
                self.work_on(&pid, world);
                has_worked = true;
            }
            if !self.is_up {
                return;
            }
        }
        let due = self.kept.keys().filter_map(|pid| self.due_at(pid)).min();
        if let Some(due) = due {
            let soonest = if has_worked { world.now } else { world.now + self.wait };
            self.plan_to_look(due.max(soonest), world);
        }
    }

    /// When there is something to do about a row; none while it waits for others.
    fn due_at(&self, pid: &str) -> Option<i64> {
        let kept = self.kept.get(pid)?;
        let process = &kept.process;
        match process.state.duty(process.kind, self.role) {
            Duty::Rest => None,
            Duty::Step(_) => Some(kept.leased_until),
            Duty::Say => Some(kept.leased_until.max(process.not_before())),
        }
    }

    fn work_on(&mut self, pid: &str, world: &mut World<'_>) {
        let Some(kept) = self.kept.get_mut(pid) else { return };
        let mut process = kept.read();
        match process.state.duty(process.kind, self.role) {
            Duty::Step(next) => {
                process.come_to(next, world.now);
                kept.save(process);
                world.tell(|| format!("the EDC's `{pid}` comes to {next:?}"));
            }
            Duty::Say => self.begin_call(process, world),
            Duty::Rest => {}
        }
    }

    /// The power fails now and then, where that does not lose all.
    fn may_crash(&mut self, when: &str, world: &mut World<'_>) -> bool {
        let fails = self.store == Store::Durable && world.now < CALM_AT && world.die.chance(world.plan.crash);
        if fails {
            self.is_up = false;
            self.boot += 1;
            self.calls.clear();
            self.looks_at = None;
            world.lose_power(self.role, when);
        }
        fails
    }

    /// A fresh name.
    fn name(&mut self, of: &str) -> String {
        self.made += 1;
        format!("urn:edc:{of}:{}", self.made)
    }

    /// The row of the agreement `id`, where this side is under it.
    fn under(&self, id: &str) -> Option<&Kept> {
        let is_it = |kept: &&Kept| {
            kept.process
                .agreement
                .as_ref()
                .is_some_and(|agreement| agreement["@id"] == id)
        };
        self.kept.values().find(is_it)
    }

    /// The row that is the other end of our case.
    fn end_of(&self, kind: Kind, ours: &str, theirs: Option<&str>) -> Option<&Kept> {
        let of_kind = || self.kept.values().filter(move |kept| kept.process.kind == kind);
        let named = theirs.and_then(|pid| self.kept.get(pid));
        named
            .or_else(|| of_kind().find(|kept| kept.process.peer_pid.as_deref() == Some(ours)))
            .or_else(|| of_kind().find(|kept| kept.process.peer_pid.is_none()))
    }

    /// Its own address and ours.
    fn bases(&self) -> (String, String) {
        (base(self.role), base(self.role.other()))
    }
}

/// Whether what comes was meant to be refused unread.
pub(crate) fn is_malformed(request: &Request) -> bool {
    [MALFORMED, UNTOLD].contains(&request.ticket.message)
}

/// Whether nothing more can come of a row.
const fn is_final(process: &Process) -> bool {
    matches!(process.state, State::Finalized | State::Completed | State::Terminated)
}
