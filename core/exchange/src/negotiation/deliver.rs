//! What came of a delivery.

use super::Negotiation;
use super::follow_up::tell_end;
use super::receive::in_force;
use crate::delivery;
use crate::facts::{Answer, Facts, Sent};
use crate::step::Step;
use crate::withdraw::{after_answer, is_untold};
use chapar_dsp::negotiation::State;

/// Takes what came of `sent`, which this negotiation had decided on. Of a move that was settled before, nothing changes any
/// more; it is written down all the same.
pub fn deliver(case: Negotiation, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Negotiation> {
    let (was_final, was_untold) = (case.track.state == Some(State::Finalized), is_untold(&case));
    let mut step = delivery::deliver(case, sent, answer, facts);
    step.agreement = step
        .case
        .as_ref()
        .filter(|case| !was_final && case.track.state == Some(State::Finalized))
        .and_then(in_force);
    after_answer(was_untold, step, |case, step| tell_end(case, facts, step))
}
