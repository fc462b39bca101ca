//! What somebody shows of a record, held against the logs that this node has verified: a pointer to it, as it stands on paper beside a code,
//! or the file of its proof. And the proof itself, for everybody to take along.
//!
//! Refuses to vouch for a log that is not held here: of that it says that it does not know.

use crate::logs::REGISTER;
use crate::{Fault, Runtime};
use chapar_register::{Kinds, Record, RecordProof, Report, Shown, ShownBody, Standing, Statement, Weight};
use chapar_store::{EntryRow, LogRow};
use chapar_terms::Digest;
use chapar_tlog::VerifierKey;
use chapar_tlog::policy::Policy;

/// A record as somebody points at it: its id, and what it must be to be the one that is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer {
    /// The record's id.
    pub record: String,
    /// Its version; the newest where none is said.
    pub version: Option<u32>,
    /// Its hash as a leaf.
    pub hash: Option<Digest>,
    /// The signature in its leaf, as the member `proofValue` has it.
    pub signature: Option<String>,
}

/// What this node says of a record that was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The statements.
    pub report: Report,
    /// Id and version of the record, where that much is known.
    pub record: Option<(String, u32)>,
}

impl Judged {
    fn of(statement: Statement) -> Self {
        let mut judged = Self::default();
        judged.report.say(statement);
        judged
    }
}

const fn needed(code: &'static str, standing: Standing) -> Statement {
    Statement::new(code, standing, Weight::Needed)
}

impl Runtime {
    /// The proof that a version of a record is in the tree of its log, as that is held here (C2SP tlog-proof, with the leaf as its extra
    /// data); of the newest version where none is said.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when no log that is held here has it; [`Fault::Conflict`] while it is not published yet.
    pub async fn register_proof(&self, id: &str, version: Option<u32>) -> Result<String, Fault> {
        let store = &self.inner.store;
        let stored = store.record(id, version.map(i64::from)).await?.ok_or(Fault::NotFound)?;
        let log = store.log(&stored.row.origin).await?.ok_or(Fault::NotFound)?;
        let entry = self.entry_of(&stored).await?;
        let size = u64::try_from(log.size).unwrap_or_default();
        let checkpoint = log.checkpoint.as_deref().unwrap_or_default();
        self.prove_entry(&log.origin, (size, checkpoint), &entry).await
    }

    /// What this node says of the record that is pointed at.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn judge_pointer(&self, pointer: &Pointer) -> Result<Judged, Fault> {
        let proof = match self.register_proof(&pointer.record, pointer.version).await {
            Ok(proof) => proof,
            Err(Fault::NotFound) => {
                let unknown = needed("record-not-held", Standing::Unknown).with("id", &pointer.record);
                return Ok(Judged::of(unknown));
            }
            Err(Fault::Conflict(_)) => return Ok(Judged::of(needed("record-not-published", Standing::Unknown))),
            Err(fault) => return Err(fault),
        };
        let proof = RecordProof::parse(proof.as_bytes())?;
        let mut judged = self.judge(&proof, None).await?;
        say_same(pointer, proof.record(), &mut judged.report);
        Ok(judged)
    }

    /// What this node says of the file of a proof, and of a body that is shown beside it. Without one it looks at the body that it holds.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn judge_proof(&self, proof: &[u8], body: Option<&[u8]>) -> Result<Judged, Fault> {
        match RecordProof::parse(proof) {
            Ok(proof) => self.judge(&proof, body).await,
            Err(why) => Ok(Judged::of(needed("proof-malformed", Standing::Broken).with("why", why))),
        }
    }

    async fn judge(&self, proof: &RecordProof, body: Option<&[u8]>) -> Result<Judged, Fault> {
        let header = proof.record().header();
        let about = Statement::new("record", Standing::Asserted, Weight::Additional)
            .with("id", &header.id)
            .with("version", header.version)
            .with("kind", &header.kind)
            .with("issued", header.issued);
        let mut judged = Judged::of(about);
        judged.record = Some((header.id.to_string(), header.version));
        let origin = proof.checkpoint().checkpoint().origin.as_str();
        let log = self.inner.store.log(origin).await?.filter(|log| log.kind == REGISTER);
        match log {
            None => judged
                .report
                .say(needed("log-not-held", Standing::Unknown).with("origin", origin)),
            Some(log) => self.judge_by(&log, proof, body, &mut judged.report).await?,
        }
        Ok(judged)
    }

    /// Judges by a log that is held here: by its keys as they were verified, and by what stands at the record's place.
    async fn judge_by(
        &self,
        log: &LogRow,
        proof: &RecordProof,
        body: Option<&[u8]>,
        report: &mut Report,
    ) -> Result<(), Fault> {
        let state = self.fold_state(log).await?;
        let size = proof.checkpoint().checkpoint().size;
        let keys = match state.keys().is_empty() {
            true => vec![VerifierKey::parse(&log.vkey)?],
            false => state.keys().log_keys(size),
        };
        let given = body.map(|bytes| ShownBody::read(&proof.record().header().visibility, bytes));
        let held = self.entry_at(log, proof.index()).await?;
        let is_same = held.as_ref().map(|entry| entry.leaf == proof.record().leaf());
        let stored = held
            .as_ref()
            .filter(|entry| is_same == Some(true) && entry.salt.is_none());
        let shown = Shown {
            keys: (proof.index() < state.frontier().size()).then(|| state.keys()),
            body: match &given {
                Some(given) => Some(given.bytes()),
                None => stored.and_then(|entry| entry.body.as_deref()),
            },
            salt: given.as_ref().and_then(ShownBody::salt),
        };
        let judged = proof.verify(Kinds::built_in(), self.inner.suite.as_ref(), &policy_of(&keys)?, shown);
        for statement in judged.statements() {
            report.say(statement.clone());
        }
        if let Some(is_same) = is_same {
            let standing = if is_same { Standing::Proven } else { Standing::Broken };
            report.say(needed("record-held", standing).with("index", proof.index()));
        }
        Ok(())
    }

    async fn entry_at(&self, log: &LogRow, index: u64) -> Result<Option<EntryRow>, Fault> {
        let Some(before) = i64::try_from(index).ok().filter(|before| *before < log.size) else {
            return Ok(None);
        };
        let mut entries = self.inner.store.entries_after(&log.origin, before, 1).await?;
        Ok(entries.pop())
    }
}

/// Whoever points says which leaf is meant: another one is another record under the same name.
fn say_same(pointer: &Pointer, record: &Record, report: &mut Report) {
    let standing = |is_same: bool| match is_same || chapar_terms::sabotaged("believe-any-pointer") {
        true => Standing::Proven,
        false => Standing::Broken,
    };
    if let Some(hash) = &pointer.hash {
        report.say(needed("pointer-hash", standing(*hash == record.leaf_hash())).with("hash", hash.hex()));
    }
    if let Some(signature) = &pointer.signature {
        let is_same = *signature == record.proof().proof_value();
        report.say(needed("pointer-signature", standing(is_same)));
    }
}

/// These keys of a log, and no witness.
fn policy_of(keys: &[VerifierKey]) -> Result<Policy, Fault> {
    let logs: String = keys.iter().map(|key| format!("log {}\n", key.render())).collect();
    Ok(Policy::parse(format!("{logs}quorum none\n").as_bytes())?)
}
