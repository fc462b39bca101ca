//! The log that ours is compared with: Tessera's POSIX driver, driven by the small program in `bench/tessera`.

use super::ours::{Alone, ENTRY_BYTES};
use crate::numbers::Times;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How Tessera is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tuning {
    /// As it comes: batches of 256 or 250 ms, a checkpoint every 10 s.
    Defaults,
    /// Small waits: batches of 1024 or 5 ms, a checkpoint every 100 ms, the shortest that it takes.
    Quick,
}

impl Tuning {
    /// In the order of the page.
    pub const ALL: [Self; 2] = [Self::Defaults, Self::Quick];

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defaults => "Tessera, defaults",
            Self::Quick => "Tessera, 1024 / 5 ms / 100 ms",
        }
    }

    /// Its own of two amounts: with its defaults each lone entry waits ten seconds for a checkpoint.
    pub const fn of(self, amounts: [usize; 2]) -> usize {
        match self {
            Self::Defaults => amounts[1],
            Self::Quick => amounts[0],
        }
    }

    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Defaults => &[],
            Self::Quick => &["-batch", "1024", "-age", "5ms", "-checkpoint", "100ms"],
        }
    }
}

/// Entries of many writers that were durable, per second.
pub fn together(parent: &Path, tuning: Tuning, writers: usize, length: Duration) -> f64 {
    let (writers, seconds) = (writers.to_string(), length.as_secs_f64().to_string());
    let found = run(parent, tuning, &["-writers", &writers, "-seconds", &seconds]);
    number(&found["durable"]) / number(&found["seconds"])
}

/// Entries that come alone.
pub fn alone(parent: &Path, tuning: Tuning, count: usize) -> Alone {
    let found = run(parent, tuning, &["-lone", &count.to_string()]);
    let times = |name: &str| {
        let times = found[name].as_array().expect("times are a list");
        Times::of(times.iter().map(|ms| Duration::from_secs_f64(number(ms) / 1e3)))
    };
    Alone {
        durable: times("durable_ms"),
        published: times("published_ms"),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("the program prints numbers")
}

fn run(parent: &Path, tuning: Tuning, words: &[&str]) -> Value {
    let folder = parent.join(format!("tessera-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let mut command = Command::new(program());
    command
        .arg("-dir")
        .arg(&folder)
        .args(["-bytes", &ENTRY_BYTES.to_string()]);
    let output = command.args(tuning.words()).args(words).output();
    let output = output.expect("the program is there: cargo xtask setup tessera");
    let _ = std::fs::remove_dir_all(&folder);
    let (said, complained) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complained}");
    serde_json::from_slice(said).unwrap_or_else(|why| panic!("{why}: {complained}"))
}

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.setup/tessera/tessera")
}
