//! Kits that come by PyPI names: a virtual environment with what a `requirements.txt` lists.
//!
//! What it lists is whole: nothing is resolved here. Use its `bin/python` alone, with `-m`: it is made beside its place, and the
//! first lines of its other programs name where it was made.

use super::kit::{Source, Workshop};
use std::path::Path;
use std::process::Command;

/// Makes the environment and installs the list.
///
/// # Errors
/// A program failed; the message shows what it said.
pub fn make(source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(fresh);
    at.run(venv)?;
    let mut install = Command::new(fresh.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]);
    // Most modules are never imported; those that are, are compiled then.
    install.args(["--disable-pip-version-check", "--no-compile", "--requirement"]);
    install.arg(source.folder.join("requirements.txt"));
    at.run(install)
}
