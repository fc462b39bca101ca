//! Catalogues: a part of a peer's; one dataset of a peer; and our own, in the place of the federated
//! catalogue until this node keeps a register of others.

use crate::access::{Editor, Reader};
use crate::body::{Json, OptionalJson, Wanted};
use crate::node::Node;
use crate::problem::Problem;
use crate::protocol;
use crate::query::Query;
use crate::render::{answer, each_compacted, node_compacted, with_next};
use crate::version::{Version, catalog_of_peers};
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_jsonld::expand;
use chapar_runtime::desk::CatalogQuery;
use chapar_terms::{AssetId, ParticipantId};
use serde_json::{Map, Value, json};

/// Whom to ask and where.
struct Peer {
    id: Option<ParticipantId>,
    address: String,
}

impl Peer {
    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        let protocol = protocol::check(node, version);
        let address = node.needed_text("counterPartyAddress");
        let id = match node.text("counterPartyId") {
            Some(id) => Some(node.parsed("counterPartyId", &id, ParticipantId::parse)?),
            None => None,
        };
        protocol?;
        Some(Self { id, address: address? })
    }
}

/// A question for a peer's catalogue.
pub struct CatalogRequest {
    peer: Peer,
    query: Query,
}

impl Wanted for CatalogRequest {
    const SCHEMA: &'static str = "catalog-request-schema.json";

    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        let peer = Peer::read(node, version);
        let query = match node.node("querySpec") {
            Some(query) => Query::of(query)?,
            None => Query::default(),
        };
        Some(Self { peer: peer?, query })
    }
}

/// A question for one dataset of a peer.
pub struct DatasetRequest {
    peer: Peer,
    id: AssetId,
}

impl Wanted for DatasetRequest {
    const SCHEMA: &'static str = "dataset-request-schema.json";

    fn read(node: Node<'_>, version: Version) -> Option<Self> {
        let peer = Peer::read(node, version);
        let id = node.needed_id().and_then(|id| node.parsed("@id", id, AssetId::parse));
        Some(Self { peer: peer?, id: id? })
    }
}

/// `POST /catalog/request`: an editor's, since the peer is asked in our name.
#[utoipa::path(
    post, path = "/catalog/request", tag = "Catalogues", operation_id = "requestCatalog",
    summary = "Ask a peer for its catalogue",
    description = "Asks in the name of the participant. The pages of the peer are read until there are enough datasets.",
    request_body(content = shapes::CatalogRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The catalogue, with the datasets that are wanted.", body = shapes::Catalog), refusals::AskedOfPeer),
)]
pub async fn request(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<CatalogRequest>,
) -> Result<Response, Problem> {
    let CatalogRequest { peer, query } = request;
    let asked = CatalogQuery {
        peer: peer.id,
        address: Some(peer.address),
        part: Some(query.spec().clone()),
        ..CatalogQuery::default()
    };
    let mut page = desk.peer_catalog(&asked).await?;
    let datasets = match page.get_mut("datasets").map(Value::take) {
        Some(Value::Array(datasets)) => datasets,
        _ => Vec::new(),
    };
    let found = datasets.len();
    Ok(with_next(answered(version, catalog(&page, datasets))?, &query, found))
}

/// `POST /catalog/dataset/request`
#[utoipa::path(
    post, path = "/catalog/dataset/request", tag = "Catalogues", operation_id = "requestDataset",
    summary = "Ask a peer for one dataset",
    description = "Asks in the name of the participant.",
    request_body(content = shapes::DatasetRequest),
    security(("apiKey" = ["editor"])),
    responses((status = 200, description = "The dataset.", body = shapes::Dataset), refusals::AskedOfPeer),
)]
pub async fn dataset(
    Editor(desk): Editor,
    version: Version,
    Json(request): Json<DatasetRequest>,
) -> Result<Response, Problem> {
    let DatasetRequest { peer, id } = request;
    let dataset = desk.peer_dataset(peer.id.as_ref(), &peer.address, &id).await?;
    answered(version, dataset)
}

/// `POST /catalogs/request`: our own catalogue, as a list of one.
#[utoipa::path(
    post, path = "/catalogs/request", tag = "Catalogues", operation_id = "queryCatalogs",
    summary = "Query the federated catalogue",
    description = "Until this node keeps a register of others, it has its own offers alone.",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The catalogue of this participant, as a list of one.", body = Vec<shapes::Catalog>), refusals::Queried),
)]
pub async fn known(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    let read = |page| {
        let desk = desk.clone();
        async move { desk.own_catalog(&page).await }
    };
    let datasets = query.run(read, |dataset| Ok(dataset.clone())).await?;
    let own = json!({
        "id": format!("{}/catalog", desk.hosted().me.dsp_address),
        "participantId": desk.hosted().me.id.as_str(),
        "services": [desk.own_service()],
    });
    let found = datasets.len();
    let nodes = nodes(catalog(&own, datasets))?;
    let answer = answer(&each_compacted(nodes, version.catalog_context())?);
    Ok(with_next(answer, &query, found))
}

/// `POST /v1alpha/catalog/query`: where an older client looks for the federated catalogue.
#[utoipa::path(
    post, path = "/catalog/query", tag = "Catalogues", operation_id = "queryCatalogsOfOld",
    summary = "Query the federated catalogue",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The catalogue of this participant, as a list of one.", body = Vec<shapes::Catalog>), refusals::Queried),
)]
pub async fn known_of_old(reader: Reader, version: Version, query: OptionalJson<Query>) -> Result<Response, Problem> {
    known(reader, version, query).await
}

/// A catalogue of the protocol with these datasets.
fn catalog(page: &Value, datasets: Vec<Value>) -> Value {
    let mut catalog = Map::from_iter([("@type".to_owned(), json!("Catalog"))]);
    for (name, from) in [("@id", "id"), ("participantId", "participantId")] {
        catalog.insert(name.to_owned(), page.get(from).cloned().unwrap_or_default());
    }
    catalog.insert("dataset".to_owned(), Value::Array(datasets));
    catalog.insert(
        "service".to_owned(),
        page.get("services").cloned().unwrap_or_else(|| json!([])),
    );
    // The protocol's schema knows no empty lists.
    catalog.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    Value::Object(catalog)
}

fn answered(version: Version, document: Value) -> Result<Response, Problem> {
    let node = nodes(document)?.into_iter().next().unwrap_or_else(|| json!({}));
    Ok(answer(&node_compacted(node, version.catalog_context())?))
}

/// A document of the protocol as expanded nodes.
fn nodes(mut document: Value) -> Result<Vec<Value>, Problem> {
    if let Some(members) = document.as_object_mut() {
        members.insert("@context".to_owned(), catalog_of_peers().clone());
    }
    expand(&document).map_err(|malformed| {
        Problem::bad_gateway(format!(
            "the peer's answer is no JSON-LD: {}: {}",
            malformed.code, malformed.why
        ))
    })
}
