//! A copy of a log: the same log to whoever verifies it, gone on with where it broke off, and fresh in what may be purged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod scene;

use chapar_tlog::{Origin, encode_bodies};
use chapar_verify::{Copied, Folder, Source, Unreadable, Verdict, copy};
use scene::log::{Key, dataset, draft, sign};
use scene::{Scratch, begin, pinned, put, verify, write};
use std::fs;
use std::path::Path;

fn copied(from: &Path, to: &Path) -> Result<Copied, Unreadable> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(copy(&Source::Folder(Folder::new(from)), to, &|_, _| {}))
}

fn written_and_kept(copied: &Copied) -> (u64, u64) {
    (copied.written, copied.kept)
}

#[test]
fn a_copy_is_the_log_and_goes_on_where_it_broke_off() {
    let (mut log, log_key, key) = begin();
    log.add(draft("dataset", "d", dataset("x")), &key);
    let (from, to) = (write(&log, &log.checkpoint(&log_key)), Scratch::new());
    // Checkpoint, tile, entries, bodies.
    assert_eq!(written_and_kept(&copied(&from.0, &to.0).unwrap()), (4, 0));
    assert_eq!(verify(&to.0, &pinned(&log_key)).unwrap().verdict(), Verdict::Verified);
    fs::remove_file(to.0.join("checkpoint")).unwrap();
    fs::remove_file(to.0.join("tile/0/000.p/2")).unwrap();
    assert_eq!(written_and_kept(&copied(&from.0, &to.0).unwrap()), (2, 2));
    let none: [Option<&[u8]>; 2] = [log.entries[0].1.as_deref(), None];
    put(&from.0, "bodies/000.p/2", &encode_bodies(&none).unwrap());
    assert_eq!(
        written_and_kept(&copied(&from.0, &to.0).unwrap()),
        (2, 2),
        "bodies are asked for again"
    );
    assert_eq!(verify(&to.0, &pinned(&log_key)).unwrap().verdict(), Verdict::Open);
}

#[test]
fn a_copy_is_of_one_log_and_whole_or_none() {
    let (log, log_key, _) = begin();
    let (from, to) = (write(&log, &log.checkpoint(&log_key)), Scratch::new());
    fs::remove_file(from.0.join("tile/entries/000.p/1")).unwrap();
    assert!(copied(&from.0, &to.0).is_err());
    assert!(
        !to.0.join("checkpoint").exists(),
        "a checkpoint stands only above what it covers"
    );
    let other = chapar_tlog::Checkpoint {
        origin: Origin::parse("node.example/other/log").unwrap(),
        ..log.checkpoint(&log_key).checkpoint().clone()
    };
    let (from, held) = (
        write(&log, &log.checkpoint(&log_key)),
        write(&log, &sign(other, &Key::log())),
    );
    assert!(copied(&from.0, &held.0).is_err());
}
