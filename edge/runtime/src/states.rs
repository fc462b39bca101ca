//! What the peer of a case may see of it: its state. Always read from the store.

use crate::http::{Inbound, Outbound};
use crate::kind::Kind;
use crate::receive::Spoken;
use crate::{Fault, Runtime};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::Transfer;
use chapar_terms::ParticipantId;
use std::time::Duration;

/// How long a question about a case waits for the answer to a call of ours that is under way.
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
    /// GET of a process: only its own peer sees it.
    pub(crate) async fn process_state<K: Spoken>(&self, slug: &str, pid: &str, inbound: Inbound) -> Outbound {
        let family = K::FAMILY;
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
    /// it would see now is older than what it knows, so a call under way is given a moment to settle.
    async fn load_settled<K: Kind>(&self, slug: &str, pid: &str, peer: &ParticipantId) -> Result<Option<K>, Fault> {
        let mut news = self.inner.news.of_case(slug, pid);
        let end = tokio::time::Instant::now() + SETTLE_LIMIT;
        loop {
            news.borrow_and_update();
            // Asked before the case is read: a call that has ended by now is in what is read.
            let calling = self.inner.couriers.is_calling(&(slug.to_owned(), pid.to_owned()));
            let loaded = self.load::<K>(slug, pid).await?;
            let seen = loaded
                .map(|loaded| loaded.case)
                .filter(|case| case.head().peer == *peer || chapar_terms::sabotaged("leak-case-to-other-peer"));
            let unsettled = calling && seen.as_ref().is_some_and(|case| case.pending().is_some());
            if !unsettled || tokio::time::timeout_at(end, news.changed()).await.is_err() {
                return Ok(seen);
            }
        }
    }
}
