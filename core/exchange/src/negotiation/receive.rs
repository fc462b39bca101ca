//! A message of the peer: judged, taken or refused, and followed up where the node decides itself.

use super::follow_up::follow_up;
use super::{Ended, Negotiation, Standing};
use crate::answer;
use crate::facts::{Facts, Received};
use crate::head::{Head, Mode};
use crate::step::{AgreementInForce, Created, Record, Refusal, RefusalKind, Reply, Step};
use crate::track::{Judgement, PendingFate};
use chapar_dsp::negotiation::{Message, State};
use chapar_dsp::{Agreement, NegotiationContent, NegotiationMessage, Offer, Role};
use chapar_evidence::{Act, EntryKind};
use chapar_policy::diff;
use chapar_terms::{AssetId, DefinitionId};

/// What this peer would be offered under the offer id that it named.
#[derive(Clone, Debug)]
pub struct Published {
    /// The contract definition.
    pub definition: DefinitionId,
    /// The dataset.
    pub asset: AssetId,
    /// The offer as the catalogue shows it to this peer.
    pub offer: Offer,
    /// Who decides.
    pub mode: Mode,
}

/// The first message of a negotiation that the peer begins: a request to us as provider (`published` says what we offer
/// under its id), or an offer to us as consumer.
pub fn receive_first(
    received: Received<'_, NegotiationMessage>,
    published: Option<Published>,
    facts: &Facts<'_>,
) -> Step<Negotiation> {
    let (role, peer_pid) = match &received.message.content {
        NegotiationContent::Request { .. } => (Role::Provider, received.message.consumer_pid.clone()),
        NegotiationContent::Offer { .. } => (Role::Consumer, received.message.provider_pid.clone()),
        _ => {
            return refuse_plain(
                &received,
                RefusalKind::BadRequest,
                "not-a-first-message",
                "a negotiation begins with a request or an offer",
            );
        }
    };
    let (offer, address) = match &received.message.content {
        NegotiationContent::Request {
            offer,
            callback_address: Some(address),
        }
        | NegotiationContent::Offer {
            offer,
            callback_address: Some(address),
        } => (offer.clone(), address.clone()),
        _ => {
            return refuse_plain(
                &received,
                RefusalKind::BadRequest,
                "callback-address-missing",
                "a first message needs `callbackAddress`",
            );
        }
    };
    if let (Role::Provider, Some(published)) = (role, &published)
        && let Some(reasons) = altered(published, &offer)
    {
        let mut refusal = refusal_of(&received, RefusalKind::BadRequest, "offer-altered", "");
        refusal.reason = reasons;
        return Step::reply(Reply::Refused(refusal));
    }
    let mut case = Negotiation::new(Head {
        id: facts.fresh.case.clone(),
        role,
        mode: published.as_ref().map_or(Mode::Manual, |published| published.mode),
        peer: received.peer.value().id.clone(),
        peer_address: address,
        peer_pid,
        created_at: facts.now,
        updated_at: facts.now,
    });
    case.first = Some(received.message.digest);
    case.definition = published.map(|published| published.definition);
    let step = take(case, received, facts);
    match step.reply {
        Reply::Taken {
            consumer_pid,
            provider_pid,
            state,
            ..
        } => Step {
            reply: Reply::Taken {
                created: Created::Yes,
                consumer_pid,
                provider_pid,
                state,
            },
            ..step
        },
        reply => Step { reply, ..step },
    }
}

/// Where a request departs from what is published; an `auto` definition takes no changes, a person may.
fn altered(published: &Published, offer: &Offer) -> Option<Vec<String>> {
    if offer.target.as_ref() != Some(&published.asset) {
        return Some(vec![format!("the offer is about `{}`", published.asset)]);
    }
    if published.mode == Mode::Manual || chapar_terms::sabotaged("accept-altered-offer") {
        return None;
    }
    let differences = diff(&published.offer.rules(), &offer.rules());
    (!differences.is_empty()).then(|| differences.iter().map(ToString::to_string).collect())
}

