//! The judge `schemathesis`: reads the descriptions that a node serves of its two private doors, and asks for everything in them,
//! rightly and wrongly. Each operation is two checks: no answer of 5xx and none that is not described; and that one was good.
//!
//! How it asks stands in `tests/clients/schemathesis`: its rules, and what is stocked so that there is something to ask for. Among what
//! it asks for are peers at invented addresses, so the judge runs itself, node and all, where there is no network but a loopback of its
//! own. Refuses to know what is described, but for the operations that have no good end yet.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{Count, TABLES, Workplace, ends_well};
use chapar_conformance::kit;
use chapar_conformance::node::{Node, Participant, binary};
use chapar_conformance::wire;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// Longest that one run over a description may take.
const LIMIT: Duration = Duration::from_secs(180);
/// What an operation may be called by.
const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];
/// Both private doors. The operator's part is read last: what it takes away may be what another was about.
const DOORS: [Door; 2] = [
    Door {
        name: "own",
        description: "/chapar/v1/openapi.json",
        header: "Authorization: Bearer ",
        operators: "^/(participants|mirrors|views|witness|alarms|federations$|federations/[^/]*$)",
    },
    Door {
        name: "management",
        description: "/management/openapi.json",
        header: "X-Api-Key: ",
        operators: "^/v5beta/",
    },
];
/// Operations that nobody can ask so that they are answered well, each with the reason.
const NO_GOOD_END: [(&str, &str); 6] = [
    ("POST /identity/revoke", GIVEN_UP),
    ("POST /logs/register/successor", NOT_HELD),
    ("POST /v3/dataplanes", UNREGISTERED),
    ("POST /v4/dataplanes", UNREGISTERED),
    ("PUT /v4/dataplanes", UNREGISTERED),
    ("DELETE /v4/dataplanes/{id}", UNREGISTERED),
];
const GIVEN_UP: &str = "a signing key that was given up leaves every peer that remembers the document of its participant with a stranger for a while, \
                        and what follows here speaks to such a peer; the judge registers gives one up";
const NOT_HELD: &str = "only a register that is held can end, which one of a fresh node is not: a documented 409";
const UNREGISTERED: &str = "a foreign data plane cannot be registered yet: a documented 501";
/// Switches the loopback of a fresh network on, which is off at first: `SIOCSIFFLAGS` of `lo` to `IFF_UP`.
const LOOPBACK_ON: &str =
    "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 1))";

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(kit) => judge_all(Path::new(&kit)),
        None => alone(),
    }
}

/// Fetches and builds what is needed, then does it all in a network of its own.
fn alone() -> ExitCode {
    let kit = match kit::fetched("edc-client-python") {
        Ok(kit) => kit,
        Err(why) => {
            eprintln!("schemathesis: {why}");
            return ExitCode::FAILURE;
        }
    };
    let mut own = Command::new("unshare");
    own.args(["--net", "--map-root-user"]);
    own.arg(std::env::current_exe().expect("the judge knows its own place"));
    own.arg(kit).env("CHAPAR_BIN", binary());
    match own.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("schemathesis: `unshare`: {why}");
            ExitCode::FAILURE
        }
    }
}

fn judge_all(kit: &Path) -> ExitCode {
    let on = Command::new(kit.join("bin/python")).args(["-c", LOOPBACK_ON]).status();
    assert!(
        on.is_ok_and(|on| on.success()),
        "the loopback of a fresh network can be switched on"
    );
    let place = Place {
        kit,
        node: Node::start_with("production", TABLES),
    };
    DOORS
        .iter()
        .map(|door| place.judge(door))
        .fold(Count::default(), Count::and)
        .close("schemathesis")
}

/// A door that describes itself.
struct Door {
    name: &'static str,
    description: &'static str,
    /// What is before a key in the header that shows it.
    header: &'static str,
    /// The pattern of the paths that are the operator's.
    operators: &'static str,
}

/// The statuses of the answers of each operation.
type Answered = BTreeMap<String, BTreeSet<u16>>;

