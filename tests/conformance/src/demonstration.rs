//! `chapar demo --act register` as it serves when its story has been told: three real nodes with the sample records, of which one was
//! caught lying.
//!
//! Refuses to judge the story: that is the demonstration's own verdict, and one that does not hold serves nothing.

use crate::node;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc;
use std::time::Duration;

/// Longest that the story may take; it takes half a minute.
const STORY: Duration = Duration::from_secs(180);
/// Before the address of the portal, in the line that is said last.
const INVITATION: &str = "Open the portal in a browser";

/// A demonstration that serves. Ends when it is dropped.
pub struct Demonstration {
    child: Child,
    /// Address of the portal of its first node, with a slash behind it.
    pub portal: String,
    /// The file with the addresses and keys of its nodes.
    pub endpoints: PathBuf,
}

impl Demonstration {
    /// Plays the act of the register, with its nodes below this folder and with portals that speak these languages.
    pub fn of_the_register(folder: &Path, languages: &[&str]) -> Self {
        let endpoints = folder.join("endpoints.json");
        let mut command = node::command();
        command
            .args(["demo", "--act", "register", "--data"])
            .arg(folder.join("nodes"));
        command.arg("--endpoints").arg(&endpoints);
        command.env("CHAPAR_LANGUAGES", languages.join(","));
        let mut child = command.spawn().expect("the binary can be run");
        let output = child.stdout.take().expect("standard output is a pipe");
        let (said, hear) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // After the invitation nobody listens, but the pipe must be emptied.
                let _ = said.send(line);
            }
        });
        let mut demonstration = Self {
            child,
            portal: String::new(),
            endpoints,
        };
        let mut told = Vec::new();
        while demonstration.portal.is_empty() {
            let line = hear
                .recv_timeout(STORY)
                .unwrap_or_else(|_| panic!("the story does not hold:\n{}", told.join("\n")));
            if let Some((_, address)) = line.rsplit_once(": ").filter(|_| line.starts_with(INVITATION)) {
                address.trim().clone_into(&mut demonstration.portal);
            }
            told.push(line);
        }
        demonstration
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after `wait`, and its folder is whose it was.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
