//! Plays one flow of the table against a node: the judge is the other side, and looks at every byte that the node says.
//!
//! Refuses to decide for the node: the automaton does that, over the node's own API. What the judge knows of the state comes
//! from the steps alone and is compared with the node's answers, its public GET and its own API.

use crate::flows::{Flow, Part, Step};
use crate::foreign::{Arrived, Foreign};
use crate::node::Participant;
use crate::wire::{self, Response};
use crate::words::{self, CONTEXT, FORMAT, Kind, Matter, Pids, Place, Side, Word};
use crate::{reader, schemas};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Longest that the node may take to write down that its own move was taken.
const SETTLE: Duration = Duration::from_secs(5);

/// How the network treats what the judge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As it should.
    Once,
    /// Every message that was taken arrives a second time, and must be answered as before.
    Twice,
}

/// What a flow is played on.
pub struct Stage<'a> {
    /// The node's participant.
    pub node: &'a Participant,
    /// Who the judge is.
    pub peer: &'a str,
    /// The agreement of a transfer, or the id that the judge gives to an agreement it makes.
    pub agreement: String,
    /// How messages travel.
    pub delivery: Delivery,
}

/// What is left of a flow that went as told.
pub struct Played {
    /// The other side, still listening: nothing more may come.
    pub foreign: Foreign,
    /// The agreement that was made.
    pub agreement: Option<String>,
}

/// Plays `flow`.
///
/// # Errors
/// What differed from the table, and at which step.
pub fn play(flow: &Flow, stage: &Stage<'_>) -> Result<Played, String> {
    let foreign = Foreign::start();
    let (kind, node, steps, ends) = match &flow.part {
        Part::Reading(reading) => {
            reader::read(*reading, &flow.about, stage.node)?;
            return Ok(Played {
                foreign,
                agreement: None,
            });
        }
        Part::Case {
            kind,
            node,
            steps,
            ends,
        } => (*kind, *node, steps, ends),
    };
    let mut player = Player::new(flow, stage, foreign, kind, node);
    for (index, step) in steps.iter().enumerate() {
        player
            .step(*step)
            .map_err(|why| format!("step {} ({step:?}): {why}", index + 1))?;
    }
    if player.state != Some(ends.as_str()) {
        return Err(format!("the judge ends at {:?}, the table says {ends}", player.state));
    }
    player.ends_at(ends).map_err(|why| format!("at the end: {why}"))?;
    Ok(Played {
        foreign: player.foreign,
        agreement: player.agreed,
    })
}

struct Player<'a> {
    stage: &'a Stage<'a>,
    kind: Kind,
    /// What the node plays.
    node: Side,
    foreign: Foreign,
    matter: Matter,
    pids: Pids,
    /// Where the judge writes to: the node's base, or the address that the node gave.
    address: String,
    state: Option<&'static str>,
    agreed: Option<String>,
}

