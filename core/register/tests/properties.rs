//! Laws of records and bodies, tried on invented ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use chapar_register::{
    Body, Cryptosuite, Header, KindName, Link, LogId, Proof, Record, RecordId, Validity, Visibility, body_hash,
    hash_data,
};
use chapar_suite_international::{International, MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant, Lang, ParticipantId, Salt, Signer};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static KEYS: LazyLock<[MemorySigner; 2]> =
    LazyLock::new(|| [Algorithm::Ed25519, Algorithm::Es256].map(|algorithm| generate(algorithm).unwrap().0));

fn participant() -> impl Strategy<Value = ParticipantId> {
    "did:web:[a-z]{1,8}(:[\\PC&&[^/]]{1,20})?".prop_map(|text| ParticipantId::parse(&text).unwrap())
}

fn instant() -> impl Strategy<Value = Instant> {
    // Years 1970 to 2603.
    (0_i64..20_000_000_000_000).prop_map(Instant::from_unix_ms)
}

fn languages() -> impl Strategy<Value = BTreeSet<Lang>> {
    let tag = "[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?";
    prop::collection::btree_set(tag.prop_map(|tag| Lang::parse(&tag).unwrap()), 0..4)
}

fn visibility() -> impl Strategy<Value = Visibility> {
    prop_oneof![
        Just(Visibility::Open),
        Just(Visibility::Members),
        Just(Visibility::Sealed),
        prop::collection::btree_set(participant(), 1..4).prop_map(Visibility::Parties),
    ]
}

fn validity() -> impl Strategy<Value = Option<Validity>> {
    let ends = (instant(), 1_i64..1_000_000_000, 0..3).prop_map(|(from, span, which)| Validity {
        from: (which != 1).then_some(from),
        until: (which != 2).then_some(from.plus_ms(span)),
    });
    prop::option::of(ends)
}

fn header() -> impl Strategy<Value = Header> {
    let name = (
        participant(),
        "[0-9a-f]{16}",
        "[A-Za-z0-9._-]{1,64}",
        "[a-z][a-z0-9-]{0,20}",
    );
    let version = prop_oneof![
        Just((1, None)),
        (2_u32.., any::<[u8; 32]>()).prop_map(|(n, hash)| (n, Some(hash)))
    ];
    let link = ("[a-z][a-z-]{0,10}", "\\PC{1,40}").prop_map(|(rel, target)| Link { rel, target });
    let links = prop::collection::vec(link, 0..4);
    let mandate = prop::option::of("https://[a-z]{1,9}\\.example/[a-z]{0,9}");
    let body = (any::<[u8; 32]>(), any::<u32>());
    let times = (instant(), validity());
    (
        name,
        version,
        times,
        languages(),
        any::<bool>(),
        visibility(),
        links,
        mandate,
        body,
    )
        .prop_map(
            |(name, (version, previous), (issued, valid), languages, all, visibility, links, mandate, body)| {
                let (issuer, log, local, kind) = name;
                Header {
                    id: RecordId::new(issuer.clone(), LogId::parse(&log).unwrap(), &local).unwrap(),
                    kind: KindName::parse(&kind).unwrap(),
                    version,
                    previous: previous.map(Digest::from_bytes),
                    issued,
                    valid,
                    issuer,
                    mandate,
                    authentic: if all { languages.clone() } else { BTreeSet::new() },
                    languages,
                    visibility,
                    body_hash: Digest::from_bytes(body.0),
                    body_bytes: body.1,
                    links,
                }
            },
        )
}

/// The document that is signed: the leaf without its proof.
fn document(header: &Header) -> Value {
    let proof = Proof::sign(&json!({}), &KEYS[0], "k", header.issued).unwrap();
    let record = Record::of(header, &proof).unwrap();
    let mut leaf: Value = serde_json::from_slice(record.leaf()).unwrap();
    leaf.as_object_mut().unwrap().remove("proof");
    leaf
}

fn signed(header: &Header, key: &MemorySigner) -> Record {
    let proof = Proof::sign(&document(header), key, &format!("{}#k", header.issuer), header.issued).unwrap();
    Record::of(header, &proof).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_is_read_back_as_written(header in header(), which in 0_usize..2) {
        let record = signed(&header, &KEYS[which]);
        prop_assert_eq!(record.header(), &header);
        let read = Record::parse(record.leaf()).unwrap();
        prop_assert_eq!(&read, &record);
        prop_assert_eq!(read.verify(&International, KEYS[which].public_key()), Ok(()));
        prop_assert!(read.verify(&International, KEYS[1 - which].public_key()).is_err());
    }

    #[test]
    fn any_change_of_a_byte_is_refused(header in header(), which in 0_usize..2, at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut leaf = signed(&header, &KEYS[which]).leaf().to_vec();
        let at = at.index(leaf.len());
        leaf[at] ^= 1 << bit;
        if let Ok(read) = Record::parse(&leaf) {
            prop_assert_eq!(read.leaf(), &leaf);
            prop_assert!(read.verify(&International, KEYS[which].public_key()).is_err());
        }
    }

    #[test]
    fn no_bytes_break_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,80}") {
        prop_assert!(Record::parse(&bytes).is_err());
        if let Ok(body) = Body::parse(&bytes) {
            prop_assert_eq!(body.bytes(), &bytes);
        }
        let _ = Record::parse(text.as_bytes());
        let _ = RecordId::parse(&text);
        let _ = KindName::parse(&text);
    }

    #[test]
    fn a_body_is_read_back_and_its_hash_is_its_own(text in "\\PC{0,80}", number in any::<f64>(), salt in any::<[u8; 32]>()) {
        let body = Body::of(&json!({"text": text, "n": number, "list": [null, true, {"": text}]})).unwrap();
        prop_assert_eq!(&Body::parse(body.bytes()).unwrap(), &body);
        let salt = Salt::from_bytes(salt);
        let other = [body.bytes(), b" "].concat();
        prop_assert_ne!(body_hash(Some(&salt), body.bytes()), body_hash(None, body.bytes()));
        prop_assert_ne!(body_hash(Some(&salt), body.bytes()), body_hash(Some(&salt), &other));
    }
}

/// Signs by one algorithm under the name of the other's suite.
#[test]
fn a_proof_under_the_name_of_another_suite_is_refused() {
    let document = json!({"a": 1});
    let proof = Proof::sign(&document, &KEYS[0], "k", Instant::from_unix_ms(0)).unwrap();
    let signed = |proof: &Proof| {
        let mut configuration = proof.render();
        configuration.as_object_mut().unwrap().remove("proofValue");
        hash_data(&document, &configuration)
    };
    let key = KEYS[0].public_key();
    assert_eq!(proof.verify(&signed(&proof), &International, key), Ok(()));
    let mut renamed = Proof {
        suite: Cryptosuite::EcdsaJcs2019,
        ..proof
    };
    renamed.value = KEYS[0].sign(&signed(&renamed)).unwrap();
    assert!(renamed.verify(&signed(&renamed), &International, key).is_err());
}
