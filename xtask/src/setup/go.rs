//! Kits of the Go module proxy: the tools that a module's `go.mod` names with `tool`, and its own program where it has one.
//!
//! `go.sum` holds the checksum of every module; nothing is resolved here.

use super::kit::{Source, Workshop};
use std::path::Path;
use std::process::Command;

/// Compiles them into the kit's folder.
///
/// # Errors
/// `go` failed; the message shows what it said.
pub fn make(source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    let mut build = Command::new("go");
    build.args(["build", "-mod=readonly", "-trimpath", "-o"]);
    // With the slash it is a folder, into which each program goes under its own name.
    build.arg(fresh.join("")).arg("tool");
    if source.folder.join("main.go").is_file() {
        build.arg(".");
    }
    build.current_dir(&source.folder);
    at.run(build)
}
