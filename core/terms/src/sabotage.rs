//! Faults on purpose, for judging the judges: `tests/sabotage.toml` names each, and each must turn some judge red.
//!
//! Without the feature `sabotage`, which is never on by default, [`sabotaged`] is a constant `false` and nothing of a fault is in
//! the program. Holds no fault itself: each is one line at the place that it spoils. Refuses to read the environment: the
//! program or the test that wants a fault chooses it.

#[cfg(feature = "sabotage")]
use std::sync::OnceLock;

#[cfg(feature = "sabotage")]
static CHOSEN: OnceLock<String> = OnceLock::new();

/// Whether `fault` was chosen.
#[cfg(feature = "sabotage")]
pub fn sabotaged(fault: &str) -> bool {
    CHOSEN.get().is_some_and(|chosen| chosen == fault)
}

/// Whether `fault` was chosen: never, in this build.
#[cfg(not(feature = "sabotage"))]
#[inline]
pub const fn sabotaged(_: &str) -> bool {
    false
}

/// Chooses the fault of this process; the first choice stands, and an empty name is none.
#[cfg(feature = "sabotage")]
pub fn choose(fault: &str) {
    // A second test of the same process chooses the same fault again.
    let _ = CHOSEN.set(fault.to_owned());
}

/// Chooses nothing: this build has no faults.
#[cfg(not(feature = "sabotage"))]
pub const fn choose(_: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_there_only_in_a_build_that_has_faults_and_only_when_chosen() {
        assert!(!sabotaged("of-this-test"));
        choose("of-this-test");
        assert_eq!(sabotaged("of-this-test"), cfg!(feature = "sabotage"));
        assert!(!sabotaged("another"));
        choose("another");
        assert!(!sabotaged("another"));
    }
}
