//! The witness of torchwood as a process: its key lies in an agent, as it wants it, and both end with the judge.

use crate::others::program;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

const NAME: &str = "witness.example/w1";
/// Longest that a process takes to be ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running litewitness.
pub struct Litewitness {
    agent: Child,
    witness: Child,
    database: PathBuf,
    /// Its submission prefix.
    pub address: String,
    /// Its key.
    pub vkey: String,
}

impl Drop for Litewitness {
    fn drop(&mut self) {
        for child in [&mut self.witness, &mut self.agent] {
            // Whoever has ended by itself needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Litewitness {
    /// Starts one in this folder, which is empty.
    pub fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let (key, socket, database) = (folder.join("key"), folder.join("agent"), folder.join("witness.db"));
        say(Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key));
        let agent = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(&socket);
        say(Command::new("ssh-add")
            .arg("-q")
            .arg(&key)
            .env("SSH_AUTH_SOCK", &socket));
        let shown = say(Command::new("ssh-keygen").arg("-lf").arg(key.with_extension("pub")));
        let fingerprint = shown.split(' ').nth(1).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let listen = listener.local_addr().unwrap().to_string();
        drop(listener);
        let mut command = Command::new(program("litewitness"));
        command.args(["-name", NAME, "-key", fingerprint, "-listen", &listen]);
        command.arg("-ssh-agent").arg(&socket).arg("-db").arg(&database);
        let mut witness = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let vkey = vkey_of(&mut witness);
        Self {
            agent,
            witness,
            database,
            address: format!("http://{listen}"),
            vkey,
        }
    }

    /// Has it cosign a log.
    pub fn know(&self, origin: &str, vkey: &str) {
        say(Command::new(program("tlog"))
            .arg("know")
            .arg(&self.database)
            .args([origin, vkey]));
    }
}

/// Runs a program that must succeed; what it said.
fn say(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{}`: {said}", command.get_program().display());
    String::from_utf8(output.stdout).unwrap()
}

fn wait_for(path: &Path) {
    let end = Instant::now() + PATIENCE;
    while !path.exists() {
        assert!(Instant::now() < end, "`{}` did not come", path.display());
        sleep(Duration::from_millis(10));
    }
}

/// The key that it names in its first lines; the others are read too, so that it never waits for a reader.
fn vkey_of(witness: &mut Child) -> String {
    let lines = BufReader::new(witness.stderr.take().unwrap()).lines();
    let (tell, told) = mpsc::channel();
    spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some((_, vkey)) = line.split_once("vkey=") {
                // The judge may have gone.
                let _ = tell.send(vkey.trim_matches('"').to_owned());
            }
        }
    });
    told.recv_timeout(PATIENCE).expect("it says its key")
}
