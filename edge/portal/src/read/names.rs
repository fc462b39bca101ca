//! What participants are called: as the federations name them that this node follows.

use super::Federation;
use crate::words::{Said, Texts, Words};
use std::collections::BTreeMap;

/// The names of participants.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, Texts>);

impl Names {
    /// Those of all members; where two federations name one otherwise, the first counts.
    pub fn of(federations: &[Federation]) -> Self {
        let mut names = BTreeMap::new();
        for member in federations.iter().flat_map(|federation| &federation.members) {
            names
                .entry(member.participant.clone())
                .or_insert_with(|| member.name.clone());
        }
        Self(names)
    }

    /// The name of a participant in the reader's language; none where nobody said one.
    pub fn find(&self, participant: &str, words: &Words) -> Option<Said<'_>> {
        self.0.get(participant)?.pick(words.language())
    }
}
