//! The door of a side: a request is parsed, stepped, committed, and only then answered.

use crate::Violation;
use crate::case::{Case, Kind};
use crate::edc::{self, BREATH_MS};
use crate::network::{Request, Response};
use crate::plan::{CALM_AT, Numbering};
use crate::side::{Cause, base, fault};
use crate::world::{Power, World};
use chapar_dsp::{Malformed, NegotiationMessage, Role, TransferContent, TransferMessage, negotiation, transfer};
use chapar_exchange::negotiation::{receive as receive_negotiation, receive_first as begin_negotiation};
use chapar_exchange::transfer::{Bound, receive as receive_transfer, receive_first as begin_transfer};
use chapar_exchange::{Created, Received, Refusal, RefusalKind, Reply, Step};
use chapar_terms::Pid;
use serde_json::{Map, Value};

/// An answer as its status and body.
type Answer = (u16, Vec<u8>);

/// Where a request is for.
enum Route {
    Negotiation {
        pid: Option<String>,
        expected: &'static [negotiation::Message],
    },
    Transfer {
        pid: Option<String>,
        expected: &'static [transfer::Message],
    },
}

impl World<'_> {
    /// A request has come.
    pub(crate) fn take_request(&mut self, request: &Request) -> Result<(), Violation> {
        let role = request.to;
        let is_copy = self
            .side(role)
            .durable
            .log
            .accepted
            .contains_key(&*request.ticket.effect);
        let may_come_late = is_copy && self.plan.numbering == Numbering::Named;
        if !may_come_late && !self.network.admits(request, &self.plan) {
            return Ok(());
        }
        if !self.side(role).is_up {
            self.reply(request, (503, Vec::new()));
            return Ok(());
        }
        if let Some(answer) = self.turned_away(request) {
            self.reply(request, answer);
            return Ok(());
        }
        let kind = request.ticket.kind;
        let power = match route(role, &request.url) {
            Some(Route::Negotiation { pid, expected }) => {
                let parsed = chapar_dsp::parse_negotiation(&self.heard(request)?, expected);
                match self.well_formed(request, parsed)? {
                    Some(message) => self.negotiation_door(request, pid.as_deref(), message)?,
                    None => return Ok(()),
                }
            }
            Some(Route::Transfer { pid, expected }) => {
                let parsed = chapar_dsp::parse_transfer(&self.heard(request)?, expected);
                match self.well_formed(request, parsed)? {
                    Some(message) => self.transfer_door(request, pid.as_deref(), message)?,
                    None => return Ok(()),
                }
            }
            None => return Err(Violation(format!("no route for {kind:?} at `{}`", request.url))),
        };
        // Effects run only now that the answer is out; that family needs a moment more for its books.
        let pause = if self.edc.is_some() { BREATH_MS } else { 0 };
        self.wake_after(pause, role, power);
        Ok(())
    }

    /// The message, or none where its sender meant it malformed, and it is refused.
    fn well_formed<M>(&mut self, request: &Request, parsed: Result<M, Malformed>) -> Result<Option<M>, Violation> {
        match (parsed, edc::is_malformed(request)) {
            (Ok(message), false) => Ok(Some(message)),
            (Err(_), true) => {
                self.tally.malformed += 1;
                self.reply(request, (400, Vec::new()));
                Ok(None)
            }
            (Ok(_), true) => {
                let body = String::from_utf8_lossy(&request.ticket.body);
                Err(Violation(format!("a malformed message was taken for one: {body}")))
            }
            (Err(why), false) => Err(fault(why)),
        }
    }

    /// What a door says without looking at the case: busy, not yet stored, or unwilling for reasons of its own.
    fn turned_away(&mut self, request: &Request) -> Option<Answer> {
        let unwilling = self.plan.unwilling > 0
            && ["TransferSuspensionMessage", "TransferCompletionMessage"].contains(&request.ticket.message)
            && whim(&request.ticket.effect) % 100 < self.plan.unwilling;
        if unwilling {
            let body = chapar_dsp::render_transfer_error(None, None, "unwilling", &["not now".to_owned()]);
            return Some((400, body.to_string().into_bytes()));
        }
        if self.now >= CALM_AT || !self.die.chance(self.plan.busy) {
            return None;
        }
        // To an EDC any 4xx is the end: we never say that we are busy so.
        let busy: &[u16] = if self.edc.is_some() {
            &[500, 503]
        } else {
            &[404, 408, 425, 429, 500, 503]
        };
        let status = self
            .die
            .pick(busy)
            .filter(|status| *status != 404 || request.ticket.is_young);
        Some((status.unwrap_or(503), Vec::new()))
    }

    fn negotiation_door(
        &mut self,
        request: &Request,
        pid: Option<&str>,
        message: NegotiationMessage,
    ) -> Result<Power, Violation> {
        let role = request.to;
        let case = self.side(role).read.negotiation.clone();
        let published = self.published(role)?;
        let effect = self.number(request);
        let step = self.with_facts(role, |facts, side| {
            let received = Received {
                message,
                peer: &side.peer,
                effect,
            };
            match (case, pid) {
                (Some(case), pid) if pid.is_none_or(|pid| pid == case.head.id.as_str()) => {
                    Some(receive_negotiation(case, received, facts))
                }
                (None, None) => Some(begin_negotiation(received, published, facts)),
                _ => None,
            }
        })?;
        self.close_request(request, step)
    }

    fn transfer_door(
        &mut self,
        request: &Request,
        pid: Option<&str>,
        message: TransferMessage,
    ) -> Result<Power, Violation> {
        let role = request.to;
        let case = self.side(role).read.transfer.clone();
        let bound = self.side(role).durable.agreement.clone();
        if case.is_none() && self.is_binding(role, &message)? {
            // The consumer holds the agreement for final, and its word of that has not reached us yet.
            self.reply(request, (503, Vec::new()));
            return Ok(Power::On);
        }
        let mode = self.plan.provider_mode;
        let effect = self.number(request);
        let step = self.with_facts(role, |facts, side| {
            let received = Received {
                message,
                peer: &side.peer,
                effect,
            };
            match (case, pid) {
                (Some(case), pid) if pid.is_none_or(|pid| pid == case.head.id.as_str()) => {
                    Some(receive_transfer(case, received, bound.as_ref(), facts))
                }
                (None, None) => {
                    let bound = bound.filter(|bound| names(&received.message, bound));
                    Some(begin_transfer(received, bound.as_ref(), mode, facts))
                }
                _ => None,
            }
        })?;
        self.close_request(request, step)
    }

    /// Whether the agreement that the request names is on its way to be in force here.
    fn is_binding(&self, role: Role, message: &TransferMessage) -> Result<bool, Violation> {
        let TransferContent::Request { agreement_id, .. } = &message.content else {
            return Ok(false);
        };
        let negotiation = self.side(role).read.negotiation.clone();
        Ok(negotiation.is_some_and(|case| {
            let is_named = case
                .agreement
                .as_ref()
                .is_some_and(|agreement| agreement.id == *agreement_id);
            is_named
                && case
                    .track
                    .pending
                    .as_ref()
                    .is_some_and(|pending| pending.message == negotiation::Message::Finalized)
        }))
    }

    /// Commits, then answers: a power cut at the commit leaves the answer unsaid.
    fn close_request<C: Case>(&mut self, request: &Request, step: Option<Step<C>>) -> Result<Power, Violation> {
        let Some(step) = step else {
            if self.edc.is_some() {
                return Err(Violation(format!("there is no case for `{}`", request.ticket.effect)));
            }
            self.reply(request, (404, Vec::new()));
            return Ok(Power::On);
        };
        let answer = answer(&step.reply, C::KIND)?;
        self.judge_reply(request, &step)?;
        let has = &self.side(request.to.other()).durable.log.accepted;
        let overtaken = step.cancelled.iter().any(|effect| !has.contains_key(effect));
        self.tally.overtaken += u64::from(overtaken);
        match &step.reply {
            Reply::Taken { .. } if step.case.is_none() => self.tally.repeats += 1,
            Reply::Refused(refusal) if refusal.code == "move-void" => self.tally.strays += 1,
            Reply::Refused(refusal) if refusal.code == "moves-crossed" => self.tally.crossed += 1,
            _ => {}
        }
        let role = request.to;
        self.tell(|| {
            format!(
                "{role} takes {} `{}`: {:?}",
                request.ticket.message, request.ticket.effect, step.reply
            )
        });
        let power = self.commit(role, &step, Cause::Received(&request.ticket.effect))?;
        if power != Power::Off {
            self.reply(request, answer);
        }
        Ok(power)
    }

    pub(crate) fn reply(&mut self, request: &Request, (status, body): Answer) {
        self.network.answered(request);
        let emission = self.network.emission();
        let to = request.to.other();
        let response = Response {
            to,
            ticket: request.ticket.clone(),
            status,
            body,
            emission,
            answers: request.emission,
        };
        self.network.answer(response, self.now, &self.plan, &mut self.die);
    }

    /// The number that the message carries, where the sides number their moves.
    fn number(&self, request: &Request) -> Option<u64> {
        match self.plan.numbering {
            Numbering::Numbered => request.ticket.effect.rsplit_once('#')?.1.parse().ok(),
            Numbering::Named | Numbering::Plain => None,
        }
    }

    /// The message as its receiver hears it: a peer that gives nothing to tell it by leaves its `@id` out.
    fn heard(&self, request: &Request) -> Result<Vec<u8>, Violation> {
        let body = request.ticket.body.to_vec();
        if self.plan.numbering != Numbering::Plain {
            return Ok(body);
        }
        let mut message: Map<String, Value> = serde_json::from_slice(&body).map_err(fault)?;
        message.remove("@id");
        Ok(Value::Object(message).to_string().into_bytes())
    }
}

