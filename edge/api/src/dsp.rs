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
use axum::routing::{get, post};
use chapar_dsp::version::{self, ProtocolVersion};
use chapar_dsp::{VERSION, negotiation, transfer};
use chapar_runtime::{CONTINUATION_TOKEN, Inbound, Outbound, Runtime};
use chapar_terms::limits;
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest time for a body to come whole: a sender that dribbles must not keep one of the listener's places.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// The routes below `/{participant}`, and the version document of a host that serves one participant.
pub fn router(runtime: Runtime) -> Router {
    let base = "/{participant}/dsp/2025-1";
    let at = |path: &str| format!("{base}{path}");
    Router::new()
        .route("/.well-known/dspace-version", get(host_version))
        .route(
            "/{participant}/dsp/.well-known/dspace-version",
            get(participant_version),
        )
        .route("/{participant}/did.json", get(did_document))
        .route(&at("/catalog/request"), post(catalog))
        .route(&at("/catalog/datasets/{id}"), get(dataset))
        .route(&at("/negotiations/request"), post(first_request))
        .route(&at("/negotiations/offers"), post(first_offer))
        .route(&at("/negotiations/{pid}"), get(negotiation_state))
        .route(&at("/negotiations/{pid}/{*kind}"), post(negotiation_message))
        .route(&at("/transfers/request"), post(transfer_request))
        .route(&at("/transfers/{pid}"), get(transfer_state))
        .route(&at("/transfers/{pid}/{kind}"), post(transfer_message))
        .layer(DefaultBodyLimit::disable())
        .with_state(runtime)
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
    let document = runtime
        .hosted(&participant)
        .and_then(|hosted| hosted.did_document(runtime.now()));
    match document {
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
    let token = query.get(CONTINUATION_TOKEN).map(String::as_str);
    match receive(&runtime, request).await {
        Ok((inbound, after)) => answer(runtime.catalog(&participant, token, inbound).await, after),
        Err(refused) => refused,
    }
}

async fn dataset(
    State(runtime): State<Runtime>,
    Path((participant, id)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    match receive(&runtime, request).await {
        Ok((inbound, after)) => answer(runtime.dataset(&participant, &id, inbound).await, after),
        Err(refused) => refused,
    }
}

async fn first_request(state: State<Runtime>, Path(participant): Path<String>, request: Request) -> Response<Body> {
    negotiate(state, participant, None, &[negotiation::Message::Request], request).await
}

async fn first_offer(state: State<Runtime>, Path(participant): Path<String>, request: Request) -> Response<Body> {
    negotiate(state, participant, None, &[negotiation::Message::Offer], request).await
}

async fn negotiation_message(
    state: State<Runtime>,
    Path((participant, pid, kind)): Path<(String, String, String)>,
    request: Request,
) -> Response<Body> {
    use negotiation::Message;
    let expected: &'static [Message] = match kind.trim_end_matches('/') {
        "request" => &[Message::Request],
        "offers" => &[Message::Offer],
        "events" => &[Message::Accepted, Message::Finalized],
        "agreement" => &[Message::Agreement],
        "agreement/verification" => &[Message::Verification],
        "termination" => &[Message::Termination],
        _ => return not_found(),
    };
    negotiate(state, participant, Some(pid), expected, request).await
}

async fn negotiate(
    State(runtime): State<Runtime>,
    participant: String,
    pid: Option<String>,
    expected: &'static [negotiation::Message],
    request: Request,
) -> Response<Body> {
    match receive(&runtime, request).await {
        Ok((inbound, after)) => {
            let step = async move {
                runtime
                    .negotiation_message(&participant, pid.as_deref(), expected, inbound)
                    .await
            };
            answer(to_its_end(step).await, after)
        }
        Err(refused) => refused,
    }
}

async fn negotiation_state(
    State(runtime): State<Runtime>,
    Path((participant, pid)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    match receive(&runtime, request).await {
        Ok((inbound, after)) => answer(runtime.negotiation_state(&participant, &pid, inbound).await, after),
        Err(refused) => refused,
    }
}

async fn transfer_request(state: State<Runtime>, Path(participant): Path<String>, request: Request) -> Response<Body> {
    exchange_transfer(state, participant, None, &[transfer::Message::Request], request).await
}

async fn transfer_message(
    state: State<Runtime>,
    Path((participant, pid, kind)): Path<(String, String, String)>,
    request: Request,
) -> Response<Body> {
    use transfer::Message;
    let expected: &'static [Message] = match kind.as_str() {
        "start" => &[Message::Start],
        "suspension" => &[Message::Suspension],
        "completion" => &[Message::Completion],
        "termination" => &[Message::Termination],
        _ => return not_found(),
    };
    exchange_transfer(state, participant, Some(pid), expected, request).await
}

async fn exchange_transfer(
    State(runtime): State<Runtime>,
    participant: String,
    pid: Option<String>,
    expected: &'static [transfer::Message],
    request: Request,
) -> Response<Body> {
    match receive(&runtime, request).await {
        Ok((inbound, after)) => {
            let step = async move {
                runtime
                    .transfer_message(&participant, pid.as_deref(), expected, inbound)
                    .await
            };
            answer(to_its_end(step).await, after)
        }
        Err(refused) => refused,
    }
}

async fn transfer_state(
    State(runtime): State<Runtime>,
    Path((participant, pid)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    match receive(&runtime, request).await {
        Ok((inbound, after)) => answer(runtime.transfer_state(&participant, &pid, inbound).await, after),
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
    tokio::spawn(step).await.unwrap_or_else(|_| Outbound::empty(500))
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
