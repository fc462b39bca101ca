//! One bucket, as the store asks for it.

use crate::answer::refusal;
use bytes::Bytes;
use chapar_client::{Client, Clock, Incoming, Outgoing};
use chapar_store::{ObjectFault, Objects};
use chapar_terms::{Digest, Invalid};
use futures_util::future::BoxFuture;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use jiff::Timestamp;
use rusty_s3::actions::{ListObjectsV2, S3Action};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long one request may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// How long a signed address is good for; longer than the request takes, and with room for clocks that differ.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// Longest answer taken: a bundle of 256 entries of 65 535 bytes each, with their lengths (C2SP tlog-tiles). A list of a thousand names
/// of at most 1024 bytes is shorter.
const MAX_ANSWER: u64 = 256 * (2 + 65_535);

/// Tries of one request that meets a storage which is busy with another on the same name, or asks for patience.
const TRIES: u32 = 4;

/// Pause before the second try, doubled for each further one.
const PAUSE: Duration = Duration::from_millis(100);

const IF_NONE_MATCH: &str = "if-none-match";
const CHECKSUM: &str = "x-amz-checksum-sha256";

/// The object by which a start sees whether the storage writes over what it has.
const CHECK: &str = "chapar-check";

/// A bucket that is not there is answered with the status of an object that is not.
const NO_BUCKET: &str = "NoSuchBucket";

