//! A real node: the binary `chapar` in a temporary folder, and its own API as a client sees it.
//!
//! Refuses to look into the node's files, except for the two keys that a first start writes: the operator's and the node's own.

use crate::wire::{self, Response};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// Longest that a node may take to say `ready`.
const START: Duration = Duration::from_secs(30);

/// A running node. Ends, with its folder, when it is dropped; the log stays when the judge is panicking.
pub struct Node {
    child: Child,
    folder: PathBuf,
    /// Base of the public listener.
    pub public: String,
    /// Base of the private listener.
    pub private: String,
    operator_key: String,
}

/// A participant of a node, with a key of its own.
#[derive(Clone, Debug)]
pub struct Participant {
    /// Its id in the protocol.
    pub id: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its DSP base.
    pub dsp: String,
    /// Base of the own API.
    pub api: String,
    /// An admin key.
    pub key: String,
}

/// Ports tried before a start is given up.
const PORTS_TRIED: usize = 8;

impl Node {
    /// Starts a node in the development profile, on free ports of loopback, allowed to speak to loopback.
    pub fn start() -> Self {
        Self::start_with("development", "[egress]\nloopback = true\n")
    }

    /// Starts a node in this profile with these tables behind its listeners. Another process may take a port between its choice
    /// and the node's listening; then another is chosen.
    pub fn start_with(profile: &str, tables: &str) -> Self {
        Self::start_known_as(None, &format!("profile = \"{profile}\"\n"), tables)
    }

    /// Starts a node whose portal speaks these languages, by their codes.
    pub fn start_speaking(languages: &[&str]) -> Self {
        Self::start_known_as(None, &format!("languages = {languages:?}\n"), "")
    }

    /// Starts a node that tells its peers this address; whoever answers there must pass everything on to it.
    pub fn start_behind(address: &str) -> Self {
        let development = "profile = \"development\"\n";
        Self::start_known_as(Some(address), development, "[egress]\nloopback = true\n")
    }

    fn start_known_as(address: Option<&str>, lines: &str, tables: &str) -> Self {
        for _ in 0..PORTS_TRIED {
            let mut node = Self::launch_on(free_port(), address, lines, tables);
            match node.wait_until_ready() {
                Ok(()) => return node,
                Err(_) if node.log().contains("Address already in use") => {}
                Err(why) => panic!("the node did not say `ready` ({why}); its log:\n{}", node.log()),
            }
        }
        panic!("no free port in {PORTS_TRIED} tries")
    }

    fn launch_on(port: u16, address: Option<&str>, lines: &str, tables: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-conformance-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
        let config = folder.join("chapar.toml");
        let public = format!("http://127.0.0.1:{port}");
        let text = format!(
            "public_url = \"{}\"\n{lines}data = \"{}\"\n\
             [public]\nlisten = \"127.0.0.1:{port}\"\n[private]\nlisten = \"127.0.0.1:0\"\n{tables}",
            address.unwrap_or(&public),
            folder.join("data").display()
        );
        std::fs::write(&config, text).expect("the configuration can be written");
        Self {
            child: launch(&config, &folder.join("node.log")),
            folder,
            public,
            private: String::new(),
            operator_key: String::new(),
        }
    }

