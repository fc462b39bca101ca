//! The roads to both connectors: they pass everything on, and lose the first answer to each message about what is unlucky.
//!
//! Whoever loses an answer must ask again, and whoever is asked again must not do it twice.

use chapar_conformance::wire::{self, Request, Response, Server};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

/// Spared on the way to us, for the foreign connector cannot bear the loss: once its own copy of a request is answered it holds the
/// case for requested again, whatever came meanwhile; and a copy of its agreement may be another agreement, which is rightly refused.
const SPARED_TO_US: &[&str] = &[
    "ContractRequestMessage",
    "TransferRequestMessage",
    "ContractAgreementMessage",
];
/// Spared on the way to them: a copy of it begins a second negotiation there.
const SPARED_TO_THEM: &[&str] = &["ContractRequestMessage"];

/// Headers that belong to one connection. Not the host: a connector may name its next page by it.
const HOP: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

/// Both roads, each with an address of its own. They live as long as the process.
pub struct Roads {
    /// To our node.
    pub to_us: Road,
    /// To the foreign connector.
    pub to_them: Road,
    luck: Arc<Mutex<Luck>>,
}

/// A road to one side.
pub struct Road {
    server: Server,
    to: Arc<Mutex<String>>,
}

/// What is unlucky, on either road.
#[derive(Default)]
struct Luck {
    /// Names of what is unlucky: a dataset, and by and by the process ids and agreements that messages about it bring.
    unlucky: BTreeSet<String>,
    /// Messages whose answer was lost and is owed, by what they are about and their type.
    owed: BTreeSet<(String, String)>,
    /// What the messages were about whose answers were lost, each once for every loss.
    lost: Vec<String>,
}

impl Roads {
    /// Roads that lead nowhere yet.
    ///
    /// # Errors
    /// No port can be had.
    pub fn open() -> io::Result<Self> {
        let luck: Arc<Mutex<Luck>> = Arc::default();
        Ok(Self {
            to_us: Road::open(&luck, SPARED_TO_US)?,
            to_them: Road::open(&luck, SPARED_TO_THEM)?,
            luck,
        })
    }

    /// Loses from now on the first answer to each message about this dataset.
    pub fn curse(&self, dataset: &str) {
        self.luck.lock().unwrap().unlucky.insert(dataset.to_owned());
    }

    /// How many answers were lost so far to messages about the case that one of these names.
    pub fn losses(&self, names: &[&str]) -> usize {
        let luck = self.luck.lock().unwrap();
        let is_it = |about: &&String| names.iter().any(|name| about.contains(name));
        luck.lost.iter().filter(is_it).count()
    }
}

impl Road {
    fn open(luck: &Arc<Mutex<Luck>>, spared: &'static [&'static str]) -> io::Result<Self> {
        let to: Arc<Mutex<String>> = Arc::default();
        let (sign, luck) = (Arc::clone(&to), Arc::clone(luck));
        let server = Server::start(Arc::new(move |request| {
            let to = sign.lock().unwrap().clone();
            let answer = pass(&to, &request)?;
            let is_lost = luck.lock().unwrap().meets(&request, &answer, spared);
            (!is_lost).then_some(answer)
        }))?;
        Ok(Self { server, to })
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Makes it lead to this base.
    pub fn lead_to(&self, base: &str) {
        base.clone_into(&mut self.to.lock().unwrap());
    }
}

/// Passes a request on; none where nobody answers.
fn pass(to: &str, request: &Request) -> Option<Response> {
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !HOP.contains(name))
        .collect();
    let mut answer = wire::send(
        &request.method,
        &format!("{to}{}", request.path),
        &headers,
        &request.body,
    )
    .ok()?;
    answer.headers.retain(|(name, _)| !HOP.contains(&name.as_str()));
    Some(answer)
}

impl Luck {
    /// Whether this is the first answer to an unlucky message of a type that is not spared.
    fn meets(&mut self, request: &Request, answer: &Response, spared: &[&str]) -> bool {
        let message = request.json();
        let said = message.to_string();
        let is_named = |name: &String| request.path.contains(name.as_str()) || said.contains(name.as_str());
        if request.method != "POST" || !self.unlucky.iter().any(is_named) {
            return false;
        }
        let answered = answer.value();
        let names = [
            &message["consumerPid"],
            &message["providerPid"],
            &message["agreement"]["@id"],
            &answered["providerPid"],
        ];
        self.unlucky
            .extend(names.into_iter().filter_map(Value::as_str).map(str::to_owned));
        let kind = message["@type"].as_str().unwrap_or_default().to_owned();
        if spared.contains(&kind.as_str()) {
            return false;
        }
        // A first message goes to the same path as every other: its process tells them apart.
        let about = message["consumerPid"].as_str().unwrap_or_default();
        let about = format!("{} {about}", request.path);
        // What is said once more after its answer came is meant anew, and unlucky anew.
        if self.owed.remove(&(about.clone(), kind.clone())) {
            return false;
        }
        self.lost.push(about.clone());
        self.owed.insert((about, kind))
    }
}
