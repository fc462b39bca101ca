//! The proof of one record as a file: a C2SP tlog-proof whose extra data is the leaf (`*.record-proof`), to be checked without a
//! network by whoever has pinned the log's key.
//!
//! Refuses to vouch for a key that nobody showed: that a key of the issuer signed the record is said only where the log's keys are
//! known.

use crate::body::{Body, body_hash};
use crate::closed::ClosedBody;
use crate::header::Visibility;
use crate::id::LogId;
use crate::keys::Keys;
use crate::kinds::Kinds;
use crate::leaf::Record;
use crate::report::{Report, Standing, Statement, Weight};
use chapar_terms::{Digest, Invalid, Salt, Suite, canonical_json};
use chapar_tlog::policy::Policy;
use chapar_tlog::{NotLogged, SignedCheckpoint, TlogProof};
use serde_json::Value;

/// A record with the proof that it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordProof {
    record: Record,
    proof: TlogProof,
}

/// A body as somebody shows it: in any spelling of JSON, and where it is closed, as the document with its salt.
#[derive(Clone, Debug)]
pub struct ShownBody {
    bytes: Vec<u8>,
    salt: Option<Salt>,
}

impl ShownBody {
    /// Reads what is shown as the body of a record of this visibility. What is no JSON stays as it is, and will be no body.
    pub fn read(visibility: &Visibility, bytes: &[u8]) -> Self {
        let closed = (*visibility != Visibility::Open).then(|| ClosedBody::parse(bytes));
        if let Some(Ok(closed)) = closed {
            return Self {
                bytes: closed.body().bytes().to_vec(),
                salt: Some(*closed.salt()),
            };
        }
        let value = serde_json::from_slice::<Value>(bytes);
        Self {
            bytes: value.map_or_else(|_| bytes.to_vec(), |value| canonical_json(&value)),
            salt: None,
        }
    }

    /// The bytes that were hashed, if it is the body.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The salt, where one was shown.
    pub const fn salt(&self) -> Option<&Salt> {
        self.salt.as_ref()
    }
}

/// What is shown beside the proof.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The keys of the log, from a verified state of it.
    pub keys: Option<&'a Keys>,
    /// The body.
    pub body: Option<&'a [u8]>,
    /// The salt of the body's hash.
    pub salt: Option<&'a Salt>,
}

impl RecordProof {
    /// Puts a record together with its place, its path to the root and a checkpoint of the tree.
    pub fn new(record: Record, index: u64, path: Vec<Digest>, checkpoint: SignedCheckpoint) -> Self {
        let extra = Some(record.leaf().to_vec());
        let proof = TlogProof {
            extra,
            index,
            proof: path,
            checkpoint,
        };
        Self { record, proof }
    }

    /// Reads a proof.
    ///
    /// # Errors
    /// The bytes are no tlog-proof, or their extra data is no leaf; refuse them.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let proof = TlogProof::parse(bytes)?;
        let leaf = proof.extra.as_deref();
        let record = Record::parse(leaf.ok_or_else(|| Invalid::new("record proof", "has no leaf"))?)?;
        Ok(Self { record, proof })
    }

    /// The proof as text.
    pub fn render(&self) -> String {
        self.proof.render()
    }

    /// The record. Believed only where the report is good.
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The place of the record in the log.
    pub const fn index(&self) -> u64 {
        self.proof.index
    }

    /// The checkpoint that the proof leads to. Believed only where the report is good.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.proof.checkpoint
    }

    /// Says what the proof shows under a policy, and what the things beside it add.
    pub fn verify(&self, kinds: &Kinds, suite: &dyn Suite, policy: &Policy, shown: Shown<'_>) -> Report {
        let mut report = Report::new();
        self.say_logged(suite, policy, &mut report);
        self.say_named(policy, &mut report);
        self.say_signed(suite, shown.keys, &mut report);
        self.say_body(kinds, shown, &mut report);
        report
    }

    fn say_logged(&self, suite: &dyn Suite, policy: &Policy, report: &mut Report) {
        let logged = self.proof.verify(suite, policy, &self.record.leaf_hash());
        let said = |code, standing| Statement::new(code, standing, Weight::Needed);
        let tree = self.proof.checkpoint.checkpoint();
        report.say(match logged {
            Ok(witnesses) => said("record-logged", Standing::Proven)
                .with("origin", &tree.origin)
                .with("index", self.proof.index)
                .with("size", tree.size)
                .with("witnesses", witnesses.len()),
            Err(NotLogged::Checkpoint(why)) => said("checkpoint-refused", Standing::Broken).with("why", why),
            Err(NotLogged::Inclusion(why)) => said("record-not-logged", Standing::Broken).with("why", why),
        });
    }

    /// The log id in the record's id comes from the log's first key; a policy that pins a later one cannot tell.
    fn say_named(&self, policy: &Policy, report: &mut Report) {
        let origin = self.proof.checkpoint.checkpoint().origin.as_str();
        let keys = policy.logs().iter().map(|log| &log.key);
        let mut ours = keys.filter(|key| key.name().as_str() == origin);
        let is_named = ours.any(|key| LogId::of_vkey(&key.render()) == *self.record.header().id.log());
        let standing = if is_named { Standing::Proven } else { Standing::Unknown };
        let statement = Statement::new("id-of-log", standing, Weight::Additional);
        report.say(statement.with("id", &self.record.header().id));
    }

    fn say_signed(&self, suite: &dyn Suite, keys: Option<&Keys>, report: &mut Report) {
        let method = &self.record.proof().verification_method;
        let said = |standing, weight| Statement::new("record-signed", standing, weight).with("key", method);
        let Some(keys) = keys else {
            // The log itself, whose key is pinned, published the record in the issuer's name.
            return report.say(said(Standing::Unknown, Weight::Additional));
        };
        report.say(match keys.record_key(method, self.proof.index) {
            Err(fault) => said(Standing::Broken, Weight::Needed).with("why", fault),
            Ok(key) if self.record.verify(suite, key).is_ok() => said(Standing::Proven, Weight::Needed),
            Ok(_) => said(Standing::Broken, Weight::Needed).with("why", "the key did not sign it"),
        });
    }

    fn say_body(&self, kinds: &Kinds, shown: Shown<'_>, report: &mut Report) {
        let header = self.record.header();
        let Some(bytes) = shown.body else {
            return report.say(Statement::new("body-not-shown", Standing::Unknown, Weight::Additional));
        };
        let salt = (header.visibility != Visibility::Open).then_some(shown.salt);
        let hash = match salt {
            None => Some(body_hash(None, bytes)),
            Some(salt) => salt.map(|salt| body_hash(Some(salt), bytes)),
        };
        let Some(hash) = hash else {
            return report.say(Statement::new("salt-not-shown", Standing::Unknown, Weight::Needed));
        };
        if hash != header.body_hash {
            return report.say(Statement::new("body-wrong", Standing::Broken, Weight::Needed));
        }
        report.say(Statement::new("body-verified", Standing::Proven, Weight::Needed));
        let Some(kind) = kinds.find(&header.kind) else {
            let unknown = Statement::new("kind-unknown", Standing::Unknown, Weight::Additional);
            return report.say(unknown.with("kind", &header.kind));
        };
        let findings = Body::parse(bytes).map(|body| kind.check(body.value()));
        if findings.is_ok_and(|findings| findings.is_empty()) {
            return;
        }
        let invalid = Statement::new("body-invalid", Standing::Broken, Weight::Needed);
        report.say(invalid.with("kind", &header.kind));
    }
}
