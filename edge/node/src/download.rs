//! A download: into a file beside its place, gone on with where it broke off, and compared with its digest before it gets its name.
//!
//! Refuses to know transfers and decisions: it is handed an address. The command is `commands/fetch`.

mod headers;

use crate::Failure;
use crate::own_api::text;
use aws_lc_rs::digest;
use bytes::Bytes;
use chapar_client::{Client, Download, Outgoing};
use chapar_dsp::DataAddress;
use chapar_terms::Digest;
use headers::{content_length, starts_at, told_digest};
use http::header::{AUTHORIZATION, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use indicatif::ProgressBar;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Longest wait for the head of the answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// How often a broken download is taken up again without a byte of progress in between.
const TRIES: u32 = 5;
/// Pause before that.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest answer of a refusal that is shown.
const REFUSAL_BYTES: usize = 600;

/// Where a provider hands out the bytes, as far as a download needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The URL.
    pub endpoint: String,
    /// The whole value of the `Authorization` field, if there is one.
    pub authorization: Option<String>,
}

impl Place {
    /// Reads a DSP data address: the token stands in its properties, bare or with its scheme.
    ///
    /// # Errors
    /// It is no data address, or there is no endpoint in it.
    pub fn parse(value: &Value) -> Result<Self, Failure> {
        let address = DataAddress::parse(value).map_err(|malformed| Failure::new(malformed.to_string()))?;
        let endpoint = address
            .place()
            .ok_or_else(|| Failure::new("the data address names no endpoint"))?;
        let bearer = address
            .property("authType")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        // Connectors of the EDC family spell names out, and their data planes take the token as it stands there, without a scheme.
        let is_plain = address.properties.iter().any(|(name, _)| name == "authorization");
        let authorization = address.property("authorization").map(|token| {
            if bearer && is_plain && !token.contains(' ') {
                format!("Bearer {token}")
            } else {
                token.to_owned()
            }
        });
        Ok(Self {
            endpoint: endpoint.to_owned(),
            authorization,
        })
    }
}

/// Whom to ask, and how.
pub struct Source {
    /// The way out.
    pub client: Client,
    /// The place.
    pub place: Place,
}

/// What came.
pub struct Fetched {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub digest: Digest,
    /// Whether it was compared with one that was told.
    pub compared: bool,
}

