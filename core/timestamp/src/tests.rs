//! Replies of our own authority, whole and broken: each refusal by its code.

use crate::{Anchors, Authority, Founding, Query, REPLY_BYTES, Refused, Reply};
use chapar_suite_international::{International, MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant};
use proptest::prelude::*;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

struct House {
    founding: Founding,
    signer: MemorySigner,
}

fn now() -> Instant {
    Instant::parse_rfc3339("2026-11-26T12:00:00.500Z").unwrap()
}

fn house() -> House {
    let (root, _) = generate(Algorithm::Es256).unwrap();
    let (signer, _) = generate(Algorithm::Es256).unwrap();
    let founding = Founding::new(&root, &signer, now()).unwrap();
    House { founding, signer }
}

fn query() -> Query {
    Query {
        imprint: Digest::of(b"checkpoint"),
        nonce: [0x81; 16],
    }
}

impl House {
    fn anchors(&self) -> Anchors {
        Anchors::read([self.founding.root.as_slice()]).unwrap()
    }

    fn answer_at(&self, query: &[u8], now: Instant) -> Vec<u8> {
        let authority = Authority::open(&self.founding.certificate).unwrap();
        authority.answer(query, &self.signer, (7 << 64) | 1, now).unwrap()
    }

    fn answer(&self, query: &Query) -> Vec<u8> {
        self.answer_at(&query.render().unwrap(), now())
    }
}

/// Everything that a reader asks of a reply.
fn judge(bytes: &[u8], query: &Query, anchors: &Anchors) -> Result<Instant, Refused> {
    let reply = Reply::parse(bytes)?;
    reply.answers(query)?;
    reply.verify(&International, anchors)?;
    Ok(reply.stamp().at)
}

#[test]
fn a_reply_says_when_and_by_whom() {
    let house = house();
    let reply = Reply::parse(&house.answer(&query())).unwrap();
    let signer = reply.verify(&International, &house.anchors()).unwrap();
    assert!(signer.contains("not qualified"), "{signer}");
    assert_eq!(reply.signer().as_deref(), Some(signer.as_str()));
    let stamp = reply.stamp();
    assert_eq!(stamp.at.rfc3339(), "2026-11-26T12:00:00.000Z");
    assert_eq!(
        (stamp.accuracy_ms, stamp.serial.as_str()),
        (Some(1000), "070000000000000001")
    );
    assert_eq!(reply.answers(&query()), Ok(()));
}

#[test]
fn what_is_about_something_else_does_not_count() {
    let house = house();
    let reply = house.answer(&query());
    let other_bytes = Query {
        imprint: Digest::of(b"another"),
        ..query()
    };
    let other_nonce = Query {
        nonce: [0x01; 16],
        ..query()
    };
    assert_eq!(
        judge(&reply, &other_bytes, &house.anchors()),
        Err(Refused::OtherImprint)
    );
    assert_eq!(judge(&reply, &other_nonce, &house.anchors()), Err(Refused::OtherNonce));
}

#[test]
fn who_is_not_pinned_or_not_valid_then_does_not_count() {
    let (one, other) = (house(), house());
    let code = |bytes: &[u8], anchors: &Anchors| judge(bytes, &query(), anchors).unwrap_err().code();
    assert_eq!(code(&one.answer(&query()), &other.anchors()), "time-unknown-authority");
    let bytes = query().render().unwrap();
    for at in [now().plus_ms(-3 * DAY_MS), now().plus_ms(12 * 365 * DAY_MS)] {
        assert_eq!(code(&one.answer_at(&bytes, at), &one.anchors()), "time-out-of-validity");
    }
    // A day off both ways is within it.
    for at in [now().plus_ms(-DAY_MS + 1000), now().plus_ms(DAY_MS)] {
        judge(&one.answer_at(&bytes, at), &query(), &one.anchors()).unwrap();
    }
}

#[test]
fn a_certificate_for_something_else_does_not_count() {
    let mut house = house();
    let purpose = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
    let certificate = &mut house.founding.certificate;
    let place = certificate
        .windows(purpose.len())
        .position(|bytes| bytes == purpose)
        .unwrap();
    certificate[place + 7] = 0x04;
    let refused = judge(&house.answer(&query()), &query(), &house.anchors());
    assert_eq!(refused, Err(Refused::OtherPurpose));
}

#[test]
fn a_key_that_is_not_the_certificates_does_not_count() {
    let mut house = house();
    house.signer = generate(Algorithm::Es256).unwrap().0;
    let refused = judge(&house.answer(&query()), &query(), &house.anchors());
    assert_eq!(refused, Err(Refused::WrongSignature));
}

#[test]
fn what_is_no_reply_is_told() {
    assert_eq!(Reply::parse(&vec![0; REPLY_BYTES + 1]).unwrap_err(), Refused::TooLong);
    let house = house();
    let whole = house.answer(&query());
    for bytes in [
        b"".as_slice(),
        b"<html>",
        &whole[..whole.len() - 1],
        &[whole.as_slice(), b"x"].concat(),
    ] {
        assert_eq!(Reply::parse(bytes).unwrap_err().code(), "time-malformed");
    }
    for asked in [b"".as_slice(), b"x", &[0x30; 4096]] {
        let declined = Reply::parse(&house.answer_at(asked, now())).unwrap_err();
        assert_eq!(declined.code(), "time-declined", "{declined}");
    }
}

#[test]
fn a_digest_that_is_not_known_is_declined() {
    let house = house();
    let mut asked = query().render().unwrap();
    let sha_256 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let place = asked.windows(sha_256.len()).position(|bytes| bytes == sha_256).unwrap();
    asked[place + 8] = 0x0a;
    let declined = Reply::parse(&house.answer_at(&asked, now())).unwrap_err();
    assert!(declined.to_string().contains("only SHA-256"), "{declined}");
}

#[test]
fn what_is_pinned_is_a_certificate() {
    assert!(Anchors::read([]).is_err());
    assert!(Anchors::read([b"none".as_slice()]).is_err());
    let house = house();
    let one = house.founding.root.as_slice();
    assert!(Anchors::read(vec![one; 65]).is_err());
}

proptest! {
    /// No changed bit of a reply gives another time, or another signer, that is believed.
    #[test]
    fn nothing_can_be_changed(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let house = house();
        let mut bytes = house.answer(&query());
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(at) = judge(&bytes, &query(), &house.anchors()) {
            prop_assert_eq!(at, Instant::parse_rfc3339("2026-11-26T12:00:00Z").unwrap());
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let house = house();
        prop_assert!(Reply::parse(&bytes).is_err());
        prop_assert!(Reply::parse(&house.answer_at(&bytes, now())).is_err());
    }
}
