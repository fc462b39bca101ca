//! A message of the peer: judged, taken or refused, and followed up where the node decides itself.

use super::follow_up::{end_refused, follow_up, tell_end};
use super::{Ended, Negotiation, Standing};
use crate::answer::{self, accepted, begun, reached, received_record, refuse, taken, wrong_pids};
use crate::case::Said;
use crate::delivery::settled_by_peer;
use crate::facts::{Facts, Received};
use crate::head::{Head, Mode};
use crate::step::{AgreementInForce, Created, RefusalKind, Step};
use crate::track::{DELIVERY_MS, PendingFate};
use crate::withdraw::after_refusal;
use chapar_dsp::negotiation::{Message, State};
use chapar_dsp::{Agreement, NegotiationContent, NegotiationMessage, Offer, Role};
use chapar_policy::diff;
use chapar_terms::{AssetId, DefinitionId, Digest, Instant, limits};
use chapar_trust::Peer;

/// How old an agreement may be when it comes, in milliseconds: until its deadline its sender repeats it with the same bytes. An
/// older one would have used up part of what it grants before we ever saw it.
const AGREEMENT_AGE_MS: i64 = DELIVERY_MS + limits::CLOCK_SKEW_MS;

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
            let why = "a negotiation begins with a request or an offer";
            return turn_away(&received, RefusalKind::BadRequest, "not-a-first-message", why);
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
            let why = "a first message needs `callbackAddress`";
            return turn_away(&received, RefusalKind::BadRequest, "callback-address-missing", why);
        }
    };
    if let (Role::Provider, Some(published)) = (role, &published)
        && let Some(reasons) = altered(published, &offer)
    {
        return answer::turn_away(&received, RefusalKind::BadRequest, "offer-altered", reasons);
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
        since: facts.now,
        callbacks: Vec::new(),
    });
    case.first = Some(received.message.words);
    case.definition = published.map(|published| published.definition);
    begun(take(case, received, facts))
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
        return turn_away(&received, RefusalKind::NotFound, "not-found", "no such negotiation");
    }
    if case.first == Some(received.message.words) {
        return Step::reply(taken(&case, Created::Yes));
    }
    let is_first = match &received.message.content {
        NegotiationContent::Request { callback_address, .. } | NegotiationContent::Offer { callback_address, .. } => {
            callback_address.is_some() && names_no_pid_of_ours(&case, &received)
        }
        _ => false,
    };
    if is_first {
        let why = vec!["a negotiation with this pid began with another message".to_owned()];
        return refuse(&case, &received, facts, RefusalKind::Conflict, "pid-in-use", why);
    }
    if let Some(refused) = wrong_pids(&case, &received, facts) {
        return refused;
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
    let (role, body) = (case.head.role, received.message.body());
    let judgement = case.track.judge(role.other(), message, body, received.effect);
    let (state, fate) = match accepted(&case, &received, judgement, facts) {
        Ok(accepted) => accepted,
        Err(answered) => {
            let tell = |case, step| tell_end(case, facts, step);
            return after_refusal(&case, &received.message, *answered, tell);
        }
    };
    let before = case.track.state_name();
    let (mut implied, mut steps) = (None, Vec::new());
    if fate == PendingFate::Implied {
        implied = case.track.imply(role);
        steps.push(reached(&mut case, role, facts));
        case.settle_proposed();
        case.head.learn_pid(
            received.message.consumer_pid.as_ref(),
            received.message.provider_pid.as_ref(),
        );
    }
    if let Some((code, why)) = objection(&case, &received.message.content, facts) {
        let step = refuse(&case, &received, facts, RefusalKind::BadRequest, code, why.clone());
        let mut step = settled_by_peer(step, &case, implied, None, before);
        step.reached = steps;
        return match message {
            Message::Agreement => end_refused(step, why, facts),
            _ => step,
        };
    }
    let overtaken = case.track.accept(message, body, received.effect, state, fate);
    if fate == PendingFate::Overtaken {
        case.proposed = None;
    }
    learn(&mut case, &received, facts);
    steps.push(reached(&mut case, role.other(), facts));
    let step = Step::reply(taken(&case, Created::No)).record(received_record(&case, &received, before));
    let mut step = settled_by_peer(step, &case, implied, overtaken, before);
    step.reached = steps;
    if case.track.state == Some(State::Finalized) {
        step.agreement = in_force(&case);
        step.effects.extend(case.begin_follow_on(step.agreement.as_ref()));
    }
    follow_up(case, message, facts, step)
}

