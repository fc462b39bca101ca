//! A policy: whose checkpoints are believed. What a policy with a quorum asks for cannot be met by nobody.

#![no_main]

use chapar_tlog::policy::{Member, POLICY_ITEMS, Policy};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

fuzz_target!(|bytes: &[u8]| {
    let Ok(policy) = Policy::parse(bytes) else { return };
    assert!(policy.witnesses().len() <= POLICY_ITEMS);
    let everybody: BTreeSet<usize> = (0..policy.witnesses().len()).collect();
    assert!(policy.is_quorum(&everybody));
    assert_eq!(policy.is_quorum(&BTreeSet::new()), policy.quorum().is_none());
    for (place, group) in policy.groups().iter().enumerate() {
        assert!((1..=group.members.len()).contains(&group.threshold));
        assert!(
            group
                .members
                .iter()
                .all(|member| !matches!(member, Member::Group(inner) if *inner >= place))
        );
    }
});
