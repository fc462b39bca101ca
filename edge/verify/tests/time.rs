//! Time stamps beside a log: of every size of the tree, by a pinned authority or another, moved, missing, and in lists that cannot be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod scene;

use chapar_register::{Standing, Statement};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use chapar_timestamp::{Anchors, Authority, Founding, Query};
use chapar_tlog::{Checkpoint, RightEdge, SignedCheckpoint, leaf_hash};
use chapar_verify::{Demands, Said, Verdict};
use scene::log::{Key, Log, dataset, draft};
use scene::{Scratch, begin, faults, pinned, put, verify, write};
use std::fs;

struct Stamper {
    founding: Founding,
    signer: MemorySigner,
}

fn now() -> Instant {
    Instant::parse_rfc3339("2026-11-26T12:00:00Z").unwrap()
}

impl Stamper {
    fn new() -> Self {
        let (root, _) = generate(Algorithm::Es256).unwrap();
        let (signer, _) = generate(Algorithm::Es256).unwrap();
        let founding = Founding::new(&root, &signer, now()).unwrap();
        Self { founding, signer }
    }

    fn anchors(&self) -> Option<Anchors> {
        Some(Anchors::read([self.founding.root.as_slice()]).unwrap())
    }

    /// The reply about the tree of the first `size` entries.
    fn stamp(&self, log: &Log, key: &Key, size: usize) -> Vec<u8> {
        let leaves: Vec<Digest> = log.entries.iter().take(size).map(|(leaf, _)| leaf_hash(leaf)).collect();
        let mut edge = RightEdge::empty();
        edge.grow(&leaves);
        let origin = log.checkpoint(key).checkpoint().origin.clone();
        let tree = Checkpoint::new(origin, size as u64, edge.root());
        let text = SignedCheckpoint::new(tree).unwrap();
        let query = Query {
            imprint: Digest::of(text.note().text().as_bytes()),
            nonce: [9; 16],
        };
        let authority = Authority::open(&self.founding.certificate).unwrap();
        let at = now().plus_ms(size as i64 * 1000);
        authority
            .answer(&query.render().unwrap(), &self.signer, size as u128, at)
            .unwrap()
    }
}

/// A log of 300 entries, stamped at these sizes.
fn stamped(sizes: &[usize]) -> (Log, Key, Stamper, Scratch) {
    let (mut log, log_key, key) = begin();
    for number in 1..300 {
        log.add(draft("dataset", &format!("d{number}"), dataset("x")), &key);
    }
    let (folder, us) = (write(&log, &log.checkpoint(&log_key)), Stamper::new());
    for size in sizes {
        put(
            &folder.0,
            &format!("timestamps/{size}"),
            &us.stamp(&log, &log_key, *size),
        );
    }
    list(&folder, "sizes", sizes);
    (log, log_key, us, folder)
}

/// The sizes, which fall, and that there is nothing below.
fn list(folder: &Scratch, name: &str, sizes: &[usize]) {
    let text: String = sizes.iter().map(|size| format!("{size}\n")).collect();
    put(&folder.0, &format!("timestamps/{name}"), text.as_bytes());
}

fn demands(key: &Key, time: Option<Anchors>) -> Demands {
    Demands { time, ..pinned(key) }
}

fn one<'a>(said: &'a Said, code: &str) -> &'a Statement {
    let found = said.report.statements().iter().find(|one| one.code == code);
    found.unwrap_or_else(|| panic!("no `{code}` in {:?}", said.lines()))
}

#[test]
fn a_tree_of_any_size_is_proven_to_have_been_there() {
    let (_, key, us, folder) = stamped(&[300, 257, 256, 255, 2, 1]);
    let said = verify(&folder.0, &demands(&key, us.anchors())).unwrap();
    assert_eq!(said.verdict(), Verdict::Verified, "{:?}", said.lines());
    let stamped = one(&said, "log-stamped");
    assert_eq!(
        (stamped.standing, stamped.parameters["count"].as_str()),
        (Standing::Proven, "6")
    );
    assert!(
        said.lines()
            .iter()
            .any(|line| line.starts_with("proven    its first 300 entries were there by 2026-11-26T12:05:00.000Z"))
    );
    let asserted = verify(&folder.0, &pinned(&key)).unwrap();
    assert_eq!(one(&asserted, "log-stamped").standing, Standing::Asserted);
    assert_eq!(
        asserted.verdict(),
        Verdict::Verified,
        "without a demand it is additional"
    );
    // The key of the log is its own word; the time is not.
    let trusting = Demands {
        first_use: chapar_verify::FirstUse::Trusted,
        time: us.anchors(),
        ..Demands::default()
    };
    let said = verify(&folder.0, &trusting).unwrap();
    assert_eq!(said.verdict(), Verdict::Trusted);
    assert_eq!(one(&said, "log-stamped").standing, Standing::Proven);
}

