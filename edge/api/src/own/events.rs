//! The event stream: server-sent events, resumable by number, so that nobody needs to poll a case.
//!
//! Each event's `id` is the participant's own counter. A reader comes back with `Last-Event-ID` (browsers do by themselves) or
//! `?after=`, and misses nothing that is still kept; `?after=0` begins with the oldest. A position that is not in the table
//! any more is answered by a `reset` event: read the cases afresh, the stream goes on from its id. `?case=` narrows it to one case.
//! Every 15 seconds without an event there is a comment line. The stream ends when its key is revoked.

use super::access::Anyone;
use super::input::Params;
use super::refusals;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use chapar_runtime::desk::EVENTS_KEPT;
use chapar_runtime::{CaseEvent, EventFeed, Runtime};
use futures_util::StreamExt;
use futures_util::stream::{Stream, once, unfold};
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::IntoParams;

/// Time between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a reader is asked to wait before it comes back.
const RETRY: Duration = Duration::from_secs(1);

/// Where to begin, and what to tell of.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wish {
    /// Begin behind the event of this number; 0 begins with the oldest that is kept. From now on when nothing is said.
    after: Option<i64>,
    /// Tell only of the case with this id.
    case: Option<String>,
}

struct Reading {
    runtime: Runtime,
    key: Option<String>,
    feed: EventFeed,
}

/// `GET /events`
#[utoipa::path(
    get, path = "/events", tag = "Events", operation_id = "followEvents",
    summary = "Follow what happens",
    description = "The name of each event is its kind of case and state, e.g. `negotiation.finalized`; its `id` is the participant's own counter. A reader that comes back with the last number it saw misses nothing that is still kept. A position that is not kept any more is answered by a `reset` event: read the cases afresh, the stream goes on from its number. Every 15 seconds without an event there is a comment line. The stream ends when its key is revoked.",
    params(Wish, ("Last-Event-ID" = Option<i64>, Header, description = "The last number that was seen; browsers send it by themselves. It counts more than `after`.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A stream of server-sent events without end. The `data` of each is the case as it stood then, a `Negotiation` or a `Transfer`; of `agreement.retired` and `agreement.reactivated` it is an `Agreement`, of a `reset` an `EventReset`.", body = String, content_type = "text/event-stream"), refusals::FollowEvents),
)]
pub async fn follow(
    State(runtime): State<Runtime>,
    Anyone(caller, desk): Anyone,
    headers: HeaderMap,
    Params(wish): Params<Wish>,
) -> Result<Response, Problem> {
    let desk = desk.ok_or_else(|| Problem::forbidden("the operator's key says whom it acts for"))?;
    if let Some(case) = &wish.case
        && !desk.has_case(case).await?
    {
        return Err(Problem::not_found());
    }
    let after = last_event_id(&headers)?.or(wish.after);
    let feed = runtime.events(desk.hosted().slug.as_str(), after, wish.case).await?;
    let reading = Reading {
        runtime,
        key: caller.key_id().map(str::to_owned),
        feed,
    };
    // The first line tells the reader that from now on it misses nothing.
    let opening = once(async { Ok(Event::default().retry(RETRY).comment("open")) });
    let stream = opening.chain(told(reading));
    Ok(Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT))
        .into_response())
}

/// A reader that comes back says where it was; that is newer than what its address says.
fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number
        .map(Some)
        .ok_or_else(|| Problem::bad_request("wrong-position", "`Last-Event-ID` is the number of an event"))
}

fn told(reading: Reading) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(reading, |mut reading| async move {
        let event = match reading.feed.next().await {
            Ok(event) => event,
            Err(fault) => {
                tracing::warn!(%fault, "an event stream ended");
                return None;
            }
        };
        if let Some(key) = &reading.key
            && !reading.runtime.key_stands(key).await.unwrap_or(false)
        {
            return None;
        }
        Some((Ok(render(event)), reading))
    })
}

fn render(event: CaseEvent) -> Event {
    match event {
        CaseEvent::Happened(row) => Event::default()
            .id(row.number.to_string())
            .event(row.event_type)
            .data(row.data),
        CaseEvent::Reset { after } => Event::default()
            .id(after.to_string())
            .event("reset")
            .data(json!({ "after": after, "kept": EVENTS_KEPT }).to_string()),
    }
}
