//! Pushes: the data of a transfer, delivered to where the consumer takes them.
//!
//! A try reads the content anew and streams it; nothing is held whole. What a try came to is fed back as an input, and the core
//! decides what follows. A place that does not take the data now is tried again with growing pauses; what cannot succeed ends it
//! at once. Refuses to know who may have the data: the opening that the push belongs to says so, and cuts it when it closes.

use crate::access::Claims;
use crate::flows::{FlowRefusal, Opened, Origin};
use crate::hosted::Hosted;
use crate::http_data::{HttpData, Request};
use crate::peer_call::retry_after_ms;
use crate::{Fault, Runtime};
use bytes::Bytes;
use chapar_client::{Download, Outgoing, SendFault, Upload};
use chapar_exchange::transfer::{Opening, Pushed, Transfer};
use chapar_store::OutboxRow;
use futures_util::Stream;
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Longest silence of a place that takes data, be it between two pieces or before its answer.
const SILENCE: Duration = Duration::from_secs(60);
/// Longest answer of it that is read; nothing in it matters.
const ANSWER_BYTES: u64 = 64 * 1024;
/// How often data are asked for at a source that gives nothing: it is our own, so its owner is to hear of it, and the consumer too.
const SOURCE_TRIES: i64 = 5;
/// What content is whose source does not say.
const UNKNOWN_MEDIA: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// What a try came to.
pub(crate) enum PushTry {
    /// It is over, one way or the other.
    Ended(Pushed),
    /// Worth another try, not before this many milliseconds if the place said so; the text is the latest obstacle.
    Again { after_ms: Option<u64>, why: String },
}

/// Content on its way to the consumer. The stream that is sent and the one who waits for the answer share it.
struct Content {
    opened: Opened,
    sent: u64,
    /// Whether all of it was read.
    is_whole: bool,
    /// Why it broke off at this end.
    broken: Option<io::Error>,
}

impl Runtime {
    /// Tries once to deliver what the effect `row` is to deliver.
    pub(crate) async fn push(&self, hosted: &Hosted, case: &Transfer, row: &OutboxRow) -> Result<PushTry, Fault> {
        let number = match case.opening {
            Opening::Open { number, .. } if case.push().as_deref() == Some(&row.effect_id) => number,
            _ => return Ok(PushTry::Ended(Pushed::Cut)),
        };
        let place = match case.destination.as_ref().map(HttpData::of_consumer) {
            Some(Ok(place)) => place,
            Some(Err(why)) => {
                tracing::info!(effect = %row.effect_id, %why, "an address to push to cannot be used");
                // What the consumer itself has said.
                return Ok(failed(format!("the address to push to cannot be used: {why}")));
            }
            None => return Ok(PushTry::Ended(Pushed::Cut)),
        };
        let claims = Claims {
            transfer: case.head.id.as_str().to_owned(),
            agreement: case.agreement.as_str().to_owned(),
            consumer: case.head.peer.as_str().to_owned(),
            opening: number,
            expires_s: i64::MAX,
        };
        match self.open_content(hosted.slug.as_str(), &claims).await {
            Ok(content) => {
                self.deliver_content((hosted, case), &claims, &place, content, row)
                    .await
            }
            Err(refusal) => self.without_content(case, refusal, row),
        }
    }

    /// The content, with an access record as for any other access.
    async fn open_content(&self, slug: &str, claims: &Claims) -> Result<Opened, FlowRefusal> {
        let (admitted, case) = self.let_in(slug, claims).await?;
        let origin: Origin = self.origin(slug, case.asset.as_str(), &case.head.peer).await?;
        let passage = self.passage(slug, claims, admitted).await?;
        self.open_origin(slug, origin, passage, None).await
    }

    /// Access has closed: by a word of somebody, or since the time of the agreement is over.
    fn cut(&self, case: &Transfer) -> PushTry {
        match case.opening {
            Opening::Open { until: Some(until), .. } if self.now() >= until => {
                failed("the time of the agreement is over".to_owned())
            }
            _ => PushTry::Ended(Pushed::Cut),
        }
    }

    fn without_content(&self, case: &Transfer, refusal: FlowRefusal, row: &OutboxRow) -> Result<PushTry, Fault> {
        Ok(match refusal {
            FlowRefusal::Fault(fault) => return Err(fault),
            FlowRefusal::TooMany => PushTry::Again {
                after_ms: None,
                why: "too many flows are open".to_owned(),
            },
            FlowRefusal::Source { why, is_passing: true } if row.attempts + 1 < SOURCE_TRIES => {
                PushTry::Again { after_ms: None, why }
            }
            FlowRefusal::Source { why, .. } => failed(why),
            FlowRefusal::NotFound => failed("the data are not here any more".to_owned()),
            _ => self.cut(case),
        })
    }

