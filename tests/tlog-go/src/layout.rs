//! The invented log: its entries, its sizes, and where its parts lie. The same is said in `go/layout.go`.

use std::fs;
use std::path::Path;

/// What a reader checks, in this order; either reader says `ok` or `bad` of each.
pub const CHECKS: [&str; 6] = ["checkpoints", "roots", "entries", "inclusion", "consistency", "offline"];

/// Of each check, why it failed if it did.
pub type Verdicts = Vec<(&'static str, Result<(), String>)>;

/// The sizes that a log grows through: a first leaf, the seams of a tile, three rows of tiles, and tiles
/// beyond the thousandth, whose paths have a further part.
pub const SIZES: [u64; 8] = [1, 3, 255, 256, 257, 600, 70_000, 300_000];

/// The sizes of a log into which faults are planted: small, as each fault has a copy of its own.
pub const SMALL: [u64; 6] = [1, 3, 255, 256, 257, 600];

/// The entry at `index`; every fifth is empty.
pub fn entry(index: u64) -> Vec<u8> {
    format!("entry {index};").repeat((index % 5) as usize).into_bytes()
}

/// The extra data of the offline proof of an entry; those at odd places have none.
pub fn extra(index: u64) -> Option<Vec<u8>> {
    index
        .is_multiple_of(2)
        .then(|| format!("extra of {index}").into_bytes())
}

/// The places whose inclusion is proved in a tree of `size`.
pub fn places(size: u64) -> [u64; 4] {
    [0, size / 3, size / 2, size - 1]
}

/// Writes a file below `folder`.
pub fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let place = folder.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

/// The names of the files of a folder, which are numbers, in order.
pub fn numbers(folder: &Path) -> Vec<u64> {
    let files = fs::read_dir(folder).unwrap();
    let mut found: Vec<u64> = files
        .map(|file| file.unwrap().file_name().to_str().unwrap().parse().unwrap())
        .collect();
    found.sort_unstable();
    found
}
