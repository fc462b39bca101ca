//! The judge `data-integrity`: a published implementation of the cryptosuite `eddsa-jcs-2022` against the vectors of our records.
//!
//! What is checked is told in JavaScript (`tests/clients/data-integrity`). Refuses to know a record.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{Workplace, run};
use chapar_conformance::kit;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Longest that it may take; it takes a second.
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let kit = match kit::fetched("data-integrity") {
        Ok(kit) => kit,
        Err(why) => {
            eprintln!("data-integrity: {why}");
            return ExitCode::FAILURE;
        }
    };
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let place = Workplace::make();
    // Beside the packages, where the language looks for them.
    let text = house.join("tests/clients/data-integrity/src/verify.mjs");
    fs::copy(text, place.0.join("verify.mjs")).expect("the text can be copied");
    let packages = kit
        .join("node_modules")
        .canonicalize()
        .expect("the kit has its packages");
    std::os::unix::fs::symlink(packages, place.0.join("node_modules")).expect("a link can be made");
    let vectors = house.join("core/register/vectors");
    let vectors = vectors.canonicalize().expect("the vectors are there");
    let mut verify = Command::new("node");
    verify.arg("verify.mjs").arg(vectors).current_dir(&place.0);
    run(verify, LIMIT).close("data-integrity")
}
