//! Catalogues: a part of a peer's; one dataset of a peer; and the federated catalogue: our own, and what the register tells of others.
//!
//! The query of the federated catalogue is asked of datasets, with the `participantId` and `originator` of their catalogues: a catalogue may
//! be longer than an answer.

use crate::access::{Editor, Reader};
use crate::body::{Json, OptionalJson, Wanted};
use crate::node::Node;
use crate::problem::Problem;
use crate::protocol;
use crate::query::Query;
use crate::render::{answer, each_compacted, node_compacted, with_next};
use crate::version::{EDC, Version, catalog_of_peers};
use crate::{refusals, shapes};
use axum::response::Response;
use chapar_jsonld::expand;
use chapar_runtime::desk::CatalogQuery;
use chapar_terms::{AssetId, ParticipantId};
use serde_json::{Map, Value, json};

/// The member of a catalogue that says when it was known to be so.
const AS_OF: &str = "urn:chapar:terms:asOf";
/// Where EDC's federated catalogue says whom to ask, in EDC's namespace.
const ORIGINATOR: &str = "originator";
/// Under which name an item goes along with what is asked of it; EDC knows none like it.
const ITEM: &str = "urn:chapar:terms:item";

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

/// `POST /catalogs/request`: the catalogues of all participants that are known here, each with those of its datasets that are meant.
#[utoipa::path(
    post, path = "/catalogs/request", tag = "Catalogues", operation_id = "queryCatalogs",
    summary = "Query the federated catalogue",
    description = "Our own offers first, as they are now; then what the register says that others offer to everybody, one catalogue for each participant. Nobody is asked: `urn:chapar:terms:asOf` says when a catalogue was known to be so, `originator` where to negotiate. The query is asked of datasets, with the `participantId` and `originator` of their catalogue beside their own members; `offset` and `limit` count datasets.",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The catalogues, our own first.", body = Vec<shapes::Catalog>), refusals::Queried),
)]
pub async fn known(
    Reader(desk): Reader,
    version: Version,
    OptionalJson(query): OptionalJson<Query>,
) -> Result<Response, Problem> {
    // Of one participant the register has an index.
    let pinned = query
        .pinned("participantId")
        .and_then(|id| ParticipantId::parse(&id).ok());
    let participant = match chapar_terms::sabotaged("federated-catalogue-of-ourselves") {
        true => Some(desk.hosted().me.id.clone()),
        false => pinned,
    };
    let read = |page| {
        let (desk, participant) = (desk.clone(), participant.clone());
        async move { desk.known_catalogs(participant.as_ref(), &page).await }
    };
    let items = query.run(read, |item| Ok(as_asked(item))).await?;
    let found = items.len();
    let mut catalogs = by_catalog(items);
    let is_plain = query.spec().filter.criteria().is_empty() && query.spec().offset == 0;
    if catalogs.is_empty() && is_plain {
        catalogs.push((desk.own_catalog_head(), Vec::new()));
    }
    let mut nodes = Vec::with_capacity(catalogs.len());
    for (head, datasets) in catalogs {
        nodes.extend(expanded(catalog(&head, datasets))?);
    }
    let answer = answer(&each_compacted(nodes, version.catalog_context())?);
    Ok(with_next(answer, &query, found))
}

/// `POST /v1alpha/catalog/query`: where an older client looks for the federated catalogue.
#[utoipa::path(
    post, path = "/catalog/query", tag = "Catalogues", operation_id = "queryCatalogsOfOld",
    summary = "Query the federated catalogue",
    request_body(content = Option<shapes::QuerySpec>),
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The catalogues, our own first.", body = Vec<shapes::Catalog>), refusals::Queried),
)]
pub async fn known_of_old(reader: Reader, version: Version, query: OptionalJson<Query>) -> Result<Response, Problem> {
    known(reader, version, query).await
}

/// A dataset of a catalogue as a query knows it: with short names where EDC has them, and with the item itself, which is answered.
fn as_asked(item: &Value) -> Value {
    let of_catalog = |name: &str| {
        item.get("catalog")
            .and_then(|catalog| catalog.get(name))
            .cloned()
            .unwrap_or_default()
    };
    let dataset = item.get("dataset").and_then(Value::as_object).into_iter().flatten();
    let members = dataset.map(|(name, value)| {
        let short = name.strip_prefix("edc:").or_else(|| name.strip_prefix(EDC));
        (short.unwrap_or(name).to_owned(), value.clone())
    });
    let mut asked: Map<String, Value> = members.collect();
    let id = asked.get("@id").cloned().unwrap_or_default();
    asked.insert("id".to_owned(), id);
    asked.insert("participantId".to_owned(), of_catalog("participantId"));
    asked.insert(ORIGINATOR.to_owned(), of_catalog("address"));
    asked.insert(ITEM.to_owned(), item.clone());
    Value::Object(asked)
}

/// What was found, catalogue by catalogue, in the order in which they came.
fn by_catalog(items: Vec<Value>) -> Vec<(Value, Vec<Value>)> {
    let mut catalogs: Vec<(Value, Vec<Value>)> = Vec::new();
    for mut asked in items {
        let mut part = |name: &str| {
            let part = asked.get_mut(ITEM).and_then(|item| item.get_mut(name));
            part.map(Value::take).unwrap_or_default()
        };
        let (head, dataset) = (part("catalog"), part("dataset"));
        match catalogs.iter_mut().find(|(known, _)| known.get("id") == head.get("id")) {
            Some((_, datasets)) => datasets.push(dataset),
            None => catalogs.push((head, vec![dataset])),
        }
    }
    catalogs
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
    for (name, from) in [(AS_OF.to_owned(), "asOf"), (format!("{EDC}{ORIGINATOR}"), "address")] {
        catalog.extend(page.get(from).map(|value| (name, value.clone())));
    }
    // The protocol's schema knows no empty lists.
    catalog.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    Value::Object(catalog)
}

fn answered(version: Version, document: Value) -> Result<Response, Problem> {
    let node = expanded(document)?.into_iter().next().unwrap_or_else(|| json!({}));
    Ok(answer(&node_compacted(node, version.catalog_context())?))
}

/// A document of the protocol as expanded nodes.
fn expanded(mut document: Value) -> Result<Vec<Value>, Problem> {
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
