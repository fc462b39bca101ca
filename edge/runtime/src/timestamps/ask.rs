//! Asking the authority of time to stamp the newest checkpoint of an own log: one task a log, woken by publication, at most once in the time
//! that is set, and again after a failure with growing pauses.
//!
//! What is stamped is the text of the checkpoint, which everybody can write down who knows origin, size and root; cosignatures that come
//! later change nothing in it. A log goes on whether it is stamped or not.

use super::TimeAuthority;
use super::standing::{Obstacle, Stamped};
use crate::logs::{OwnLog, Published, signed};
use crate::{Fault, Runtime};
use bytes::Bytes;
use chapar_client::{Outgoing, SendFault};
use chapar_store::TimestampRow;
use chapar_terms::Digest;
use chapar_timestamp::{QUERY_TYPE, Query, REPLY_BYTES, Refused, Reply};
use chapar_tlog::SignedCheckpoint;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Longest wait for a reply: authorities sign with slow hardware.
const REPLY_LIMIT: Duration = Duration::from_secs(30);
/// Longest pause between two tries, where the usual one is not longer: an authority that is back is found within a quarter of an hour.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Why there is no stamp for now.
struct Unstamped {
    code: &'static str,
    why: String,
}

impl From<Refused> for Unstamped {
    fn from(refused: Refused) -> Self {
        Self {
            code: refused.code(),
            why: refused.to_string(),
        }
    }
}

impl From<SendFault> for Unstamped {
    fn from(fault: SendFault) -> Self {
        Self {
            code: fault.code(),
            why: fault.to_string(),
        }
    }
}

impl From<Fault> for Unstamped {
    fn from(fault: Fault) -> Self {
        Self {
            code: "time-not-kept",
            why: fault.to_string(),
        }
    }
}

/// Has what a log publishes stamped, until the node stops.
pub(crate) async fn stamp(runtime: Runtime, log: Arc<OwnLog>) {
    let settings = &runtime.inner.config.time;
    let Some(authority) = settings.authority.clone() else {
        return;
    };
    let usual = Duration::from_millis(settings.every_ms);
    let mut published = log.published.subscribe();
    let mut pause = usual;
    while !runtime.inner.stopping.load(Ordering::Relaxed) {
        let out = published.borrow_and_update().clone();
        let known = log.time.look().newest.as_ref().map_or(0, |newest| newest.size);
        let Some(out) = out.filter(|out| out.size > known) else {
            if published.changed().await.is_err() {
                return;
            }
            continue;
        };
        match runtime.stamp_once(&log, &authority, &out).await {
            Ok(stamped) => {
                log.tell_stamped(stamped);
                pause = usual;
            }
            Err(unstamped) => log.tell_unstamped(&runtime, unstamped),
        }
        tokio::time::sleep(pause).await;
        if log.time.look().obstacle.is_some() {
            pause = (pause * 2).min(LONGEST_PAUSE.max(usual));
        }
    }
}

impl OwnLog {
    fn tell_stamped(&self, stamped: Stamped) {
        if let Some(off_s) = stamped.clock_off_s() {
            let (at, got_at) = (stamped.at, stamped.got_at);
            tracing::warn!(log = %self.origin, %at, %got_at, behind_s = off_s, "the clock of this node is not the authority's");
        }
        let mut standing = self.time.look();
        standing.newest = Some(stamped);
        if standing.obstacle.take().is_some() {
            tracing::info!(log = %self.origin, "the authority of time answers again");
        }
    }

    fn tell_unstamped(&self, runtime: &Runtime, unstamped: Unstamped) {
        let Unstamped { code, why } = unstamped;
        tracing::warn!(log = %self.origin, code, why, "what is published was not stamped; it is tried again");
        let mut standing = self.time.look();
        let before = standing.obstacle.take();
        standing.obstacle = Some(Obstacle {
            code,
            why,
            since: before.as_ref().map_or_else(|| runtime.now(), |before| before.since),
            tries: before.map_or(1, |before| before.tries.saturating_add(1)),
        });
    }
}

impl Runtime {
    async fn stamp_once(&self, log: &OwnLog, authority: &TimeAuthority, out: &Published) -> Result<Stamped, Unstamped> {
        let checkpoint = SignedCheckpoint::parse(&out.checkpoint).map_err(Fault::from)?;
        let random = self.inner.keys.random()?;
        let query = Query {
            imprint: Digest::of(checkpoint.note().text().as_bytes()),
            nonce: std::array::from_fn(|place| random.get(place).copied().unwrap_or_default()),
        };
        let bytes = self.ask_time(authority, &query).await?;
        let got_at = self.now();
        let reply = Reply::parse(&bytes)?;
        reply.answers(&query)?;
        // What cannot be judged here may be judged by others, so it is kept; what is wrong is not.
        let (signer, is_verified) = match reply.verify(self.inner.suite.as_ref(), &authority.anchors) {
            Ok(signer) => (signer, true),
            Err(Refused::Algorithm(_)) => (reply.signer().unwrap_or_default(), false),
            Err(refused) => return Err(refused.into()),
        };
        let row = TimestampRow {
            origin: log.origin.as_str().to_owned(),
            size: signed(out.size)?,
            at: reply.stamp().at.unix_ms(),
            got_at: got_at.unix_ms(),
            signer,
            is_verified,
            reply: bytes.to_vec(),
        };
        let stamped = Stamped::of(&row);
        self.inner.store.add_timestamp(row).await.map_err(Fault::from)?;
        Ok(stamped)
    }

    async fn ask_time(&self, authority: &TimeAuthority, query: &Query) -> Result<Bytes, Unstamped> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(QUERY_TYPE));
        headers.insert(ACCEPT, HeaderValue::from_static(chapar_timestamp::REPLY_TYPE));
        let outgoing = Outgoing {
            method: Method::POST,
            url: authority.address.clone(),
            headers,
            body: Bytes::from(query.render().map_err(Fault::from)?),
            deadline: REPLY_LIMIT,
            max_response_bytes: u64::try_from(REPLY_BYTES).unwrap_or(u64::MAX),
        };
        let answer = self.inner.client.send(outgoing).await?;
        match answer.status.as_u16() {
            200 => Ok(answer.body),
            status => Err(Unstamped {
                code: "time-status",
                why: format!("the authority answered {status}"),
            }),
        }
    }
}
