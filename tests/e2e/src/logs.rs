//! Public logs and their mirrors as the judges use them: a participant that publishes, an operator that mirrors, and a place that shows a
//! log with one thing wrong.

use crate::house::{House, Profile};
use chapar_conformance::node::Participant;
use chapar_conformance::wire::{self, Response, Server};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// What a mirror is told of a log.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its name in checkpoints.
    pub origin: String,
    /// Where it is published.
    pub address: String,
    /// Its key.
    pub vkey: String,
    /// Participant id of its owner.
    pub owner: String,
}

impl Log {
    /// The register of a participant.
    pub fn of(who: &Participant) -> Self {
        let logs = who.ask("GET", "/logs", None);
        let log = logs["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|log| log["name"] == "register");
        let log = log.expect("there is a register");
        let text = |name: &str| {
            log[name]
                .as_str()
                .unwrap_or_else(|| panic!("no `{name}` in {log}"))
                .to_owned()
        };
        Self {
            origin: text("origin"),
            address: text("address"),
            vkey: text("vkey"),
            owner: who.id.clone(),
        }
    }

    /// Its name in the addresses of mirrors.
    pub fn id(&self) -> String {
        Sha256::digest(self.origin.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Where a node serves its mirror of it.
    pub fn at(&self, house: &House) -> String {
        format!("{}/chapar/v1/mirrors/{}", house.public, self.id())
    }
}

/// A participant's draft of a notice.
pub fn notice(name: &str) -> Value {
    let body = json!({
        "title": { "en": format!("Planned works (sample) {name}") },
        "noticeType": "outage",
        "notifiedBy": { "name": { "en": "Operator (sample)" } },
        "notifyingState": ["KZ"],
        "description": { "en": "No exchange on Sunday" },
    });
    json!({ "kind": "notice", "name": name, "body": body, "noPersonalData": true })
}

/// Publishes notices of these names with one call, and waits until they are in the published tree; its size then.
pub fn publish(who: &Participant, names: &[&str]) -> u64 {
    let records: Vec<Value> = names.iter().map(|name| notice(name)).collect();
    who.ask("POST", "/records/batch", Some(&json!({ "records": records })));
    published(who)
}

/// Waits until nothing of the register waits to be published; its size then.
pub fn published(who: &Participant) -> u64 {
    let begun = Instant::now();
    loop {
        let logs = who.ask("GET", "/logs", None);
        let register = logs["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|log| log["name"] == "register")
            .unwrap();
        if register["waiting"] == 0 && register["size"].as_u64() > Some(0) {
            return register["size"].as_u64().unwrap();
        }
        assert!(begun.elapsed() < PATIENCE, "nothing is published: {logs}");
        std::thread::sleep(LOOK);
    }
}

/// The operator of a node, as one who may ask.
pub fn operator(house: &House) -> Participant {
    Participant {
        id: String::new(),
        slug: String::new(),
        dsp: String::new(),
        api: format!("{}/chapar/v1", house.private),
        key: house.operator_key(),
    }
}

/// Has a node mirror a log from this address, with further places; the mirror after its first look.
pub fn mirror(house: &House, log: &Log, address: &str, places: &[String]) -> Value {
    let body = json!({ "address": address, "vkey": log.vkey, "owner": log.owner, "places": places });
    operator(house).ask("POST", "/mirrors", Some(&body));
    look(house, log)
}

/// Has a node look at a log; the mirror after that.
pub fn look(house: &House, log: &Log) -> Value {
    operator(house).ask("POST", &format!("/mirrors/{}/look", log.id()), None)
}

/// Ends a mirror.
pub fn unmirror(house: &House, log: &Log) {
    let gone = operator(house).call("DELETE", &format!("/mirrors/{}", log.id()), None);
    assert_eq!(gone.status, 204, "{}", gone.text());
}

/// What a look finds, once it finds something.
///
/// # Panics
/// It found nothing within a minute.
pub fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}");
        std::thread::sleep(LOOK);
    }
}

/// A record as a node shows it to everybody, once `is_so` holds of it.
pub fn seen(house: &House, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let url = format!("{}/chapar/v1/register/records/{}", house.public, escaped(id));
    until(|| {
        let answer = get(&url);
        (answer.status == 200)
            .then(|| answer.value())
            .filter(|shown| is_so(shown))
    })
}

/// The id of a record as one segment of an address.
pub fn escaped(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    id.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// A command at a node with this key: its exit code and what it said, its output before its errors.
pub fn ended(house: &House, key: &str, words: &[&str]) -> (Option<i32>, String) {
    let output = output(house, key, words);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), said.concat())
}

