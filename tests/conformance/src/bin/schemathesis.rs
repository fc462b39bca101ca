//! The judge `schemathesis`: reads the descriptions that a node serves of its two private doors, and asks for everything in them,
//! rightly and wrongly. Each operation is one check: no answer of 5xx, none that is not described.
//!
//! How it asks stands in `tests/clients/schemathesis/schemathesis.toml`. Among what it asks for are peers at invented addresses, so
//! the judge runs itself, node and all, where there is no network but a loopback of its own. Refuses to know what is described.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{Count, TABLES, Workplace, ends_well};
use chapar_conformance::kit;
use chapar_conformance::node::{Node, binary};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// Longest that one description may take.
const LIMIT: Duration = Duration::from_secs(180);
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
    let node = Node::start_with("production", TABLES);
    let who = node.add(&json!({ "slug": "office" }));
    let descriptions = [
        ("/chapar/v1/openapi.json", format!("Authorization: Bearer {}", who.key)),
        ("/management/openapi.json", format!("X-Api-Key: {}", who.key)),
    ];
    descriptions
        .iter()
        .map(|(path, key)| judge(kit, &format!("{}{path}", node.private), key))
        .fold(Count::default(), Count::and)
        .close("schemathesis")
}

fn judge(kit: &Path, description: &str, key: &str) -> Count {
    println!("-- {description}");
    let place = Workplace::make();
    let report = place.0.join("report.json");
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/schemathesis/schemathesis.toml");
    let mut command = Command::new(kit.join("bin/python"));
    command
        .args(["-B", "-m", "schemathesis.cli", "--config-file"])
        .arg(rules);
    command.args([
        "run",
        description,
        "--header",
        key,
        "--report",
        "json",
        "--report-json-path",
    ]);
    // It keeps notes where it is run.
    command.arg(&report).current_dir(&place.0).stdin(Stdio::null());
    let mut child = command.spawn().expect("the kit has its Python");
    let well = ends_well(&mut child, LIMIT);
    let told = fs::read(&report)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    count(&told.unwrap_or(Value::Null), well)
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
}
