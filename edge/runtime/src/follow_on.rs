//! The transfer that was wished for with a negotiation, begun once the agreement is in force.
//!
//! It waits in the outbox like a message, behind whoever must be told first, and leaves it with the commit that begins the
//! transfer: a node that dies in between begins it afterwards, and once.

use crate::commit::{Carried, Outcome};
use crate::{Fault, Runtime};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::{Actor, transfer};
use chapar_store::{CaseWrite, OutboxRow, StepWrite};

/// The kind of such a row of the outbox.
pub(crate) const FOLLOW_ON: &str = "follow-on";

impl Runtime {
    /// Begins what `row` stands for.
    pub(crate) async fn begin_follow_on(&self, row: &OutboxRow) -> Result<(), Fault> {
        let hosted = self.inner.house.find(&row.participant).ok_or(Fault::NotFound)?;
        let loaded = self.load::<Negotiation>(&row.participant, &row.case_id).await?;
        let wished = loaded.and_then(|loaded| loaded.case.follow_on());
        let (id, new) = wished.ok_or_else(|| Fault::Internal(format!("`{}` begins nothing", row.effect_id)))?;
        if let Some((bound, _)) = self.bound(&hosted, new.agreement.as_str()).await?
            && let Some(why) = bound.why_retired()
        {
            tracing::info!(
                negotiation = row.case_id.as_str(),
                %why,
                "the transfer that was wished for does not begin"
            );
            let finished = CaseWrite::Untouched {
                participant: row.participant.clone(),
            };
            let finished = StepWrite {
                outbox_done: vec![row.effect_id.clone()],
                ..StepWrite::new(finished)
            };
            self.write(finished).await?;
            return Ok(());
        }
        let access = self.access(&hosted);
        let mut facts = self.facts(&hosted, &access)?;
        facts.fresh.case = id.clone();
        let mut step = transfer::open(new, &Actor::Node, &facts);
        step.cancelled.push(row.effect_id.clone());
        match self.commit(&hosted, None, &step, Carried::default()).await? {
            Outcome::Committed => {
                self.announce(&row.participant, id.as_str());
                Ok(())
            }
            Outcome::Conflict | Outcome::Replayed(_) => Err(Fault::Internal(format!("there is a transfer `{id}`"))),
        }
    }
}
