//! A log at an address: `GET` below its prefix, with a few more tries where the first was not answered.

use crate::source::{Found, Unreadable, most_bytes};
use bytes::Bytes;
use chapar_client::{Client, Incoming, Outgoing, SendFault};
use chapar_tlog::Resource;
use http::{HeaderMap, Method, StatusCode};
use std::time::Duration;

/// Longest wait for one resource: the largest bundle over a slow line.
const DEADLINE: Duration = Duration::from_secs(120);
/// Pauses before the second and each further try: a restart of the other side takes seconds.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(4),
];

/// The prefix of a log.
#[derive(Clone)]
pub struct Address {
    client: Client,
    prefix: String,
    headers: HeaderMap,
}

impl Address {
    /// The log whose resources lie below `prefix`.
    pub fn new(client: Client, prefix: &str) -> Self {
        let prefix = prefix.trim_end_matches('/');
        // Copied from a browser, perhaps.
        let prefix = prefix.strip_suffix("/checkpoint").unwrap_or(prefix);
        Self::before(client, format!("{prefix}/"), HeaderMap::new())
    }

    /// The log whose resources' paths are written behind `prefix` as it is. The headers go with each request.
    pub fn before(client: Client, prefix: String, headers: HeaderMap) -> Self {
        Self {
            client,
            prefix,
            headers,
        }
    }

    pub(crate) async fn read(&self, resource: Resource) -> Result<Found, Unreadable> {
        let mut pauses = PAUSES.iter();
        loop {
            let outcome = self.ask(resource).await;
            let pause = if is_worth_another(&outcome) {
                pauses.next()
            } else {
                None
            };
            match pause {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return self.found(resource, outcome),
            }
        }
    }

    async fn ask(&self, resource: Resource) -> Result<Incoming, SendFault> {
        let outgoing = Outgoing {
            method: Method::GET,
            url: self.url(resource),
            headers: self.headers.clone(),
            body: Bytes::new(),
            deadline: DEADLINE,
            max_response_bytes: u64::try_from(most_bytes(resource)).unwrap_or(u64::MAX),
        };
        self.client.send(outgoing).await
    }

    fn url(&self, resource: Resource) -> String {
        format!("{}{}", self.prefix, resource.path())
    }

    fn found(&self, resource: Resource, outcome: Result<Incoming, SendFault>) -> Result<Found, Unreadable> {
        match outcome {
            Ok(answer) if answer.status == StatusCode::OK => Ok(Found::Bytes(answer.body.to_vec())),
            Ok(answer) if matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE) => Ok(Found::Missing),
            Ok(answer) => Err(Unreadable::new(format!(
                "`{}` answers {}",
                self.url(resource),
                answer.status
            ))),
            Err(SendFault::TooLarge { .. }) => Ok(Found::TooLong),
            Err(fault) => Err(Unreadable::new(format!("`{}`: {fault}", self.url(resource)))),
        }
    }
}

fn is_worth_another(outcome: &Result<Incoming, SendFault>) -> bool {
    match outcome {
        Ok(answer) => answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS,
        Err(fault) => fault.is_retryable(),
    }
}
