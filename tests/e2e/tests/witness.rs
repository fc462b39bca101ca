//! A witness that is killed with signal 9 while it cosigns: what it answered it knows afterwards, and it never cosigns a second tree.
//!
//! When the signal comes is a matter of chance; the rounds begin with pauses from none to some milliseconds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::wire;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::operator;
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use chapar_tlog::witness::AddCheckpoint;
use chapar_tlog::{Checkpoint, KeyName, NoteSigner, Origin, SignatureType, SignedCheckpoint};
use serde_json::json;
use std::thread;
use std::time::Duration;

/// Lives of the witness, each with a log of its own.
const ROUNDS: u64 = 12;
/// By how much each life is longer than the one before, from the moment of the request.
const LONGER: Duration = Duration::from_micros(700);
const SIZE: u64 = 5;

/// A request of a log whose tree is invented: before the first cosignature nothing has to be proven.
fn request(signer: &MemorySigner, origin: &str, old_size: u64, root: &str) -> AddCheckpoint {
    let checkpoint = Checkpoint::new(Origin::parse(origin).unwrap(), SIZE, Digest::of(root.as_bytes()));
    let signer = NoteSigner::new(KeyName::parse(origin).unwrap(), SignatureType::ED25519, signer).unwrap();
    let mut checkpoint = SignedCheckpoint::new(checkpoint).unwrap();
    checkpoint.add(signer.sign(checkpoint.note().text(), Instant::from_unix_s(0)).unwrap());
    AddCheckpoint {
        old_size,
        proof: Vec::new(),
        checkpoint,
    }
}

/// The status, where an answer came.
fn add(public: &str, request: &AddCheckpoint) -> Option<u16> {
    let url = format!("{public}/chapar/v1/witness/add-checkpoint");
    let answer = wire::send("POST", &url, &[], request.render().as_bytes());
    answer.ok().map(|answer| answer.status)
}

#[test]
fn a_witness_knows_after_its_death_what_it_answered() {
    let mut house = House::new("witness", Profile::Production);
    house.start();
    let (mut answered, mut kept) = (0, 0);
    for round in 0..ROUNDS {
        let origin = format!("log.example/{round}");
        let signer = generate(Algorithm::Ed25519).unwrap().0;
        let name = KeyName::parse(&origin).unwrap();
        let vkey = NoteSigner::new(name, SignatureType::ED25519, &signer)
            .unwrap()
            .verifier_key()
            .render();
        let path = format!("/witness/logs/log.example%2F{round}");
        operator(&house).ask("PUT", &path, Some(&json!({ "vkeys": [vkey] })));
        let first = request(&signer, &origin, 0, "one");
        let (public, asked) = (house.public.clone(), first.clone());
        let asking = thread::spawn(move || add(&public, &asked));
        thread::sleep(LONGER * u32::try_from(round).unwrap());
        house.kill();
        let answer = asking.join().unwrap();
        house.start();
        let url = format!(
            "{}/chapar/v1/witness/{}/checkpoint",
            house.public,
            Digest::of(origin.as_bytes()).hex()
        );
        let is_kept = wire::send("GET", &url, &[], &[]).unwrap().status == 200;
        if answer.is_some() {
            assert_eq!((answer, is_kept), (Some(200), true), "round {round}");
            answered += 1;
        }
        kept += usize::from(is_kept);
        // Asked as before, it does what it had not done, or says what it has done.
        let again = add(&house.public, &first);
        assert_eq!(again, Some(if is_kept { 409 } else { 200 }), "round {round}");
        assert_eq!(
            add(&house.public, &request(&signer, &origin, SIZE, "one")),
            Some(200),
            "round {round}"
        );
        assert_eq!(
            add(&house.public, &request(&signer, &origin, SIZE, "two")),
            Some(422),
            "round {round}"
        );
    }
    println!("{ROUNDS} rounds, {kept} kept before the end, {answered} answered");
    assert!(kept > 0, "no life was long enough");
}
