//! Entries on their way into a participant's register: committed here, given to the tree by the sequencer.

use super::REGISTER;
use crate::{Fault, Runtime};
use chapar_store::{StepOutcome, StepWrite, StoreFault};

impl Runtime {
    /// Commits entries to the register of the participant whose write this is, all or none: they are durable when this returns, and
    /// published soon after.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when an id is taken; [`Fault::NotFound`] when there is no such participant any more; otherwise look first, as
    /// they may be durable.
    pub async fn append(&self, write: StepWrite) -> Result<(), Fault> {
        let slug = write.case.participant().to_owned();
        let _through = self.inner.doorway.read().await;
        if self.inner.house.find(&slug).is_none() {
            // It was removed while this was made: nobody would be there who published it.
            return Err(Fault::NotFound);
        }
        let outcome = self.inner.store.commit_step(write).await;
        // What may be durable is published as what is.
        self.inner.logs.ring(&slug, REGISTER);
        match outcome {
            Ok(StepOutcome::Committed(..)) => Ok(()),
            Ok(_) => Err(Fault::Internal("an entry of a register compares nothing".to_owned())),
            Err(StoreFault::Constraint(_)) => {
                let why = "another version of this record was published meanwhile: look at it and try again";
                Err(Fault::Conflict(why.to_owned()))
            }
            Err(fault) => Err(fault.into()),
        }
    }
}
