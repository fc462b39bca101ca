//! Two connectors of one family, a provider and a consumer, and how they are asked.

use crate::pair::{join, start_to_healthy};
use chapar_conformance::wire::{self, Response};
use chapar_e2e::house::{House, Profile};
use chapar_interop::edc::{Edc, Machine, Wanted};
use serde_json::{Value, json};
use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
const ODRL: &str = "http://www.w3.org/ns/odrl.jsonld";
/// How the API names the protocol.
pub const PROTOCOL: &str = "dataspace-protocol-http:2025-1";
/// Assets put at a time while a catalogue is filled.
const HANDS: usize = 8;

/// Which connectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Our nodes.
    Chapar,
    /// EDC as it comes.
    Edc,
    /// EDC with shorter waits: those that served another version of it, 0.18.0, best.
    Tuned,
}

impl Family {
    /// In the order of the page.
    pub const ALL: [Self; 3] = [Self::Chapar, Self::Edc, Self::Tuned];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chapar => "Chapar",
            Self::Edc => "EDC 0.14.0",
            Self::Tuned => "EDC 0.14.0, tuned",
        }
    }

    /// Whether a case takes less than a second.
    pub const fn is_quick(self) -> bool {
        matches!(self, Self::Chapar)
    }

    /// Settings of EDC: how long it waits between two looks at its work, and before it sends anew.
    const fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Tuned => &[
                ("edc.negotiation.state-machine.iteration-wait-millis", "50"),
                ("edc.transfer.state-machine.iteration-wait-millis", "50"),
                ("edc.dataplane.state-machine.iteration-wait-millis", "50"),
                ("edc.negotiation.consumer.send.retry.base-delay.ms", "100"),
                ("edc.negotiation.provider.send.retry.base-delay.ms", "100"),
                ("edc.transfer.send.retry.base-delay.ms", "100"),
            ],
            Self::Chapar | Self::Edc => &[],
        }
    }
}

/// One connector's management API.
pub struct Connector {
    /// Its participant id.
    pub id: String,
    /// Its DSP base.
    pub dsp: String,
    base: String,
    key: Option<String>,
}

/// What runs; it ends when this is dropped.
enum Process {
    Node(Box<House>),
    Edc(Edc),
}

/// A provider and a consumer.
pub struct Bed {
    /// From the start of one process to healthy.
    pub started: Duration,
    /// Gives.
    pub provider: Connector,
    /// Asks.
    pub consumer: Connector,
    processes: [Process; 2],
}

impl Bed {
    /// Starts two connectors that hold nothing.
    pub fn make(family: Family) -> Self {
        let [(started, provider, one), (_, consumer, other)] =
            ["office-of-plants", "office-at-the-border"].map(|name| match family {
                Family::Chapar => node(name),
                Family::Edc | Family::Tuned => edc(name, family),
            });
        Self {
            started,
            provider,
            consumer,
            processes: [one, other],
        }
    }

    /// The processes of provider and consumer.
    pub fn pids(&self) -> [u32; 2] {
        [0, 1].map(|at| match &self.processes[at] {
            Process::Node(house) => house.process(),
            Process::Edc(edc) => edc.process(),
        })
    }

    /// Does `act` while the provider's process stands still: it holds its connections and answers nothing.
    pub fn while_provider_hangs<T>(&self, act: impl FnOnce() -> T) -> T {
        self.signal_provider("-STOP");
        let result = act();
        self.signal_provider("-CONT");
        result
    }

