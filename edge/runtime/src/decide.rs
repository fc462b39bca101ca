//! A decision of ours about a case, by a person or a program through our own API: loaded, stepped, committed, shown. The same
//! for every kind of case; what a kind knows of its decisions is behind [`Decided`].

use crate::commit::{Carried, Outcome, RACES};
use crate::hosted::Hosted;
use crate::kind::{Kind, view};
use crate::receive::CHECK_LIMIT;
use crate::{Fault, Runtime};
use chapar_exchange::{Actor, Reply, Step};
use chapar_terms::Instant;
use serde_json::Value;
use std::sync::Arc;

/// A kind of case as we decide about it.
pub(crate) trait Decided: Kind {
    type Decision: Clone + Send + Sync;

    /// What the node decides at `now` where nothing may stay as it is for longer than `limit_ms`.
    fn overdue(&self, limit_ms: i64, now: Instant) -> Option<Self::Decision>;

    /// Gathers the facts and steps a decision.
    fn decide(
        runtime: &Runtime,
        hosted: &Hosted,
        case: Self,
        decision: Self::Decision,
        actor: &Actor,
    ) -> impl Future<Output = Result<Step<Self>, Fault>> + Send;
}

impl Runtime {
    /// Takes a decision about a case of `slug`.
    pub(crate) async fn decide<K: Decided>(
        &self,
        slug: &str,
        id: &str,
        decision: K::Decision,
        actor: &Actor,
    ) -> Result<Value, Fault> {
        let decided = self.decide_if::<K>(slug, id, actor, |_| Some(decision.clone())).await?;
        decided.ok_or_else(|| Fault::Internal("a decision came to nothing".to_owned()))
    }

    /// Takes the decision that `choose` makes of the case as it is when its turn has come; none where it makes none.
    pub(crate) async fn decide_if<K: Decided>(
        &self,
        slug: &str,
        id: &str,
        actor: &Actor,
        choose: impl Fn(&K) -> Option<K::Decision> + Send + Sync,
    ) -> Result<Option<Value>, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        for _ in 0..RACES {
            let _turn = self.inner.locks.hold(slug, id).await;
            let loaded = self.recall::<K>(slug, id).await?.ok_or(Fault::NotFound)?;
            let Some(decision) = choose(&loaded.case) else {
                return Ok(None);
            };
            let step = K::decide(self, &hosted, loaded.case, decision, actor).await?;
            match &step.reply {
                // What is remembered may be behind: the stored case decides.
                Reply::Refused(_) if loaded.guessed && !chapar_terms::sabotaged("trust-the-guess") => {
                    self.inner.live.forget::<K>(slug, id)
                }
                Reply::Refused(refusal) => return Err(Fault::Refused(refusal.clone())),
                _ => {
                    let view = self.commit_decision(&hosted, Some(loaded.version), &step).await?;
                    if view.is_some() {
                        return Ok(view);
                    }
                }
            }
        }
        Err(Fault::Unavailable("the case is too busy".to_owned()))
    }

    /// Begins a case in the name of `hosted`.
    pub(crate) async fn begin<K: Kind>(&self, hosted: &Arc<Hosted>, step: &Step<K>) -> Result<Value, Fault> {
        if let Reply::Refused(refusal) = &step.reply {
            return Err(Fault::Refused(refusal.clone()));
        }
        self.commit_decision(hosted, None, step)
            .await?
            .ok_or_else(|| Fault::Unavailable("try again".to_owned()))
    }

    /// Commits a decision's step and gives the case as people see it; none when somebody was quicker.
    async fn commit_decision<K: Kind>(
        &self,
        hosted: &Arc<Hosted>,
        before: Option<i64>,
        step: &Step<K>,
    ) -> Result<Option<Value>, Fault> {
        match self.commit(hosted, before, step, Carried::default()).await? {
            Outcome::Committed => {}
            Outcome::Conflict => return Ok(None),
            Outcome::Replayed(_) => return Err(Fault::Internal("a decision carries no token".to_owned())),
        }
        let Some(case) = step.case.as_ref() else {
            return Err(Fault::Internal("a decision without a case".to_owned()));
        };
        self.after_commit(hosted, step);
        self.announce(hosted.slug.as_str(), case.head().id.as_str());
        Ok(Some(view(case)))
    }

    /// Whether we would call this address of a peer.
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
}
