//! Who asks, and with which right: the middleware that wants a key, and the arguments by which handlers ask for a right.
//!
//! | right | who has it |
//! | --- | --- |
//! | [`Reader`] | viewer, editor, admin; the operator for the participant that it names |
//! | [`Editor`] | editor, admin; the operator likewise |
//! | [`Admin`] | admin; the operator likewise |
//! | [`Operator`] | the operator |
//!
//! The operator names a participant by the header `Chapar-Participant`. Somebody else's name in it is answered 404, like any
//! id that is not the caller's.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use chapar_runtime::{Caller, Desk, KeyRole, NoDesk, Runtime};

/// Names the participant that the operator acts for.
pub static PARTICIPANT: HeaderName = HeaderName::from_static("chapar-participant");
static API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Lets nobody by without a good key; handlers find the [`Caller`] among the extensions.
pub async fn authenticate(
    State(runtime): State<Runtime>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = key(request.headers()).ok_or_else(Problem::unauthenticated)?;
    let caller = runtime.caller(key).await?.ok_or_else(Problem::unauthenticated)?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// The key shown; `Authorization` comes before `X-Api-Key`.
fn key(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| {
            let (scheme, key) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        });
    bearer.or_else(|| headers.get(&API_KEY)?.to_str().ok())
}

/// Whoever showed a good key, whatever its rights.
pub struct Anyone(pub Caller, pub Option<Desk>);

/// The desk, to read.
pub struct Reader(pub Desk);

/// The desk, to work.
pub struct Editor(pub Desk);

/// The desk, to keep its keys, peers and identity.
pub struct Admin(pub Desk);

/// The operator, for the node's own matters.
pub struct Operator;

impl FromRequestParts<Runtime> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        let caller = caller(parts)?;
        let desk = runtime.desk_of(caller, named(&parts.headers)?)?;
        Ok(Self(caller.clone(), desk))
    }
}

impl FromRequestParts<Runtime> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        desk(parts, runtime, KeyRole::Viewer).map(Self)
    }
}

impl FromRequestParts<Runtime> for Editor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        desk(parts, runtime, KeyRole::Editor).map(Self)
    }
}

impl FromRequestParts<Runtime> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, runtime: &Runtime) -> Result<Self, Problem> {
        desk(parts, runtime, KeyRole::Admin).map(Self)
    }
}

impl FromRequestParts<Runtime> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Runtime) -> Result<Self, Problem> {
        match caller(parts)?.role {
            KeyRole::Operator => Ok(Self),
            KeyRole::Admin | KeyRole::Editor | KeyRole::Viewer => Err(Problem::forbidden("this is the operator's")),
        }
    }
}

fn desk(parts: &Parts, runtime: &Runtime, least: KeyRole) -> Result<Desk, Problem> {
    Ok(runtime.desk_for(caller(parts)?, named(&parts.headers)?, least)?)
}

fn caller(parts: &Parts) -> Result<&Caller, Problem> {
    // A route outside the middleware has no caller, and lets nobody in.
    parts.extensions.get::<Caller>().ok_or_else(Problem::unauthenticated)
}

/// The participant that the request names.
fn named(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let name = headers.get(&PARTICIPANT).map(|value| value.to_str());
    name.transpose().map_err(|_| Problem::not_found())
}

impl From<NoDesk> for Problem {
    fn from(why: NoDesk) -> Self {
        match why {
            NoDesk::Unknown => Self::not_found(),
            NoDesk::Weak { needs, has } => Self::forbidden(format!(
                "this needs the role `{}`; the key is `{}`",
                needs.as_str(),
                has.as_str()
            )),
            NoDesk::Unnamed => Self::forbidden(format!(
                "the operator's key says by the header `{PARTICIPANT}` whom it acts for"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
        rows.iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn keys_are_found_in_both_headers() {
        assert_eq!(key(&headers(&[("authorization", "Bearer a.b")])), Some("a.b"));
        assert_eq!(key(&headers(&[("authorization", "bearer a.b")])), Some("a.b"));
        assert_eq!(key(&headers(&[("x-api-key", "c.d")])), Some("c.d"));
        assert_eq!(
            key(&headers(&[("authorization", "Bearer a.b"), ("x-api-key", "c.d")])),
            Some("a.b")
        );
        assert_eq!(key(&headers(&[("authorization", "Basic a.b")])), None);
        assert_eq!(key(&headers(&[])), None);
    }
}
