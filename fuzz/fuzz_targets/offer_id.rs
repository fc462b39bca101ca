//! Offer ids as a peer names them, with what its offer says it is about behind a line break.

#![no_main]

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/runtime/src/offer_id.rs"]
mod offer_id;

use libfuzzer_sys::fuzz_target;
use offer_id::{readings, render};
use serde_json::Map;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (id, target) = text
        .split_once('\n')
        .map_or((text, None), |(id, target)| (id, Some(target)));
    for (definition, asset) in readings(id, target) {
        // What was read is written in the one form that is read first.
        let own = render(&definition, &asset, &Map::new());
        assert_eq!(readings(&own, None).first(), Some(&(definition, asset)), "{own}");
    }
});
