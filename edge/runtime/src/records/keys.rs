//! The key-set of a register: the record that says with which keys records and log are signed, and that others check them by.
//!
//! It is the first entry of every register, and written again whenever the keys are others. A later one is signed by a key that the
//! one before it names as good: so the chain leads from the key that readers pinned to every key there ever was.

use super::compose::{SignedBy, Wish};
use crate::hosted::{Hosted, HostedKey, Identity};
use crate::logs::OwnLog;
use crate::{Fault, Runtime};
use chapar_register::{KindName, Visibility};
use chapar_terms::{Algorithm, Instant, Signer};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The name of the key-set among the records of a register.
const LOCAL: &str = "key-set";

impl Runtime {
    /// Says which keys are in use, unless the register says so already.
    pub(crate) async fn tell_keys(&self, hosted: &Hosted) -> Result<(), Fault> {
        let log = self.register_of(hosted)?;
        let before = self.newest_entry(&log, LOCAL).await?;
        let before = before.and_then(|entry| entry.body);
        let before: Option<Value> = before.and_then(|body| serde_json::from_slice(&body).ok());
        let body = key_set(hosted, &log)?;
        if before.as_ref() == Some(&body) {
            return Ok(());
        }
        let wish = Wish {
            kind: KindName::parse(LOCAL)?,
            local: Some(LOCAL.to_owned()),
            valid: None,
            mandate: None,
            authentic: BTreeSet::new(),
            visibility: Visibility::Open,
            links: Vec::new(),
            body,
        };
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
        let good = before.map(good_keys);
        let Identity::Did(keys) = &hosted.identity else {
            return Err(Fault::Internal("a key-set without keys".to_owned()));
        };
        let may = |key: &&HostedKey| match &good {
            Some(good) => good.iter().any(|id| *id == key.key_id),
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
fn good_keys(body: &Value) -> Vec<String> {
    let keys = body.get("keys").and_then(Value::as_array).into_iter().flatten();
    keys.filter(|key| key.get("use").and_then(Value::as_str) == Some("record") && key.get("revoked").is_none())
        .filter_map(|key| key.get("id").and_then(Value::as_str).map(str::to_owned))
        .collect()
}

fn key_set(hosted: &Hosted, log: &OwnLog) -> Result<Value, Fault> {
    let Identity::Did(keys) = &hosted.identity else {
        return Err(Fault::Internal("a key-set without keys".to_owned()));
    };
    let mut all = Vec::with_capacity(keys.len() + 1);
    for key in keys {
        let jwk = key.public.jwk();
        let mut jwk = jwk.ok_or_else(|| Fault::Internal(format!("key `{}` has no JWK", key.key_id)))?;
        // The curve says it, and a record says each thing once.
        jwk.as_object_mut().map(|members| members.remove("alg"));
        let mut one = json!({
            "id": key.key_id,
            "use": "record",
            "publicKeyJwk": jwk,
            "validFrom": key.created_at.rfc3339(),
        });
        if let (Some(at), Some(members)) = (superseded_at(keys, key), one.as_object_mut()) {
            let revoked = json!({ "at": at.rfc3339(), "reason": "superseded" });
            members.insert("revoked".to_owned(), revoked);
        }
        all.push(one);
    }
    all.push(json!({
        "id": log.origin.as_str(),
        "use": "log",
        "vkey": log.vkey,
        "validFrom": log.created_at.rfc3339(),
    }));
    Ok(json!({ "keys": all }))
}

/// When a key that signs no more was replaced.
fn superseded_at(keys: &[HostedKey], key: &HostedKey) -> Option<Instant> {
    if key.signer.is_some() {
        return None;
    }
    crate::hosted::replaced_at(keys, key)
}
