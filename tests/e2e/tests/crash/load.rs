//! Callers: they negotiate, transfer, fetch, suspend, resume, complete and terminate through the own APIs, and put documents. A node
//! that is not there is waited for; what it acknowledged is written into the book.
//!
//! Refuses to check how things end: that is `audit`'s.

use super::world::{Answered, Case, DOCUMENT_BYTES, World};
use chapar_conformance::wire;
use chapar_conformance::words::{FORMAT, Kind, Side};
use chapar_e2e::ask::{ask, send};
use chapar_e2e::dice::Dice;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// How long a caller waits for a case before it turns to another; the reckoning waits longer.
const PATIENCE: Duration = Duration::from_secs(8);
/// Pause before a call is repeated.
const PAUSE: Duration = Duration::from_millis(30);

/// Whether the next step waits for both sides to hear of this one, or crosses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Waits,
    Crosses,
}
use Next::{Crosses, Waits};
use Side::{Consumer, Provider};

/// Who decides what, where it leads.
type Move = (Side, &'static str, &'static str, Next);

/// How a transfer goes on once it has started.
const SCRIPTS: [&[Move]; 10] = [
    &[],
    &[(Consumer, "complete", "COMPLETED", Waits)],
    &[(Provider, "complete", "COMPLETED", Waits)],
    &[(Provider, "terminate", "TERMINATED", Waits)],
    &[(Consumer, "terminate", "TERMINATED", Waits)],
    &[(Provider, "suspend", "SUSPENDED", Waits)],
    &[
        (Provider, "suspend", "SUSPENDED", Waits),
        (Provider, "start", "STARTED", Waits),
        (Consumer, "complete", "COMPLETED", Waits),
    ],
    &[
        (Consumer, "suspend", "SUSPENDED", Waits),
        (Consumer, "start", "STARTED", Waits),
        (Provider, "complete", "COMPLETED", Waits),
    ],
    &[
        (Consumer, "suspend", "SUSPENDED", Waits),
        (Provider, "terminate", "TERMINATED", Waits),
    ],
    &[
        (Provider, "suspend", "SUSPENDED", Crosses),
        (Consumer, "terminate", "TERMINATED", Waits),
    ],
];

/// One exchange after the other, to the end of the load.
pub fn exchange(world: &World, mut dice: Dice) {
    while world.goes_on() {
        if one_exchange(world, &mut dice).is_none() {
            thread::sleep(PAUSE);
        }
    }
}

/// None when it was left unfinished, which is no fault by itself.
fn one_exchange(world: &World, dice: &mut Dice) -> Option<()> {
    let offer = dice.pick(&world.offers).clone();
    let dataset = offer["target"].as_str().expect("an offer has a target").to_owned();
    let provider = world.who(Provider);
    let request = json!({ "peer": provider.id, "address": provider.dsp, "offer": offer, "mode": "auto" });
    let negotiation = begin(world, Kind::Negotiation, &request)?;
    if dice.below(6) == 0 {
        thread::sleep(dice.pause(60));
        interrupt(world, dice, &negotiation)?;
    }
    let over =
        |case: &Value| case["pending"].is_null() && (case["state"] == "FINALIZED" || case["state"] == "TERMINATED");
    let case = world.board(Consumer).wait(&negotiation, PATIENCE, over)?;
    if case["state"] != "FINALIZED" {
        return Some(());
    }
    let request = json!({ "agreement": case["agreementId"], "format": FORMAT, "mode": "auto" });
    let transfer = begin(world, Kind::Transfer, &request)?;
    let case = world
        .board(Consumer)
        .wait(&transfer, PATIENCE, |case| case["accessOpen"] == true)?;
    let provider_pid = case["providerPid"].as_str()?.to_owned();
    let mut address = fetch(world, &transfer, &dataset)?;
    for (side, decision, state, next) in *dice.pick(&SCRIPTS) {
        let id = if *side == Provider { &provider_pid } else { &transfer };
        decide(
            world,
            &Case {
                side: *side,
                kind: Kind::Transfer,
                id: id.clone(),
            },
            decision,
        )?;
        if *side == Provider && *decision == "suspend" {
            must_be_closed(world, &address);
        }
        if *next == Crosses {
            continue;
        }
        world
            .board(Provider)
            .wait(&provider_pid, PATIENCE, |case| stands(case, state))?;
        world
            .board(Consumer)
            .wait(&transfer, PATIENCE, |case| stands(case, state))?;
        if *state == "STARTED" {
            world
                .board(Consumer)
                .wait(&transfer, PATIENCE, |case| case["accessOpen"] == true)?;
            address = fetch(world, &transfer, &dataset)?;
        }
    }
    Some(())
}

fn stands(case: &Value, state: &str) -> bool {
    case["state"] == *state && case["pending"].is_null()
}

/// Lets the consumer begin a case. Without an acknowledgement it may or may not have begun; the reckoning finds those, too.
fn begin(world: &World, kind: Kind, body: &Value) -> Option<String> {
    let answer = match ask(world.who(Consumer), "POST", &format!("/{}", kind.path()), Some(body)) {
        Ok(answer) => answer,
        Err(_) => {
            world.broken_off.fetch_add(1, Ordering::Relaxed);
            return None;
        }
    };
    if answer.status != 201 {
        world.fault(format!(
            "POST /{} {body}: {} {}",
            kind.path(),
            answer.status,
            answer.text()
        ));
        return None;
    }
    let id = answer.value()["id"].as_str().expect("a case has an id").to_owned();
    world.book().begun.push(Case {
        side: Consumer,
        kind,
        id: id.clone(),
    });
    Some(id)
}

