//! Who asks, and with which right: the middleware that wants an `X-Api-Key`, and the arguments by which handlers ask for a
//! right. A key is bound to its participant; the operator's names one by the path.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::HeaderName;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use chapar_runtime::{Caller, Desk, KeyRole, Runtime};

static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The part of a path that names a participant.
const PARTICIPANT: &str = "participant";

/// Lets nobody by without a good key; handlers find the [`Caller`] among the extensions.
pub async fn authenticate(
    State(runtime): State<Runtime>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = request.headers().get(&API_KEY).and_then(|key| key.to_str().ok());
    let key = key.ok_or_else(Problem::unauthenticated)?;
    let caller = runtime.caller(key).await?.ok_or_else(Problem::unauthenticated)?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// The desk, to read.
pub struct Reader(pub Desk);

/// The desk, to work.
pub struct Editor(pub Desk);

/// The desk, with what only its admins may see.
pub struct Admin(pub Desk);

/// The operator, for the node's own matters.
pub struct Operator;

impl FromRequestParts<Runtime> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Runtime) -> Result<Self, Problem> {
        match caller(parts)?.role {
            KeyRole::Operator => Ok(Self),
            KeyRole::Admin | KeyRole::Editor | KeyRole::Viewer => Err(Problem::forbidden("this is the operator's")),
        }
    }
}

impl FromRequestParts<Runtime> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        desk(parts, runtime, KeyRole::Viewer).await.map(Self)
    }
}

impl FromRequestParts<Runtime> for Editor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        desk(parts, runtime, KeyRole::Editor).await.map(Self)
    }
}

impl FromRequestParts<Runtime> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        desk(parts, runtime, KeyRole::Admin).await.map(Self)
    }
}

async fn desk(parts: &mut Parts, runtime: &Runtime, least: KeyRole) -> Result<Desk, Problem> {
    let params = RawPathParams::from_request_parts(parts, runtime)
        .await
        .map_err(|_| Problem::not_found("there is no such participant here"))?;
    let named = params
        .iter()
        .find(|(name, _)| *name == PARTICIPANT)
        .map(|(_, slug)| slug);
    Ok(runtime.desk_for(caller(parts)?, named, least)?)
}

fn caller(parts: &Parts) -> Result<&Caller, Problem> {
    // A route outside the middleware has no caller, and lets nobody in.
    parts.extensions.get::<Caller>().ok_or_else(Problem::unauthenticated)
}
