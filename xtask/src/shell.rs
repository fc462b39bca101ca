//! Runs one program: its output goes to the screen, to a log below `target/xtask/` and back to the caller; a deadline ends it.
//!
//! Does not read meaning into the output; that is `tally`.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const LOOK_MS: u64 = 50;
/// How long output may still come after the program's end, e.g. from a child that it left behind.
const DRAIN_SECONDS: u64 = 5;

/// A program that came to an end, or was brought to one.
pub struct Ended {
    /// Everything it printed, both streams in order.
    pub output: String,
    /// `Ok` for exit code 0; otherwise how it ended.
    pub verdict: Result<(), String>,
}

/// Starts `command` and waits for its end or the deadline.
///
/// # Errors
/// The program could not be started or its log not written; the message names it.
pub fn run(mut command: Command, log: &Path, deadline: Option<Instant>) -> Result<Ended, String> {
    let name = shown(&command);
    let (mut output, error_writer) = io::pipe().map_err(|why| format!("no pipe for `{name}`: {why}"))?;
    let output_writer = error_writer
        .try_clone()
        .map_err(|why| format!("no pipe for `{name}`: {why}"))?;
    let mut file = open_log(log)?;
    command
        .stdin(std::process::Stdio::null())
        .stdout(output_writer)
        .stderr(error_writer);
    let mut child = command
        .spawn()
        .map_err(|why| format!("`{name}` cannot be started: {why}"))?;
    // The command holds our ends of the pipe; while they live the reader never sees its end.
    drop(command);
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    thread::spawn(move || {
        let mut chunk = vec![0; 8192];
        while let Ok(length @ 1..) = output.read(&mut chunk) {
            let read = chunk.get(..length).unwrap_or_default();
            // A log or a screen that is gone does not change the verdict.
            let _ = io::stdout().write_all(read).and_then(|()| io::stdout().flush());
            let _ = file.write_all(read);
            if sender.send(read.to_vec()).is_err() {
                break;
            }
        }
    });
    let verdict = wait(&mut child, &name, deadline);
    Ok(Ended {
        output: String::from_utf8_lossy(&collect(&receiver)).into_owned(),
        verdict,
    })
}

/// As [`run`], with nothing on the screen: the log alone has the output.
///
/// # Errors
/// As for [`run`].
pub fn run_quietly(mut command: Command, log: &Path, deadline: Option<Instant>) -> Result<Ended, String> {
    let name = shown(&command);
    let file = open_log(log)?;
    let second = file.try_clone().map_err(|why| format!("no log for `{name}`: {why}"))?;
    command.stdin(std::process::Stdio::null()).stdout(file).stderr(second);
    let mut child = command
        .spawn()
        .map_err(|why| format!("`{name}` cannot be started: {why}"))?;
    let verdict = wait(&mut child, &name, deadline);
    let bytes = fs::read(log).map_err(|why| format!("log `{}` cannot be read: {why}", log.display()))?;
    Ok(Ended {
        output: String::from_utf8_lossy(&bytes).into_owned(),
        verdict,
    })
}

/// The command line as a person would type it.
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn open_log(log: &Path) -> Result<File, String> {
    let fault = |why: io::Error| format!("log `{}` cannot be written: {why}", log.display());
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).map_err(fault)?;
    }
    File::options().create(true).append(true).open(log).map_err(fault)
}

fn collect(receiver: &mpsc::Receiver<Vec<u8>>) -> Vec<u8> {
    let until = Instant::now() + Duration::from_secs(DRAIN_SECONDS);
    let mut bytes = Vec::new();
    while let Ok(chunk) = receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
        bytes.extend(chunk);
    }
    bytes
}

fn wait(child: &mut Child, name: &str, deadline: Option<Instant>) -> Result<(), String> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return verdict(name, status),
            Ok(None) if deadline.is_some_and(|at| Instant::now() >= at) => {
                end_with_children(child);
                return Err(format!("`{name}` passed its time line and was stopped"));
            }
            Ok(None) => thread::sleep(Duration::from_millis(LOOK_MS)),
            Err(why) => return Err(format!("`{name}` is out of reach: {why}")),
        }
    }
}

fn verdict(name: &str, status: ExitStatus) -> Result<(), String> {
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{name}` failed ({status})"))
    }
}

/// Ends the program and every program below it; a test binary must not outlive the `cargo` that started it.
fn end_with_children(child: &mut Child) {
    let mut doomed = vec![child.id()];
    let pairs = parents();
    let mut next = 0;
    while let Some(&parent) = doomed.get(next) {
        doomed.extend(pairs.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    for pid in doomed.iter().skip(1) {
        // One that has just ended by itself needs no killing.
        let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// (process, parent) of every running process, where the system tells.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // `pid (name) state ppid ...`; the name may hold blanks and brackets.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, deadline: Option<Instant>) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let log = std::env::temp_dir()
            .join(format!("xtask-shell-{}", std::process::id()))
            .join("log");
        run(command, &log, deadline).unwrap()
    }

    #[test]
    fn keeps_both_streams_and_the_verdict() {
        let ended = shell("echo out; echo err >&2; exit 3", None);
        assert!(ended.output.contains("out") && ended.output.contains("err"));
        assert!(ended.verdict.is_err());
        assert!(shell("true", None).verdict.is_ok());
    }

    #[test]
    fn a_quiet_run_keeps_its_output_too() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let log = std::env::temp_dir()
            .join(format!("xtask-shell-{}", std::process::id()))
            .join("quiet");
        let ended = run_quietly(command, &log, None).unwrap();
        assert!(ended.output.contains("out") && ended.output.contains("err"));
        assert!(ended.verdict.is_err());
    }

    #[test]
    fn a_deadline_ends_the_program_and_its_children() {
        let begun = Instant::now();
        let ended = shell("sleep 61 & sleep 62; true", Some(begun + Duration::from_millis(300)));
        assert!(ended.verdict.unwrap_err().contains("time line"));
        assert!(begun.elapsed() < Duration::from_secs(4), "a child held the pipe open");
    }
}
