//! Peers, and what they offer.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A peer that the participant knows.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Peer {
    /// Its participant id.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    id: String,
    /// Its DSP base, or the root of its version document.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    dsp: String,
    /// What our people call it.
    #[schema(example = "Border office")]
    name: Option<String>,
    /// When it was put first.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was put last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of what a peer offers to us.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Catalog {
    /// The peer's participant id, as its catalogue has it.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    participant_id: String,
    /// DSP datasets, each with its offers in `hasPolicy`, as the peer sent them.
    datasets: Vec<Map<String, Value>>,
    /// DSP data services, as the peer sent them.
    services: Vec<Map<String, Value>>,
    /// Entries that could not be read; not there when all could.
    rejects: Option<Vec<Reject>>,
    /// Give it back as `next` for the page that follows; not there on the last one.
    next: Option<String>,
    /// Give it back as `next` for the page before; not there on the first one.
    previous: Option<String>,
}

/// An entry of a peer's catalogue that could not be read.
#[derive(ToSchema)]
pub struct Reject {
    /// Where it stands in the catalogue.
    #[schema(example = "dataset[3]")]
    place: String,
    /// Which rule it breaks, as a stable word.
    #[schema(example = "missing-member")]
    code: String,
    /// One sentence for people.
    #[schema(example = "`hasPolicy` is missing")]
    detail: String,
}

/// A dataset that somebody offers, so far as it is known here.
#[derive(ToSchema)]
pub struct KnownDataset {
    /// Of which catalogue it is.
    catalog: KnownCatalog,
    /// The DSP dataset with its offers in `hasPolicy`. Where the register told it, `urn:chapar:terms:record` is the record that says it.
    dataset: Map<String, Value>,
}

/// A catalogue that is known here, without its datasets.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct KnownCatalog {
    /// The id of the catalogue.
    id: String,
    /// Whose it is.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    participant_id: String,
    /// DSP data services.
    services: Vec<Map<String, Value>>,
    /// Where to negotiate: a DSP base.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    address: String,
    /// When it was known to be so: when the log that tells it last said that it has nothing newer.
    #[schema(format = DateTime)]
    as_of: String,
    /// How long ago that is.
    age_seconds: u64,
}
