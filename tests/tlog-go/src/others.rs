//! The programs of others: a reader and writer on the libraries of Go's checksum database and of torchwood, and Tessera's `fsck`.

use crate::layout::{CHECKS, Verdicts};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest run of one program. `fsck` can hang on a corrupt bundle, which counts as a fault found.
const PATIENCE: Duration = Duration::from_secs(60);
/// What `fsck` says when all is well; it ends with success either way.
const SOUND: &str = "Successfully fsck'd";

pub(crate) fn program(name: &str) -> PathBuf {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.setup/tlog-go");
    let program = kit.join(name);
    assert!(
        program.is_file(),
        "`{}` is missing: run `cargo xtask setup`",
        program.display()
    );
    program
}

/// Has Go write a log that grows through `sizes`.
///
/// # Errors
/// What the program said.
pub fn write(folder: &Path, sizes: &[u64]) -> Result<(), String> {
    let mut command = Command::new(program("tlog"));
    command.arg("write").arg(folder).args(sizes.iter().map(u64::to_string));
    let (success, said) = run(command, folder);
    if success { Ok(()) } else { Err(said) }
}

/// Has Go read the log of a folder; of each check, why it failed if it did.
pub fn read(folder: &Path) -> Verdicts {
    let mut command = Command::new(program("tlog"));
    command.arg("verify").arg(folder);
    let (_, said) = run(command, folder);
    let verdict = |name: &str| {
        let bad = said
            .lines()
            .find_map(|line| line.strip_prefix(&format!("bad {name}: ")));
        match bad {
            Some(why) => Err(why.to_owned()),
            None if said.lines().any(|line| line == format!("ok {name}")) => Ok(()),
            None => Err(format!("no verdict; the program said: {said}")),
        }
    };
    CHECKS.into_iter().map(|name| (name, verdict(name))).collect()
}

/// Has `fsck` read the log of a folder.
///
/// # Errors
/// What it said instead of its word of success.
pub fn fsck(folder: &Path) -> Result<(), String> {
    let mut command = Command::new(program("fsck"));
    let url = format!("file://{}", folder.display());
    command
        .args(["-storage_url", &url, "-ui=false", "-N", "4", "-public_key"])
        .arg(folder.join("vkey"));
    let (_, said) = run(command, folder);
    if said.contains(SOUND) { Ok(()) } else { Err(said) }
}

/// Runs a program to its end or to the end of our patience; whether it succeeded, and what it said.
fn run(mut command: Command, folder: &Path) -> (bool, String) {
    fs::create_dir_all(folder).unwrap();
    let said = folder.with_extension("said");
    let file = File::create(&said).unwrap();
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file);
    let mut child = command.spawn().unwrap();
    let end = Instant::now() + PATIENCE;
    let ended = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if Instant::now() < end => sleep(Duration::from_millis(10)),
            None => break None,
        }
    };
    if ended.is_none() {
        stop(&mut child).unwrap();
    }
    let said = fs::read(&said)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap();
    (ended.is_some_and(|status| status.success()), said)
}

fn stop(child: &mut std::process::Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}
