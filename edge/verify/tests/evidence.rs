//! A log of evidence in a folder: its entries and its tree are judged; what they commit to is not there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod scene;

use chapar_evidence::{Act, Deed, Entry, EntryKind, Salt};
use chapar_register::LogId;
use chapar_terms::{EntryId, Instant, ParticipantId};
use chapar_verify::{Demands, FirstUse, Verdict};
use scene::log::{Key, Log};
use scene::{Scratch, faults, pinned, verify, write};

fn leaf(name: &str, at_s: i64) -> Vec<u8> {
    let deed = Deed {
        participant: ParticipantId::parse("did:web:uz.example:plant").unwrap(),
        case: None,
        kind: EntryKind::Negotiation(Act::Decision),
        at: Instant::from_unix_s(at_s),
    };
    let salt = Salt::from_bytes([7; 32]);
    Entry::seal(EntryId::parse(name).unwrap(), salt, deed, b"{}".to_vec()).leaf()
}

fn folder(leaves: &[Vec<u8>], key: &Key) -> Scratch {
    let log = Log {
        id: LogId::parse("0123456789abcdef").unwrap(),
        entries: leaves.iter().map(|leaf| (leaf.clone(), None)).collect(),
    };
    write(&log, &log.checkpoint(key))
}

#[test]
fn a_good_log_of_evidence_is_verified_by_its_key_alone() {
    let key = Key::log();
    let leaves = [leaf("urn:uuid:1", 1000), leaf("urn:uuid:2", 10), leaf("urn:uuid:3", 11)];
    let folder = folder(&leaves, &key);
    let said = verify(&folder.0, &pinned(&key)).unwrap();
    assert_eq!(
        (faults(&said), said.verdict()),
        (vec![], Verdict::Verified),
        "{:#?}",
        said.lines()
    );
    let lines = said.lines().join("\n");
    assert!(lines.contains("proven    entries of evidence: 3"), "{lines}");
    assert!(lines.contains("after a clock was set back: 1"), "{lines}");
    assert_eq!(
        faults(&verify(&folder.0, &pinned(&Key::log())).unwrap()),
        ["checkpoint-unsigned"]
    );
    // It lists no key, so it cannot vouch for itself.
    let trusting = Demands {
        first_use: FirstUse::Trusted,
        ..Demands::default()
    };
    assert_eq!(faults(&verify(&folder.0, &trusting).unwrap()), ["key-not-shown"]);
}

#[test]
fn an_entry_that_stands_twice_or_is_none_is_found() {
    let key = Key::log();
    let (one, two) = (leaf("urn:uuid:1", 10), leaf("urn:uuid:2", 10));
    let twice = folder(&[one.clone(), two.clone(), one.clone()], &key);
    assert_eq!(faults(&verify(&twice.0, &pinned(&key)).unwrap()), ["entry-rejected"]);
    let none = folder(&[one.clone(), b"{}".to_vec()], &key);
    assert_eq!(faults(&verify(&none.0, &pinned(&key)).unwrap()), ["entry-rejected"]);
    let other = folder(&[b"an entry of somebody else".to_vec()], &key);
    let said = verify(&other.0, &pinned(&key)).unwrap();
    assert_eq!((faults(&said), said.verdict()), (vec!["entries-unread"], Verdict::Open));
    let changed = folder(&[one, two], &key);
    let path = changed.0.join("tile/entries/000.p/2");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(path, bytes).unwrap();
    let said = faults(&verify(&changed.0, &pinned(&key)).unwrap());
    assert!(said.contains(&"wrong-root") && said.contains(&"tile-wrong"), "{said:?}");
}
