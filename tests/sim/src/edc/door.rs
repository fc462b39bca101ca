//! What an EDC hears: messages judged by the state of their row and its lease, copies too, and the question where a row stands.

use super::process::{Kept, Process};
use super::state::State;
use super::words::{refusal, told};
use super::{Edc, Store};
use crate::Violation;
use crate::case::Kind;
use crate::network::Request;
use crate::plan::CALM_AT;
use crate::side::fault;
use crate::world::World;
use chapar_dsp::Role;
use serde_json::Value;

/// An answer as its status and body; none where the power failed before it.
type Answer = Option<(u16, Vec<u8>)>;

impl Edc {
    /// A request has come.
    pub(super) fn hear(&mut self, request: &Request, world: &mut World<'_>) -> Result<(), Violation> {
        if !world.network.admits(request, &world.plan) {
            return Ok(());
        }
        let answer = if !self.is_up {
            Some((503, Vec::new()))
        } else if world.now < CALM_AT && world.die.chance(world.plan.busy) {
            Some((500, b"<html>Error 500</html>".to_vec()))
        } else {
            self.answer(request, world)?
        };
        if let Some(answer) = answer {
            world.tell(|| format!("the EDC answers {} to `{}`", answer.0, request.ticket.effect));
            world.reply(request, answer);
        }
        Ok(())
    }

    fn answer(&mut self, request: &Request, world: &mut World<'_>) -> Result<Answer, Violation> {
        let (own, _) = self.bases();
        let path = request.url.strip_prefix(&own).unwrap_or_default();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let kind = request.ticket.kind;
        if request.ticket.doubt.is_some() {
            let pid = segments.last().copied().unwrap_or_default();
            return Ok(Some(self.tell(request, pid, world)));
        }
        let message: Value = serde_json::from_slice(&request.ticket.body).map_err(fault)?;
        match segments.as_slice() {
            ["negotiations", "request"] if self.role == Role::Provider => Ok(self.be_asked(request, &message, world)),
            ["transfers", "request"] if self.role == Role::Provider => {
                Ok(self.be_asked_for_data(request, &message, world))
            }
            [noun, pid, ..] if *noun == kind.noun() => self.take(request, pid, &message, world),
            _ => Err(Violation(format!("nothing is at `{}`", request.url))),
        }
    }

    /// Where a row stands. A lease keeps nobody from reading.
    fn tell(&mut self, request: &Request, pid: &str, world: &mut World<'_>) -> (u16, Vec<u8>) {
        let Some(kept) = self.kept.get_mut(pid) else {
            return refusal(request.ticket.kind, 404, "not found", &mut world.die);
        };
        let goes_on = matches!(kept.process.state, State::Resuming | State::Resumed);
        kept.faults.misleading |= goes_on && request.ticket.message == "TransferSuspensionMessage";
        (200, told(self.role, &kept.process, false, &mut world.die))
    }

    /// A first request begins a negotiation each time that it comes.
    fn be_asked(&mut self, request: &Request, message: &Value, world: &mut World<'_>) -> Answer {
        if world.plan.denied {
            return Some(refusal(
                Kind::Negotiation,
                400,
                "Contract offer is not valid",
                &mut world.die,
            ));
        }
        let mut terms = message["offer"].clone();
        if let Some(members) = terms.as_object_mut() {
            members.retain(|name, _| name == "permission");
        }
        let pid = self.name("negotiation");
        let process = Process::new(Kind::Negotiation, pid, State::Requested, terms, world.now);
        self.begin(request, process, message, world)
    }

    /// A transfer is begun once for each name that its consumer gives it.
    fn be_asked_for_data(&mut self, request: &Request, message: &Value, world: &mut World<'_>) -> Answer {
        let peer_pid = message["consumerPid"].as_str();
        let is_it = |kept: &&Kept| kept.process.kind == Kind::Transfer && kept.process.peer_pid.as_deref() == peer_pid;
        if let Some(kept) = self.kept.values().find(is_it) {
            return Some((200, told(self.role, &kept.process, true, &mut world.die)));
        }
        let agreement = message["agreementId"].as_str().unwrap_or_default();
        if self.under(agreement).is_none() {
            return Some(refusal(
                Kind::Transfer,
                404,
                "agreement not found or not valid",
                &mut world.die,
            ));
        }
        let terms = message["agreementId"].clone();
        let pid = self.name("transfer");
        let process = Process::new(Kind::Transfer, pid, State::Initial, terms, world.now);
        self.begin(request, process, message, world)
    }

