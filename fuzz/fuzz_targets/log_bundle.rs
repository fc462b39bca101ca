//! Bundles of entries and of bodies, and a stored frontier: the first two bytes say how many items are expected, and of which form.

#![no_main]

use chapar_tlog::{Frontier, Level, TileId, decode_bodies, decode_entries, encode_bodies, encode_entries};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(([form, width], bytes)) = bytes.split_first_chunk() else {
        return;
    };
    let level = if form % 2 == 0 { Level::Entries } else { Level::Bodies };
    let id = TileId::new(level, 0, u16::from(*width) + 1).unwrap();
    let again = match level {
        Level::Bodies => decode_bodies(id, bytes).map(|bodies| encode_bodies(&bodies).unwrap()),
        _ => decode_entries(id, bytes).map(|entries| encode_entries(&entries).unwrap()),
    };
    if let Ok(again) = again {
        // The full bundle may stand in for a partial one.
        assert!(bytes.starts_with(&again));
    }
    if let Ok(frontier) = Frontier::decode(bytes) {
        assert_eq!(frontier.encode(), bytes);
        frontier.root();
    }
});