impl Source {
    /// Asks for the bytes behind `from`.
    async fn ask(&self, from: u64, tag: Option<&HeaderValue>) -> Result<Download, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(authorization) = &self.place.authorization {
            let mut value = HeaderValue::from_str(authorization).map_err(|_| Failure::new("the token is none"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if from > 0 {
            headers.insert(
                RANGE,
                HeaderValue::try_from(format!("bytes={from}-")).map_err(|_| Failure::new("no range"))?,
            );
            headers.extend(tag.map(|tag| (IF_RANGE, tag.clone())));
        }
        let outgoing = Outgoing {
            method: Method::GET,
            url: self.place.endpoint.clone(),
            headers,
            body: Bytes::new(),
            deadline: DEADLINE,
            max_response_bytes: u64::MAX,
        };
        self.client.stream(outgoing).await.map_err(|fault| {
            let failure = Failure::new(format!("the data was not fetched: {fault}"));
            match fault.code() {
                "egress.loopback" => failure.remedy("the provider is on this machine: add --loopback"),
                code if code.starts_with("egress.") => failure.remedy("if you trust that network: add --allow CIDR"),
                _ => failure,
            }
        })
    }

    /// The status of an attempt, and the code of its problem if it was refused: for the demo, which expects refusals.
    pub async fn knock(&self) -> Result<(StatusCode, String), Failure> {
        let mut download = self.ask(0, None).await?;
        let status = download.status;
        let body = download.chunk().await.ok().flatten().unwrap_or_default();
        let problem: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok((status, text(&problem, "code").to_owned()))
    }
}

/// Fetches into `to`, by way of `to.part`, which an earlier run may have left.
///
/// # Errors
/// The provider refuses, the bytes are not the right ones, or they break off again and again; what came stays in `to.part`.
pub async fn fetch_to(
    source: &Source,
    to: &Path,
    expected: Option<Digest>,
    bar: &ProgressBar,
) -> Result<Fetched, Failure> {
    if to.exists() {
        return Err(
            Failure::new(format!("`{}` is there already", to.display())).remedy("name another file, or remove it")
        );
    }
    let mut resumed = true;
    while resumed {
        let part = Part::open(to, bar.clone()).await?;
        resumed = part.length > 0;
        let (part, told) = part.fill(source).await?;
        let (place, bytes, digest) = part.close().await?;
        let wrong = [(expected, "you expect"), (told, "the provider tells")]
            .into_iter()
            .find(|(wanted, _)| wanted.is_some_and(|wanted| wanted != digest));
        let Some((_, who)) = wrong else {
            std::fs::rename(&place, to)
                .map_err(|error| Failure::new(format!("`{}` cannot be made: {error}", to.display())))?;
            return Ok(Fetched {
                bytes,
                digest,
                compared: expected.or(told).is_some(),
            });
        };
        remove(&place)?;
        if !resumed {
            let what = format!("the {bytes} bytes have the SHA-256 {digest}, which is not the one that {who}");
            return Err(Failure::new(what).remedy("they were thrown away; fetch again, and ask the provider"));
        }
        // What an earlier run left was of other bytes: once more, from the beginning.
    }
    Err(Failure::new("the data was not fetched"))
}

/// A file that is being filled, with the hash of what is in it.
struct Part {
    place: PathBuf,
    file: File,
    hash: digest::Context,
    length: u64,
    bar: ProgressBar,
}

impl Part {
    async fn open(to: &Path, bar: ProgressBar) -> Result<Self, Failure> {
        let mut name = to.as_os_str().to_owned();
        name.push(".part");
        let place = PathBuf::from(name);
        let failed = |error: std::io::Error| Failure::new(format!("`{}` cannot be written: {error}", place.display()));
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&place)
            .await
            .map_err(failed)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut length = 0_u64;
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            let count = file.read(&mut buffer).await.map_err(failed)?;
            let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
                break;
            };
            hash.update(read);
            length = length.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        }
        bar.set_position(length);
        Ok(Self {
            place,
            file,
            hash,
            length,
            bar,
        })
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("`{}` cannot be written: {error}", self.place.display()))
    }

    /// Asks until the bytes are whole; returns the digest that the provider tells of them.
    async fn fill(mut self, source: &Source) -> Result<(Self, Option<Digest>), Failure> {
        let mut tag: Option<HeaderValue> = None;
        let mut idle = 0;
        loop {
            let before = self.length;
            let mut download = source.ask(before, tag.as_ref()).await?;
            let told = told_digest(&download.headers, download.status);
            match download.status {
                StatusCode::PARTIAL_CONTENT if starts_at(&download.headers, before) => {}
                // The provider does not go on there, or has other bytes by now: from the beginning.
                StatusCode::OK | StatusCode::PARTIAL_CONTENT => self.start_over().await?,
                StatusCode::RANGE_NOT_SATISFIABLE if before > 0 => {
                    self.start_over().await?;
                    continue;
                }
                status => return Err(refused(status, &mut download).await),
            }
            tag = download.headers.get(http::header::ETAG).cloned();
            match self.drain(&mut download).await? {
                Drained::Whole => return Ok((self, told)),
                Drained::Broken(_) if self.length > before => idle = 0,
                Drained::Broken(why) if idle >= TRIES => return Err(Failure::new(why)),
                Drained::Broken(_) => idle += 1,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn drain(&mut self, download: &mut Download) -> Result<Drained, Failure> {
        if let Some(rest) = content_length(&download.headers) {
            self.bar.set_length(self.length.saturating_add(rest));
        }
        loop {
            match download.chunk().await {
                Ok(Some(bytes)) => {
                    self.file.write_all(&bytes).await.map_err(|error| self.failed(&error))?;
                    self.hash.update(&bytes);
                    self.length = self
                        .length
                        .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    self.bar.set_position(self.length);
                }
                Ok(None) => return Ok(Drained::Whole),
                Err(fault) => return Ok(Drained::Broken(fault.to_string())),
            }
        }
    }

    async fn start_over(&mut self) -> Result<(), Failure> {
        let emptied = async {
            self.file.set_len(0).await?;
            tokio::io::AsyncSeekExt::rewind(&mut self.file).await
        };
        emptied.await.map_err(|error| self.failed(&error))?;
        self.hash = digest::Context::new(&digest::SHA256);
        self.length = 0;
        Ok(())
    }

    async fn close(mut self) -> Result<(PathBuf, u64, Digest), Failure> {
        let synced = async {
            self.file.flush().await?;
            self.file.sync_all().await
        };
        synced.await.map_err(|error| self.failed(&error))?;
        let bytes =
            <[u8; 32]>::try_from(self.hash.finish().as_ref()).map_err(|_| Failure::new("the digest is none"))?;
        Ok((self.place, self.length, Digest::from_bytes(bytes)))
    }
}

enum Drained {
    Whole,
    Broken(String),
}

async fn refused(status: StatusCode, download: &mut Download) -> Failure {
    let body = download.chunk().await.ok().flatten().unwrap_or_default();
    let problem: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let detail = match text(&problem, "detail") {
        "" => String::from_utf8_lossy(body.get(..body.len().min(REFUSAL_BYTES)).unwrap_or_default()).into_owned(),
        detail => detail.to_owned(),
    };
    let failure = Failure::new(format!("the provider answered {}: {}", status.as_u16(), detail.trim()));
    match status {
        StatusCode::FORBIDDEN => {
            failure.remedy("access is closed: `chapar transfer show ID`, then perhaps `chapar transfer resume ID`")
        }
        StatusCode::UNAUTHORIZED => failure.remedy("the token is old: suspend and resume the transfer for a fresh one"),
        _ => failure,
    }
}

fn remove(place: &Path) -> Result<(), Failure> {
    std::fs::remove_file(place)
        .map_err(|error| Failure::new(format!("`{}` cannot be removed: {error}", place.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_data_address_is_read() {
        let property = |name: &str, value: &str| json!({ "@type": "EndpointProperty", "name": name, "value": value });
        let place = |endpoint: Option<&str>, properties: &[Value]| {
            let mut address = json!({ "@type": "DataAddress", "endpointType": "t", "endpointProperties": properties });
            if let Some(endpoint) = endpoint {
                address["endpoint"] = json!(endpoint);
            }
            Place::parse(&address)
                .ok()
                .map(|place| (place.endpoint, place.authorization))
        };
        let read = |token: &str| Some(("https://a/b".to_owned(), Some(token.to_owned())));
        let here = Some("https://a/b");
        let bearer = property("authType", "bearer");
        assert_eq!(place(here, &[property("authorization", "t"), bearer]), read("Bearer t"));
        assert_eq!(place(here, &[property("authorization", "t")]), read("t"));
        let edc = |name: &str, value: &str| property(&format!("https://w3id.org/edc/v0.0.1/ns/{name}"), value);
        let spelled_out = [
            edc("endpoint", "https://a/b"),
            edc("authorization", "t"),
            edc("authType", "bearer"),
        ];
        assert_eq!(place(None, &spelled_out), read("t"));
        assert_eq!(place(None, &[]), None);
        assert!(Place::parse(&json!({})).is_err());
    }
}