/// Ends a negotiation wherever it happens to be, from either side.
fn interrupt(world: &World, dice: &mut Dice, negotiation: &str) -> Option<()> {
    let case = world
        .board(Consumer)
        .wait(negotiation, PATIENCE, |case| !case["providerPid"].is_null())?;
    let case = match dice.below(2) {
        0 => Case {
            side: Consumer,
            kind: Kind::Negotiation,
            id: negotiation.to_owned(),
        },
        _ => Case {
            side: Provider,
            kind: Kind::Negotiation,
            id: case["providerPid"].as_str()?.to_owned(),
        },
    };
    // It may be over before: then the state says no, and that is an end as good.
    let _ = decide(world, &case, "terminate");
    Some(())
}

/// Takes a decision, again until the node is there and no earlier move is in the way. Some when it was taken.
fn decide(world: &World, case: &Case, decision: &'static str) -> Option<()> {
    let path = format!("/{}/{}/decisions", case.kind.path(), case.id);
    let body = json!({ "decision": decision });
    let end = Instant::now() + PATIENCE;
    let mut unknown = false;
    while Instant::now() < end {
        match ask(world.who(case.side), "POST", &path, Some(&body)) {
            Ok(answer) if answer.status == 202 => {
                world.book().decided.push((case.clone(), decision));
                return Some(());
            }
            Ok(answer) if answer.status == 409 => match answer.value()["code"].as_str() {
                Some("move-pending") => {}
                // The call that broke off may have been heard after all.
                _ => return unknown.then_some(()),
            },
            Ok(answer) => {
                world.fault(format!("POST {path} {body}: {} {}", answer.status, answer.text()));
                return None;
            }
            Err(_) => {
                unknown = true;
                world.broken_off.fetch_add(1, Ordering::Relaxed);
            }
        }
        thread::sleep(PAUSE);
    }
    None
}

/// Where the bytes are and what opens the door.
struct Address {
    endpoint: String,
    authorization: String,
}

impl Address {
    fn of(value: &Value) -> Self {
        let properties = value["endpointProperties"]
            .as_array()
            .unwrap_or_else(|| panic!("no properties in {value}"));
        let authorization = properties.iter().find(|property| property["name"] == "authorization");
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
        let authorization = authorization
            .map(|property| text(&property["value"]))
            .expect("there is a token");
        Self {
            endpoint: text(&value["endpoint"]),
            authorization,
        }
    }

    /// Asks the data door. An answer that came whole is written into the book.
    fn fetch(&self, world: &World) -> std::io::Result<wire::Response> {
        let authorization = [("authorization", self.authorization.as_str())];
        let answer = wire::send("GET", &self.endpoint, &authorization, b"")?;
        let transfer = self.endpoint.rsplit('/').next().expect("an address has a path");
        world.book().answered.push(Answered {
            transfer: transfer.to_owned(),
            status: answer.status,
            bytes: if answer.status == 200 { answer.body.len() } else { 0 },
        });
        Ok(answer)
    }
}

/// Fetches the document, again until both nodes are there. Bytes that come whole must be the right ones.
fn fetch(world: &World, transfer: &str, dataset: &str) -> Option<Address> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let told = ask(
            world.who(Consumer),
            "GET",
            &format!("/transfers/{transfer}/data-address"),
            None,
        );
        let address = match told {
            Ok(answer) if answer.status == 200 => Address::of(&answer.value()),
            Ok(answer) => {
                world.fault(format!(
                    "the address of {transfer}: {} {}",
                    answer.status,
                    answer.text()
                ));
                return None;
            }
            Err(_) => {
                world.broken_off.fetch_add(1, Ordering::Relaxed);
                thread::sleep(PAUSE);
                continue;
            }
        };
        match address.fetch(world) {
            Ok(answer) if answer.status == 200 => {
                if answer.body != world.contents[dataset] {
                    world.fault(format!(
                        "{transfer}: {} bytes came, and not those of `{dataset}`",
                        answer.body.len()
                    ));
                }
                world.fetched.fetch_add(1, Ordering::Relaxed);
                return Some(address);
            }
            Ok(answer) => {
                world.fault(format!("fetching {transfer}: {} {}", answer.status, answer.text()));
                return None;
            }
            Err(_) => {
                world.broken_off.fetch_add(1, Ordering::Relaxed);
                thread::sleep(PAUSE);
            }
        }
    }
    None
}

/// An acknowledged suspension of the provider's closes access, whatever crashes.
fn must_be_closed(world: &World, address: &Address) {
    if let Ok(answer) = address.fetch(world)
        && answer.status != 403
    {
        world.fault(format!("{} after a suspension: {}", address.endpoint, answer.status));
    }
}

/// Puts one document after the other, to the end of the load.
pub fn put_documents(world: &World, mut dice: Dice) {
    for number in 0.. {
        if !world.goes_on() {
            return;
        }
        let id = format!("put-{number}");
        let length = usize::try_from(dice.below(DOCUMENT_BYTES)).expect("a length fits");
        let content = dice.bytes(length);
        match send(
            world.who(Provider),
            "PUT",
            &format!("/documents/{id}"),
            "application/octet-stream",
            &content,
        ) {
            Ok(answer) if answer.status == 200 => {
                world.book().documents.insert(id, content);
            }
            Ok(answer) => world.fault(format!("PUT /documents/{id}: {} {}", answer.status, answer.text())),
            Err(_) => {
                world.broken_off.fetch_add(1, Ordering::Relaxed);
            }
        }
        thread::sleep(dice.pause(150));
    }
}
