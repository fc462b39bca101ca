//! A log of evidence beside the register that holds checkpoints of it: what was rewritten, dropped or taken back is found out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod scene;

use chapar_evidence::{Act, Deed, Entry, EntryKind, Salt};
use chapar_register::{LogId, Standing, evidence_checkpoint_body};
use chapar_suite_international::International;
use chapar_terms::{EntryId, Signer};
use chapar_tlog::{Checkpoint, Frontier, KeyName, Origin, SignatureType, SignedCheckpoint, VerifierKey, leaf_hash};
use chapar_verify::{Demands, Folder, Said, Source, Verdict, verify_evidence};
use scene::log::{Key, Log, at, draft, participant, sign};
use scene::{Scratch, begin, faults, pinned, put, write};

const EVIDENCE: &str = "node.example/plant/evidence";
const INTERVAL_S: u64 = 3600;

fn leaves(names: &[&str]) -> Vec<Vec<u8>> {
    let leaf = |name: &&str| {
        let deed = Deed {
            participant: participant(),
            case: None,
            kind: EntryKind::Negotiation(Act::Decision),
            at: at(0),
        };
        let id = EntryId::parse(&format!("urn:uuid:{name}")).unwrap();
        Entry::seal(id, Salt::from_bytes([7; 32]), deed, b"{}".to_vec()).leaf()
    };
    names.iter().map(leaf).collect()
}

fn vkey(key: &Key) -> VerifierKey {
    VerifierKey::new(
        KeyName::parse(EVIDENCE).unwrap(),
        SignatureType::ED25519,
        key.signer.public_key(),
    )
    .unwrap()
}

fn checkpoint(leaves: &[Vec<u8>], key: &Key) -> SignedCheckpoint {
    let mut tree = Frontier::empty();
    leaves.iter().for_each(|leaf| tree.push(leaf_hash(leaf)));
    let origin = Origin::parse(EVIDENCE).unwrap();
    sign(Checkpoint::new(origin, leaves.len() as u64, tree.root()), key)
}

/// A register with checkpoints of evidence, and the keys of both logs.
struct Register {
    log: Log,
    log_key: Key,
    key: Key,
    evidence_key: Key,
}

impl Register {
    fn new() -> Self {
        let (log, log_key, key) = begin();
        Self {
            log,
            log_key,
            key,
            evidence_key: Key::log(),
        }
    }

    fn note(&mut self, checkpoint: &SignedCheckpoint, key: &VerifierKey, interval_s: u64) {
        let body = evidence_checkpoint_body(&checkpoint.render(), key, interval_s);
        let name = format!("evidence-checkpoint.{:010}", self.log.entries.len());
        self.log.add(draft("evidence-checkpoint", &name, body), &self.key);
    }

    /// Writes down what the evidence was then.
    fn write_down(&mut self, leaves: &[Vec<u8>]) {
        let (note, key) = (checkpoint(leaves, &self.evidence_key), vkey(&self.evidence_key));
        self.note(&note, &key, INTERVAL_S);
    }

    fn said(&self, shown: &[Vec<u8>]) -> Said {
        self.said_with(shown, &pinned(&self.log_key))
    }

    fn said_with(&self, shown: &[Vec<u8>], demands: &Demands) -> Said {
        let folder = evidence(shown, &self.evidence_key);
        let register = write(&self.log, &self.log.checkpoint(&self.log_key));
        verify(&folder, &register, demands)
    }
}

fn evidence(shown: &[Vec<u8>], key: &Key) -> Scratch {
    let log = Log {
        id: LogId::parse("0123456789abcdef").unwrap(),
        entries: shown.iter().map(|leaf| (leaf.clone(), None)).collect(),
    };
    let folder = write(&log, &checkpoint(shown, key));
    std::fs::remove_dir_all(folder.0.join("bodies")).unwrap();
    folder
}

fn verify(evidence: &Scratch, register: &Scratch, demands: &Demands) -> Said {
    let [evidence, register] = [evidence, register].map(|place| Source::Folder(Folder::new(&place.0)));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let said = verify_evidence(&International, &evidence, &register, demands, &|_, _| {});
    runtime.block_on(said).unwrap()
}

fn told(said: &Said, code: &str) -> Vec<(Standing, String)> {
    let told = said.report.statements().iter().filter(|one| one.code == code);
    told.map(|one| (one.standing, format!("{:?}", one.parameters)))
        .collect()
}

#[test]
fn evidence_that_begins_with_every_checkpoint_is_proven_by_the_register_s_key_alone() {
    let mut register = Register::new();
    let all = leaves(&["1", "2", "3", "4"]);
    register.write_down(&all[..1]);
    register.write_down(&all[..3]);
    register.write_down(&all[..3]);
    let said = register.said(&all);
    assert_eq!(
        (faults(&said), said.verdict()),
        (vec![], Verdict::Verified),
        "{:#?}",
        said.lines()
    );
    let lines = said.lines().join("\n");
    for line in [
        "proven    the evidence begins with each of the 3 checkpoints that the register has of it, the last one of 3 entries",
        "unknown   entries of evidence that no checkpoint in the register covers yet: 1",
        "proven    the log's key is the one for which the register vouches",
    ] {
        assert!(lines.contains(line), "{lines}");
    }
    // The key of the evidence may be pinned too; another one is not believed, whatever the register says.
    let both = |key: &Key| Demands {
        vkeys: vec![register.log_key.vkey(), vkey(key)],
        ..Demands::default()
    };
    assert!(told(&register.said_with(&all, &both(&register.evidence_key)), "key-pinned").len() == 1);
    let other = register.said_with(&all, &both(&Key::log()));
    assert_eq!(faults(&other), ["checkpoint-unsigned"]);
}

