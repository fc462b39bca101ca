//! The door of the Dataspace Protocol (DSP 2025-1, HTTPS binding) and of DID documents: paths and headers in, answers out.
//!
//! It maps an address to the messages that it takes and hands the bytes on; it refuses to read them (`dsp`), to know their
//! sender (`runtime`) or to decide anything.

use crate::flush::AfterReply;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use chapar_dsp::version::{self, ProtocolVersion};
use chapar_dsp::{VERSION, negotiation, transfer};
use chapar_runtime::{CONTINUATION_TOKEN, CaseKind, Inbound, Outbound, Runtime};
use chapar_terms::limits;
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::Instrument;

/// Longest time for a body to come whole: a sender that dribbles must not keep one of the listener's places.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// Addresses of the protocol below a participant's base.
const BASE: &str = "/{participant}/dsp/2025-1";

/// The routes below `/{participant}`, and the version document of a host that serves one participant.
pub fn router(runtime: Runtime) -> Router {
    let doors = [
        ("/catalog/request", post(catalog)),
        ("/catalog/datasets/{id}", get(dataset)),
        ("/negotiations/request", first(Expected::negotiation("request"))),
        ("/negotiations/offers", first(Expected::negotiation("offers"))),
        ("/negotiations/{pid}", state(CaseKind::Negotiation)),
        ("/negotiations/{pid}/{*kind}", later(Expected::negotiation)),
        ("/transfers/request", first(Expected::transfer("request"))),
        ("/transfers/{pid}", state(CaseKind::Transfer)),
        ("/transfers/{pid}/{*kind}", later(Expected::transfer)),
    ];
    let doors = doors.map(|(path, door)| (format!("{BASE}{path}"), door));
    let versions = [
        ("/.well-known/dspace-version", get(host_version)),
        (
            "/{participant}/dsp/.well-known/dspace-version",
            get(participant_version),
        ),
    ];
    let versions = versions.map(|(path, door)| (path.to_owned(), door));
    doors
        .into_iter()
        .chain(versions)
        .fold(Router::new(), |router, (path, door)| route(router, &path, door))
        .route("/{participant}/did.json", get(did_document))
        .route("/{participant}/access/{transfer}", post(renewal))
        .layer(DefaultBodyLimit::disable())
        .with_state(runtime)
}

/// A door under its path and under the same with a slash at the end, which peers may write (DSP 2025-1, HTTPS binding). The
/// handler sees the address as it was sent, and with it the signature.
fn route(router: Router<Runtime>, path: &str, door: MethodRouter<Runtime>) -> Router<Runtime> {
    // What takes the rest of a path takes the slash with it.
    if path.contains("{*") {
        return router.route(path, door);
    }
    router.route(path, door.clone()).route(&format!("{path}/"), door)
}

async fn host_version(State(runtime): State<Runtime>) -> Response<Body> {
    match runtime.everyone().as_slice() {
        [only] => {
            let path = format!("/{}/dsp/{VERSION}", only.slug);
            json(&version::render(&[ProtocolVersion::at(path)]))
        }
        _ => not_found(),
    }
}

async fn participant_version(State(runtime): State<Runtime>, Path(participant): Path<String>) -> Response<Body> {
    match runtime.hosted(&participant) {
        Some(_) => json(&version::render(&[ProtocolVersion::at(format!("/{VERSION}"))])),
        None => not_found(),
    }
}

async fn did_document(State(runtime): State<Runtime>, Path(participant): Path<String>) -> Response<Body> {
    match runtime.did_document(&participant) {
        Some(document) => {
            let mut response = json(&document);
            let media_type = header::HeaderValue::from_static("application/did+json");
            response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            response
        }
        None => not_found(),
    }
}

