//! The judge `edc-client-python`: the published Python client of EDC's management API against two real nodes.
//!
//! What is called and what must come of it is told in Python (`tests/clients/python`). Refuses to know the calls.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{Pair, run};
use chapar_conformance::kit;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Longest that it may take; it takes seconds.
const LIMIT: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    let kit = match kit::fetched("edc-client-python") {
        Ok(kit) => kit,
        Err(why) => {
            eprintln!("edc-client-python: {why}");
            return ExitCode::FAILURE;
        }
    };
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/python/src/main.py");
    let pair = Pair::start();
    let mut command = Command::new(kit.join("bin/python"));
    // Nothing is written beside the texts.
    command.arg("-B").arg(story);
    pair.introduce(&mut command);
    run(command, LIMIT).close("edc-client-python")
}
