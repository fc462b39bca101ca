//! Output that nobody reads: a command ends with it as other tools do, and a node serves on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

use std::fs::File;
use std::io::{BufRead, BufReader, pipe};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// 128 and the number of SIGPIPE: what a shell tells of a program that a closed pipe ended.
const NOBODY_READS: Option<i32> = Some(141);

/// A node whose ready line nobody reads.
struct Node {
    folder: PathBuf,
    api: String,
    child: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        // Ends with the test, however that ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn clean() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    for name in std::env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CHAPAR_"))
    {
        command.env_remove(name);
    }
    command
}

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

impl Node {
    fn start(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("pipes-{name}-{}", std::process::id()));
        // Left by an earlier process of this number.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let listeners = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
        let [public, private] = listeners.map(|listener| listener.local_addr().unwrap().port());
        let config = format!(
            "public_url = \"http://127.0.0.1:{public}\"\n[public]\nlisten = \"127.0.0.1:{public}\"\n\
             [private]\nlisten = \"127.0.0.1:{private}\"\n[log]\nlevel = \"info\"\n"
        );
        std::fs::write(folder.join("chapar.toml"), config).unwrap();
        let mut command = clean();
        command
            .arg("serve")
            .arg("--config")
            .arg(folder.join("chapar.toml"))
            .stdout(closed())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let node = Self {
            folder,
            api: format!("http://127.0.0.1:{private}"),
            child,
        };
        let mut lines = log.lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("ready")), "it did not come to serve");
        // Goes on reading, as a log that nobody reads is not what is looked at here.
        std::thread::spawn(move || lines.for_each(drop));
        node
    }

    fn run(&self, line: &str, out: Stdio) -> Output {
        let operator = std::fs::read_to_string(self.folder.join("data/operator.key")).unwrap();
        let mut command = clean();
        command
            .env("CHAPAR_API", &self.api)
            .env("CHAPAR_API_KEY", operator.trim())
            .args(line.split_whitespace())
            .stdout(out)
            .stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // The command has its own copy of the writing end, and here is none any more.
        drop(command);
        child.wait_with_output().unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_closed_pipe_ends_a_command_without_a_word_and_no_node() {
    let node = Node::start("closed");
    let all = node.run("kinds", Stdio::piped());
    assert!(all.status.success() && all.stdout.len() > 1000, "{}", said(&all));
    for line in ["kinds", "kinds --json", "participant add uz-plant"] {
        let cut = node.run(line, closed());
        assert_eq!((cut.status.code(), said(&cut).as_str()), (NOBODY_READS, ""), "{line}");
    }
    // The reader takes one line and goes, as `head -1` does.
    let (reader, writer) = pipe().unwrap();
    let head = std::thread::spawn(move || BufReader::new(reader).lines().next().unwrap().unwrap());
    let cut = node.run("kinds", writer.into());
    assert!(head.join().unwrap().starts_with("NAME"));
    assert!(said(&cut).is_empty(), "{}", said(&cut));
    let address = node.api.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).is_ok(), "the node serves on");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_is_told() {
    let node = Node::start("full");
    let full = node.run("kinds", File::create("/dev/full").unwrap().into());
    assert_eq!(full.status.code(), Some(1));
    assert!(said(&full).contains("the output cannot be written"), "{}", said(&full));
}
