//! Mirrors: foreign logs that this node verifies, keeps and serves. The operator's noun.

use super::access::Operator;
use super::input::{Id, Json, answer, done, ok};
use super::refusals;
use super::views::{Mirror, Whole};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chapar_runtime::{Runtime, WantedMirror};
use chapar_terms::Instant;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A log that is to be mirrored.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMirror)]
pub struct Body {
    /// Where the log is published: the address below which its checkpoint lies.
    /// Without it and without `vkey`, the owner's DID document tells both.
    #[schema(example = "https://node.example.org/uz-plant/log", format = "uri")]
    address: Option<String>,
    /// Its key, as a verifier key of C2SP signed-note, had by a way that is trusted. Its name is the log's origin.
    #[schema(example = "node.example.org/uz-plant/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    vkey: Option<String>,
    /// Participant id of the log's owner.
    #[schema(example = "did:web:node.example.org:uz-plant")]
    owner: String,
    /// Where else the log may be had when its own address does not answer: 8 at most, asked in this order.
    #[serde(default)]
    #[schema(example = json!(["https://kz.example.org/chapar/v1/mirrors/5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233"]))]
    places: Vec<String>,
}

/// `GET /mirrors`
#[utoipa::path(
    get, path = "/mirrors", tag = "Mirrors", operation_id = "listMirrors",
    summary = "List mirrors",
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "Every log that this node mirrors, by origin.", body = Whole<Mirror>), refusals::ListMirrors),
)]
pub async fn list(_: Operator, State(runtime): State<Runtime>) -> Result<Response, Problem> {
    let items = runtime.list_mirrors().await?;
    Ok(answer(StatusCode::OK, &json!({ "items": items })))
}

/// `POST /mirrors`
#[utoipa::path(
    post, path = "/mirrors", tag = "Mirrors", operation_id = "addMirror",
    summary = "Mirror a log",
    description = "It is looked at from now on: what comes is verified, kept, and served below the node's public address. Its address and its key are said, or both are taken from the DID document of its owner: the key is then as good as the TLS of the owner's host.",
    request_body(content = Body),
    security(("bearer" = ["operator"])),
    responses((status = 201, description = "The mirror.", body = Mirror), refusals::AddMirror),
)]
pub async fn add(_: Operator, State(runtime): State<Runtime>, Json(body): Json<Body>) -> Result<Response, Problem> {
    let added = match (body.address, body.vkey) {
        (Some(address), Some(vkey)) => {
            let (owner, places) = (body.owner, body.places);
            let wanted = WantedMirror {
                address,
                vkey,
                owner,
                places,
            };
            runtime.add_mirror(wanted).await?
        }
        (None, None) => runtime.add_mirror_of(&body.owner, body.places).await?,
        _ => {
            let why = "`address` and `vkey` go together: say both, or neither, and the owner's DID document tells them";
            return Err(Problem::bad_request("half-log", why));
        }
    };
    Ok(answer(StatusCode::CREATED, &added))
}

/// `GET /mirrors/{id}`
#[utoipa::path(
    get, path = "/mirrors/{id}", tag = "Mirrors", operation_id = "readMirror",
    summary = "Read a mirror",
    description = "With the first 100 of its entries that are no records, or came with a wrong body.",
    params(("id" = String, Path, description = "SHA-256 of the log's origin, hexadecimal.")),
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The mirror.", body = Mirror), refusals::ReadMirror),
)]
pub async fn show(_: Operator, State(runtime): State<Runtime>, Id(id): Id) -> Result<Response, Problem> {
    ok(runtime.show_mirror(&id).await)
}

/// `POST /mirrors/{id}/look`
#[utoipa::path(
    post, path = "/mirrors/{id}/look", tag = "Mirrors", operation_id = "lookAtMirror",
    summary = "Look at a log now",
    description = "Answered when the look is over, or after 20 seconds; a longer one goes on alone.",
    params(("id" = String, Path, description = "SHA-256 of the log's origin, hexadecimal.")),
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The mirror after the look.", body = Mirror), refusals::ReadMirror),
)]
pub async fn look(_: Operator, State(runtime): State<Runtime>, Id(id): Id) -> Result<Response, Problem> {
    ok(runtime.look_at_mirror(&id).await)
}

/// A copy of a log in a folder of the node's machine.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = CarriedLog)]
pub struct CarriedBody {
    /// The folder, named from the root on; its files lie as the log has them below its address.
    #[schema(example = "/media/stick/logs/5d41402abc4b2a76b9719d911017c592ae5f0f0e7d3c6a1c2b4d8e9f00112233")]
    folder: String,
    /// When it was copied from the log, where that is known.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
}

/// `POST /mirrors/{id}/carried`
#[utoipa::path(
    post, path = "/mirrors/{id}/carried", tag = "Mirrors", operation_id = "takeCarriedLog",
    summary = "Take a log that was carried here",
    description = "What is in the folder is judged as from any other place, byte for byte, and nothing of it is believed for having been carried. Answered when it is taken, or after 20 seconds; a longer one goes on alone.",
    params(("id" = String, Path, description = "SHA-256 of the log's origin, hexadecimal.")),
    request_body(content = CarriedBody),
    security(("bearer" = ["operator"])),
    responses((status = 200, description = "The mirror after that, with `refused` where not all was taken.", body = Mirror), refusals::TakeCarried),
)]
pub async fn carried(
    _: Operator,
    State(runtime): State<Runtime>,
    Id(id): Id,
    Json(body): Json<CarriedBody>,
) -> Result<Response, Problem> {
    let checked_at = body.checked_at.as_deref().map(Instant::parse_rfc3339).transpose()?;
    ok(runtime.take_carried(&id, &body.folder, checked_at).await)
}

/// `DELETE /mirrors/{id}`
#[utoipa::path(
    delete, path = "/mirrors/{id}", tag = "Mirrors", operation_id = "removeMirror",
    summary = "Remove a mirror",
    description = "Everything that was taken of the log is removed from this node.",
    params(("id" = String, Path, description = "SHA-256 of the log's origin, hexadecimal.")),
    security(("bearer" = ["operator"])),
    responses((status = 204, description = "It is gone."), refusals::ReadMirror),
)]
pub async fn remove(_: Operator, State(runtime): State<Runtime>, Id(id): Id) -> Result<Response, Problem> {
    done(runtime.remove_mirror(&id).await)
}
