//! The door of the register: what everybody may read of the records that this node holds, on the public listener, without a key.
//!
//! It reads the query and hands it on. Refuses to know what a record says (`chapar_register`) and what is held (`runtime`). It describes
//! itself: a route without a description does not compile.

mod exports;
mod feed;
mod given;

use crate::log::{Shown, answer};
use crate::own::refusals;
use crate::own::views::{Counts, FoundRecord, HeldLog, Page, RecordInFull, Whole};
use crate::problem::Problem;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, Uri};
use chapar_runtime::{AGE, Fault, Runtime};
use chapar_terms::Digest;
use given::Given;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the routes of this door begin.
pub const BASE: &str = "/chapar/v1/register";

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// Whoever has an answer asks whether it is still the same, and is told so in a few bytes.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");

/// The words before everything else.
const INTRODUCTION: &str = "\
The register as this node holds it: the records of its participants and of all whose logs it mirrors, each verified. Everybody may \
read it, without a key.\n\
\n\
**Proof.** An answer here is this node's word. Each record names its log and its index there; the log itself is read and checked below \
`/{participant}/log/`, by `chapar verify` or by any tool for C2SP tlog-tiles.\n\
\n\
**Languages.** `title` and `description` are given in every language in which the record speaks; `shown` has the one asked for by `lang`, or \
says with `insteadOf` that it has another.\n\
\n\
**Standards.** `/dcat` and `/cpsv` are the register as DCAT-AP 3 and CPSV-AP 3 in RDF, `/records/{id}/rdf` is one record, `/feed` is a search as an \
Atom feed.\n\
\n\
**Lists** answer `items`, and `next` when there are more: give it back as `after`. **Answers** carry an `ETag`.";

/// The routes of the register.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .nest(BASE, Router::from(routes_of_register()))
        .with_state(runtime)
}

fn routes_of_register() -> OpenApiRouter<Runtime> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(counts))
        .routes(routes!(show))
        .routes(routes!(history))
        .routes(routes!(proof))
        .routes(routes!(logs))
        .routes(routes!(exports::record))
        .routes(routes!(exports::dcat))
        .routes(routes!(exports::cpsv))
        .routes(routes!(feed::feed))
}

/// The OpenAPI document of this door.
pub fn description() -> Value {
    let mut document = serde_json::to_value(routes_of_register().into_openapi()).unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        members.extend(common());
    }
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.insert("Problem".to_owned(), crate::own::problem_schema());
    }
    chapar_openapi::mend(&mut document);
    document
}

fn common() -> Map<String, Value> {
    Map::from_iter([
        (
            "info".to_owned(),
            json!({
                "title": "Chapar: the register",
                "version": env!("CARGO_PKG_VERSION"),
                "summary": "Records of all participants whose logs this node holds, for everybody.",
                "description": INTRODUCTION,
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            }),
        ),
        (
            "servers".to_owned(),
            json!([{ "url": BASE, "description": "This node" }]),
        ),
        (
            "tags".to_owned(),
            json!([{ "name": "Register", "description": "Records, and the logs that hold them." }]),
        ),
    ])
}

/// What is looked for. Facets may be given several times; of several values one is to hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by the description alone: facets repeat, which this form cannot say"
)]
pub struct Asked {
    /// Words, all of which are to be found; in any of the languages.
    q: Option<String>,
    /// Kind of record.
    kind: Option<Vec<String>>,
    /// Group of kinds.
    group: Option<Vec<String>>,
    /// Clause of the declaration.
    clause: Option<Vec<String>>,
    /// State, by its two letters (ISO 3166-1).
    state: Option<Vec<String>>,
    /// Language in which the record speaks.
    language: Option<Vec<String>>,
    /// Language into which it is translated.
    translated: Option<Vec<String>>,
    /// Topic, an IRI.
    topic: Option<Vec<String>>,
    /// Participant id of the issuer.
    issuer: Option<Vec<String>>,
    /// Who may have the body.
    visibility: Option<Vec<String>>,
    /// `offered`: only data that can be negotiated in the exchange.
    exchange: Option<Vec<String>>,
    /// In force then.
    #[param(format = DateTime, rename = "inForceAt")]
    in_force_at: Option<String>,
    /// `newest` puts the newest first, by the second of their issue, whatever words there are; otherwise those first that have all words in their titles.
    order: Option<String>,
    /// The language that the reader would rather have.
    lang: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Most records on the page; 20 when nothing is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Which version, and in which language.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by the description alone: a query is read strictly, in one place"
)]
pub struct Which {
    /// The version; the newest when nothing is said.
    #[param(minimum = 1)]
    version: Option<u32>,
    /// The language that the reader would rather have.
    lang: Option<String>,
}

/// Which part of a history, and in which language.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by the description alone: a query is read strictly, in one place"
)]
pub struct Part {
    /// The `next` of the page before.
    after: Option<String>,
    /// Most versions on the page; 20 when nothing is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// The language that the reader would rather have.
    lang: Option<String>,
}

/// `GET /records`
#[utoipa::path(
    get, path = "/records", tag = "Register", operation_id = "searchRegister",
    summary = "Search the register",
    description = "The newest version of each record that is not withdrawn.",
    params(Asked),
    responses((status = 200, description = "A page of what was found.", body = Page<FoundRecord>), refusals::SearchRegister),
)]
async fn search(State(runtime): State<Runtime>, uri: Uri, headers: HeaderMap) -> Result<Response<Body>, Problem> {
    let query = Given::read(&uri)?.register_query()?;
    tagged(runtime.search_register(&query).await, &headers)
}

