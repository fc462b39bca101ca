//! What must hold between a node of ours and an EDC once nothing more happens, and the faults of that family that excuse it, by name.

use super::process::Kept;
use super::state::{Duty, State};
use super::{Edc, Store};
use crate::Violation;
use crate::case::{Case, Kind};
use crate::world::World;
use chapar_dsp::Role;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::{Opening, Transfer};

/// Why the two ends of a case may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excuse {
    Overwritten,
    Resumed,
    Misleading,
    Undone,
    Outlasted,
}

impl Edc {
    /// Checks the end of a run.
    pub(crate) fn check_end(&self, world: &mut World<'_>) -> Result<(), Violation> {
        let works = |kept: &&Kept| kept.process.state.duty(kept.process.kind, self.role) != Duty::Rest;
        if let Some(kept) = self.kept.values().find(works) {
            return Err(Violation(format!("the EDC still works on {:?}", kept.process)));
        }
        self.check_kind::<Negotiation>(world)?;
        self.check_kind::<Transfer>(world)?;
        self.check_agreements(world)?;
        self.check_flow(world)
    }

    /// Why our case and `kept` may differ, where they may.
    fn excuse(&self, ours: &str, kept: Option<&Kept>, world: &World<'_>) -> Option<Excuse> {
        let faults = kept.map(|kept| kept.faults.clone()).unwrap_or_default();
        let excuse = if faults.resumed && ours == "TERMINATED" {
            Excuse::Resumed
        } else if faults.undone && ["FINALIZED", "COMPLETED"].contains(&ours) {
            Excuse::Undone
        } else if faults.misleading && ours == "SUSPENDED" {
            Excuse::Misleading
        } else if faults.lost.contains(&ours) {
            Excuse::Overwritten
        } else if world.tally.lapsed > 0 || world.plan.may_lapse() {
            Excuse::Outlasted
        } else {
            return None;
        };
        // Where that is so, only three of these can happen.
        let is_exact = self.is_exact(world);
        let is_ever_there = matches!(excuse, Excuse::Resumed | Excuse::Misleading | Excuse::Undone);
        (!is_exact || is_ever_there).then_some(excuse)
    }

    /// Whether nothing gets lost in this run and a lease keeps everybody out.
    fn is_exact(&self, world: &World<'_>) -> bool {
        world.plan.is_calm() && self.store == Store::Durable
    }

    /// Nothing of ours is under way, and both sides say the same, or differ by a known fault of the family.
    fn check_kind<C: Case>(&self, world: &mut World<'_>) -> Result<(), Violation> {
        let role = self.role.other();
        let case = world.side(role).load::<C>();
        let end = case.as_ref().and_then(|case| {
            let theirs = case.head().peer_pid.as_ref().map(|pid| pid.as_str());
            self.end_of(C::KIND, case.head().id.as_str(), theirs)
        });
        let ours = case.as_ref().map_or("", Case::state);
        let excuse = self.excuse(ours, end, world);
        let must_end = world.plan.diligent && excuse.is_none();
        world.check_rest(role, case.as_ref(), must_end)?;
        self.check_others(C::KIND, end, world)?;
        let Some(end) = end else { return Ok(()) };
        let theirs = end.process.state;
        match excuse {
            _ if ours == theirs.told() => {
                world.tally.exact += u64::from(self.is_exact(world));
                world.count_end(ours);
            }
            Some(Excuse::Overwritten) => world.tally.overwritten += 1,
            Some(Excuse::Resumed) => world.tally.resumed += 1,
            Some(Excuse::Misleading) => world.tally.misled += 1,
            Some(Excuse::Undone) => world.tally.undone += 1,
            Some(Excuse::Outlasted) => world.tally.outlasted += 1,
            None => {
                let what = format!("{:?}: ours {ours}, the EDC's {theirs:?}", C::KIND);
                return Err(Violation(what));
            }
        }
        Ok(())
    }

    /// What it began beside our case, for a copy of its first message or in vain, is ended.
    fn check_others(&self, kind: Kind, end: Option<&Kept>, world: &mut World<'_>) -> Result<(), Violation> {
        let is_end = |kept: &Kept| end.is_some_and(|end| end.process.pid == kept.process.pid);
        let others = self
            .kept
            .values()
            .filter(|kept| kept.process.kind == kind && !is_end(kept));
        for other in others {
            world.tally.copies += u64::from(self.role == Role::Provider);
            let is_excused = world.tally.lapsed > 0 && other.process.state != State::Finalized;
            if other.process.state != State::Terminated && !is_excused {
                return Err(Violation(format!("beside our case the EDC has {:?}", other.process)));
            }
        }
        Ok(())
    }

    /// An agreement is in force with us at most once, exactly where our negotiation ended well; at both ends it is the same.
    fn check_agreements(&self, world: &World<'_>) -> Result<(), Violation> {
        let side = world.side(self.role.other());
        let is_final = side.durable.log.ended.get(&Kind::Negotiation) == Some(&"FINALIZED");
        let times = side.durable.log.agreements;
        if times != u32::from(is_final) {
            let what = format!("{times} times under an agreement, finalized: {is_final}");
            return Err(Violation(what));
        }
        let Some(bound) = &side.durable.agreement else {
            return Ok(());
        };
        let ours = bound.agreement.render();
        for kept in self.kept.values().filter(|kept| kept.process.state == State::Finalized) {
            let theirs = kept.process.agreement.clone().unwrap_or_default();
            let names = ["@id", "target", "assigner", "assignee", "permission", "timestamp"];
            if let Some(name) = names.into_iter().find(|name| ours[*name] != theirs[*name]) {
                return Err(Violation(format!("agreements differ in `{name}`: {ours} and {theirs}")));
            }
        }
        Ok(())
    }

    /// Access is open at our end only in a transfer that has started, and then the EDC holds the way in; at its end the same.
    fn check_flow(&self, world: &World<'_>) -> Result<(), Violation> {
        let Some(case) = world.side(self.role.other()).load::<Transfer>() else {
            return Ok(());
        };
        let has_started = case.state() == "STARTED";
        let is_open = case.opening != Opening::Closed;
        if (is_open || case.source.is_some()) && !has_started {
            return Err(Violation(format!("access is open in {}", case.state())));
        }
        let theirs = case.head.peer_pid.as_ref().map(|pid| pid.as_str());
        let end = self.end_of(Kind::Transfer, case.head.id.as_str(), theirs);
        let Some(end) = end.filter(|end| end.process.state == State::Started && has_started) else {
            return Ok(());
        };
        if self.excuse("STARTED", Some(end), world).is_some() {
            return Ok(());
        }
        let Opening::Open { number, .. } = case.opening else {
            return Ok(());
        };
        let open = format!("{}#{number}", case.head.id);
        let address = end
            .process
            .address
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        if address.contains(&format!("\"{open}\"")) {
            return Ok(());
        }
        Err(Violation(format!("opening {open} is open, the EDC holds {address}")))
    }
}
