//! The judge `dsp-tck`: runs the official test kit of the Dataspace Protocol against the real binary.
//!
//! The kit is not part of this project: `CHAPAR_DSP_TCK` names the folder with its class path. What the kit expects of the
//! connector under test is pressed from outside, by the automaton and two trigger addresses of the judge's own. With `--all`
//! the tests that the kit itself switches off run too. Refuses to know the flows: those are in the library's table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::automaton::Automaton;
use chapar_conformance::flows::{Flow, Part, Reading, table};
use chapar_conformance::kit;
use chapar_conformance::node::{Node, Participant, free_port};
use chapar_conformance::seed;
use chapar_conformance::wire::{Request, Response, Server};
use chapar_conformance::words::{self, FORMAT, Kind, Side};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// The kit's own participant id.
const KIT: &str = "TCK_PARTICIPANT";
/// Our participant id.
const NODE: &str = "CONNECTOR_UNDER_TEST";
/// The kit puts up its handlers just in time: a step of ours must not come sooner than this after the last.
const DELAY_MS: u64 = 500;
/// Longest that a run may take; it takes about a minute.
const LIMIT: Duration = Duration::from_secs(300);
const SUITE: &str = "org.eclipse.dataspacetck.dsp.suite.DspTckSuite";

/// The kit's class path: the folder that was named, or what the house fetches by Maven coordinates.
fn class_path() -> Result<PathBuf, String> {
    match std::env::var_os("CHAPAR_DSP_TCK") {
        Some(named) => Ok(PathBuf::from(named)),
        None => kit::fetched("dsp-tck"),
    }
}

fn main() -> ExitCode {
    let kit = match class_path() {
        Ok(folder) => folder,
        Err(why) => {
            eprintln!("dsp-tck: {why}; or set CHAPAR_DSP_TCK to the folder with its jars (docs/conformance.md)");
            return ExitCode::FAILURE;
        }
    };
    let flows = table();
    let node = Node::start();
    let participant = node.add_named("tck", NODE, KIT);
    let automaton = Automaton::start(&participant);
    seed::publish(&participant, &flows);
    seed::teach(&automaton, &flows);
    let agreements = seed::agreements(&participant, KIT, &automaton, &flows);
    automaton.slow_down(DELAY_MS);
    let triggers = triggers(&participant);
    let folder = std::env::current_exe()
        .ok()
        .and_then(|judge| judge.parent().map(Path::to_owned))
        .unwrap();
    // Two runs at a time must not write into each other's log.
    let own = |ending: &str| folder.join(format!("dsp-tck-{}.{ending}", std::process::id()));
    let (config, log) = (own("properties"), own("log"));
    fs::write(&config, properties(&participant, &triggers, &flows, &agreements))
        .expect("the properties can be written");
    println!("the kit's log: {}", log.display());
    let output = run(&kit, &config, &log);
    let verdict = verdict(&output);
    for refusal in automaton.refusals() {
        println!("a decision was refused: {refusal}");
    }
    match verdict {
        Ok((passed, failed)) => {
            println!("dsp-tck: {passed} of {}", passed + failed);
            if failed == 0 && passed > 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(why) => {
            println!("{why}\ndsp-tck: 0 of {}", flows.len());
            ExitCode::FAILURE
        }
    }
}

/// Where the kit asks the node to begin a case: each request becomes a call of the node's own API.
fn triggers(node: &Participant) -> Server {
    let node = node.clone();
    let handler = move |request: Request| {
        let ask = request.json();
        let text = |name: &str| ask[name].as_str().unwrap_or_default().to_owned();
        let (path, body) = if request.path == "/negotiations" {
            let offer = words::offer(&text("offerId"), &text("datasetId"));
            (
                "/negotiations",
                json!({ "peer": text("providerId"), "address": text("connectorAddress"), "offer": offer, "mode": "manual" }),
            )
        } else {
            let body = json!({
                "agreement": text("agreementId"), "address": text("connectorAddress"), "format": text("format"), "mode": "manual",
            });
            ("/transfers", body)
        };
        let answer = node.call("POST", path, Some(&body));
        if !answer.is_good() {
            println!("the trigger {ask} was answered {} {}", answer.status, answer.text());
        }
        Some(Response::json(answer.status, &Value::Null))
    };
    Server::start(Arc::new(handler)).expect("a free port can be had")
}

fn properties(node: &Participant, triggers: &Server, flows: &[Flow], agreements: &BTreeMap<String, String>) -> String {
    let root = node.dsp.rsplit_once('/').map_or("", |(root, _)| root);
    let port = free_port();
    let mut text = format!(
        "dataspacetck.debug=true\ndataspacetck.ansi=false\ndataspacetck.host=127.0.0.1\ndataspacetck.port={port}\n\
         dataspacetck.callback.address=http://127.0.0.1:{port}\ndataspacetck.dsp.local.connector=false\n\
         dataspacetck.dsp.connector.agent.id={}\ndataspacetck.dsp.connector.http.url={}\n\
         dataspacetck.dsp.connector.http.base.url={root}\ndataspacetck.dsp.connector.http.headers.authorization=Bearer kit\n\
         dataspacetck.dsp.connector.negotiation.initiate.url={triggers}/negotiations\n\
         dataspacetck.dsp.connector.transfer.initiate.url={triggers}/transfers\n\
         dataspacetck.dsp.default.wait=15\ndataspacetck.dsp.thread.pool=10\n",
        node.id,
        node.dsp,
        triggers = triggers.url(),
    );
    if std::env::args().any(|word| word == "--all") {
        text.push_str("junit.jupiter.conditions.deactivate=org.junit.*DisabledCondition\n");
    }
    for flow in flows {
        text.push_str(&ids(flow, agreements));
    }
    text
}

/// The ids of one test, as its properties are named.
fn ids(flow: &Flow, agreements: &BTreeMap<String, String>) -> String {
    let name = flow.id.replace([':', '-'], "_");
    let about = &flow.about;
    let mut text = String::new();
    match (&flow.part, flow.kind()) {
        (Part::Reading(Reading::Version), _) => {}
        (_, Some(Kind::Transfer)) => {
            let agreement = agreements.get(about).map_or(about, |known| known);
            // A colon ends a key but is plain in a value.
            let _ = write!(text, "{name}_AGREEMENTID={agreement}\n{name}_FORMAT={FORMAT}\n");
        }
        _ => {
            let _ = writeln!(text, "{name}_DATASETID={about}");
        }
    }
    if flow.kind() == Some(Kind::Negotiation) && flow.node() == Side::Provider {
        let _ = writeln!(text, "{name}_OFFERID=CD123:{about}:456");
    }
    text
}

/// Runs the kit; both its streams go to the log.
fn run(kit: &Path, config: &Path, log: &Path) -> String {
    let file = fs::File::create(log).expect("the log can be written");
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(kit.join("*"))
        .arg(SUITE)
        .arg("-config")
        .arg(config);
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file);
    let mut child = command.spawn().expect("`java` can be started");
    wait(&mut child);
    fs::read_to_string(log).unwrap_or_default()
}

