//! Many at once, in the production profile: peers with DIDs that sign, negotiations and transfers in all their messages, and people
//! who begin and end negotiations by the own API meanwhile.
//!
//! Every good answer names its case, and so does the log; the trace must show them in the right order for each.

use crate::{PATIENCE, read, trace_file, traced};
use chapar_conformance::foreign_peer::{Family, ForeignPeer};
use chapar_conformance::node::Participant;
use chapar_conformance::wire::Response;
use chapar_conformance::words::{self, CONTEXT, FORMAT};
use chapar_e2e::board::Board;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::strace::{self, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::thread;

/// Peers and people at a time.
const WORKERS: usize = 6;
/// What each of them does, again and again.
const ROUNDS: usize = 2;

fn settle(house: &House) -> Participant {
    let us = house.add(&json!({ "slug": "office" }));
    us.put_document("D1", "content");
    let policy = json!({ "@id": "use", "@type": "Set", "permission": words::permission() });
    us.ask("PUT", "/policies/use", Some(&policy));
    for (definition, mode) in [("CD1", "auto"), ("CD2", "manual")] {
        let offer = json!({ "accessPolicy": "use", "contractPolicy": "use", "selector": [], "mode": mode });
        us.ask("PUT", &format!("/offers/{definition}"), Some(&offer));
    }
    us
}

/// What one worker was answered well: the name of the case, once for each answer.
#[derive(Default)]
struct Good(Vec<String>);

impl Good {
    fn take(&mut self, answer: &Response, status: u16, name: &str) -> Value {
        assert_eq!(answer.status, status, "{}", answer.text());
        let body = answer.value();
        let name = body[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {body}"));
        self.0.push(name.to_owned());
        body
    }
}

struct Worker<'a> {
    us: &'a Participant,
    board: &'a Board,
    peer: ForeignPeer,
    good: Good,
}

impl Worker<'_> {
    /// The peer says something to the node, which takes it.
    fn says(&mut self, path: &str, mut message: Value, status: u16) -> String {
        message["@context"] = json!([CONTEXT]);
        let answer = self.peer.saying(self.us, path, Some(&message)).say().answer;
        let case = self.good.take(&answer, status, "providerPid");
        case["providerPid"].as_str().unwrap().to_owned()
    }

    fn settles(&self, id: &str, state: &str) -> Value {
        let settled = self
            .board
            .wait(id, PATIENCE, |case| case["state"] == state && case["pending"].is_null());
        settled.unwrap_or_else(|| panic!("not {state}: {:?}", self.board.case(id)))
    }

    /// A contract that the peer asks for, to its end.
    fn contract(&mut self) -> Value {
        let (ours, callback) = (words::fresh(), self.peer.callback());
        let request = json!({
            "@type": "ContractRequestMessage", "consumerPid": ours, "offer": words::offer("CD1:D1:1", "D1"),
            "callbackAddress": callback,
        });
        let theirs = self.says("/negotiations/request", request, 201);
        let agreement = self.peer.hears("/agreement", &ours).json()["agreement"]["@id"].clone();
        let verification = json!({
            "@type": "ContractAgreementVerificationMessage", "consumerPid": ours, "providerPid": theirs,
        });
        self.says(
            &format!("/negotiations/{theirs}/agreement/verification"),
            verification,
            200,
        );
        self.settles(&theirs, "FINALIZED");
        agreement
    }

    /// A transfer with every message that a consumer can say in it.
    fn transfer(&mut self, agreement: &Value) {
        let (ours, callback) = (words::fresh(), self.peer.callback());
        let request = json!({
            "@type": "TransferRequestMessage", "consumerPid": ours, "agreementId": agreement, "format": FORMAT,
            "callbackAddress": callback,
        });
        let theirs = self.says("/transfers/request", request, 201);
        self.settles(&theirs, "STARTED");
        let inside = |kind: &str| json!({ "@type": kind, "consumerPid": ours, "providerPid": theirs });
        let at = |tail: &str| format!("/transfers/{theirs}/{tail}");
        self.says(&at("suspension"), inside("TransferSuspensionMessage"), 200);
        self.settles(&theirs, "SUSPENDED");
        self.says(&at("start"), inside("TransferStartMessage"), 200);
        self.settles(&theirs, "STARTED");
        self.says(&at("completion"), inside("TransferCompletionMessage"), 200);
    }

    /// A negotiation that a person of the node begins, and one of the peer's that a person ends.
    fn by_hand(&mut self) {
        let wish = json!({ "peer": self.peer.did, "address": self.peer.callback(), "offer": words::offer("o", "D9") });
        let answer = self.us.call("POST", "/negotiations", Some(&wish));
        self.good.take(&answer, 201, "id");
        let request = json!({
            "@type": "ContractRequestMessage", "consumerPid": words::fresh(), "offer": words::offer("CD2:D1:1", "D1"),
            "callbackAddress": self.peer.callback(),
        });
        let id = self.says("/negotiations/request", request, 201);
        let decisions = format!("/negotiations/{id}/decisions");
        let answer = self
            .us
            .call("POST", &decisions, Some(&json!({ "decision": "terminate" })));
        self.good.take(&answer, 202, "id");
    }
}

fn work(us: &Participant, board: &Board, family: Family) -> Vec<String> {
    let mut worker = Worker {
        us,
        board,
        peer: ForeignPeer::start(family),
        good: Good::default(),
    };
    for _ in 0..ROUNDS {
        let agreement = worker.contract();
        worker.transfer(&agreement);
        worker.by_hand();
    }
    worker.good.0
}

#[test]
fn of_many_at_once_no_good_answer_leaves_before_its_own_sync() {
    let trace = trace_file("durable-many");
    let house = traced(&trace, Profile::Production, &strace::WHOLE_PAGES);
    let us = settle(&house);
    let board = Board::follow(&us);
    let names: Vec<String> = thread::scope(|scope| {
        let families = Family::ALL.into_iter().cycle().take(WORKERS);
        let workers: Vec<_> = families
            .map(|family| {
                scope.spawn({
                    let (us, board) = (&us, &board);
                    move || work(us, board, family)
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker comes to its end"))
            .collect()
    });
    let text = read(house, &trace);
    let Verdict { covered, early } = strace::judge_named(&strace::parse(&text), &names);
    assert!(
        early.is_empty(),
        "too early, see {}:\n{}",
        trace.display(),
        early.join("\n")
    );
    assert_eq!(
        covered.len(),
        names.len(),
        "the trace {} must show every good answer: {:#?}",
        trace.display(),
        tally(&covered)
    );
    println!(
        "{} good answers of {WORKERS} at a time, each after its sync",
        names.len()
    );
    let _ = std::fs::remove_file(&trace);
}

/// How often each kind of request was seen: its address without ids.
fn tally(covered: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in covered {
        let parts = line.split('/').filter(|part| !part.contains("uuid"));
        *counts.entry(parts.collect::<Vec<_>>().join("/")).or_default() += 1;
    }
    counts
}