/// What an object is put with, by name; all of it is signed.
type Headers = Vec<(&'static str, String)>;

/// Which bucket, and as whom.
pub struct Settings {
    /// Address of the storage, without the bucket.
    pub endpoint: Url,
    /// The bucket. It is there already.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// What every name begins with: nothing, or a path that ends with a slash. Nodes that share a bucket need one each.
    pub prefix: String,
    /// Access key.
    pub access_key: String,
    /// The secret that belongs to it.
    pub secret_key: String,
}

/// A bucket of an S3-compatible storage. The bucket is named in the path, which every such storage understands.
pub struct S3 {
    client: Client,
    clock: Arc<dyn Clock>,
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
}

impl S3 {
    /// Sets it up; asks nothing yet.
    ///
    /// # Errors
    /// The endpoint is no address of a storage.
    pub fn new(settings: Settings, client: Client, clock: Arc<dyn Clock>) -> Result<Self, Invalid> {
        let bucket = Bucket::new(settings.endpoint, UrlStyle::Path, settings.bucket, settings.region)
            .map_err(|error| Invalid::new("endpoint", error.to_string()))?;
        Ok(Self {
            client,
            clock,
            bucket,
            credentials: Credentials::new(settings.access_key, settings.secret_key),
            prefix: settings.prefix,
        })
    }

    /// Whether the bucket is there, lets us write, and refuses to write over what it has: on that rests that no tile ever changes.
    ///
    /// # Errors
    /// What is wrong, or that the storage does not answer.
    pub async fn check(&self) -> Result<(), ObjectFault> {
        self.put_new(CHECK, Vec::new()).await?;
        match self.put_new(CHECK, Vec::new()).await? {
            false => Ok(()),
            true => Err(ObjectFault {
                act: format!("put `{CHECK}` twice"),
                why: "it writes over what is there: it does not heed `If-None-Match`, so tiles could change; use a storage that does"
                    .to_owned(),
            }),
        }
    }

    /// The request of an action, signed.
    fn outgoing<'a, A: S3Action<'a>>(&self, mut action: A, headers: &Headers, body: Bytes) -> Result<Outgoing, String> {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            let fits = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
            sent.insert(HeaderName::from_static(name), fits);
            action.headers_mut().insert(*name, value.clone());
        }
        let now = Timestamp::from_millisecond(self.clock.now().unix_ms()).map_err(|error| error.to_string())?;
        Ok(Outgoing {
            method: Method::from_bytes(A::METHOD.to_str().as_bytes()).map_err(|error| error.to_string())?,
            url: action.sign_with_time(SIGNED_FOR, &now).into(),
            headers: sent,
            body,
            deadline: DEADLINE,
            max_response_bytes: MAX_ANSWER,
        })
    }

    /// Sends it, again while the storage is busy.
    async fn send(&self, outgoing: Outgoing) -> Result<Incoming, String> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            match self.client.send(outgoing.clone()).await {
                Ok(answer) if !asks_for_patience(&answer) => return Ok(answer),
                Err(fault) if !fault.is_retryable() => return Err(fault.to_string()),
                Ok(_) | Err(_) => tokio::time::sleep(pause).await,
            }
            pause *= 2;
        }
        self.client.send(outgoing).await.map_err(|fault| fault.to_string())
    }

    async fn ask<'a, A: S3Action<'a> + Send>(
        &self,
        action: A,
        headers: &Headers,
        body: Bytes,
    ) -> Result<Incoming, String> {
        let outgoing = self.outgoing(action, headers, body)?;
        self.send(outgoing).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, String> {
        let mut action = ListObjectsV2::new(&self.bucket, Some(&self.credentials));
        action.with_prefix(prefix);
        let answer = self.ask(action, &Headers::new(), Bytes::new()).await?;
        if answer.status != StatusCode::OK {
            return Err(refusal(&answer));
        }
        let text = std::str::from_utf8(&answer.body).map_err(|_| "its list is no text".to_owned())?;
        let list = ListObjectsV2::parse_response(text).map_err(|error| format!("its list is none: {error}"))?;
        let names = list.contents.into_iter().map(|object| object.key);
        Ok(names
            .filter_map(|name| name.strip_prefix(&self.prefix).map(str::to_owned))
            .collect())
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl Objects for S3 {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, ObjectFault>> {
        let get = async move {
            let name = self.name(name);
            let action = self.bucket.get_object(Some(&self.credentials), &name);
            let answer = self.ask(action, &Headers::new(), Bytes::new()).await?;
            match answer.status {
                StatusCode::OK => Ok(Some(answer.body.into())),
                StatusCode::NOT_FOUND if !refusal(&answer).contains(NO_BUCKET) => Ok(None),
                _ => Err(refusal(&answer)),
            }
        };
        Box::pin(async move { get.await.map_err(|why| fault("get", name, why)) })
    }

    fn put_new<'a>(&'a self, name: &'a str, bytes: Vec<u8>) -> BoxFuture<'a, Result<bool, ObjectFault>> {
        let put = async move {
            let key = self.name(name);
            let action = self.bucket.put_object(Some(&self.credentials), &key);
            let mut headers = vec![(CHECKSUM, Digest::of(&bytes).base64())];
            // The check of the start is spared: a node that it stops shows nothing more.
            if name == CHECK || !chapar_terms::sabotaged("put-over-objects") {
                headers.push((IF_NONE_MATCH, "*".to_owned()));
            }
            let answer = self.ask(action, &headers, bytes.into()).await?;
            match answer.status {
                StatusCode::OK | StatusCode::CREATED => Ok(true),
                StatusCode::PRECONDITION_FAILED => Ok(false),
                _ => Err(refusal(&answer)),
            }
        };
        Box::pin(async move { put.await.map_err(|why| fault("put", name, why)) })
    }

    fn names<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, ObjectFault>> {
        Box::pin(async move {
            let names = self.list(&self.name(prefix)).await;
            names.map_err(|why| fault("list what is below", prefix, why))
        })
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ObjectFault>> {
        let remove = async move {
            let name = self.name(name);
            let action = self.bucket.delete_object(Some(&self.credentials), &name);
            let answer = self.ask(action, &Headers::new(), Bytes::new()).await?;
            match answer.status {
                StatusCode::OK | StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
                _ => Err(refusal(&answer)),
            }
        };
        Box::pin(async move { remove.await.map_err(|why| fault("remove", name, why)) })
    }
}

/// Its secret is not shown.
impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

fn fault(verb: &str, name: &str, why: String) -> ObjectFault {
    ObjectFault {
        act: format!("{verb} `{name}`"),
        why,
    }
}

/// Another request on the same name is under way (409 with a condition), or the storage is overloaded or stumbled.
fn asks_for_patience(answer: &Incoming) -> bool {
    matches!(
        answer.status,
        StatusCode::CONFLICT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::SERVICE_UNAVAILABLE
    )
}
