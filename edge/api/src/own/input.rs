//! What comes in, read strictly: JSON bodies, queries and ids in paths. Everything wrong is a problem with a stable code.

use crate::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chapar_dsp::{Malformed, json};
use chapar_runtime::Fault;
use chapar_runtime::desk::{Mode, Page};
use chapar_terms::limits;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;

/// A JSON body as `T`. Members that `T` does not know are refused by name.
pub struct Json<T>(pub T);

/// A query as `T`, as strictly.
pub struct Params<T>(pub T);

/// The id in a path, decoded.
pub struct Id(pub String);

/// The part of a list that is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Begin behind the item of this name: the `next` of the page before.
    after: Option<String>,
    /// Most items on the page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl Paging {
    /// The page.
    pub fn page(self) -> Result<Page, Problem> {
        page(self.after, self.limit)
    }
}

/// The page behind `after`.
pub fn page(after: Option<String>, limit: Option<usize>) -> Result<Page, Problem> {
    Ok(Page::new(after, limit)?)
}

/// `auto` or `manual`; `auto` when nothing is said.
pub fn mode(text: Option<&str>) -> Result<Mode, Problem> {
    let Some(text) = text else { return Ok(Mode::Auto) };
    Mode::parse(text)
        .ok_or_else(|| Problem::bad_request("wrong-mode", format!("`{text}` is neither `auto` nor `manual`")))
}

/// A JSON answer.
pub fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Refuses a value that a DSP parser refused, keeping its code.
pub fn malformed(malformed: Malformed) -> Problem {
    Problem::bad_request(malformed.code, malformed.why)
}

/// 200 with what an act gave.
pub fn ok(outcome: Result<Value, Fault>) -> Result<Response, Problem> {
    Ok(answer(StatusCode::OK, &outcome?))
}

/// 204 for an act that gives nothing.
pub fn done(outcome: Result<(), Fault>) -> Result<Response, Problem> {
    outcome?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_kind(request.headers())?;
        let body = read(request.into_body()).await?;
        let value = json::read(&body, limits::MESSAGE_BYTES).map_err(malformed)?;
        serde_json::from_value(value)
            .map(Self)
            .map_err(|error| misfit(&error.to_string()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::bad_request("wrong-query", rejection.body_text())),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // What is no text names nothing here.
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        Ok(Self(id))
    }
}

async fn read(body: Body) -> Result<bytes::Bytes, Problem> {
    to_bytes(body, limits::MESSAGE_BYTES).await.map_err(|error| {
        let too_long =
            std::error::Error::source(&error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if too_long {
            let detail = format!("a JSON body has at most {} bytes", limits::MESSAGE_BYTES);
            return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", detail);
        }
        Problem::bad_request("body-incomplete", "the body ended early")
    })
}

/// JSON under any of its media types, or unnamed.
fn check_kind(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let kind = kind
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if kind == "application/json" || kind.ends_with("+json") {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not-json",
        format!("the body must be JSON, not `{kind}`"),
    ))
}

fn misfit(why: &str) -> Problem {
    let code = if why.starts_with("unknown field") {
        "unknown-member"
    } else if why.starts_with("missing field") {
        "missing-member"
    } else {
        "wrong-member"
    };
    Problem::bad_request(code, why.replacen("field", "member", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Probe {
        #[expect(dead_code, reason = "only whether it is taken is looked at")]
        name: String,
    }

    async fn refused(body: &str, kind: Option<&str>) -> Problem {
        let mut request = Request::builder();
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        match Json::<Probe>::from_request(request, &()).await {
            Ok(_) => panic!("taken: {body}"),
            Err(problem) => problem,
        }
    }

    #[tokio::test]
    async fn strange_bodies_are_refused_by_name() {
        let rows = [
            (r#"{"name":"x","nmae":1}"#, None, 400, "unknown-member", "nmae"),
            ("{}", None, 400, "missing-member", "name"),
            (r#"{"name":1}"#, None, 400, "wrong-member", "integer"),
            (r#"{"name":"x","name":"y"}"#, None, 400, "duplicate-member", "name"),
            ("{", None, 400, "body-not-json", ""),
            (r#"{"name":"x"}"#, Some("text/plain"), 415, "not-json", "text/plain"),
        ];
        for (body, kind, status, code, says) in rows {
            let problem = refused(body, kind).await;
            let shown = format!("{problem:?}");
            assert_eq!(problem.status().as_u16(), status, "{body}");
            assert!(shown.contains(&format!("{code:?}")) && shown.contains(says), "{shown}");
        }
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(limits::MESSAGE_BYTES));
        assert_eq!(refused(&long, None).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_fitting_body_is_read() {
        let request = Request::builder()
            .header(header::CONTENT_TYPE, "application/ld+json; charset=utf-8")
            .body(Body::from(r#"{"name":"x"}"#))
            .unwrap();
        assert!(Json::<Probe>::from_request(request, &()).await.is_ok());
    }
}