    /// Reads the `ready` line and the operator's key.
    fn wait_until_ready(&mut self) -> Result<(), mpsc::RecvTimeoutError> {
        let output = self.child.stdout.take().expect("standard output is a pipe");
        let (said, hear) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // After `ready` nobody listens, but the pipe must be emptied.
                let _ = said.send(line);
            }
        });
        loop {
            let line = hear.recv_timeout(START)?;
            if let Some((_, private)) = line.rsplit_once("private=").filter(|_| line.starts_with("ready")) {
                private.trim().clone_into(&mut self.private);
                break;
            }
        }
        let key = std::fs::read_to_string(self.folder.join("data/operator.key"))
            .expect("a first start writes `operator.key`");
        key.trim().clone_into(&mut self.operator_key);
        Ok(())
    }

    /// What the node wrote to its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("node.log")).unwrap_or_default()
    }

    /// The operator's key.
    pub fn operator_key(&self) -> &str {
        &self.operator_key
    }

    /// The node key, as its file holds it: for a judge that looks for it where it must not be.
    pub fn node_key(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("data/node.key")).expect("a first start writes `node.key`");
        text.trim().to_owned()
    }

    /// Makes a participant; `body` as `POST /participants` takes it.
    pub fn add(&self, body: &Value) -> Participant {
        let api = format!("{}/chapar/v1", self.private);
        let answer = call(&api, &self.operator_key, "POST", "/participants", Some(body));
        assert_eq!(answer.status, 201, "POST /participants {body}: {}", answer.text());
        let made = answer.value();
        let text = |name: &str| {
            made[name]
                .as_str()
                .unwrap_or_else(|| panic!("no `{name}` in {made}"))
                .to_owned()
        };
        Participant {
            id: text("participant"),
            slug: text("slug"),
            dsp: text("dsp"),
            api,
            key: text("apiKey"),
        }
    }

    /// A participant with a bare name, for whom any token means `peer`.
    pub fn add_named(&self, slug: &str, id: &str, peer: &str) -> Participant {
        self.add(&json!({ "slug": slug, "identity": "development", "id": id, "peer": peer, "unsignedPeers": "accept" }))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after `wait`.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            eprintln!("-- end of the node's log --");
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Participant {
    /// One call of the own API below `/chapar/v1`.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        call(&self.api, &self.key, method, path, body)
    }

    /// A call that must succeed; its JSON.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let answer = self.call(method, path, body);
        assert!(answer.is_good(), "{method} {path}: {} {}", answer.status, answer.text());
        answer.value()
    }

    /// Puts a document of a few bytes.
    pub fn put_document(&self, id: &str, text: &str) {
        let url = format!("{}/documents/{id}", self.api);
        let bearer = format!("Bearer {}", self.key);
        let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
        let answer = wire::send("PUT", &url, &headers, text.as_bytes()).expect("the private door answers");
        assert!(
            answer.is_good(),
            "PUT /documents/{id}: {} {}",
            answer.status,
            answer.text()
        );
    }
}

fn call(api: &str, key: &str, method: &str, path: &str, body: Option<&Value>) -> Response {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    wire::send(method, &format!("{api}{path}"), &headers, &bytes).unwrap_or_else(|why| panic!("{method} {path}: {why}"))
}

fn launch(config: &Path, log: &Path) -> Child {
    let log = std::fs::File::create(log).expect("the log can be written");
    let mut command = command();
    command.arg("serve").arg("--config").arg(config).stderr(log);
    command
        .spawn()
        .unwrap_or_else(|why| panic!("`{}`: {why}", binary().display()))
}

/// The binary under judgement as a command whose output is a pipe. What the judge was started with does not reach it, except for the
/// fault that a judge is judged by.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    let inherited = std::env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| name.to_string_lossy().starts_with("CHAPAR_") && name != "CHAPAR_SABOTAGE") {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// The binary under judgement: the one named by `CHAPAR_BIN`, or `chapar` of the judge's own profile, built if it is not fresh.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("CHAPAR_BIN") {
        Some(named) => PathBuf::from(named),
        None => built(),
    })
}

/// A stale binary would be judged in place of the code at hand, so cargo has a look first; it is quick when all is fresh.
fn built() -> PathBuf {
    let judge = std::env::current_exe().expect("the judge knows its own place");
    let folder = judge
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"))
        .expect("the judge lies in a folder");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "chapar-node", "--profile", profile]);
    let target = folder.parent().expect("the profile's folder lies in the target folder");
    command
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let done = command.status().expect("cargo can be started");
    assert!(done.success(), "`cargo build --package chapar-node` failed");
    folder.join("chapar")
}

/// A port that nobody holds now. It lies below the range that outgoing connections draw from, or one of them might have it
/// by the time the node listens.
///
/// # Panics
/// If there is none after many tries.
pub fn free_port() -> u16 {
    let drawn = std::iter::repeat_with(|| 12_000 + (uuid::Uuid::new_v4().as_u128() % 20_000) as u16);
    let mut free = drawn
        .take(200)
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().expect("a free port can be had")
}