#[test]
fn what_was_rewritten_or_dropped_is_broken() {
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    let mut register = Register::new();
    let all = leaves(&["1", "2", "3", "4"]);
    register.write_down(&all[..1]);
    register.write_down(&all[..3]);
    let rewritten = register.said(&leaves(&["1", "2", "other", "4"]));
    assert_eq!(faults(&rewritten), ["evidence-rewritten"]);
    assert!(told(&rewritten, "evidence-rewritten")[0].1.contains("\"index\": \"2\""));
    assert!(told(&rewritten, "evidence-checkpointed").is_empty());
    let left_out = register.said(&leaves(&["1", "3", "4"]));
    assert_eq!(faults(&left_out), ["evidence-rewritten"]);
    let cut = register.said(&all[..2]);
    assert_eq!(
        (faults(&cut), cut.verdict()),
        (vec!["evidence-dropped"], Verdict::Broken)
    );
    let line = "entry 2 of the register has a checkpoint of 3 entries of evidence, and 2 were shown";
    assert!(cut.lines().join("\n").contains(line), "{:#?}", cut.lines());
}

#[test]
fn checkpoints_that_contradict_each_other_or_are_nobody_s_are_broken() {
    let all = leaves(&["1", "2", "3", "4"]);
    let mut shrinking = Register::new();
    shrinking.write_down(&all[..3]);
    shrinking.write_down(&all[..2]);
    assert_eq!(faults(&shrinking.said(&all)), ["evidence-checkpoint-shrinks"]);
    let mut forged = Register::new();
    let (named, signer) = (Key::log(), Key::log());
    forged.note(&checkpoint(&all[..2], &signer), &vkey(&named), INTERVAL_S);
    assert_eq!(
        faults(&forged.said(&all)),
        [
            "evidence-checkpoint-wrong",
            "evidence-not-checkpointed",
            "key-not-shown"
        ]
    );
    // A checkpoint of another log says nothing of this one.
    let mut other = Register::new();
    let elsewhere = sign(
        Checkpoint::new(Origin::parse("kz.example/plant/evidence").unwrap(), 9, leaf_hash(b"")),
        &named,
    );
    let key = VerifierKey::new(
        KeyName::parse("kz.example/plant/evidence").unwrap(),
        SignatureType::ED25519,
        named.signer.public_key(),
    );
    other.note(&elsewhere, &key.unwrap(), INTERVAL_S);
    assert_eq!(
        faults(&other.said(&all)),
        ["evidence-not-checkpointed", "key-not-shown"]
    );
}

#[test]
fn a_gap_is_told_and_breaks_nothing() {
    let all = leaves(&["1", "2"]);
    // Records of the test are issued a second apart.
    let late = |between: usize| {
        let mut register = Register::new();
        let (note, key) = (
            checkpoint(&all[..1], &register.evidence_key),
            vkey(&register.evidence_key),
        );
        register.note(&note, &key, 60);
        for number in 1..between {
            let other = draft("dataset", &format!("d{number}"), scene::log::dataset("x"));
            register.log.add(other, &register.key);
        }
        register.write_down(&all);
        let said = register.said(&all);
        assert_eq!(
            (faults(&said), said.verdict()),
            (vec![], Verdict::Verified),
            "{:#?}",
            said.lines()
        );
        told(&said, "evidence-checkpoint-late")
    };
    assert_eq!(late(120), []);
    let late = late(121);
    assert_eq!((late.len(), late[0].0), (1, Standing::Unknown), "{late:?}");
}

#[test]
fn a_register_that_is_not_verified_says_nothing() {
    let mut register = Register::new();
    let all = leaves(&["1", "2"]);
    register.write_down(&all);
    let said = register.said_with(&all, &pinned(&Key::log()));
    assert_eq!(
        (faults(&said), said.verdict()),
        (vec!["register-not-verified"], Verdict::Open)
    );
    let folder = evidence(&all, &register.evidence_key);
    let changed = write(&register.log, &register.log.checkpoint(&register.log_key));
    let path = "tile/entries/000.p/2";
    let mut bytes = std::fs::read(changed.0.join(path)).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    put(&changed.0, path, &bytes);
    let said = verify(&folder, &changed, &pinned(&register.log_key));
    assert_eq!(faults(&said), ["register-not-verified"]);
    // Shown in the place of the evidence, the register is none.
    let place = write(&register.log, &register.log.checkpoint(&register.log_key));
    let said = verify(&place, &place, &pinned(&register.log_key));
    assert!(
        faults(&said).contains(&"evidence-not-checkpointed"),
        "{:#?}",
        said.lines()
    );
}
