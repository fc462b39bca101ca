//! What goes in and comes out in version 3, member by member, in the form that EDC writes: compact JSON-LD in EDC's vocabulary.
//!
//! They are read into the description (`crate::description`) and never made: requests are read as JSON-LD in any form, answers
//! are compacted by `crate::render`. That they are true is shown by the tests of this door, whose node holds every answer against
//! them. In version 4 the published schemas of the same names stand in their place.
#![expect(dead_code, reason = "read by the description alone: what goes in and out is JSON-LD")]

mod agreements;
mod assets;
mod catalogs;
mod definitions;
mod edrs;
mod negotiations;
mod node;
mod policies;
mod queries;
mod secrets;
mod transfers;

pub use agreements::{AdoptedAgreement, AgreementsRetirement, AgreementsRetirementEntry, ContractAgreement};
pub use assets::{Asset, AssetInput, DataAddress};
pub use catalogs::{Catalog, CatalogRequest, Dataset, DatasetRequest};
pub use definitions::{ContractDefinition, ContractDefinitionInput};
pub use edrs::{EdrAddress, EndpointDataReferenceEntry};
pub use negotiations::{ContractNegotiation, ContractRequest, NegotiationState, TerminateNegotiation};
pub use node::{
    ApiError, ApiVersions, ConnectorParams, ConnectorParamsRequest, ConnectorsRequest, DataPlaneInstance, HealthStatus,
    MadeParticipant, ParticipantContext, ProtocolVersions, ProtocolVersionsRequest,
};
pub use policies::{
    PolicyDefinition, PolicyDefinitionInput, PolicyEvaluationPlan, PolicyEvaluationPlanRequest, PolicyValidationResult,
};
pub use queries::QuerySpec;
pub use secrets::{Secret, SecretInput};
pub use transfers::{SuspendTransfer, TerminateTransfer, TransferProcess, TransferRequest, TransferState};

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One or several: in compact JSON-LD a single value is no list.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Several<T> {
    /// The only one.
    One(T),
    /// None of them, or more than one.
    Many(Vec<T>),
}

/// What was made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdResponse {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `IdResponse`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^IdResponse$", example = "IdResponse")]
    kind: String,
    /// The id: the one that was given, or a fresh one.
    #[serde(rename = "@id")]
    #[schema(example = "certificate-17")]
    id: String,
    /// When it was made, in milliseconds of the Unix epoch.
    #[schema(example = 1_769_851_800_000_i64)]
    created_at: i64,
}

/// Where the sender wants to hear of a case.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallbackAddress {
    /// Always `CallbackAddress`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^CallbackAddress$", example = "CallbackAddress")]
    kind: Option<String>,
    /// Where the events are posted to.
    #[schema(example = "https://erp.example.org/events")]
    uri: String,
    /// Beginnings of the names of the events that are wanted.
    #[schema(example = json!(["contract.negotiation", "transfer.process"]))]
    events: Option<Several<String>>,
    /// Whether the case goes on only when the event was taken.
    transactional: Option<bool>,
    /// Name of the header that carries a secret to that address.
    auth_key: Option<String>,
    /// Id of that secret.
    auth_code_id: Option<String>,
}
