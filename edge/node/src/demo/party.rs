//! One side of the demonstration: a whole node of its own, and its own API as the only way to see or do anything there.
//!
//! The node is a `house`. What is kept of it here is its address and a key.

use super::house::House;
use crate::Failure;
use crate::own_api::{Event, Events, OwnApi, text};
use http::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who a side is.
pub struct Role {
    /// Two letters for the time line.
    pub label: &'static str,
    /// Its folder.
    pub folder: &'static str,
    /// Its short name in addresses.
    pub slug: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// How a side is known in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// By its DID, proven with each message.
    ByDid,
    /// By its name alone, written as EDC's mock identity writes it.
    ByName,
}

/// A side.
pub struct Party {
    /// Who it is.
    pub role: Role,
    /// Its participant id.
    pub id: String,
    /// Its DSP base.
    pub dsp: String,
    /// The own API of its node, with its key.
    pub api: OwnApi,
    /// The key's text.
    pub api_key: String,
    /// Where the node keeps its things.
    pub folder: PathBuf,
    events: Events,
    seen: Vec<Event>,
    house: House,
}

impl Party {
    /// Starts a node in a folder of its own and takes the one participant in.
    ///
    /// # Errors
    /// It did not start.
    pub async fn start(role: Role, known: Known, beneath: &Path) -> Result<Self, Failure> {
        let folder = beneath.join(role.folder);
        let house = House::open(&folder, known).await?;
        let wanted = match known {
            Known::ByDid => json!({ "slug": role.slug }),
            Known::ByName => {
                json!({ "slug": role.slug, "identity": "development", "id": role.slug, "form": "edc-mock" })
            }
        };
        let added = house
            .operator()?
            .ask(Method::POST, "/participants", Some(&wanted))
            .await?;
        let api_key = text(&added, "apiKey").to_owned();
        let api = house.api(&api_key)?;
        let events = api.events(None).await?;
        let (id, dsp) = (text(&added, "participant").to_owned(), text(&added, "dsp").to_owned());
        Ok(Self {
            role,
            id,
            dsp,
            api,
            api_key,
            folder,
            events,
            seen: Vec::new(),
            house,
        })
    }

    /// Waits until the event stream of this side has told of `kind` about a case for which `about` holds; returns the case.
    ///
    /// # Errors
    /// It did not happen in good time, or a termination came instead.
    pub async fn told(&mut self, kind: &str, about: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
        let label = self.role.label;
        let heard = tokio::time::timeout(PATIENCE, self.hear(kind, about)).await;
        heard.unwrap_or_else(|_| {
            Err(Failure::new(format!(
                "{label} was not told of `{kind}` within {} s",
                PATIENCE.as_secs()
            )))
        })
    }

    async fn hear(&mut self, kind: &str, about: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
        loop {
            if let Some(at) = self
                .seen
                .iter()
                .position(|event| event.kind == kind && about(&event.data))
            {
                let later = self.seen.split_off(at + 1);
                let found = self.seen.pop().map(|event| event.data).unwrap_or_default();
                // What was told of this case before is over: a second `transfer.started` is a later one.
                self.seen.retain(|event| !about(&event.data));
                self.seen.extend(later);
                return Ok(found);
            }
            let ended = |event: &Event| event.kind.ends_with(".terminated") && about(&event.data);
            if let Some(event) = self.seen.iter().find(|event| ended(event)) {
                return Err(Failure::new(format!(
                    "{} was told of `{}` instead of `{kind}`: {}",
                    self.role.label, event.kind, event.data
                )));
            }
            let event = self.events.next().await?;
            self.seen.push(event);
        }
    }

    /// The public address of its node.
    pub fn public_url(&self) -> &str {
        self.house.public_url()
    }

    /// What `--endpoints` writes of this side.
    pub fn endpoints(&self) -> Value {
        json!({ "id": self.id, "dsp": self.dsp, "api": format!("{}/chapar/v1", self.api.base()), "api_key": self.api_key })
    }

    /// Ends the node.
    pub async fn end(mut self) {
        // A stream that is read would be waited for.
        drop(self.events);
        self.house.end().await;
    }
}
