//! A node whose folder, addresses and keys outlive its process: it is started, killed, started again.
//!
//! Refuses to look into the folder, except for the operator key, which a first start hands over as a file.

use chapar_conformance::node::{Participant, binary};
use chapar_conformance::wire;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// Longest that a node may take to say `ready` or to refuse to start; under a tracer it takes its time.
const START: Duration = Duration::from_secs(60);
/// Lines of the log that a failure shows.
const TAIL: usize = 40;

/// Which identities may exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Only DIDs.
    Production,
    /// Also bare names.
    Development,
}

/// A node's folder and addresses, and its process while it runs. Everything ends when it is dropped.
pub struct House {
    name: String,
    folder: PathBuf,
    child: Option<Child>,
    /// Base of the public listener.
    pub public: String,
    /// Base of the private listener.
    pub private: String,
}

impl House {
    /// Makes the folder and the configuration of a node that was never started.
    pub fn new(name: &str, profile: Profile) -> Self {
        Self::with(name, profile, "")
    }

    /// As [`Self::new`], with more tables in the configuration.
    pub fn with(name: &str, profile: Profile, tables: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-e2e-{name}-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
        let (public, private) = (quiet_port(), quiet_port());
        let profile = match profile {
            Profile::Production => "production",
            Profile::Development => "development",
        };
        // A quota would be one more reason for a refusal; short pauses let a delivery come through soon after a crash.
        let text = format!(
            "public_url = \"http://127.0.0.1:{public}\"\nprofile = \"{profile}\"\ndata = \"{}\"\n\
             [public]\nlisten = \"127.0.0.1:{public}\"\n[private]\nlisten = \"127.0.0.1:{private}\"\n\
             [egress]\nloopback = true\n[quota]\nper_second = 100000\nburst = 100000\n[delivery]\nretry_base_ms = 50\n[log]\nformat = \"json\"\n{tables}",
            folder.join("data").display()
        );
        std::fs::write(folder.join("chapar.toml"), text).expect("the configuration can be written");
        Self {
            name: name.to_owned(),
            folder,
            child: None,
            public: format!("http://127.0.0.1:{public}"),
            private: format!("http://127.0.0.1:{private}"),
        }
    }

    /// The folder around the node: configuration, log and `data`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts the node and waits until it is ready.
    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts the node with more words behind `serve --config FILE`.
    pub fn start_with(&mut self, words: &[&str]) {
        let mut command = self.serve();
        command.args(words);
        self.launch(command);
    }

    /// Starts the node under `strace` with these options. The tracer stands aside, so that the node stays our child.
    pub fn start_traced(&mut self, options: &[&OsStr]) {
        let node = self.serve();
        let mut command = Command::new("strace");
        command
            .arg("-D")
            .args(options)
            .arg(node.get_program())
            .args(node.get_args());
        for (name, value) in node.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        self.launch(command);
    }

    /// Starts the node with its clock off by so much, as `faketime` writes it, e.g. `+1d`.
    pub fn start_off(&mut self, off: &str) {
        let mut command = self.serve();
        command
            .env("LD_PRELOAD", false_clock())
            .env("FAKETIME", off)
            // How long something takes stays true.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        self.launch(command);
    }

    fn serve(&self) -> Command {
        let mut command = self.command(&["serve", "--config"]);
        command.arg(self.folder.join("chapar.toml"));
        command
    }

