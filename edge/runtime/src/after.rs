//! What waits for an answer to be out: the case's effects and the news of it. Otherwise a peer hears our next message
//! before our answer, and some peers take that as fatal; some need a moment more (`pace`).

use crate::Runtime;
use std::fmt;
use std::time::Duration;
use tracing::{Instrument, Span};

/// Lets the effects of a step run when it is dropped. A door keeps it until its answer is flushed.
pub struct After {
    runtime: Runtime,
    participant: String,
    case: String,
    /// Before the case's messages may leave.
    pause: Duration,
    /// Of the request: it is over when its answer has left, and what it caused still belongs to it.
    span: Span,
}

impl After {
    pub(crate) fn new(runtime: Runtime, participant: &str, case: &str, pause: Duration) -> Self {
        Self {
            runtime,
            participant: participant.to_owned(),
            case: case.to_owned(),
            pause,
            span: Span::current(),
        }
    }
}

impl Drop for After {
    fn drop(&mut self) {
        let _within = self.span.enter();
        if self.pause.is_zero() {
            self.runtime.announce(&self.participant, &self.case);
            return;
        }
        self.runtime.make_known(&self.participant, &self.case);
        let (runtime, participant, case) = (self.runtime.clone(), self.participant.clone(), self.case.clone());
        let pause = self.pause;
        let later = async move {
            tokio::time::sleep(pause).await;
            runtime.wake_courier(&participant, &case);
        };
        tokio::spawn(later.in_current_span());
    }
}

impl fmt::Debug for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "After({}/{})", self.participant, self.case)
    }
}
