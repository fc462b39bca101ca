//! Data planes: our own, in the form in which EDC lists those that registered with it. Others cannot register yet.

use crate::access::{Editor, Reader};
use crate::problem::Problem;
use crate::render::{Out, many};
use crate::version::Version;
use axum::response::Response;

/// The id under which the data plane of this node is listed.
const OURS: &str = "chapar";

/// `GET /dataplanes`
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
    many(version, vec![ours.into()])
}

/// Registering, replacing or removing a data plane.
pub async fn foreign(_: Editor) -> Problem {
    Problem::not_built("this node hands over data by its own data plane; others cannot be registered with it yet")
}
