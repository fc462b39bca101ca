//! Both connectors, running, and the pair that a story is told of.

use crate::edc::{Edc, Machine, Wanted};
use crate::management::Managed;
use crate::own::Own;
use crate::road::Roads;
use crate::side::{Access, Side, Told};
use crate::source::Source;
use chapar_conformance::node::{Node, Participant, binary};
use chapar_conformance::wire;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Participant id of the foreign connector. Not `edc`: that is a prefix to it, wherever it stands.
const THEIRS: &str = "border-inspection";
/// Our participant id.
const OURS: &str = "plant-quarantine";
/// Without this it takes no policy with an operand that no function of its own judges.
const ANY_POLICY: (&str, &str) = ("edc.policy.validation.enabled", "false");

/// Both connectors. They end when it is dropped; the foreign one's log stays.
pub struct Scene {
    node: Node,
    edc: Edc,
    /// Our side.
    pub ours: Own,
    /// The same participant, asked by the foreign connector's API.
    pub ours_managed: Managed,
    /// The foreign side.
    pub theirs: Managed,
    /// The ways between them.
    pub roads: Roads,
}

/// Who is the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Our node.
    Ours,
    /// The foreign connector.
    Theirs,
}

/// Two sides in their roles.
pub struct Pair<'a> {
    /// Who is who.
    pub cast: Provider,
    /// Gives.
    pub provider: &'a dyn Side,
    /// Asks.
    pub consumer: &'a dyn Side,
    /// The whole scene.
    pub scene: &'a Scene,
}

impl Scene {
    /// Starts both; the foreign one's log is written to `log`.
    ///
    /// # Errors
    /// The foreign one is not there or does not start.
    pub fn set(log: &Path) -> Told<Self> {
        let no_port = |why| format!("no port can be had: {why}");
        let roads = Roads::open().map_err(no_port)?;
        let wanted = Wanted {
            id: THEIRS,
            known_as: Some(&roads.to_them.url()),
            settings: &[ANY_POLICY],
            machine: Machine::ShortLived,
        };
        let edc = Edc::start(&wanted, log)?;
        roads.to_them.lead_to(&edc.behind());
        let node = Node::start_behind(&roads.to_us.url());
        roads.to_us.lead_to(&node.public);
        let theirs = Managed::new(edc.peer(), &edc.management(), None, Source::start().map_err(no_port)?);
        let theirs = theirs.with_ends(edc.ends());
        let ours = Own::new(participant(&node, OURS));
        let management = format!("{}/management", node.private);
        let key = Some(ours.participant().key.as_str());
        let source = Source::start().map_err(no_port)?;
        Ok(Self {
            ours_managed: Managed::new(ours.peer().clone(), &management, key, source),
            ours,
            theirs,
            roads,
            node,
            edc,
        })
    }

    /// The pair with this provider.
    pub fn pair(&self, cast: Provider) -> Pair<'_> {
        self.pair_of(cast, &self.ours)
    }

    /// The same with our side asked by the foreign connector's API.
    pub fn pair_managed(&self, cast: Provider) -> Pair<'_> {
        self.pair_of(cast, &self.ours_managed)
    }

    fn pair_of<'a>(&'a self, cast: Provider, ours: &'a dyn Side) -> Pair<'a> {
        let theirs: &dyn Side = &self.theirs;
        let (provider, consumer) = match cast {
            Provider::Ours => (ours, theirs),
            Provider::Theirs => (theirs, ours),
        };
        Pair {
            cast,
            provider,
            consumer,
            scene: self,
        }
    }

    /// What our node wrote to its log so far.
    pub fn log(&self) -> String {
        self.node.log()
    }

    /// The bytes of a transfer to us, as a person at our node gets them: by `chapar fetch`.
    ///
    /// # Errors
    /// The command failed; what it said.
    pub fn fetch_by_command(&self, transfer: &str) -> Told<Vec<u8>> {
        let file = std::env::temp_dir().join(format!("chapar-interop-{}", uuid::Uuid::new_v4()));
        let who = self.ours.participant();
        let mut command = Command::new(binary());
        command.args(["fetch", transfer, "--loopback", "--to"]).arg(&file);
        command
            .env("CHAPAR_API", &self.node.private)
            .env("CHAPAR_API_KEY", &who.key);
        let output = command.output().map_err(|why| format!("`chapar fetch`: {why}"))?;
        if !output.status.success() {
            return Err(format!("`chapar fetch`: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let bytes = std::fs::read(&file).map_err(|why| format!("`chapar fetch` left no file: {why}"))?;
        // The system's folder for temporary things may keep it.
        let _ = std::fs::remove_file(&file);
        Ok(bytes)
    }
}

impl Scene {
    /// A participant of our node under the name of the foreign connector: its successor.
    pub fn successor(&self, id: &str) -> Participant {
        let slug = format!("successor-{}", uuid::Uuid::new_v4().simple());
        let slug = &slug[..24];
        self.node
            .add(&json!({ "slug": slug, "identity": "development", "id": id, "peer": "nobody", "form": "edc-mock" }))
    }

    /// What `chapar import edc` reports of the foreign connector, taken over by `who`.
    ///
    /// # Errors
    /// It reports nothing; what it said.
    pub fn import_by_command(&self, who: &Participant, words: &[&str]) -> Told<Value> {
        let mut command = Command::new(binary());
        command
            .args(["import", "edc", &self.edc.management(), "--json"])
            .args(words);
        command
            .env("CHAPAR_API", &self.node.private)
            .env("CHAPAR_API_KEY", &who.key);
        let output = command.output().map_err(|why| format!("`chapar import`: {why}"))?;
        serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("`chapar import`: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// A participant of the node who speaks as the mock identity of that family does.
fn participant(node: &Node, id: &str) -> Participant {
    node.add(&json!({ "slug": id, "identity": "development", "id": id, "peer": "nobody", "form": "edc-mock" }))
}

/// How a token is shown at a data plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// As it is: the way of that family.
    None,
    /// Behind `Bearer`.
    Bearer,
}

/// What a data plane answers to this access.
///
/// # Errors
/// It does not answer at all.
pub fn fetch(access: &Access, scheme: Scheme) -> Told<(u16, Vec<u8>)> {
    let token = match scheme {
        Scheme::None => access.token.clone(),
        Scheme::Bearer => format!("Bearer {}", access.token),
    };
    let answer = wire::send("GET", &access.endpoint, &[("authorization", &token)], b"");
    let answer = answer.map_err(|why| format!("GET {}: {why}", access.endpoint))?;
    Ok((answer.status, answer.body))
}
