//! What follows from what others know of a held log. Pure.
//!
//! A log that waits for its quorum has published nothing that a quorum did not cosign. So once those who have not answered could make no
//! quorum among themselves, somebody who has answered knows everything that was published. Where a log did not wait, nobody can know.

use super::ask::{Heard, Said, Who};
use chapar_register::Ending;
use chapar_tlog::SignedCheckpoint;
use chapar_tlog::policy::Policy;
use std::collections::BTreeSet;

/// What is known of a held log.
pub(super) struct Known<'a> {
    /// Whose cosignatures it waits for before it publishes; none where it does not wait.
    pub awaited: Option<&'a Policy>,
    /// Entries under the checkpoint that is here.
    pub size: u64,
    pub heard: &'a [Heard],
    /// Whether a person has said that nobody has more of it.
    pub nobody_has_more: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// What is here is the newest: the log goes on.
    Current,
    /// More was published, and this is all of it.
    Behind(Box<SignedCheckpoint>),
    /// Nobody can say what was published last.
    Unsure(String),
}

impl Known<'_> {
    pub(super) fn decide(&self) -> Decision {
        let largest = self.notes().max_by_key(|note| note.checkpoint().size);
        if let Some(ending) = self.ending() {
            return Decision::Unsure(format!(
                "this log has ended, and `{}` goes on in its place: this is an older copy of it. Restore the newest backup, or a key chest that \
                 was packed since",
                ending.address
            ));
        }
        let larger = largest.filter(|note| note.checkpoint().size > self.size);
        match (larger, self.doubt()) {
            (Some(_), Some(doubt)) => Decision::Unsure(doubt),
            (Some(note), None) => Decision::Behind(Box::new(note.clone())),
            (None, Some(doubt)) => Decision::Unsure(doubt),
            (None, None) => Decision::Current,
        }
    }

    fn notes(&self) -> impl Iterator<Item = &SignedCheckpoint> {
        self.heard.iter().filter_map(|heard| match &heard.said {
            Said::Knows(note) => Some(note),
            Said::Ended(_) | Said::Unknown | Said::Silent(_) => None,
        })
    }

    /// How the log ended, where somebody can prove it.
    fn ending(&self) -> Option<&Ending> {
        self.heard.iter().find_map(|heard| match &heard.said {
            Said::Ended(ending) => Some(&**ending),
            _ => None,
        })
    }

    /// Why more may have been published than is known; none where that cannot be.
    fn doubt(&self) -> Option<String> {
        if self.nobody_has_more {
            return None;
        }
        match self.awaited {
            Some(policy) => self.doubt_of_quorum(policy),
            None => self.doubt_without_quorum(),
        }
    }

    fn doubt_of_quorum(&self, policy: &Policy) -> Option<String> {
        let answered: BTreeSet<usize> = self.heard.iter().filter_map(witness).collect();
        let others: BTreeSet<usize> = (0..policy.witnesses().len())
            .filter(|place| !answered.contains(place))
            .collect();
        policy.is_quorum(&others).then(|| {
            "witnesses that have not answered could have cosigned more than is known: it is asked again every minute".to_owned()
        })
    }

    fn doubt_without_quorum(&self) -> Option<String> {
        let larger = self.notes().any(|note| note.checkpoint().size > self.size);
        let is_silent = |heard: &Heard| matches!(heard.said, Said::Silent(_));
        if larger {
            return Some(
                "others have more of it than is here, and it did not wait for a quorum of witnesses, so nobody can prove what was published \
                 last: ask everybody who reads it, name those who mirror it with `chapar log recover --from`, and when you know that nobody \
                 has more, say so with `--nobody-has-more`. Where nobody can know it, `chapar log succeed` ends the log and begins another"
                    .to_owned(),
            );
        }
        if self.heard.iter().any(is_silent) {
            return Some("not all who may have more of it have answered: they are asked again every minute".to_owned());
        }
        self.notes().next().is_none().then(|| {
            "nobody who was asked knows this log: name a node that mirrors it with `chapar log recover --from`, or, when you know that \
             nobody has more of it than is here, say so with `--nobody-has-more`"
                .to_owned()
        })
    }
}

