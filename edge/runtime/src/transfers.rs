//! Transfers: what the loop must gather before a message or a decision about one can be stepped.

use crate::commit::first_key_of;
use crate::decide::Decided;
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::kind::Kind;
use crate::receive::{First, Spoken};
use crate::render::Family;
use crate::retirements::check_not_retired;
use crate::{Fault, Runtime};
use chapar_dsp::transfer::Message;
use chapar_dsp::{Agreement, Malformed, Role, TransferContent, TransferMessage, code, negotiation};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::{self, Bound, Decision, New, Transfer};
use chapar_exchange::{Actor, Mode, Received, RefusalKind, Step};
use chapar_store::{AgreementRow, CaseFilter};
use chapar_terms::{Digest, Instant};
use chapar_trust::Peer;
use serde_json::Value;
use std::time::Duration;

/// Longest wait for the end of a negotiation whose agreement a transfer is asked under; a peer asks again after it.
const BINDING_LIMIT: Duration = Duration::from_secs(2);

impl Spoken for Transfer {
    type Message = TransferMessage;
    type Word = Message;
    const FAMILY: Family = Family::Transfer;

    fn parse(bytes: &[u8], expected: &[Message]) -> Result<TransferMessage, Malformed> {
        chapar_dsp::parse_transfer(bytes, expected)
    }

    fn first(message: &TransferMessage, peer: &Peer) -> Result<First, Malformed> {
        match (&message.content, &message.consumer_pid) {
            (TransferContent::Request { callback_address, .. }, Some(pid)) => Ok(First {
                first_key: first_key_of(Role::Consumer.as_str(), peer.id.as_str(), pid.as_str()),
                callback_address: callback_address.clone(),
            }),
            _ => Err(Malformed::new(code::MISSING_MEMBER, "`consumerPid` is missing")),
        }
    }

    fn turn_away(received: &Received<'_, TransferMessage>, kind: RefusalKind, code: &str, why: &str) -> Step<Self> {
        transfer::turn_away(received, kind, code, why)
    }

    fn unreadable(peer: &Peer, digest: Digest, malformed: &Malformed) -> Step<Self> {
        transfer::unreadable(peer, digest, malformed.code, &malformed.why)
    }

    /// The agreement may be on its way to be in force here: the consumer, who asks, holds it for final, and its 2xx to our
    /// FINALIZED is not taken in yet.
    async fn settled(runtime: &Runtime, hosted: &Hosted, peer: &Peer, message: &TransferMessage) -> Result<(), Fault> {
        let TransferContent::Request { agreement_id, .. } = &message.content else {
            return Ok(());
        };
        let (slug, peer, agreement) = (hosted.slug.as_str(), peer.id.as_str(), agreement_id.as_str());
        let Some(case) = runtime.being_finalized(slug, peer, agreement).await? else {
            return Ok(());
        };
        let mut news = runtime.inner.news.of_case(slug, &case);
        let end = tokio::time::Instant::now() + BINDING_LIMIT;
        loop {
            news.borrow_and_update();
            if runtime.being_finalized(slug, peer, agreement).await?.is_none() {
                return Ok(());
            }
            if tokio::time::timeout_at(end, news.changed()).await.is_err() {
                return Err(Fault::Unavailable(format!(
                    "agreement `{agreement}` is not in force yet"
                )));
            }
        }
    }

    async fn step(
        runtime: &Runtime,
        hosted: &Hosted,
        case: Self,
        received: Received<'_, TransferMessage>,
    ) -> Result<Step<Self>, Fault> {
        let bound = runtime.bound(hosted, case.agreement.as_str()).await?;
        let bound = bound.map(|(bound, _)| bound);
        let access = runtime.access(hosted);
        let facts = runtime.facts(hosted, &access)?;
        Ok(transfer::receive(case, received, bound.as_ref(), &facts))
    }

