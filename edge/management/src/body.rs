//! What comes in: bytes, bounded JSON, the schema of version 4, expanded JSON-LD, and out of it what a handler wants. One way
//! for every request.

use crate::node::{Faults, Node};
use crate::problem::{Detail, Problem};
use crate::schema;
use crate::version::{Version, with_vocabulary};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use chapar_dsp::{code, json};
use chapar_jsonld::expand;
use chapar_terms::limits;
use serde_json::{Map, Value};

/// Of what version 4 does not have no schema is published.
pub const NO_SCHEMA: &str = "";

/// Something that is read out of a request's body.
pub trait Wanted: Sized {
    /// The file of its schema in version 4.
    const SCHEMA: &'static str;

    /// Reads it. What does not fit is noted at the node, and then nothing needs to come of it.
    fn read(node: Node<'_>, version: Version) -> Option<Self>;
}

/// The body, which must be there.
pub struct Json<T>(pub T);

/// The body, or what is meant when there is none.
pub struct OptionalJson<T>(pub T);

/// The id in the path, decoded.
pub struct Id(pub String);

impl<S: Send + Sync, T: Wanted> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match read(request, state).await? {
            Some(wanted) => Ok(Self(wanted)),
            None => Err(Problem::invalid(vec![Detail::new("input json is null")])),
        }
    }
}

impl<S: Send + Sync, T: Wanted + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self(read(request, state).await?.unwrap_or_default()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // What is no text names nothing here.
        let unknown = || Problem::not_found("the path names nothing here");
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| unknown())?;
        let id = params
            .iter()
            .find(|(name, _)| *name == "id")
            .map(|(_, id)| id.to_owned());
        id.map(Self).ok_or_else(unknown)
    }
}

async fn read<S: Send + Sync, T: Wanted>(request: Request, state: &S) -> Result<Option<T>, Problem> {
    let (mut parts, body) = request.into_parts();
    let version = Version::from_request_parts(&mut parts, state).await?;
    let bytes = whole(body).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    check_kind(&parts.headers)?;
    wanted(document(&bytes)?, version).map(Some)
}

/// A body as JSON, bounded in length and depth.
pub fn document(bytes: &[u8]) -> Result<Value, Problem> {
    json::read(bytes, limits::MESSAGE_BYTES).map_err(|malformed| match malformed.code {
        code::BODY_TOO_LARGE => too_large(),
        _ => Problem::bad_request(malformed.why),
    })
}

/// What is wanted out of a document.
pub fn wanted<T: Wanted>(document: Value, version: Version) -> Result<T, Problem> {
    let document = match version {
        Version::V3 => with_vocabulary(document),
        Version::V4 => {
            let wrong = schema::check(T::SCHEMA, &document);
            if !wrong.is_empty() {
                return Err(Problem::invalid(wrong));
            }
            document
        }
    };
    let expanded = expand(&document)
        .map_err(|malformed| Problem::bad_request(format!("{}: {}", malformed.code, malformed.why)))?;
    // An object without a member that its context knows says nothing, and then its reader tells what is missing.
    let nothing = Map::new();
    let members = match (expanded.as_slice(), &document) {
        ([Value::Object(members)], _) => members,
        ([], Value::Object(_)) => &nothing,
        _ => return Err(Problem::bad_request("the body must be one JSON-LD object")),
    };
    let faults = Faults::default();
    let wanted = T::read(Node::new(members, &faults), version);
    match (faults.into_problem(), wanted) {
        (Some(problem), _) => Err(problem),
        (None, Some(wanted)) => Ok(wanted),
        (None, None) => Err(Problem::internal(&"a body was refused without a reason")),
    }
}

async fn whole(body: Body) -> Result<bytes::Bytes, Problem> {
    to_bytes(body, limits::MESSAGE_BYTES).await.map_err(|error| {
        let too_long =
            std::error::Error::source(&error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if too_long {
            return too_large();
        }
        Problem::bad_request("the body ended early")
    })
}

fn too_large() -> Problem {
    let why = format!("a body has at most {} bytes", limits::MESSAGE_BYTES);
    Problem::refused(StatusCode::PAYLOAD_TOO_LARGE, why)
}

/// JSON under any of its media types, or unnamed.
fn check_kind(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind == "application/json" || kind.ends_with("+json") {
        return Ok(());
    }
    let why = format!("the body must be JSON, not `{kind}`");
    Err(Problem::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))
}
