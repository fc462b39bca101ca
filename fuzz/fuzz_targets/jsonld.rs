//! JSON-LD from outside. A list of two is a document and a context to give it back in; an expanded form is the expanded form of itself.

#![no_main]

use chapar_dsp::json::read;
use chapar_jsonld::{compact, expand};
use chapar_terms::limits::MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = read(bytes, MESSAGE_BYTES) else { return };
    let (document, context) = match &value {
        Value::Array(two) if two.len() == 2 => (&two[0], &two[1]),
        one => (one, &Value::Null),
    };
    let _ = compact(document, context);
    if let Ok(expanded) = expand(document) {
        let expanded = Value::Array(expanded);
        // A form in full is longer, and may be too long or too deep for a second time.
        if let Ok(again) = expand(&expanded) {
            assert_eq!(Value::Array(again), expanded);
        }
        let v2 = Value::from("https://w3id.org/edc/connector/management/v2");
        for context in [context, &v2] {
            let _ = compact(&expanded, context);
        }
    }
});
