//! Peers, and what they offer.

use super::access::{Admin, Editor, Reader};
use super::input::{Id, Json, Paging, Params, done, ok};
use crate::problem::Problem;
use axum::response::Response;
use chapar_runtime::desk::{CatalogQuery, NewPeer};
use chapar_terms::ParticipantId;
use serde::Deserialize;

/// A peer as it is put.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    dsp: String,
    name: Option<String>,
}

/// A question for a peer's catalogue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogBody {
    peer: Option<String>,
    address: Option<String>,
    next: Option<String>,
}

/// `GET /peers`
pub async fn list(Reader(desk): Reader, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.list_peers(&paging.page()?).await)
}

/// `GET /peers/{id}`
pub async fn show(Reader(desk): Reader, Id(id): Id) -> Result<Response, Problem> {
    ok(desk.peer(&id).await)
}

/// `PUT /peers/{id}`
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
pub async fn delete(Admin(desk): Admin, Id(id): Id) -> Result<Response, Problem> {
    done(desk.delete_peer(&id).await)
}

/// `POST /peers/catalog`: an editor's, since the peer is asked in our name.
pub async fn catalog(Editor(desk): Editor, Json(body): Json<CatalogBody>) -> Result<Response, Problem> {
    let peer = body.peer.as_deref().map(ParticipantId::parse).transpose()?;
    ok(desk
        .peer_catalog(&CatalogQuery {
            peer,
            address: body.address,
            next: body.next,
        })
        .await)
}