    async fn step_first(
        runtime: &Runtime,
        hosted: &Hosted,
        received: Received<'_, TransferMessage>,
    ) -> Result<Step<Self>, Fault> {
        let peer = received.peer.value().id.as_str();
        let found = match &received.message.content {
            TransferContent::Request { agreement_id, .. } => runtime.bound(hosted, agreement_id.as_str()).await?,
            _ => None,
        };
        let found = found.filter(|(_, row)| {
            row.role == Role::Provider.as_str()
                && (row.peer == peer || chapar_terms::sabotaged("lend-agreement-to-other-peer"))
        });
        let mode = found
            .as_ref()
            .and_then(|(_, row)| Mode::parse(&row.mode))
            .unwrap_or(Mode::Manual);
        let bound = found.map(|(bound, _)| bound);
        let access = runtime.access(hosted);
        let facts = runtime.facts(hosted, &access)?;
        Ok(transfer::receive_first(received, bound.as_ref(), mode, &facts))
    }
}

impl Decided for Transfer {
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
        let bound = runtime.bound(hosted, case.agreement.as_str()).await?;
        let bound = bound.map(|(bound, _)| bound);
        let access = runtime.access(hosted);
        let facts = runtime.facts(hosted, &access)?;
        Ok(transfer::decide(case, decision, bound.as_ref(), actor, &facts))
    }
}

impl Runtime {
    /// A transfer message for `slug`. `pid` is the one in the address (none for the request), `expected` what the
    /// address takes.
    pub async fn transfer_message(
        &self,
        slug: &str,
        pid: Option<&str>,
        expected: &[Message],
        inbound: Inbound,
    ) -> Outbound {
        self.receive::<Transfer>(slug, pid, expected, inbound).await
    }

    /// The negotiation with `peer` whose FINALIZED for this agreement is under way.
    async fn being_finalized(&self, slug: &str, peer: &str, agreement: &str) -> Result<Option<String>, Fault> {
        if self.inner.store.agreement(slug, agreement).await?.is_some() {
            return Ok(None);
        }
        let filter = CaseFilter {
            agreement_id: Some(agreement.to_owned()),
            peer: Some(peer.to_owned()),
            ..CaseFilter::default()
        };
        let kind = <Negotiation as Kind>::NAME;
        let cases = self.inner.store.list_cases(slug, kind, &filter, None, 1).await?;
        let finalized = Some(negotiation::Message::Finalized.as_str());
        let under_way = |case: &chapar_store::CaseRow| case.pending.as_deref() == finalized;
        Ok(cases.into_iter().find(under_way).map(|case| case.id))
    }

    /// An agreement in force at `hosted`, with its row.
    pub(crate) async fn bound(&self, hosted: &Hosted, agreement: &str) -> Result<Option<(Bound, AgreementRow)>, Fault> {
        let Some(row) = self.inner.store.agreement(hosted.slug.as_str(), agreement).await? else {
            return Ok(None);
        };
        let body: Value = serde_json::from_str(&row.body).map_err(|error| Fault::Internal(error.to_string()))?;
        let agreement = Agreement::parse(body.get("agreement").unwrap_or(&Value::Null))
            .map_err(|malformed| Fault::Internal(malformed.why))?;
        let retired = row.retired.as_ref().map(|retirement| retirement.reason.clone());
        Ok(Some((Bound { agreement, retired }, row)))
    }

    /// The state of a transfer for the peer in it.
    pub async fn transfer_state(&self, slug: &str, pid: &str, inbound: Inbound) -> Outbound {
        self.process_state::<Transfer>(slug, pid, inbound).await
    }

    /// Begins a transfer in the name of `slug`.
    ///
    /// # Errors
    /// [`Fault::Refused`] with the reasons; [`Fault::Invalid`] for an address that we do not call.
    pub async fn open_transfer(&self, slug: &str, new: New, actor: &Actor) -> Result<Value, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        self.check_peer_address(&new.address).await?;
        if let Some((bound, _)) = self.bound(&hosted, new.agreement.as_str()).await? {
            check_not_retired(&bound)?;
        }
        let access = self.access(&hosted);
        let step = transfer::open(new, actor, &self.facts(&hosted, &access)?);
        self.begin(&hosted, &step).await
    }

    /// Takes a decision about a transfer of `slug`.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Refused`] when the state or policy does not allow it.
    pub async fn decide_transfer(
        &self,
        slug: &str,
        id: &str,
        decision: Decision,
        actor: &Actor,
    ) -> Result<Value, Fault> {
        self.decide::<Transfer>(slug, id, decision, actor).await
    }
}