    async fn deliver_content(
        &self,
        (hosted, case): (&Hosted, &Transfer),
        claims: &Claims,
        place: &HttpData,
        opened: Opened,
        row: &OutboxRow,
    ) -> Result<PushTry, Fault> {
        let Some(mut watch) = self.watch(hosted.slug.as_str(), claims) else {
            return Ok(PushTry::Ended(Pushed::Cut));
        };
        let (fields, length) = described(&opened);
        let Ok(request) = place.delivering(fields) else {
            return Ok(failed("the address to push to cannot be used".to_owned()));
        };
        let content = Arc::new(Mutex::new(Content {
            opened,
            sent: 0,
            is_whole: false,
            broken: None,
        }));
        let upload = Upload::pieces(pieces(Arc::clone(&content)), length);
        let sending = self.inner.client.stream_content(outgoing(request), upload);
        let answer = tokio::select! {
            biased;
            () = watch.closed() => return Ok(PushTry::Ended(Pushed::Cut)),
            answer = sending => answer,
        };
        let mut content = content.lock().await;
        Ok(match answer {
            Ok(download) => {
                content.opened.answered(download.status.as_u16());
                answered(download, &content, length).await
            }
            Err(SendFault::Content { why }) => match content.broken.take() {
                Some(error) if error.kind() == io::ErrorKind::PermissionDenied => self.cut(case),
                _ if row.attempts + 1 < SOURCE_TRIES => PushTry::Again { after_ms: None, why },
                _ => failed("the data could not be read to their end".to_owned()),
            },
            Err(fault) => {
                tracing::warn!(effect = %row.effect_id, place = place.shown(), %fault, "a place to push to was not reached");
                // What its name stands for and who answers there is not told to whoever named it.
                let why = "the place to push to was not reached".to_owned();
                match fault.is_retryable() {
                    true => PushTry::Again { after_ms: None, why },
                    false => failed(why),
                }
            }
        })
    }
}

/// What the answer of a place means for the content that was sent there.
async fn answered(download: Download, content: &Content, length: Option<u64>) -> PushTry {
    let (status, after_ms) = (download.status, retry_after_ms(&download.headers));
    // The connection can be used again when the answer has been read.
    let _ = tokio::time::timeout(SILENCE, download.whole()).await;
    match length {
        _ if !status.is_success() => judge(status, after_ms),
        Some(length) if content.sent == length => done(content.sent),
        None if content.is_whole => done(content.sent),
        _ => failed("the place to push to answered before it had taken everything".to_owned()),
    }
}

impl Opened {
    fn answered(&mut self, status: u16) {
        match self {
            Self::Document(flow) => flow.answered(status),
            Self::Source(flow) => flow.answered(status),
        }
    }

    /// None at the end.
    async fn read(&mut self) -> io::Result<Option<Bytes>> {
        match self {
            Self::Document(flow) => Ok(Some(flow.read().await?)
                .filter(|chunk| !chunk.is_empty())
                .map(Bytes::from)),
            Self::Source(flow) => flow.read().await,
        }
    }
}

/// What is sent along of the content, and its length.
fn described(opened: &Opened) -> (HeaderMap, Option<u64>) {
    let mut fields = HeaderMap::new();
    let length = match opened {
        Opened::Document(flow) => {
            fields.extend(HeaderValue::from_str(flow.media_type()).map(|value| (CONTENT_TYPE, value)));
            Some(flow.size())
        }
        Opened::Source(flow) => {
            for name in [CONTENT_TYPE, CONTENT_ENCODING] {
                fields.extend(flow.headers().get(&name).map(|value| (name, value.clone())));
            }
            flow.length()
        }
    };
    fields.entry(CONTENT_TYPE).or_insert(UNKNOWN_MEDIA);
    (fields, length)
}

fn pieces(content: Arc<Mutex<Content>>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold(content, |content| async move {
        let piece = {
            let mut held = content.lock().await;
            match held.opened.read().await {
                Ok(piece) => {
                    held.sent += piece.as_ref().map_or(0, |piece| piece.len() as u64);
                    held.is_whole = piece.is_none();
                    piece
                }
                Err(error) => {
                    let told = io::Error::new(error.kind(), error.to_string());
                    held.broken = Some(error);
                    return Err(told);
                }
            }
        };
        Ok(piece.map(|piece| (piece, content)))
    })
}

fn outgoing(request: Request) -> Outgoing {
    Outgoing {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Bytes::new(),
        deadline: SILENCE,
        max_response_bytes: ANSWER_BYTES,
    }
}

/// What an answer means that is no success.
fn judge(status: StatusCode, after_ms: Option<u64>) -> PushTry {
    let why = format!("the place to push to answered {}", status.as_u16());
    let is_passing = status.is_server_error()
        || [
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_EARLY,
            StatusCode::TOO_MANY_REQUESTS,
        ]
        .contains(&status);
    if is_passing {
        PushTry::Again { after_ms, why }
    } else {
        failed(why)
    }
}

fn done(bytes: u64) -> PushTry {
    PushTry::Ended(Pushed::Done { bytes })
}

fn failed(reason: String) -> PushTry {
    PushTry::Ended(Pushed::Failed { reason })
}
