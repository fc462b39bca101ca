//! Contract agreements.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An agreement.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractAgreement {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `ContractAgreement`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^ContractAgreement$", example = "ContractAgreement")]
    kind: String,
    /// Its id, the same on both sides.
    #[serde(rename = "@id")]
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    id: String,
    /// The same id.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement_id: String,
    /// Id of the asset.
    #[schema(example = "certificate-17")]
    asset_id: String,
    /// The provider's participant id.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    provider_id: String,
    /// The consumer's participant id.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    consumer_id: String,
    /// When it was concluded, in seconds of the Unix epoch: alone among EDC's times.
    #[schema(example = 1_769_851_805_i64)]
    contract_signing_date: i64,
    /// The ODRL Agreement.
    #[schema(example = json!({ "@type": "odrl:Agreement", "odrl:permission": { "odrl:action": { "@id": "odrl:use" } } }))]
    policy: Map<String, Value>,
}

/// An agreement to retire.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgreementsRetirement {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/", "tx": "https://w3id.org/tractusx/v0.0.1/ns/" }))]
    context: Option<Map<String, Value>>,
    /// `AgreementsRetirementEntry`.
    #[serde(rename = "@type")]
    #[schema(example = "AgreementsRetirementEntry")]
    kind: Option<String>,
    /// Its id.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement_id: String,
    /// Why, also for the peer.
    #[serde(rename = "tx:reason")]
    #[schema(example = "the goods were sold")]
    reason: Option<String>,
}

/// A retired agreement.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgreementsRetirementEntry {
    /// The JSON-LD context of the answer.
    #[serde(rename = "@context")]
    context: Value,
    /// Always `tx:AgreementsRetirementEntry`.
    #[serde(rename = "@type")]
    #[schema(pattern = "^tx:AgreementsRetirementEntry$", example = "tx:AgreementsRetirementEntry")]
    kind: String,
    /// The agreement's id.
    #[serde(rename = "@id")]
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    id: String,
    /// The same id.
    #[schema(example = "urn:uuid:5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    agreement_id: String,
    /// Why it was retired.
    #[serde(rename = "tx:reason")]
    #[schema(example = "the goods were sold")]
    reason: String,
    /// When, in seconds of the Unix epoch.
    #[serde(rename = "tx:agreementRetirementDate")]
    #[schema(example = 1_769_851_805_i64)]
    date: i64,
}

/// An agreement of another connector, with what its negotiation says of the other side.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptedAgreement {
    /// The JSON-LD context; EDC's vocabulary is meant when there is none.
    #[serde(rename = "@context")]
    #[schema(example = json!({ "@vocab": "https://w3id.org/edc/v0.0.1/ns/", "odrl": "http://www.w3.org/ns/odrl/2/" }))]
    context: Option<Map<String, Value>>,
    /// `ContractAgreement`.
    #[serde(rename = "@type")]
    #[schema(example = "ContractAgreement")]
    kind: Option<String>,
    /// Its id there.
    #[serde(rename = "@id")]
    #[schema(example = "5b2e1f7c-0c1d-4e0f-9f5b-2f6f2d1f0a11")]
    id: String,
    /// The id that both sides know, where it is another.
    agreement_id: Option<String>,
    /// Id of the asset.
    #[schema(example = "certificate-17")]
    asset_id: String,
    /// The provider's participant id.
    #[schema(example = "provider")]
    provider_id: String,
    /// The consumer's participant id.
    #[schema(example = "consumer")]
    consumer_id: String,
    /// When it was concluded, in seconds of the Unix epoch.
    #[schema(example = 1_769_851_805_i64)]
    contract_signing_date: i64,
    /// The ODRL Agreement.
    #[schema(example = json!({ "@type": "odrl:Agreement", "odrl:permission": { "odrl:action": { "@id": "odrl:use" } } }))]
    policy: Map<String, Value>,
    /// Our side: `CONSUMER` or `PROVIDER`.
    #[schema(example = "PROVIDER")]
    r#type: String,
    /// The other side's participant id.
    #[schema(example = "consumer")]
    counter_party_id: String,
    /// Where the other side was reached.
    #[schema(example = "https://peer.example.org/protocol/2025-1")]
    counter_party_address: String,
    /// What the negotiation was called.
    #[schema(example = "1f0c7a52-6a0e-4f1c-9d1e-3a5b7c9d1e2f")]
    negotiation_id: Option<String>,
}
