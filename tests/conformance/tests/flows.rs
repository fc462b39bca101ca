//! Our own telling of all 67 flows of the protocol's conformance suite, against the real binary: `flows.txt` is the table.
//!
//! Every flow is played twice: as told, and with each message to the node arriving twice. Arguments that are no flags choose
//! flows by a part of their line. Refuses to hold the flows, the other side and the automaton: those are in the library.
#![allow(clippy::unwrap_used, reason = "a judge may stop loudly")]

use chapar_conformance::automaton::Automaton;
use chapar_conformance::flows::{Flow, table};
use chapar_conformance::foreign::Foreign;
use chapar_conformance::node::{Node, Participant};
use chapar_conformance::player::{Delivery, Stage, play};
use chapar_conformance::{seed, words};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const PEER: &str = "the-peer";
/// After the last flow: whatever the node still had to say would have come.
const QUIET: Duration = Duration::from_millis(700);
/// Flows at a time.
const WORKERS: usize = 4;

type Verdict = Result<Foreign, String>;

struct House {
    participant: Participant,
    agreements: BTreeMap<String, String>,
}

fn main() -> ExitCode {
    let begun = Instant::now();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let all = table();
    let flows: Vec<Flow> = all.iter().filter(|flow| chosen(flow, &wanted)).cloned().collect();
    if flows.is_empty() {
        println!("\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored");
        return ExitCode::SUCCESS;
    }
    let node = Node::start();
    let participant = node.add_named("flows", "the-node", PEER);
    let automaton = Automaton::start(&participant);
    seed::publish(&participant, &flows);
    seed::teach(&automaton, &flows);
    let agreements = seed::agreements(&participant, PEER, &automaton, &flows);
    let house = House {
        participant,
        agreements,
    };
    println!("\nrunning {} tests", 2 * flows.len());
    let twice = run(&flows, &house, Delivery::Twice, " (each message twice)");
    let once = run(&flows, &house, Delivery::Once, "");
    for refusal in automaton.refusals() {
        println!("a decision was refused: {refusal}");
    }
    let (passed, failed) = (once + twice, 2 * flows.len() - once - twice);
    let word = if failed == 0 { "ok" } else { "FAILED" };
    let took = begun.elapsed().as_secs_f32();
    println!("\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; finished in {took:.2}s\n");
    println!("flows with each message twice: {twice} of {}", flows.len());
    println!("flows: {once} of {}", flows.len());
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn chosen(flow: &Flow, wanted: &[String]) -> bool {
    let line = format!("{} {} {}", flow.id, flow.about, flow.title);
    wanted.is_empty() || wanted.iter().any(|word| line.contains(word))
}

/// Plays all flows, prints one line for each in the order of the table, and counts those that went as told.
fn run(flows: &[Flow], house: &House, delivery: Delivery, how: &str) -> usize {
    let waiting = Mutex::new(flows.iter().enumerate());
    let played: Mutex<BTreeMap<usize, Verdict>> = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some((index, flow)) = waiting.lock().unwrap().next() else {
                        return;
                    };
                    let verdict = one(flow, house, delivery);
                    played.lock().unwrap().insert(index, verdict);
                }
            });
        }
    });
    thread::sleep(QUIET);
    let verdicts = played.into_inner().unwrap().into_values();
    let lines = flows
        .iter()
        .zip(verdicts.map(|verdict| verdict.and_then(|foreign| quiet(&foreign))));
    lines.filter(|(flow, verdict)| told(flow, how, verdict)).count()
}

fn one(flow: &Flow, house: &House, delivery: Delivery) -> Verdict {
    let agreement = house.agreements.get(&flow.about).cloned().unwrap_or_else(words::fresh);
    let stage = Stage {
        node: &house.participant,
        peer: PEER,
        agreement,
        delivery,
    };
    play(flow, &stage).map(|played| played.foreign)
}

fn quiet(foreign: &Foreign) -> Result<(), String> {
    match foreign.unexpected() {
        messages if messages.is_empty() => Ok(()),
        messages => Err(format!("after the end the node still said {}", messages.join(", "))),
    }
}

fn told(flow: &Flow, how: &str, verdict: &Result<(), String>) -> bool {
    let name = format!("{} {}{how}", flow.id, flow.title);
    match verdict {
        Ok(()) => println!("test {name} ... ok"),
        Err(why) => println!("test {name} ... FAILED\n    {}", why.replace('\n', "\n    ")),
    }
    verdict.is_ok()
}
