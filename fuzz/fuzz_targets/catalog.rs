//! A peer's catalogue and its parts, and the request for one.

#![no_main]

use chapar_dsp::catalog::{CatalogRequest, parse_catalog, parse_dataset, parse_dataset_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = CatalogRequest::parse(bytes);
    let _ = parse_dataset_request(bytes);
    let _ = parse_dataset(bytes);
    if let Ok(catalog) = parse_catalog(bytes) {
        let rendered = catalog.render().to_string();
        let again = parse_catalog(rendered.as_bytes()).expect("what we render is taken");
        assert_eq!(again.participant_id, catalog.participant_id);
        assert_eq!(again.render().to_string(), rendered);
        assert!(again.rejects.is_empty(), "{:?}", again.rejects);
    }
});
