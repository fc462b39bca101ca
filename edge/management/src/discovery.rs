//! Finding out about a peer before anything is said to it: which versions of the protocol it speaks, and under which parameters
//! to ask it. Known to clients of Tractus-X; always in the inline context.

use crate::access::Editor;
use crate::body::{Json, NO_SCHEMA, Wanted};
use crate::node::Node;
use crate::problem::{Detail, Problem};
use crate::protocol::PROTOCOL;
use crate::render::{Out, all, answer, one};
use crate::version::Version;
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_runtime::Desk;
use chapar_terms::ParticipantId;
use serde_json::Value;

/// The namespace of Tractus-X's own terms.
const TX: &str = "https://w3id.org/tractusx/v0.0.1/ns/";
/// Most connectors asked for one answer.
const CONNECTORS: usize = 16;

/// A question for the versions that a peer speaks.
pub struct VersionsRequest {
    address: String,
}

impl Wanted for VersionsRequest {
    const SCHEMA: &'static str = NO_SCHEMA;

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let address = node.needed_text("counterPartyAddress")?;
        Some(Self { address })
    }
}

/// A question for the parameters of one connector.
pub struct ParamsRequest {
    peer: ParticipantId,
    address: String,
}

impl Wanted for ParamsRequest {
    const SCHEMA: &'static str = NO_SCHEMA;

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let address = node.needed_text("counterPartyAddress");
        Some(Self {
            peer: peer(node)?,
            address: address?,
        })
    }
}

/// A question for every connector of a peer.
pub struct ConnectorsRequest {
    peer: ParticipantId,
    known: Vec<String>,
}

impl Wanted for ConnectorsRequest {
    const SCHEMA: &'static str = NO_SCHEMA;

    fn read(node: Node<'_>, _: Version) -> Option<Self> {
        let known = node.texts(&format!("{TX}knownConnectors"));
        if known.len() > CONNECTORS {
            node.note(Detail::at(
                format!("{TX}knownConnectors"),
                format!("at most {CONNECTORS} connectors are asked"),
            ));
        }
        Some(Self {
            peer: peer(node)?,
            known,
        })
    }
}

/// Who is asked about; older clients say it by another name.
fn peer(node: Node<'_>) -> Option<ParticipantId> {
    let older = format!("{TX}bpnl");
    let id = match node.text(&older) {
        Some(id) => id,
        None => node.needed_text("counterPartyId")?,
    };
    node.parsed("counterPartyId", &id, ParticipantId::parse)
}

/// `POST /protocol-versions/request`: the peer's version document as it is.
#[utoipa::path(
    post, path = "/protocol-versions/request", tag = "Discovery", operation_id = "requestProtocolVersions",
    summary = "Ask which versions a peer speaks",
    request_body(content = shapes::ProtocolVersionsRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The version document of the peer.", body = shapes::ProtocolVersions), refusals::AskedOfPeer),
)]
pub async fn versions(Editor(desk): Editor, Json(request): Json<VersionsRequest>) -> Result<Response, Problem> {
    Ok(answer(&desk.peer_versions(&request.address).await?))
}

/// `POST /connectordiscovery/dspversionparams`
#[utoipa::path(
    post, path = "/connectordiscovery/dspversionparams", tag = "Discovery", operation_id = "requestConnectorParams",
    summary = "Ask under which parameters to ask a connector",
    request_body(content = shapes::ConnectorParamsRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The parameters.", body = shapes::ConnectorParams), refusals::AskedOfPeer),
)]
pub async fn params(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<ParamsRequest>,
) -> Result<Response, Problem> {
    let base = desk.base_of_peer(&request.address).await?;
    one(version, params_of(&request.peer, &base))
}

/// `POST /connectordiscovery/connectors`: those that the peer's DID document names and those that the asker knows. One that does
/// not answer is left out.
#[utoipa::path(
    post, path = "/connectordiscovery/connectors", tag = "Discovery", operation_id = "requestConnectors",
    summary = "Find the connectors of a peer",
    request_body(content = shapes::ConnectorsRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The parameters of those that answer.", body = Vec<shapes::ConnectorParams>), refusals::AskedOfPeer),
)]
pub async fn connectors(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<ConnectorsRequest>,
) -> Result<Response, Problem> {
    let ConnectorsRequest { peer, known } = request;
    let mut addresses = named(&desk, &peer).await?;
    addresses.extend(known);
    let mut found: Vec<String> = Vec::new();
    for address in addresses.iter().take(CONNECTORS) {
        match desk.base_of_peer(address).await {
            Ok(base) if !found.contains(&base) => found.push(base),
            Ok(_) => {}
            Err(fault) => tracing::info!(address, %fault, "a connector was left out"),
        }
    }
    all(version, found.iter().map(|base| params_of(&peer, base)).collect())
}

/// What the DID document names; a peer that is known by another kind of identifier has none.
async fn named(desk: &Desk, peer: &ParticipantId) -> Result<Vec<String>, Problem> {
    if !peer.as_str().starts_with("did:") {
        return Ok(Vec::new());
    }
    let named = desk.services_of_peer(peer).await;
    named.map_err(|fault| Problem::from(fault).about("DidDocument", peer.as_str()))
}

fn params_of(peer: &ParticipantId, base: &str) -> Value {
    Out::untyped()
        .value("counterPartyId", peer.as_str())
        .value("counterPartyAddress", base)
        .value("protocol", PROTOCOL)
        .into()
}
