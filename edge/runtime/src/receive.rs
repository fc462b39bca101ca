//! A message of a peer, from its bytes to its answer: authenticated, parsed, its case loaded, stepped, committed, answered.
//! The same for every kind of case; what a kind knows of its messages is behind [`Spoken`].
//!
//! A refusal is committed like anything else that a known peer is told: with its record, and with the token it used, so that
//! no token is good for two messages. Where the answer is to come back later, nothing is written, and the token is remembered
//! as used in memory only. What fails authentication writes nothing.

use crate::after::After;
use crate::authenticate::Authenticated;
use crate::commit::{Carried, Loaded, Outcome, RACES};
use crate::hosted::Hosted;
use crate::http::{Inbound, Outbound};
use crate::kind::Kind;
use crate::named::Named;
use crate::pace::pause_for;
use crate::render::Family;
use crate::{Fault, Runtime};
use chapar_dsp::Malformed;
use chapar_exchange::{Received, RefusalKind, Reply, Step};
use chapar_terms::Digest;
use chapar_trust::Peer;
use std::sync::Arc;
use std::time::Duration;

/// Longest time for finding out where an address of a peer points.
pub(crate) const CHECK_LIMIT: Duration = Duration::from_secs(5);
/// When a peer with too many open cases may ask again, in seconds: cases end by people's decisions, not in a moment.
const CROWDED_S: u64 = 60;

/// A message that begins a case.
pub(crate) struct First {
    /// The key under which the peer's first message is known.
    pub first_key: String,
    /// Where the peer wants to be answered.
    pub callback_address: String,
}

/// A kind of case as peers speak about it.
pub(crate) trait Spoken: Kind {
    /// Its messages.
    type Message: Clone + Send + Sync;
    /// What an address takes.
    type Word: Copy + Send + Sync;
    const FAMILY: Family;

    fn parse(bytes: &[u8], expected: &[Self::Word]) -> Result<Self::Message, Malformed>;
    /// What a message to an address without a case begins.
    fn first(message: &Self::Message, peer: &Peer) -> Result<First, Malformed>;
    /// Refuses a message that becomes part of no case.
    fn turn_away(received: &Received<'_, Self::Message>, kind: RefusalKind, code: &str, why: &str) -> Step<Self>;
    /// Refuses bytes that are no message.
    fn unreadable(peer: &Peer, digest: Digest, malformed: &Malformed) -> Step<Self>;
    /// Waits for what must settle before a first message can be judged.
    fn settled(
        runtime: &Runtime,
        hosted: &Hosted,
        peer: &Peer,
        message: &Self::Message,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Gathers the facts and steps a message about `case`.
    fn step(
        runtime: &Runtime,
        hosted: &Hosted,
        case: Self,
        received: Received<'_, Self::Message>,
    ) -> impl Future<Output = Result<Step<Self>, Fault>> + Send;
    /// Gathers the facts and steps a first message.
    fn step_first(
        runtime: &Runtime,
        hosted: &Hosted,
        received: Received<'_, Self::Message>,
    ) -> impl Future<Output = Result<Step<Self>, Fault>> + Send;
}

/// A message on its way through the loop.
struct Arrival<'a, K: Spoken> {
    hosted: &'a Arc<Hosted>,
    authenticated: &'a Authenticated,
    inbound: &'a Inbound,
    /// The pid in the address; none for a first message.
    pid: Option<&'a str>,
    message: K::Message,
}

impl<K: Spoken> Arrival<'_, K> {
    fn slug(&self) -> &str {
        self.hosted.slug.as_str()
    }

    fn peer(&self) -> &Peer {
        self.authenticated.peer.value()
    }

    fn received(&self) -> Received<'_, K::Message> {
        Received {
            message: self.message.clone(),
            peer: &self.authenticated.peer,
            effect: self.authenticated.effect(self.inbound),
        }
    }

    fn turn_away(&self, kind: RefusalKind, code: &str, why: &str) -> Step<K> {
        K::turn_away(&self.received(), kind, code, why)
    }
}

