//! Documents.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A document that this node keeps, to be offered and handed out.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Document {
    /// Its id: what peers call the dataset.
    #[schema(example = "certificate-17")]
    id: String,
    /// SHA-256 of the content, hexadecimal.
    #[schema(
        example = "5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233",
        min_length = 64,
        max_length = 64
    )]
    digest: String,
    /// Length of the content, in bytes.
    #[schema(example = 18231, minimum = 0)]
    size: u64,
    /// Media type of the content.
    #[schema(example = "application/xml")]
    media_type: String,
    /// What selectors look at and catalogues show.
    #[schema(example = json!({ "title": "Certificate 17" }))]
    properties: Map<String, Value>,
    /// Ids of the contract definitions that offer it now; only where one document is asked for.
    #[schema(example = json!(["certificates"]))]
    offered_by: Option<Vec<String>>,
    /// When it was put first.
    #[schema(format = DateTime)]
    created_at: String,
    /// When content or properties were put last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// The bytes of a document, as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Content(Vec<u8>);
