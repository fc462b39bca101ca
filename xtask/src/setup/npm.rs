//! Kits that come by npm names: the `node_modules` of a `package.json` and its lock.
//!
//! The lock names versions and checksums, no host: `npm install --package-lock-only --omit-lockfile-registry-resolved` writes it so.

use super::kit::{Source, Workshop};
use std::path::Path;
use std::process::Command;

/// Installs what the lock says and nothing else; no script of a package is run.
///
/// # Errors
/// `npm` failed; the message shows what it said.
pub fn make(source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    source.copy("json", fresh)?;
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    install.current_dir(fresh);
    at.run(install)
}
