//! A copy of a log with each fault that bytes on a disk can have, and what is said of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod scene;

use chapar_tlog::{Checkpoint, Origin};
use chapar_verify::{Demands, FirstUse, Verdict};
use scene::log::{Key, Log, ORIGIN, dataset, draft, sign};
use scene::{Scratch, begin, faults, pinned, put, verify, write};
use std::fs;
use std::path::Path;

/// A full bundle and one more entry, so that there is a row of tiles above the leaves.
const SIZE: usize = 258;

/// A fault: what it is, how it is planted, and what is said of it.
type Fault = (&'static str, fn(&Path), &'static [&'static str]);

const FAULTS: [Fault; 15] = [
    (
        "an entry is another",
        |folder| flip(folder, "tile/entries/001.p/2", 40),
        &["record-rejected", "tile-wrong", "wrong-root"],
    ),
    (
        "a bundle breaks off",
        |folder| cut(folder, "tile/entries/001.p/2"),
        &["entries-missing", "log-incomplete"],
    ),
    (
        "a bundle is missing",
        |folder| remove(folder, "tile/entries/000"),
        &["entries-missing", "log-incomplete"],
    ),
    (
        "a bundle is far too long",
        |folder| put(folder, "tile/entries/000", &vec![0; 17_000_000]),
        &["entries-missing", "log-incomplete"],
    ),
    (
        "a hash of a leaf is another",
        |folder| flip(folder, "tile/0/000", 40),
        &["tile-wrong"],
    ),
    (
        "a hash above the leaves is another",
        |folder| flip(folder, "tile/1/000.p/1", 4),
        &["tile-wrong"],
    ),
    (
        "a tile breaks off",
        |folder| cut(folder, "tile/0/001.p/2"),
        &["tile-malformed"],
    ),
    (
        "a tile is missing",
        |folder| remove(folder, "tile/0/000"),
        &["tile-missing"],
    ),
    (
        "a body is another",
        |folder| flip(folder, "bodies/001.p/2", 20),
        &["body-wrong"],
    ),
    (
        "bodies break off",
        |folder| cut(folder, "bodies/001.p/2"),
        &["bodies-malformed", "body-missing"],
    ),
    (
        "bodies are missing",
        |folder| remove(folder, "bodies/001.p/2"),
        &["body-missing"],
    ),
    (
        "all bodies are missing",
        |folder| remove(folder, "bodies/000"),
        &["log-keyless", "record-rejected"],
    ),
    (
        "the signature of the log is another",
        spoil_signature,
        &["checkpoint-signature-wrong"],
    ),
    (
        "the checkpoint is none",
        |folder| put(folder, "checkpoint", b"<html></html>"),
        &["checkpoint-malformed"],
    ),
    (
        "the checkpoint is far too long",
        |folder| put(folder, "checkpoint", &[b'a'; 300_000]),
        &["checkpoint-malformed"],
    ),
];

fn flip(folder: &Path, path: &str, at: usize) {
    let mut bytes = fs::read(folder.join(path)).unwrap();
    bytes[at] ^= 1;
    put(folder, path, &bytes);
}

fn cut(folder: &Path, path: &str) {
    let bytes = fs::read(folder.join(path)).unwrap();
    put(folder, path, &bytes[..bytes.len() - 1]);
}

fn remove(folder: &Path, path: &str) {
    fs::remove_file(folder.join(path)).unwrap();
}

/// Another size under the same signature.
fn spoil_signature(folder: &Path) {
    let note = fs::read_to_string(folder.join("checkpoint")).unwrap();
    let other = note.replace("\n258\n", "\n257\n");
    assert_ne!(note, other);
    put(folder, "checkpoint", other.as_bytes());
}

fn log() -> (Log, Key) {
    let (mut log, log_key, key) = begin();
    while log.entries.len() < SIZE {
        log.add(draft("dataset", &format!("d{}", log.entries.len()), dataset("x")), &key);
    }
    (log, log_key)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

#[test]
fn a_good_copy_is_verified_and_each_fault_is_found() {
    let (log, log_key) = log();
    let good = write(&log, &log.checkpoint(&log_key));
    let said = verify(&good.0, &pinned(&log_key)).unwrap();
    assert_eq!(
        (faults(&said), said.verdict()),
        (vec![], Verdict::Verified),
        "{:#?}",
        said.lines()
    );
    for (what, plant, expected) in FAULTS {
        let folder = Scratch::new();
        copy(&good.0, &folder.0);
        plant(&folder.0);
        let said = verify(&folder.0, &pinned(&log_key)).unwrap();
        assert_eq!(faults(&said), expected, "{what}: {:#?}", said.lines());
        let missing = expected.iter().all(|code| *code == "body-missing");
        let verdict = if missing { Verdict::Open } else { Verdict::Broken };
        assert_eq!(said.verdict(), verdict, "{what}");
    }
}

#[test]
fn the_tile_that_differs_is_named_with_the_entry() {
    let (log, log_key) = log();
    let folder = write(&log, &log.checkpoint(&log_key));
    flip(&folder.0, "tile/0/001.p/2", 33);
    let said = verify(&folder.0, &pinned(&log_key)).unwrap();
    let wrong = said
        .report
        .statements()
        .iter()
        .find(|one| one.code == "tile-wrong")
        .unwrap();
    assert_eq!(
        (wrong.parameters["path"].as_str(), wrong.parameters["index"].as_str()),
        ("tile/0/001.p/2", "257")
    );
}

#[test]
fn a_full_tile_stands_in_for_a_partial_one() {
    let (mut log, log_key, key) = begin();
    log.add(draft("dataset", "d", dataset("x")), &key);
    let old = log.checkpoint(&log_key);
    while log.entries.len() < 256 {
        log.add(draft("dataset", &format!("d{}", log.entries.len()), dataset("x")), &key);
    }
    let folder = write(&log, &old);
    let said = verify(&folder.0, &pinned(&log_key)).unwrap();
    assert_eq!(faults(&said), Vec::<&str>::new(), "{:#?}", said.lines());
    assert_eq!(said.state.unwrap().frontier().size(), 2);
}

#[test]
fn a_checkpoint_that_is_not_of_this_tree_or_this_log_is_caught() {
    let (mut log, log_key, key) = begin();
    log.add(draft("dataset", "d", dataset("x")), &key);
    let said = |checkpoint: &Checkpoint, key: &Key| {
        let folder = write(&log, &sign(checkpoint.clone(), key));
        faults(&verify(&folder.0, &pinned(&log_key)).unwrap())
    };
    let good = log.checkpoint(&log_key).checkpoint().clone();
    assert_eq!(said(&good, &log_key), Vec::<&str>::new());
    assert_eq!(said(&good, &Key::log()), ["checkpoint-unsigned"]);
    let smaller = Checkpoint {
        size: 1,
        ..good.clone()
    };
    let folder = write(&log, &sign(smaller, &log_key));
    fs::copy(folder.0.join("tile/entries/000.p/2"), folder.0.join("tile/entries/000")).unwrap();
    let first = fs::read(folder.0.join("tile/entries/000.p/2")).unwrap();
    let end = 2 + usize::from(u16::from_be_bytes([first[0], first[1]]));
    put(&folder.0, "tile/entries/000.p/1", &first[..end]);
    let caught = faults(&verify(&folder.0, &pinned(&log_key)).unwrap());
    assert!(caught.contains(&"wrong-root"), "{caught:?}");
    let other = Origin::parse("node.example/other/log").unwrap();
    let elsewhere = Checkpoint {
        origin: other,
        ..good.clone()
    };
    assert_eq!(said(&elsewhere, &log_key), ["other-origin"]);
    let empty = Checkpoint { size: 0, ..good };
    assert_eq!(said(&empty, &log_key), ["wrong-root"]);
    assert_eq!(ORIGIN, log.checkpoint(&log_key).checkpoint().origin.as_str());
}

#[test]
fn what_cannot_be_looked_at_is_not_judged() {
    let folder = Scratch::new();
    assert!(verify(&folder.0, &Demands::default()).is_err());
    assert!(verify(&folder.0.join("nowhere"), &Demands::default()).is_err());
}

#[test]
fn a_log_vouches_for_itself_only_where_that_is_asked_for() {
    let (mut log, log_key, key) = begin();
    log.add(draft("dataset", "d", dataset("x")), &key);
    let folder = write(&log, &log.checkpoint(&log_key));
    let said = verify(&folder.0, &Demands::default()).unwrap();
    assert_eq!((faults(&said), said.verdict()), (vec!["key-not-pinned"], Verdict::Open));
    let trusting = Demands {
        first_use: FirstUse::Trusted,
        ..Demands::default()
    };
    let said = verify(&folder.0, &trusting).unwrap();
    assert_eq!((faults(&said), said.verdict()), (vec![], Verdict::Trusted));
    let proven = said.json()["statements"].as_array().unwrap().clone();
    let proven: Vec<_> = proven
        .iter()
        .filter(|one| one["standing"] == "proven")
        .map(|one| one["code"].clone())
        .collect();
    assert_eq!(proven, ["tiles-verified"], "nothing else holds whoever made the log");
    let stranger = write(&log, &log.checkpoint(&Key::log()));
    assert_eq!(faults(&verify(&stranger.0, &trusting).unwrap()), ["key-not-shown"]);
}
