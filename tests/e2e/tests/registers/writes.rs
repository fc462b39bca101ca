//! Each kind of write of a node that publishes and of one that mirrors fails: not stored, or written and not synced. After each, the log and
//! its mirror are found whole from outside, what was acknowledged is in them, and work goes on.
//!
//! The disk is bad while records are published one at a time, then it is good again; half of the nodes are killed at that moment, so that
//! what the bad disk holds is all that is left.

use super::log::{Book, check_book, draft, register, verified};
use chapar_conformance::node::Participant;
use chapar_e2e::ask::ask;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, look, mirror};
use chapar_e2e::tracer::Tracer;

/// Calls that write, and how they fail. A thread's first such call is spared in some: then a write fails behind one that is stored.
const FAULTS: [(&str, &str); 8] = [
    ("a page of the database is not written", "pwrite64:error=EIO:when=1+3"),
    (
        "a later page of the database is not written",
        "pwrite64:error=EIO:when=3+4",
    ),
    ("no room for a page of the database", "pwrite64:error=ENOSPC:when=2+3"),
    ("what is written is not synced", "fsync,fdatasync:error=EIO:when=1+2"),
    (
        "what is written later is not synced",
        "fsync,fdatasync:error=EIO:when=3+4",
    ),
    (
        "a tile does not get its name",
        "rename,renameat,renameat2:error=EIO:when=1+2",
    ),
    (
        "no room for the name of a later tile",
        "rename,renameat,renameat2:error=ENOSPC:when=2+2",
    ),
    ("no folder is made", "mkdir,mkdirat:error=ENOSPC"),
];
/// Records that are tried while a disk is bad.
const TRIES: usize = 8;

fn house(name: &str) -> House {
    let mut house = House::with(name, Profile::Production, "[register]\npublish_ms = 5\n");
    house.start();
    house
}

/// Publishes one record after the other, whatever is answered; how many were not taken.
fn try_to_publish(who: &Participant, round: usize, book: &Book) -> usize {
    let mut refused = 0;
    for number in 0..TRIES {
        let name = format!("w{round}-{number}");
        match ask(who, "POST", "/records", Some(&draft(&name))) {
            Ok(answer) if answer.is_good() => {
                let leaf = answer.value()["leafHash"].as_str().unwrap().to_owned();
                book.lock().unwrap().insert(name, leaf);
            }
            Ok(answer) => {
                assert!(answer.status >= 500, "{}: {}", answer.status, answer.text());
                refused += 1;
            }
            Err(why) => panic!("a node with a bad disk still answers: {why}"),
        }
    }
    refused
}

fn again(house: &mut House, is_killed: bool) {
    if is_killed {
        house.kill();
        house.start();
    }
}

#[test]
fn a_write_that_fails_harms_neither_the_log_nor_what_was_acknowledged() {
    let mut home = house("writes");
    let who = home.add(&serde_json::json!({ "slug": "plant" }));
    register(&who);
    let book = Book::default();
    let delays = |home: &House| home.log().matches("a log is not published; it is tried again").count();
    let mut felt = Vec::new();
    for (round, (about, fault)) in FAULTS.into_iter().enumerate() {
        let mut tracer = Tracer::attach(&home, fault);
        let before = delays(&home);
        let refused = try_to_publish(&who, round, &book);
        felt.push((about, refused, delays(&home) - before));
        tracer.detach();
        again(&mut home, round % 2 == 0);
        // The same again on a good disk: what was refused can be said, what was acknowledged is there and makes no second version.
        assert_eq!(try_to_publish(&who, round, &book), 0, "{about}: the disk is good again");
        let log = register(&who);
        verified(&home, &log);
        check_book(&who, &book, log["size"].as_u64().unwrap());
    }
    let unfelt: Vec<_> = felt
        .iter()
        .filter(|(_, refused, delays)| refused + delays == 0)
        .collect();
    assert!(
        unfelt.is_empty(),
        "the node felt nothing of these: {unfelt:?}; of all: {felt:?}"
    );
}

#[test]
fn a_write_that_fails_harms_no_mirror() {
    let (home, mut other) = (house("writes-home"), house("writes-mirror"));
    let who = home.add(&serde_json::json!({ "slug": "plant" }));
    register(&who);
    let log = Log::of(&who);
    mirror(&other, &log, &log.address, &[]);
    let book = Book::default();
    let mut obstructed = Vec::new();
    for (round, (about, fault)) in FAULTS.into_iter().enumerate() {
        assert_eq!(try_to_publish(&who, round, &book), 0);
        let home_log = register(&who);
        let mut tracer = Tracer::attach(&other, fault);
        obstructed.push((about, look(&other, &log)["size"] != home_log["size"]));
        tracer.detach();
        again(&mut other, round % 2 == 0);
        let mirrored = look(&other, &log);
        assert_eq!(
            (&mirrored["size"], &mirrored["state"]),
            (&home_log["size"], &serde_json::json!("open")),
            "{about}: {mirrored}"
        );
        let mut there = home_log.clone();
        there["address"] = log.at(&other).into();
        verified(&other, &there);
    }
    let unfelt: Vec<_> = obstructed.iter().filter(|(_, is_felt)| !is_felt).collect();
    assert!(unfelt.is_empty(), "the mirror felt nothing of these: {unfelt:?}");
}