#[test]
fn what_is_listed_in_parts_is_read_whole() {
    let (_, key, us, folder) = stamped(&[300, 257, 2]);
    list(&folder, "sizes", &[300]);
    list(&folder, "sizes-before/300", &[257, 2]);
    let said = verify(&folder.0, &demands(&key, us.anchors())).unwrap();
    assert_eq!(one(&said, "log-stamped").parameters["count"], "3");
}

#[test]
fn what_was_stamped_later_than_the_checkpoint_is_left_alone() {
    let (_, key, us, folder) = stamped(&[300]);
    list(&folder, "sizes", &[400, 300]);
    let said = verify(&folder.0, &demands(&key, us.anchors())).unwrap();
    assert_eq!(said.verdict(), Verdict::Verified);
}

#[test]
fn what_is_demanded_and_not_there_leaves_it_open() {
    let (log, key, us, folder) = stamped(&[]);
    let said = verify(&folder.0, &demands(&key, us.anchors())).unwrap();
    assert_eq!(
        (said.verdict(), faults(&said)),
        (Verdict::Open, vec!["timestamps-none"])
    );
    let other = Stamper::new();
    put(&folder.0, "timestamps/300", &other.stamp(&log, &key, 300));
    list(&folder, "sizes", &[300]);
    let said = verify(&folder.0, &demands(&key, us.anchors())).unwrap();
    assert_eq!(
        (said.verdict(), faults(&said)),
        (Verdict::Open, vec!["timestamps-none"])
    );
    assert_eq!(one(&said, "timestamp-unknown").parameters["size"], "300");
}

#[test]
fn what_is_wrong_is_broken_whoever_is_pinned() {
    let (_, key, us, folder) = stamped(&[300, 2]);
    let verdict = |why: &str| {
        for time in [None, us.anchors()] {
            let said = verify(&folder.0, &demands(&key, time)).unwrap();
            assert_eq!(said.verdict(), Verdict::Broken);
            assert!(
                one(&said, "timestamp-wrong").parameters["why"].contains(why),
                "{:?}",
                said.lines()
            );
        }
    };
    let good = fs::read(folder.0.join("timestamps/2")).unwrap();
    fs::copy(folder.0.join("timestamps/300"), folder.0.join("timestamps/2")).unwrap();
    verdict("about other bytes");
    put(&folder.0, "timestamps/2", b"none");
    verdict("no time stamp reply");
    put(&folder.0, "timestamps/2", &[0; 70_000]);
    verdict("longer than it can be");
    fs::remove_file(folder.0.join("timestamps/2")).unwrap();
    verdict("is missing");
    let mut altered = good;
    *altered.last_mut().unwrap() ^= 1;
    put(&folder.0, "timestamps/2", &altered);
    let said = verify(&folder.0, &demands(&key, us.anchors())).unwrap();
    assert!(one(&said, "timestamp-wrong").parameters["why"].contains("signature is wrong"));
}

#[test]
fn a_list_that_cannot_be_is_broken_and_ends() {
    let (_, key, _, folder) = stamped(&[300]);
    for text in ["2\n300\n", "300\n300\n", "x\n", "-1\n", "300\n\n2\n"] {
        put(&folder.0, "timestamps/sizes", text.as_bytes());
        let said = verify(&folder.0, &pinned(&key)).unwrap();
        assert_eq!(faults(&said), ["timestamps-malformed"], "{text}");
    }
    // One that goes on with what it said before would never end.
    list(&folder, "sizes", &[300]);
    list(&folder, "sizes-before/300", &[300]);
    assert_eq!(
        faults(&verify(&folder.0, &pinned(&key)).unwrap()),
        ["timestamps-malformed"]
    );
}
