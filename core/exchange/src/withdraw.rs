//! The end of a case by our own word before the peer has answered its first message. It cannot be told yet, for it has not
//! said what it calls the case. So the case ends here at once, while the first message goes on to its deadline: whether the peer
//! had it nobody knows, and the answer to a copy names the case. From that answer, or from the peer's own next message, the
//! termination is sent, and both sides hold the same.

use crate::answer::reached;
use crate::case::{Case, Said};
use crate::facts::Facts;
use crate::step::Step;

/// Ends `case` here. Its first message stays the pending move.
pub(crate) fn withdraw<C: Case>(mut case: C, facts: &Facts<'_>, mut step: Step<C>) -> Step<C> {
    case.track_mut().withdraw();
    case.head_mut().updated_at = facts.now;
    let role = case.head().role;
    step.reached.push(reached(&mut case, role, facts));
    step.case = Some(case);
    step
}

/// Whether `case` is over while nobody knows what the peer calls it: it could not be told, whether we ended it or its refusal of one
/// copy did.
pub(crate) fn is_untold<C: Case>(case: &C) -> bool {
    case.track().is_terminated() && case.head().peer_pid.is_none()
}

/// What follows `answered`, a step after which the peer's name of the case may be known: where it was not before, and so the end
/// was untold, `tell` tells it.
pub(crate) fn after_answer<C: Case>(
    was_untold: bool,
    mut answered: Step<C>,
    tell: impl FnOnce(C, Step<C>) -> Step<C>,
) -> Step<C> {
    let was_untold = was_untold && !chapar_terms::sabotaged("leave-end-untold");
    match answered
        .case
        .take_if(|case| was_untold && case.head().peer_pid.is_some())
    {
        Some(case) => tell(case, answered),
        None => answered,
    }
}

/// What follows `refused`, the refusal of a message in `case`, which names the peer's case: the end is told by `tell` where it
/// could not be told before.
pub(crate) fn after_refusal<C: Case>(
    case: &C,
    message: &C::Message,
    mut refused: Step<C>,
    tell: impl FnOnce(C, Step<C>) -> Step<C>,
) -> Step<C> {
    let was_untold = is_untold(case);
    if let Some(case) = refused.case.as_mut().filter(|_| was_untold) {
        let (consumer, provider) = message.pids();
        case.head_mut().learn_pid(consumer, provider);
    }
    after_answer(was_untold, refused, tell)
}
