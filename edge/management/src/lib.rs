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
mod adoptions;
mod agreements;
mod assets;
mod body;
mod callbacks;
mod catalog;
mod dataplanes;
mod definitions;
mod description;
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
mod published;
mod query;
mod refusals;
mod render;
mod retirements;
mod schema;
mod secrets;
mod shapes;
mod states;
mod transfers;
mod trial;
mod version;

use crate::problem::Problem;
use crate::version::Version;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use chapar_runtime::Runtime;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use description::description;
pub use trial::tried;

/// Where the routes of the management API begin.
pub const BASE: &str = "/management";

/// The management API, and health and version below `/api`.
pub fn router(runtime: Runtime) -> Router {
    let management = versions()
        .nest("/participants/{participant}", versions())
        .nest("/v5beta", Router::from(fifth()).layer(Extension(Version::V4)))
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
    let router = |routes: OpenApiRouter<Runtime>, version| Router::from(routes).layer(Extension(version));
    Router::new()
        .nest("/v3", router(third(), Version::V3))
        .nest("/v4", router(fourth(), Version::V4))
        .nest("/v4alpha", router(discovery(), Version::V3))
        .nest("/v1alpha", router(of_old(), Version::V3))
}

/// What versions 3 and 4 have alike.
fn both() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new()
        .routes(routes!(assets::create, assets::update))
        .routes(routes!(assets::query))
        .routes(routes!(assets::show, assets::delete))
        .routes(routes!(policies::create))
        .routes(routes!(policies::query))
        .routes(routes!(policies::show, policies::update, policies::delete))
        .routes(routes!(policies::validate))
        .routes(routes!(policies::plan))
        .routes(routes!(definitions::create, definitions::update))
        .routes(routes!(definitions::query))
        .routes(routes!(definitions::show, definitions::delete))
        .routes(routes!(catalog::request))
        .routes(routes!(catalog::dataset))
        .routes(routes!(catalog::known))
        .routes(routes!(negotiations::begin))
        .routes(routes!(negotiations::query))
        .routes(routes!(negotiations::show, negotiations::delete))
        .routes(routes!(negotiations::state))
        .routes(routes!(negotiations::agreement))
        .routes(routes!(negotiations::terminate))
        .routes(routes!(agreements::query))
        .routes(routes!(agreements::show))
        .routes(routes!(agreements::negotiation))
        .routes(routes!(transfers::begin))
        .routes(routes!(transfers::query))
        .routes(routes!(transfers::show))
        .routes(routes!(transfers::state))
        .routes(routes!(transfers::terminate))
        .routes(routes!(transfers::suspend))
        .routes(routes!(transfers::resume))
        .routes(routes!(secrets::create, secrets::update))
        .routes(routes!(secrets::show, secrets::delete))
}

/// Version 3.
fn third() -> OpenApiRouter<Runtime> {
    both()
        .merge(discovery())
        .routes(routes!(dataplanes::list, dataplanes::register))
        .routes(routes!(transfers::deprovision))
        .routes(routes!(adoptions::adopt))
        .routes(routes!(retirements::retire))
        .routes(routes!(retirements::query))
        .routes(routes!(retirements::reactivate))
        .routes(routes!(edrs::open))
        .routes(routes!(edrs::query))
        .routes(routes!(edrs::refresh))
        .routes(routes!(edrs::address))
        .routes(routes!(edrs::delete))
}

/// Version 4.
fn fourth() -> OpenApiRouter<Runtime> {
    both()
        .routes(routes!(dataplanes::list, dataplanes::register, dataplanes::replace))
        .routes(routes!(dataplanes::remove))
}

/// What version 5 has of the node as a whole.
fn fifth() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new()
        .routes(routes!(participants::list, participants::create))
        .routes(routes!(participants::show, participants::update, participants::delete))
}

/// What Tractus-X adds.
fn discovery() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new()
        .routes(routes!(discovery::versions))
        .routes(routes!(discovery::params))
        .routes(routes!(discovery::connectors))
}

/// Where older clients look for things.
fn of_old() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new().routes(routes!(catalog::known_of_old))
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
