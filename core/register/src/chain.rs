//! The versions of records taken so far: what a next version follows on, and what other records are about.

use crate::header::{Header, KindName};
use crate::id::RecordId;
use crate::verdict::{Fault, Reject};
use chapar_terms::Digest;
use std::collections::BTreeMap;

/// One version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: u32,
    /// The hash of its leaf.
    pub leaf_hash: Digest,
    /// The hash of its body.
    pub body_hash: Digest,
}

/// The versions of one record, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The kind, the same in all.
    pub kind: KindName,
    /// The versions, the last one last.
    pub versions: Vec<Version>,
}

/// The records of one log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chains(BTreeMap<RecordId, Chain>);

impl Chains {
    pub(crate) fn insert(&mut self, id: RecordId, chain: Chain) {
        self.0.insert(id, chain);
    }

    pub(crate) fn contains(&self, id: &RecordId) -> bool {
        self.0.contains_key(id)
    }

    /// The kind of the record `id`.
    pub(crate) fn kind(&self, id: &RecordId) -> Option<&KindName> {
        Some(&self.0.get(id)?.kind)
    }

    /// The version of `id` whose leaf has this hash.
    pub(crate) fn version(&self, id: &RecordId, leaf_hash: &Digest) -> Option<&Version> {
        let versions = &self.0.get(id)?.versions;
        versions.iter().find(|version| version.leaf_hash == *leaf_hash)
    }

    /// The version of `id` with this number.
    pub(crate) fn numbered(&self, id: &RecordId, number: u64) -> Option<&Version> {
        let versions = &self.0.get(id)?.versions;
        versions.iter().find(|version| u64::from(version.number) == number)
    }

    /// Whether a record is the next version of its id.
    pub(crate) fn check(&self, header: &Header) -> Result<(), Reject> {
        let Some(chain) = self.0.get(&header.id) else {
            return match header.version {
                1 => Ok(()),
                number => Err(broken(format!("version {number} follows on nothing"))),
            };
        };
        if chain.kind != header.kind {
            let why = format!("was `{}` and is `{}`", chain.kind, header.kind);
            return Err(Reject::new(Fault::KindChanged, why));
        }
        match chain.versions.last() {
            Some(last) if last.number.checked_add(1) != Some(header.version) => {
                Err(broken(format!("version {} follows on {}", header.version, last.number)))
            }
            Some(last) if header.previous != Some(last.leaf_hash) => Err(broken(
                "`previous` is not the leaf hash of the version before".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// Takes a record that was checked.
    pub(crate) fn append(&mut self, header: &Header, leaf_hash: Digest) {
        let chain = self.0.entry(header.id.clone()).or_insert_with(|| Chain {
            kind: header.kind.clone(),
            versions: Vec::new(),
        });
        chain.versions.push(Version {
            number: header.version,
            leaf_hash,
            body_hash: header.body_hash,
        });
    }
}

fn broken(why: String) -> Reject {
    Reject::new(Fault::VersionChain, why)
}