impl<'a> Player<'a> {
    fn new(flow: &Flow, stage: &'a Stage<'a>, foreign: Foreign, kind: Kind, node: Side) -> Self {
        let (assigner, assignee) = match node {
            Side::Provider => (stage.node.id.clone(), stage.peer.to_owned()),
            Side::Consumer => (stage.peer.to_owned(), stage.node.id.clone()),
        };
        let offer = match node {
            Side::Provider => format!("CD123:{}:456", flow.about),
            Side::Consumer => format!("offer{}", flow.about),
        };
        let mut pids = Pids::default();
        pids.learn(node.other(), &words::fresh());
        let matter = Matter {
            dataset: flow.about.clone(),
            offer,
            agreement: stage.agreement.clone(),
            assigner,
            assignee,
            callback: foreign.base(),
        };
        let address = stage.node.dsp.clone();
        Self {
            stage,
            kind,
            node,
            foreign,
            matter,
            pids,
            address,
            state: None,
            agreed: None,
        }
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Taken(word) => self.taken(word),
            Step::Refused(word) => self.refused(word),
            Step::Seen => self.settles(),
            Step::Decided(word) if self.state.is_none() => self.begun(word),
            Step::Decided(word) | Step::ByItself(word) => self.said(word),
        }
    }

    /// The judge says `word` and the node takes it.
    fn taken(&mut self, word: Word) -> Result<(), String> {
        let first = self.state.is_none();
        let (path, message) = self.to_say(word);
        let answer = self.post(&path, &message)?;
        let wanted = if first { 201 } else { 200 };
        if answer.status != wanted {
            return Err(format!(
                "answered {}, wanted {wanted}: {}",
                answer.status,
                answer.text()
            ));
        }
        let body = answer.value();
        schemas::check(&body)?;
        if first {
            let pid = body[self.pid_name(self.node)]
                .as_str()
                .ok_or("the answer names no pid")?
                .to_owned();
            self.pids.learn(self.node, &pid);
        }
        self.state = Some(word.state());
        self.is_case(&body)?;
        if self.stage.delivery == Delivery::Twice {
            let again = self.post(&path, &message)?;
            if (again.status, again.value()) != (answer.status, body) {
                return Err(format!(
                    "the same message again was answered {} {}",
                    again.status,
                    again.text()
                ));
            }
        }
        Ok(())
    }

    /// The judge says `word`, the node refuses it and stays where it was.
    fn refused(&mut self, word: Word) -> Result<(), String> {
        let (path, message) = self.to_say(word);
        let answer = self.post(&path, &message)?;
        if !(400..500).contains(&answer.status) || answer.status == 404 {
            return Err(format!(
                "answered {}, wanted 4xx but not 404: {}",
                answer.status,
                answer.text()
            ));
        }
        let body = answer.value();
        schemas::check(&body)?;
        if body["@type"] != self.kind.error() {
            return Err(format!("refused with {}, wanted {}", body["@type"], self.kind.error()));
        }
        self.names_both(&body)?;
        self.settles()
    }

    /// Somebody decides that the node shall begin a case; its first message must come.
    fn begun(&mut self, word: Word) -> Result<(), String> {
        let body = match self.kind {
            Kind::Negotiation => json!({
                "peer": self.stage.peer, "address": self.foreign.base(), "mode": "manual", "role": self.node.name(),
                "offer": words::offer(&self.matter.offer, &self.matter.dataset),
            }),
            Kind::Transfer => json!({
                "agreement": self.matter.agreement, "address": self.foreign.base(), "format": FORMAT, "mode": "manual",
            }),
        };
        let answer = self
            .stage
            .node
            .call("POST", &format!("/{}", self.kind.path()), Some(&body));
        if answer.status != 201 {
            return Err(format!(
                "POST /{} {body}: {} {}",
                self.kind.path(),
                answer.status,
                answer.text()
            ));
        }
        let id = answer.value()["id"]
            .as_str()
            .ok_or("the new case has no `id`")?
            .to_owned();
        let arrived = self.foreign.next()?;
        let message = self.hear(&arrived, word)?;
        let pid = message[self.pid_name(self.node)]
            .as_str()
            .ok_or("the first message names no pid")?
            .to_owned();
        if pid != id {
            return Err(format!("the case `{id}` calls itself `{pid}` towards the peer"));
        }
        let callback = message["callbackAddress"]
            .as_str()
            .ok_or("the first message has no `callbackAddress`")?;
        self.address = callback.trim_end_matches('/').to_owned();
        self.pids.learn(self.node, &pid);
        self.state = Some(word.state());
        arrived.answer(Response::json(201, &self.case()));
        Ok(())
    }

    /// The node says `word`; the judge takes it.
    fn said(&mut self, word: Word) -> Result<(), String> {
        let arrived = self.foreign.next()?;
        let message = self.hear(&arrived, word)?;
        self.names_both(&message)?;
        if let Some(agreement) = message["agreement"]["@id"].as_str() {
            self.agreed = Some(agreement.to_owned());
        }
        self.state = Some(word.state());
        // Foreign connectors answer these without a body.
        let quiet = matches!(
            word,
            Word::Accepted | Word::Agreement | Word::Verification | Word::Finalized
        );
        arrived.answer(if quiet {
            Response::empty(200)
        } else {
            Response::json(200, &self.case())
        });
        Ok(())
    }

    /// Looks at a request of the node, which must be `word`.
    fn hear(&self, arrived: &Arrived, word: Word) -> Result<Value, String> {
        let request = &arrived.request;
        let own = self.pids.of(self.node.other()).filter(|_| self.state.is_some());
        let place = own.map(|pid| format!("/{pid}")).unwrap_or_default();
        let path = format!("/peer/{}{place}/{}", self.kind.path(), word.tail());
        let text = String::from_utf8_lossy(&request.body).into_owned();
        if (request.method.as_str(), request.path.as_str()) != ("POST", path.as_str()) {
            return Err(format!(
                "wanted POST {path}, heard {} {} {text}",
                request.method, request.path
            ));
        }
        if !request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"))
        {
            return Err(format!("content type {:?}", request.header("content-type")));
        }
        if request.header("authorization").is_none() {
            return Err("no `Authorization`".to_owned());
        }
        let message = request.json();
        schemas::check(&message)?;
        if message["@type"] != word.type_name(self.kind) || message["@context"] != json!([CONTEXT]) {
            return Err(format!("wanted {}, heard {text}", word.type_name(self.kind)));
        }
        self.fits(word, &message).map_err(|why| format!("{why}: {text}"))?;
        Ok(message)
    }

    /// What the message carries must be what the case is about.
    fn fits(&self, word: Word, message: &Value) -> Result<(), String> {
        let matter = &self.matter;
        let wanted: Vec<(&str, Value)> = match (self.kind, word) {
            (Kind::Negotiation, Word::Request | Word::Offer) => vec![
                ("/offer/@id", json!(matter.offer)),
                ("/offer/target", json!(matter.dataset)),
                ("/offer/permission", words::permission()),
            ],
            (_, Word::Agreement) => vec![
                ("/agreement/target", json!(matter.dataset)),
                ("/agreement/assigner", json!(matter.assigner)),
                ("/agreement/assignee", json!(matter.assignee)),
                ("/agreement/permission", words::permission()),
            ],
            (_, Word::Accepted | Word::Finalized) => vec![("/eventType", json!(word.state()))],
            (Kind::Transfer, Word::Request) => {
                vec![("/agreementId", json!(matter.agreement)), ("/format", json!(FORMAT))]
            }
            _ => Vec::new(),
        };
        let wrong = wanted
            .iter()
            .find(|(place, value)| message.pointer(place) != Some(value));
        if let Some((place, value)) = wrong {
            return Err(format!("`{place}` should be {value}"));
        }
        if word == Word::Agreement && !message["agreement"]["timestamp"].is_string() {
            return Err("the agreement has no time".to_owned());
        }
        if word == Word::Start && self.node == Side::Provider {
            has_access(message)
        } else {
            Ok(())
        }
    }

    fn to_say(&self, word: Word) -> (String, Value) {
        let (place, path) = match (self.state, self.pids.of(self.node)) {
            (Some(_), Some(pid)) => (Place::Later, format!("/{}/{pid}/{}", self.kind.path(), word.tail())),
            _ => (Place::First, format!("/{}/{}", self.kind.path(), word.tail())),
        };
        (
            path,
            words::message(self.kind, word, self.node.other(), &self.pids, &self.matter, place),
        )
    }

    fn post(&self, path: &str, message: &Value) -> Result<Response, String> {
        let headers = [
            ("authorization", "Bearer of-the-judge"),
            ("content-type", "application/json"),
        ];
        let url = format!("{}{path}", self.address);
        wire::send("POST", &url, &headers, message.to_string().as_bytes()).map_err(|why| format!("POST {url}: {why}"))
    }

    /// The public GET and the own API must come to show where the case stands; no move may be left under way.
    fn settles(&self) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            match self.stands() {
                Ok(()) => return Ok(()),
                Err(why) if begun.elapsed() > SETTLE => return Err(why),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    fn ends_at(&self, ends: &str) -> Result<(), String> {
        self.settles()?;
        let pid = self.pids.of(self.node).ok_or("the case has no pid")?;
        let case = self
            .stage
            .node
            .ask("GET", &format!("/{}/{pid}", self.kind.path()), None);
        let error = if case["state"] == ends { &case["error"] } else { &case };
        if error.is_null() {
            Ok(())
        } else {
            Err(format!("the own API shows {case}"))
        }
    }

    fn stands(&self) -> Result<(), String> {
        let pid = self.pids.of(self.node).ok_or("the case has no pid")?;
        let path = format!("/{}/{pid}", self.kind.path());
        let answer = wire::send(
            "GET",
            &format!("{}{path}", self.address),
            &[("authorization", "Bearer of-the-judge")],
            b"",
        );
        let answer = answer.map_err(|why| format!("GET {path}: {why}"))?;
        if answer.status != 200 {
            return Err(format!("GET {path}: {} {}", answer.status, answer.text()));
        }
        schemas::check(&answer.value())?;
        self.is_case(&answer.value())?;
        let case = self.stage.node.ask("GET", &path, None);
        if case["state"] == json!(self.state) && case["pending"].is_null() {
            Ok(())
        } else {
            Err(format!(
                "wanted {:?} with no move under way, the own API shows {case}",
                self.state
            ))
        }
    }

    fn is_case(&self, body: &Value) -> Result<(), String> {
        self.names_both(body)?;
        if body["@type"] == self.kind.answer() && body["state"] == json!(self.state) {
            return Ok(());
        }
        Err(format!(
            "wanted a {} in state {:?}, heard {body}",
            self.kind.answer(),
            self.state
        ))
    }

    fn names_both(&self, body: &Value) -> Result<(), String> {
        for side in [Side::Consumer, Side::Provider] {
            if body[self.pid_name(side)] != json!(self.pids.of(side)) {
                return Err(format!(
                    "`{}` should be {:?} in {body}",
                    self.pid_name(side),
                    self.pids.of(side)
                ));
            }
        }
        Ok(())
    }

    fn pid_name(&self, side: Side) -> &'static str {
        match side {
            Side::Consumer => "consumerPid",
            Side::Provider => "providerPid",
        }
    }

    fn case(&self) -> Value {
        json!({
            "@context": [CONTEXT], "@type": self.kind.answer(), "state": self.state,
            "consumerPid": self.pids.consumer, "providerPid": self.pids.provider,
        })
    }
}

/// A start of a pull says where and with which right.
fn has_access(message: &Value) -> Result<(), String> {
    let address = &message["dataAddress"];
    let properties = address["endpointProperties"].as_array();
    let right = properties.is_some_and(|all| {
        all.iter()
            .any(|one| one["name"] == "authorization" && one["value"].is_string())
    });
    if address["endpoint"].is_string() && right {
        Ok(())
    } else {
        Err("no endpoint with an authorization".to_owned())
    }
}
