//! What waits for an answer to be out: the case's effects and the news of it. Otherwise a peer hears our next message
//! before our answer, and some peers take that as fatal.

use crate::Runtime;
use std::fmt;
use tracing::Span;

/// Lets the effects of a step run when it is dropped. A door keeps it until its answer is flushed.
pub struct After {
    runtime: Runtime,
    participant: String,
    case: String,
    /// Of the request: it is over when its answer has left, and what it caused still belongs to it.
    span: Span,
}

impl After {
    pub(crate) fn new(runtime: Runtime, participant: &str, case: &str) -> Self {
        Self {
            runtime,
            participant: participant.to_owned(),
            case: case.to_owned(),
            span: Span::current(),
        }
    }
}

impl Drop for After {
    fn drop(&mut self) {
        let _within = self.span.enter();
        self.runtime.announce(&self.participant, &self.case);
    }
}

impl fmt::Debug for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "After({}/{})", self.participant, self.case)
    }
}
