//! The own API, `/chapar/v1`, for the people and programs of one participant; on the private listener only.
//!
//! One file per noun. Every route is behind a key ([`access`]); a handler says by its first argument which right it
//! needs. Bodies are JSON, read strictly: a member that is not known is refused by name. Errors are problem details
//! (`crate::problem`). An id of another participant is unknown here: 404, whatever the route. Lists answer
//! `{items, next?}`: give `next` back as `after`.
//!
//! Refuses to hold what an act does (`chapar_runtime::desk`), the pages of health and metrics, and the listener.

mod access;
mod agreements;
mod documents;
mod events;
mod input;
mod keys;
mod myself;
mod negotiations;
mod offers;
mod participants;
mod peers;
mod policies;
mod transfers;

use crate::problem::Problem;
use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use chapar_runtime::Runtime;

/// Where the routes of this API begin.
pub const BASE: &str = "/chapar/v1";

/// The own API.
pub fn router(runtime: Runtime) -> Router {
    let own = own_routes()
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        // Around the fallbacks too: without a key nobody learns which routes there are.
        .layer(from_fn_with_state(runtime.clone(), access::authenticate));
    Router::new().nest(BASE, own).with_state(runtime)
}

fn own_routes() -> Router<Runtime> {
    Router::new()
        .route("/self", get(myself::show))
        .route("/identity/rotate", post(myself::rotate))
        .route("/participants", get(participants::list).post(participants::add))
        .route("/keys", get(keys::list).post(keys::add))
        .route("/keys/{id}", axum::routing::delete(keys::revoke))
        .route("/documents", get(documents::list))
        .route(
            "/documents/{id}",
            get(documents::show).put(documents::receive).delete(documents::delete),
        )
        .route("/documents/{id}/properties", put(documents::describe))
        .route("/documents/{id}/content", get(documents::content))
        .route("/policies", get(policies::list))
        .route(
            "/policies/{id}",
            get(policies::show).put(policies::put).delete(policies::delete),
        )
        .route("/offers", get(offers::list))
        .route(
            "/offers/{id}",
            get(offers::show).put(offers::put).delete(offers::delete),
        )
        .route("/peers", get(peers::list))
        .route("/peers/catalog", post(peers::catalog))
        .route("/peers/{id}", get(peers::show).put(peers::put).delete(peers::delete))
        .route("/negotiations", get(negotiations::list).post(negotiations::open))
        .route("/negotiations/{id}", get(negotiations::show))
        .route("/negotiations/{id}/timeline", get(negotiations::timeline))
        .route("/negotiations/{id}/decisions", post(negotiations::decide))
        .route("/transfers", get(transfers::list).post(transfers::open))
        .route("/transfers/{id}", get(transfers::show))
        .route("/transfers/{id}/timeline", get(transfers::timeline))
        .route("/transfers/{id}/accesses", get(transfers::accesses))
        .route("/transfers/{id}/decisions", post(transfers::decide))
        .route("/transfers/{id}/data-address", get(transfers::data_address))
        .route("/agreements", get(agreements::list))
        .route("/agreements/{id}", get(agreements::show))
        .route("/events", get(events::follow))
}

async fn unknown(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "route-unknown",
        format!("there is no route `{BASE}{}`", uri.path()),
    )
}

async fn wrong_method(method: Method) -> Problem {
    let detail = format!("this route does not take `{method}`");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}
