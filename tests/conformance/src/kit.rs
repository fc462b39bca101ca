//! What the house fetches for judges, by its name in `xtask/prerequisites.toml`.
//!
//! Refuses to know what is inside.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of a kit, fetched first unless it is there.
///
/// # Errors
/// It cannot be had; the reason was printed.
pub fn fetched(name: &str) -> Result<PathBuf, String> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let fetched = Command::new(cargo)
        .args(["xtask", "setup", name])
        .current_dir(&house)
        .status()
        .map_err(|why| format!("cargo cannot be run: {why}"))?;
    if fetched.success() {
        Ok(house.join(".setup").join(name))
    } else {
        Err(format!("the kit `{name}` cannot be fetched"))
    }
}
