//! The network: what is under way, and what happens to it.

use crate::case::Kind;
use crate::plan::{CALM_AT, Numbering, Plan};
use crate::prng::Die;
use crate::queue::Queue;
use chapar_dsp::Role;
use std::rc::Rc;

/// A request under way.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub to: Role,
    pub url: Rc<str>,
    pub ticket: Ticket,
    /// Rises with everything a side sends.
    pub emission: u64,
}

/// Ties an answer to its request.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub effect: Rc<str>,
    pub message: &'static str,
    pub body: Rc<[u8]>,
    pub kind: Kind,
    pub attempt: u64,
    pub boot: u64,
    /// Whether the effect was made a short time ago, so that a 404 means "not yet".
    pub is_young: bool,
    /// The refusal of the move that is in doubt: with one, the request is the question where the case stands.
    pub doubt: Option<Rc<Refused>>,
}

/// A refusal as it was heard.
#[derive(Debug)]
pub(crate) struct Refused {
    pub status: u16,
    pub body: Vec<u8>,
}

/// An answer under way.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub to: Role,
    pub ticket: Ticket,
    pub status: u16,
    pub body: Vec<u8>,
    pub emission: u64,
    /// Of the request that it answers.
    pub answers: u64,
}

/// Something that happens at a time.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Request(Request),
    Response(Response),
    /// The sender has waited long enough.
    Timeout(Role, Ticket),
    /// A side looks at its outbox.
    Courier(Role, u64),
    /// The power comes back.
    Restart(Role),
    /// People of a side decide something.
    People(Role),
    /// A peer of the EDC family looks for work, in this start of it.
    Iterate(u64),
    /// It makes another try of the call with this number, in this start of it.
    Resend(u64, u64),
    /// A side's case may have stayed as it is for too long; a start of the node's forgets the timers of the one before.
    Due(Role, Kind, u64),
}

/// Everything that is going to happen.
#[derive(Default)]
pub(crate) struct Network {
    queue: Queue<Event>,
    emitted: u64,
    /// Requests of each side (consumer, provider) that were emitted up to here arrive no more (but with [`Numbering::Numbered`]).
    horizon: [u64; 2],
}

impl Network {
    /// The next thing that happens.
    pub fn next(&mut self) -> Option<(i64, Event)> {
        self.queue.next()
    }

    /// Makes `event` happen at `at`.
    pub fn schedule(&mut self, at: i64, event: Event) {
        self.queue.schedule(at, event);
    }

    /// A number for something sent.
    pub fn emission(&mut self) -> u64 {
        self.emitted += 1;
        self.emitted
    }

    /// Sends a request; it may be lost, come late, or come twice.
    pub fn send(&mut self, request: Request, now: i64, plan: &Plan, die: &mut Die) {
        let copies = if now < CALM_AT && die.chance(plan.duplicate) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            if let Some(delay) = delay(now, plan, die) {
                self.schedule(now + delay, Event::Request(request.clone()));
            }
        }
    }

    /// Sends an answer; it may be lost or come late.
    pub fn answer(&mut self, response: Response, now: i64, plan: &Plan, die: &mut Die) {
        if let Some(delay) = delay(now, plan, die) {
            self.schedule(now + delay, Event::Response(response));
        }
    }

    /// Whether a request that comes now may still arrive.
    pub fn admits(&self, request: &Request, plan: &Plan) -> bool {
        let [consumer, provider] = self.horizon;
        let horizon = if request.to == Role::Provider {
            consumer
        } else {
            provider
        };
        plan.numbering == Numbering::Numbered || request.emission > horizon
    }

    /// A request has been answered, whether or not the answer arrives: no earlier one of its sender comes after it.
    pub fn answered(&mut self, request: &Request) {
        let [consumer, provider] = &mut self.horizon;
        let asker = if request.to == Role::Provider {
            consumer
        } else {
            provider
        };
        *asker = (*asker).max(request.emission.saturating_sub(1));
    }

    /// An answer has arrived: neither side's earlier requests come after it.
    pub fn arrived(&mut self, response: &Response) {
        let [consumer, provider] = &mut self.horizon;
        let (asker, answerer) = if response.to == Role::Consumer {
            (consumer, provider)
        } else {
            (provider, consumer)
        };
        *asker = (*asker).max(response.answers);
        *answerer = (*answerer).max(response.emission);
    }
}

fn delay(now: i64, plan: &Plan, die: &mut Die) -> Option<i64> {
    if plan.is_parted(now) {
        return None;
    }
    if now >= CALM_AT {
        return Some(die.between(1, 50));
    }
    if die.chance(plan.drop) {
        return None;
    }
    Some(if die.chance(plan.stuck) {
        die.between(9_000, 60_000)
    } else if die.chance(plan.slow) {
        die.between(50, 8_000)
    } else {
        die.between(1, 50)
    })
}