async fn catalog(
    State(runtime): State<Runtime>,
    Path(participant): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response<Body> {
    let act = |runtime: Runtime, inbound| async move {
        let token = query.get(CONTINUATION_TOKEN).map(String::as_str);
        runtime.catalog(&participant, token, inbound).await
    };
    ask(runtime, request, act).await
}

/// No message of the protocol, but asked by its rules, signed and all: a fresh token for access that goes on.
async fn renewal(
    State(runtime): State<Runtime>,
    Path((participant, transfer)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let act = |runtime: Runtime, inbound| async move { runtime.renew_access(&participant, &transfer, inbound).await };
    ask(runtime, request, act).await
}

async fn dataset(
    State(runtime): State<Runtime>,
    Path((participant, id)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let act = |runtime: Runtime, inbound| async move { runtime.dataset(&participant, &id, inbound).await };
    ask(runtime, request, act).await
}

/// What an address takes.
#[derive(Clone, Copy)]
enum Expected {
    Negotiation(&'static [negotiation::Message]),
    Transfer(&'static [transfer::Message]),
}

impl Expected {
    /// By the end of an address below `/negotiations`.
    fn negotiation(tail: &str) -> Option<Self> {
        use negotiation::Message;
        Some(Self::Negotiation(match tail {
            "request" => &[Message::Request],
            "offers" => &[Message::Offer],
            "events" => &[Message::Accepted, Message::Finalized],
            "agreement" => &[Message::Agreement],
            "agreement/verification" => &[Message::Verification],
            "termination" => &[Message::Termination],
            _ => return None,
        }))
    }

    /// By the end of an address below `/transfers`.
    fn transfer(tail: &str) -> Option<Self> {
        use transfer::Message;
        Some(Self::Transfer(match tail {
            "request" => &[Message::Request],
            "start" => &[Message::Start],
            "suspension" => &[Message::Suspension],
            "completion" => &[Message::Completion],
            "termination" => &[Message::Termination],
            _ => return None,
        }))
    }
}

type Case = (String, String);
type Tail = (String, String, String);

/// The door of a message that begins a case.
fn first(expected: Option<Expected>) -> MethodRouter<Runtime> {
    let door = move |State(runtime), Path(participant): Path<String>, request| {
        message(runtime, participant, None, expected, request)
    };
    post(door)
}

/// The door of the messages within a case.
fn later(expected: fn(&str) -> Option<Expected>) -> MethodRouter<Runtime> {
    let door = move |State(runtime), Path((participant, pid, tail)): Path<Tail>, request| {
        // Slashes at the end, as `route` lets one in everywhere.
        let expected = expected(tail.trim_end_matches('/'));
        message(runtime, participant, Some(pid), expected, request)
    };
    post(door)
}

async fn message(
    runtime: Runtime,
    slug: String,
    pid: Option<String>,
    expected: Option<Expected>,
    request: Request,
) -> Response<Body> {
    let Some(expected) = expected else {
        return not_found();
    };
    let step = |runtime: Runtime, inbound| async move {
        let pid = pid.as_deref();
        match expected {
            Expected::Negotiation(messages) => runtime.negotiation_message(&slug, pid, messages, inbound).await,
            Expected::Transfer(messages) => runtime.transfer_message(&slug, pid, messages, inbound).await,
        }
    };
    ask(runtime, request, |runtime, inbound| to_its_end(step(runtime, inbound))).await
}

/// The door of a question for the state of a case.
fn state(kind: CaseKind) -> MethodRouter<Runtime> {
    let door = move |State(runtime), Path((slug, pid)): Path<Case>, request| {
        let act = move |runtime: Runtime, inbound| async move {
            match kind {
                CaseKind::Negotiation => runtime.negotiation_state(&slug, &pid, inbound).await,
                CaseKind::Transfer => runtime.transfer_state(&slug, &pid, inbound).await,
            }
        };
        ask(runtime, request, act)
    };
    get(door)
}

/// Hands a request to the loop, once it is read whole, and sends what it answers.
async fn ask<F: Future<Output = Outbound>>(
    runtime: Runtime,
    request: Request,
    act: impl FnOnce(Runtime, Inbound) -> F,
) -> Response<Body> {
    match receive(&runtime, request).await {
        Ok((inbound, after)) => answer(act(runtime, inbound).await, after),
        Err(refused) => refused,
    }
}

/// Reads a request whole, within its bound. The address is rebuilt from `public_url`: what the sender signed.
async fn receive(runtime: &Runtime, request: Request) -> Result<(Inbound, Option<AfterReply>), Response<Body>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let target_uri = format!("{}{path}", runtime.public_url());
    let headers = readable(&parts.headers);
    // One byte more than the bound is let in, so that the parser, which knows the right error body, refuses it.
    let whole = Limited::new(body, limits::MESSAGE_BYTES + 1).collect();
    let body = match tokio::time::timeout(BODY_LIMIT, whole).await {
        Ok(Ok(collected)) => collected.to_bytes().to_vec(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => vec![b' '; limits::MESSAGE_BYTES + 1],
        Ok(Err(_)) => return Err(StatusCode::BAD_REQUEST.into_response()),
        // The rest of the body is not waited for, so the connection cannot go on.
        Err(_) => return Err((StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")]).into_response()),
    };
    let inbound = Inbound {
        method: parts.method.to_string(),
        target_uri,
        headers,
        body,
    };
    Ok((inbound, parts.extensions.get::<AfterReply>().cloned()))
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect()
}

/// Runs a step on a task of its own: a sender that hangs up must not leave a committed step without its effects.
async fn to_its_end(step: impl Future<Output = Outbound> + Send + 'static) -> Outbound {
    tokio::spawn(step.in_current_span())
        .await
        .unwrap_or_else(|_| Outbound::empty(500))
}

/// Sends an answer; what it causes waits until it has left.
fn answer(outbound: Outbound, after: Option<AfterReply>) -> Response<Body> {
    let mut response = Response::new(Body::from(outbound.body));
    *response.status_mut() = StatusCode::from_u16(outbound.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in outbound.headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), header::HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    if let (Some(consequences), Some(after)) = (outbound.after, after) {
        after.run(move || drop(consequences));
    }
    response
}

fn json(body: &Value) -> Response<Body> {
    answer(Outbound::json(200, body), None)
}

fn not_found() -> Response<Body> {
    StatusCode::NOT_FOUND.into_response()
}
