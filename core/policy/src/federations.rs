//! Who belongs to which federation, as far as whoever asks knows. How that is found out is not decided here.

use chapar_terms::{Digest, ParticipantId};
use std::collections::{BTreeMap, BTreeSet};

/// What every id of a federation begins with; the SHA-256 of its genesis follows, in hexadecimal.
const PREFIX: &str = "urn:chapar:federation:";

/// The federations that this node follows, with their members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Federations(BTreeMap<String, BTreeSet<ParticipantId>>);

impl Federations {
    /// Of a node that follows none.
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Takes up a federation, or its members of now in the place of those before.
    pub fn put(&mut self, federation: &str, members: BTreeSet<ParticipantId>) {
        self.0.insert(federation.to_owned(), members);
    }

    /// The federations that `who` is a member of.
    pub fn of(&self, who: &ParticipantId) -> Vec<&str> {
        let mine = self.0.iter().filter(|(_, members)| members.contains(who));
        mine.map(|(id, _)| id.as_str()).collect()
    }

    /// Whether `who` is a member; none where the federation is not followed here.
    pub fn is_member(&self, federation: &str, who: &ParticipantId) -> Option<bool> {
        self.0.get(federation).map(|members| members.contains(who))
    }
}

/// Whether a text is the id of a federation.
pub(crate) fn is_federation(text: &str) -> bool {
    let hash = text.strip_prefix(PREFIX);
    hash.is_some_and(|hash| Digest::from_hex(hash).is_ok_and(|digest| digest.hex() == hash))
}