    fn begin(&mut self, request: &Request, mut process: Process, message: &Value, world: &mut World<'_>) -> Answer {
        if self.may_crash("before it began a case", world) {
            return None;
        }
        process.peer_pid = message["consumerPid"].as_str().map(str::to_owned);
        self.kept.insert(process.pid.clone(), Kept::new(process.clone()));
        self.note_taken(request, world);
        self.wake(world);
        if self.may_crash("before it answered", world) {
            return None;
        }
        Some((200, told(self.role, &process, true, &mut world.die)))
    }

    /// A message about a row: taken wherever the state allows it, whether it came before or not.
    fn take(
        &mut self,
        request: &Request,
        pid: &str,
        message: &Value,
        world: &mut World<'_>,
    ) -> Result<Answer, Violation> {
        let kind = request.ticket.kind;
        let Some(kept) = self.kept.get_mut(pid) else {
            return Ok(Some(refusal(kind, 404, "not found", &mut world.die)));
        };
        let (own, other) = match self.role {
            Role::Consumer => ("consumerPid", "providerPid"),
            Role::Provider => ("providerPid", "consumerPid"),
        };
        let known = kept.process.peer_pid.as_deref();
        if message[own] != pid || known.is_some_and(|known| message[other] != known) {
            return Err(Violation(format!("`{pid}` is told of another case: {message}")));
        }
        if self.store == Store::Durable && kept.leased_until > world.now {
            return Ok(Some(refusal(kind, 409, "is already leased", &mut world.die)));
        }
        let name = message["@type"].as_str().unwrap_or_default();
        let mut process = kept.read();
        let Some(state) = process.state.takes(kind, self.role, name) else {
            kept.faults.resumed |= process.state == State::Resumed && name == "TransferTerminationMessage";
            // A message refused gives the lease up, also that of a call in flight.
            kept.leased_until = 0;
            let why = format!("Cannot process {name} because it does not fit {:?}", process.state);
            self.wake(world);
            return Ok(Some(refusal(kind, 409, &why, &mut world.die)));
        };
        learn(&mut process, name, message)?;
        process.come_to(state, world.now);
        if self.may_crash("before it stored a message", world) {
            return Ok(None);
        }
        if let Some(kept) = self.kept.get_mut(pid) {
            kept.save(process.clone());
        }
        self.note_taken(request, world);
        self.wake(world);
        if self.may_crash("before it answered", world) {
            return Ok(None);
        }
        let is_silent = world.die.chance(70);
        let body = if is_silent {
            Vec::new()
        } else {
            told(self.role, &process, false, &mut world.die)
        };
        Ok(Some((200, body)))
    }

    fn note_taken(&self, request: &Request, world: &mut World<'_>) {
        world.tally.moves += 1;
        let taken = &mut world.side_mut(self.role).durable.log.accepted;
        *taken.entry(request.ticket.effect.to_string()).or_default() += 1;
    }
}

/// Takes what a message carries into the row.
fn learn(process: &mut Process, name: &str, message: &Value) -> Result<(), Violation> {
    match name {
        "ContractAgreementMessage" => {
            let agreement = &message["agreement"];
            if agreement["permission"] != process.terms["permission"] {
                return Err(Violation(format!("another agreement than was asked for: {agreement}")));
            }
            process.agreement = Some(agreement.clone());
        }
        "TransferStartMessage" => process.address = Some(message["dataAddress"].clone()),
        "TransferSuspensionMessage" => {
            process.address = None;
            process.paused_here = false;
        }
        "TransferCompletionMessage" | "TransferTerminationMessage" => process.address = None,
        _ => {}
    }
    Ok(())
}
