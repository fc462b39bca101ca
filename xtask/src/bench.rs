//! `cargo xtask bench`: builds the node as it is packaged (profile `dist`) and lets `bench/` measure it.
//!
//! Refuses to be part of the default set: nothing there is timed.

use crate::house::House;
use crate::shell;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Own target folder: the profile differs from that of all other work.
const TARGET: &str = "target/dist-bench";
/// Where the nodes keep their data meanwhile: on the disk of the house, and out of the way of whoever clears the system's folder.
const DATA: &str = "target/bench-data";
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
    let data = house.root().join(DATA);
    fs::create_dir_all(&data).map_err(|why| format!("`{DATA}` cannot be made: {why}"))?;
    command
        .args(words)
        .env(BINARY, binary)
        .env("TMPDIR", data)
        .current_dir(house.root());
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