    /// The binary with these words, away from what the judge itself was started with, but for the fault chosen for a
    /// binary that is broken on purpose.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(words).current_dir(&self.folder).stdin(Stdio::null());
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("CHAPAR_") && name != "CHAPAR_SABOTAGE")
        {
            command.env_remove(name);
        }
        command
    }

    fn launch(&mut self, mut command: Command) {
        assert!(self.child.is_none(), "`{}` runs already", self.name);
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("the log can be written");
        command.stdout(Stdio::piped()).stderr(log);
        let mut child = command
            .spawn()
            .unwrap_or_else(|why| panic!("`{}`: {why}", command.get_program().display()));
        let ready = says_ready(&mut child);
        self.child = Some(child);
        if let Err(why) = ready {
            panic!("`{}` did not say `ready`: {why}", self.name);
        }
    }

    /// Starts the node expecting that it refuses; what it wrote.
    ///
    /// # Errors
    /// It did start.
    pub fn refused_start(&mut self) -> Result<String, String> {
        let mut command = self.serve();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary can be started");
        let ready = says_ready(&mut child);
        // It ended by itself or is ended here; `wait_with_output` tells which.
        let _ = child.kill();
        let output = child.wait_with_output().expect("the process can be waited for");
        match ready {
            Ok(()) => Err(format!("`{}` started", self.name)),
            Err(_) => Ok(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Kills the process with signal 9 and waits until it is gone.
    pub fn kill(&mut self) {
        let mut child = self
            .child
            .take()
            .unwrap_or_else(|| panic!("`{}` does not run", self.name));
        assert!(
            child.try_wait().expect("the process can be asked").is_none(),
            "`{}` had ended by itself",
            self.name
        );
        child.kill().expect("the process can be killed");
        child.wait().expect("the process can be waited for");
    }

    /// Asks the process to end (SIGTERM) and waits for it.
    pub fn stop(&mut self) -> ExitStatus {
        let mut child = self
            .child
            .take()
            .unwrap_or_else(|| panic!("`{}` does not run", self.name));
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .expect("`kill` can be started");
        assert!(asked.success(), "`{}` had ended by itself", self.name);
        child.wait().expect("the process can be waited for")
    }

    /// The id of the process.
    pub fn process(&self) -> u32 {
        self.child
            .as_ref()
            .unwrap_or_else(|| panic!("`{}` does not run", self.name))
            .id()
    }

    /// The operator's key that the first start wrote.
    pub fn operator_key(&self) -> String {
        let text =
            std::fs::read_to_string(self.data().join("operator.key")).expect("a first start writes `operator.key`");
        text.trim().to_owned()
    }

    /// Makes a participant; `body` as `POST /participants` takes it.
    pub fn add(&self, body: &Value) -> Participant {
        let api = format!("{}/chapar/v1", self.private);
        let bearer = format!("Bearer {}", self.operator_key());
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let answer = wire::send(
            "POST",
            &format!("{api}/participants"),
            &headers,
            body.to_string().as_bytes(),
        );
        let answer = answer.expect("the private door answers");
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

    fn log_file(&self) -> PathBuf {
        self.folder.join("node.log")
    }

    /// What all its processes wrote to the log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; either way it is gone after `wait`.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(TAIL).collect();
            eprintln!("-- end of the log of `{}` --", self.name);
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
        if std::env::var_os("CHAPAR_E2E_KEEP").is_none() {
            let _ = std::fs::remove_dir_all(&self.folder);
        } else {
            eprintln!("`{}` stays in {}", self.name, self.folder.display());
        }
    }
}

/// The library of the package `faketime`, which lies in a folder of the machine's architecture.
fn false_clock() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib")
        .expect("there is a folder of libraries")
        .flatten();
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    found
        .find(|library| library.exists())
        .expect("the package `faketime` is installed: cargo xtask setup")
}

fn says_ready(child: &mut Child) -> Result<(), String> {
    let output = child.stdout.take().expect("standard output is a pipe");
    let (said, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // After `ready` nobody listens, but the pipe must be emptied.
            let _ = said.send(line);
        }
    });
    loop {
        match hear.recv_timeout(START) {
            Ok(line) if line.starts_with("ready") => return Ok(()),
            Ok(_) => {}
            Err(why) => return Err(why.to_string()),
        }
    }
}

/// A free port below those that outgoing connections use: one of these could sit on the port while the node is dead.
fn quiet_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 15_000;
    const COUNT: u16 = 15_000;
    // Judges that run at the same time begin at different places.
    let begin = u16::try_from(std::process::id() * 37 % u32::from(COUNT)).expect("a remainder fits");
    for _ in 0..COUNT {
        let port = FIRST + (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port can be had");
}