/// Where it happens.
struct Place<'a> {
    kit: &'a Path,
    node: Node,
}

impl Place<'_> {
    /// Reads a description with a participant's key, and what is the operator's with the operator's.
    fn judge(&self, door: &Door) -> Count {
        let description = format!("{}{}", self.node.private, door.description);
        let mut counted = Count::default();
        let mut answered = Answered::new();
        for paths in [None, Some(door.operators)] {
            let (count, more) = self.run(&description, door, paths);
            counted = counted.and(count);
            for (operation, statuses) in more {
                answered.entry(operation).or_default().extend(statuses);
            }
        }
        let document = wire::send("GET", &description, &[], b"").expect("the private door answers");
        counted.and(good_ends(&operations(&document.value()), &answered))
    }

    /// One run, about a participant of its own, so that nothing is left of another: it may rotate keys, or remove whom it likes.
    fn run(&self, description: &str, door: &Door, paths: Option<&str>) -> (Count, Answered) {
        let caller = paths.map_or("participant", |_| "operator");
        println!("-- {description} as a {caller}");
        let add = |role: &str| {
            self.node
                .add(&json!({ "slug": format!("{role}-{}-{caller}", door.name) }))
        };
        let (judged, peer) = (add("judged"), add("peer"));
        let key = match paths {
            None => judged.key.as_str(),
            Some(_) => self.node.operator_key(),
        };
        let workplace = Workplace::make();
        let [report, answered] = ["report.json", "answered.json"].map(|name| workplace.0.join(name));
        let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/schemathesis");
        let mut command = Command::new(self.kit.join("bin/python"));
        command
            .args(["-B", "-m", "schemathesis.cli", "--config-file"])
            .arg(texts.join("schemathesis.toml"))
            .args(["run", description, "--header"])
            .arg(format!("{}{key}", door.header));
        command.args(["--report", "json", "--report-json-path"]).arg(&report);
        command.args(paths.iter().flat_map(|paths| ["--include-path-regex", paths]));
        command
            .env("SCHEMATHESIS_HOOKS", texts.join("hooks.py"))
            .env("ANSWERED", &answered);
        introduce(&mut command, &self.node, &judged, &peer);
        // It keeps notes where it is run.
        command.current_dir(&workplace.0).stdin(Stdio::null());
        let mut child = command.spawn().expect("the kit has its Python");
        let well = ends_well(&mut child, LIMIT);
        let told = |file: &Path| {
            fs::read(file)
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        };
        (
            count(&told(&report).unwrap_or(Value::Null), well),
            statuses(&told(&answered).unwrap_or(Value::Null)),
        )
    }
}

/// Tells the texts of the judge who is who.
fn introduce(command: &mut Command, node: &Node, judged: &Participant, peer: &Participant) {
    for (role, who) in [("JUDGED", judged), ("PEER", peer)] {
        for (name, value) in [
            ("SLUG", &who.slug),
            ("ID", &who.id),
            ("DSP", &who.dsp),
            ("KEY", &who.key),
        ] {
            command.env(format!("{role}_{name}"), value);
        }
    }
    command
        .env("OPERATOR_KEY", node.operator_key())
        .env("PRIVATE", &node.private);
}