fn wait(child: &mut Child) {
    let begun = Instant::now();
    while child.try_wait().expect("the kit can be asked").is_none() {
        if begun.elapsed() > LIMIT {
            println!("the kit did not end within {} s", LIMIT.as_secs());
            child.kill().expect("the kit can be stopped");
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// The kit always exits with 0: what it printed decides.
fn verdict(output: &str) -> Result<(u64, u64), String> {
    if !output.lines().any(|line| line.contains("Test run complete")) {
        let tail: Vec<&str> = output.lines().rev().take(20).collect();
        return Err(format!(
            "the kit broke off:\n{}",
            tail.into_iter().rev().collect::<Vec<_>>().join("\n")
        ));
    }
    let broken: Vec<&str> = output.lines().filter(|line| line.contains("] FAILED:")).collect();
    broken.iter().for_each(|line| println!("{line}"));
    if let Some((_, reasons)) = output.split_once("Failures:") {
        println!("{}", reasons.lines().take(60).collect::<Vec<_>>().join("\n"));
    }
    for line in output.lines().filter(|line| line.contains("Invalid message")) {
        println!("{line}");
    }
    let passed = count(output, "Passed tests:").ok_or("no count of passed tests")?;
    let failed = count(output, "Failed tests:").ok_or("no count of failed tests")?;
    Ok((passed, failed.max(broken.len() as u64)))
}

fn count(output: &str, label: &str) -> Option<u64> {
    let line = output.lines().rev().find(|line| line.contains(label))?;
    line.rsplit(label).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_its_closing_line_has_not_passed() {
        assert!(verdict("Passed tests: 65\nFailed tests: 0\n").is_err());
        assert_eq!(
            verdict("[t] Passed tests: 65\n[t] Failed tests: 0\nTest run complete\n"),
            Ok((65, 0))
        );
        assert_eq!(
            verdict("x] FAILED: CN:01-01\nPassed tests: 64\nFailed tests: 1\nTest run complete\n"),
            Ok((64, 1))
        );
        assert!(verdict("Test run complete").is_err());
    }

    #[test]
    fn the_properties_name_every_id_once() {
        let all: String = table().iter().map(|flow| ids(flow, &BTreeMap::new())).collect();
        assert_eq!(all.lines().count(), 15 * 2 + 16 + 32 * 2 + 3);
        assert!(
            all.contains("CN_01_01_OFFERID=CD123:ACN0101:456\n") && all.contains("TP_C_02_04_AGREEMENTID=ATPC0204\n")
        );
    }
}
