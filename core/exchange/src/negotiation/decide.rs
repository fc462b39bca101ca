//! A decision of a person or a program about a negotiation.

use super::follow_up::{agree, decision_record, finalize, permit, terminate};
use super::send::send;
use super::{FollowOn, Negotiation};
use crate::answer::taken;
use crate::callback::CallbackAddress;
use crate::facts::{Facts, Me};
use crate::head::{Actor, Head, Mode};
use crate::step::{Created, Record, Refusal, RefusalKind, Reply, Step};
use chapar_dsp::negotiation::{Message, State};
use chapar_dsp::{NegotiationContent, Offer, Role};
use chapar_terms::ParticipantId;
use serde_json::{Value, json};

/// What can be decided. Names are those of the protocol's moves.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Consumer: ask for this offer instead (a counter-offer).
    Request(Offer),
    /// Provider: offer this.
    Offer(Offer),
    /// Consumer: accept the provider's offer.
    Accept,
    /// Provider: send the agreement, if policy permits.
    Agree,
    /// Consumer: verify the agreement.
    Verify,
    /// Provider: bring the agreement into force.
    Finalize,
    /// Either: end it.
    Terminate {
        /// A code for the peer.
        code: Option<String>,
        /// Reasons for the peer's people.
        reason: Vec<String>,
    },
}

impl Decision {
    fn message(&self) -> Message {
        match self {
            Self::Request(_) => Message::Request,
            Self::Offer(_) => Message::Offer,
            Self::Accept => Message::Accepted,
            Self::Agree => Message::Agreement,
            Self::Verify => Message::Verification,
            Self::Finalize => Message::Finalized,
            Self::Terminate { .. } => Message::Termination,
        }
    }
}

/// A negotiation that we begin.
#[derive(Clone, Debug)]
pub struct New {
    /// Consumer: we request. Provider: we offer.
    pub role: Role,
    /// With whom.
    pub peer: ParticipantId,
    /// The peer's DSP base.
    pub address: String,
    /// What we request or offer; it may be in no catalogue.
    pub offer: Offer,
    /// Who decides our later moves.
    pub mode: Mode,
    /// Who is told of its events.
    pub callbacks: Vec<CallbackAddress>,
    /// Consumer: the transfer that is to begin once the agreement is in force; the same are told of its events.
    pub follow_on: Option<FollowOn>,
}

/// Begins a negotiation: the case is stored and its first message sent.
pub fn open(new: New, actor: &Actor, facts: &Facts<'_>) -> Step<Negotiation> {
    if new.offer.target.is_none() {
        return refused(Refusal::new(
            RefusalKind::BadRequest,
            "offer-target-missing",
            "the offer needs a `target`: the dataset's id",
        ));
    }
    let mut case = Negotiation::new(Head {
        id: facts.fresh.case.clone(),
        role: new.role,
        mode: new.mode,
        peer: new.peer,
        peer_address: new.address,
        peer_pid: None,
        created_at: facts.now,
        updated_at: facts.now,
        since: facts.now,
        callbacks: new.callbacks,
    });
    let content = first_message(new.role, new.offer.clone(), facts.me);
    let mut detail = json!({ "offer": new.offer.members });
    if let (Some(members), Some(follow_on)) = (detail.as_object_mut(), &new.follow_on) {
        members.insert("followOn".to_owned(), follow_on.to_json());
    }
    case.proposed = Some(new.offer);
    case.follow_on = new.follow_on;
    let name = if new.role == Role::Consumer { "request" } else { "offer" };
    let step = Step::reply(taken(&case, Created::Yes)).record(decision_record(&case, name, actor, &detail));
    send(case, &content, facts, step)
}

fn first_message(role: Role, offer: Offer, me: &Me) -> NegotiationContent {
    let callback_address = Some(me.dsp_address.clone());
    match role {
        Role::Consumer => NegotiationContent::Request {
            offer,
            callback_address,
        },
        Role::Provider => NegotiationContent::Offer {
            offer,
            callback_address,
        },
    }
}

/// Takes a decision about an existing negotiation.
pub fn decide(case: Negotiation, decision: Decision, actor: &Actor, facts: &Facts<'_>) -> Step<Negotiation> {
    if let Err(not_now) = case.track.may_propose(case.head.role, decision.message()) {
        return refused(Refusal::not_now(not_now, &case.decisions()));
    }
    let step = Step::reply(taken(&case, Created::No));
    match decision {
        Decision::Request(offer) => propose(case, offer, actor, facts, step),
        Decision::Offer(offer) => propose(case, offer, actor, facts, step),
        Decision::Accept => plain(case, "accept", &NegotiationContent::Accepted, actor, facts, step),
        Decision::Agree => match permit(&case, facts) {
            Ok(permit) => agree(case, permit, actor, facts, step),
            Err(reasons) => refused(Refusal::denied(&reasons)),
        },
        Decision::Verify => plain(case, "verify", &NegotiationContent::Verification, actor, facts, step),
        Decision::Finalize => finalize(case, actor, facts, step),
        Decision::Terminate { code, reason } => terminate(case, code, reason, actor, facts, step),
    }
}

/// The removal of a negotiation that came to nothing: what is written down of it.
///
/// # Errors
/// It goes on, an agreement came of it, or its peer is not told of its end yet.
pub fn remove(case: &Negotiation, actor: &Actor) -> Result<Record, Refusal> {
    let in_use = |why: String| Err(Refusal::new(RefusalKind::Conflict, "in-use", why));
    if case.track.state != Some(State::Terminated) {
        return in_use(format!("a negotiation in state `{}` cannot be removed", case.phase()));
    }
    if case.agreement.is_some() {
        return in_use("the negotiation has an agreement, which stays".to_owned());
    }
    // Whoever takes what is under way, or is still to be told, asks for this case by its name.
    match &case.track.pending {
        Some(pending) => {
            let message = pending.message.as_str();
            let why = format!(
                "`{message}` is still under way to the peer; the negotiation can be removed once it is answered or its \
                 deadline has passed"
            );
            Err(Refusal::new(RefusalKind::Conflict, "move-pending", why))
        }
        None => Ok(decision_record(case, "remove", actor, &Value::Null)),
    }
}

fn propose(
    mut case: Negotiation,
    mut offer: Offer,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    if let Some(why) = case.other_dataset(&offer) {
        return refused(Refusal::new(RefusalKind::BadRequest, "offer-altered", why));
    }
    if offer.target.is_none()
        && let Some(asset) = case.asset().cloned()
    {
        offer.members.insert("target".to_owned(), json!(asset.as_str()));
        offer.target = Some(asset);
    }
    let detail = json!({ "offer": offer.members });
    let (name, content) = match case.head.role {
        Role::Consumer => (
            "request",
            NegotiationContent::Request {
                offer: offer.clone(),
                callback_address: None,
            },
        ),
        Role::Provider => (
            "offer",
            NegotiationContent::Offer {
                offer: offer.clone(),
                callback_address: None,
            },
        ),
    };
    case.proposed = Some(offer);
    let step = step.record(decision_record(&case, name, actor, &detail));
    send(case, &content, facts, step)
}

fn plain(
    case: Negotiation,
    name: &str,
    content: &NegotiationContent,
    actor: &Actor,
    facts: &Facts<'_>,
    step: Step<Negotiation>,
) -> Step<Negotiation> {
    let step = step.record(decision_record(&case, name, actor, &Value::Null));
    send(case, content, facts, step)
}

fn refused(refusal: Refusal) -> Step<Negotiation> {
    Step::reply(Reply::Refused(refusal))
}
