//! Participants and their identities.

use super::Role;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A participant of this node.
#[derive(ToSchema)]
pub struct Participant {
    /// Its participant id, as peers know it.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    participant: String,
    /// Its name within this node and in its addresses.
    #[schema(example = "uz-plant")]
    slug: String,
    /// The base of its addresses for peers.
    #[schema(example = "https://node.example.org/uz-plant/dsp/2025-1", format = "uri")]
    dsp: String,
    /// Its DID; not there for a development identity.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    did: Option<String>,
}

/// Whom the key stands for. Of the operator's key that names nobody, only the role is told.
#[derive(ToSchema)]
pub struct Myself {
    /// The participant id, as peers know it.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    participant: Option<String>,
    /// The participant's name within this node and in its addresses.
    #[schema(example = "uz-plant")]
    slug: Option<String>,
    /// The base of its addresses for peers.
    #[schema(example = "https://node.example.org/uz-plant/dsp/2025-1", format = "uri")]
    dsp: Option<String>,
    /// Its DID; not there for a development identity.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    did: Option<String>,
    /// What the key may do.
    role: Role,
}

/// A participant just added, with its first key.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AddedParticipant {
    /// Its participant id, as peers know it.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    participant: String,
    /// Its name within this node and in its addresses.
    #[schema(example = "uz-plant")]
    slug: String,
    /// The base of its addresses for peers.
    #[schema(example = "https://node.example.org/uz-plant/dsp/2025-1", format = "uri")]
    dsp: String,
    /// Its DID; not there for a development identity.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    did: Option<String>,
    /// The text of an admin's key for it. It is shown this once.
    #[schema(
        example = "0f8fad5b-d9cb-469f-a165-70867728950e.5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233"
    )]
    api_key: String,
}

/// A participant's keys, sealed.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct KeyChest {
    /// The file: what `chest` of a new participant takes.
    chest: Map<String, Value>,
    /// Its key, 64 hexadecimal digits. It is shown this once.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    chest_key: String,
}

/// A participant with its signing keys.
#[derive(ToSchema)]
pub struct Identity {
    /// Its participant id, as peers know it.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    participant: String,
    /// Its name within this node and in its addresses.
    #[schema(example = "uz-plant")]
    slug: String,
    /// The base of its addresses for peers.
    #[schema(example = "https://node.example.org/uz-plant/dsp/2025-1", format = "uri")]
    dsp: String,
    /// Its DID; a development identity has none.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    did: Option<String>,
    /// Its signing keys, oldest first: the one that signs, and older ones, which verify what they signed.
    keys: Vec<SigningKey>,
}

/// A signing key of a participant, as its DID document names it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SigningKey {
    /// The key's DID URL.
    #[schema(example = "did:web:node.example.org:uz-plant#key-4a1d7c2e")]
    id: String,
    /// Its algorithm, by its JOSE name.
    #[schema(example = "EdDSA")]
    algorithm: String,
    /// Whether the node signs with it now.
    active: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when others are known to have it: it is not in the DID document any more.
    #[schema(format = DateTime)]
    compromised_at: Option<String>,
}
