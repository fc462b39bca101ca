//! A record's leaf, a body and a key-set: exactly the bytes that we write are read, no others, and any log of them comes to an end.
//!
//! The suite believes every signature, so that what lies behind it is reached.

#![no_main]

use chapar_register::{Body, Intake, Kinds, LogState, Record, RecordProof, parse_key_set};
use chapar_terms::{Algorithm, BadSignature, ParticipantId, PkixAlgorithm, PublicKey, Suite};
use chapar_tlog::{SignedCheckpoint, VerifierKey};
use libfuzzer_sys::fuzz_target;

struct Believing;

impl Suite for Believing {
    fn serves(&self, _: Algorithm) -> bool {
        true
    }

    fn verify(&self, _: &PublicKey, _: &[u8], _: &[u8]) -> Result<(), BadSignature> {
        Ok(())
    }
    fn serves_pkix(&self, _: PkixAlgorithm) -> bool {
        true
    }
    fn verify_pkix(&self, _: PkixAlgorithm, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), BadSignature> {
        Ok(())
    }
}

/// The key and a checkpoint of C2SP's own examples.
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const CHECKPOINT: &str =
    "example.com/foo\n1000\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/foo Uw2QOgAA\n";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Record::parse(bytes) {
        assert_eq!(record.leaf(), bytes);
        assert_eq!(Record::of(record.header(), record.proof()).as_ref(), Ok(&record));
    }
    if let Ok(body) = Body::parse(bytes) {
        assert_eq!(body.bytes(), bytes);
        let _ = parse_key_set(body.value());
        for kind in Kinds::built_in().iter() {
            let _ = (kind.check(body.value()), kind.languages(body.value()));
        }
    }
    if let Ok(proof) = RecordProof::parse(bytes) {
        assert_eq!(RecordProof::parse(proof.render().as_bytes()).as_ref(), Ok(&proof));
    }
    if let Ok(state) = LogState::decode(bytes) {
        assert_eq!(state.encode(), bytes);
    }
    take(bytes);
});

/// Lines in turn as leaves and bodies of one log.
fn take(bytes: &[u8]) {
    let state = LogState::pinned(
        ParticipantId::parse("did:web:uz.example:plant").unwrap(),
        VerifierKey::parse(KEY).unwrap(),
    );
    let checkpoint = SignedCheckpoint::parse(CHECKPOINT.as_bytes()).unwrap();
    let mut intake = Intake::begin(Kinds::built_in(), &Believing, state, checkpoint).unwrap();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    while let Some(leaf) = lines.next() {
        let taken = intake.push(leaf, lines.next());
        assert_eq!(taken.index + 1, intake.size());
    }
    assert!(intake.finish().is_err());
}
