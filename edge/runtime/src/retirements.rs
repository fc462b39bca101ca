//! Agreements that a participant goes by no more: the decision is written down, data stops at once, and every transfer under the
//! agreement is ended with the reason told to the peer. Reactivated, an agreement lets transfers begin again.
//!
//! The decision is durable before anything is ended. A transfer that began at the same moment sees it afterwards, a node that died in
//! between ends the rest when it starts. What a retired agreement forbids is said in `chapar_exchange::transfer`.

use crate::commit::Outcome;
use crate::desk::agreement_view;
use crate::hosted::Hosted;
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_exchange::transfer::{Bound, Decision, RETIRED, Transfer};
use chapar_exchange::{Actor, Refusal, RefusalKind, Retirement};
use chapar_store::{AgreementRow, CaseWrite, NewEvent, Retirement as RetirementRow, StepWrite};
use chapar_terms::{AgreementId, ParticipantId};
use std::sync::Arc;
use tracing::Instrument;

/// Retired agreements read at a time when a node starts.
const BATCH: i64 = 500;

impl Runtime {
    /// Takes a decision about an agreement of `slug`; the agreement after it.
    pub(crate) async fn decide_agreement(
        &self,
        slug: &str,
        id: &str,
        decision: Retirement,
        actor: &Actor,
    ) -> Result<AgreementRow, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let row = self.inner.store.agreement(slug, id).await?.ok_or(Fault::NotFound)?;
        let (after, write) = self.agreement_write(&hosted, row, &decision, actor)?;
        let outcome = self.write(write).await?;
        let is_retired = after.retired.is_some();
        if is_retired {
            // Also where it was retired before: an earlier decision may not have come to its end.
            self.end_transfers_under(&hosted, id, actor).await?;
        }
        match outcome {
            Outcome::Committed => {
                self.inner.news.tell(slug, id);
                Ok(after)
            }
            _ if is_retired => Err(Fault::Conflict(format!("agreement `{id}` is retired already"))),
            _ => Err(Fault::NotFound),
        }
    }

    /// The agreement after the decision, and what is written of it.
    fn agreement_write(
        &self,
        hosted: &Hosted,
        row: AgreementRow,
        decision: &Retirement,
        actor: &Actor,
    ) -> Result<(AgreementRow, StepWrite), Fault> {
        let now = self.now().unix_ms();
        let record = decision.record(
            &AgreementId::parse(&row.agreement_id)?,
            &ParticipantId::parse(&row.peer)?,
            actor,
        );
        let (participant, agreement_id) = (row.participant.clone(), row.agreement_id.clone());
        let (event, retired) = match decision {
            Retirement::Retire { reason } => {
                let reason = reason.clone();
                ("agreement.retired", Some(RetirementRow { reason, at: now }))
            }
            Retirement::Reactivate => ("agreement.reactivated", None),
        };
        let write = match retired.clone() {
            Some(retirement) => CaseWrite::Retire {
                participant,
                agreement_id,
                retirement,
            },
            None => CaseWrite::Reactivate {
                participant,
                agreement_id,
            },
        };
        let after = AgreementRow { retired, ..row };
        let event = NewEvent {
            event_type: event.to_owned(),
            case_id: None,
            data: agreement_view(&after)?.to_string(),
            at: now,
            callback_events: Vec::new(),
        };
        let write = StepWrite {
            evidence: vec![self.evidence_row(hosted, None, &record, None)?],
            events: vec![event],
            ..StepWrite::new(write)
        };
        Ok((after, write))
    }

    /// Stops the data of every transfer under a retired agreement, then ends the transfers.
    async fn end_transfers_under(&self, hosted: &Hosted, agreement: &str, actor: &Actor) -> Result<(), Fault> {
        let (slug, kind) = (hosted.slug.as_str(), <Transfer as Kind>::NAME);
        let states = <Transfer as Kind>::OPEN_STATES;
        let mut cases = self.inner.store.cases_under(slug, kind, agreement, states).await?;
        cases.retain(|_| !chapar_terms::sabotaged("go-on-after-retirement"));
        for case in &cases {
            self.close_flows(slug, case);
        }
        // One that cannot be ended keeps no other from its end.
        let mut first_fault = Ok(());
        for case in &cases {
            let ended = self.end_if_retired(hosted, agreement, case, actor).await;
            first_fault = first_fault.and(ended);
        }
        first_fault
    }

    /// Ends a transfer if its agreement is retired.
    async fn end_if_retired(&self, hosted: &Hosted, agreement: &str, case: &str, actor: &Actor) -> Result<(), Fault> {
        let found = self.bound(hosted, agreement).await?;
        let Some(why) = found.and_then(|(bound, _)| bound.why_retired()) else {
            return Ok(());
        };
        let terminate = Decision::Terminate {
            code: Some(RETIRED.to_owned()),
            reason: vec![why],
        };
        match self
            .decide::<Transfer>(hosted.slug.as_str(), case, terminate, actor)
            .await
        {
            Err(Fault::Refused(refusal)) => {
                tracing::info!(
                    case,
                    why = %refusal.code,
                    "a transfer under a retired agreement is not ended now"
                );
                Ok(())
            }
            ended => ended.map(|_| ()),
        }
    }

    /// A transfer has just begun, or is just known to its peer: its agreement may have been retired while it did.
    pub(crate) fn look_for_retirement<K: Kind>(&self, hosted: &Arc<Hosted>, case: &K) {
        let agreement = case.agreement_id().filter(|_| K::NAME == <Transfer as Kind>::NAME);
        let Some(agreement) = agreement.map(str::to_owned) else {
            return;
        };
        let (runtime, hosted, case) = (self.clone(), Arc::clone(hosted), case.head().id.as_str().to_owned());
        let look = async move {
            let ended = runtime.end_if_retired(&hosted, &agreement, &case, &Actor::Node).await;
            if let Err(fault) = ended {
                tracing::error!(%case, %fault, "whether its agreement is retired was not seen; the next start of the node looks again");
            }
        };
        tokio::spawn(look.in_current_span());
    }

    /// Ends what an earlier run of the node did not come to end.
    pub(crate) async fn take_up_retirements(&self) -> Result<(), Fault> {
        for hosted in self.everyone() {
            let mut after: Option<String> = None;
            loop {
                let store = &self.inner.store;
                let rows = store
                    .list_retired(hosted.slug.as_str(), after.as_deref(), BATCH)
                    .await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.agreement_id.clone());
                for row in rows {
                    let agreement = &row.agreement_id;
                    let ended = self.end_transfers_under(&hosted, agreement, &Actor::Node).await;
                    // One bad case is no reason for everybody to be without a node.
                    if let Err(fault) = ended {
                        tracing::error!(%agreement, %fault, "transfers under a retired agreement could not be ended");
                    }
                }
            }
        }
        Ok(())
    }
}

/// Refuses to begin something under a retired agreement.
pub(crate) fn check_not_retired(bound: &Bound) -> Result<(), Fault> {
    match bound.why_retired() {
        Some(why) => Err(Fault::Refused(Refusal::new(RefusalKind::Conflict, RETIRED, why))),
        None => Ok(()),
    }
}
