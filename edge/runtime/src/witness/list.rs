//! The logs that the witness cosigns: the operator's list. And the forks that it was shown.

use super::without_scheme;
use crate::desk::invalid;
use crate::{Fault, Runtime};
use chapar_register::LogState;
use chapar_store::{ForkRow, WitnessedRow};
use chapar_terms::{Digest, Instant};
use chapar_tlog::{Origin, SignatureType, VerifierKey};
use serde_json::{Value, json};

/// Most keys of one log: one in use and one to come are enough.
pub(super) const KEYS: usize = 16;

impl Runtime {
    /// Puts a log on the list, or gives it other keys. What was cosigned of it before counts. Where the node mirrors the log, the keys follow
    /// what the log says of them.
    ///
    /// # Errors
    /// [`Fault::Invalid`]: no origin, a key that is none of this log, or a log of this house, which is for others to witness.
    pub async fn put_witnessed_log(&self, origin: &str, vkeys: &[String]) -> Result<Value, Fault> {
        let origin = Origin::parse(origin)?;
        if is_below(origin.as_str(), without_scheme(self.public_url())) {
            return Err(invalid(
                "own-log",
                "a witness of one's own proves nothing: logs of this node are for others to cosign",
            ));
        }
        if vkeys.is_empty() || vkeys.len() > KEYS {
            return Err(invalid("wrong-key", format!("a log has 1 to {KEYS} keys")));
        }
        let mut lines = String::new();
        for vkey in vkeys {
            let key = VerifierKey::parse(vkey)?;
            if key.name().as_str() != origin.as_str() || key.kind() != SignatureType::ED25519 {
                return Err(invalid(
                    "wrong-key",
                    format!("`{}` is no Ed25519 key named `{origin}`", key.render()),
                ));
            }
            lines.push_str(&key.render());
            lines.push('\n');
        }
        let store = &self.inner.store;
        store
            .put_witnessed(
                origin.as_str(),
                &Digest::of(origin.as_str().as_bytes()).hex(),
                &lines,
                self.now().unix_ms(),
            )
            .await?;
        tracing::info!(log = %origin, "the witness cosigns this log");
        if let Some(mirror) = store.mirror(origin.as_str()).await? {
            let state = LogState::decode(&mirror.state)?;
            self.witness_follows(origin.as_str(), state.keys(), state.frontier().size())
                .await?;
        }
        let row = store.witnessed(origin.as_str()).await?.ok_or(Fault::NotFound)?;
        log_view(&row)
    }

    /// The list, by origin.
    ///
    /// # Errors
    /// Ours.
    pub async fn witnessed_logs(&self) -> Result<Value, Fault> {
        let rows = self.inner.store.list_witnessed().await?;
        let items: Vec<Value> = rows.iter().map(log_view).collect::<Result<_, _>>()?;
        Ok(json!({ "items": items }))
    }

    /// Takes a log off the list.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn remove_witnessed_log(&self, origin: &str) -> Result<(), Fault> {
        let removed = self.inner.store.remove_witnessed(origin, self.now().unix_ms()).await?;
        if !removed {
            return Err(Fault::NotFound);
        }
        tracing::info!(log = origin, "the witness cosigns this log no more");
        Ok(())
    }

    /// The forks that were shown to the witness, newest first, each with both notes.
    ///
    /// # Errors
    /// Ours.
    pub async fn forks(&self) -> Result<Value, Fault> {
        let rows = self.inner.store.list_forks().await?;
        let items: Vec<Value> = rows.iter().map(fork_view).collect();
        Ok(json!({ "items": items }))
    }
}

/// Whether an origin is that of a log at this address.
fn is_below(origin: &str, host: &str) -> bool {
    origin.strip_prefix(host).is_some_and(|rest| rest.starts_with('/'))
}

/// The keys of a log on the list.
pub(crate) fn keys_of(row: &WitnessedRow) -> Result<Vec<VerifierKey>, Fault> {
    let keys = row.vkeys.lines().map(VerifierKey::parse);
    Ok(keys.collect::<Result<_, _>>()?)
}

fn log_view(row: &WitnessedRow) -> Result<Value, Fault> {
    let mut view = json!({
        "origin": row.origin,
        "originHash": row.origin_hash,
        "vkeys": row.vkeys.lines().collect::<Vec<_>>(),
        "addedAt": Instant::from_unix_ms(row.added_at).rfc3339(),
    });
    if let (Some(members), Some(cosigned)) = (view.as_object_mut(), &row.cosigned) {
        members.insert("size".to_owned(), cosigned.size.into());
        members.insert("root".to_owned(), Digest::from_hex(&cosigned.root)?.base64().into());
        members.insert(
            "cosignedAt".to_owned(),
            Instant::from_unix_ms(cosigned.at).rfc3339().into(),
        );
        members.extend(
            cosigned
                .reason
                .iter()
                .map(|reason| ("reason".to_owned(), json!(reason))),
        );
    }
    Ok(view)
}

fn fork_view(row: &ForkRow) -> Value {
    let mut view = json!({
        "origin": row.origin,
        "size": row.size,
        "seenAt": Instant::from_unix_ms(row.seen_at).rfc3339(),
        "known": String::from_utf8_lossy(&row.known),
        "shown": String::from_utf8_lossy(&row.shown),
    });
    let prefix = row
        .prefix
        .as_deref()
        .and_then(|prefix| serde_json::from_str(prefix).ok());
    if let (Some(members), Some(prefix)) = (view.as_object_mut(), prefix) {
        members.insert("prefix".to_owned(), prefix);
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_our_address_is_ours() {
        assert!(is_below("a.example/uz/log", "a.example"));
        assert!(!is_below("a.example.org/uz/log", "a.example"));
        assert!(!is_below("a.example:8443/uz/log", "a.example"));
        assert!(!is_below("b.example/uz/log", "a.example"));
    }
}
