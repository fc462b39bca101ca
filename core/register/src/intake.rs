//! A whole log, verified as a stream: entries go in, in their order, with the bodies that are to be had; a verdict on each comes
//! out, and at the end whether they make the tree that the log signed.
//!
//! Broken foreign records are listed and the good are kept. What came out is certain only when [`Intake::finish`] has said so:
//! until then, keep it where it can be dropped. Refuses to fetch, to store, and to know the time.

use crate::about;
use crate::ahead::Found;
use crate::chain::{Chain, Chains};
use crate::entry::Entry;
use crate::finding::Finding;
use crate::header::{Header, KindName};
use crate::id::{LogId, RecordId};
use crate::keys::{KEY_SET, KeyFault, Keys, key_of_first, parse_key_set};
use crate::kinds::Kinds;
use crate::leaf::Record;
use crate::state::LogState;
use crate::verdict::{Accepted, BodyState, Fault, Reject, Taken};
use chapar_terms::{Digest, Invalid, Suite};
use chapar_tlog::{Checkpoint, NoteRefused, SignedCheckpoint};
use std::collections::BTreeSet;
use std::fmt;

/// A log is not believed; which of these words is stable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// The checkpoint is another log's.
    OtherOrigin(String),
    /// No key that the log may sign with signed the checkpoint.
    Refused(NoteRefused),
    /// The checkpoint is of a smaller tree than the one that is held already: an old one, ask again.
    Older(u64),
    /// Not all entries of the tree were pushed.
    Incomplete(u64),
    /// The first entry is no key-set that could be read: no record of the log can be believed.
    Keyless,
    /// The log lied, or whoever served it did.
    Caught(Caught),
}

/// What a log said that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caught {
    /// It signed two trees of one size: with the checkpoint held, this one is proof of a fork.
    OtherRoot {
        /// The size of both.
        size: u64,
        /// The root that is held.
        held: Digest,
        /// The root that it signed now.
        signed: Digest,
    },
    /// The entries do not make the tree that it signed.
    WrongRoot {
        /// The size of the tree.
        size: u64,
        /// The root of the entries.
        made: Digest,
        /// The root that it signed.
        signed: Digest,
    },
    /// The empty tree has one root, and it signed another.
    EmptyRoot(Digest),
}

impl Distrust {
    /// The stable word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherOrigin(_) => "other-origin",
            Self::Refused(NoteRefused::Unsigned) => "checkpoint-unsigned",
            Self::Refused(NoteRefused::BadSignature(_)) => "checkpoint-signature-wrong",
            Self::Older(_) => "checkpoint-older",
            Self::Incomplete(_) => "log-incomplete",
            Self::Keyless => "log-keyless",
            Self::Caught(Caught::OtherRoot { .. }) => "other-root",
            Self::Caught(Caught::WrongRoot { .. }) => "wrong-root",
            Self::Caught(Caught::EmptyRoot(_)) => "empty-root",
        }
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherOrigin(origin) => write!(f, "the checkpoint is of the log `{origin}`"),
            Self::Refused(why) => why.fmt(f),
            Self::Older(size) => write!(f, "the checkpoint is of {size} entries, fewer than are held"),
            Self::Incomplete(size) => write!(f, "only {size} entries were shown"),
            Self::Keyless => f.write_str("the first entry is no key-set that could be read"),
            Self::Caught(Caught::OtherRoot { size, held, signed }) => {
                write!(
                    f,
                    "the log signed two trees of {size} entries, with roots `{held}` and `{signed}`"
                )
            }
            Self::Caught(Caught::WrongRoot { size, made, signed }) => {
                write!(
                    f,
                    "the {size} entries have the root `{made}`, and the log signed `{signed}`"
                )
            }
            Self::Caught(Caught::EmptyRoot(signed)) => write!(f, "the log signed `{signed}` as the root of no entries"),
        }
    }
}

impl std::error::Error for Distrust {}

/// The verification of one log from a trusted state to a signed checkpoint.
pub struct Intake<'a> {
    kinds: &'a Kinds,
    suite: &'a dyn Suite,
    state: LogState,
    checkpoint: SignedCheckpoint,
    chains: Chains,
    /// What the log is called in the ids of its records, as the state says.
    log: Option<LogId>,
    /// Whether nothing but the pinned key vouches for the log.
    is_first: bool,
}