/// The place of a witness that has answered. One that does not know the log may be a new one in the place of one that did.
fn witness(heard: &Heard) -> Option<usize> {
    match (heard.who, &heard.said) {
        (Who::Witness(place), Said::Knows(_)) => Some(place),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_terms::{Algorithm, Digest, PublicKey};
    use chapar_tlog::{Checkpoint, KeyName, Origin, SignatureType, VerifierKey};

    fn note(size: u64) -> Said {
        let checkpoint = Checkpoint::new(Origin::parse("a.example/log").unwrap(), size, Digest::of(b"root"));
        Said::Knows(SignedCheckpoint::new(checkpoint).unwrap())
    }

    fn heard(who: Who, said: Said) -> Heard {
        Heard {
            who,
            place: "https://w.example".to_owned(),
            said,
        }
    }

    fn silent() -> Said {
        Said::Silent("away".to_owned())
    }

    fn decide(awaited: Option<&Policy>, heard: &[Heard], nobody_has_more: bool) -> Decision {
        let known = Known {
            awaited,
            size: 5,
            heard,
            nobody_has_more,
        };
        known.decide()
    }

    fn size_of(decision: &Decision) -> Option<u64> {
        match decision {
            Decision::Behind(note) => Some(note.checkpoint().size),
            _ => None,
        }
    }

    #[test]
    fn without_a_quorum_everybody_must_answer_and_nobody_have_more() {
        let mirror = |said| heard(Who::Mirror, said);
        assert_eq!(decide(None, &[mirror(note(5))], false), Decision::Current);
        for doubtful in [
            vec![],
            vec![mirror(Said::Unknown)],
            vec![mirror(note(5)), mirror(silent())],
            vec![mirror(note(5)), mirror(note(6))],
        ] {
            let decision = decide(None, &doubtful, false);
            assert!(matches!(decision, Decision::Unsure(_)), "{doubtful:?}");
        }
        assert_eq!(decide(None, &[], true), Decision::Current);
        assert_eq!(
            size_of(&decide(None, &[mirror(note(9)), mirror(note(7))], true)),
            Some(9)
        );
    }

    #[test]
    fn with_a_quorum_the_silent_must_not_be_one() {
        for (quorum, answered, is_sure) in [
            ("group two 2 w1 w2 w3\nquorum two\n", vec![0, 1], true),
            ("group two 2 w1 w2 w3\nquorum two\n", vec![1], false),
            ("group all all w1 w2 w3\nquorum all\n", vec![2], true),
            ("group one any w1 w2 w3\nquorum one\n", vec![0, 1], false),
            ("group one any w1 w2 w3\nquorum one\n", vec![0, 1, 2], true),
            ("quorum w2\n", vec![1], true),
            ("quorum w2\n", vec![0, 2], false),
            ("quorum none\n", vec![0, 1, 2], false),
        ] {
            let policy = policy(quorum);
            for size in [5, 8] {
                let said = |place| match answered.contains(&place) {
                    true => note(size),
                    false => Said::Unknown,
                };
                let heard: Vec<Heard> = (0..3).map(|place| heard(Who::Witness(place), said(place))).collect();
                let decision = decide(Some(&policy), &heard, false);
                match (is_sure, size) {
                    (true, 5) => assert_eq!(decision, Decision::Current, "{quorum}"),
                    (true, _) => assert_eq!(size_of(&decision), Some(8), "{quorum}"),
                    (false, _) => assert!(matches!(decision, Decision::Unsure(_)), "{quorum}"),
                }
            }
        }
    }

    /// What a mirror has beyond what its witnesses know was signed by the log all the same.
    #[test]
    fn a_mirror_counts_beside_the_witnesses() {
        let policy = policy("quorum w1\n");
        let heard = [heard(Who::Witness(0), note(5)), heard(Who::Mirror, note(6))];
        assert_eq!(size_of(&decide(Some(&policy), &heard, false)), Some(6));
    }

    fn policy(quorum: &str) -> Policy {
        let witness = |number: u8| {
            let key = PublicKey {
                algorithm: Algorithm::Ed25519,
                bytes: vec![number; 32],
            };
            let name = KeyName::parse(&format!("w{number}.example")).unwrap();
            let vkey = VerifierKey::new(name, SignatureType::COSIGNATURE, &key).unwrap();
            format!("witness w{number} {} https://w{number}.example\n", vkey.render())
        };
        let witnesses: String = [1, 2, 3].map(witness).concat();
        Policy::parse(format!("{witnesses}{quorum}").as_bytes()).unwrap()
    }
}
