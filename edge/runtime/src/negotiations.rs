//! Negotiations: what the loop must gather before a message or a decision about one can be stepped.

use crate::commit::{Outcome, RACES, first_key_of};
use crate::decide::Decided;
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::receive::{First, Spoken};
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_dsp::negotiation::Message;
use chapar_dsp::{Malformed, NegotiationContent, NegotiationMessage, Role, code};
use chapar_exchange::negotiation::{self, Decision, Negotiation, New};
use chapar_exchange::{Actor, Received, RefusalKind, Step};
use chapar_terms::{Digest, Instant};
use chapar_trust::Peer;
use serde_json::Value;

impl Spoken for Negotiation {
    type Message = NegotiationMessage;
    type Word = Message;
    const FAMILY: Family = Family::Negotiation;

    fn parse(bytes: &[u8], expected: &[Message]) -> Result<NegotiationMessage, Malformed> {
        chapar_dsp::parse_negotiation(bytes, expected)
    }

    fn first(message: &NegotiationMessage, peer: &Peer) -> Result<First, Malformed> {
        message.check_opening()?;
        let (pid, address, role) = match &message.content {
            NegotiationContent::Request { callback_address, .. } => {
                (&message.consumer_pid, callback_address, Role::Consumer)
            }
            NegotiationContent::Offer { callback_address, .. } => {
                (&message.provider_pid, callback_address, Role::Provider)
            }
            _ => (&None, &None, Role::Consumer),
        };
        match (pid, address) {
            (Some(pid), Some(address)) => Ok(First {
                first_key: first_key_of(role.as_str(), peer.id.as_str(), pid.as_str()),
                callback_address: address.clone(),
            }),
            _ => Err(Malformed::new(code::MISSING_MEMBER, "the sender's pid is missing")),
        }
    }

    fn turn_away(received: &Received<'_, NegotiationMessage>, kind: RefusalKind, code: &str, why: &str) -> Step<Self> {
        negotiation::turn_away(received, kind, code, why)
    }

    fn unreadable(peer: &Peer, digest: Digest, malformed: &Malformed) -> Step<Self> {
        negotiation::unreadable(peer, digest, malformed.code, &malformed.why)
    }

    async fn settled(_: &Runtime, _: &Hosted, _: &Peer, _: &NegotiationMessage) -> Result<(), Fault> {
        Ok(())
    }

    async fn step(
        runtime: &Runtime,
        hosted: &Hosted,
        case: Self,
        received: Received<'_, NegotiationMessage>,
    ) -> Result<Step<Self>, Fault> {
        if runtime.is_agreement_taken(hosted, &case, &received).await? {
            let why = "this agreement id is in use";
            return Ok(negotiation::turn_away(
                &received,
                RefusalKind::BadRequest,
                "agreement-id-taken",
                why,
            ));
        }
        let access = runtime.access(hosted);
        Ok(negotiation::receive(case, received, &runtime.facts(hosted, &access)?))
    }

    async fn step_first(
        runtime: &Runtime,
        hosted: &Hosted,
        received: Received<'_, NegotiationMessage>,
    ) -> Result<Step<Self>, Fault> {
        let mut published = None;
        if let NegotiationContent::Request { offer, .. } = &received.message.content {
            let peer = &received.peer.value().id;
            published = runtime
                .published(hosted, peer, &offer.id, offer.target.as_ref())
                .await?;
            if published.is_none() {
                let why = "no such offer is made to you";
                return Ok(negotiation::turn_away(
                    &received,
                    RefusalKind::NotFound,
                    "offer-unknown",
                    why,
                ));
            }
        }
        let access = runtime.access(hosted);
        Ok(negotiation::receive_first(
            received,
            published,
            &runtime.facts(hosted, &access)?,
        ))
    }
}

impl Decided for Negotiation {
    type Decision = Decision;

    fn overdue(&self, limit_ms: i64, now: Instant) -> Option<Decision> {
        self.overdue(limit_ms, now)
    }

    async fn decide(
        runtime: &Runtime,
        hosted: &Hosted,
        case: Self,
        decision: Decision,
        actor: &Actor,
    ) -> Result<Step<Self>, Fault> {
        let access = runtime.access(hosted);
        Ok(negotiation::decide(
            case,
            decision,
            actor,
            &runtime.facts(hosted, &access)?,
        ))
    }
}

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
        self.receive::<Negotiation>(slug, pid, expected, inbound).await
    }

    /// An agreement id names one agreement of ours for ever: asked when a peer gives one, and again when it comes into force, for two
    /// negotiations may have been given the same. Which ones we have is nobody's business but the case's own peer's.
    async fn is_agreement_taken(
        &self,
        hosted: &Hosted,
        case: &Negotiation,
        received: &Received<'_, NegotiationMessage>,
    ) -> Result<bool, Fault> {
        let agreement = match &received.message.content {
            NegotiationContent::Agreement { agreement } => agreement,
            NegotiationContent::Finalized => match &case.agreement {
                Some(agreement) => agreement,
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
        if received.peer.value().id != case.head.peer {
            return Ok(false);
        }
        let (store, slug) = (&self.inner.store, hosted.slug.as_str());
        let known = store.agreement(slug, agreement.id.as_str()).await?;
        Ok(known.is_some_and(|row| row.negotiation_id != case.head.id.as_str()))
    }

    /// The state of a negotiation for the peer in it.
    pub async fn negotiation_state(&self, slug: &str, pid: &str, inbound: Inbound) -> Outbound {
        self.process_state::<Negotiation>(slug, pid, inbound).await
    }

    /// Begins a negotiation in the name of `slug`.
    ///
    /// # Errors
    /// [`Fault::Refused`] with the reasons; [`Fault::Invalid`] for an address that we do not call.
    pub async fn open_negotiation(&self, slug: &str, new: New, actor: &Actor) -> Result<Value, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        self.check_peer_address(&new.address).await?;
        let access = self.access(&hosted);
        let step = negotiation::open(new, actor, &self.facts(&hosted, &access)?);
        self.begin(&hosted, &step).await
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
        self.decide::<Negotiation>(slug, id, decision, actor).await
    }

    /// Removes a negotiation of `slug` that came to nothing.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Refused`] while it goes on, when it has an agreement or while its peer is still to be told.
    pub async fn remove_negotiation(&self, slug: &str, id: &str, actor: &Actor) -> Result<(), Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        for _ in 0..RACES {
            let _turn = self.inner.locks.hold(slug, id).await;
            let loaded = self.load::<Negotiation>(slug, id).await?.ok_or(Fault::NotFound)?;
            let record = negotiation::remove(&loaded.case, actor).map_err(Fault::Refused)?;
            if let Outcome::Committed = self.commit_removal(&hosted, &loaded, &record).await? {
                self.inner.obstacles.over(slug, id);
                return Ok(());
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }
}
