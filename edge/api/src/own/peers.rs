//! Peers, and what they offer.

use super::access::{Admin, Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok, page};
use super::refusals;
use super::views::{Catalog, KnownDataset, Page, Peer};
use crate::problem::Problem;
use axum::response::Response;
use chapar_runtime::desk::{CatalogQuery, NewPeer, QuerySpec};
use chapar_terms::ParticipantId;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// A peer as it is put.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPeer)]
pub struct Body {
    /// Its DSP base, or the root of its version document.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    dsp: String,
    /// What our people call it: at most 200 bytes, no control characters.
    #[schema(example = "Border office")]
    name: Option<String>,
}

/// A question for a peer's catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogQuestion)]
pub struct CatalogBody {
    /// Participant id of the peer; may be left out when `address` is that of a known peer.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: Option<String>,
    /// The peer's DSP base, or the root of its version document; may be left out for a known peer.
    #[schema(format = "uri")]
    address: Option<String>,
    /// `next` or `previous` of an earlier answer.
    next: Option<String>,
    /// Which part is wanted, whole and in one answer: a query with `offset`, `limit` (50 when nothing is said), `sortField`, `sortOrder`
    /// and `filterExpression`. One page, as the peer cuts it, when nothing is said.
    #[schema(example = json!({ "offset": 100, "limit": 50, "filterExpression": [{ "operandLeft": "documentType", "operator": "=", "operandRight": "certificate" }] }))]
    query: Option<Map<String, Value>>,
}

/// Whose datasets are wanted, and which part of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Known {
    /// Those of this participant; of all when nothing is said.
    participant: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Most items on the page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// `GET /peers`
#[utoipa::path(
    get, path = "/peers", tag = "Peers", operation_id = "listPeers",
    summary = "List peers",
    params(Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of peers, by id.", body = Page<Peer>), refusals::Listed),
)]
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_peers(&paging.page()?).await)
}

/// `GET /peers/{id}`
#[utoipa::path(
    get, path = "/peers/{id}", tag = "Peers", operation_id = "readPeer",
    summary = "Read a peer",
    params(("id" = String, Path, description = "The peer's participant id, percent-encoded.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The peer.", body = Peer), refusals::Read),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.peer(&id).await)
}

/// `PUT /peers/{id}`
#[utoipa::path(
    put, path = "/peers/{id}", tag = "Peers", operation_id = "putPeer",
    summary = "Put a peer",
    description = "Adds or replaces a peer.",
    params(("id" = String, Path, description = "The peer's participant id, percent-encoded.")),
    request_body(content = Body),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The peer.", body = Peer), refusals::PutPeer),
)]
pub async fn put(Admin(desk): Admin, Id(id): Id, Json(body): Json<Body>) -> Result<Response, Problem> {
    ok(desk
        .put_peer(&NewPeer {
            id: ParticipantId::parse(&id)?,
            dsp: body.dsp,
            name: body.name,
        })
        .await)
}

/// `DELETE /peers/{id}`
#[utoipa::path(
    delete, path = "/peers/{id}", tag = "Peers", operation_id = "deletePeer",
    summary = "Forget a peer",
    params(("id" = String, Path, description = "The peer's participant id, percent-encoded.")),
    security(("bearer" = ["admin"])),
    responses((status = 204, description = "The peer is forgotten. Cases with it go on."), refusals::Removed),
)]
pub async fn delete(Admin(desk): Admin, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_peer(&id).await)
}

/// `POST /peers/catalog`: an editor's, since the peer is asked in our name.
#[utoipa::path(
    post, path = "/peers/catalog", tag = "Peers", operation_id = "askCatalog",
    summary = "Ask a peer what it offers",
    description = "Asks in the name of the participant. Name a `peer` that is known, an `address` of a known peer, or both.",
    request_body(content = CatalogBody),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "A page of the catalogue.", body = Catalog), refusals::AskPeer),
)]
pub async fn catalog(Editor(desk): Editor, Json(body): Json<CatalogBody>) -> Result<Response, Problem> {
    let peer = body.peer.as_deref().map(ParticipantId::parse).transpose()?;
    let part = body.query.map(part).transpose()?;
    if part.is_some() && body.next.is_some() {
        let detail = "`next` leads through the pages of a whole catalogue and takes no `query`";
        return Err(Problem::bad_request("wrong-member", detail));
    }
    ok(desk
        .peer_catalog(&CatalogQuery {
            peer,
            address: body.address,
            next: body.next,
            part,
        })
        .await)
}

/// `GET /catalogs`
#[utoipa::path(
    get, path = "/catalogs", tag = "Peers", operation_id = "listKnownDatasets",
    summary = "List what everybody offers",
    description = "Our own datasets first, as they are now; then those of which the register says that others offer them to everybody, each with its age. Nobody is asked. A page may be short, and even empty, where there are more.",
    params(Known),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of datasets, each with its catalogue.", body = Page<KnownDataset>), refusals::ListKnown),
)]
pub async fn known(Reader(desk): Reader, Params(known): Params<Known>) -> Result<Response, Problem> {
    let participant = known.participant.as_deref().map(ParticipantId::parse).transpose()?;
    let page = page(known.after, known.limit)?;
    ok(desk.known_catalogs(participant.as_ref(), &page).await)
}

fn part(query: Map<String, Value>) -> Result<QuerySpec, Problem> {
    let known = ["offset", "limit", "sortField", "sortOrder", "filterExpression"];
    if let Some(other) = query.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Problem::bad_request(
            "unknown-member",
            format!("a query has no `{other:.100}`"),
        ));
    }
    QuerySpec::from_json(&Value::Object(query)).map_err(|malformed| Problem::bad_request(malformed.code, malformed.why))
}
