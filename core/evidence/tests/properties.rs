//! Laws of entries and raw messages, tried on invented ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_evidence::{
    CaseMark, Deed, Direction, Entry, EntryHeader, EntryKind, Form, KEPT_HEADERS, KeptHeaders, RawMessage, ResolvedKey,
    Salt, Unverified, verify,
};
use chapar_terms::{Algorithm, CaseId, Digest, EntryId, Instant, ParticipantId, PublicKey};
use proptest::prelude::*;

fn entry() -> impl Strategy<Value = Entry> {
    let ids = ("\\PC{1,40}", "\\PC{1,40}", "\\PC{1,40}");
    let body = prop::collection::vec(any::<u8>(), 0..200);
    let of_case = any::<bool>();
    let kind = prop::sample::select(EntryKind::ALL.to_vec());
    (
        ids,
        of_case,
        kind,
        any::<i64>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        body,
    )
        .prop_filter_map(
            "ids are short and hold no control character",
            |((id, participant, case), of_case, kind, at, salt, digest, body)| {
                let deed = Deed {
                    participant: ParticipantId::parse(&participant).ok()?,
                    case: of_case.then_some(CaseMark {
                        id: CaseId::parse(&case).ok()?,
                        digest: Digest::from_bytes(digest),
                    }),
                    kind,
                    at: Instant::from_unix_ms(at),
                };
                Some(Entry::seal(
                    EntryId::parse(&id).ok()?,
                    Salt::from_bytes(salt),
                    deed,
                    body,
                ))
            },
        )
}

fn raw() -> impl Strategy<Value = RawMessage> {
    let header = (prop::sample::select(KEPT_HEADERS.to_vec()), "[ -~]{0,30}");
    let key =
        (any::<bool>(), "\\PC{0,20}", prop::collection::vec(any::<u8>(), 0..70)).prop_map(|(ed, key_id, bytes)| {
            let algorithm = if ed { Algorithm::Ed25519 } else { Algorithm::Es256 };
            ResolvedKey {
                key_id,
                key: PublicKey { algorithm, bytes },
            }
        });
    let form = prop::option::of((any::<u16>(), any::<[u8; 32]>())).prop_map(|response| match response {
        None => Form::Request,
        Some((status, request)) => Form::Response {
            status,
            request: Digest::from_bytes(request),
        },
    });
    let body = prop::collection::vec(any::<u8>(), 0..100);
    let direction = prop::sample::select(vec![Direction::Received, Direction::Sent]);
    (
        direction,
        form,
        "[A-Z]{1,8}",
        "\\PC{0,30}",
        prop::collection::vec(header, 0..5),
        body,
        prop::option::of(key),
    )
        .prop_map(|(direction, form, method, target_uri, headers, body, key)| RawMessage {
            direction,
            form,
            method,
            target_uri,
            headers: KeptHeaders::of(headers.iter().map(|(name, value)| (*name, value.as_str()))),
            body,
            key,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_entry_is_read_back_as_written(entry in entry()) {
        let leaf = entry.leaf();
        prop_assert_eq!(&EntryHeader::parse_leaf(&leaf).unwrap(), entry.header());
        let reopened = Entry::reopen(&leaf, *entry.salt(), entry.body().to_vec()).unwrap();
        prop_assert_eq!(reopened, entry);
    }

    #[test]
    fn no_other_bytes_pass(entry in entry(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let flip = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            bytes
        };
        let (leaf, salt, body) = (entry.leaf(), *entry.salt(), entry.body().to_vec());
        // A changed leaf may still be a leaf, but never the same one.
        if let Ok(header) = verify(&flip(&leaf), &salt, &body) {
            prop_assert_ne!(&header, entry.header());
        }
        let other_salt = Salt::from_bytes(flip(salt.as_bytes()).try_into().unwrap());
        let refused = matches!(verify(&leaf, &other_salt, &body), Err(Unverified::Body { .. }));
        prop_assert!(refused);
        let longer = [body.as_slice(), b"x"].concat();
        prop_assert!(verify(&leaf, &salt, &longer).is_err());
        if !body.is_empty() {
            prop_assert!(verify(&leaf, &salt, &flip(&body)).is_err());
        }
    }

    #[test]
    fn a_raw_message_is_read_back_as_written(raw in raw()) {
        prop_assert_eq!(RawMessage::parse(&raw.encode()).unwrap(), raw);
    }

    #[test]
    fn bytes_read_are_bytes_written(bytes in prop::collection::vec(any::<u8>(), 0..200), raw in raw(), at in any::<prop::sample::Index>()) {
        prop_assert!(EntryHeader::parse_leaf(&bytes).is_err());
        prop_assert!(RawMessage::parse(&bytes).is_err());
        let mut changed = raw.encode();
        let at = at.index(changed.len());
        changed[at] = changed[at].wrapping_add(1);
        if let Ok(read) = RawMessage::parse(&changed) {
            prop_assert_eq!(read.encode(), changed);
        }
    }
}

#[test]
fn other_headers_are_dropped_and_names_lowered() {
    let all = [
        ("Cookie", "a"),
        ("Signature", "b"),
        ("Content-Type", "c"),
        ("signature", "d"),
    ];
    let kept = KeptHeaders::of(all);
    assert_eq!(
        kept.iter().collect::<Vec<_>>(),
        [("signature", "b"), ("content-type", "c"), ("signature", "d")]
    );
}

#[test]
fn kinds_have_one_text_each() {
    for kind in EntryKind::ALL {
        assert_eq!(EntryKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(EntryKind::parse("transfer"), None);
}