fn names(message: &TransferMessage, bound: &Bound) -> bool {
    matches!(&message.content, TransferContent::Request { agreement_id, .. } if *agreement_id == bound.agreement.id)
}

/// A number that is always the same for the same effect: whoever refuses for good refuses every copy.
fn whim(effect: &str) -> u64 {
    effect.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn route(role: Role, url: &str) -> Option<Route> {
    use negotiation::Message as N;
    use transfer::Message as T;
    let path = url.strip_prefix(&base(role))?;
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let pid = |pid: &str| Some(pid.to_owned());
    let negotiation = |pid, expected| Some(Route::Negotiation { pid, expected });
    let transfer = |pid, expected| Some(Route::Transfer { pid, expected });
    match segments.as_slice() {
        ["negotiations", "request"] => negotiation(None, &[N::Request]),
        ["negotiations", "offers"] => negotiation(None, &[N::Offer]),
        ["negotiations", id, "request"] => negotiation(pid(id), &[N::Request]),
        ["negotiations", id, "offers"] => negotiation(pid(id), &[N::Offer]),
        ["negotiations", id, "events"] => negotiation(pid(id), &[N::Accepted, N::Finalized]),
        ["negotiations", id, "agreement"] => negotiation(pid(id), &[N::Agreement]),
        ["negotiations", id, "agreement", "verification"] => negotiation(pid(id), &[N::Verification]),
        ["negotiations", id, "termination"] => negotiation(pid(id), &[N::Termination]),
        ["transfers", "request"] => transfer(None, &[T::Request]),
        ["transfers", id, "start"] => transfer(pid(id), &[T::Start]),
        ["transfers", id, "suspension"] => transfer(pid(id), &[T::Suspension]),
        ["transfers", id, "completion"] => transfer(pid(id), &[T::Completion]),
        ["transfers", id, "termination"] => transfer(pid(id), &[T::Termination]),
        _ => None,
    }
}

/// The answer that says `reply`.
fn answer(reply: &Reply, kind: Kind) -> Result<Answer, Violation> {
    match reply {
        Reply::Taken {
            created,
            consumer_pid: Some(consumer),
            provider_pid: Some(provider),
            state,
        } => {
            let status = if *created == Created::Yes { 201 } else { 200 };
            Ok((
                status,
                process(kind, consumer, provider, state)?.to_string().into_bytes(),
            ))
        }
        Reply::Refused(refusal) => Ok(refused(refusal, kind)),
        other => Err(Violation(format!("no answer in {other:?}"))),
    }
}

fn process(kind: Kind, consumer: &Pid, provider: &Pid, state: &str) -> Result<Value, Violation> {
    let unknown = || Violation(format!("`{state}` is no state"));
    Ok(match kind {
        Kind::Negotiation => chapar_dsp::render_negotiation(
            consumer,
            provider,
            negotiation::State::parse(state).ok_or_else(unknown)?,
        ),
        Kind::Transfer => {
            chapar_dsp::render_transfer(consumer, provider, transfer::State::parse(state).ok_or_else(unknown)?)
        }
    })
}

fn refused(refusal: &Refusal, kind: Kind) -> Answer {
    let status = match refusal.kind {
        RefusalKind::BadRequest => 400,
        RefusalKind::NotFound => 404,
        RefusalKind::Conflict => 409,
        RefusalKind::Denied => 403,
    };
    let (consumer, provider) = (refusal.consumer_pid.as_ref(), refusal.provider_pid.as_ref());
    let body = match kind {
        Kind::Negotiation => chapar_dsp::render_negotiation_error(consumer, provider, &refusal.code, &refusal.reason),
        Kind::Transfer => chapar_dsp::render_transfer_error(consumer, provider, &refusal.code, &refusal.reason),
    };
    (status, body.to_string().into_bytes())
}
