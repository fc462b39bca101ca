//! Bodies of closed records of others, got in the exchange and kept for this participant alone.

use super::access::{Editor, Reader};
use super::input::{Id, Json, Params, ok};
use super::refusals;
use super::views::FetchedRecord;
use crate::problem::Problem;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A record whose body is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WantedRecord)]
pub struct Body {
    /// The id of the record, whose log this node holds.
    #[schema(example = "did:web:node.example.org:uz-plant/records/0f3c5a7e9b1d2f40/bid-2026")]
    record: String,
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The version; the newest that was got when nothing is said.
    #[param(minimum = 1)]
    version: Option<u32>,
}

/// `POST /fetched-records`
#[utoipa::path(
    post, path = "/fetched-records", tag = "Records", operation_id = "fetchRecord",
    summary = "Get the body of a closed record",
    description = "Negotiates with its issuer, takes the body with its salt under the agreement, and keeps it where it is the one to which the record commits. One that is kept already is answered as it is. Answered when that is over; `503` when the issuer takes longer than 20 seconds: ask again.",
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The record with its body.", body = FetchedRecord), refusals::FetchRecord),
)]
pub async fn fetch(Editor(desk): Editor, Json(body): Json<Body>) -> Result<Response, Problem> {
    ok(desk.fetch_record(&body.record).await)
}

/// `GET /fetched-records/{id}`
#[utoipa::path(
    get, path = "/fetched-records/{id}", tag = "Records", operation_id = "readFetchedRecord",
    summary = "Read a body that was got",
    params(("id" = String, Path, description = "The record's id, percent-encoded."), Which),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The record with its body.", body = FetchedRecord), refusals::ReadFetched),
)]
pub async fn show(Reader(desk): Reader, Id(id): Id, Params(which): Params<Which>) -> Result<Response, Problem> {
    ok(desk.fetched_record(&id, which.version).await)
}
