//! What the house fetches for judges, by its name in `xtask/prerequisites.toml`.
//!
//! Refuses to know what is inside.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of a kit, fetched first unless it is there.
///
/// # Errors
/// It cannot be had; the reason was printed.
pub fn fetched(name: &str) -> Result<PathBuf, String> {
    set_up(&[OsStr::new(name)], name)
}

/// The folder of a kit of jars that is made around those of another folder, given by its full path.
///
/// # Errors
/// It cannot be made; the reason was printed.
pub fn around(name: &str, jars: &Path) -> Result<PathBuf, String> {
    set_up(&[OsStr::new(name), jars.as_os_str()], &format!("{name}-around"))
}

fn set_up(words: &[&OsStr], folder: &str) -> Result<PathBuf, String> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo)
        .args(["xtask", "setup"])
        .args(words)
        .current_dir(&house)
        .status()
        .map_err(|why| format!("cargo cannot be run: {why}"))?;
    if done.success() {
        Ok(house.join(".setup").join(folder))
    } else {
        Err(format!("the kit `{folder}` cannot be had"))
    }
}
