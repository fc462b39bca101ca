//! Transfers: a message of a peer or a decision of ours, loaded, stepped, committed, answered.

use crate::after::After;
use crate::authenticate::Authenticated;
use crate::commit::{Carried, Loaded, Outcome, first_key_of};
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::kind::{Kind, view};
use crate::negotiations::RACES;
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_dsp::transfer::Message;
use chapar_dsp::{Agreement, Role, TransferContent, TransferMessage, negotiation};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::{self, Bound, Decision, New, Transfer};
use chapar_exchange::{Actor, Mode, Received, Refusal, RefusalKind, Step};
use chapar_store::{AgreementRow, CaseFilter};
use chapar_terms::{AgreementId, Instant, ParticipantId};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for the end of a negotiation whose agreement a transfer is asked under; a peer asks again after it.
const BINDING_LIMIT: Duration = Duration::from_secs(2);

/// How long a question about a case waits for our move under way to be answered.
const SETTLE_LIMIT: Duration = Duration::from_secs(1);

/// The kinds of case, for callers that name one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseKind {
    /// A contract negotiation.
    Negotiation,
    /// A transfer process.
    Transfer,
}

impl CaseKind {
    /// `negotiation` or `transfer`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negotiation => <Negotiation as Kind>::NAME,
            Self::Transfer => <Transfer as Kind>::NAME,
        }
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
        let family = Family::Transfer;
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let authenticated = match self.authenticate(&hosted, &inbound).await {
            Ok(authenticated) => authenticated,
            Err(failure) => return family.unauthenticated(&failure),
        };
        let message = match chapar_dsp::parse_transfer(&inbound.body, expected) {
            Ok(message) => message,
            Err(malformed) => return self.sign_answer(&hosted, &inbound, family.malformed(&malformed)),
        };
        let taken = self
            .take_transfer(&hosted, pid, message, &authenticated, &inbound)
            .await;
        let answer = taken.unwrap_or_else(|fault| self.fault_answer(family, &fault));
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn take_transfer(
        &self,
        hosted: &Arc<Hosted>,
        pid: Option<&str>,
        message: TransferMessage,
        authenticated: &Authenticated,
        inbound: &Inbound,
    ) -> Result<Outbound, Fault> {
        let slug = hosted.slug.as_str();
        let first_key = match (&message.content, pid) {
            (
                TransferContent::Request {
                    agreement_id,
                    callback_address,
                    ..
                },
                None,
            ) => {
                if let Err(refused) = self.check_callback(Family::Transfer, callback_address).await {
                    return Ok(*refused);
                }
                let pid = message.consumer_pid.as_ref().map_or("", |pid| pid.as_str());
                let peer = authenticated.peer.value().id.as_str();
                self.wait_until_binding(slug, peer, agreement_id).await?;
                Some(first_key_of(Role::Consumer.as_str(), peer, pid))
            }
            _ => None,
        };
        for _ in 0..RACES {
            let _turn = self
                .inner
                .locks
                .hold(slug, first_key.as_deref().or(pid).unwrap_or_default())
                .await;
            let loaded: Option<Loaded<Transfer>> = match (&first_key, pid) {
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
            let Some(step) = self.step_transfer(hosted, loaded, received).await? else {
                // The pids are echoed as for a case of somebody else's: the two answers must not be told apart.
                return Ok(Family::Transfer.refusal(&Refusal {
                    consumer_pid: message.consumer_pid.clone(),
                    provider_pid: message.provider_pid.clone(),
                    ..Refusal::new(RefusalKind::NotFound, "not-found", "no such transfer")
                }));
            };
            let answer = Family::Transfer.reply(&step.reply);
            let case = step.case.as_ref().map(|case| case.head.id.as_str().to_owned());
            let carried = Carried {
                raw: vec![authenticated.raw(inbound)],
                replay: authenticated.replay(hosted, case.as_deref(), &answer),
            };
            match self.commit(hosted, version, &step, carried).await? {
                Outcome::Conflict => {}
                Outcome::Replayed(row) => {
                    let replayed = authenticated.replayed(&row);
                    return Ok(replayed.unwrap_or_else(|failure| Family::Transfer.unauthenticated(&failure)));
                }
                Outcome::Committed => {
                    self.after_commit(hosted, &step);
                    let after = case.map(|case| After::new(self.clone(), slug, &case));
                    return Ok(Outbound { after, ..answer });
                }
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }

    /// Waits while the agreement is on its way to be in force here: the consumer, who asks, holds it for final, and its 2xx to our
    /// FINALIZED is not taken in yet.
    async fn wait_until_binding(&self, slug: &str, peer: &str, agreement: &AgreementId) -> Result<(), Fault> {
        let mut news = self.inner.news.subscribe(slug);
        let end = tokio::time::Instant::now() + BINDING_LIMIT;
        loop {
            news.borrow_and_update();
            if !self.is_being_finalized(slug, peer, agreement).await? {
                return Ok(());
            }
            if tokio::time::timeout_at(end, news.changed()).await.is_err() {
                return Err(Fault::Unavailable(format!(
                    "agreement `{agreement}` is not in force yet"
                )));
            }
        }
    }

    async fn is_being_finalized(&self, slug: &str, peer: &str, agreement: &AgreementId) -> Result<bool, Fault> {
        if self.inner.store.agreement(slug, agreement.as_str()).await?.is_some() {
            return Ok(false);
        }
        let filter = CaseFilter {
            agreement_id: Some(agreement.as_str().to_owned()),
            ..CaseFilter::default()
        };
        let cases = self
            .inner
            .store
            .list_cases(slug, <Negotiation as Kind>::NAME, &filter, None, 1)
            .await?;
        let finalized = negotiation::Message::Finalized.as_str();
        Ok(cases
            .iter()
            .any(|case| case.peer == peer && case.pending.as_deref() == Some(finalized)))
    }

    async fn step_transfer(
        &self,
        hosted: &Hosted,
        loaded: Option<Loaded<Transfer>>,
        received: Received<'_, TransferMessage>,
    ) -> Result<Option<Step<Transfer>>, Fault> {
        let access = self.access(hosted);
        let facts = self.facts(hosted, &access)?;
        if let Some(loaded) = loaded {
            let bound = self
                .bound(hosted, loaded.case.agreement.as_str())
                .await?
                .map(|(bound, _)| bound);
            return Ok(Some(transfer::receive(loaded.case, received, bound.as_ref(), &facts)));
        }
        let TransferContent::Request { agreement_id, .. } = &received.message.content else {
            return Ok(None);
        };
        let peer = received.peer.value().id.as_str();
        let found = self.bound(hosted, agreement_id.as_str()).await?;
        let found = found.filter(|(_, row)| {
            row.role == Role::Provider.as_str()
                && (row.peer == peer || chapar_terms::sabotaged("lend-agreement-to-other-peer"))
        });
        let mode = found
            .as_ref()
            .and_then(|(_, row)| Mode::parse(&row.mode))
            .unwrap_or(Mode::Manual);
        let bound = found.map(|(bound, _)| bound);
        Ok(Some(transfer::receive_first(received, bound.as_ref(), mode, &facts)))
    }

    /// An agreement in force at `hosted`, with its row.
    pub(crate) async fn bound(&self, hosted: &Hosted, agreement: &str) -> Result<Option<(Bound, AgreementRow)>, Fault> {
        let Some(row) = self.inner.store.agreement(hosted.slug.as_str(), agreement).await? else {
            return Ok(None);
        };
        let body: Value = serde_json::from_str(&row.body).map_err(|error| Fault::Internal(error.to_string()))?;
        let agreement = Agreement::parse(body.get("agreement").unwrap_or(&Value::Null))
            .map_err(|malformed| Fault::Internal(malformed.why))?;
        Ok(Some((
            Bound {
                agreement,
                signed_at: Instant::from_unix_ms(row.signed_at),
            },
            row,
        )))
    }

    /// The state of a transfer for the peer in it.
    pub async fn transfer_state(&self, slug: &str, pid: &str, inbound: Inbound) -> Outbound {
        self.process_state::<Transfer>(Family::Transfer, slug, pid, inbound)
            .await
    }

    /// GET of a process: only its own peer sees it.
    pub(crate) async fn process_state<K: Kind>(
        &self,
        family: Family,
        slug: &str,
        pid: &str,
        inbound: Inbound,
    ) -> Outbound {
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let authenticated = match self.authenticate_read(&hosted, &inbound).await {
            Ok(authenticated) => authenticated,
            Err(failure) => return family.unauthenticated(&failure),
        };
        let answer = match self.load_settled::<K>(slug, pid, &authenticated.peer.value().id).await {
            Ok(seen) => {
                let process = seen.and_then(|case| {
                    let head = case.head();
                    family.process(&head.consumer_pid()?, &head.provider_pid()?, case.state())
                });
                match process {
                    Some(body) => Outbound::json(200, &body),
                    None => family.plain_error(404, "not-found", "no such process"),
                }
            }
            Err(fault) => self.fault_answer(family, &fault),
        };
        self.sign_answer(&hosted, &inbound, answer)
    }

    /// The case as its own peer may see it. The peer may have answered a move of ours whose answer we have yet to commit: what
    /// it would see now is older than what it knows, so a move under way is given a moment to settle.
    async fn load_settled<K: Kind>(&self, slug: &str, pid: &str, peer: &ParticipantId) -> Result<Option<K>, Fault> {
        let mut news = self.inner.news.subscribe(slug);
        let settling = tokio::time::sleep(SETTLE_LIMIT);
        tokio::pin!(settling);
        loop {
            news.borrow_and_update();
            let loaded = self.load::<K>(slug, pid).await?;
            let seen = loaded.filter(|loaded| {
                loaded.case.head().peer == *peer || chapar_terms::sabotaged("leak-case-to-other-peer")
            });
            match seen {
                Some(loaded) if loaded.case.pending().is_some() && !settling.is_elapsed() => tokio::select! {
                    _ = news.changed() => {}
                    () = &mut settling => {}
                },
                seen => return Ok(seen.map(|loaded| loaded.case)),
            }
        }
    }

    /// Begins a transfer in the name of `slug`.
    ///
    /// # Errors
    /// [`Fault::Refused`] with the reasons; [`Fault::Invalid`] for an address that we do not call.
    pub async fn open_transfer(&self, slug: &str, new: New, actor: &Actor) -> Result<Value, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        self.check_peer_address(&new.address).await?;
        let access = self.access(&hosted);
        let facts = self.facts(&hosted, &access)?;
        let step = transfer::open(new, actor, &facts);
        self.commit_decision(&hosted, None, step)
            .await?
            .ok_or_else(|| Fault::Unavailable("try again".to_owned()))
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
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        for _ in 0..RACES {
            let _turn = self.inner.locks.hold(slug, id).await;
            let loaded = self.load::<Transfer>(slug, id).await?.ok_or(Fault::NotFound)?;
            let bound = self
                .bound(&hosted, loaded.case.agreement.as_str())
                .await?
                .map(|(bound, _)| bound);
            let access = self.access(&hosted);
            let facts = self.facts(&hosted, &access)?;
            let step = transfer::decide(loaded.case, decision.clone(), bound.as_ref(), actor, &facts);
            if let Some(view) = self.commit_decision(&hosted, Some(loaded.version), step).await? {
                return Ok(view);
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }

    /// A case of `slug` as its people see it.
    ///
    /// # Errors
    /// The store could not be read, or the case is not what its evidence says.
    pub async fn case_view(&self, slug: &str, kind: CaseKind, id: &str) -> Result<Option<Value>, Fault> {
        Ok(match kind {
            CaseKind::Negotiation => self
                .load::<Negotiation>(slug, id)
                .await?
                .map(|loaded| view(&loaded.case)),
            CaseKind::Transfer => self.load::<Transfer>(slug, id).await?.map(|loaded| view(&loaded.case)),
        })
    }

    /// The address that the provider gave, while access is open.
    ///
    /// # Errors
    /// As [`Self::case_view`].
    pub async fn data_address(&self, slug: &str, id: &str) -> Result<Option<Value>, Fault> {
        let loaded = self.load::<Transfer>(slug, id).await?;
        let address = loaded.and_then(|loaded| loaded.case.source.filter(|_| loaded.case.head.role == Role::Consumer));
        Ok(address.map(|address| address.render()))
    }
}
