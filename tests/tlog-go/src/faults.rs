//! Faults planted into a copy of a small log, each with the check that must find it, whoever reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::path::Path;

/// A fault: its name, the check that finds it, and how it is planted into a folder.
pub type Fault = (&'static str, &'static str, fn(&Path));

/// Every fault.
pub const FAULTS: [Fault; 12] = [
    ("a hash of a leaf is another", "entries", |folder| {
        flip(folder, "tile/0/000", 40)
    }),
    ("a hash above the leaves is another", "roots", |folder| {
        flip(folder, "tile/1/000.p/2", 40)
    }),
    ("a tile breaks off", "roots", |folder| cut(folder, "tile/0/002.p/88")),
    ("an entry is another", "entries", |folder| {
        flip(folder, "tile/entries/002.p/88", 12)
    }),
    ("a bundle breaks off", "entries", |folder| {
        cut(folder, "tile/entries/001")
    }),
    ("the log's signature is another", "checkpoints", |folder| {
        spoil_signature(folder, 0, 30)
    }),
    ("a cosignature is another", "checkpoints", |folder| {
        spoil_signature(folder, 2, 40)
    }),
    ("a cosignature has another time", "checkpoints", |folder| {
        spoil_signature(folder, 1, 11)
    }),
    ("a witness of the quorum is missing", "checkpoints", |folder| {
        change(folder, "checkpoints/257", without_last_line)
    }),
    ("an inclusion proof has another hash", "inclusion", |folder| {
        change(folder, "inclusion", spoil_last_hash)
    }),
    ("a consistency proof has another hash", "consistency", |folder| {
        change(folder, "consistency", spoil_hash_before_last)
    }),
    ("an offline proof names another place", "offline", |folder| {
        change(folder, "proofs/300", |text| text.replace("index 300", "index 301"));
    }),
];

fn flip(folder: &Path, path: &str, at: usize) {
    let place = folder.join(path);
    let mut bytes = fs::read(&place).unwrap();
    bytes[at] ^= 1;
    fs::write(place, bytes).unwrap();
}

fn cut(folder: &Path, path: &str) {
    let place = folder.join(path);
    let bytes = fs::read(&place).unwrap();
    fs::write(place, &bytes[..bytes.len() - 1]).unwrap();
}

fn change(folder: &Path, path: &str, how: impl Fn(&str) -> String) {
    let place = folder.join(path);
    let old = fs::read_to_string(&place).unwrap();
    let new = how(&old);
    assert_ne!(old, new, "the fault in `{path}` changes nothing");
    fs::write(place, new).unwrap();
}

/// One bit of a signature line, counted in bytes of what its base64 holds: key id, time of a cosignature, signature.
fn spoil_signature(folder: &Path, line: usize, at: usize) {
    change(folder, "checkpoints/257", |text| {
        let (_, signatures) = text.split_once("\n\n").unwrap();
        let encoded = signatures.lines().nth(line).unwrap().rsplit(' ').next().unwrap();
        let mut bytes = STANDARD.decode(encoded).unwrap();
        bytes[at] ^= 1;
        text.replace(encoded, &STANDARD.encode(bytes))
    });
}

fn without_last_line(text: &str) -> String {
    let end = text.trim_end().rfind('\n').unwrap();
    text[..=end].to_owned()
}

fn spoil_last_hash(text: &str) -> String {
    let at = text.trim_end().rfind(' ').unwrap();
    format!("{} {}\n", &text[..at], STANDARD.encode([7; 32]))
}

/// The last line of all is of two equal sizes and has no hash.
fn spoil_hash_before_last(text: &str) -> String {
    let end = text.trim_end().rfind('\n').unwrap();
    format!("{}{}", spoil_last_hash(&text[..end]), &text[end + 1..])
}