impl<'a> Intake<'a> {
    /// Begins where `state` ends. A checkpoint that only keys signed which come later in the log is judged at the end.
    ///
    /// # Errors
    /// See [`Distrust`].
    pub fn begin(
        kinds: &'a Kinds,
        suite: &'a dyn Suite,
        state: LogState,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, Distrust> {
        let intake = Self {
            kinds,
            suite,
            is_first: state.keys.is_empty(),
            log: state.log(),
            state,
            checkpoint,
            chains: Chains::default(),
        };
        intake.check_begin()?;
        Ok(intake)
    }

    fn check_begin(&self) -> Result<(), Distrust> {
        let said = self.said();
        if said.origin.as_str() != self.state.origin() {
            return Err(Distrust::OtherOrigin(said.origin.to_string()));
        }
        match self.check_signature() {
            // Perhaps by a key that the entries bring.
            Err(Distrust::Refused(NoteRefused::Unsigned)) if !self.is_first => {}
            signed => return signed.and_then(|()| self.check_size(said)),
        }
        match said.size > self.size() {
            true => Ok(()),
            false => Err(Distrust::Refused(NoteRefused::Unsigned)),
        }
    }

    fn check_size(&self, said: &Checkpoint) -> Result<(), Distrust> {
        if !said.is_possible() {
            return Err(Distrust::Caught(Caught::EmptyRoot(said.root)));
        }
        if said.size < self.size() {
            return Err(Distrust::Older(said.size));
        }
        let held = self.state.frontier.root();
        match said.size == self.size() && said.root != held {
            true => Err(Distrust::Caught(Caught::OtherRoot {
                size: said.size,
                held,
                signed: said.root,
            })),
            false => Ok(()),
        }
    }

    /// The pinned key must have signed what nothing else vouches for; after that, any key that the log may sign with.
    fn check_signature(&self) -> Result<(), Distrust> {
        let pinned = [self.state.pinned.clone()];
        let listed = self.state.keys.log_keys(self.said().size);
        let verify = |keys: &[_]| self.checkpoint.verify(self.suite, keys).map(|_| ());
        let signed = match self.is_first {
            true => verify(&pinned),
            false => verify(&listed),
        };
        signed.map_err(Distrust::Refused)
    }

    fn said(&self) -> &Checkpoint {
        self.checkpoint.checkpoint()
    }

    /// How many entries were taken, those before the trusted state included.
    pub const fn size(&self) -> u64 {
        self.state.frontier.size()
    }

    /// The records among these entries, and those that they are about, of which this intake knows nothing: [`Intake::recall`] each that
    /// was taken in an earlier run, before the entries are taken.
    pub fn unknown_in<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>) -> BTreeSet<RecordId> {
        if chapar_terms::sabotaged("forget-earlier-versions") {
            return BTreeSet::new();
        }
        let named = entries.into_iter().flat_map(Entry::names);
        named.filter(|id| !self.chains.contains(id)).collect()
    }

    /// Tells the versions of a record that were taken in an earlier run.
    pub fn recall(&mut self, id: RecordId, chain: Chain) {
        self.chains.insert(id, chain);
    }

    /// Forgets the records taken so far, so that a log of any length fits into memory: they are kept elsewhere, and recalled from there.
    pub fn forget(&mut self) {
        self.chains = Chains::default();
    }

    /// How far the entries were taken. It is certain once [`Intake::finish`] gives it; a caller who has proved by other means that the
    /// entries so far are of the signed tree may begin there again.
    pub const fn state(&self) -> &LogState {
        &self.state
    }

    /// Reads the next entry and takes it.
    pub fn push(&mut self, leaf: &[u8], body: Option<&[u8]>) -> Taken {
        self.take(Entry::of_leaf(leaf).with_body(body))
    }

    /// Takes the next entry.
    pub fn take(&mut self, entry: Entry) -> Taken {
        let (index, leaf_hash) = (self.size(), entry.leaf_hash);
        self.state.frontier.push(leaf_hash);
        let verdict = self.judge(index, entry).map(Box::new);
        if let Ok(accepted) = &verdict {
            self.chains.append(accepted.record.header(), leaf_hash);
        }
        Taken {
            index,
            leaf_hash,
            verdict,
        }
    }

    fn judge(&mut self, index: u64, entry: Entry) -> Result<Accepted, Reject> {
        let (record, body, found) = (entry.record?, entry.body?, entry.found);
        let header = record.header();
        let keys = match header.kind.as_str() {
            KEY_SET => Some(self.keys_after(index, &record, &body, &found)?),
            _ => None,
        };
        let first = match (&self.log, &keys) {
            (Some(_), _) => None,
            (None, Some(keys)) => Some(first_log(keys)?),
            (None, None) => return Err(Reject::new(Fault::KeySetMissing, "no key-set stands before it")),
        };
        let log = first.as_ref().or(self.log.as_ref());
        if header.issuer != self.state.participant || Some(header.id.log()) != log {
            let log = log.map(LogId::as_str).unwrap_or_default();
            let why = format!(
                "`{}` is not of the log `{log}` of `{}`",
                header.id, self.state.participant
            );
            return Err(Reject::new(Fault::IdForeign, why));
        }
        self.chains.check(header)?;
        let is_known_kind = self.check_body(header, &body, found.form.as_ref())?;
        let opens = self.opened_kind(header, &body);
        if let Some(keys) = keys {
            self.state.keys = keys;
            self.log = self.state.log();
        } else {
            self.check_proof(index, &record, &found)?;
        }
        Ok(Accepted {
            record,
            is_known_kind,
            body,
            opens,
        })
    }

