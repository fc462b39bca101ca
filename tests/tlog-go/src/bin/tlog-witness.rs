//! The judge `tlog-witness`: a published witness cosigns the checkpoints of our node, and our node those of a log that others write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::wire::{self, Response};
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, get, operator, publish, published};
use chapar_suite_international::International;
use chapar_tlog::witness::AddCheckpoint;
use chapar_tlog::{Signature, SignedCheckpoint, VerifierKey};
use chapar_tlog_go::layout::{SMALL, put};
use chapar_tlog_go::litewitness::Litewitness;
use chapar_tlog_go::others;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

#[derive(Default)]
struct Count {
    good: usize,
    all: usize,
}

impl Count {
    fn note(&mut self, what: &str, verdict: Result<(), String>) {
        self.all += 1;
        match verdict {
            Ok(()) => self.good += 1,
            Err(why) => println!("FAILED {what}: {why}"),
        }
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        let is_so = found == expected;
        self.note(
            what,
            is_so
                .then_some(())
                .ok_or_else(|| format!("{found:?}, not {expected:?}")),
        );
    }
}

fn main() -> ExitCode {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tlog-witness");
    let place = std::path::absolute(place).unwrap();
    // What is not there need not be removed; what cannot be is found when it is written to.
    let _ = fs::remove_dir_all(&place);
    let mut count = Count::default();
    let mut house = House::with("tlog-witness", Profile::Production, "[register]\npublish_ms = 20\n");
    house.start();
    theirs_cosigns_ours(&house, &mut count);
    ours_cosigns_theirs(&house, &place.join("theirs"), &mut count);
    println!("{} of {}", count.good, count.all);
    if count.good == count.all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A register waits for litewitness, from its first checkpoint on and through two proofs.
fn theirs_cosigns_ours(house: &House, count: &mut Count) {
    // A socket has a short path at most.
    let folder = std::env::temp_dir().join(format!("tlog-witness-{}", std::process::id()));
    let witness = Litewitness::start(&folder);
    let who = house.add(&json!({ "slug": "plant" }));
    published(&who);
    let log = Log::of(&who);
    witness.know(&log.origin, &log.vkey);
    let policy = format!("witness w {} {}\nquorum w\n", witness.vkey, witness.address);
    let body = json!({ "policy": policy, "wait": true });
    who.ask("PUT", "/logs/register/policy", Some(&body));
    let keys = [&log.vkey, &witness.vkey].map(|vkey| VerifierKey::parse(vkey).unwrap());
    for names in [&["one"][..], &["two", "three"], &["four"]] {
        let size = publish(&who, names);
        let note = get(&format!("{}/checkpoint", log.address));
        let note = SignedCheckpoint::parse(&note.body).unwrap();
        count.equal("the size that is out", &note.checkpoint().size, &size);
        let signed = note.verify(&International, &keys).map(|signed| signed.len());
        count.equal("signatures of log and litewitness", &signed, &Ok(2));
    }
    drop(witness);
    // It lies in the system's folder for such things, which is emptied anyway.
    let _ = fs::remove_dir_all(folder);
}

fn add(house: &House, request: &AddCheckpoint) -> Response {
    let url = format!("{}/chapar/v1/witness/add-checkpoint", house.public);
    wire::send("POST", &url, &[], request.render().as_bytes()).unwrap()
}

/// Our witness cosigns what Go wrote; torchwood's policy takes our cosignature, and no altered one.
fn ours_cosigns_theirs(house: &House, folder: &Path, count: &mut Count) {
    count.note("others write", others::write(folder, &SMALL));
    let vkey = fs::read_to_string(folder.join("vkey")).unwrap().trim().to_owned();
    let origin = VerifierKey::parse(&vkey).unwrap().name().as_str().to_owned();
    let request = |old: u64, new: u64| AddCheckpoint {
        old_size: old,
        proof: proof(folder, old, new),
        checkpoint: SignedCheckpoint::parse(&fs::read(folder.join(format!("checkpoints/{new}"))).unwrap()).unwrap(),
    };
    count.equal(
        "a log that nobody put on the list",
        &add(house, &request(0, 257)).status,
        &404,
    );
    let path = format!("/witness/logs/{}", origin.replace('/', "%2F"));
    operator(house).ask("PUT", &path, Some(&json!({ "vkeys": [vkey] })));
    count.equal("its first checkpoint", &add(house, &request(0, 257)).status, &200);
    count.equal("another old size", &add(house, &request(255, 600)).status, &409);
    count.equal("too soon", &add(house, &request(257, 600)).status, &429);
    sleep(Duration::from_secs(10));
    let grown = request(257, 600);
    let answer = add(house, &grown);
    count.equal("a proof of theirs", &answer.status, &200);
    let Ok(lines) = Signature::parse_lines(&answer.text()) else {
        return count.note("the answer", Err(answer.text()));
    };
    let ours = get(&format!("{}/chapar/v1/witness", house.public)).value()["vkey"]
        .as_str()
        .unwrap()
        .to_owned();
    let policy = format!("log {vkey}\nwitness ours {ours}\nquorum ours\n");
    for (name, altered, expected) in [("cosigned", false, true), ("altered", true, false)] {
        let place = folder.with_file_name(name);
        let mut note = grown.checkpoint.clone();
        for mut line in lines.clone() {
            if altered {
                line.bytes[20] ^= 1;
            }
            note.add(line);
        }
        put(&place, "policy", policy.as_bytes());
        put(&place, "checkpoints/600", note.render().as_bytes());
        let verdicts = others::read(&place);
        let checkpoints = verdicts.iter().find(|(check, _)| *check == "checkpoints");
        let is_good = checkpoints.is_some_and(|(_, verdict)| verdict.is_ok());
        count.equal(
            &format!("torchwood reads what is {name}: {checkpoints:?}"),
            &is_good,
            &expected,
        );
    }
}

/// A consistency proof out of those that Go wrote down.
fn proof(folder: &Path, old: u64, new: u64) -> Vec<chapar_terms::Digest> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let text = fs::read_to_string(folder.join("consistency")).unwrap();
    let begin = format!("{old} {new} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&begin));
    let hash = |word: &str| chapar_terms::Digest::from_bytes(STANDARD.decode(word).unwrap().try_into().unwrap());
    line.map_or_else(Vec::new, |line| line.split(' ').map(hash).collect())
}
