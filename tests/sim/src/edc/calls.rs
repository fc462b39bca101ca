//! The calls of an EDC: what it says from an `-ing` state, the tries of its HTTP client, and what comes of them, written into the copy
//! of the row that the call began with.

use super::process::{LEASE_MS, Process, RETRIES};
use super::state::State;
use super::words::{self, Speaker};
use super::{Edc, MALFORMED, Store, UNTOLD, law};
use crate::Violation;
use crate::network::{Event, Response, Ticket};
use crate::prng::Die;
use crate::world::{World, rules};
use chapar_terms::Instant;
use serde_json::Value;
use std::rc::Rc;

/// Tries of one call, and the first and longest pause between two of them, in milliseconds.
const TRIES: u32 = 6;
const TRY_MS: i64 = 500;
const TRY_MOST_MS: i64 = 10_000;

/// A call in flight.
#[derive(Debug)]
pub(super) struct Call {
    /// The row as it was read.
    process: Process,
    /// Names the move and the message: the same for each of its tries.
    effect: String,
    kind: &'static str,
    url: String,
    body: Rc<[u8]>,
    tries: u32,
    /// Of the try that waits for its answer.
    attempt: u64,
}

/// What a call came to.
enum Outcome {
    /// Any 2xx; the body.
    Taken(Value),
    /// Nothing that it could go by.
    Failed,
    /// Any 4xx.
    Refused(String),
}

impl Edc {
    /// Says what the state of `process` is about.
    pub(super) fn begin_call(&mut self, mut process: Process, world: &mut World<'_>) {
        let fresh = self.name("message");
        let id = process.said.get_or_insert(fresh).clone();
        let the_move = format!("{}#{}", process.pid, process.moves);
        // What is said again is said in the same form, also where the row was put back to where it stood.
        let mut die = Die::new(whim(&format!("{}{:?}", process.pid, process.state)));
        let mut effect = format!("{the_move} {id}");
        if process.state == State::Agreeing {
            let agreement = self.name("agreement");
            let now = Instant::from_unix_ms(world.instant()).rfc3339();
            let terms = if self.alters {
                rules(1, false)
            } else {
                process.terms.clone()
            };
            process.agreement = Some(words::agreement(&agreement, &terms, &now, &mut die));
            effect = format!("{effect}/{agreement}");
        }
        let (own, ours) = self.bases();
        let speaker = Speaker {
            role: self.role,
            base: &own,
            process: &process,
        };
        let said = speaker.says(&id, &mut die);
        let is_untold = process.state == State::Terminating && process.peer_pid.is_none();
        if let Some(kept) = self.kept.get_mut(&process.pid) {
            kept.leased_until = world.now + LEASE_MS;
            if self.store == Store::Memory {
                // Its copies share this.
                kept.process.said = Some(id);
            }
        }
        let url = format!("{ours}{}", said.path);
        if world.die.chance(3) {
            self.blunder(&process, said.members.clone(), &url, world);
        }
        world.tell(|| format!("the EDC begins to say {} `{effect}`", said.kind));
        self.made += 1;
        let call = Call {
            process,
            effect,
            kind: if is_untold { UNTOLD } else { said.kind },
            url,
            body: words::spelled(said.members, &mut world.die).into(),
            tries: 0,
            attempt: 0,
        };
        self.calls.insert(self.made, call);
        self.try_call(self.made, world);
    }

    /// Says it malformed first, and does not wait for what comes of that.
    fn blunder(&mut self, process: &Process, members: words::Members, url: &str, world: &mut World<'_>) {
        let effect = self.name("blunder");
        let spoilt = words::malformed(members, &mut world.die);
        let ticket = Ticket {
            effect: Rc::from(effect),
            message: MALFORMED,
            body: words::spelled(spoilt, &mut world.die).into(),
            kind: process.kind,
            attempt: u64::MAX,
            boot: self.boot,
            is_young: false,
            doubt: None,
        };
        world.emit(self.role, url, ticket);
    }

    /// One try of its HTTP client.
    pub(super) fn try_call(&mut self, number: u64, world: &mut World<'_>) {
        let boot = self.boot;
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        world.attempts += 1;
        call.tries += 1;
        call.attempt = world.attempts;
        let ticket = Ticket {
            effect: Rc::from(call.effect.as_str()),
            message: call.kind,
            body: Rc::clone(&call.body),
            kind: call.process.kind,
            attempt: call.attempt,
            boot,
            is_young: false,
            doubt: None,
        };
        let url = call.url.clone();
        world.emit(self.role, &url, ticket);
        self.may_crash("with a call in flight", world);
    }

