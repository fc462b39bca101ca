//! The own API of a node, from outside: what the commands and the demo speak. Everything goes over HTTP, with a key.
//!
//! Holds requests, problems as failures, and waiting on the event stream (`events`). Refuses to know what is asked (`commands`).

mod events;

pub use events::{Event, Events};

use crate::Failure;
use bytes::Bytes;
use chapar_client::{Cidr, Client, EgressPolicy, Incoming, Loopback, Outgoing, SendFault, Settings, Upload};
use chapar_verify::Address;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LINK};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::time::Duration;

/// Longest wait for an answer of one's own node.
const DEADLINE: Duration = Duration::from_secs(30);
/// Longest wait for it to take a document.
const UPLOAD_DEADLINE: Duration = Duration::from_secs(60 * 60);
/// Longest answer read; lists come in pages.
const ANSWER_BYTES: u64 = 16 * 1024 * 1024;
/// All but the unreserved characters of RFC 3986: a DID has `:` and `%` in it.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// For whom an operator acts.
const PARTICIPANT: HeaderName = HeaderName::from_static("chapar-participant");

/// A node's own API, and the key to it.
#[derive(Clone)]
pub struct OwnApi {
    client: Client,
    base: String,
    key: Option<HeaderValue>,
    participant: Option<HeaderValue>,
}

/// A document as it is sent.
pub struct Content {
    /// Its media type.
    pub media_type: String,
    /// Its bytes, read as they are sent.
    pub bytes: Upload,
}

/// A part of a document that comes in parts.
pub struct Part {
    /// Its bytes.
    pub bytes: Bytes,
    /// The query that leads to the next part; none when there is none.
    pub next: Option<String>,
}

