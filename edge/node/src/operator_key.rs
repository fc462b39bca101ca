//! The operator's key to the own API: made at the first start, left in a file that only the operator can read.
//!
//! The node keeps a hash of it, so a lost file is not made again: make further keys while one is at hand.

use crate::Failure;
use crate::node_key::write_secret;
use chapar_runtime::Runtime;
use std::path::{Path, PathBuf};

/// Where the key stands in a data folder.
pub fn file(data: &Path) -> PathBuf {
    data.join("operator.key")
}

/// Makes the key if the node has none yet.
///
/// # Errors
/// The store does not answer or the file cannot be written; do not start.
pub async fn ensure(runtime: &Runtime, data: &Path) -> Result<PathBuf, Failure> {
    let file = file(data);
    if let Some(text) = runtime.ensure_operator_key().await? {
        // A file left from a store that is gone opens nothing any more.
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::new(format!(
                    "`{}` cannot be replaced: {error}",
                    file.display()
                )));
            }
            _ => write_secret(&file, &text)?,
        }
    }
    Ok(file)
}

/// Reads the key back, for commands on the node's own machine.
///
/// # Errors
/// There is no such file, or it cannot be read.
pub fn read(data: &Path) -> Result<String, Failure> {
    let file = file(data);
    let text = std::fs::read_to_string(&file)
        .map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", file.display())))?;
    Ok(text.trim().to_owned())
}
