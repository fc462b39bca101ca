//! A copy of a node's whole data folder, put back later: what an operator does who knows no better, and nothing in the folder shows.

use crate::house::House;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The data folder as it was.
pub struct Backup(PathBuf);

impl Backup {
    /// Stops the node, copies its data folder and starts it again.
    pub fn of(house: &mut House) -> Self {
        house.stop();
        let old = house.folder().join("old");
        copy(&house.data(), &old);
        house.start();
        Self(old)
    }

    /// Stops the node and starts it on the copy; what it had is gone.
    pub fn put_back(self, house: &mut House) {
        house.stop();
        std::fs::remove_dir_all(house.data()).unwrap();
        std::fs::rename(&self.0, house.data()).unwrap();
        house.start();
    }
}

/// Copies a file or a folder to a name that is not taken.
pub fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(copied.success());
}