/// `GET /counts`
#[utoipa::path(
    get, path = "/counts", tag = "Register", operation_id = "countRegister",
    summary = "Count what a search finds, by facet",
    description = "Counted over the newest thousand of what is found; `more` says that there are others.",
    params(Asked),
    responses((status = 200, description = "The counts.", body = Counts), refusals::SearchRegister),
)]
async fn counts(State(runtime): State<Runtime>, uri: Uri, headers: HeaderMap) -> Result<Response<Body>, Problem> {
    let query = Given::read(&uri)?.register_query()?;
    tagged(runtime.count_register(&query).await, &headers)
}

/// `GET /records/{id}`
#[utoipa::path(
    get, path = "/records/{id}", tag = "Register", operation_id = "readRegisterRecord",
    summary = "Read a record",
    description = "With its leaf, its body where everybody may have it, what it names and what names it.",
    params(("id" = String, Path, description = "The record's id, percent-encoded."), Which),
    responses((status = 200, description = "The record.", body = RecordInFull), refusals::ReadRegister),
)]
async fn show(
    State(runtime): State<Runtime>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found())?;
    let mut given = Given::read(&uri)?;
    let version = given.number("version")?;
    let lang = given.lang()?;
    given.end()?;
    tagged(runtime.register_record(&id, version, lang.as_ref()).await, &headers)
}

/// `GET /records/{id}/history`
#[utoipa::path(
    get, path = "/records/{id}/history", tag = "Register", operation_id = "readRegisterHistory",
    summary = "Read the versions of a record",
    params(("id" = String, Path, description = "The record's id, percent-encoded."), Part),
    responses((status = 200, description = "Its versions, oldest first.", body = Page<FoundRecord>), refusals::ReadRegisterHistory),
)]
async fn history(
    State(runtime): State<Runtime>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found())?;
    let mut given = Given::read(&uri)?;
    let (after, limit, lang) = (given.one("after")?, given.number("limit")?, given.lang()?);
    given.end()?;
    let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    tagged(
        runtime
            .register_history(&id, after.as_deref(), limit, lang.as_ref())
            .await,
        &headers,
    )
}

/// Which version.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by the description alone: a query is read strictly, in one place"
)]
pub struct Numbered {
    /// The version; the newest when nothing is said.
    #[param(minimum = 1)]
    version: Option<u32>,
}

/// `GET /records/{id}/proof`
#[utoipa::path(
    get, path = "/records/{id}/proof", tag = "Register", operation_id = "proveRegisterRecord",
    summary = "Take the proof of a record along",
    description = "A C2SP tlog-proof that the record stands in its log, under the newest checkpoint of it that is held here, with the leaf as its extra data. \
        `chapar verify FILE --vkey KEY` checks it without a network.",
    params(("id" = String, Path, description = "The record's id, percent-encoded."), Numbered),
    responses((status = 200, description = "The proof.", body = String, content_type = "text/plain; charset=utf-8"), refusals::ProveRegister),
)]
async fn proof(
    State(runtime): State<Runtime>,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found())?;
    let mut given = Given::read(&uri)?;
    let version = given.number("version")?;
    given.end()?;
    let proof = runtime.register_proof(&id, version).await?;
    Ok(whole(proof.into_bytes(), TEXT, &headers))
}

/// `GET /logs`
#[utoipa::path(
    get, path = "/logs", tag = "Register", operation_id = "listRegisterLogs",
    summary = "List the logs that this node holds",
    responses((status = 200, description = "Its own and those that it mirrors.", body = Whole<HeldLog>), refusals::OpenRead),
)]
async fn logs(State(runtime): State<Runtime>, headers: HeaderMap) -> Result<Response<Body>, Problem> {
    tagged(runtime.register_logs().await, &headers)
}

/// An answer whose tag says nothing of ages: whoever asks again in a second is told that nothing has changed.
fn tagged(outcome: Result<Value, Fault>, headers: &HeaderMap) -> Result<Response<Body>, Problem> {
    let mut value = outcome?;
    let bytes = value.to_string().into_bytes();
    let is_aged = forget_ages(&mut value) > 0;
    let shown = Shown {
        bytes,
        media_type: JSON,
        keep: ASK_AGAIN,
        checked_at: None,
        meant: is_aged.then(|| Digest::of(value.to_string().as_bytes())),
    };
    Ok(answer(shown, headers))
}

/// Takes ages out of an answer; how many there were.
fn forget_ages(value: &mut Value) -> usize {
    match value {
        Value::Object(members) => {
            let own = usize::from(members.remove(AGE).is_some());
            own + members.values_mut().map(forget_ages).sum::<usize>()
        }
        Value::Array(items) => items.iter_mut().map(forget_ages).sum(),
        _ => 0,
    }
}

/// An answer with its tag.
fn whole(bytes: Vec<u8>, media_type: HeaderValue, headers: &HeaderMap) -> Response<Body> {
    let shown = Shown {
        bytes,
        media_type,
        keep: ASK_AGAIN,
        checked_at: None,
        meant: None,
    };
    answer(shown, headers)
}