    fn signal_provider(&self, signal: &str) {
        let [provider, _] = self.pids();
        let sent = Command::new("kill").args([signal, &provider.to_string()]).status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "`kill {signal}` reaches the provider"
        );
    }

    /// Puts `count` assets, named `name-0` and on, and one contract definition over all that the provider has.
    pub fn offer(&self, name: &str, count: usize) {
        self.provider.put_assets(name, 0..count);
        let policy = json!({ "@context": ODRL, "@type": "Set", "permission": [{ "action": "use" }] });
        self.provider
            .made("/policydefinitions", &json!({ "@id": "use", "policy": policy }));
        let all = json!({ "@id": "all", "accessPolicyId": "use", "contractPolicyId": "use", "assetsSelector": [] });
        self.provider.made("/contractdefinitions", &all);
    }

    /// A page of the provider's catalogue, as the consumer gets it.
    pub fn page(&self, offset: usize, limit: usize) -> Vec<Value> {
        let mut request = self.about_provider("CatalogRequest");
        request["querySpec"] = json!({ "offset": offset, "limit": limit });
        let mut catalog = self.consumer.good("POST", "/catalog/request", Some(&request));
        match member(&mut catalog, ["dataset", "dcat:dataset"]) {
            Value::Array(datasets) => datasets,
            Value::Null => Vec::new(),
            one => vec![one],
        }
    }

    /// A request of the consumer about the provider.
    pub fn about_provider(&self, kind: &str) -> Value {
        json!({
            "@type": kind, "protocol": PROTOCOL,
            "counterPartyAddress": self.provider.dsp, "counterPartyId": self.provider.id,
        })
    }
}

impl Connector {
    /// Asks; the answer as it is. An error when none comes in the time that the wire allows.
    pub fn try_ask(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Response> {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(self.key.as_deref().map(|key| ("x-api-key", key)));
        let body = body.map_or_else(Vec::new, |body| {
            let mut body = body.clone();
            body["@context"] = json!({ "@vocab": EDC });
            body.to_string().into_bytes()
        });
        wire::send(method, &format!("{}/v3{path}", self.base), &headers, &body)
    }

    /// Asks for what must be had.
    pub fn good(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let answer = self.try_ask(method, path, body);
        let answer = answer.unwrap_or_else(|why| panic!("{method} {path}: {why}"));
        assert!(answer.is_good(), "{method} {path}: {} {}", answer.status, answer.text());
        answer.value()
    }

    /// Makes a thing; its id.
    pub fn made(&self, path: &str, body: &Value) -> String {
        let made = self.good("POST", path, Some(body));
        made["@id"].as_str().expect("what is made has an id").to_owned()
    }

    /// The asset `id` as it is put.
    pub fn asset(id: &str) -> Value {
        json!({
            "@id": id, "properties": { "name": id, "contenttype": "application/json" },
            "dataAddress": { "type": "HttpData", "baseUrl": "http://127.0.0.1:9/data" },
        })
    }

    /// Puts assets, some at a time.
    pub fn put_assets(&self, name: &str, numbers: std::ops::Range<usize>) {
        std::thread::scope(|scope| {
            for hand in 0..HANDS {
                let mine = numbers.clone().skip(hand).step_by(HANDS);
                scope.spawn(move || {
                    for number in mine {
                        self.made("/assets", &Self::asset(&format!("{name}-{number}")));
                    }
                });
            }
        });
    }
}

/// A member of a catalogue under the name that the context of the answer gives it.
pub fn member(holder: &mut Value, names: [&str; 2]) -> Value {
    let name = names.into_iter().find(|name| !holder[*name].is_null());
    name.map(|name| holder[name].take()).unwrap_or_default()
}

fn node(name: &str) -> (Duration, Connector, Process) {
    let mut house = House::new(name, Profile::Production);
    // The first start makes its keys and its database, as an EDC's does.
    let started = start_to_healthy(&mut house);
    let who = join(&house, name);
    let connector = Connector {
        id: who.id,
        dsp: who.dsp,
        base: format!("{}/management", house.private),
        key: Some(who.key),
    };
    (started, connector, Process::Node(Box::new(house)))
}

fn edc(name: &str, family: Family) -> (Duration, Connector, Process) {
    let log = std::env::temp_dir().join(format!("chapar-bench-{name}.log"));
    let begun = Instant::now();
    let wanted = Wanted {
        id: name,
        known_as: None,
        settings: family.settings(),
        machine: Machine::AsItComes,
    };
    let edc = Edc::start(&wanted, &log).unwrap_or_else(|why| panic!("{why}"));
    let started = begun.elapsed();
    let peer = edc.peer();
    let connector = Connector {
        id: peer.id,
        dsp: peer.dsp,
        base: edc.management(),
        key: None,
    };
    (started, connector, Process::Edc(edc))
}