impl Runtime {
    /// A message for `slug`. `pid` is the one in the address (none for a first message), `expected` what the address takes.
    pub(crate) async fn receive<K: Spoken>(
        &self,
        slug: &str,
        pid: Option<&str>,
        expected: &[K::Word],
        inbound: Inbound,
    ) -> Outbound {
        let Some(hosted) = self.hosted(slug) else {
            return Outbound::empty(404);
        };
        let authenticated = match self.authenticate(&hosted, &inbound).await {
            Ok(authenticated) => authenticated,
            Err(failure) => return Named::in_body(&inbound.body).fill(K::FAMILY.unauthenticated(&failure)),
        };
        let taken = match K::parse(&inbound.body, expected) {
            Ok(message) => {
                let arrival = Arrival::<K> {
                    hosted: &hosted,
                    authenticated: &authenticated,
                    inbound: &inbound,
                    pid,
                    message,
                };
                self.take(&arrival).await
            }
            Err(malformed) => {
                self.refuse_bytes::<K>(&hosted, pid, &authenticated, &inbound, &malformed)
                    .await
            }
        };
        let answer = taken.unwrap_or_else(|fault| {
            self.spend_token(&authenticated);
            let answer = self.fault_answer(K::FAMILY, &fault);
            Named::in_body(&inbound.body).fill(answer)
        });
        self.sign_answer(&hosted, &inbound, answer)
    }

    async fn refuse_bytes<K: Spoken>(
        &self,
        hosted: &Arc<Hosted>,
        pid: Option<&str>,
        authenticated: &Authenticated,
        inbound: &Inbound,
        malformed: &Malformed,
    ) -> Result<Outbound, Fault> {
        let step = K::unreadable(authenticated.peer.value(), Digest::of(&inbound.body), malformed);
        let peer = &authenticated.peer.value().id;
        let named = self.named::<K>(hosted, pid, peer, &inbound.body).await;
        let answer = named.fill(K::FAMILY.malformed(malformed));
        let committed = self.commit_answer(hosted, authenticated, inbound, None, &step, answer);
        committed.await?.ok_or_else(busy)
    }

    async fn take<K: Spoken>(&self, arrival: &Arrival<'_, K>) -> Result<Outbound, Fault> {
        let beginning = match arrival.pid {
            Some(_) => None,
            None => match K::first(&arrival.message, arrival.peer()) {
                Ok(beginning) => Some(beginning),
                Err(malformed) => {
                    let step = arrival.turn_away(RefusalKind::BadRequest, malformed.code, &malformed.why);
                    return self.answer_step(arrival, None, &step).await?.ok_or_else(busy);
                }
            },
        };
        if let Some(beginning) = &beginning
            && let Some(step) = self.before_first(arrival, beginning).await?
        {
            return self.answer_step(arrival, None, &step).await?.ok_or_else(busy);
        }
        let first_key = beginning.as_ref().map(|beginning| beginning.first_key.as_str());
        for _ in 0..RACES {
            let key = first_key.or(arrival.pid).unwrap_or_default();
            let _turn = self.inner.locks.hold(arrival.slug(), key).await;
            let loaded = self.loaded(arrival, first_key).await?;
            let (version, guessed) = loaded
                .as_ref()
                .map_or((None, false), |loaded| (Some(loaded.version), loaded.guessed));
            let step = self.step_of(arrival, first_key.is_some(), loaded).await?;
            let unsure = guessed && (step.case.is_none() || matches!(step.reply, Reply::Refused(_)));
            if unsure {
                // What is remembered may be behind. Where a compare-and-swap may not say so, the stored case decides.
                self.inner.live.forget::<K>(arrival.slug(), key);
                continue;
            }
            if let Some(answer) = self.answer_step(arrival, version, &step).await? {
                return Ok(answer);
            }
        }
        Err(busy())
    }

    async fn loaded<K: Spoken>(
        &self,
        arrival: &Arrival<'_, K>,
        first_key: Option<&str>,
    ) -> Result<Option<Loaded<K>>, Fault> {
        match (first_key, arrival.pid) {
            (Some(key), _) => self.load_first(arrival.slug(), key).await,
            (None, Some(pid)) => self.recall(arrival.slug(), pid).await,
            (None, None) => Ok(None),
        }
    }

    async fn step_of<K: Spoken>(
        &self,
        arrival: &Arrival<'_, K>,
        first: bool,
        loaded: Option<Loaded<K>>,
    ) -> Result<Step<K>, Fault> {
        match loaded {
            Some(loaded) => K::step(self, arrival.hosted, loaded.case, arrival.received()).await,
            None if first => K::step_first(self, arrival.hosted, arrival.received()).await,
            // What is sent to a case begins none, even if it could begin one elsewhere.
            None => Ok(arrival.turn_away(RefusalKind::NotFound, "not-found", &format!("no such {}", K::NAME))),
        }
    }

