//! From a wish to a committed record: what came before is looked up, the draft is checked, signed and written with its event.

use super::ids::{WITHDRAWAL, entries_of, entry_of_version, is_withdrawal};
use crate::desk::{invalid, invalid_for};
use crate::hosted::{Hosted, Identity};
use crate::keys::fresh_uuid;
use crate::logs::{OwnLog, REGISTER};
use crate::{Fault, Runtime};
use chapar_register::{
    Body, ClosedBody, Draft, Finding, Issue, KindName, Kinds, Link, LogId, Record, Unsignable, Unsigned, Validity,
    Visibility,
};
use chapar_store::{CaseWrite, EntryRow, NewEntry, NewEvent, StepWrite};
use chapar_terms::{Invalid, Lang, Salt, Signer};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::MutexGuard;

/// What those wait for who write into the register; no case is called so.
const RECORDS_TURN: &str = "records";

/// What somebody wants to be a record.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub kind: KindName,
    /// Its name in the log; a fresh one where it is none.
    pub local: Option<String>,
    pub valid: Option<Validity>,
    pub mandate: Option<String>,
    pub authentic: BTreeSet<Lang>,
    pub visibility: Visibility,
    pub links: Vec<Link>,
    pub body: Value,
    /// What a body that is not open is hashed with; a fresh one where it is none.
    pub salt: Option<Salt>,
}

impl Wish {
    /// An open record of this name, or of one that follows from it, with nothing but its body, as the node writes them by itself.
    ///
    /// # Errors
    /// `kind` is no name of a kind.
    pub fn open(kind: &str, local: impl Into<Option<String>>, body: Value) -> Result<Self, Invalid> {
        Ok(Self {
            kind: KindName::parse(kind)?,
            local: local.into(),
            valid: None,
            mandate: None,
            authentic: BTreeSet::new(),
            visibility: Visibility::Open,
            links: Vec::new(),
            body,
            salt: None,
        })
    }
}

/// A record, ready to be committed.
pub(crate) struct Composed {
    pub record: Record,
    pub entry: NewEntry,
}

impl Composed {
    /// What is told of it.
    fn event(&self, at: i64) -> NewEvent {
        let header = self.record.header();
        NewEvent {
            event_type: "record.committed".to_owned(),
            case_id: None,
            data: json!({
                "record": header.id.to_string(),
                "kind": header.kind.as_str(),
                "version": header.version,
            })
            .to_string(),
            at,
            callback_events: Vec::new(),
        }
    }
}

/// With whom a record is signed.
pub(crate) struct SignedBy<'a> {
    pub signer: &'a Arc<dyn Signer>,
    pub key_id: &'a str,
}