/// One check an operation; a run that broke off, or that ended badly without saying where, is one more that failed.
fn count(report: &Value, well: bool) -> Count {
    let number = |name: &str| report["operations"][name].as_u64().unwrap_or(0);
    let faults = report["failures"].as_array().into_iter().flatten();
    let wrong: BTreeSet<&str> = faults
        .flat_map(|fault| fault["operations"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    let all = number("selected");
    let ended = well && report["complete"] == true;
    let failed = (wrong.len() as u64 + number("errored"))
        .max(all.saturating_sub(number("tested")))
        .max(u64::from(!ended));
    Count {
        passed: all.saturating_sub(failed),
        all: all.max(failed),
    }
}

fn statuses(told: &Value) -> Answered {
    let of = |statuses: &Value| {
        let statuses = statuses.as_array().into_iter().flatten().filter_map(Value::as_u64);
        statuses.filter_map(|status| status.try_into().ok()).collect()
    };
    let operations = told.as_object().into_iter().flatten();
    operations
        .map(|(operation, statuses)| (operation.clone(), of(statuses)))
        .collect()
}

/// The operations of a description, as its reader names them.
fn operations(description: &Value) -> Vec<String> {
    let items = description["paths"].as_object().into_iter().flatten();
    let named = items.flat_map(|(path, item)| {
        let methods = METHODS
            .iter()
            .filter(|method| item.get(method.to_lowercase()).is_some());
        methods.map(move |method| format!("{method} {path}"))
    });
    named.collect()
}

/// One check for every operation but those with a reason: it was seen to answer well, so its good answers were judged too.
fn good_ends(operations: &[String], answered: &Answered) -> Count {
    let is_well = |operation: &String| {
        let statuses = answered.get(operation).into_iter().flatten();
        statuses.clone().any(|status| (200..300).contains(status))
    };
    let mut count = Count::default();
    let mut excused = 0;
    for operation in operations {
        let reason = NO_GOOD_END
            .iter()
            .find(|(listed, _)| listed == operation)
            .map(|(_, reason)| reason);
        let fault = match (is_well(operation), reason) {
            (true, None) => None,
            (false, Some(reason)) => {
                println!("excused {operation}: {reason}");
                excused += 1;
                continue;
            }
            (true, Some(_)) => Some("has a good end: take it off the list".to_owned()),
            (false, None) => Some(format!("was never answered well, but {:?}", answered.get(operation))),
        };
        if let Some(fault) = &fault {
            println!("FAILED  {operation} {fault}");
        }
        count.all += 1;
        count.passed += u64::from(fault.is_none());
    }
    println!(
        "answered well: {} of {} operations, {excused} excused",
        count.passed,
        operations.len()
    );
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_with_a_fault_counts_once_and_a_bad_end_counts() {
        let report = |failures: Value, errored: u64, complete: bool| {
            let operations = json!({ "selected": 9, "tested": 9 - errored, "errored": errored });
            json!({ "complete": complete, "operations": operations, "failures": failures })
        };
        let counted = |report: &Value, well: bool| {
            let Count { passed, all } = count(report, well);
            (passed, all)
        };
        let faults = json!([{ "operations": ["GET /a", "PUT /a"] }, { "operations": ["GET /a"] }]);
        assert_eq!(counted(&report(faults.clone(), 0, true), false), (7, 9));
        assert_eq!(counted(&report(faults, 1, true), false), (6, 9));
        assert_eq!(counted(&report(json!([]), 0, true), true), (9, 9));
        assert_eq!(counted(&report(json!([]), 0, true), false), (8, 9));
        assert_eq!(counted(&report(json!([]), 0, false), true), (8, 9));
        assert_eq!(counted(&Value::Null, true), (0, 1));
    }

    #[test]
    fn each_operation_must_have_been_answered_well_but_for_those_with_a_reason() {
        let description = json!({ "paths": {
            "/a": { "get": {}, "delete": {}, "servers": [] },
            "/v4/dataplanes": { "put": {} },
        } });
        let operations = operations(&description);
        assert_eq!(operations, ["GET /a", "DELETE /a", "PUT /v4/dataplanes"]);
        let counted = |told: Value| {
            let Count { passed, all } = good_ends(&operations, &statuses(&told));
            (passed, all)
        };
        let refused = json!([404, 501]);
        assert_eq!(
            counted(json!({ "GET /a": [200, 404], "DELETE /a": [204], "PUT /v4/dataplanes": refused })),
            (2, 2)
        );
        assert_eq!(counted(json!({ "GET /a": [200], "DELETE /a": refused })), (1, 2));
        assert_eq!(
            counted(json!({ "GET /a": [200], "DELETE /a": [204], "PUT /v4/dataplanes": [204] })),
            (2, 3)
        );
        assert_eq!(counted(Value::Null), (0, 2));
    }
}
