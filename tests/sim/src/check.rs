//! What must hold once nothing more happens.

use crate::Violation;
use crate::case::{Case, Kind};
use crate::world::World;
use chapar_dsp::Role;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::{Opening, Transfer};

impl World<'_> {
    /// Checks the end of a run.
    pub(crate) fn check_end(&mut self) -> Result<(), Violation> {
        if let Some(edc) = self.edc.take() {
            return edc.check_end(self);
        }
        self.check_kind::<Negotiation>()?;
        self.check_kind::<Transfer>()?;
        self.check_agreements()?;
        self.check_flow()
    }

    /// No move is under way, and both sides say the same.
    fn check_kind<C: Case>(&mut self) -> Result<(), Violation> {
        let (consumer, provider) = (
            self.side(Role::Consumer).load::<C>(),
            self.side(Role::Provider).load::<C>(),
        );
        let must_end = self.plan.diligent && !self.plan.may_lapse();
        for (role, case) in [(Role::Consumer, &consumer), (Role::Provider, &provider)] {
            self.check_rest(role, case.as_ref(), must_end)?;
        }
        let (Some(consumer), Some(provider)) = (consumer, provider) else {
            return Ok(());
        };
        // A peer out of reach for longer than the deadline may hold another last word; people see the failure in the case.
        if consumer.state() != provider.state() && self.tally.lapsed == 0 {
            return Err(Violation(format!(
                "{:?}: consumer {}, provider {}",
                C::KIND,
                consumer.state(),
                provider.state()
            )));
        }
        self.count_end(consumer.state());
        Ok(())
    }

    /// Nothing of `case` is under way, and nothing in it is overdue; it is over if it must be.
    pub(crate) fn check_rest<C: Case>(&self, role: Role, case: Option<&C>, must_end: bool) -> Result<(), Violation> {
        let Some(case) = case else { return Ok(()) };
        let what = if let Some(pending) = case.pending() {
            format!("still has `{}` under way", pending.effect)
        } else if self.plan.patience.is_some_and(|limit| case.due_at(limit).is_some()) {
            format!("hangs in {}", case.state())
        } else if must_end && !case.is_over() {
            format!("did not end: {}", case.state())
        } else {
            return Ok(());
        };
        Err(Violation(format!("the {role}'s {:?} {what}", C::KIND)))
    }

    /// Counts a case that came to rest in `state` on both sides.
    pub(crate) fn count_end(&mut self, state: &str) {
        self.tally.cases += 1;
        match state {
            "FINALIZED" => self.tally.finalized += 1,
            "COMPLETED" => self.tally.completed += 1,
            "TERMINATED" => self.tally.terminated += 1,
            _ => {}
        }
    }

    /// An agreement is in force on both sides, the same one, exactly where the negotiation ended well.
    fn check_agreements(&self) -> Result<(), Violation> {
        let mut found = Vec::new();
        for role in Role::ALL {
            let side = self.side(role);
            let is_final = side.durable.log.ended.get(&Kind::Negotiation) == Some(&"FINALIZED");
            let times = side.durable.log.agreements;
            if times != u32::from(is_final) {
                return Err(Violation(format!(
                    "the {role} came {times} times under an agreement, finalized: {is_final}"
                )));
            }
            found.extend(side.durable.agreement.as_ref().map(|bound| bound.agreement.render()));
        }
        match found.as_slice() {
            [] => Ok(()),
            [consumer, provider] if consumer == provider => Ok(()),
            [_] if self.tally.lapsed > 0 => Ok(()),
            other => Err(Violation(format!("agreements differ: {other:?}"))),
        }
    }

    /// A consumer that holds an address holds the one that is open.
    fn check_flow(&self) -> Result<(), Violation> {
        let (Some(consumer), Some(provider)) = (
            self.side(Role::Consumer).read.transfer.clone(),
            self.side(Role::Provider).read.transfer.clone(),
        ) else {
            return Ok(());
        };
        let Opening::Open { number, .. } = provider.opening else {
            return Ok(());
        };
        if self.tally.lapsed > 0 {
            return Ok(());
        }
        let open = format!("{}#{number}", provider.head.id);
        let held = consumer
            .source
            .as_ref()
            .and_then(|address| address.property("authorization"));
        // A side that closed its own copy, and was refused the suspension, holds none.
        match held {
            Some(held) if held == open => Ok(()),
            None if self.plan.unwilling > 0 => Ok(()),
            other => Err(Violation(format!(
                "opening {open} is open, the consumer holds {other:?}"
            ))),
        }
    }
}
