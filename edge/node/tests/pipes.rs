//! Output that nobody reads: a command ends with it as other tools do, and a node serves on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader, pipe};
use std::net::TcpStream;
use std::process::{Output, Stdio};
use support::{Node, clean};

/// 128 and the number of SIGPIPE: what a shell tells of a program that a closed pipe ended.
const NOBODY_READS: Option<i32> = Some(141);

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A node whose ready line nobody reads.
fn start(name: &str) -> Node {
    let mut node = Node::spawn(&format!("pipes-{name}"), "[log]\nlevel = \"info\"\n", |command| {
        command.stdout(closed()).stderr(Stdio::piped());
    });
    let log = BufReader::new(node.child.stderr.take().unwrap());
    let mut lines = log.lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("ready")), "it did not come to serve");
    // Goes on reading, as a log that nobody reads is not what is looked at here.
    std::thread::spawn(move || lines.for_each(drop));
    node
}

/// A command of the operator with its output there.
fn run(node: &Node, line: &str, out: Stdio) -> Output {
    let mut command = clean();
    command
        .env("CHAPAR_API", &node.api)
        .env("CHAPAR_API_KEY", node.operator_key())
        .args(line.split_whitespace())
        .stdout(out)
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // The command has its own copy of the writing end, and here is none any more.
    drop(command);
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_closed_pipe_ends_a_command_without_a_word_and_no_node() {
    let node = start("closed");
    let all = run(&node, "kinds", Stdio::piped());
    assert!(all.status.success() && all.stdout.len() > 1000, "{}", said(&all));
    for line in ["kinds", "kinds --json", "participant add uz-plant"] {
        let cut = run(&node, line, closed());
        assert_eq!((cut.status.code(), said(&cut).as_str()), (NOBODY_READS, ""), "{line}");
    }
    // The reader takes one line and goes, as `head -1` does.
    let (reader, writer) = pipe().unwrap();
    let head = std::thread::spawn(move || BufReader::new(reader).lines().next().unwrap().unwrap());
    let cut = run(&node, "kinds", writer.into());
    assert!(head.join().unwrap().starts_with("NAME"));
    assert!(said(&cut).is_empty(), "{}", said(&cut));
    let address = node.api.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).is_ok(), "the node serves on");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_is_told() {
    let node = start("full");
    let full = run(&node, "kinds", File::create("/dev/full").unwrap().into());
    assert_eq!(full.status.code(), Some(1));
    assert!(said(&full).contains("the output cannot be written"), "{}", said(&full));
}
