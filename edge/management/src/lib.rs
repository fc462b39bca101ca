//! The door for published clients of EDC: its management API, versions 3 and 4 and what we have of 5, on the private listener.
//!
//! One file per noun. Every request goes one way: bytes, bounded JSON, the schema of version 4, expanded JSON-LD, what the
//! handler wants ([`body`]), the desk, an expanded answer, compacted in the context of the version ([`render`]). Errors are EDC's
//! array ([`problem`]). A participant is chosen by its key, or by the path
//! `/management/participants/{participant}/...`.
//!
//! Refuses to hold what an act does (`chapar_runtime::desk`), JSON-LD itself (`chapar_jsonld`), the language of queries
//! (`chapar_query`), and the listener.

mod access;
mod addresses;
mod agreements;
mod assets;
mod body;
mod callbacks;
mod catalog;
mod dataplanes;
mod definitions;
mod discovery;
mod edrs;
mod negotiations;
mod node;
mod observability;
mod odrl;
mod participants;
mod policies;
mod problem;
mod properties;
mod protocol;
mod query;
mod render;
mod schema;
mod secrets;
mod states;
mod transfers;
mod version;

use crate::problem::Problem;
use crate::version::Version;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use axum::{Extension, Router};
use chapar_runtime::Runtime;

/// Where the routes of the management API begin.
pub const BASE: &str = "/management";

/// The management API, and health and version below `/api`.
pub fn router(runtime: Runtime) -> Router {
    let management = versions()
        .nest("/participants/{participant}", versions())
        .nest("/v5beta", fifth().layer(Extension(Version::V4)))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        // Around the fallbacks too: without a key nobody learns which routes there are.
        .layer(from_fn_with_state(runtime.clone(), access::authenticate));
    Router::new()
        .nest(BASE, management)
        .nest("/api", observability::routes())
        .with_state(runtime)
}

/// Everything of one participant.
fn versions() -> Router<Runtime> {
    Router::new()
        .nest("/v3", both().merge(third()).layer(Extension(Version::V3)))
        .nest("/v4", both().merge(fourth()).layer(Extension(Version::V4)))
        .nest("/v4alpha", discovery().layer(Extension(Version::V3)))
        // Where an older client looks for the federated catalogue.
        .nest(
            "/v1alpha",
            Router::new()
                .route("/catalog/query", post(catalog::known))
                .layer(Extension(Version::V3)),
        )
}

/// What versions 3 and 4 have alike.
fn both() -> Router<Runtime> {
    Router::new()
        .route("/assets", post(assets::create).put(assets::update))
        .route("/assets/request", post(assets::query))
        .route("/assets/{id}", get(assets::show).delete(assets::delete))
        .route("/policydefinitions", post(policies::create))
        .route("/policydefinitions/request", post(policies::query))
        .route(
            "/policydefinitions/{id}",
            get(policies::show).put(policies::update).delete(policies::delete),
        )
        .route("/policydefinitions/{id}/validate", post(policies::validate))
        .route("/policydefinitions/{id}/evaluationplan", post(policies::plan))
        .route(
            "/contractdefinitions",
            post(definitions::create).put(definitions::update),
        )
        .route("/contractdefinitions/request", post(definitions::query))
        .route(
            "/contractdefinitions/{id}",
            get(definitions::show).delete(definitions::delete),
        )
        .route("/catalog/request", post(catalog::request))
        .route("/catalog/dataset/request", post(catalog::dataset))
        .route("/catalogs/request", post(catalog::known))
        .route("/contractnegotiations", post(negotiations::begin))
        .route("/contractnegotiations/request", post(negotiations::query))
        .route(
            "/contractnegotiations/{id}",
            get(negotiations::show).delete(negotiations::delete),
        )
        .route("/contractnegotiations/{id}/state", get(negotiations::state))
        .route("/contractnegotiations/{id}/agreement", get(negotiations::agreement))
        .route("/contractnegotiations/{id}/terminate", post(negotiations::terminate))
        .route("/contractagreements/request", post(agreements::query))
        .route("/contractagreements/{id}", get(agreements::show))
        .route("/contractagreements/{id}/negotiation", get(agreements::negotiation))
        .route("/transferprocesses", post(transfers::begin))
        .route("/transferprocesses/request", post(transfers::query))
        .route("/transferprocesses/{id}", get(transfers::show))
        .route("/transferprocesses/{id}/state", get(transfers::state))
        .route("/transferprocesses/{id}/terminate", post(transfers::terminate))
        .route("/transferprocesses/{id}/suspend", post(transfers::suspend))
        .route("/transferprocesses/{id}/resume", post(transfers::resume))
        .route("/secrets", post(secrets::create).put(secrets::update))
        .route("/secrets/{id}", get(secrets::show).delete(secrets::delete))
        .route("/dataplanes", get(dataplanes::list).post(dataplanes::foreign))
}

/// What version 3 has alone.
fn third() -> Router<Runtime> {
    Router::new()
        .route("/transferprocesses/{id}/deprovision", post(transfers::deprovision))
        .route("/edrs", post(edrs::open))
        .route("/edrs/request", post(edrs::query))
        .route("/edrs/{id}/refresh", post(edrs::refresh))
        .route("/edrs/{id}/dataaddress", get(edrs::address))
        .route("/edrs/{id}", delete(edrs::delete))
        .merge(discovery())
}

/// What version 4 has alone.
fn fourth() -> Router<Runtime> {
    Router::new()
        .route("/dataplanes", put(dataplanes::foreign))
        .route("/dataplanes/{id}", delete(dataplanes::foreign))
}

/// What version 5 has of the node as a whole.
fn fifth() -> Router<Runtime> {
    Router::new()
        .route("/participants", get(participants::list).post(participants::create))
        .route(
            "/participants/{id}",
            get(participants::show).delete(participants::delete),
        )
}

/// What Tractus-X adds.
fn discovery() -> Router<Runtime> {
    Router::new()
        .route("/protocol-versions/request", post(discovery::versions))
        .route("/connectordiscovery/dspversionparams", post(discovery::params))
        .route("/connectordiscovery/connectors", post(discovery::connectors))
}

async fn unknown(uri: Uri) -> Problem {
    Problem::not_found(format!("there is no route `{BASE}{}`", uri.path()))
}

async fn wrong_method(method: Method) -> Problem {
    Problem::refused(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("this route does not take `{method}`"),
    )
}

/// An identifier for what comes without one.
fn fresh_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
