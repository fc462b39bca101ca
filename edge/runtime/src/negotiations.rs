//! Negotiations: a message of a peer or a decision of ours, loaded, stepped, committed, answered.

use crate::after::After;
use crate::authenticate::Authenticated;
use crate::commit::{Carried, Loaded, Outcome, first_key_of};
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::kind::view;
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_dsp::negotiation::Message;
use chapar_dsp::{NegotiationContent, NegotiationMessage, Role};
use chapar_exchange::negotiation::{self, Decision, Negotiation, New, Published};
use chapar_exchange::{Actor, Received, Refusal, RefusalKind, Reply, Step};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How often a step is run again when somebody else was quicker with the case.
pub(crate) const RACES: usize = 16;
/// Longest time for finding out where a `callbackAddress` points.
const CHECK_LIMIT: Duration = Duration::from_secs(5);

impl Runtime {
    /// A negotiation message for `slug`. `pid` is the one in the address (none for a first message), `expected` what the
    /// address takes.
    pub async fn negotiation_message(
        &self,
        slug: &str,
        pid: Option<&str>,
        expected: &[Message],
        inbound: Inbound,
    ) -> Outbound {
        let family = Family::Negotiation;
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let authenticated = match self.authenticate(&hosted, &inbound).await {
            Ok(authenticated) => authenticated,
            Err(failure) => return family.unauthenticated(&failure),
        };
        let message = match chapar_dsp::parse_negotiation(&inbound.body, expected) {
            Ok(message) => message,
            Err(malformed) => return self.sign_answer(&hosted, &inbound, family.malformed(&malformed)),
        };
        let taken = self
            .take_negotiation(&hosted, pid, message, &authenticated, &inbound)
            .await;
        let answer = taken.unwrap_or_else(|fault| self.fault_answer(family, &fault));
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn take_negotiation(
        &self,
        hosted: &Arc<Hosted>,
        pid: Option<&str>,
        message: NegotiationMessage,
        authenticated: &Authenticated,
        inbound: &Inbound,
    ) -> Result<Outbound, Fault> {
        let slug = hosted.slug.as_str();
        let peer = authenticated.peer.value().id.as_str();
        let first_key = match pid {
            None => match self.first_key(peer, &message).await {
                Ok(key) => Some(key),
                Err(refused) => return Ok(*refused),
            },
            Some(_) => None,
        };
        for _ in 0..RACES {
            let _turn = self
                .inner
                .locks
                .hold(slug, first_key.as_deref().or(pid).unwrap_or_default())
                .await;
            let loaded: Option<Loaded<Negotiation>> = match (&first_key, pid) {
                (Some(key), _) => self.load_first(slug, key).await?,
                (None, Some(pid)) => self.load(slug, pid).await?,
                (None, None) => None,
            };
            let version = loaded.as_ref().map(|loaded| loaded.version);
            let received = Received {
                message: message.clone(),
                peer: &authenticated.peer,
                effect: authenticated.effect(inbound),
            };
            let step = match self.step_negotiation(hosted, pid, loaded, received).await? {
                Ok(step) => step,
                Err(answer) => return Ok(*answer),
            };
            let answer = Family::Negotiation.reply(&step.reply);
            let case = step.case.as_ref().map(|case| case.head.id.as_str().to_owned());
            let carried = Carried {
                raw: vec![authenticated.raw(inbound)],
                replay: authenticated.replay(hosted, case.as_deref(), &answer),
            };
            match self.commit(hosted, version, &step, carried).await? {
                Outcome::Conflict => {}
                Outcome::Replayed(row) => {
                    let replayed = authenticated.replayed(&row);
                    return Ok(replayed.unwrap_or_else(|failure| Family::Negotiation.unauthenticated(&failure)));
                }
                Outcome::Committed => {
                    let after = case.map(|case| After::new(self.clone(), slug, &case));
                    return Ok(Outbound { after, ..answer });
                }
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }

    /// The step for what was loaded; an answer instead where nothing is to be stepped.
    async fn step_negotiation(
        &self,
        hosted: &Hosted,
        pid: Option<&str>,
        loaded: Option<Loaded<Negotiation>>,
        received: Received<'_, NegotiationMessage>,
    ) -> Result<Result<Step<Negotiation>, Box<Outbound>>, Fault> {
        // The pids are echoed as for a case of somebody else's: the two answers must not be told apart.
        let not_found = |code: &str, why: &str| {
            Box::new(Family::Negotiation.refusal(&Refusal {
                consumer_pid: received.message.consumer_pid.clone(),
                provider_pid: received.message.provider_pid.clone(),
                ..Refusal::new(RefusalKind::NotFound, code, why)
            }))
        };
        let access = self.access(hosted);
        let facts = self.facts(hosted, &access)?;
        if let Some(loaded) = loaded {
            if let Some(refusal) = self.agreement_taken(hosted, &loaded.case, &received).await? {
                return Ok(Err(Box::new(Family::Negotiation.refusal(&refusal))));
            }
            return Ok(Ok(negotiation::receive(loaded.case, received, &facts)));
        }
        if pid.is_some() {
            // What is sent to a negotiation begins none, even if it could begin one elsewhere.
            return Ok(Err(not_found("not-found", "no such negotiation")));
        }
        let published = match &received.message.content {
            NegotiationContent::Request {
                offer,
                callback_address: Some(_),
            } => {
                let published = self
                    .published(hosted, &received.peer.value().id, &offer.id, offer.target.as_ref())
                    .await?;
                if published.is_none() {
                    return Ok(Err(not_found("offer-unknown", "no such offer is made to you")));
                }
                published
            }
            NegotiationContent::Offer {
                callback_address: Some(_),
                ..
            } => None::<Published>,
            _ => return Ok(Err(not_found("not-found", "no such negotiation"))),
        };
        Ok(Ok(negotiation::receive_first(received, published, &facts)))
    }

    /// An agreement id names one agreement of ours for ever.
    async fn agreement_taken(
        &self,
        hosted: &Hosted,
        case: &Negotiation,
        received: &Received<'_, NegotiationMessage>,
    ) -> Result<Option<Refusal>, Fault> {
        let NegotiationContent::Agreement { agreement } = &received.message.content else {
            return Ok(None);
        };
        if received.peer.value().id != case.head.peer {
            // Not the peer's case: which agreements we have is none of its business.
            return Ok(None);
        }
        let known = self
            .inner
            .store
            .agreement(hosted.slug.as_str(), agreement.id.as_str())
            .await?;
        let other = known.is_some_and(|row| row.negotiation_id != case.head.id.as_str());
        Ok(other.then(|| {
            Refusal::new(
                RefusalKind::BadRequest,
                "agreement-id-taken",
                "this agreement id is in use",
            )
        }))
    }

    /// The key of a first message, once its callback address is found fit.
    async fn first_key(&self, peer: &str, message: &NegotiationMessage) -> Result<String, Box<Outbound>> {
        let family = Family::Negotiation;
        if let Err(malformed) = message.check_opening() {
            return Err(Box::new(family.malformed(&malformed)));
        }
        let (pid, address, role) = match &message.content {
            NegotiationContent::Request {
                callback_address: Some(address),
                ..
            } => (&message.consumer_pid, address, Role::Consumer),
            NegotiationContent::Offer {
                callback_address: Some(address),
                ..
            } => (&message.provider_pid, address, Role::Provider),
            _ => {
                return Err(Box::new(family.plain_error(
                    400,
                    "not-a-first-message",
                    "a negotiation begins with a request or an offer",
                )));
            }
        };
        self.check_callback(family, address).await?;
        match pid {
            Some(pid) => Ok(first_key_of(role.as_str(), peer, pid.as_str())),
            None => Err(Box::new(family.plain_error(
                400,
                "pid-missing",
                "the sender's pid is missing",
            ))),
        }
    }

    /// Refuses an address that we would not call, before anything is written.
    pub(crate) async fn check_callback(&self, family: Family, address: &str) -> Result<(), Box<Outbound>> {
        match self.inner.client.check(address, CHECK_LIMIT).await {
            Err(_) if chapar_terms::sabotaged("skip-callback-check") => Ok(()),
            Ok(()) => Ok(()),
            Err(fault) => {
                let why = format!("`callbackAddress` cannot be called: {fault}");
                Err(Box::new(family.plain_error(400, "callback-address-refused", why)))
            }
        }
    }

    /// The state of a negotiation for the peer in it.
    pub async fn negotiation_state(&self, slug: &str, pid: &str, inbound: Inbound) -> Outbound {
        self.process_state::<Negotiation>(Family::Negotiation, slug, pid, inbound)
            .await
    }

    /// Begins a negotiation in the name of `slug`.
    ///
    /// # Errors
    /// [`Fault::Refused`] with the reasons; [`Fault::Invalid`] for an address that we do not call.
    pub async fn open_negotiation(&self, slug: &str, new: New, actor: &Actor) -> Result<Value, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        self.check_peer_address(&new.address).await?;
        let access = self.access(&hosted);
        let facts = self.facts(&hosted, &access)?;
        let step = negotiation::open(new, actor, &facts);
        self.commit_decision(&hosted, None, step)
            .await?
            .ok_or_else(|| Fault::Unavailable("try again".to_owned()))
    }

    /// Takes a decision about a negotiation of `slug`.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Refused`] when the state or policy does not allow it.
    pub async fn decide_negotiation(
        &self,
        slug: &str,
        id: &str,
        decision: Decision,
        actor: &Actor,
    ) -> Result<Value, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        for _ in 0..RACES {
            let _turn = self.inner.locks.hold(slug, id).await;
            let loaded = self.load::<Negotiation>(slug, id).await?.ok_or(Fault::NotFound)?;
            let access = self.access(&hosted);
            let facts = self.facts(&hosted, &access)?;
            let step = negotiation::decide(loaded.case, decision.clone(), actor, &facts);
            if let Some(view) = self.commit_decision(&hosted, Some(loaded.version), step).await? {
                return Ok(view);
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }

    pub(crate) async fn check_peer_address(&self, address: &str) -> Result<(), Fault> {
        self.inner
            .client
            .check(address, CHECK_LIMIT)
            .await
            .map_err(|fault| Fault::Invalid {
                code: "address-refused".to_owned(),
                reason: fault.to_string(),
            })
    }

    /// Commits a decision's step and gives the case as people see it; none when somebody was quicker.
    pub(crate) async fn commit_decision<K: crate::kind::Kind>(
        &self,
        hosted: &Arc<Hosted>,
        before: Option<i64>,
        step: Step<K>,
    ) -> Result<Option<Value>, Fault> {
        if let Reply::Refused(refusal) = &step.reply {
            return Err(Fault::Refused(refusal.clone()));
        }
        match self.commit(hosted, before, &step, Carried::default()).await? {
            Outcome::Committed => {}
            Outcome::Conflict => return Ok(None),
            Outcome::Replayed(_) => return Err(Fault::Internal("a decision carries no token".to_owned())),
        }
        let Some(case) = step.case.as_ref() else {
            return Err(Fault::Internal("a decision without a case".to_owned()));
        };
        self.after_commit(hosted, &step);
        self.announce(hosted.slug.as_str(), case.head().id.as_str());
        Ok(Some(view(case)))
    }

    /// Ours went wrong: logged with its source, answered blankly.
    pub(crate) fn fault_answer(&self, family: Family, fault: &Fault) -> Outbound {
        match fault {
            Fault::Unavailable(why) => {
                tracing::warn!(%why, "a message could not be taken now");
                family
                    .plain_error(503, "unavailable", "try again later")
                    .with_header("retry-after", "1")
            }
            Fault::NotFound => family.plain_error(404, "not-found", "no such process"),
            other => {
                tracing::error!(fault = %other, "a message could not be taken");
                family.plain_error(500, "internal", "the node could not do this")
            }
        }
    }
}