impl OwnApi {
    /// The API at `base` (scheme, host and port of the private listener).
    ///
    /// # Errors
    /// The address or the key is none.
    pub fn new(base: &str, key: &str) -> Result<Self, Failure> {
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| Failure::new("the key is none"))?;
        bearer.set_sensitive(true);
        Self::at(base, Some(bearer), "e.g. --api http://127.0.0.1:8444")
    }

    /// What everybody may read at `base` (scheme, host and port of the public listener), without a key.
    ///
    /// # Errors
    /// The address is none.
    pub fn public(base: &str) -> Result<Self, Failure> {
        Self::at(base, None, "e.g. --at https://node.example.org")
    }

    fn at(base: &str, key: Option<HeaderValue>, example: &str) -> Result<Self, Failure> {
        if !(base.starts_with("http://") || base.starts_with("https://")) {
            return Err(Failure::new(format!("`{base}` is no address of a node")).remedy(example));
        }
        let client = Client::new(Settings::new(everywhere()?))?;
        let base = base.trim_end_matches('/');
        let base = base.strip_suffix("/chapar/v1").unwrap_or(base);
        Ok(Self {
            client,
            base: base.to_owned(),
            key,
            participant: None,
        })
    }

    /// The same, acting for one participant with the operator's key.
    ///
    /// # Errors
    /// The slug is none.
    pub fn acting_for(mut self, slug: &str) -> Result<Self, Failure> {
        let value = HeaderValue::from_str(slug).map_err(|_| Failure::new(format!("`{slug}` is no participant")))?;
        self.participant = Some(value);
        Ok(self)
    }

    /// The address of the API.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What stands under `path`.
    ///
    /// # Errors
    /// There is nothing, or the node refuses.
    pub async fn read(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, path, None).await
    }

    /// What stands under `path`, if there is anything.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn find(&self, path: &str) -> Result<Option<Value>, Failure> {
        let answer = self.answer(Method::GET, path, None).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        json_of(answer).map(Some)
    }

    /// Every item of the list under `path`, page after page.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut after = String::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let mut page = self.read(&format!("{path}{mark}limit=200{after}")).await?;
            if let Some(Value::Array(list)) = page.get_mut("items").map(Value::take) {
                items.extend(list);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={}", segment(next)),
                None => return Ok(items),
            }
        }
    }

    /// Sends `body` by `method` to `path`; the answer's JSON, or null when it is empty.
    ///
    /// # Errors
    /// The node is not there, or answers with a problem.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        json_of(self.answer(method, path, body).await?)
    }

    /// As [`Self::ask`], with what the node refuses of `body` set apart: that is the answer to this body, and others may be taken.
    ///
    /// # Errors
    /// The node is not there, or takes nothing from this asker now.
    pub async fn submit(&self, path: &str, body: &Value) -> Result<Result<Value, Failure>, Failure> {
        let answer = self.answer(Method::POST, path, Some(body)).await?;
        let is_about_body = matches!(
            answer.status,
            StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::PAYLOAD_TOO_LARGE
        );
        let read = json_of(answer);
        if is_about_body { Ok(read) } else { read.map(Ok) }
    }

    /// The text under `path`.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub async fn read_text(&self, path: &str) -> Result<String, Failure> {
        let answer = self.answer(Method::GET, path, None).await?;
        if answer.status.is_success() {
            return Ok(String::from_utf8_lossy(&answer.body).into_owned());
        }
        json_of(answer).map(|value| value.to_string())
    }

    /// The part of a document under `path`, whatever it is.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub async fn read_part(&self, path: &str) -> Result<Part, Failure> {
        let answer = self.answer(Method::GET, path, None).await?;
        if !answer.status.is_success() {
            let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
            return Err(problem(answer.status, &body));
        }
        let link = answer.headers.get(LINK).and_then(|link| link.to_str().ok());
        Ok(Part {
            next: link.and_then(next_query),
            bytes: answer.body,
        })
    }

    async fn answer(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Incoming, Failure> {
        let mut headers = self.headers();
        let bytes = match body {
            Some(body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let outgoing = Outgoing {
            body: bytes,
            ..self.outgoing(method, path, headers, DEADLINE)
        };
        let sent = self.client.send(outgoing).await;
        sent.map_err(|fault| self.unreachable(&fault))
    }

    /// Puts a document's content.
    ///
    /// # Errors
    /// As for [`Self::ask`].
    pub async fn put_content(&self, path: &str, content: Content) -> Result<Value, Failure> {
        let mut headers = self.headers();
        let media_type = HeaderValue::from_str(&content.media_type)
            .map_err(|_| Failure::new(format!("`{}` is no media type", content.media_type)))?;
        headers.insert(CONTENT_TYPE, media_type);
        let outgoing = self.outgoing(Method::PUT, path, headers, UPLOAD_DEADLINE);
        let sent = self.client.send_content(outgoing, content.bytes).await;
        json_of(sent.map_err(|fault| self.unreachable(&fault))?)
    }

    /// The event stream from now on, of one case or of all.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub async fn events(&self, case: Option<&str>) -> Result<Events, Failure> {
        Events::open(self.clone(), case).await
    }

    /// The participant's log of evidence, as a log whose resources this API hands out.
    pub fn evidence_log(&self) -> Address {
        let prefix = self.url("/logs/evidence/resource?path=");
        Address::before(self.client.clone(), prefix, self.headers())
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.extend(self.key.clone().map(|key| (AUTHORIZATION, key)));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(participant) = &self.participant {
            headers.insert(PARTICIPANT, participant.clone());
        }
        headers
    }

    fn url(&self, path: &str) -> String {
        format!("{}/chapar/v1{path}", self.base)
    }

    fn outgoing(&self, method: Method, path: &str, headers: HeaderMap, deadline: Duration) -> Outgoing {
        Outgoing {
            method,
            url: self.url(path),
            headers,
            body: Bytes::new(),
            deadline,
            max_response_bytes: ANSWER_BYTES,
        }
    }

    fn unreachable(&self, fault: &SendFault) -> Failure {
        if let SendFault::Content { .. } = fault {
            return Failure::new(fault.to_string());
        }
        Failure::new(format!("the API at {} did not answer: {fault}", self.base)).remedy(match self.key {
            Some(_) => "is the node running (`chapar serve`)? is this its private listener (--api, CHAPAR_API)?",
            None => "is the node running (`chapar serve`)? is this its public listener (--at, CHAPAR_PUBLIC)?",
        })
    }
}

/// Egress for an address that the operator names on the command line, which nobody else can: every network is permitted.
///
/// # Errors
/// None that could be had.
pub fn everywhere() -> Result<EgressPolicy, Failure> {
    let everywhere = vec![Cidr::parse("0.0.0.0/0")?, Cidr::parse("::/0")?];
    Ok(EgressPolicy {
        loopback: Loopback::Allowed,
        networks: everywhere.clone(),
        plain_http: everywhere,
    })
}

/// A path segment that may hold anything.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The text of a member; empty when it is not there.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The query in `<?query>; rel="next"` (RFC 8288), which is how our doors say it.
fn next_query(link: &str) -> Option<String> {
    let (target, rel) = link.strip_prefix('<')?.split_once('>')?;
    let is_next = target.starts_with('?') && rel.contains("rel=\"next\"");
    is_next.then(|| target.to_owned())
}

fn json_of(answer: Incoming) -> Result<Value, Failure> {
    let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if answer.status.is_success() {
        Ok(body)
    } else {
        Err(problem(answer.status, &body))
    }
}

/// A problem document (RFC 9457) as a person reads it.
fn problem(status: StatusCode, body: &Value) -> Failure {
    let detail = [text(body, "detail"), text(body, "title")]
        .into_iter()
        .find(|text| !text.is_empty());
    let mut what = format!("the node answered {}", status.as_u16());
    if !text(body, "code").is_empty() {
        what = format!("{what} {}", text(body, "code"));
    }
    if let Some(detail) = detail {
        what = format!("{what}: {detail}");
    }
    let reasons = body.get("reasons").and_then(Value::as_array).into_iter().flatten();
    let reasons: Vec<String> = reasons
        .map(|reason| reason.as_str().map_or_else(|| reason.to_string(), str::to_owned))
        .collect();
    // The detail of a refusal is its reasons in one line; once is enough.
    if detail != Some(reasons.join("; ").as_str()) {
        for reason in reasons {
            what = format!("{what}\n  - {reason}");
        }
    }
    let failure = Failure::new(what);
    match status {
        StatusCode::UNAUTHORIZED => failure.remedy("give a key that stands: --key or CHAPAR_API_KEY"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_did_is_one_segment() {
        assert_eq!(segment("did:web:host%3A1:a/b"), "did%3Aweb%3Ahost%253A1%3Aa%2Fb");
    }

    #[test]
    fn a_problem_is_told_with_its_reasons() {
        let body = json!({ "title": "Conflict", "code": "wrong-state", "detail": "it is over", "reasons": ["a", "b"] });
        let told = problem(StatusCode::CONFLICT, &body).to_string();
        assert_eq!(told, "the node answered 409 wrong-state: it is over\n  - a\n  - b");
        let once = json!({ "code": "wrong-state", "detail": "a; b", "reasons": ["a", "b"] });
        let told = problem(StatusCode::CONFLICT, &once).to_string();
        assert_eq!(told, "the node answered 409 wrong-state: a; b");
        assert_eq!(
            problem(StatusCode::BAD_GATEWAY, &Value::Null).to_string(),
            "the node answered 502"
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(OwnApi::new("127.0.0.1:1", "k").is_err());
        assert!(OwnApi::new("http://127.0.0.1:1", "k\n").is_err());
    }
}