    /// What is asked of a first message that was not taken before: nobody waits with a lock for the answers.
    async fn before_first<K: Spoken>(
        &self,
        arrival: &Arrival<'_, K>,
        beginning: &First,
    ) -> Result<Option<Step<K>>, Fault> {
        if self
            .load_first::<K>(arrival.slug(), &beginning.first_key)
            .await?
            .is_some()
        {
            return Ok(None);
        }
        let peer = arrival.peer();
        match self.inner.client.check(&beginning.callback_address, CHECK_LIMIT).await {
            Ok(()) => {}
            Err(_) if chapar_terms::sabotaged("skip-callback-check") => {}
            Err(fault) if fault.is_retryable() => {
                tracing::info!(peer = peer.id.as_str(), %fault, "a callback address cannot be looked up now");
                return Err(Fault::Unresolved(
                    "`callbackAddress` cannot be looked up now".to_owned(),
                ));
            }
            Err(fault) => {
                // Not what we found behind the name: a peer must not read our inner network with names that it makes up.
                tracing::info!(peer = peer.id.as_str(), %fault, "a callback address is refused");
                let why = "`callbackAddress` is no address that this node calls";
                return Ok(Some(arrival.turn_away(
                    RefusalKind::BadRequest,
                    "callback-address-refused",
                    why,
                )));
            }
        }
        let most = self.inner.config.open_cases;
        let open = self
            .inner
            .store
            .open_cases(arrival.slug(), K::NAME, peer.id.as_str(), K::OPEN_STATES, most);
        if open.await? >= most {
            return Err(Fault::Crowded {
                retry_after_s: CROWDED_S,
            });
        }
        K::settled(self, arrival.hosted, peer, &arrival.message).await?;
        Ok(None)
    }

    async fn answer_step<K: Spoken>(
        &self,
        arrival: &Arrival<'_, K>,
        before: Option<i64>,
        step: &Step<K>,
    ) -> Result<Option<Outbound>, Fault> {
        let answer = K::FAMILY.reply(&step.reply);
        let (hosted, authenticated) = (arrival.hosted, arrival.authenticated);
        self.commit_answer(hosted, authenticated, arrival.inbound, before, step, answer)
            .await
    }

    /// Commits what a message led to and gives its answer; none when somebody was quicker with the case.
    async fn commit_answer<K: Spoken>(
        &self,
        hosted: &Arc<Hosted>,
        authenticated: &Authenticated,
        inbound: &Inbound,
        before: Option<i64>,
        step: &Step<K>,
        answer: Outbound,
    ) -> Result<Option<Outbound>, Fault> {
        let case = step.case.as_ref().map(|case| case.head().id.as_str().to_owned());
        let carried = Carried {
            raw: vec![authenticated.raw(inbound)],
            replay: authenticated.replay(hosted, case.as_deref(), &answer),
            peer: Some(authenticated.peer.value().id.as_str()),
            is_no_news: false,
        };
        match self.commit(hosted, before, step, carried).await? {
            Outcome::Conflict => Ok(None),
            Outcome::Replayed(row) => {
                let replayed = authenticated.replayed(&row);
                Ok(Some(
                    replayed.unwrap_or_else(|failure| K::FAMILY.unauthenticated(&failure)),
                ))
            }
            Outcome::Committed => {
                self.after_commit(hosted, step);
                if let (None, Some(begun)) = (before, &step.case) {
                    self.look_for_retirement(hosted, begun);
                }
                let pause = pause_for(authenticated, inbound);
                let after = case.map(|case| After::new(self.clone(), hosted.slug.as_str(), &case, pause));
                Ok(Some(Outbound { after, ..answer }))
            }
        }
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
            Fault::Unresolved(why) => family
                .plain_error(503, "callback-address-unresolved", why.clone())
                .with_header("retry-after", "5"),
            Fault::Crowded { retry_after_s } => family
                .plain_error(
                    429,
                    "too-many-open-cases",
                    "you have too many open cases here: end some first",
                )
                .with_header("retry-after", retry_after_s.to_string()),
            Fault::NotFound => family.plain_error(404, "not-found", "no such process"),
            other => {
                tracing::error!(fault = %other, "a message could not be taken");
                family.plain_error(500, "internal", "the node could not do this")
            }
        }
    }
}

fn busy() -> Fault {
    Fault::Unavailable("the case is too busy".to_owned())
}
