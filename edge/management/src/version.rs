//! The versions of the API: which one a request is in, and in which JSON-LD context it is answered.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The namespace of EDC's own terms.
pub const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
/// The namespace of ODRL.
pub const ODRL: &str = "http://www.w3.org/ns/odrl/2/";
/// The context of version 4.
const MANAGEMENT: &str = "https://w3id.org/edc/connector/management/v2";
/// What EDC adds to the terms of the protocol.
const EDC_DSPACE: &str = "https://w3id.org/edc/dspace/v0.0.1";

/// A version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Any JSON-LD is taken; answers carry their context in themselves, so that no client has to fetch one. `v4alpha` is like it.
    V3,
    /// Requests keep to the published JSON schemas; answers name the published context. `v5beta` is like it.
    V4,
}

static INLINE: LazyLock<Value> = LazyLock::new(|| json!({ "@vocab": EDC, "edc": EDC, "odrl": ODRL }));
static INLINE_CATALOG: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "@vocab": EDC,
        "edc": EDC,
        "odrl": ODRL,
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "dspace": "https://w3id.org/dspace/2025/1/",
    })
});
static NAMED: LazyLock<Value> = LazyLock::new(|| json!([MANAGEMENT]));
static NAMED_CATALOG: LazyLock<Value> = LazyLock::new(|| json!([chapar_dsp::CONTEXT, EDC_DSPACE]));

impl Version {
    /// The context of most answers.
    pub fn context(self) -> &'static Value {
        match self {
            Self::V4 if !chapar_terms::sabotaged("answer-in-the-older-context") => &NAMED,
            Self::V3 | Self::V4 => &INLINE,
        }
    }

    /// The context of catalogues and datasets.
    pub fn catalog_context(self) -> &'static Value {
        match self {
            Self::V3 => &INLINE_CATALOG,
            Self::V4 => &NAMED_CATALOG,
        }
    }
}

/// The context in which the protocol's catalogues are read.
pub fn catalog_of_peers() -> &'static Value {
    &NAMED_CATALOG
}

/// A document of version 3 with EDC's terms as its vocabulary, under whatever it says itself.
pub fn with_vocabulary(mut document: Value) -> Value {
    if let Value::Object(members) = &mut document {
        let context = match members.remove("@context") {
            None => INLINE.clone(),
            Some(Value::Array(own)) => std::iter::once(INLINE.clone()).chain(own).collect(),
            Some(own) => json!([*INLINE, own]),
        };
        members.insert("@context".to_owned(), context);
    }
    document
}

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let version = parts.extensions.get::<Self>().copied();
        version.ok_or_else(|| Problem::internal(&"a route stands below no version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_keeps_its_own_context_over_the_vocabulary() {
        let given = |context: Value| with_vocabulary(json!({ "@context": context }))["@context"].clone();
        assert_eq!(with_vocabulary(json!({ "a": 1 }))["@context"], *INLINE);
        assert_eq!(given(json!({ "x": "urn:x" })), json!([*INLINE, { "x": "urn:x" }]));
        assert_eq!(
            given(json!(["urn:c", { "x": "urn:x" }])),
            json!([*INLINE, "urn:c", { "x": "urn:x" }])
        );
        assert_eq!(with_vocabulary(json!([1])), json!([1]));
    }
}