/// Takes what the message carries into the case.
fn learn(case: &mut Negotiation, received: &Received<'_, NegotiationMessage>, facts: &Facts<'_>) {
    case.head.learn_pid(
        received.message.consumer_pid.as_ref(),
        received.message.provider_pid.as_ref(),
    );
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

/// What is wrong with what the message carries: a code and the reasons. The machine found nothing wrong with its kind.
fn objection(
    case: &Negotiation,
    content: &NegotiationContent,
    facts: &Facts<'_>,
) -> Option<(&'static str, Vec<String>)> {
    match content {
        NegotiationContent::Request { offer, .. } | NegotiationContent::Offer { offer, .. } => {
            Some(("offer-altered", vec![case.other_dataset(offer)?]))
        }
        NegotiationContent::Agreement { agreement } => {
            Some(("agreement-differs", disagreement(case, agreement, facts)?))
        }
        _ => None,
    }
}

/// What is wrong with the time of an agreement, from which both sides count its relative windows; none if nothing is.
fn untimely(agreement: &Agreement, now: Instant) -> Option<String> {
    let Some(made_at) = agreement.timestamp else {
        return Some("/timestamp: an agreement must say when it was made".to_owned());
    };
    let age_ms = now.since_ms(made_at);
    let is_timely = (-limits::CLOCK_SKEW_MS..=AGREEMENT_AGE_MS).contains(&age_ms);
    (!is_timely).then(|| format!("/timestamp: agreed `{made_at}` is too far from now, `{now}`"))
}

/// Where an agreement departs from the offer on the table, from the dataset, from the parties or from the present; none if it is what was offered.
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
    why.extend(untimely(agreement, facts.now));
    (!why.is_empty() && !chapar_terms::sabotaged("accept-altered-agreement")).then_some(why)
}

/// The agreement of a negotiation that came to its good end. It is in force from the step that says so; what its rules measure
/// counts from its own time, which both sides hold alike.
pub(super) fn in_force(case: &Negotiation) -> Option<AgreementInForce> {
    let agreement = case.agreement.clone()?;
    Some(AgreementInForce {
        negotiation: case.head.id.clone(),
        signed_at: agreement.timestamp?,
        agreement,
        definition: case.definition.clone(),
    })
}

/// Refuses a message of a known peer that becomes part of no negotiation: written down, and nothing else.
pub fn turn_away(
    received: &Received<'_, NegotiationMessage>,
    kind: RefusalKind,
    code: &str,
    why: &str,
) -> Step<Negotiation> {
    answer::turn_away(received, kind, code, vec![why.to_owned()])
}

/// Refuses bytes of a known peer that are no message about a negotiation: written down by `digest`, of the bytes as they came.
pub fn unreadable(peer: &Peer, digest: Digest, code: &str, why: &str) -> Step<Negotiation> {
    answer::unreadable(peer, digest, code, why)
}

impl Negotiation {
    /// Why `offer` cannot be made in this negotiation: it is about another dataset. Access to that one was never judged here, and
    /// an agreement would stand on the definition of the first.
    pub(super) fn other_dataset(&self, offer: &Offer) -> Option<String> {
        let (asset, target) = (self.asset()?, offer.target.as_ref()?);
        (asset != target).then(|| format!("the negotiation is about `{asset}`, the offer about `{target}`"))
    }

    /// Our pending offer is now on the table.
    pub(super) fn settle_proposed(&mut self) {
        if let Some(offer) = self.proposed.take() {
            self.standing = Some(Standing {
                by: self.head.role,
                offer,
            });
        }
    }
}
