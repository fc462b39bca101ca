//! A query from outside, and an object to try it on: a list of the two. What is taken is rendered, read again and the same;
//! an index of the object's scalars misses nothing that a criterion picks.

#![no_main]

use chapar_dsp::json::read;
use chapar_query::{Filter, Gather, QuerySpec, Reach, index_keys, index_name};
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
    let keys: Vec<(String, String)> = index_keys(members).collect();
    for criterion in spec.filter.criteria() {
        if let (Some(name), Some(reach)) = (criterion.left().name(), criterion.reach()) {
            let found = keys.iter().any(|(of, key)| {
                let reached = match &reach {
                    Reach::OneOf(keys) => keys.contains(key),
                    Reach::Between(least, most) => least <= key && key <= most,
                };
                *of == index_name(name) && reached
            });
            assert!(found || !criterion.holds(&[object]));
        }
    }
});
