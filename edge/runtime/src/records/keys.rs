//! The key-set of a register: the record that says with which keys records and log are signed, and that others check them by.
//!
//! It is the first entry of every register, and written again whenever the keys are others. A later one is signed by a key that the
//! one before it names as good: so the chain leads from the key that readers pinned to every key there ever was.

use super::compose::{SignedBy, Wish};
use crate::hosted::{Hosted, HostedKey, Identity};
use crate::logs::OwnLog;
use crate::{Fault, Runtime};
use chapar_register::{KeyUse, ListedKey, RevocationReason, key_set_body, parse_key_set};
use chapar_terms::{Algorithm, Instant, Signer};
use serde_json::Value;
use std::sync::Arc;

/// The name of the key-set among the records of a register.
const LOCAL: &str = "key-set";

impl Runtime {
    /// Says which keys are in use, unless the register says so already. Held in the turn of whoever writes into the register: a record
    /// signed by a key that no key-set before it names is believed by nobody.
    pub(crate) async fn tell_keys(&self, hosted: &Hosted) -> Result<(), Fault> {
        let log = self.register_of(hosted)?;
        if !log.is_open() {
            // Told when it goes on: what is here may not be the newest that was told.
            return Ok(());
        }
        let before = self.newest_entry(&log, LOCAL).await?;
        let before = before.and_then(|entry| entry.body);
        let before: Option<Value> = before.and_then(|body| serde_json::from_slice(&body).ok());
        let body = key_set(hosted, &log, before.as_ref())?;
        if before.as_ref() == Some(&body) {
            return Ok(());
        }
        let wish = Wish::open(LOCAL, LOCAL.to_owned(), body)?;
        let (key_id, signer) = self.key_for_key_set(hosted, before.as_ref()).await?;
        let by = SignedBy {
            signer: &signer,
            key_id: &key_id,
        };
        if let Some(composed) = self.compose_by(hosted, wish, &by).await? {
            self.commit_records(hosted, vec![composed]).await?;
        }
        Ok(())
    }

    /// Today's key for the first key-set; for a later one the newest key that the one before it names as good.
    async fn key_for_key_set(
        &self,
        hosted: &Hosted,
        before: Option<&Value>,
    ) -> Result<(String, Arc<dyn Signer>), Fault> {
        let good = before.map(good_keys).transpose()?;
        let Identity::Did(keys) = &hosted.identity else {
            return Err(Fault::Internal("a key-set without keys".to_owned()));
        };
        let may = |key: &&HostedKey| match &good {
            Some(good) => good.contains(&key.key_id),
            None => key.signer.is_some(),
        };
        let key = keys.iter().filter(may).max_by_key(|key| key.created_at);
        let key = key.ok_or_else(|| {
            Fault::Internal(
                "no key is left that the register names as good: its key-set cannot be continued".to_owned(),
            )
        })?;
        let signer = match &key.signer {
            Some(signer) => Arc::clone(signer),
            None => self.retired_signer(hosted, key).await?,
        };
        Ok((key.key_id.clone(), signer))
    }

    async fn retired_signer(&self, hosted: &Hosted, key: &HostedKey) -> Result<Arc<dyn Signer>, Fault> {
        let rows = self.inner.store.signing_keys(hosted.slug.as_str()).await?;
        let row = rows.iter().find(|row| row.kid == key.fragment).ok_or(Fault::NotFound)?;
        let algorithm = Algorithm::from_jose(&row.algorithm)
            .ok_or_else(|| Fault::Internal(format!("unknown algorithm `{}` in the store", row.algorithm)))?;
        self.inner.keys.load(algorithm, &row.private)
    }
}

/// The keys for records that a key-set names and does not revoke.
fn good_keys(body: &Value) -> Result<Vec<String>, Fault> {
    let listed = parse_key_set(body);
    let listed = listed.map_err(|why| Fault::Internal(format!("a stored key-set cannot be read: {why}")))?;
    let good = |key: &ListedKey| matches!(key.key, KeyUse::Record(_)) && key.revoked.is_none();
    Ok(listed.into_iter().filter(good).map(|key| key.id).collect())
}

/// A key that was replaced before this register knew it has signed nothing in it, and nobody would believe who brings it.
fn key_set(hosted: &Hosted, log: &OwnLog, before: Option<&Value>) -> Result<Value, Fault> {
    let Identity::Did(keys) = &hosted.identity else {
        return Err(Fault::Internal("a key-set without keys".to_owned()));
    };
    let known = before.map(parse_key_set).and_then(Result::ok).unwrap_or_default();
    let is_told = |key: &&HostedKey| key.signer.is_some() || known.iter().any(|listed| listed.id == key.key_id);
    let for_records = keys.iter().filter(is_told).map(|key| ListedKey {
        id: key.key_id.clone(),
        key: KeyUse::Record(key.public.clone()),
        valid_from: key.created_at,
        revoked: given_up(keys, key),
    });
    let listed: Vec<ListedKey> = for_records.chain(log.listed_keys()).collect();
    key_set_body(&listed).ok_or_else(|| Fault::Internal(format!("a key of `{}` has no JWK", hosted.slug)))
}

/// When and why a key that signs no more was given up.
fn given_up(keys: &[HostedKey], key: &HostedKey) -> Option<(Instant, RevocationReason)> {
    match (key.compromised_at, &key.signer) {
        (Some(_), _) if chapar_terms::sabotaged("hush-a-lost-key") => None,
        (Some(at), _) => Some((at, RevocationReason::Compromised)),
        (None, Some(_)) => None,
        (None, None) => crate::hosted::replaced_at(keys, key).map(|at| (at, RevocationReason::Superseded)),
    }
}
