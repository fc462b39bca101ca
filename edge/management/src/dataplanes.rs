//! Data planes: our own, in the form in which EDC lists those that registered with it. Others cannot register yet.

use crate::access::{Editor, Reader};
use crate::problem::Problem;
use crate::render::{Out, all};
use crate::version::Version;
use crate::{refusals, shapes};
use axum::response::Response;

/// The id under which the data plane of this node is listed.
const OURS: &str = "chapar";

/// `GET /dataplanes`
#[utoipa::path(
    get, path = "/dataplanes", tag = "Data planes", operation_id = "listDataPlanes",
    summary = "List data planes",
    security(("apiKey" = ["viewer"])),
    responses((status = 200, description = "The data plane of this node, as a list of one.", body = Vec<shapes::DataPlaneInstance>), refusals::Read),
)]
pub async fn list(Reader(desk): Reader, version: Version) -> Result<Response, Problem> {
    let ours = Out::new("DataPlaneInstance")
        .id(OURS)
        .value("url", desk.data_url())
        .value("state", "AVAILABLE")
        .texts("allowedSourceTypes", ["HttpData", "ChaparDocument"])
        .texts("allowedTransferTypes", ["HttpData-PULL", "HttpData-PUSH"])
        .list("destinationProvisionTypes", Vec::new());
    let ours = match version {
        Version::V3 => ours.texts("allowedDestTypes", ["HttpData", "HttpProxy"]),
        Version::V4 => ours,
    };
    all(version, vec![ours.into()])
}

/// `POST /dataplanes`
#[utoipa::path(
    post, path = "/dataplanes", tag = "Data planes", operation_id = "registerDataPlane",
    summary = "Register a data plane",
    security(("apiKey" = ["editor"])),
    responses(refusals::NotBuilt),
)]
pub async fn register(_: Editor) -> Problem {
    foreign()
}

/// `PUT /dataplanes`
#[utoipa::path(
    put, path = "/dataplanes", tag = "Data planes", operation_id = "replaceDataPlane",
    summary = "Replace a data plane",
    security(("apiKey" = ["editor"])),
    responses(refusals::NotBuilt),
)]
pub async fn replace(_: Editor) -> Problem {
    foreign()
}

/// `DELETE /dataplanes/{id}`
#[utoipa::path(
    delete, path = "/dataplanes/{id}", tag = "Data planes", operation_id = "removeDataPlane",
    summary = "Remove a data plane",
    params(("id" = String, Path, description = "The data plane's id.")),
    security(("apiKey" = ["editor"])),
    responses(refusals::NotBuilt),
)]
pub async fn remove(_: Editor) -> Problem {
    foreign()
}

fn foreign() -> Problem {
    Problem::not_built("this node hands over data by its own data plane; others cannot be registered with it yet")
}
