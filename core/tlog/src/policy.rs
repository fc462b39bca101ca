//! Which checkpoints are believed: the logs, the witnesses, and how many of these must have cosigned (C2SP tlog-policy).

use crate::{NoteRefused, SignatureType, SignedCheckpoint, Statement, VerifierKey};
use chapar_terms::Suite;
use std::collections::BTreeSet;
use std::fmt;

pub use parse::{POLICY_BYTES, POLICY_ITEMS};

mod parse;

/// A log whose checkpoints are believed. Its key's name is the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLog {
    /// The log's key.
    pub key: VerifierKey,
    /// Where it is asked; opaque bytes.
    pub url: Option<Vec<u8>>,
}

/// A witness whose cosignatures count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name within the policy; opaque bytes.
    pub name: Vec<u8>,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is asked; opaque bytes.
    pub url: Option<Vec<u8>>,
}

/// Somebody who can have witnessed a checkpoint, by the place in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// A witness.
    Witness(usize),
    /// A group.
    Group(usize),
}

/// Members of whom some must have witnessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name within the policy; opaque bytes.
    pub name: Vec<u8>,
    /// How many of the members it takes.
    pub threshold: usize,
    /// The members, all defined before the group.
    pub members: Vec<Member>,
}

/// What it takes to believe a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

/// Why a checkpoint is not believed under a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unaccepted {
    /// No log of the policy has this origin.
    UnknownLog,
    /// No key of the log signed it, or a signature of the log or of a witness does not verify.
    Refused(NoteRefused),
    /// Too few witnesses cosigned it.
    Quorum,
}

impl fmt::Display for Unaccepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownLog => f.write_str("no log of the policy has this origin"),
            Self::Refused(why) => why.fmt(f),
            Self::Quorum => f.write_str("too few witnesses cosigned"),
        }
    }
}

impl std::error::Error for Unaccepted {}

impl Policy {
    /// The logs, in their order.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses, in their order.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// The groups, in their order.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Who must have witnessed a checkpoint; none where nobody must.
    pub const fn quorum(&self) -> Option<Member> {
        self.quorum
    }

    /// Whether the witnesses with these places are enough.
    pub fn is_quorum(&self, cosigned: &BTreeSet<usize>) -> bool {
        let mut witnessed: Vec<bool> = Vec::with_capacity(self.groups.len());
        let has = |member: &Member, groups: &[bool]| match member {
            Member::Witness(place) => cosigned.contains(place),
            Member::Group(place) => groups.get(*place).copied().unwrap_or(false),
        };
        // A group knows only members defined before it, so one pass in their order settles all.
        for group in &self.groups {
            let count = group.members.iter().filter(|member| has(member, &witnessed)).count();
            witnessed.push(count >= group.threshold);
        }
        self.quorum.is_none_or(|quorum| has(&quorum, &witnessed))
    }

    /// Judges a checkpoint: signed by the log of its origin, cosigned by enough witnesses. Gives the places of those who cosigned.
    ///
    /// # Errors
    /// See [`Unaccepted`]; do not believe the checkpoint.
    pub fn accept(&self, suite: &dyn Suite, signed: &SignedCheckpoint) -> Result<BTreeSet<usize>, Unaccepted> {
        let origin = signed.checkpoint().origin.as_str();
        let logs = self
            .logs
            .iter()
            .map(|log| &log.key)
            .filter(|key| key.name().as_str() == origin);
        let logs: Vec<VerifierKey> = logs.cloned().collect();
        if logs.is_empty() {
            return Err(Unaccepted::UnknownLog);
        }
        signed.verify(suite, &logs).map_err(Unaccepted::Refused)?;
        let cosigned = self.cosigned(suite, signed)?;
        if self.is_quorum(&cosigned) {
            Ok(cosigned)
        } else {
            Err(Unaccepted::Quorum)
        }
    }

    /// The places of the witnesses who cosigned, for a caller who knows the log otherwise.
    ///
    /// # Errors
    /// A witness's signature does not verify, so the note is malformed.
    pub fn cosigned(&self, suite: &dyn Suite, signed: &SignedCheckpoint) -> Result<BTreeSet<usize>, Unaccepted> {
        let keys: Vec<VerifierKey> = self.witnesses.iter().map(|witness| witness.key.clone()).collect();
        let signed = match signed.verify(suite, &keys) {
            Ok(signed) => signed,
            Err(NoteRefused::Unsigned) => Vec::new(),
            Err(why) => return Err(Unaccepted::Refused(why)),
        };
        let seen = signed
            .iter()
            .filter(|signed| matches!(signed.statement, Statement::SeenAt(_)));
        Ok(seen
            .filter_map(|signed| keys.iter().position(|key| key == signed.key))
            .collect())
    }
}

/// Whether a key can be a witness's: its signatures are cosignatures, or of a type that we cannot check and so never counts.
fn is_witness_key(key: &VerifierKey) -> bool {
    key.kind() == SignatureType::COSIGNATURE || key.kind().algorithm().is_none()
}

#[cfg(test)]
mod tests;
