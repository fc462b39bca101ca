//! Decides for the node from outside, as a person or a program would: it listens to the event stream of the own API and, when
//! a case comes to stand where a rule waits for it, takes the rule's decision.
//!
//! Refuses to poll and to know the protocol's messages: it sees cases and states.

use crate::flows::Rule;
use crate::node::Participant;
use crate::stream::Stream;
use crate::words::{self, Kind, Word};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// Longest silence of the stream; the node says at least a heartbeat every 15 s.
const SILENCE: Duration = Duration::from_secs(40);
/// Longest that the stream may take to open.
const OPENING: Duration = Duration::from_secs(10);

/// Before each decision, unless told otherwise: enough for a move of the peer to cross ours now and then.
const DELAY_MS: u64 = 20;

/// A running automaton. It works until the process or the node ends.
#[derive(Clone)]
pub struct Automaton {
    inner: Arc<Inner>,
}

struct Inner {
    node: Participant,
    delay_ms: AtomicU64,
    scripts: Mutex<BTreeMap<(Kind, String), Vec<Rule>>>,
    refusals: Mutex<Vec<String>>,
}

/// How far a case has come.
#[derive(Default)]
struct Progress {
    state: String,
    done: usize,
}

impl Automaton {
    /// Starts listening; returns once the stream is open.
    pub fn start(node: &Participant) -> Self {
        let inner = Inner {
            node: node.clone(),
            delay_ms: AtomicU64::new(DELAY_MS),
            scripts: Mutex::new(BTreeMap::new()),
            refusals: Mutex::new(Vec::new()),
        };
        let automaton = Self { inner: Arc::new(inner) };
        let (open, opened) = mpsc::channel();
        let worker = automaton.clone();
        thread::spawn(move || worker.listen(&open));
        opened.recv_timeout(OPENING).expect("the event stream opens");
        automaton
    }

    /// From now on so much time lies before each decision.
    pub fn slow_down(&self, delay_ms: u64) {
        self.inner.delay_ms.store(delay_ms, Ordering::Relaxed);
    }

    /// Takes the rules for every later case about `about`: a dataset for negotiations, an agreement's id for transfers.
    pub fn learn(&self, kind: Kind, about: &str, script: Vec<Rule>) {
        self.inner
            .scripts
            .lock()
            .unwrap()
            .insert((kind, about.to_owned()), script);
    }

    /// Decisions that the node refused.
    pub fn refusals(&self) -> Vec<String> {
        self.inner.refusals.lock().unwrap().clone()
    }

    fn listen(&self, open: &mpsc::Sender<()>) {
        let mut cases = BTreeMap::new();
        let mut last = None;
        // The node is gone when the stream cannot be opened any more.
        while let Ok(stream) = Stream::open(&self.inner.node, last.as_deref(), SILENCE) {
            let _ = open.send(());
            let _ = self.follow(stream, &mut last, &mut cases);
        }
    }

    /// Reads events to the end of the stream.
    fn follow(
        &self,
        mut stream: Stream,
        last: &mut Option<String>,
        cases: &mut BTreeMap<String, Progress>,
    ) -> io::Result<()> {
        while let Some(event) = stream.event()? {
            self.happened(&event.value(), cases);
            *last = Some(event.id);
        }
        Ok(())
    }

    fn happened(&self, event: &Value, cases: &mut BTreeMap<String, Progress>) {
        let Some((kind, id, about)) = subject(event) else {
            return;
        };
        let state = event["state"].as_str().unwrap_or_default();
        let progress = cases.entry(id.to_owned()).or_default();
        // While a move is under way the state is not settled; whatever it settles to is news, even the same as before: the
        // move may have been taken and answered by the peer's next one in a single step.
        if !event["pending"].is_null() {
            progress.state.clear();
            return;
        }
        // A refused message shows the same state once more.
        if progress.state == state {
            return;
        }
        state.clone_into(&mut progress.state);
        let scripts = self.inner.scripts.lock().unwrap();
        let Some(rule) = scripts
            .get(&(kind, about.to_owned()))
            .and_then(|rules| rules.get(progress.done))
        else {
            return;
        };
        if rule.state == state {
            progress.done += 1;
            let (automaton, id, rule) = (self.clone(), id.to_owned(), rule.clone());
            thread::spawn(move || automaton.decide(kind, &id, &rule));
        }
    }

    fn decide(&self, kind: Kind, id: &str, rule: &Rule) {
        thread::sleep(Duration::from_millis(self.inner.delay_ms.load(Ordering::Relaxed)));
        let node = &self.inner.node;
        let path = format!("/{}/{id}", kind.path());
        let mut body = json!({ "decision": rule.say.decision() });
        if matches!((kind, rule.say), (Kind::Negotiation, Word::Offer | Word::Request)) {
            let case = node.call("GET", &path, None).value();
            let text = |place: &str| {
                case.pointer(place)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            body["offer"] = words::offer(&text("/offer/@id"), &text("/offer/target"));
        }
        let answer = node.call("POST", &format!("{path}/decisions"), Some(&body));
        if answer.status != 202 {
            let refusal = format!("{path} at {}: {body}: {} {}", rule.state, answer.status, answer.text());
            self.inner.refusals.lock().unwrap().push(refusal);
        }
    }
}

/// Kind, id and subject of the case that an event tells of.
fn subject(event: &Value) -> Option<(Kind, &str, &str)> {
    let (kind, about) = match event["kind"].as_str()? {
        "negotiation" => (Kind::Negotiation, &event["dataset"]),
        "transfer" => (Kind::Transfer, &event["agreementId"]),
        _ => return None,
    };
    let id = event["case"].as_str().or_else(|| event["id"].as_str())?;
    Some((kind, id, about.as_str().or_else(|| event["agreement"].as_str())?))
}
