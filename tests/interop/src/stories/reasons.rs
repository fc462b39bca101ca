//! Why a case was ended or paused: what each side tells of it afterwards, and in whose words.

use super::{Both, Role};
use crate::edc;
use crate::scene::{Pair, Provider};
use crate::side::{Side, Told, check};
use std::fmt;

/// What was done to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Terminated,
    Suspended,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terminated => "terminated",
            Self::Suspended => "suspended",
        })
    }
}

/// A reason that no other story gives.
pub(super) fn words() -> String {
    format!("lorry {} was sent back", uuid::Uuid::new_v4())
}

impl Pair<'_> {
    /// Whether both sides tell why `by` did this: our node by both of its APIs, whoever did it; the other side as far as it keeps it.
    pub(super) fn check_why(&self, both: &Both, by: Role, done: Done, words: &str) -> Told<()> {
        for role in [Role::Consumer, Role::Provider] {
            let (side, id) = self.side(role, both);
            let told = side.case(both.kind, id)?.why;
            if self.is_ours(role) {
                let who = if role == by { "we" } else { "the peer" };
                // A move of ours that failed before is told behind it.
                let first = told.as_deref().and_then(|told| told.split("; before that, ").next());
                let expected = format!("{who} {done} it: {words}");
                check(first == Some(&expected), || {
                    format!("our node tells {told:?}, not `{expected}`")
                })?;
                let managed = self.scene.ours_managed.case(both.kind, id)?.why;
                check(managed.as_deref() == Some(words), || {
                    format!("our node tells {managed:?} by EDC's API, not `{words}`")
                })?;
            } else if role == by {
                check(told.as_deref() == Some(words), || {
                    format!("EDC tells {told:?}, not `{words}`")
                })?;
            } else {
                check_heard(done, told.as_deref(), words)?;
            }
        }
        Ok(())
    }

    fn is_ours(&self, role: Role) -> bool {
        (self.cast == Provider::Ours) == (role == Role::Provider)
    }
}

/// EDC 0.14.0 lets the words of an end go, and shows those of a pause as its reader left them. Another may show them better, or none.
fn check_heard(done: Done, told: Option<&str>, words: &str) -> Told<()> {
    let kept = match done {
        Done::Terminated => None,
        Done::Suspended => Some(format!("{{@value={words}}}")),
    };
    let fits = if edc::is_another() {
        told.is_none_or(|told| told.contains(words))
    } else {
        told == kept.as_deref()
    };
    check(fits, || format!("EDC tells {told:?} of what it was told, not {kept:?}"))
}
