//! The foreign connector as a process: started from what `cargo xtask setup` has fetched, ended with this one.
//!
//! Refuses to know what is asked of it (`management`). Its settings are in `tests/interop/edc`, beside what is compiled for it.

use crate::ends::Ends;
use crate::side::Peer;
use chapar_conformance::kit;
use chapar_conformance::node::free_port;
use chapar_conformance::wire;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

/// Longest that it may take to serve; on a quiet machine it takes three seconds.
const START: Duration = Duration::from_secs(60);
/// Starts tried: another process may take a port between its choice and the listening.
const STARTS: usize = 3;
/// Names the folder of another one.
const VARIABLE: &str = "CHAPAR_EDC";
/// In a folder that is whole: how it is started.
const ARGUMENTS: &str = "connector.args";
/// What starts it, where the settings of the machine are its own.
const MAIN: &str = "chapar.interop.Connector";
/// Its doors, each with a port of its own.
const DOORS: [&str; 6] = ["default", "management", "protocol", "control", "public", "version"];

/// Path of the protocol behind its door.
const PROTOCOL: &str = "/protocol";

/// A running EDC. Ends when it is dropped; its log stays.
pub struct Edc {
    /// Where it is.
    peer: Peer,
    child: Child,
    ports: [u16; 6],
    log: PathBuf,
    ends: Ends,
}

/// How one is to be started.
pub struct Wanted<'a> {
    /// Its participant id.
    pub id: &'a str,
    /// The address that it tells its peers, its own door if none; whoever answers there must pass everything on to that door.
    pub known_as: Option<&'a str>,
    /// Settings of its own by their full names.
    pub settings: &'a [(&'a str, &'a str)],
    /// On which Java machine.
    pub machine: Machine,
}

/// The settings of the Java machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// Those that serve a judge, who wants a quick start.
    ShortLived,
    /// Its own.
    AsItComes,
}

impl Edc {
    /// Starts one as `wanted`. Its log is written to `log`.
    ///
    /// # Errors
    /// It is not there, or did not come to serve; the text says what to do.
    pub fn start(wanted: &Wanted<'_>, log: &Path) -> Result<Self, String> {
        let jars = folder()?;
        let mut why = String::new();
        for _ in 0..STARTS {
            let mut edc = Self::launch(&jars, wanted, log)?;
            match edc.wait_until_ready() {
                Ok(()) => return Ok(edc),
                Err(reason) => why = reason,
            }
        }
        Err(format!("EDC did not come to serve ({why}); its log: {}", log.display()))
    }

    fn launch(jars: &Path, wanted: &Wanted<'_>, log: &Path) -> Result<Self, String> {
        let ports = [(); 6].map(|()| free_port());
        let own = door(ports, "protocol");
        let (id, known_as) = (wanted.id, wanted.known_as.unwrap_or(&own));
        let errors = File::create(log).map_err(|why| format!("`{}`: {why}", log.display()))?;
        let mut command = Command::new("java");
        command.arg("-cp").arg(jars.join("*"));
        match wanted.machine {
            Machine::ShortLived => command.arg(format!("@{}", jars.join(ARGUMENTS).display())),
            Machine::AsItComes => command.arg(MAIN),
        };
        command.arg(format!("id={id}"));
        command.args(DOORS.iter().zip(ports).map(|(door, port)| format!("{door}={port}")));
        command.arg(format!("edc.dsp.callback.address={known_as}{PROTOCOL}"));
        command.args(wanted.settings.iter().map(|(name, value)| format!("{name}={value}")));
        // It ends when the pipe to it does, so it outlives nobody.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let child = command
            .spawn()
            .map_err(|why| format!("`java` cannot be started: {why}"))?;
        let peer = Peer {
            id: id.to_owned(),
            dsp: format!("{known_as}{PROTOCOL}/2025-1"),
        };
        Ok(Self {
            peer,
            child,
            ports,
            log: log.to_owned(),
            ends: Ends::default(),
        })
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let output = self.child.stdout.take().expect("standard output is a pipe");
        let log = File::options()
            .append(true)
            .open(&self.log)
            .map_err(|why| why.to_string())?;
        let until = Instant::now() + START;
        says_ready(output, log, self.ends.clone(), until)?;
        let url = format!("{}/api/check/startup", self.door("default"));
        let health = wire::send("GET", &url, &[], b"").map_err(|why| why.to_string())?;
        if health.value()["isSystemHealthy"] == true {
            Ok(())
        } else {
            Err(format!("{url}: {} {}", health.status, health.text()))
        }
    }

    fn door(&self, name: &str) -> String {
        door(self.ports, name)
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// How its transfers ended.
    pub fn ends(&self) -> Ends {
        self.ends.clone()
    }

    /// Where it is, as it tells its peers.
    pub fn peer(&self) -> Peer {
        self.peer.clone()
    }

    /// Where the address that it tells its peers must lead to.
    pub fn behind(&self) -> String {
        self.door("protocol")
    }

    /// Base of its management API.
    pub fn management(&self) -> String {
        format!("{}/management", self.door("management"))
    }
}

fn door(ports: [u16; 6], name: &str) -> String {
    let at = DOORS.iter().position(|door| *door == name).expect("it has this door");
    format!("http://127.0.0.1:{}", ports[at])
}

impl Drop for Edc {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after `wait`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether it is another than the house sets up.
pub fn is_another() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// The jars: those of the house, or of the folder that `CHAPAR_EDC` names. Around one that holds jars alone the house sets up the rest.
///
/// # Errors
/// There are none; the text says what to do.
pub fn folder() -> Result<PathBuf, String> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    FOLDER.get_or_init(find).clone()
}

fn find() -> Result<PathBuf, String> {
    let is_whole = |folder: &Path| folder.join(ARGUMENTS).is_file();
    let Some(named) = std::env::var_os(VARIABLE) else {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.setup/edc");
        let told = || format!("`{}` holds no EDC: `cargo xtask setup` fetches it", house.display());
        return if is_whole(&house) { Ok(house) } else { Err(told()) };
    };
    let named = Path::new(&named);
    let named = named
        .canonicalize()
        .map_err(|why| format!("`{VARIABLE}` names `{}`: {why}", named.display()))?;
    if is_whole(&named) {
        Ok(named)
    } else {
        kit::around("edc", &named)
    }
}

/// Copies the output into the log, as long as there is any; returns at the line `ready`.
fn says_ready(output: ChildStdout, mut log: File, ends: Ends, until: Instant) -> Result<(), String> {
    let (said, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // A log that cannot be written is no reason to let the pipe fill.
            let _ = writeln!(log, "{line}");
            ends.hear(&line);
            if line == "ready" {
                // After that nobody listens.
                let _ = said.send(());
            }
        }
    });
    hear.recv_timeout(until.saturating_duration_since(Instant::now()))
        .map_err(|why| format!("no `ready`: {why}"))
}
