//! The judge `rdf`: the register as DCAT-AP and CPSV-AP under the published shapes of both, and as an Atom feed, read by other people's
//! programs out of a real node that holds the examples of every kind that belongs there.
//!
//! What is checked is told in Python (`tests/clients/rdf`). Refuses to know RDF.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{TABLES, run};
use chapar_conformance::kit;
use chapar_conformance::node::{Node, Participant};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest that the whole may take; it takes half a minute.
const LIMIT: Duration = Duration::from_secs(180);
/// Longest that records may take into the catalogue; it takes a second.
const FOLDED: Duration = Duration::from_secs(30);
/// The kinds of each document.
const KINDS: [(&str, &[&str]); 2] = [
    ("DCAT_RECORDS", &["dataset", "data-service", "feed"]),
    ("CPSV_RECORDS", &["public-service", "organisation"]),
];

fn main() -> ExitCode {
    let kit = match kit::fetched("rdf") {
        Ok(kit) => kit,
        Err(why) => {
            eprintln!("rdf: {why}");
            return ExitCode::FAILURE;
        }
    };
    let node = Node::start_with("production", TABLES);
    let agency = node.add(&json!({ "slug": "agency" }));
    let register = format!("{}/chapar/v1/register", node.public);
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(kit.join("bin/python"));
    // Nothing is written beside the texts.
    command.arg("-B").arg(house.join("tests/clients/rdf/src/main.py"));
    command.env("REGISTER", &register);
    let mut all = 0;
    for (name, kinds) in KINDS {
        let published: usize = kinds.iter().map(|kind| publish(&house, &agency, kind)).sum();
        // The offer makes one more dataset.
        let offered = usize::from(kinds.contains(&"dataset"));
        command.env(name, (published + offered).to_string());
        all += published;
    }
    offer(&agency);
    all += 1;
    wait(&register, all);
    run(command, LIMIT).close("rdf")
}

/// Publishes every example of a kind; how many they are.
fn publish(house: &Path, agency: &Participant, kind: &str) -> usize {
    let files = fs::read_dir(house.join("kinds").join(kind).join("examples")).expect("a kind has examples");
    let files = files.map(|file| file.expect("a folder can be read").path());
    let examples: Vec<_> = files.filter(|file| file.is_file()).collect();
    for file in &examples {
        let body: Value = serde_json::from_slice(&fs::read(file).expect("an example can be read")).expect("it is JSON");
        let name = format!("{kind}-{}", file.file_stem().expect("it has a name").display());
        let draft = json!({ "kind": kind, "name": name, "noPersonalData": true, "body": body });
        agency.ask("POST", "/records", Some(&draft));
    }
    examples.len()
}

/// Offers a document to everybody: the node makes a record of it.
fn offer(agency: &Participant) {
    agency.put_document("levels", "1;2;3");
    let properties = json!({
        "title": "Water levels (sample)", "description": { "en": "Hourly (sample)" },
        "theme": "http://publications.europa.eu/resource/authority/data-theme/ENVI", "spatial": "UZ", "language": "en",
    });
    agency.ask("PUT", "/documents/levels/properties", Some(&properties));
    let everyone = json!({ "@type": "Set", "permission": [{ "action": "use" }] });
    agency.ask("PUT", "/policies/everyone", Some(&everyone));
    let offer = json!({ "accessPolicy": "everyone", "contractPolicy": "everyone", "selector": [] });
    agency.ask("PUT", "/offers/levels", Some(&offer));
}

/// Until the catalogue has all records.
fn wait(register: &str, all: usize) {
    let begun = Instant::now();
    while begun.elapsed() < FOLDED {
        let answer = chapar_conformance::wire::send("GET", &format!("{register}/counts"), &[], b"");
        let counts = answer.expect("the public door answers").value();
        if counts["records"] == json!(all) {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("{all} records did not come into the catalogue");
}
