//! What a newcomer is shown: `chapar demo --with-edc` plays its own exchange with a connector of its own.

use super::{OURS, Row};
use crate::edc;
use crate::scene::Pair;
use crate::side::{Told, check};
use chapar_conformance::node::binary;
use std::process::Command;

pub(super) const ROWS: &[Row] = &[("the demonstration holds from the catalogue to the end", OURS, played)];

/// What the time line must say, in order.
const LINES: [&str; 8] = [
    "30 offered",
    "0 to be seen",
    "finalizes the contract",
    "digest equal",
    "suspends the transfer",
    "403 access-closed",
    "with a fresh address",
    "hands out nothing any more",
];

fn played(_: &Pair<'_>) -> Told<()> {
    let mut command = Command::new(binary());
    command.args(["demo", "--once", "--with-edc"]).arg(edc::folder()?);
    let output = command.output().map_err(|why| format!("`chapar demo`: {why}"))?;
    let story = String::from_utf8_lossy(&output.stdout);
    let mut rest = story.as_ref();
    for line in LINES {
        let (_, after) = rest
            .split_once(line)
            .ok_or_else(|| format!("no `{line}` where it belongs in\n{story}"))?;
        rest = after;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    check(output.status.success() && errors.is_empty(), || {
        format!("{story}\n{errors}")
    })
}
