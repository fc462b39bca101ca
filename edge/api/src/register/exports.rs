//! The register in the terms of standards: one record, and the documents that harvesters of catalogues read.
//!
//! A document comes in parts, each whole by itself, with a link to the next one in the header `Link` (RFC 8288): the standards have no word
//! of their own for parts.

use super::given::{Given, wrong};
use super::{Asked, BASE, whole};
use crate::own::refusals;
use crate::problem::Problem;
use crate::rdf::{Format, written};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, LINK, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, Uri};
use chapar_rdf::{Graph, Profile};
use chapar_runtime::Runtime;
use utoipa::IntoParams;

/// In which form, and which version.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by the description alone: a query is read strictly, in one place"
)]
pub struct Wished {
    /// `turtle`, `jsonld` or `rdfxml`; when nothing is said, what the header `Accept` would rather have, or Turtle.
    format: Option<String>,
    /// The version; the newest when nothing is said.
    #[param(minimum = 1)]
    version: Option<u32>,
}

/// In which form.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by the description alone: a query is read strictly, in one place"
)]
pub struct Form {
    /// `turtle`, `jsonld` or `rdfxml`; when nothing is said, what the header `Accept` would rather have, or Turtle.
    format: Option<String>,
}

/// `GET /records/{id}/rdf`
#[utoipa::path(
    get, path = "/records/{id}/rdf", tag = "Register", operation_id = "readRegisterRecordAsRdf",
    summary = "Read a record as RDF",
    description = "Its body in the terms of its kind's standard, and where the record stands. For records that everybody may read whole.",
    params(("id" = String, Path, description = "The record's id, percent-encoded."), Wished),
    responses(
        (status = 200, description = "The record.", content(
            (String = "text/turtle"), (serde_json::Value = "application/ld+json"), (String = "application/rdf+xml"))),
        refusals::ReadRegister),
)]
pub(super) async fn record(
    State(runtime): State<Runtime>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found())?;
    let mut given = Given::read(&uri)?;
    let format = format(&mut given, &headers)?;
    let version = given.number("version")?;
    given.end()?;
    tagged(&runtime.register_record_rdf(&id, version).await?, format, &headers)
}

/// `GET /dcat`
#[utoipa::path(
    get, path = "/dcat", tag = "Register", operation_id = "readRegisterAsDcat",
    summary = "Read datasets and data services as DCAT-AP 3",
    description = "A catalogue in RDF, the newest records first, narrowed down as a search is but for `kind`. It comes in parts: each is whole by itself, and the \
        header `Link` leads to the next one with `rel=\"next\"`.",
    params(Form, Asked),
    responses(
        (status = 200, description = "A part of the catalogue.", content(
            (String = "text/turtle"), (serde_json::Value = "application/ld+json"), (String = "application/rdf+xml"))),
        refusals::SearchRegister),
)]
pub(super) async fn dcat(
    State(runtime): State<Runtime>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    part(&runtime, Profile::Dcat, &uri, &headers).await
}

/// `GET /cpsv`
#[utoipa::path(
    get, path = "/cpsv", tag = "Register", operation_id = "readRegisterAsCpsv",
    summary = "Read public services and organisations as CPSV-AP 3",
    description = "In RDF, the newest records first, narrowed down and in parts as `/dcat`.",
    params(Form, Asked),
    responses(
        (status = 200, description = "A part of the list.", content(
            (String = "text/turtle"), (serde_json::Value = "application/ld+json"), (String = "application/rdf+xml"))),
        refusals::SearchRegister),
)]
pub(super) async fn cpsv(
    State(runtime): State<Runtime>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    part(&runtime, Profile::Cpsv, &uri, &headers).await
}

async fn part(runtime: &Runtime, profile: Profile, uri: &Uri, headers: &HeaderMap) -> Result<Response<Body>, Problem> {
    let mut given = Given::read(uri)?;
    let format = format(&mut given, headers)?;
    let address = format!("{}{BASE}{}", runtime.public_url(), uri.path().trim_start_matches(BASE));
    let query = given.register_query()?;
    if query.facets.contains_key("kind") {
        return Err(wrong("which kinds are in it is the standard's to say"));
    }
    let part = runtime.export_register(profile, &address, query).await?;
    let mut response = tagged(&part.graph, format, headers)?;
    if let Some(next) = part.next {
        let link = format!("<?{}>; rel=\"next\"", behind(uri, Some(&next)));
        let link = HeaderValue::from_str(&link).map_err(|why| Problem::internal(&why))?;
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// The query of this address, behind another place or none.
pub(super) fn behind(uri: &Uri, after: Option<&str>) -> String {
    let pairs = uri.query().unwrap_or_default().split('&');
    let pairs = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let mut kept: Vec<String> = pairs.map(str::to_owned).collect();
    kept.extend(after.map(|after| format!("after={after}")));
    kept.join("&")
}

/// The form that the address names, or else the one that the reader would rather have, or else Turtle.
fn format(given: &mut Given, headers: &HeaderMap) -> Result<Format, Problem> {
    let Some(name) = given.one("format")? else {
        let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        return Ok(accept.and_then(Format::accepted).unwrap_or(Format::Turtle));
    };
    Format::parse(&name).ok_or_else(|| {
        let known = Format::ALL.map(Format::name).join("`, `");
        wrong(format!("`format` is one of `{known}`, not `{name:.100}`"))
    })
}

fn tagged(graph: &Graph, format: Format, headers: &HeaderMap) -> Result<Response<Body>, Problem> {
    let bytes = written(graph, format).map_err(|why| Problem::internal(&why))?;
    let mut response = whole(bytes, HeaderValue::from_static(format.media_type()), headers);
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}
