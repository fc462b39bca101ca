//! The judges of the portal that need a browser or a checker of others: `browser JUDGE`. A real demonstration with its three nodes and their
//! sample records, and a node with none, serve meanwhile.
//!
//! What is checked is told in JavaScript (`tests/clients/browser`). Refuses to know a page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{Workplace, run};
use chapar_conformance::demonstration::Demonstration;
use chapar_conformance::kit;
use chapar_conformance::node::{self, Node};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Longest that one judge may take; the longest takes a minute.
const LIMIT: Duration = Duration::from_secs(240);
/// What the portals speak: those that are read, and one from right to left.
const LANGUAGES: [&str; 4] = ["ru", "zh", "en", "fa"];

fn main() -> ExitCode {
    let judge = std::env::args().nth(1).expect("the first word names the judge");
    // What one judge alone needs is ten times all the rest.
    let packages = if judge == "portal-lighthouse" {
        "lighthouse"
    } else {
        "browser"
    };
    let kit = match kit::fetched(packages) {
        Ok(kit) => kit,
        Err(why) => {
            eprintln!("{judge}: {why}");
            return ExitCode::FAILURE;
        }
    };
    let place = Workplace::make();
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    lay_out(&house, &kit, &place.0);
    let demonstration = Demonstration::of_the_register(&place.0, &LANGUAGES);
    let empty = Node::start_speaking(&LANGUAGES);
    let mut script = Command::new("node");
    script.arg("main.mjs").arg(&judge).current_dir(&place.0);
    script
        .env("PORTAL", &demonstration.portal)
        .env("ENDPOINTS", &demonstration.endpoints)
        .env("EMPTY", format!("{}/", empty.public))
        .env("LANGUAGES", LANGUAGES.join(","))
        .env("CHAPAR", node::binary())
        .env("LOCALES", house.join("edge/portal/locales"))
        .env("TASKS", tasks(&house));
    run(script, LIMIT).close(&judge)
}

/// The table of tasks, in the form that the other language reads by itself.
fn tasks(house: &Path) -> String {
    let table = fs::read_to_string(house.join("tests/e2e/tasks.toml")).expect("the tasks are there");
    let table: toml::Table = toml::from_str(&table).expect("the tasks are a table");
    serde_json::to_string(&table).expect("a table can be told")
}

/// Puts the texts beside the packages, where the language looks for them.
fn lay_out(house: &Path, kit: &Path, place: &Path) {
    let texts = fs::read_dir(house.join("tests/clients/browser/src")).expect("the texts are there");
    for text in texts.map(|text| text.expect("a folder can be read")) {
        fs::copy(text.path(), place.join(text.file_name())).expect("a text can be copied");
    }
    let packages = kit
        .join("node_modules")
        .canonicalize()
        .expect("the kit has its packages");
    std::os::unix::fs::symlink(packages, place.join("node_modules")).expect("a link can be made");
}
