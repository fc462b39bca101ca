//! `cargo xtask bench`: builds the node as it is packaged (profile `dist`) and lets `bench/` measure it.
//!
//! Refuses to be part of the default set: nothing there is timed.

use crate::house::House;
use crate::shell;
use std::path::PathBuf;
use std::process::Command;

/// Own target folder: the profile differs from that of all other work.
const TARGET: &str = "target/dist-bench";
/// The binary to measure in place of the one built here.
const BINARY: &str = "CHAPAR_BIN";

/// Measures everything, or what is named; `words` go to the measuring program as they are.
///
/// # Errors
/// A build failed, or a measure broke off. A figure that is missed is no error: the page says so.
pub fn run(house: &House, words: &[&str]) -> Result<(), String> {
    let binary = match std::env::var_os(BINARY) {
        Some(named) => PathBuf::from(named),
        None => {
            build(house, "chapar-node")?;
            house.root().join(TARGET).join("dist/chapar")
        }
    };
    build(house, "chapar-bench")?;
    let mut command = Command::new(house.root().join(TARGET).join("dist/chapar-bench"));
    command.args(words).env(BINARY, binary).current_dir(house.root());
    shell::run(command, &house.root().join("target/xtask/bench.log"), None)?.verdict
}

fn build(house: &House, package: &str) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--quiet", "--profile", "dist", "--target-dir", TARGET])
        .args(["--package", package])
        .current_dir(house.root());
    shell::run(command, &house.root().join("target/xtask/bench-build.log"), None)?.verdict
}
