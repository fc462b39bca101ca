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
mod alarms;
mod description;
mod documents;
mod edrs;
mod events;
mod federations;
mod fetched;
mod input;
mod keys;
mod kinds;
mod mirrors;
mod myself;
mod negotiations;
mod offers;
mod participants;
mod peers;
mod policies;
mod records;
pub(crate) mod refusals;
mod register_views;
mod transfers;
pub(crate) mod views;
mod witness;
mod words;

use crate::problem::Problem;
use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use chapar_runtime::Runtime;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use description::description;
pub(crate) use description::problem_schema;

/// Where the routes of this API begin.
pub const BASE: &str = "/chapar/v1";

/// The own API.
pub fn router(runtime: Runtime) -> Router {
    let own = Router::from(own_routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        // Around the fallbacks too: without a key nobody learns which routes there are.
        .layer(from_fn_with_state(runtime.clone(), access::authenticate));
    Router::new().nest(BASE, own).with_state(runtime)
}

fn own_routes() -> OpenApiRouter<Runtime> {
    register_routes(exchange_routes())
}

/// The exchange, and what everything needs.
fn exchange_routes() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new()
        .routes(routes!(myself::show))
        .routes(routes!(myself::rotate))
        .routes(routes!(myself::identity))
        .routes(routes!(myself::revoke))
        .routes(routes!(participants::list, participants::add))
        .routes(routes!(participants::pack))
        .routes(routes!(keys::list, keys::add))
        .routes(routes!(keys::revoke))
        .routes(routes!(documents::list))
        .routes(routes!(documents::show, documents::receive, documents::delete))
        .routes(routes!(documents::describe))
        .routes(routes!(documents::content))
        .routes(routes!(policies::list))
        .routes(routes!(policies::show, policies::put, policies::delete))
        .routes(routes!(offers::list))
        .routes(routes!(offers::show, offers::put, offers::delete))
        .routes(routes!(offers::announce))
        .routes(routes!(peers::list))
        .routes(routes!(peers::catalog))
        .routes(routes!(peers::known))
        .routes(routes!(peers::show, peers::put, peers::delete))
        .routes(routes!(negotiations::list, negotiations::open))
        .routes(routes!(negotiations::show))
        .routes(routes!(negotiations::timeline))
        .routes(routes!(negotiations::callbacks))
        .routes(routes!(negotiations::decide))
        .routes(routes!(transfers::list, transfers::open))
        .routes(routes!(transfers::show))
        .routes(routes!(transfers::timeline))
        .routes(routes!(transfers::callbacks))
        .routes(routes!(transfers::accesses))
        .routes(routes!(transfers::decide))
        .routes(routes!(transfers::data_address, transfers::renew))
        .routes(routes!(edrs::open))
        .routes(routes!(agreements::list))
        .routes(routes!(agreements::show))
        .routes(routes!(agreements::retire, agreements::reactivate))
        .routes(routes!(agreements::retired))
        .routes(routes!(events::follow))
}

/// The register: records, logs, mirrors and what is made of them.
fn register_routes(others: OpenApiRouter<Runtime>) -> OpenApiRouter<Runtime> {
    others
        .routes(routes!(records::publish))
        .routes(routes!(records::publish_batch))
        .routes(routes!(records::check))
        .routes(routes!(records::show))
        .routes(routes!(records::history))
        .routes(routes!(records::version))
        .routes(routes!(records::proof))
        .routes(routes!(records::withdraw))
        .routes(routes!(records::open))
        .routes(routes!(fetched::fetch))
        .routes(routes!(fetched::show))
        .routes(routes!(records::logs))
        .routes(routes!(records::evidence))
        .routes(routes!(records::policy, records::put_policy))
        .routes(routes!(records::cosign))
        .routes(routes!(records::recover))
        .routes(routes!(records::rotate_keys))
        .routes(routes!(records::mirrors))
        .routes(routes!(records::look_at_mirrors))
        .routes(routes!(records::succeed))
        .routes(routes!(witness::show))
        .routes(routes!(witness::list))
        .routes(routes!(witness::put, witness::delete))
        .routes(routes!(witness::forks))
        .routes(routes!(kinds::list))
        .routes(routes!(kinds::show))
        .routes(routes!(register_views::show))
        .routes(routes!(register_views::rebuild))
        .routes(routes!(mirrors::list, mirrors::add))
        .routes(routes!(mirrors::show, mirrors::remove))
        .routes(routes!(mirrors::look))
        .routes(routes!(mirrors::carried))
        .routes(routes!(federations::list, federations::join))
        .routes(routes!(federations::show, federations::forget))
        .routes(routes!(federations::propose))
        .routes(routes!(federations::reply))
        .routes(routes!(alarms::list))
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
