//! What both kinds of case answer to a message and write down of it: the same words in both, so they stand here once.

use crate::case::{Case, Said, StateOf};
use crate::facts::{Facts, Received};
use crate::protocol::Protocol;
use crate::step::{Created, Reached, Record, Refusal, RefusalKind, Reply, Step};
use crate::track::{Judgement, PendingFate};
use chapar_dsp::Role;
use chapar_evidence::Act;
use chapar_terms::Digest;
use chapar_trust::{Peer, Proof};
use serde_json::{Value, json};

/// The message was taken.
pub(crate) fn taken<C: Case>(case: &C, created: Created) -> Reply {
    Reply::Taken {
        created,
        consumer_pid: case.head().consumer_pid(),
        provider_pid: case.head().provider_pid(),
        state: case.track().state_name(),
    }
}

/// Notes that a move of `by` has brought the case to the state in which it now is.
pub(crate) fn reached<C: Case>(case: &mut C, by: Role, facts: &Facts<'_>) -> Reached {
    case.head_mut().since = facts.now;
    Reached {
        state: case.track().state_name(),
        by,
    }
}

/// The step of a first message: where it was taken, it began the case.
pub(crate) fn begun<C>(step: Step<C>) -> Step<C> {
    let reply = match step.reply {
        Reply::Taken {
            consumer_pid,
            provider_pid,
            state,
            ..
        } => Reply::Taken {
            created: Created::Yes,
            consumer_pid,
            provider_pid,
            state,
        },
        reply => reply,
    };
    Step { reply, ..step }
}

/// What an acceptable message leads to, and what becomes of our pending move; for any other, the step that answers it.
pub(crate) fn accepted<C: Case>(
    case: &C,
    received: &Received<'_, C::Message>,
    judgement: Judgement<StateOf<C>>,
    facts: &Facts<'_>,
) -> Result<(StateOf<C>, PendingFate), Box<Step<C>>> {
    let conflict = |code: &str, why: &str| {
        let why = vec![why.to_owned()];
        Box::new(refuse(case, received, facts, RefusalKind::Conflict, code, why))
    };
    match judgement {
        Judgement::Accept { state, pending } => Ok((state, pending)),
        Judgement::Repeat => Err(Box::new(again(case, received, facts))),
        Judgement::Stray => Err(conflict("move-void", "you accepted a move of ours instead of this one")),
        Judgement::Crossed => Err(conflict("moves-crossed", "our own move is on its way to you")),
        Judgement::Wrong { expected } => {
            let (message, state) = (received.message.name(), case.track().state_name());
            let why = vec![
                format!("`{message}` cannot be taken in state `{state}`"),
                format!("expected: {}", expected.join(", ")),
            ];
            let step = refuse(case, received, facts, RefusalKind::BadRequest, "wrong-state", why);
            Err(Box::new(step))
        }
    }
}

/// Answers a repeat as before. One under a new number is remembered, for a copy of it may come late; a word that crossed ours
/// is written down, once.
fn again<C: Case>(case: &C, received: &Received<'_, C::Message>, facts: &Facts<'_>) -> Step<C> {
    let reply = taken(case, Created::No);
    let mut case = case.clone();
    let body = received.message.body();
    let is_new = match (received.effect, C::Protocol::parse_message(received.message.name())) {
        (None, Some(message)) => case.track_mut().hear(message, body),
        (effect, _) => case.track_mut().hear_again(effect),
    };
    if !is_new {
        return Step::reply(reply);
    }
    case.head_mut().updated_at = facts.now;
    let record = received_record(&case, received, case.track().state_name());
    Step::keep(case, reply).record(record)
}