impl Runtime {
    /// Waits for the turn to write into a participant's register: what is signed and what is committed stay in one order.
    pub(crate) async fn records_turn(&self, participant: &str) -> Option<MutexGuard<'_, ()>> {
        self.inner.locks.hold(participant, RECORDS_TURN).await
    }

    /// The register of a participant.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a development identity, which has no keys to sign with.
    pub(crate) fn register_of(&self, hosted: &Hosted) -> Result<Arc<OwnLog>, Fault> {
        let log = self.inner.logs.find(hosted.slug.as_str(), REGISTER);
        if log.is_none() && !matches!(hosted.identity, Identity::Development { .. }) {
            return Err(Fault::Unavailable(
                "the register could not be opened: the node's log says why".to_owned(),
            ));
        }
        log.ok_or_else(|| {
            invalid(
                "no-register",
                "a development identity has no register: nothing can be signed with it",
            )
        })
    }

    /// The newest entry of a record, its withdrawal included.
    pub(crate) async fn newest_entry(&self, log: &OwnLog, local: &str) -> Result<Option<EntryRow>, Fault> {
        let (first, beyond) = entries_of(local);
        Ok(self
            .inner
            .store
            .last_entry(log.origin.as_str(), &first, &beyond)
            .await?)
    }

    /// Makes a record of a wish; none when the newest version says the same already.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with everything that is wrong; [`Fault::Conflict`] when the record was withdrawn.
    pub(crate) async fn compose(&self, hosted: &Hosted, wish: Wish) -> Result<Option<Composed>, Fault> {
        let (key, signer) = hosted
            .signing_key()
            .ok_or_else(|| invalid("no-keys", "there is no key to sign with"))?;
        let by = SignedBy {
            signer,
            key_id: &key.key_id,
        };
        self.compose_by(hosted, wish, &by).await
    }

    pub(super) async fn compose_by(
        &self,
        hosted: &Hosted,
        wish: Wish,
        by: &SignedBy<'_>,
    ) -> Result<Option<Composed>, Fault> {
        let log = self.register_of(hosted)?;
        log.must_be_open().await?;
        let local = wish.local.clone().unwrap_or_else(fresh_uuid);
        let newest = self.newest_entry(&log, &local).await?;
        let before = newest.as_ref().map(|entry| earlier(entry, &local)).transpose()?;
        let draft = Draft {
            kind: wish.kind,
            version: before
                .as_ref()
                .map_or(1, |before| before.header().version.saturating_add(1)),
            previous: before.as_ref().map(Record::leaf_hash),
            local: local.clone(),
            valid: wish.valid,
            mandate: wish.mandate,
            authentic: wish.authentic,
            visibility: wish.visibility,
            links: wish.links,
            body: wish.body,
        };
        let issue = Issue {
            issuer: hosted.me.id.clone(),
            log: LogId::of_vkey(&log.vkey),
            at: self.now(),
            salt: match wish.salt {
                Some(salt) => salt,
                None => Salt::from_bytes(self.inner.keys.random()?),
            },
        };
        let unsigned = draft.check(Kinds::built_in(), issue).map_err(|found| unfit(&found))?;
        if let Some(before) = &before {
            if before.header().kind != unsigned.header().kind {
                let kind = &before.header().kind;
                return Err(invalid(
                    "wrong-kind",
                    format!("`{local}` is a record of the kind `{kind}`: name another"),
                ));
            }
            let is_same = is_same_body(before, newest.as_ref(), &unsigned) && says_the_same(before, unsigned.header());
            if is_same || chapar_terms::sabotaged("keep-the-first-version") {
                return Ok(None);
            }
        }
        must_be_openable(&unsigned)?;
        let record = unsigned.sign(by.signer.as_ref(), by.key_id).map_err(|why| match why {
            Unsignable::Invalid(invalid) => Fault::from(invalid),
            Unsignable::Key(fault) => Fault::from(fault),
        })?;
        let entry = NewEntry {
            origin: log.origin.as_str().to_owned(),
            id: entry_of_version(&local, record.header().version),
            leaf: record.leaf().to_vec(),
            body_hash: record.header().body_hash.hex(),
            body: unsigned.body().bytes().to_vec(),
            salt: unsigned.salt().map(|salt| salt.as_bytes().to_vec()),
            at: record.header().issued.unix_ms(),
        };
        Ok(Some(Composed { record, entry }))
    }

    /// Commits records, all or none, with what is told of them.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when another version of one of them was quicker: look and try again.
    pub(crate) async fn commit_records(&self, hosted: &Hosted, composed: Vec<Composed>) -> Result<Vec<Record>, Fault> {
        let slug = hosted.slug.as_str();
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: slug.to_owned(),
        });
        write.events = composed.iter().map(|one| one.event(one.entry.at)).collect();
        // What some may have is offered to them; what is withdrawn, to nobody.
        let is_followed = composed.iter().any(|one| {
            let header = one.record.header();
            one.entry.salt.is_some() || header.previous.is_some() || header.kind.as_str() == WITHDRAWAL
        });
        let mut records = Vec::with_capacity(composed.len());
        for one in composed {
            records.push(one.record);
            write.entries.push(one.entry);
        }
        let appended = self.append(write).await;
        if is_followed {
            self.inner.offered.wake(slug);
        }
        appended?;
        self.inner.news.tell(slug, "");
        Ok(records)
    }
}

/// The version before.
fn earlier(entry: &EntryRow, local: &str) -> Result<Record, Fault> {
    if is_withdrawal(entry.id.as_deref().unwrap_or_default()) {
        return Err(Fault::Conflict(format!(
            "the record `{local}` was withdrawn; a new one needs another name, and may link to it"
        )));
    }
    stored_record(&entry.leaf)
}

/// A record as it lies in our own log.
pub(crate) fn stored_record(leaf: &[u8]) -> Result<Record, Fault> {
    Record::parse(leaf).map_err(|why| Fault::Internal(format!("a stored record cannot be read: {why}")))
}

/// Whether a new version would have the body of the one before. What is not open has a fresh salt each time, so the bodies themselves
/// are compared.
fn is_same_body(before: &Record, newest: Option<&EntryRow>, next: &Unsigned) -> bool {
    match next.salt() {
        None => before.header().body_hash == next.header().body_hash,
        Some(_) => newest.and_then(|entry| entry.body.as_deref()) == Some(next.body().bytes()),
    }
}

/// A closed body must leave room for what opens it: otherwise it could never be shown to everybody.
fn must_be_openable(unsigned: &Unsigned) -> Result<(), Fault> {
    let header = unsigned.header();
    let Some(salt) = unsigned.salt() else { return Ok(()) };
    let closed = ClosedBody::new(header.id.clone(), header.version, *salt, unsigned.body().clone());
    Body::of(&closed.opening()).map(drop).map_err(|why| {
        let reason = format!("a body that is not open must leave room for its opening: {why}");
        invalid("wrong-record", reason)
    })
}

/// Whether a new version with the same body would say nothing new.
fn says_the_same(before: &Record, next: &chapar_register::Header) -> bool {
    let before = before.header();
    let same = (&before.visibility, &before.valid, &before.mandate);
    same == (&next.visibility, &next.valid, &next.mandate)
        && before.authentic == next.authentic
        && before.links == next.links
}

fn unfit(found: &[Finding]) -> Fault {
    let code = found.first().map_or("wrong-record", |finding| match finding.code {
        "personal-data" => "personal-data",
        "kind" => "unknown-kind",
        _ => "wrong-record",
    });
    invalid_for(code, found.iter().map(ToString::to_string).collect())
}
