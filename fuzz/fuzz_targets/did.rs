//! A DID, and the document of one.

#![no_main]

use chapar_trust::did::{DidDocument, Insecure, document_url};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(url) = document_url(text, &Insecure::NEVER)
    {
        assert!(
            url.starts_with("https://") && !url.contains('@') && !url.contains("/../"),
            "{url}"
        );
    }
    let Ok(document) = DidDocument::parse(bytes) else {
        return;
    };
    let _ = document.signing_method(None);
    for method in &document.methods {
        let _ = document.signing_method(Some(&method.id));
        let _ = document.method(&method.id);
    }
});
