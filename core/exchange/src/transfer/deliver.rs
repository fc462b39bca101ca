//! What came of a delivery.

use super::Transfer;
use super::push::{add_push, call_off};
use super::send::tell_end;
use crate::delivery;
use crate::facts::{Answer, Facts, Sent};
use crate::step::Step;
use crate::withdraw::{after_answer, is_untold};
use chapar_dsp::transfer::Message;

/// Takes what came of `sent`, which this transfer had decided on. Of a move that was settled before, nothing changes any more;
/// it is written down all the same.
pub fn deliver(case: Transfer, sent: &Sent<'_>, answer: Answer, facts: &Facts<'_>) -> Step<Transfer> {
    let (before, was_untold) = (case.push(), is_untold(&case));
    let starts = case.track.pending.as_ref();
    let starts = starts.is_some_and(|pending| pending.message == Message::Start && pending.effect == sent.effect);
    let begins = starts && matches!(answer, Answer::Taken { .. });
    let step = call_off(delivery::deliver(case, sent, answer, facts), before);
    let step = if begins { add_push(step, facts) } else { step };
    after_answer(was_untold, step, |case, step| tell_end(case, facts, step))
}
