//! What came of a delivery.

use super::Transfer;
use super::send::tell_end;
use crate::delivery;
use crate::facts::{Answer, Facts, Sent};
use crate::step::Step;
use crate::withdraw::{after_answer, is_untold};

/// Takes what came of `sent`, which this transfer had decided on. Of a move that was settled before, nothing changes any more;
/// it is written down all the same.
pub fn deliver(case: Transfer, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Transfer> {
    let was_untold = is_untold(&case);
    let step = delivery::deliver(case, sent, answer, facts);
    after_answer(was_untold, step, |case, step| tell_end(case, facts, step))
}
