//! `cargo xtask screens`: makes the pictures of the portal in `docs/screens` anew, by the program that judges it in a browser.
//!
//! Refuses to know a page: what is shown, and how large a picture may be, stands in `tests/clients/browser`.

use crate::house::House;
use crate::shell;
use std::process::Command;

/// Where the pictures lie.
const FOLDER: &str = "docs/screens";

/// Makes them.
///
/// # Errors
/// The program failed; it has said why.
pub fn run(house: &House) -> Result<(), String> {
    let folder = house.root().join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|why| format!("`{FOLDER}`: {why}"))?;
    let mut command = Command::new("cargo");
    command.args([
        "run",
        "--quiet",
        "-p",
        "chapar-conformance",
        "--bin",
        "browser",
        "--",
        "screens",
    ]);
    command.env("SCREENS", folder).current_dir(house.root());
    shell::run(command, &house.root().join("target/xtask/screens.log"), None)?.verdict
}