/// Refuses a message about `case`: written down, nothing changed. The answer names the case, and the message's own pids where
/// the case does not know them yet: the peer may be quicker with its second message than with its answer to our first.
pub(crate) fn refuse<C: Case>(
    case: &C,
    received: &Received<'_, C::Message>,
    facts: &Facts<'_>,
    kind: RefusalKind,
    code: &str,
    reason: Vec<String>,
) -> Step<C> {
    let state = case.track().state_name();
    let body = record_of(received, Some((state, state)), Some((code, &reason)));
    let (consumer, provider) = received.message.pids();
    let refusal = Refusal {
        kind,
        code: code.to_owned(),
        reason,
        consumer_pid: case.head().consumer_pid().or_else(|| consumer.cloned()),
        provider_pid: case.head().provider_pid().or_else(|| provider.cloned()),
    };
    let mut case = case.clone();
    case.head_mut().updated_at = facts.now;
    Step::keep(case, Reply::Refused(refusal)).record(refused_record::<C>(body))
}

/// Refuses a message whose two pids do not fit the case; none when they do.
pub(crate) fn wrong_pids<C: Case>(case: &C, received: &Received<'_, C::Message>, facts: &Facts<'_>) -> Option<Step<C>> {
    let (consumer, provider) = received.message.pids();
    let why = vec![case.head().wrong_pids(consumer, provider)?];
    let kind = RefusalKind::BadRequest;
    Some(refuse(case, received, facts, kind, "pid-mismatch", why))
}

/// Refuses a message of a known peer that becomes part of no case: written down, and nothing else.
pub(crate) fn turn_away<C: Case>(
    received: &Received<'_, C::Message>,
    kind: RefusalKind,
    code: &str,
    reason: Vec<String>,
) -> Step<C> {
    let body = record_of(received, None, Some((code, &reason)));
    let (consumer, provider) = received.message.pids();
    let refusal = Refusal {
        kind,
        code: code.to_owned(),
        reason,
        consumer_pid: consumer.cloned(),
        provider_pid: provider.cloned(),
    };
    Step::reply(Reply::Refused(refusal)).record(refused_record::<C>(body))
}

/// Refuses bytes of a known peer that are no message: written down by their digest, as they came.
pub(crate) fn unreadable<C: Case>(peer: &Peer, digest: Digest, code: &str, why: &str) -> Step<C> {
    let body = json!({
        "message": null,
        "digest": digest.hex(),
        "from": peer.id.as_str(),
        "proof": proof(&peer.proof),
        "stateBefore": null,
        "stateAfter": null,
        "refused": { "code": code, "reason": [why] },
    });
    let refusal = Refusal::new(RefusalKind::BadRequest, code, why);
    Step::reply(Reply::Refused(refusal)).record(refused_record::<C>(body))
}

/// The record of a message that was taken; `before` is the state that it found.
pub(crate) fn received_record<C: Case>(case: &C, received: &Received<'_, C::Message>, before: &str) -> Record {
    Record {
        kind: C::entry(Act::MessageReceived),
        body: record_of(received, Some((before, case.track().state_name())), None),
    }
}

fn refused_record<C: Case>(body: Value) -> Record {
    Record {
        kind: C::entry(Act::MessageRefused),
        body,
    }
}

/// What came from whom, and what it did to its case, if it has one (`states`: before and after).
fn record_of<M: Said>(
    received: &Received<'_, M>,
    states: Option<(&str, &str)>,
    refused: Option<(&str, &[String])>,
) -> Value {
    let peer = received.peer.value();
    json!({
        "message": received.message.name(),
        "digest": received.message.body().digest.hex(),
        "from": peer.id.as_str(),
        "proof": proof(&peer.proof),
        "stateBefore": states.map(|(before, _)| before),
        "stateAfter": states.map(|(_, after)| after),
        "refused": refused.map(|(code, reason)| json!({ "code": code, "reason": reason })),
    })
}

/// How strongly a message or an answer was tied to its sender, as evidence names it.
pub(crate) const fn proof(proof: &Proof) -> &'static str {
    match proof {
        Proof::Asserted => "asserted",
        Proof::Proven { .. } => "proven",
    }
}
