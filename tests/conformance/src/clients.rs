//! Two real nodes as a program of others meets them that drives connectors by their management API, and the program's run.
//!
//! The program hears of addresses and keys from its environment alone; its last line `… N of M` is its verdict. Refuses to know
//! what it does: that is told in its own language below `tests/clients`.

use crate::node::{Node, Participant};
use crate::wire::{Request, Response, Server};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the source of the provider's data answers.
pub const CONTENT: &str = "the content of the source";
/// Everything is on loopback; a quota would be one more reason for a refusal.
pub const TABLES: &str = "[egress]\nloopback = true\n[quota]\nper_second = 100000\nburst = 100000\n";

/// A provider and a consumer, each on a node of its own, and a source of data.
pub struct Pair {
    nodes: [Node; 2],
    sides: [(&'static str, Participant); 2],
    source: Server,
}

impl Pair {
    /// Starts both nodes with one participant each; every message between them is signed.
    pub fn start() -> Self {
        let nodes = [
            Node::start_with("production", TABLES),
            Node::start_with("production", TABLES),
        ];
        let [provider, consumer] = &nodes;
        let sides = [
            (
                "PROVIDER",
                provider.add(&json!({ "slug": "provider", "unsignedPeers": "refuse" })),
            ),
            (
                "CONSUMER",
                consumer.add(&json!({ "slug": "consumer", "unsignedPeers": "refuse" })),
            ),
        ];
        let source = Server::start(Arc::new(|_: Request| Some(content()))).expect("a free port can be had");
        Self { nodes, sides, source }
    }

    /// Tells a program where everything is.
    pub fn introduce(&self, command: &mut Command) {
        for (node, (role, who)) in self.nodes.iter().zip(&self.sides) {
            command
                .env(format!("{role}_ID"), &who.id)
                .env(format!("{role}_API_KEY"), &who.key)
                .env(format!("{role}_OPERATOR_KEY"), node.operator_key())
                .env(format!("{role}_PROTOCOL"), &who.dsp)
                .env(format!("{role}_MANAGEMENT"), format!("{}/management", node.private))
                .env(format!("{role}_DEFAULT"), format!("{}/api", node.private));
        }
        command
            .env("SOURCE", format!("{}/data", self.source.url()))
            .env("CONTENT", CONTENT);
    }
}

fn content() -> Response {
    Response {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: CONTENT.into(),
    }
}

/// A folder that a run may fill. It goes when it is dropped.
pub struct Workplace(pub PathBuf);

impl Workplace {
    /// Makes one.
    pub fn make() -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-clients-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
        Self(folder)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // A folder that stays in the system's own place for such is no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How many checks held, and of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// That held.
    pub passed: u64,
    /// Of all.
    pub all: u64,
}

impl Count {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            all: self.all + other.all,
        }
    }

    /// Says the closing line of the judge, and its verdict as an exit code.
    pub fn close(self, judge: &str) -> ExitCode {
        println!("{judge}: {} of {}", self.passed, self.all);
        if self.passed == self.all && self.all > 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Runs a program to its end, `limit` at most, and shows what it says. One that ends badly although its count is full, or that
/// counts nothing, has failed once.
pub fn run(mut command: Command, limit: Duration) -> Count {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|why| panic!("`{}`: {why}", command.get_program().display()));
    let output = child.stdout.take().expect("standard output is a pipe");
    let hearing = std::thread::spawn(move || {
        let mut counted = None;
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            counted = count(&line).or(counted);
        }
        counted
    });
    let well = ends_well(&mut child, limit);
    let counted = hearing
        .join()
        .expect("the program is heard to its end")
        .unwrap_or_default();
    let full = counted.passed == counted.all;
    if full && (!well || counted.all == 0) {
        Count {
            passed: counted.passed,
            all: counted.all + 1,
        }
    } else {
        counted
    }
}

fn count(line: &str) -> Option<Count> {
    let (passed, all) = line.rsplit(": ").next()?.trim().split_once(" of ")?;
    Some(Count {
        passed: passed.parse().ok()?,
        all: all.parse().ok()?,
    })
}

/// Whether a program came to a good end; it is stopped after `limit`.
pub fn ends_well(child: &mut Child, limit: Duration) -> bool {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the program can be asked") {
            return status.success();
        }
        if begun.elapsed() > limit {
            println!("the program did not end within {} s", limit.as_secs());
            child.kill().expect("the program can be stopped");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(script: &str, limit: Duration) -> Count {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        run(shell, limit)
    }

    #[test]
    fn the_last_count_stands_and_a_bad_end_is_a_failure() {
        let minute = Duration::from_secs(60);
        let count = |passed, all| Count { passed, all };
        assert_eq!(told("echo a: 1 of 2; echo b: 3 of 4; exit 1", minute), count(3, 4));
        assert_eq!(told("echo a: 4 of 4", minute), count(4, 4));
        assert_eq!(told("echo a: 4 of 4; exit 1", minute), count(4, 5));
        assert_eq!(told("echo nothing", minute), count(0, 1));
        assert_eq!(
            told("echo a: 4 of 4; exec sleep 61", Duration::from_millis(300)),
            count(4, 5)
        );
    }
}
