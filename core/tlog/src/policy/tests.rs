//! Policies read, and the checkpoints that they accept. What is refused stands in `vectors/invalid`.

use super::*;
use crate::testing::{Log, Witness};
use chapar_suite_international::International;
use chapar_terms::{Digest, Instant};

const NOW: Instant = Instant::from_unix_s(1_790_000_000);

/// The example of C2SP tlog-policy, with keys.
fn example(log: &Log, witnesses: &[Witness; 6]) -> String {
    let [x1, x2, x3, y1, y2, y3] = witnesses.each_ref().map(|witness| witness.key.render());
    format!(
        "# a comment\nlog {}\n\n\twitness X1 {x1}\nwitness X2 {x2} https://w.example/x2\nwitness X3  {x3} \n\
         group X-witnesses 2 X1 X2 X3\nwitness Y1 {y1}\nwitness Y2 {y2}\nwitness Y3 {y3}\n\
         group Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
        log.keys[0].render()
    )
}

#[test]
fn nested_groups_count_each_witness_once() {
    let log = Log::new("log.example/a");
    let witnesses = std::array::from_fn(|index| Witness::new(&format!("w{index}.example")));
    let policy = Policy::parse(example(&log, &witnesses).as_bytes()).unwrap();
    assert_eq!(
        (policy.logs().len(), policy.witnesses().len(), policy.groups().len()),
        (1, 6, 3)
    );
    assert_eq!(policy.quorum(), Some(Member::Group(2)));
    // Whoever has two of the first three and one of the others, out of all 64 subsets.
    for subset in 0_u8..64 {
        let cosigned: Vec<usize> = (0..6).filter(|place| subset >> place & 1 == 1).collect();
        let enough = (subset & 7).count_ones() >= 2 && subset & 56 != 0;
        let places: BTreeSet<usize> = cosigned.iter().copied().collect();
        assert_eq!(policy.is_quorum(&places), enough, "{subset:06b}");
        let mut signed = log.checkpoint(7, Digest::of(b"root"));
        cosigned
            .iter()
            .for_each(|place| signed.add(witnesses[*place].cosign(&signed, NOW)));
        let expected = if enough { Ok(places) } else { Err(Unaccepted::Quorum) };
        assert_eq!(policy.accept(&International, &signed), expected);
    }
}

#[test]
fn log_and_witnesses_are_no_substitute_for_each_other() {
    let log = Log::new("log.example/a");
    let witnesses = std::array::from_fn(|index| Witness::new(&format!("w{index}.example")));
    let policy = Policy::parse(example(&log, &witnesses).as_bytes()).unwrap();
    let accept = |signed: &SignedCheckpoint| policy.accept(&International, signed);
    let elsewhere = Log::new("log.example/b").checkpoint(7, Digest::of(b"root"));
    assert_eq!(accept(&elsewhere), Err(Unaccepted::UnknownLog));
    let mut forged = Log::new("log.example/a").checkpoint(7, Digest::of(b"root"));
    witnesses
        .iter()
        .for_each(|witness| forged.add(witness.cosign(&forged, NOW)));
    assert_eq!(accept(&forged), Err(Unaccepted::Refused(NoteRefused::Unsigned)));
    let mut spoiled = log.checkpoint(7, Digest::of(b"root"));
    let mut wrong = witnesses[0].cosign(&spoiled, NOW);
    wrong.bytes[20] ^= 1;
    spoiled.add(wrong);
    assert!(matches!(
        accept(&spoiled),
        Err(Unaccepted::Refused(NoteRefused::BadSignature(_)))
    ));
}

#[test]
fn without_witnesses_the_log_is_enough() {
    let log = Log::new("log.example/a");
    let text = format!("log {} https://log.example/a/\nquorum none\n", log.keys[0].render());
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.quorum(), None);
    assert_eq!(
        policy.logs()[0].url.as_deref(),
        Some(b"https://log.example/a/".as_slice())
    );
    assert_eq!(
        policy.accept(&International, &log.checkpoint(0, crate::empty_root())),
        Ok(BTreeSet::new())
    );
}

#[test]
fn as_many_as_must_be_accepted() {
    let line = |index: usize| {
        let witness = Witness::new(&format!("w{index}.example"));
        format!("witness {index} {}\ngroup g{index} any {index}\n", witness.key.render())
    };
    let lines: String = (0..32).map(line).collect();
    let groups: String = (0..31).map(|index| format!(" g{index}")).collect();
    let text = format!("{lines}group all all{groups}\nquorum all\n");
    assert!(Policy::parse(text.as_bytes()).is_ok());
}

/// Keys of a type that nobody checks are enough to count.
#[test]
fn more_than_are_read_are_refused() {
    let line = |index: usize| {
        format!(
            "witness w{index} w.example+{index:08x}+{}\n",
            crate::text::to_base64(&[6, 1, (index / 256) as u8, index as u8])
        )
    };
    let most: String = (0..POLICY_ITEMS).map(line).collect();
    assert!(Policy::parse(format!("{most}quorum w0\n").as_bytes()).is_ok());
    let more = format!("{most}{}quorum w0\n", line(POLICY_ITEMS));
    assert!(
        Policy::parse(more.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("more than 256")
    );
}
