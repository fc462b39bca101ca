//! The people of an EDC, by its management API: restless at first, then, where the plan has them so, leading each case to its end.

use super::process::{Kept, Process};
use super::state::{Duty, State};
use super::{Edc, Store, is_final};
use crate::case::Kind;
use crate::network::Event;
use crate::operator::{LOOK_MS, LOOK_UNTIL};
use crate::plan::CALM_AT;
use crate::world::{World, rules};
use chapar_dsp::Role;
use serde_json::Value;

impl Edc {
    /// It is their turn.
    pub(super) fn let_people_decide(&mut self, world: &mut World<'_>) {
        let is_restless = world.now < world.plan.restless_until;
        let next = if is_restless {
            world.now + world.die.between(1, 2 * world.plan.decision_every)
        } else {
            world.now + LOOK_MS
        };
        if is_restless || (world.now < LOOK_UNTIL && !self.is_settled(world)) {
            world.network.schedule(next, Event::People(self.role));
        }
        if !self.is_up {
            return;
        }
        self.begin_what_is_missing(is_restless, world);
        let pids: Vec<String> = self.kept.keys().cloned().collect();
        for pid in pids {
            let Some(kept) = self.kept.get(&pid) else { continue };
            let decision = if is_restless {
                self.random_decision(&kept.process, world)
            } else if world.plan.diligent {
                self.diligent_decision(kept)
            } else {
                None
            };
            if let Some(state) = decision {
                self.command(&pid, state, world);
            }
        }
    }

    fn is_settled(&self, world: &World<'_>) -> bool {
        let is_at_rest = |kept: &Kept| kept.process.state.duty(kept.process.kind, self.role) == Duty::Rest;
        let all = |is_it: &dyn Fn(&Kept) -> bool| self.kept.values().all(is_it);
        let needs_transfer = world.plan.diligent && self.role == Role::Consumer && self.transferable().is_some();
        if self.kept.is_empty() {
            return world.now > LOOK_UNTIL / 2;
        }
        let is_done = !world.plan.diligent || all(&|kept: &Kept| is_final(&kept.process));
        world.now > CALM_AT && all(&is_at_rest) && is_done && !needs_transfer
    }

    /// The agreement under which nothing was asked for yet.
    fn transferable(&self) -> Option<Value> {
        let is_there = self.kept.values().any(|kept| kept.process.kind == Kind::Transfer);
        let bound = self.kept.values().find(|kept| kept.process.state == State::Finalized)?;
        bound
            .process
            .agreement
            .as_ref()
            .filter(|_| !is_there)
            .map(|agreement| agreement["@id"].clone())
    }

    /// A consumer's people ask for a contract, and under it for data.
    fn begin_what_is_missing(&mut self, is_restless: bool, world: &mut World<'_>) {
        if self.role == Role::Provider {
            return;
        }
        let (kind, terms) = match self.transferable() {
            Some(agreement) if is_restless || world.plan.diligent => (Kind::Transfer, agreement),
            None if self.kept.is_empty() && world.now < CALM_AT => (Kind::Negotiation, rules(0, world.plan.denied)),
            _ => return,
        };
        let pid = self.name(kind.noun());
        world.tell(|| format!("people of the EDC begin `{pid}`"));
        let process = Process::new(kind, pid.clone(), State::Initial, terms, world.now);
        self.kept.insert(pid, Kept::new(process));
        self.wake(world);
    }

    /// Something that the state allows, now and then.
    fn random_decision(&self, process: &Process, world: &mut World<'_>) -> Option<State> {
        let die = &mut world.die;
        match (process.kind, process.state) {
            _ if is_final(process) => None,
            (Kind::Negotiation, State::Offered) => die.chance(20).then_some(State::Terminating),
            (Kind::Negotiation, state) => (state != State::Terminating && die.chance(4)).then_some(State::Terminating),
            // It can be asked for this in any state but this one.
            (Kind::Transfer, State::Resumed) => None,
            _ if process.state == State::Terminating => None,
            (Kind::Transfer, _) if die.chance(4) => Some(State::Terminating),
            (Kind::Transfer, State::Started) if die.chance(40) => Some(State::Suspending),
            (Kind::Transfer, State::Started) if die.chance(8) => Some(State::Completing),
            (Kind::Transfer, State::Suspended) if die.chance(60) => Some(State::Resuming),
            _ => None,
        }
    }

    /// What leads to the end.
    fn diligent_decision(&self, kept: &Kept) -> Option<State> {
        match (kept.process.state, self.role) {
            (State::Offered, _) => Some(State::Terminating),
            (State::Started, Role::Consumer) => Some(State::Completing),
            // A consumer goes on with what it paused itself, a provider with all.
            (State::Suspended, role) if role == Role::Provider || kept.process.paused_here => Some(State::Resuming),
            _ => None,
        }
    }

    /// A command writes the row as a message does.
    fn command(&mut self, pid: &str, state: State, world: &mut World<'_>) {
        let Some(kept) = self.kept.get_mut(pid) else { return };
        if self.store == Store::Durable && kept.leased_until > world.now {
            return;
        }
        let mut process = kept.read();
        kept.faults.undone |= process.state.is_last_word();
        process.why = Some("because the people want it".to_owned());
        if state == State::Suspending {
            process.paused_here = true;
        }
        process.address = None;
        process.come_to(state, world.now);
        kept.save(process);
        world.tell(|| format!("people of the EDC: `{pid}` to {state:?}"));
        self.wake(world);
    }
}
