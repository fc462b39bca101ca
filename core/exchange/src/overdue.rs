//! Cases that hang: until when the next move is waited for, and what the node decides when it has not come by then. While a move of
//! ours is being delivered nothing hangs: the delivery has a deadline of its own, and what follows it is waited for anew.
//!
//! Refuses to say how long an operator lets others take and to watch the clock (`runtime`).

use crate::head::Head;
use crate::negotiation::{self, Negotiation};
use crate::protocol::Protocol;
use crate::track::{Delivery, Track};
use crate::transfer::{self, Transfer};
use chapar_dsp::transfer::State;
use chapar_terms::Instant;

/// The code by which the peer is told.
const CODE: &str = "timed-out";

/// How long a case has been in its state, in words for both sides.
fn reason(head: &Head, state: &str, now: Instant) -> Vec<String> {
    let waited_s = now.since_ms(head.since) / 1000;
    vec![format!(
        "it has been `{state}` for {waited_s} s, and this node waits no longer"
    )]
}

fn is_delivering<P: Protocol>(track: &Track<P>) -> bool {
    let pending = track.pending.as_ref();
    pending.is_some_and(|pending| pending.delivery == Delivery::Sending)
}

impl Negotiation {
    /// When it ends by itself if each state may last `limit_ms`; never, once it is final or before the peer has answered at all: the
    /// sending of the first message has a deadline of its own.
    pub fn due_at(&self, limit_ms: i64) -> Option<Instant> {
        let is_open = self.track.state.is_some_and(|state| !state.is_final());
        (is_open && !is_delivering(&self.track)).then(|| self.head.since.plus_ms(limit_ms))
    }

    /// What the node decides at `now`; none where it is too early.
    pub fn overdue(&self, limit_ms: i64, now: Instant) -> Option<negotiation::Decision> {
        self.due_at(limit_ms).filter(|due| *due <= now)?;
        Some(negotiation::Decision::Terminate {
            code: Some(CODE.to_owned()),
            reason: reason(&self.head, self.track.state_name(), now),
        })
    }
}

impl Transfer {
    /// When it ends by itself if it may wait for its start, or for going on, for `limit_ms`; never, while it goes on: that is as long
    /// as its people like.
    pub fn due_at(&self, limit_ms: i64) -> Option<Instant> {
        let waits = matches!(self.track.state, Some(State::Requested | State::Suspended));
        (waits && !is_delivering(&self.track)).then(|| self.head.since.plus_ms(limit_ms))
    }

    /// What the node decides at `now`; none where it is too early.
    pub fn overdue(&self, limit_ms: i64, now: Instant) -> Option<transfer::Decision> {
        self.due_at(limit_ms).filter(|due| *due <= now)?;
        Some(transfer::Decision::Terminate {
            code: Some(CODE.to_owned()),
            reason: reason(&self.head, self.track.state_name(), now),
        })
    }
}
