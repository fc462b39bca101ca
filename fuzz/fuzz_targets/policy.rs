//! A policy from outside: judged, checked and compared. A list of two is an offer and what was agreed; every policy is the same
//! as itself.

#![no_main]

use chapar_dsp::json::read;
use chapar_policy::{DIFFERENCES, Federations, Situation, decide, diff, validate};
use chapar_terms::limits::MESSAGE_BYTES;
use chapar_terms::{Instant, ParticipantId};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = read(bytes, MESSAGE_BYTES) else { return };
    let policies: &[Value] = match &value {
        Value::Array(several) => several,
        one => std::slice::from_ref(one),
    };
    let peer = ParticipantId::parse("did:web:peer.example").unwrap();
    for policy in policies.iter().filter_map(Value::as_object) {
        let _ = validate(policy);
        for agreed_at in [None, Some(Instant::from_unix_s(1_790_000_000))] {
            let situation = Situation {
                now: Instant::from_unix_s(1_800_000_000),
                counterparty: &peer,
                federations: &Federations::none(),
                agreed_at,
            };
            let _ = decide(policy, &situation);
        }
    }
    if let [one, other, ..] = policies {
        assert!(diff(one, one).is_empty());
        let (there, back) = (diff(one, other), diff(other, one));
        assert_eq!(there.is_empty(), back.is_empty());
        assert!(there.len() <= DIFFERENCES);
        for difference in &there {
            let _ = difference.to_string();
        }
    }
});