    /// The call whose try this is, while it waits for the answer.
    fn waiting(&self, ticket: &Ticket) -> Option<u64> {
        let is_it = |(_, call): &(&u64, &Call)| call.attempt == ticket.attempt && ticket.boot == self.boot;
        self.calls.iter().find(is_it).map(|(number, _)| *number)
    }

    /// No answer came to a try.
    pub(super) fn time_out(&mut self, ticket: &Ticket, world: &mut World<'_>) {
        if let Some(number) = self.waiting(ticket) {
            self.try_again(number, world);
        }
    }

    fn try_again(&mut self, number: u64, world: &mut World<'_>) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        call.attempt = 0;
        if call.tries >= TRIES {
            return self.finish(number, Outcome::Failed, world);
        }
        let pause = (TRY_MS << (call.tries - 1)).min(TRY_MOST_MS);
        let resend = Event::Resend(number, self.boot);
        world.network.schedule(world.now + pause, resend);
    }

    /// An answer came.
    pub(super) fn hear_answer(&mut self, response: &Response, world: &mut World<'_>) -> Result<(), Violation> {
        world.network.arrived(response);
        let Some(number) = self.waiting(&response.ticket).filter(|_| self.is_up) else {
            return Ok(());
        };
        let effect = &response.ticket.effect;
        world.tell(|| format!("the EDC hears {} to `{effect}`", response.status));
        let body = law::read(response)?;
        let outcome = match response.status {
            200..=299 => {
                self.note_delivered(number, world)?;
                Outcome::Taken(body)
            }
            400..=499 => Outcome::Refused(body.to_string()),
            _ => {
                self.try_again(number, world);
                return Ok(());
            }
        };
        self.finish(number, outcome, world);
        Ok(())
    }

    /// What is heard as taken must have been taken: the other side may not forget it, and may not say so of what it did not take.
    fn note_delivered(&self, number: u64, world: &mut World<'_>) -> Result<(), Violation> {
        let Some(call) = self.calls.get(&number) else {
            return Ok(());
        };
        let accepted = &world.side(self.role.other()).durable.log.accepted;
        let is_taken = accepted.contains_key(&call.effect);
        // The same move under an earlier name, or the same name of a row that was put back.
        let is_known = accepted.keys().any(|effect| is_alike(effect, &call.effect));
        let is_strange = self
            .kept
            .get(&call.process.pid)
            .is_some_and(|kept| !kept.faults.lost.is_empty());
        if is_taken {
            world
                .side_mut(self.role)
                .durable
                .log
                .delivered
                .insert(call.effect.clone());
        } else if !is_strange && !is_known {
            return Err(Violation(format!(
                "`{}` was answered as taken, and was not taken",
                call.effect
            )));
        }
        Ok(())
    }

    /// Writes what came of a call into the copy that it began with, and the copy into the store.
    fn finish(&mut self, number: u64, outcome: Outcome, world: &mut World<'_>) {
        if self.may_crash("before it stored an answer", world) {
            return;
        }
        let role = self.role;
        let Some(call) = self.calls.remove(&number) else { return };
        let mut process = call.process;
        let Some(kept) = self.kept.get_mut(&process.pid) else {
            return;
        };
        let next = match outcome {
            Outcome::Taken(body) => {
                if process.state == State::Requesting {
                    process.peer_pid = body["providerPid"].as_str().map(str::to_owned);
                }
                process.state.after_success(role)
            }
            Outcome::Failed if process.count <= RETRIES => {
                process.agreement = process.agreement.take().filter(|_| process.state != State::Agreeing);
                process.state
            }
            Outcome::Failed => {
                kept.faults.undone |= process.state.is_last_word();
                process.why = Some(format!("Failed to send {}", call.kind));
                process.state.after_failure(process.kind)
            }
            Outcome::Refused(why) => {
                process.why = Some(why);
                process.state.after_failure(process.kind)
            }
        };
        let from = process.state;
        process.come_to(next, world.now);
        kept.save(process);
        world.tell(|| format!("the EDC comes from {from:?} to {next:?} after `{}`", call.effect));
        self.wake(world);
    }
}

/// Whether two messages are of one move or have one name.
fn is_alike(one: &str, other: &str) -> bool {
    one.split(' ').zip(other.split(' ')).any(|(one, other)| one == other)
}

/// A number that is always the same for the same text.
fn whim(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
