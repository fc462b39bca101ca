//! What came of a delivery.

use super::Transfer;
use crate::delivery;
use crate::facts::{Answer, Facts, Sent};
use crate::step::Step;

/// Takes what came of `sent`, which this transfer had decided on. Of a move that was settled before, nothing changes any more;
/// it is written down all the same.
pub fn deliver(case: Transfer, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Transfer> {
    delivery::deliver(case, sent, answer, facts)
}