/// A message about an existing negotiation.
pub fn receive(case: Negotiation, received: Received<'_, NegotiationMessage>, facts: &Facts<'_>) -> Step<Negotiation> {
    if received.peer.value().id != case.head.peer && !chapar_terms::sabotaged("obey-another-peer") {
        return refuse_plain(&received, RefusalKind::NotFound, "not-found", "no such negotiation");
    }
    if case.first == Some(received.message.digest) {
        return Step::reply(taken(&case, Created::Yes));
    }
    let is_first = match &received.message.content {
        NegotiationContent::Request { callback_address, .. } | NegotiationContent::Offer { callback_address, .. } => {
            callback_address.is_some() && names_no_pid_of_ours(&case, &received)
        }
        _ => false,
    };
    if is_first {
        return refuse(
            &case,
            &received,
            facts,
            RefusalKind::Conflict,
            "pid-in-use",
            vec!["a negotiation with this pid began with another message".to_owned()],
        );
    }
    if let Some(why) = case.head.wrong_pids(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    ) {
        return refuse(
            &case,
            &received,
            facts,
            RefusalKind::BadRequest,
            "pid-mismatch",
            vec![why],
        );
    }
    take(case, received, facts)
}

fn names_no_pid_of_ours(case: &Negotiation, received: &Received<'_, NegotiationMessage>) -> bool {
    let (own, _) = case.head.split(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
    own.is_none()
}

/// Judges the message and takes it if it may be taken.
fn take(mut case: Negotiation, received: Received<'_, NegotiationMessage>, facts: &Facts<'_>) -> Step<Negotiation> {
    let message = received.message.content.kind();
    let sender = case.head.role.other();
    let (state, fate) = match case
        .track
        .judge(sender, message, received.message.digest, received.effect)
    {
        Judgement::Repeat => return again(case, &received, facts),
        Judgement::Stray => {
            let why = "you accepted a move of ours instead of this one";
            return refuse_plain(&received, RefusalKind::Conflict, "move-void", why);
        }
        Judgement::Accept { state, pending } => (state, pending),
        Judgement::Crossed => {
            let why = vec!["our own move is on its way to you".to_owned()];
            return refuse(&case, &received, facts, RefusalKind::Conflict, "moves-crossed", why);
        }
        Judgement::Wrong { expected } => {
            let why = vec![
                format!(
                    "`{}` cannot be taken in state `{}`",
                    message.as_str(),
                    case.track.state_name()
                ),
                format!("expected: {}", expected.join(", ")),
            ];
            return refuse(&case, &received, facts, RefusalKind::BadRequest, "wrong-state", why);
        }
    };
    let mut cancelled = None;
    if fate == PendingFate::Implied {
        cancelled = case.track.imply(case.head.role);
        case.settle_proposed();
        learn_pid(&mut case, &received);
    }
    if let NegotiationContent::Agreement { agreement } = &received.message.content
        && let Some(why) = disagreement(&case, agreement, facts)
    {
        let mut step = super::follow_up::refuse_agreement(&case, &received, facts, why);
        step.cancelled.extend(cancelled);
        return step;
    }
    let before = case.track.state_name();
    let overtaken = case
        .track
        .accept(message, received.message.digest, received.effect, state, fate);
    if fate == PendingFate::Overtaken {
        case.proposed = None;
    }
    learn(&mut case, &received, facts);
    let record = received_record(&case, &received, before, None);
    let mut step = Step::reply(taken(&case, Created::No)).record(record);
    step.cancelled.extend(cancelled.or(overtaken));
    if case.track.state == Some(State::Finalized) {
        step.agreement = in_force(&case, facts);
    }
    follow_up(case, message, facts, step)
}

/// Answers a repeat as before. One under a new number is remembered, for a copy of it may come late.
fn again(mut case: Negotiation, received: &Received<'_, NegotiationMessage>, facts: &Facts<'_>) -> Step<Negotiation> {
    let reply = taken(&case, Created::No);
    if !case.track.hear_again(received.effect) {
        return Step::reply(reply);
    }
    case.head.updated_at = facts.now;
    let record = received_record(&case, received, case.track.state_name(), None);
    Step::keep(case, reply).record(record)
}

fn learn_pid(case: &mut Negotiation, received: &Received<'_, NegotiationMessage>) {
    let (_, theirs) = case.head.split(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
    case.head.peer_pid = case.head.peer_pid.take().or_else(|| theirs.cloned());
}

/// Takes what the message carries into the case.
fn learn(case: &mut Negotiation, received: &Received<'_, NegotiationMessage>, facts: &Facts<'_>) {
    learn_pid(case, received);
    case.head.updated_at = facts.now;
    let by = case.head.role.other();
    match &received.message.content {
        NegotiationContent::Request { offer, .. } | NegotiationContent::Offer { offer, .. } => {
            let mut offer = offer.clone();
            offer.target = offer.target.or_else(|| case.asset().cloned());
            case.standing = Some(Standing { by, offer });
        }
        NegotiationContent::Agreement { agreement } => case.agreement = Some(agreement.clone()),
        NegotiationContent::Termination { code, reason } => {
            case.ended = Some(Ended {
                by,
                code: code.clone(),
                reason: reason.clone(),
            });
        }
        NegotiationContent::Accepted | NegotiationContent::Finalized | NegotiationContent::Verification => {}
    }
}

/// Where an agreement departs from the offer on the table, from the dataset or from the parties; none if it is what was offered.
fn disagreement(case: &Negotiation, agreement: &Agreement, facts: &Facts<'_>) -> Option<Vec<String>> {
    let Some(standing) = &case.standing else {
        return Some(vec!["no offer is on the table".to_owned()]);
    };
    let (provider, consumer) = case.parties(&facts.me.id);
    let mut why: Vec<String> = diff(&standing.offer.rules(), &agreement.rules())
        .iter()
        .map(ToString::to_string)
        .collect();
    if standing.offer.target.as_ref() != Some(&agreement.target) {
        why.push(format!(
            "/target: agreed `{}` is not what was offered",
            agreement.target
        ));
    }
    if agreement.assigner != *provider {
        why.push(format!(
            "/assigner: agreed `{}`, expected `{provider}`",
            agreement.assigner
        ));
    }
    if agreement.assignee != *consumer {
        why.push(format!(
            "/assignee: agreed `{}`, expected `{consumer}`",
            agreement.assignee
        ));
    }
    (!why.is_empty() && !chapar_terms::sabotaged("accept-altered-agreement")).then_some(why)
}

pub(super) fn in_force(case: &Negotiation, facts: &Facts<'_>) -> Option<AgreementInForce> {
    Some(AgreementInForce {
        negotiation: case.head.id.clone(),
        agreement: case.agreement.clone()?,
        definition: case.definition.clone(),
        signed_at: facts.now,
    })
}

pub(super) fn taken(case: &Negotiation, created: Created) -> Reply {
    answer::taken(&case.head, case.track.state_name(), created)
}

pub(super) fn received_record(
    case: &Negotiation,
    received: &Received<'_, NegotiationMessage>,
    before: &str,
    refused: Option<(&str, &[String])>,
) -> Record {
    let kind = match refused {
        None => EntryKind::Negotiation(Act::MessageReceived),
        Some(_) => EntryKind::Negotiation(Act::MessageRefused),
    };
    let states = (before, case.track.state_name());
    let (message, peer) = (&received.message, received.peer.value());
    let body = answer::received(message.content.kind().as_str(), message.digest, peer, states, refused);
    Record { kind, body }
}

/// Refuses a message of the known peer: written down, nothing changed.
pub(super) fn refuse(
    case: &Negotiation,
    received: &Received<'_, NegotiationMessage>,
    facts: &Facts<'_>,
    kind: RefusalKind,
    code: &str,
    reason: Vec<String>,
) -> Step<Negotiation> {
    let record = received_record(case, received, case.track.state_name(), Some((code, &reason)));
    let (consumer, provider) = (
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
    let refusal = answer::refusal(&case.head, consumer, provider, kind, code, reason);
    let mut case = case.clone();
    case.head.updated_at = facts.now;
    Step::keep(case, Reply::Refused(refusal)).record(record)
}

fn refusal_of(received: &Received<'_, NegotiationMessage>, kind: RefusalKind, code: &str, why: &str) -> Refusal {
    Refusal {
        consumer_pid: received.message.consumer_pid.clone(),
        provider_pid: received.message.provider_pid.clone(),
        ..Refusal::new(kind, code, why)
    }
}

fn refuse_plain(
    received: &Received<'_, NegotiationMessage>,
    kind: RefusalKind,
    code: &str,
    why: &str,
) -> Step<Negotiation> {
    Step::reply(Reply::Refused(refusal_of(received, kind, code, why)))
}

impl Negotiation {
    /// Our pending offer is now on the table.
    pub(super) fn settle_proposed(&mut self) {
        if let Some(offer) = self.proposed.take() {
            self.standing = Some(Standing {
                by: self.head.role,
                offer,
            });
        }
    }

    /// The kind of the pending move.
    pub(super) fn pending_message(&self) -> Option<Message> {
        self.track.pending.as_ref().map(|pending| pending.message)
    }
}
