//! A query from outside, and an object to try it on: a list of the two. What is taken is rendered, read again and the same;
//! an index of the object's scalars misses nothing that a criterion picks.

#![no_main]

use chapar_dsp::json::read;
use chapar_query::{Filter, Gather, QuerySpec, scalars};
use chapar_terms::limits::MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Value::Array(pair)) = read(bytes, MESSAGE_BYTES) else {
        return;
    };
    let [query, object, ..] = pair.as_slice() else { return };
    let Ok(spec) = QuerySpec::from_json(query) else { return };
    assert_eq!(Filter::from_json(&spec.filter.to_json()).unwrap(), spec.filter);
    let mut gather = Gather::new(&spec);
    let _ = gather.offer(&[object], || ());
    assert!(gather.finish().len() <= 1);
    let Value::Object(members) = object else { return };
    let names: Vec<&str> = scalars(members).map(|(name, _)| name).collect();
    for criterion in spec.filter.criteria() {
        if let (Some(name), Some(_)) = (criterion.left().name(), criterion.reach()) {
            assert!(!criterion.holds(&[object]) || names.contains(&name));
        }
    }
});
