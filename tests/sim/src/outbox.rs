//! The courier of a side: delivers what the outbox holds, in order per case, and takes in what came of it.

use crate::Violation;
use crate::case::{Case, Kind};
use crate::network::{Event, Request, Response, Ticket};
use crate::plan::Numbering;
use crate::side::{Cause, Parcel};
use crate::world::World;
use chapar_dsp::Role;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Answer, Sent};
use chapar_trust::Proof;
use std::rc::Rc;

/// How long a sender waits for an answer, in milliseconds.
const CALL_MS: i64 = 10_000;
/// First and longest delay between two tries, in milliseconds.
const RETRY_MS: i64 = 200;
const RETRY_MOST_MS: i64 = 60_000;
/// How long after an effect's making a 404 means "not yet".
const NOT_YET_MS: i64 = 5_000;

impl World<'_> {
    /// Sends what is due.
    pub(crate) fn run_courier(&mut self, role: Role, boot: u64) {
        let side = self.side(role);
        if !side.is_up || side.boot != boot {
            return;
        }
        for kind in Kind::ALL {
            let side = self.side(role);
            if side.flights.contains_key(&kind) {
                continue;
            }
            let Some(parcel) = side.durable.outbox.iter().find(|parcel| parcel.kind == kind).cloned() else {
                continue;
            };
            if parcel.not_before > self.now {
                self.network.schedule(parcel.not_before, Event::Courier(role, boot));
            } else {
                self.send_parcel(role, &parcel);
            }
        }
    }

    fn send_parcel(&mut self, role: Role, parcel: &Parcel) {
        let ticket = Ticket {
            effect: Rc::from(parcel.effect.as_str()),
            message: parcel.message,
            body: Rc::from(parcel.body.as_slice()),
            kind: parcel.kind,
            attempt: 0,
            boot: self.side(role).boot,
            is_young: self.instant() - parcel.created_at < NOT_YET_MS,
            doubt: None,
        };
        self.tell(|| {
            format!(
                "{role} sends {} `{}` (try {})",
                parcel.message, parcel.effect, parcel.attempts
            )
        });
        self.call(role, &parcel.url, ticket);
    }

    /// Makes a call, which is the only one of its case: a move, or the question what became of it.
    pub(crate) fn call(&mut self, role: Role, url: &str, ticket: Ticket) {
        self.attempts += 1;
        let attempt = self.attempts;
        let ticket = Ticket { attempt, ..ticket };
        self.side_mut(role).flights.insert(ticket.kind, attempt);
        self.emit(role, url, ticket);
    }

    /// Lets a request of `role` leave, and its sender wait for the answer.
    pub(crate) fn emit(&mut self, role: Role, url: &str, ticket: Ticket) {
        let now = self.now;
        self.network
            .schedule(now + CALL_MS, Event::Timeout(role, ticket.clone()));
        let request = Request {
            to: role.other(),
            url: Rc::from(url),
            ticket,
            emission: self.network.emission(),
        };
        self.network.send(request, now, &self.plan, &mut self.die);
    }

    /// Whether the sender of `ticket` still waits for its answer; if so, it waits no more.
    fn land(&mut self, role: Role, ticket: &Ticket) -> bool {
        let side = self.side_mut(role);
        let waits = side.is_up && side.boot == ticket.boot && side.flights.get(&ticket.kind) == Some(&ticket.attempt);
        if waits {
            side.flights.remove(&ticket.kind);
        }
        waits
    }

    /// No answer came.
    pub(crate) fn time_out(&mut self, role: Role, ticket: &Ticket) -> Result<(), Violation> {
        if !self.land(role, ticket) {
            return Ok(());
        }
        match &ticket.doubt {
            Some(doubt) => self.resolve_doubt(role, ticket, doubt, None),
            None => self.try_again(role, ticket, "no answer"),
        }
    }

    /// An answer came.
    pub(crate) fn take_answer(&mut self, response: &Response) -> Result<(), Violation> {
        let (role, ticket) = (response.to, &response.ticket);
        self.network.arrived(response);
        if !self.land(role, ticket) {
            return Ok(());
        }
        self.tell(|| format!("{role} hears {} to `{}`", response.status, ticket.effect));
        if let Some(doubt) = &ticket.doubt {
            return self.resolve_doubt(role, ticket, doubt, Some(response));
        }
        if self.ask_in_doubt(role, response) {
            return Ok(());
        }
        self.read_answer(role, ticket, response.status, &response.body)
    }

    /// What an answer says of the move, now that it counts.
    pub(crate) fn read_answer(
        &mut self,
        role: Role,
        ticket: &Ticket,
        status: u16,
        body: &[u8],
    ) -> Result<(), Violation> {
        match status {
            200..=299 => {
                let (ack, proof) = (ticket.kind.read_ack(body), Proof::Asserted);
                self.settle(role, ticket, &Answer::Taken { ack, proof })
            }
            408 | 409 | 425 | 429 | 500..=599 => self.try_again(role, ticket, "try again"),
            404 if ticket.is_young => self.try_again(role, ticket, "not yet"),
            status => {
                let error = chapar_dsp::parse_error(body);
                self.tally.refused += 1;
                self.settle(
                    role,
                    ticket,
                    &Answer::Refused {
                        status,
                        error,
                        proof: Proof::Asserted,
                    },
                )
            }
        }
    }

    fn try_again(&mut self, role: Role, ticket: &Ticket, why: &str) -> Result<(), Violation> {
        let (now, boot, instant) = (self.now, ticket.boot, self.instant());
        let parcels = &mut self.side_mut(role).durable.outbox;
        if let Some(parcel) = parcels.iter_mut().find(|parcel| *parcel.effect == *ticket.effect) {
            let delay = RETRY_MS.saturating_mul(1 << parcel.attempts.min(16)).min(RETRY_MOST_MS);
            if instant + delay >= parcel.deadline {
                self.tally.lapsed += 1;
                self.tell(|| format!("{role} gives `{}` up", ticket.effect));
                return self.settle(role, ticket, &Answer::Lapsed(why.to_owned()));
            }
            parcel.attempts += 1;
            parcel.not_before = now + delay;
        }
        self.network.schedule(now, Event::Courier(role, boot));
        Ok(())
    }

    /// Feeds the result back as an input.
    pub(crate) fn settle(&mut self, role: Role, ticket: &Ticket, answer: &Answer) -> Result<(), Violation> {
        match ticket.kind {
            Kind::Negotiation => self.settle_case::<Negotiation>(role, ticket, answer),
            Kind::Transfer => self.settle_case::<Transfer>(role, ticket, answer),
        }
    }

    /// Whether `role` may have taken new words for a repeat: a move decided anew after its deadline, or, where moves have no
    /// number, one that meets a termination anyway.
    fn may_repeat<C: Case>(&self, role: Role) -> Result<bool, Violation> {
        let ends = self
            .side(role)
            .load::<C>()
            .is_some_and(|case| ["TERMINATED", "TERMINATING"].contains(&case.phase()));
        Ok(self.plan.may_lapse() || (ends && self.plan.numbering == Numbering::Plain))
    }

    fn settle_case<C: Case>(&mut self, role: Role, ticket: &Ticket, answer: &Answer) -> Result<(), Violation> {
        let Some(case) = self.side(role).load::<C>() else {
            return Ok(());
        };
        let sent = Sent {
            effect: &ticket.effect,
            message: ticket.message,
            body: &ticket.body,
        };
        // The answer to a move that was settled before changes nothing.
        let is_pending = case.pending().is_some_and(|pending| pending.effect == sent.effect);
        let step = self.with_facts(role, |facts, _| case.deliver(&sent, answer.clone(), facts))?;
        let is_success = matches!(answer, Answer::Taken { .. }) && is_pending;
        let is_accepted = self
            .side(role.other())
            .durable
            .log
            .accepted
            .contains_key(&*ticket.effect);
        // What the peer says of itself counts whatever it came by: it may have ended the case at the same time.
        let is_told = ticket.doubt.is_some();
        if is_success && !is_accepted && !is_told && !self.may_repeat::<C>(role.other())? {
            return Err(Violation(format!(
                "the {role} holds `{}` for taken, which it was not",
                ticket.effect
            )));
        }
        let cause = if is_success && is_accepted {
            Cause::Delivered(&ticket.effect)
        } else {
            Cause::Other
        };
        let power = self.commit(role, &step, cause)?;
        self.wake(role, power);
        Ok(())
    }
}
