//! A connector that others wrote, as a process beside the node: found where `cargo xtask setup` puts it, started on free ports of
//! loopback, ended with the demonstration.
//!
//! Refuses to know what is asked of it (`management`).

use crate::Failure;
use crate::config::environment;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Names another folder than the house's own.
const VARIABLE: &str = "CHAPAR_EDC";
/// Where `cargo xtask setup` puts it, below the folder of the sources.
const USUAL: &str = ".setup/edc";
/// Among its jars: what to start and how.
const ARGUMENTS: &str = "connector.args";
/// Longest that it may take to serve.
const START: Duration = Duration::from_secs(90);
/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(120);
/// Its doors, each with a port of its own.
const DOORS: [&str; 6] = ["default", "management", "protocol", "control", "public", "version"];

/// A running connector.
pub struct Connector {
    /// Its participant id.
    pub id: String,
    /// Its DSP base.
    pub dsp: String,
    /// Base of its management API.
    pub management: String,
    child: Child,
}

/// The folder with its jars.
///
/// # Errors
/// There is none; the person is told how to get one.
pub fn find(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let named = named
        .map(Path::to_owned)
        .or_else(|| environment(VARIABLE).map(PathBuf::from));
    let places = match named {
        Some(folder) => vec![folder],
        None => {
            let here = std::env::current_dir().unwrap_or_default();
            here.ancestors().map(|folder| folder.join(USUAL)).collect()
        }
    };
    let found = places.iter().find(|folder| folder.join(ARGUMENTS).is_file());
    found.cloned().ok_or_else(|| {
        let looked = places
            .first()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default();
        Failure::new(format!("there is no EDC in `{looked}`")).remedy(format!(
            "in the folder of the sources, `cargo xtask setup` fetches one into {USUAL} (it needs Java and Maven); \
             or name a folder like that: --with-edc FOLDER, or {VARIABLE}; around a folder of jars alone \
             `cargo xtask setup edc FOLDER` makes one"
        ))
    })
}

impl Connector {
    /// Starts the one in `jars` and waits until it serves. What it says of itself goes into `folder`.
    ///
    /// # Errors
    /// It does not start; its log is named.
    pub async fn start(jars: &Path, id: &str, folder: &Path) -> Result<Self, Failure> {
        outln!("Starting EDC, a connector that others wrote (Java, so it takes some seconds) ...");
        let began = Instant::now();
        let log = folder.join("edc.log");
        let ports = free_ports()?;
        let mut child = launch(jars, id, &ports, &log)?;
        let output = child.stdout.take().ok_or_else(|| Failure::new("EDC has no output"))?;
        let [_, management, protocol, ..] = ports;
        // Held from here on: whatever goes wrong, it ends with us.
        let connector = Self {
            id: id.to_owned(),
            dsp: format!("http://127.0.0.1:{protocol}/protocol/2025-1"),
            management: format!("http://127.0.0.1:{management}/management"),
            child,
        };
        let bar = spinner();
        let ready = tokio::time::timeout(START, listen(output, &log)?).await;
        bar.finish_and_clear();
        if !matches!(ready, Ok(Ok(()))) {
            let place = log.display();
            return Err(Failure::new("EDC did not come to serve").remedy(format!("what it says of itself: {place}")));
        }
        outln!("    ready after {:.1} s", began.elapsed().as_secs_f64());
        Ok(connector)
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after `wait`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(jars: &Path, id: &str, ports: &[u16; 6], log: &Path) -> Result<Child, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("`{}` cannot be written: {error}", log.display()));
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let errors = File::create(log).map_err(failed)?;
    let mut command = Command::new("java");
    command.arg("-cp").arg(jars.join("*"));
    command.arg(format!("@{}", jars.join(ARGUMENTS).display()));
    command.arg(format!("id={id}"));
    command.args(DOORS.iter().zip(ports).map(|(door, port)| format!("{door}={port}")));
    // It ends when the pipe to it does.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
    command.spawn().map_err(|error| {
        Failure::new(format!("`java` cannot be started: {error}")).remedy("EDC needs Java 17 or later on the path")
    })
}

/// Other programs may take one of them before it listens; then it does not start, and says so in its log.
fn free_ports() -> Result<[u16; 6], Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("no free port on this machine: {error}"));
    let mut held = Vec::new();
    let mut ports = [0; 6];
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
        *port = listener.local_addr().map_err(failed)?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Copies the output into the log as long as there is any; the receiver hears of the line `ready`.
fn listen(output: ChildStdout, log: &Path) -> Result<oneshot::Receiver<()>, Failure> {
    let log = File::options().append(true).open(log);
    let mut log = log.map_err(|error| Failure::new(error.to_string()))?;
    let (said, hear) = oneshot::channel();
    let mut said = Some(said);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // A log that cannot be written is no reason to let the pipe fill.
            let _ = writeln!(log, "{line}");
            if line == "ready"
                && let Some(said) = said.take()
            {
                // After that nobody listens.
                let _ = said.send(());
            }
        }
    });
    Ok(hear)
}

/// Turns at a terminal; nothing elsewhere.
fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("    {spinner} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TURN);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_connector_is_told_how_to_get_one() {
        let folder = std::env::temp_dir().join(format!("chapar-no-edc-{}", std::process::id()));
        let told = find(Some(&folder)).unwrap_err().to_string();
        assert!(
            told.contains("cargo xtask setup") && told.contains("--with-edc FOLDER"),
            "{told}"
        );
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(ARGUMENTS), "").unwrap();
        assert_eq!(find(Some(&folder)).unwrap(), folder);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
