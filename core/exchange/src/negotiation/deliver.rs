//! What came of a delivery.

use super::Negotiation;
use super::receive::in_force;
use crate::delivery;
use crate::facts::{Answer, Facts, Sent};
use crate::step::Step;
use chapar_dsp::negotiation::State;

/// Takes what came of `sent`, which this negotiation had decided on. Of a move that was settled before, nothing changes any
/// more; it is written down all the same.
pub fn deliver(case: Negotiation, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Negotiation> {
    let was_final = case.track.state == Some(State::Finalized);
    let mut step = delivery::deliver(case, sent, answer, facts);
    step.agreement = step
        .case
        .as_ref()
        .filter(|case| !was_final && case.track.state == Some(State::Finalized))
        .and_then(in_force);
    step
}
