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
        for (role, case) in [(Role::Consumer, &consumer), (Role::Provider, &provider)] {
            if let Some(pending) = case.as_ref().and_then(Case::pending) {
                return Err(Violation(format!(
                    "the {role}'s {:?} still has `{}` under way",
                    C::KIND,
                    pending.effect
                )));
            }
            let waits = |case: &C| self.plan.patience.is_some_and(|limit| case.due_at(limit).is_some());
            if let Some(case) = case.as_ref().filter(|case| waits(case)) {
                return Err(Violation(format!(
                    "the {role}'s {:?} hangs in {}",
                    C::KIND,
                    case.state()
                )));
            }
            if let Some(case) = case
                .as_ref()
                .filter(|case| self.plan.diligent && !self.plan.may_lapse() && !case.is_over())
            {
                return Err(Violation(format!(
                    "the {role}'s {:?} did not end: {}",
                    C::KIND,
                    case.state()
                )));
            }
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
        self.tally.cases += 1;
        match consumer.state() {
            "FINALIZED" => self.tally.finalized += 1,
            "COMPLETED" => self.tally.completed += 1,
            "TERMINATED" => self.tally.terminated += 1,
            _ => {}
        }
        Ok(())
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