/// What a command with this key prints as JSON; it must end well. What it says beside that, on the other output, is for people.
pub fn told(house: &House, key: &str, words: &[&str]) -> Value {
    let output = output(house, key, words);
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn output(house: &House, key: &str, words: &[&str]) -> Output {
    let mut command = house.command(words);
    command
        .env("CHAPAR_API", &house.private)
        .env("CHAPAR_API_KEY", key)
        .env("CHAPAR_PUBLIC", &house.public);
    command.output().expect("the binary can be started")
}

/// Whether a command did what it was asked, and what it said.
pub fn tool(house: &House, key: &str, words: &[&str]) -> (bool, String) {
    let (code, said) = ended(house, key, words);
    (code == Some(0), said)
}

/// What stands under an address.
pub fn get(url: &str) -> Response {
    wire::send("GET", url, &[], &[]).unwrap_or_else(|why| panic!("{url}: {why}"))
}

/// What a place does to the answer of the real one: the path below the log, and the answer.
pub type Lie = Box<dyn Fn(&str, Response) -> Response + Send + Sync>;

/// A place that shows a log as it is but for one lie.
pub struct Place {
    server: Server,
    lie: Arc<Mutex<Option<Lie>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Place {
    /// A place before the log at this address.
    pub fn before(address: &str) -> Self {
        let (lie, asked) = (Arc::new(Mutex::new(None::<Lie>)), Arc::new(Mutex::new(Vec::new())));
        let (told, heard, address) = (Arc::clone(&lie), Arc::clone(&asked), address.to_owned());
        let server = Server::start(Arc::new(move |request| {
            let path = request.path.trim_start_matches('/').to_owned();
            heard.lock().unwrap().push(path.clone());
            let headers: Vec<(&str, &str)> = request
                .headers
                .iter()
                .filter(|(name, _)| name == "if-none-match")
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let answer = wire::send("GET", &format!("{address}/{path}"), &headers, &[]).ok()?;
            let kept = ["etag", "chapar-checked-at"];
            let answer = Response {
                headers: answer
                    .headers
                    .into_iter()
                    .filter(|(name, _)| kept.contains(&name.as_str()))
                    .collect(),
                ..answer
            };
            match told.lock().unwrap().as_ref() {
                Some(lie) => Some(lie(&path, answer)),
                None => Some(answer),
            }
        }));
        Self {
            server: server.expect("a port can be had"),
            lie,
            asked,
        }
    }

    /// Where the log is shown.
    pub fn address(&self) -> String {
        self.server.url()
    }

    /// From now on it lies like this.
    pub fn lie(&self, lie: impl Fn(&str, Response) -> Response + Send + Sync + 'static) {
        *self.lie.lock().unwrap() = Some(Box::new(lie));
    }

    /// From now on it says the truth.
    pub fn be_honest(&self) {
        *self.lie.lock().unwrap() = None;
    }

    /// What was asked for since it was asked last.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// A node that publishes quickly.
pub fn house(name: &str) -> House {
    let mut house = House::with(name, Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    house
}

/// A participant whose register is out.
pub fn publisher(house: &House, slug: &str) -> Participant {
    let who = house.add(&json!({ "slug": slug }));
    published(&who);
    who
}

/// Everything below a log's address that a reader of `size` entries asks for, but the checkpoint.
pub fn resources(size: u64) -> Vec<String> {
    assert!(size < 256, "one bundle");
    ["tile/0/000", "tile/entries/000", "bodies/000"]
        .map(|path| format!("{path}.p/{size}"))
        .to_vec()
}

/// Holds a log and its mirror against each other, byte for byte.
pub fn assert_same(one: &str, other: &str, size: u64) {
    for path in [vec!["checkpoint".to_owned()], resources(size)].concat() {
        let (one, other) = (get(&format!("{one}/{path}")), get(&format!("{other}/{path}")));
        assert_eq!((one.status, other.status), (200, 200), "{path}");
        assert_eq!(one.body, other.body, "{path}");
    }
}

/// What is in the way of a mirror.
pub fn code(mirror: &Value) -> &str {
    mirror["obstacle"]["code"].as_str().unwrap_or_default()
}

/// An answer with one bit of another value.
pub fn flipped(mut answer: Response, at: usize) -> Response {
    answer.body[at] ^= 1;
    answer
}

/// Bodies that are not those of their entries.
pub fn flipped_bodies(path: &str, answer: Response) -> Response {
    match path.starts_with("bodies/") {
        true => {
            let last = answer.body.len() - 2;
            flipped(answer, last)
        }
        false => answer,
    }
}
