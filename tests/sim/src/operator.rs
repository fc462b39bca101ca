//! The people of both sides: restless at first, then (in most runs) diligent, leading every case to its end.

use crate::Violation;
use crate::case::Case;
use crate::network::Event;
use crate::plan::{CALM_AT, Numbering};
use crate::side::{Cause, base};
use crate::world::{World, offer};
use chapar_dsp::Role;
use chapar_dsp::negotiation::State as N;
use chapar_dsp::transfer::State as T;
use chapar_exchange::negotiation::{self, Negotiation};
use chapar_exchange::track::Delivery;
use chapar_exchange::transfer::{self, HTTP_PULL, Opening, Transfer};
use chapar_exchange::{Actor, Mode, Reply, Step};

/// How often diligent people look at their cases, in milliseconds, and how long they do.
pub(crate) const LOOK_MS: i64 = 5_000;
pub(crate) const LOOK_UNTIL: i64 = 3_600_000;

impl World<'_> {
    /// The first decision of all, and the people's diaries.
    pub(crate) fn begin(&mut self) -> Result<(), Violation> {
        let opener = self.plan.opener;
        // An EDC begins when its people first look.
        if self.edc.as_ref().is_none_or(|edc| edc.role() != opener) {
            self.open_negotiation(opener)?;
        }
        for role in Role::ALL {
            let first = self.die.between(1, self.plan.decision_every);
            self.network.schedule(first, Event::People(role));
        }
        Ok(())
    }

    /// It is the turn of the people of `role`.
    pub(crate) fn let_people_decide(&mut self, role: Role) -> Result<(), Violation> {
        let is_restless = self.now < self.plan.restless_until;
        // Whoever was restless to the end waits until the dust has settled.
        let next = if is_restless {
            self.now + self.die.between(1, 2 * self.plan.decision_every)
        } else {
            self.now + LOOK_MS
        };
        let goes_on = is_restless || (self.now < LOOK_UNTIL && !self.is_settled(role)?);
        if goes_on {
            self.network.schedule(next, Event::People(role));
        }
        if !self.side(role).is_up {
            return Ok(());
        }
        if self.side(role).read.negotiation.clone().is_none() {
            return if role == self.plan.opener && self.now < CALM_AT {
                self.open_negotiation(role)
            } else {
                Ok(())
            };
        }
        if is_restless {
            self.decide_at_random(role)
        } else {
            self.decide_diligently(role)
        }
    }

    /// Whether nothing is left to do for the people of `role`.
    fn is_settled(&self, role: Role) -> Result<bool, Violation> {
        let Some(negotiation) = self.side(role).read.negotiation.clone() else {
            return Ok(self.now > LOOK_UNTIL / 2);
        };
        let transfer = self.side(role).read.transfer.clone();
        if negotiation.pending().is_some() || transfer.as_ref().is_some_and(|transfer| transfer.pending().is_some()) {
            return Ok(false);
        }
        if !self.plan.diligent {
            return Ok(self.now > CALM_AT);
        }
        let bound = self.side(role).durable.agreement.is_some();
        let transfer_over = transfer.map_or(
            !bound || role == Role::Provider && self.now > LOOK_UNTIL / 2,
            |transfer| transfer.is_over(),
        );
        Ok(negotiation.is_over() && transfer_over)
    }

    fn decide_at_random(&mut self, role: Role) -> Result<(), Violation> {
        let reason = || vec![format!("because {role}")];
        // Without numbers, the same counter-offer again could not be told from a repeat (`chapar_exchange::track`).
        let variant = if self.plan.numbering == Numbering::Plain {
            self.attempts
        } else {
            self.die.below(6)
        };
        if self.side(role).durable.agreement.is_some() {
            if self.side(role).read.transfer.clone().is_none() {
                return if role == Role::Consumer {
                    self.open_transfer()
                } else {
                    Ok(())
                };
            }
            use transfer::Decision::{Complete, Start, Suspend, Terminate};
            let decision = match self.die.below(20) {
                0 => Terminate {
                    code: None,
                    reason: reason(),
                },
                1 => Complete,
                2..10 => Suspend {
                    code: None,
                    reason: reason(),
                },
                _ => Start,
            };
            return self.decide_transfer(role, decision);
        }
        use negotiation::Decision::{Accept, Agree, Finalize, Offer, Request, Terminate, Verify};
        let decision = match (role, self.die.below(20)) {
            (_, 0) => Terminate {
                code: Some("enough".to_owned()),
                reason: reason(),
            },
            (Role::Consumer, 1..8) => Request(offer(variant, false)?),
            (Role::Consumer, 8..14) => Accept,
            (Role::Consumer, _) => Verify,
            (Role::Provider, 1..8) => Offer(offer(variant, false)?),
            (Role::Provider, 8..14) => Agree,
            (Role::Provider, _) => Finalize,
        };
        self.decide_negotiation(role, decision)
    }

    fn decide_diligently(&mut self, role: Role) -> Result<(), Violation> {
        use negotiation::Decision::{Accept, Agree, Finalize, Terminate, Verify};
        let Some(negotiation) = self.side(role).read.negotiation.clone() else {
            return Ok(());
        };
        let terminate = || Terminate {
            code: None,
            reason: Vec::new(),
        };
        if lapsed(&negotiation) {
            return self.decide_negotiation(role, terminate());
        }
        if self.plan.diligent && negotiation.pending().is_none() {
            let decision = match (role, negotiation.track.state) {
                (Role::Consumer, Some(N::Offered)) => Some(Accept),
                (Role::Consumer, Some(N::Agreed)) => Some(Verify),
                (Role::Provider, Some(N::Requested | N::Accepted)) if self.plan.denied => Some(terminate()),
                (Role::Provider, Some(N::Requested | N::Accepted)) => Some(Agree),
                (Role::Provider, Some(N::Verified)) => Some(Finalize),
                _ => None,
            };
            if let Some(decision) = decision {
                return self.decide_negotiation(role, decision);
            }
        }
        self.decide_transfer_diligently(role)
    }

    fn decide_transfer_diligently(&mut self, role: Role) -> Result<(), Violation> {
        use transfer::Decision::{Complete, Start, Terminate};
        let Some(transfer) = self.side(role).read.transfer.clone() else {
            let opens = role == Role::Consumer && self.plan.diligent && self.side(role).durable.agreement.is_some();
            return if opens { self.open_transfer() } else { Ok(()) };
        };
        if lapsed(&transfer) {
            return self.decide_transfer(
                role,
                Terminate {
                    code: None,
                    reason: Vec::new(),
                },
            );
        }
        if !self.plan.diligent || transfer.pending().is_some() {
            return Ok(());
        }
        let is_closed = transfer.opening == Opening::Closed;
        let decision = match (role, transfer.track.state) {
            (Role::Provider, Some(T::Requested | T::Suspended)) => Start,
            (Role::Provider, Some(T::Started)) if is_closed => Start,
            // One whose completion is refused for good ends it the hard way.
            (Role::Consumer, Some(T::Started))
                if transfer
                    .track
                    .fault
                    .as_ref()
                    .is_some_and(|fault| fault.code == "unwilling") =>
            {
                Terminate {
                    code: None,
                    reason: Vec::new(),
                }
            }
            (Role::Consumer, Some(T::Started)) => Complete,
            _ => return Ok(()),
        };
        self.decide_transfer(role, decision)
    }

    fn open_negotiation(&mut self, role: Role) -> Result<(), Violation> {
        let new = negotiation::New {
            role,
            peer: self.side(role).peer.value().id.clone(),
            address: base(role.other()),
            offer: offer(0, self.plan.denied)?,
            mode: if role == Role::Consumer {
                self.plan.consumer_mode
            } else {
                self.plan.provider_mode
            },
            callbacks: Vec::new(),
            follow_on: None,
        };
        let step = self.with_facts(role, |facts, _| negotiation::open(new, &people(), facts))?;
        self.commit_decision(role, "open a negotiation", &step)
    }

    fn open_transfer(&mut self) -> Result<(), Violation> {
        let role = Role::Consumer;
        let Some(bound) = self.side(role).durable.agreement.clone() else {
            return Ok(());
        };
        let new = transfer::New {
            peer: self.side(role).peer.value().id.clone(),
            address: base(role.other()),
            agreement: bound.agreement.id.clone(),
            asset: bound.agreement.target.clone(),
            format: HTTP_PULL.to_owned(),
            destination: None,
            mode: Mode::Auto,
            callbacks: Vec::new(),
            private_properties: serde_json::Map::new(),
        };
        let step = self.with_facts(role, |facts, _| transfer::open(new, &people(), facts))?;
        self.commit_decision(role, "open a transfer", &step)
    }

    fn decide_negotiation(&mut self, role: Role, decision: negotiation::Decision) -> Result<(), Violation> {
        let Some(case) = self.side(role).load::<Negotiation>() else {
            return Ok(());
        };
        let name = format!("{decision:?}");
        let step = self.with_facts(role, |facts, _| negotiation::decide(case, decision, &people(), facts))?;
        self.commit_decision(role, &name, &step)
    }

    fn decide_transfer(&mut self, role: Role, decision: transfer::Decision) -> Result<(), Violation> {
        let Some(case) = self.side(role).load::<Transfer>() else {
            return Ok(());
        };
        let bound = self.side(role).durable.agreement.clone();
        let name = format!("{decision:?}");
        let step = self.with_facts(role, |facts, _| {
            transfer::decide(case, decision, bound.as_ref(), &people(), facts)
        })?;
        self.commit_decision(role, &name, &step)
    }

    fn commit_decision<C: Case>(&mut self, role: Role, name: &str, step: &Step<C>) -> Result<(), Violation> {
        if matches!(step.reply, Reply::Refused(_)) {
            return Ok(());
        }
        self.tell(|| format!("people of {role}: {name}"));
        let power = self.commit(role, step, Cause::Other)?;
        self.wake(role, power);
        Ok(())
    }
}

fn people() -> Actor {
    Actor::Key {
        id: "key-1".to_owned(),
        role: "editor".to_owned(),
    }
}

fn lapsed<C: Case>(case: &C) -> bool {
    case.pending()
        .is_some_and(|pending| pending.delivery == Delivery::Lapsed)
}
