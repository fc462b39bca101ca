//! Keys to this API.

use utoipa::ToSchema;

/// What the holder of a key may do. For a participant each role includes those below it.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Role {
    /// The node's own matters; acts for a participant as its admin when it names it.
    Operator,
    /// Everything of one participant.
    Admin,
    /// Documents, policies, offers, decisions.
    Editor,
    /// Reads.
    Viewer,
}

/// A key, without its secret.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Key {
    /// Its id, which is also the part of its text before the dot.
    #[schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e")]
    id: String,
    /// What it may do.
    role: Role,
    /// What people call it.
    #[schema(example = "nightly export")]
    label: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was revoked, if it was.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// A key just made.
#[derive(ToSchema)]
pub struct MadeKey {
    /// Its id.
    #[schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e")]
    id: String,
    /// Its text, to be shown as `Authorization: Bearer` or `X-Api-Key`. It is shown this once.
    #[schema(
        example = "0f8fad5b-d9cb-469f-a165-70867728950e.5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233"
    )]
    key: String,
    /// What it may do.
    role: Role,
    /// What people call it.
    #[schema(example = "nightly export")]
    label: String,
}
