//! A log of evidence, read as a stream: each leaf parses, is of one participant, and has an id that no other has.
//!
//! Times are told and not judged: the order is the log's, and a clock that was set back is no lie. Refuses to hold the tree, which
//! says whether the entries are all.

use crate::entry::EntryHeader;
use chapar_terms::{EntryId, Instant, Invalid, ParticipantId, limits};
use std::collections::BTreeSet;

/// An entry that is no evidence of this participant, or that stands twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Its place.
    pub index: u64,
    /// What is wrong; safe to show.
    pub why: Invalid,
}

/// What was read so far.
#[derive(Clone, Debug)]
pub struct Intake {
    participant: ParticipantId,
    seen: BTreeSet<EntryId>,
    last: Option<Instant>,
    taken: u64,
    steps_back: u64,
}

impl Intake {
    /// Nothing read yet of this participant's evidence.
    pub const fn new(participant: ParticipantId) -> Self {
        Self {
            participant,
            seen: BTreeSet::new(),
            last: None,
            taken: 0,
            steps_back: 0,
        }
    }

    /// Takes the next leaf.
    ///
    /// # Errors
    /// It is no entry of this log; the others count.
    pub fn push(&mut self, leaf: &[u8]) -> Result<EntryHeader, Flaw> {
        let index = self.taken;
        self.taken += 1;
        self.check(leaf).map_err(|why| Flaw { index, why })
    }

    fn check(&mut self, leaf: &[u8]) -> Result<EntryHeader, Invalid> {
        let wrong = |why: String| Err(Invalid::new("evidence entry", why));
        let header = EntryHeader::parse_leaf(leaf)?;
        if header.participant != self.participant {
            return wrong(format!("is of `{}`", header.participant));
        }
        if !self.seen.insert(header.id.clone()) {
            return wrong(format!("has the id `{}`, which another has", header.id));
        }
        let is_step_back = |last: Instant| last.since_ms(header.at) > limits::CLOCK_SKEW_MS;
        self.steps_back += u64::from(self.last.is_some_and(is_step_back));
        self.last = Some(header.at);
        Ok(header)
    }

    /// How many entries are good.
    pub fn good(&self) -> u64 {
        u64::try_from(self.seen.len()).unwrap_or(u64::MAX)
    }

    /// How often an entry is older than the one before by more than clocks may differ: the clock was set back.
    pub const fn steps_back(&self) -> u64 {
        self.steps_back
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Act, Deed, Entry, EntryKind, Salt};

    const OURS: &str = "did:web:uz.example:plant";

    fn id(text: &str) -> ParticipantId {
        ParticipantId::parse(text).unwrap()
    }

    fn leaf(name: &str, participant: &str, at_s: i64) -> Vec<u8> {
        let deed = Deed {
            participant: id(participant),
            case: None,
            kind: EntryKind::Negotiation(Act::Decision),
            at: Instant::from_unix_s(at_s),
        };
        let salt = Salt::from_bytes([7; 32]);
        Entry::seal(EntryId::parse(name).unwrap(), salt, deed, b"{}".to_vec()).leaf()
    }

    #[test]
    fn each_entry_is_ours_and_stands_once() {
        let mut intake = Intake::new(id(OURS));
        assert!(intake.push(&leaf("urn:uuid:1", OURS, 100)).is_ok());
        assert!(intake.push(&leaf("urn:uuid:2", OURS, 100)).is_ok());
        let twice = intake.push(&leaf("urn:uuid:1", OURS, 101)).unwrap_err();
        assert_eq!(twice.index, 2);
        assert!(twice.why.to_string().contains("urn:uuid:1"), "{}", twice.why);
        assert!(intake.push(&leaf("urn:uuid:3", "did:web:kz.example", 101)).is_err());
        assert!(intake.push(b"{}").is_err());
        assert_eq!(
            intake
                .push(&leaf("urn:uuid:4", OURS, 102))
                .map_err(|flaw| flaw.index)
                .map(|_| ()),
            Ok(())
        );
        assert_eq!(intake.good(), 3);
    }

    #[test]
    fn a_clock_that_was_set_back_is_told() {
        let mut intake = Intake::new(id(OURS));
        for (name, at) in [
            ("urn:uuid:1", 1000),
            ("urn:uuid:2", 940),
            ("urn:uuid:3", 879),
            ("urn:uuid:4", 5000),
        ] {
            assert!(intake.push(&leaf(name, OURS, at)).is_ok());
        }
        assert_eq!(intake.steps_back(), 1);
    }
}