    /// What was found ahead counts for the key by which it was found, and no other.
    fn check_proof(&self, index: u64, record: &Record, found: &Found) -> Result<(), Reject> {
        let method = &record.proof().verification_method;
        let key = self.state.keys.record_key(method, index).map_err(|fault| {
            let word = match fault {
                KeyFault::Unknown => Fault::KeyUnknown,
                KeyFault::Revoked(_) => Fault::KeyRevoked,
            };
            Reject::new(word, format!("`{method}`: {fault}"))
        })?;
        let signed = match &found.signed {
            Some((by, signed)) if by == key => *signed,
            _ => record.verify(self.suite, key),
        };
        signed.map_err(|_| unsigned(method))
    }

    /// The keys after a key-set, whose proof is checked here: the first one vouches for itself.
    fn keys_after(&self, index: u64, record: &Record, body: &BodyState, found: &Found) -> Result<Keys, Reject> {
        let invalid = |invalid: Invalid| Reject::new(Fault::KeySetInvalid, invalid.to_string());
        let body = body
            .here()
            .ok_or_else(|| Reject::new(Fault::BodyMissing, "a key-set without its body says nothing"))?;
        let listed = parse_key_set(body.value()).map_err(invalid)?;
        let method = &record.proof().verification_method;
        if !self.state.keys.is_empty() {
            self.check_proof(index, record, found)?;
        } else if index > 0 {
            return Err(Reject::new(
                Fault::KeySetMissing,
                "the first entry of the log is no key-set",
            ));
        } else {
            let key = key_of_first(&listed, method);
            let key = key.ok_or_else(|| Reject::new(Fault::KeyUnknown, format!("`{method}` does not stand in it")))?;
            record.verify(self.suite, key).map_err(|_| unsigned(method))?;
        }
        self.state
            .keys
            .after(index, listed, self.state.origin())
            .map_err(invalid)
    }

    /// Whether the kind is known; what is about others, and the body's form, are judged where the body is here.
    fn check_body(
        &self,
        header: &Header,
        body: &BodyState,
        found: Option<&Result<(), Finding>>,
    ) -> Result<bool, Reject> {
        let kind = self.kinds.find(&header.kind);
        if let (Some(kind), Some(body)) = (kind, body.here()) {
            let form = found.cloned().unwrap_or_else(|| kind.form(body.value()));
            form.map_err(|finding| Reject::new(Fault::BodyInvalid, finding.to_string()))?;
            about::check(self.kinds, header, body.value(), &self.chains)?;
        }
        Ok(kind.is_some())
    }

    /// The kind of the record that a checked opening opens.
    fn opened_kind(&self, header: &Header, body: &BodyState) -> Option<KindName> {
        let (target, ..) = about::opened(&header.kind, body.here()?.value())?;
        self.chains.kind(&target).cloned()
    }

    /// Says whether the entries are the log that the checkpoint signs. What was taken is certain then.
    ///
    /// # Errors
    /// See [`Distrust`]: drop what was taken.
    pub fn finish(self) -> Result<LogState, Distrust> {
        let said = self.said();
        if said.size > self.size() {
            return Err(Distrust::Incomplete(self.size()));
        }
        let made = self.state.frontier.root();
        if made != said.root {
            return Err(Distrust::Caught(Caught::WrongRoot {
                size: said.size,
                made,
                signed: said.root,
            }));
        }
        self.check_signature()?;
        if self.state.keys.is_empty() && said.size > 0 {
            return Err(Distrust::Keyless);
        }
        // A log signs with keys that it lists: a pinned key that it does not list, or that others have, vouches for nothing. Nor does one
        // that was replaced, without the key that took its place.
        if self.is_first && said.size > 0 {
            let listed = self.state.keys.log_keys(said.size);
            self.checkpoint.verify(self.suite, &listed).map_err(Distrust::Refused)?;
            if !self.state.keys.stands(&self.state.pinned, said.size)
                && !chapar_terms::sabotaged("believe-a-lost-log-key")
            {
                return Err(Distrust::Refused(NoteRefused::Unsigned));
            }
        }
        Ok(self.state)
    }
}

fn unsigned(method: &str) -> Reject {
    Reject::new(Fault::SignatureWrong, format!("`{method}` did not sign it"))
}

fn first_log(keys: &Keys) -> Result<LogId, Reject> {
    let key = keys.first_log_key();
    let key = key.ok_or_else(|| Reject::new(Fault::KeySetInvalid, "the first key-set lists no key of the log"))?;
    Ok(LogId::of_vkey(&key.render()))
}
