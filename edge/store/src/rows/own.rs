//! The rows that a participant or the operator keeps: identities, keys, assets, policies, offers, peers.

use std::fmt;

/// A participant that this node hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantRow {
    /// Short name in our addresses; unique.
    pub slug: String,
    /// Participant id, e.g. a DID; unique.
    pub participant_id: String,
    /// Kind of identity, e.g. `did` or `development`.
    pub identity: String,
    /// Opaque JSON text.
    pub config: String,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
}

/// Whether a signing key still signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Signs and verifies.
    Active,
    /// Only verifies what it signed.
    Retired,
}

impl KeyState {
    /// Its word in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

/// A signing key of a participant.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Slug of the participant.
    pub participant: String,
    /// Key id; unique per participant.
    pub kid: String,
    /// Algorithm name.
    pub algorithm: String,
    /// Public half.
    pub public: Vec<u8>,
    /// Private half, sealed on disk.
    pub private: Vec<u8>,
    /// Whether it still signs.
    pub state: KeyState,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch: since when others are known to have it.
    pub compromised_at: Option<i64>,
}

/// A key to our own API; its text is `<id>.<secret>` and only a hash of it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Public half of the key's text; unique at this node.
    pub id: String,
    /// Slug of the participant; none for an operator's key.
    pub participant: Option<String>,
    /// E.g. `admin`.
    pub role: String,
    /// SHA-256 of the key's text; the caller compares in constant time.
    pub hash: Vec<u8>,
    /// What a person calls it.
    pub label: String,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch; set once it is revoked.
    pub revoked_at: Option<i64>,
}

/// A peer that a participant knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRow {
    /// Slug of the participant.
    pub participant: String,
    /// Participant id of the peer; unique per participant.
    pub id: String,
    /// The peer's protocol base address.
    pub dsp: String,
    /// What a person calls it.
    pub name: Option<String>,
    /// Opaque JSON text.
    pub config: String,
    /// Milliseconds of the Unix epoch; kept from the first put.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch.
    pub updated_at: i64,
}

/// An asset, which is behind a dataset. One with content is a built-in document.
#[derive(Clone, PartialEq, Eq)]
pub struct AssetRow {
    /// Slug of the participant.
    pub participant: String,
    /// Unique per participant.
    pub id: String,
    /// What lies here of it.
    pub content: Option<ContentRow>,
    /// Opaque JSON text, for all who see the asset.
    pub properties: String,
    /// Opaque JSON text, for the participant alone.
    pub private_properties: String,
    /// Opaque JSON text, sealed on disk: where the data are when they do not lie here. It may hold what opens them.
    pub data_address: Option<String>,
    /// Whether this node can hand out the data.
    pub in_reach: bool,
    /// Milliseconds of the Unix epoch; kept from the first put.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch.
    pub updated_at: i64,
}

/// A content that lies in the folder of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentRow {
    /// Hexadecimal SHA-256, which is also the file's name.
    pub digest: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub size: i64,
}

/// What an asset is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexKey {
    /// Of a property.
    pub name: String,
    /// Sorts as the property's value does.
    pub value: String,
}

/// What a search looks at of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetFacts {
    /// Unique per participant.
    pub id: String,
    /// Opaque JSON text.
    pub properties: String,
    /// Opaque JSON text.
    pub private_properties: String,
    /// Whether this node can hand out the data.
    pub in_reach: bool,
    /// Milliseconds of the Unix epoch.
    pub created_at: i64,
}

/// A policy definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// Slug of the participant.
    pub participant: String,
    /// Unique per participant.
    pub id: String,
    /// Opaque JSON text.
    pub body: String,
    /// Opaque JSON text, for the participant alone.
    pub private_properties: String,
    /// Milliseconds of the Unix epoch; kept from the first put.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch.
    pub updated_at: i64,
}

/// A contract definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionRow {
    /// Slug of the participant.
    pub participant: String,
    /// Unique per participant.
    pub id: String,
    /// Policy that decides who sees the offer; while there is none of that name, nobody.
    pub access_policy: String,
    /// Policy that is offered; while there is none of that name, nothing is.
    pub contract_policy: String,
    /// Opaque JSON text.
    pub selector: String,
    /// `auto` or `manual`.
    pub mode: String,
    /// Opaque JSON text, for the participant alone.
    pub private_properties: String,
    /// Milliseconds of the Unix epoch; kept from the first put.
    pub created_at: i64,
    /// Milliseconds of the Unix epoch.
    pub updated_at: i64,
}

/// One line of a catalogue page: the asset and the definitions, of those asked for, that offer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetRow {
    /// The asset.
    pub asset: AssetRow,
    /// Ids of the definitions, sorted.
    pub definitions: Vec<String>,
}

/// One access to the data plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// Unique per participant.
    pub id: String,
    /// Slug of the participant.
    pub participant: String,
    /// The transfer that it was allowed by.
    pub transfer_id: String,
    /// The agreement behind the transfer.
    pub agreement_id: String,
    /// Participant id of the consumer.
    pub consumer: String,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
    /// The `Range` asked for.
    pub range: Option<String>,
    /// HTTP status answered; 0 as long as that is not known.
    pub status: i64,
    /// Bytes sent; counted when it ended.
    pub bytes: i64,
    /// Milliseconds of the Unix epoch; none while it goes on, and for ever when the node died meanwhile.
    pub ended_at: Option<i64>,
}

/// What is known of an access when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessEnd {
    /// HTTP status answered.
    pub status: i64,
    /// Bytes sent.
    pub bytes: i64,
    /// Milliseconds of the Unix epoch.
    pub ended_at: i64,
}

/// Where a page begins, by the key of a row and not by a count of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keyset {
    /// At the beginning.
    Start,
    /// With the first row behind this key.
    After(String),
    /// So that the page ends with the last row ahead of this key.
    Before(String),
}

impl fmt::Debug for AssetRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssetRow")
            .field("participant", &self.participant)
            .field("id", &self.id)
            .field("content", &self.content)
            .field("properties", &self.properties)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SigningKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyRow")
            .field("participant", &self.participant)
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ApiKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeyRow")
            .field("id", &self.id)
            .field("participant", &self.participant)
            .field("role", &self.role)
            .field("revoked_at", &self.revoked_at)
            .finish_non_exhaustive()
    }
}
