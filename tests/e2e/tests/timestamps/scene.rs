//! What the judges share: folders, OpenSSL, an authority behind a door, a node that asks it, and what is told of its log.

use chapar_conformance::node::Participant;
use chapar_conformance::wire::{Request, Response, Server};
use chapar_e2e::house::{House, Profile};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// A folder that is gone with the test.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-time-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let place = self.0.join(name);
        std::fs::write(&place, bytes).unwrap();
        place
    }

    /// Runs `openssl` in the folder.
    pub fn try_openssl(&self, words: &str) -> Output {
        let words: Vec<&str> = words.split_whitespace().collect();
        let mut command = Command::new("openssl");
        command.args(words).current_dir(&self.0).stdin(Stdio::null());
        command.output().expect("openssl can be started")
    }

    /// As [`Self::try_openssl`]; it must go well.
    pub fn openssl(&self, words: &str) -> String {
        let output = self.try_openssl(words);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "openssl {words}: {said}");
        said
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What an authority does with a query: a reply, or none, as when it is down.
pub type Answer = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync>;

/// An authority behind a door, which can be told to behave otherwise.
pub struct Door {
    server: Server,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<Instant>>>,
}

impl Door {
    pub fn open(answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(answer)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (told, heard) = (Arc::clone(&answer), Arc::clone(&asked));
        let server = Server::start(Arc::new(move |request: Request| {
            heard.lock().unwrap().push(Instant::now());
            assert_eq!(request.header("content-type"), Some("application/timestamp-query"));
            let body = told.lock().unwrap()(&request.body)?;
            let headers = vec![("content-type".to_owned(), "application/timestamp-reply".to_owned())];
            Some(Response {
                status: 200,
                headers,
                body,
            })
        }));
        Self {
            server: server.unwrap(),
            answer,
            asked,
        }
    }

    pub fn behave(&self, answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    /// When it was asked.
    pub fn asked(&self) -> Vec<Instant> {
        self.asked.lock().unwrap().clone()
    }
}

/// A node that asks this authority once a second at most, and its participant.
pub fn asking(name: &str, authority: &str, ca: &Path) -> (House, Participant) {
    let tables = format!(
        "[time]\nauthority = \"{authority}\"\nca = \"{}\"\nevery_s = 1\n",
        ca.display()
    );
    let mut house = House::with(name, Profile::Production, &tables);
    house.start();
    let who = house.add(&json!({ "slug": "plant" }));
    (house, who)
}

/// What is told of the register.
pub fn register(who: &Participant) -> Value {
    who.ask("GET", "/logs", None)["items"][0].clone()
}

/// The register once this is so.
pub fn until(who: &Participant, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let log = register(who);
        if is_so(&log) {
            return log;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: {log}");
        std::thread::sleep(LOOK);
    }
}

/// The register once its published tree is stamped.
pub fn stamped(who: &Participant) -> Value {
    until(who, "it is not stamped", |log| {
        log["waiting"] == 0 && log["timestamp"]["size"] == log["size"] && log["timestampObstacle"].is_null()
    })
}

/// The outcome of `chapar verify` of a place, and whether all holds.
pub fn verify(house: &House, place: &str, log: &Value, more: &[&str]) -> (bool, Value) {
    let vkey = log["vkey"].as_str().unwrap();
    let words = [&["verify", place, "--vkey", vkey, "--json"], more].concat();
    let output = house.command(&words).output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status.success(), said)
}

/// The one statement with this code.
pub fn statement<'a>(said: &'a Value, code: &str) -> &'a Value {
    let mut found = said["statements"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["code"] == code);
    let one = found.next().unwrap_or_else(|| panic!("no `{code}` in {said}"));
    assert!(found.next().is_none(), "{said}");
    one
}
