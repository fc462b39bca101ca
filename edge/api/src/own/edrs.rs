//! Data of a peer in one call: from an offer to an address with its token.

use super::access::Editor;
use super::input::{Json, answer};
use super::negotiations::{Callback, wanted};
use super::refusals;
use super::views::Edr;
use crate::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::desk::NewEdr;
use chapar_terms::ParticipantId;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Data that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewEdr)]
pub struct Body {
    /// Participant id of the provider.
    #[schema(example = "did:web:peer.example.org:kz-border")]
    peer: String,
    /// Its DSP base, or the root of its version document; may be left out for a known peer.
    #[schema(example = "https://peer.example.org/kz-border/dsp/2025-1", format = "uri")]
    address: Option<String>,
    /// The ODRL Offer that the data is to be had under, with its `@id`. Without rules it is the provider's own offer of that id; then
    /// the `target` may be left out too where the id tells it.
    #[schema(example = json!({ "@id": "certificates:certificate-17:1", "target": "certificate-17" }))]
    offer: Map<String, Value>,
    /// Who is told of the events of the negotiation and of the transfer: at most 16.
    #[serde(default)]
    callback_addresses: Vec<Callback>,
}

/// `POST /edrs`
#[utoipa::path(
    post, path = "/edrs", tag = "Transfers", operation_id = "openEdr",
    summary = "Get the data behind an offer",
    description = "Uses an agreement to this very offer where there is one that still holds, or negotiates for one; then the transfer, a pull, begins by itself. The answer does not wait for the peer: once the transfer is `STARTED`, its data address is there.",
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 201, description = "What was begun is stored, and its first message on its way.", body = Edr), refusals::OpenNegotiation),
)]
pub async fn open(Editor(desk): Editor, Json(body): Json<Body>) -> Result<Response, Problem> {
    let new = NewEdr {
        peer: ParticipantId::parse(&body.peer)?,
        address: body.address,
        offer: wanted(body.offer)?,
        callback_addresses: body.callback_addresses.into_iter().map(Callback::read).collect(),
    };
    Ok(answer(StatusCode::CREATED, &desk.open_edr(new).await?))
}
