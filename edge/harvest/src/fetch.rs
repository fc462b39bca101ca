//! The pages of a catalogue, one after the other: from its address through the one client, or from a file.

use crate::bounds::{DATASETS, PAGE_BYTES};
use crate::ckan::{ckan_page, ckan_query};
use crate::dataset::Found;
use crate::dcat::dcat_page;
use crate::rules::Rules;
use bytes::Bytes;
use chapar_client::{Client, Outgoing, SendFault};
use chapar_terms::Invalid;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Longest wait for one page: a hundred datasets out of a busy database.
const DEADLINE: Duration = Duration::from_secs(120);
/// Pauses before the second and each further try.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(8),
];
const RDF: HeaderValue = HeaderValue::from_static("text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How a catalogue speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// DCAT in RDF.
    Dcat,
    /// The action API of CKAN.
    Ckan,
}

/// Where a catalogue is.
pub enum Place {
    /// At an address.
    Address(Box<Client>, String),
    /// In a file.
    File(PathBuf),
}

/// A catalogue was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unharvested(String);

impl fmt::Display for Unharvested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unharvested {}

/// One page of a catalogue.
#[derive(Debug)]
pub struct Page {
    /// Its datasets, each read or why it could not be.
    pub found: Vec<Result<Found, String>>,
    /// How many there are in all, where that is known.
    pub count: Option<u64>,
    /// Where the next page is.
    next: Option<String>,
}

/// The pages of a catalogue.
pub struct Pages<'a> {
    place: &'a Place,
    form: Form,
    rules: &'a Rules,
    /// Where the next page is; none at the end.
    next: Option<String>,
    /// Pages that were asked for: a catalogue that leads back to one would never end.
    asked: BTreeSet<String>,
    done: u64,
}

/// Begins with the first page.
pub fn read<'a>(place: &'a Place, form: Form, rules: &'a Rules) -> Pages<'a> {
    let next = match (place, form) {
        (Place::Address(_, address), Form::Ckan) => ckan_query(address, 0),
        (Place::Address(_, address), Form::Dcat) => address.clone(),
        (Place::File(file), _) => file.display().to_string(),
    };
    Pages {
        place,
        form,
        rules,
        next: Some(next),
        asked: BTreeSet::new(),
        done: 0,
    }
}

impl Pages<'_> {
    /// The next page; none at the end.
    ///
    /// # Errors
    /// The catalogue cannot be read on; what was taken before stays good.
    pub async fn next(&mut self) -> Result<Option<Page>, Unharvested> {
        let Some(at) = self.next.take() else {
            return Ok(None);
        };
        if !self.asked.insert(at.clone()) {
            return Err(Unharvested(format!(
                "`{at}` was read before: the catalogue leads in a circle"
            )));
        }
        let (bytes, media_type) = self.bytes(&at).await?;
        let page = self.parse(&bytes, &media_type, &at);
        let mut page = page.map_err(|why| Unharvested(format!("`{at}`: {why}")))?;
        self.done += page.found.len() as u64;
        if self.done > DATASETS as u64 {
            return Err(Unharvested(format!("the catalogue has more than {DATASETS} datasets")));
        }
        self.next = page.next.take();
        Ok(Some(page))
    }

    fn parse(&self, bytes: &[u8], media_type: &str, at: &str) -> Result<Page, Invalid> {
        match self.form {
            Form::Ckan => {
                let page = ckan_page(bytes, self.rules)?;
                let done = self.done + page.found.len() as u64;
                let next = match self.place {
                    Place::Address(_, address) if !page.found.is_empty() && done < page.count => {
                        Some(ckan_query(address, done))
                    }
                    _ => None,
                };
                Ok(Page {
                    found: page.found,
                    count: Some(page.count),
                    next,
                })
            }
            Form::Dcat => {
                let base = match self.place {
                    Place::Address(..) => at,
                    Place::File(_) => "file:///",
                };
                let page = dcat_page(bytes, media_type, base, self.rules)?;
                let next = page.next.filter(|_| matches!(self.place, Place::Address(..)));
                Ok(Page {
                    found: page.found,
                    count: None,
                    next,
                })
            }
        }
    }

    async fn bytes(&self, at: &str) -> Result<(Bytes, String), Unharvested> {
        match self.place {
            Place::File(file) => {
                let unreadable = |why: String| Unharvested(format!("`{}`: {why}", file.display()));
                let length = std::fs::metadata(file)
                    .map_err(|error| unreadable(error.to_string()))?
                    .len();
                if length > PAGE_BYTES as u64 {
                    return Err(unreadable(format!("is longer than {PAGE_BYTES} bytes")));
                }
                let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
                Ok((bytes.into(), String::new()))
            }
            Place::Address(client, _) => self.fetch(client, at).await,
        }
    }

    async fn fetch(&self, client: &Client, at: &str) -> Result<(Bytes, String), Unharvested> {
        let mut pauses = PAUSES.iter();
        loop {
            let why = match self.ask(client, at).await {
                Ok(answer) if answer.status.is_success() => {
                    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                    return Ok((answer.body, kind.unwrap_or_default().to_owned()));
                }
                Ok(answer) if answer.status.is_server_error() || answer.status.as_u16() == 429 => {
                    format!("it answers {}", answer.status)
                }
                Ok(answer) => return Err(Unharvested(format!("`{at}` answers {}", answer.status))),
                Err(fault) if fault.is_retryable() => fault.to_string(),
                Err(fault) => return Err(Unharvested(format!("`{at}`: {fault}"))),
            };
            match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(Unharvested(format!("`{at}`: {why}"))),
            }
        }
    }

    async fn ask(&self, client: &Client, at: &str) -> Result<chapar_client::Incoming, SendFault> {
        let accept = match self.form {
            Form::Dcat => RDF,
            Form::Ckan => JSON,
        };
        let outgoing = Outgoing {
            method: Method::GET,
            url: at.to_owned(),
            headers: HeaderMap::from_iter([(ACCEPT, accept)]),
            body: Bytes::new(),
            deadline: DEADLINE,
            max_response_bytes: PAGE_BYTES as u64,
        };
        client.send(outgoing).await
    }
}
