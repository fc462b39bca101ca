//! The keys of an own log: which of them sign its checkpoints, and how a fresh one joins while the log is sequenced.
//!
//! A key that was replaced in good order signs on beside the new one, for those who know only it: pins, policies, witnesses. One that
//! fell into other hands signs nothing any more. Refuses to tell others of keys (`records`).

use super::EVIDENCE;
use super::book::{OwnLog, verifier_key};
use super::serve::Published;
use crate::hosted::{Hosted, KEYS_TURN};
use crate::{Fault, Runtime};
use chapar_register::{KeyUse, ListedKey, RevocationReason};
use chapar_store::{KeyState, LogKeyRow};
use chapar_terms::{Algorithm, Instant, Signer};
use chapar_tlog::{Origin, SignedCheckpoint, VerifierKey};
use std::sync::{Arc, PoisonError};

/// Keys of one log, at most: each signs every checkpoint.
const MOST: usize = 16;

/// A key of an own log.
#[derive(Clone)]
pub(crate) struct LogKey {
    pub key: VerifierKey,
    pub created_at: Instant,
    /// Since when others are known to have it.
    pub compromised_at: Option<Instant>,
    /// None for one that signs no more.
    pub signer: Option<Arc<dyn Signer>>,
}

/// Why a log gets a fresh key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogRotation {
    /// In good order: the keys before sign on beside it.
    Orderly,
    /// Others have a key, or may: every key before signs no more.
    Compromised,
}

impl OwnLog {
    /// Its keys, oldest first.
    pub(crate) fn keys(&self) -> Vec<LogKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key that others pin from now on.
    ///
    /// # Errors
    /// It has none, which is ours.
    pub(crate) fn newest_key(&self) -> Result<VerifierKey, Fault> {
        let newest = self.keys().pop().map(|key| key.key);
        newest.ok_or_else(|| Fault::Internal(format!("the log `{}` has no key", self.origin)))
    }

    /// Its keys as a key-set lists them. All but the newest were given up, each when the next one came.
    pub(crate) fn listed_keys(&self) -> Vec<ListedKey> {
        let keys = self.keys();
        let next = keys.iter().skip(1).map(|key| Some(key.created_at)).chain([None]);
        let listed = keys.iter().zip(next).map(|(key, next)| ListedKey {
            id: format!("{}+{:08x}", self.origin, key.key.id()),
            key: KeyUse::Log(key.key.clone()),
            valid_from: key.created_at,
            revoked: match (key.compromised_at, next) {
                (Some(at), _) => Some((at, RevocationReason::Compromised)),
                (None, Some(at)) => Some((at, RevocationReason::Superseded)),
                (None, None) => None,
            },
        });
        listed.collect()
    }

    /// What is out, signed by the keys that sign today: a log in which nothing happens still bears the signatures of before.
    ///
    /// # Errors
    /// The log has gone on meanwhile, or a key cannot be used; try again.
    pub(crate) async fn signed_anew(&self, runtime: &Runtime) -> Result<Option<Published>, Fault> {
        let _turn = self.cosigning.lock().await;
        let Some(published) = self.published.borrow().clone() else {
            return Ok(None);
        };
        let out = SignedCheckpoint::parse(&published.checkpoint)?;
        let fresh = self.sign(out.checkpoint().clone(), runtime.now())?;
        let mut fresh = SignedCheckpoint::parse(fresh.as_bytes())?;
        let is_own = |name: &str| name == self.origin.as_str();
        let others = out.note().signatures().iter();
        others
            .filter(|one| !is_own(one.name.as_str()))
            .for_each(|one| fresh.add(one.clone()));
        let next = fresh.render().into_bytes();
        if *next == *published.checkpoint {
            return Ok(Some(published));
        }
        let (store, before) = (&runtime.inner.store, &published.checkpoint);
        if !store
            .add_cosignatures(self.origin.as_str(), before, next.clone())
            .await?
        {
            return Err(Fault::Unavailable(format!(
                "the log `{}` has gone on meanwhile",
                self.origin
            )));
        }
        let signed = Published {
            checkpoint: next.into(),
            ..published.clone()
        };
        self.published.send_if_modified(|out| match out {
            Some(out) if out.checkpoint == *before => {
                *out = signed.clone();
                true
            }
            _ => false,
        });
        Ok(Some(signed))
    }
}

impl Runtime {
    pub(super) async fn load_log_keys(&self, origin: &str) -> Result<Vec<LogKey>, Fault> {
        let rows = self.inner.store.log_keys(origin).await?;
        let load = |row: &LogKeyRow| {
            let algorithm = Algorithm::from_jose(&row.algorithm)
                .ok_or_else(|| Fault::Internal(format!("unknown algorithm `{}` in the store", row.algorithm)))?;
            let signer = match row.state {
                KeyState::Active => Some(self.inner.keys.load(algorithm, &row.private)?),
                KeyState::Retired => None,
            };
            Ok(LogKey {
                key: VerifierKey::parse(&row.vkey)?,
                created_at: Instant::from_unix_ms(row.created_at),
                compromised_at: row.compromised_at.map(Instant::from_unix_ms),
                signer,
            })
        };
        rows.iter().map(load).collect()
    }

    /// A fresh key for a log.
    pub(crate) fn fresh_log_key(&self, origin: &Origin, created_at: i64) -> Result<LogKeyRow, Fault> {
        let (signer, private) = self.inner.keys.generate(Algorithm::Ed25519)?;
        Ok(LogKeyRow {
            vkey: verifier_key(origin, signer.as_ref())?.render(),
            algorithm: Algorithm::Ed25519.jose().to_owned(),
            public: signer.public_key().bytes.clone(),
            private,
            state: KeyState::Active,
            created_at,
            compromised_at: None,
        })
    }

    /// Gives both logs of a participant a fresh key each, and has the register say so. Whatever dies in between, the next start says it:
    /// the keys are durable before anything is told of them, and sign from then on.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a development identity; [`Fault::Conflict`] when the register does not go on or has too many keys.
    pub(crate) async fn rotate_log_keys(&self, slug: &str, why: LogRotation) -> Result<(), Fault> {
        let _turn = self.inner.locks.hold(slug, KEYS_TURN).await;
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let register = self.register_of(&hosted)?;
        register.must_be_open().await?;
        let evidence = self.inner.logs.find(slug, EVIDENCE).ok_or(Fault::NotFound)?;
        let now = self.now().unix_ms();
        let mut fresh = Vec::new();
        for log in [&register, &evidence] {
            let keys = log.keys();
            if keys.len() >= MOST {
                return Err(Fault::Conflict(format!(
                    "the log `{}` has had {MOST} keys, as many as it may",
                    log.origin
                )));
            }
            // The newest is the last by its time, wherever the clock was.
            let last = keys
                .last()
                .map_or(now, |key| key.created_at.unix_ms().saturating_add(1));
            let row = self.fresh_log_key(&log.origin, now.max(last))?;
            fresh.push((log.origin.as_str().to_owned(), row));
        }
        let compromised_at = (why == LogRotation::Compromised).then_some(now);
        self.inner.store.rotate_log_keys(slug, fresh, compromised_at).await?;
        for log in [&register, &evidence] {
            let keys = self.load_log_keys(log.origin.as_str()).await?;
            *log.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        self.tell_log_keys(&hosted).await
    }

    async fn tell_log_keys(&self, hosted: &Hosted) -> Result<(), Fault> {
        let _records = self.records_turn(hosted.slug.as_str()).await;
        self.tell_keys(hosted).await?;
        self.write_evidence_down(hosted).await
    }
}
