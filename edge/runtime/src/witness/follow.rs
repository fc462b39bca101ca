//! The keys of a log on the witness's list, where the node mirrors that log as well: they follow what the log itself says of its keys.
//!
//! The operator said by which key the log is known, and the chain of its key-sets leads on from there. A key that the log has given up
//! counts no more here: whoever has it could otherwise have a second history cosigned. Refuses to know how a log is verified (`mirrors`).

use super::list::{KEYS, keys_of};
use crate::{Fault, Runtime};
use chapar_register::{KeyUse, Keys};
use chapar_tlog::VerifierKey;

impl Runtime {
    /// Gives a log on the list the keys that sign its tree of `size` entries, as they were verified.
    ///
    /// # Errors
    /// The store does not answer; try again.
    pub(crate) async fn witness_follows(&self, origin: &str, keys: &Keys, size: u64) -> Result<(), Fault> {
        let store = &self.inner.store;
        let row = store.witnessed(origin).await?;
        let Some(row) = row.filter(|row| row.removed_at.is_none()) else {
            return Ok(());
        };
        let listed = keys_of(&row)?;
        let next = followed(&listed, keys, size);
        if next == listed || chapar_terms::sabotaged("cosign-by-a-lost-key") {
            return Ok(());
        }
        let lines: String = next.iter().map(|key| format!("{}\n", key.render())).collect();
        // Who changed the list meanwhile knows better.
        if store.replace_witnessed_keys(origin, &row.vkeys, lines).await? {
            tracing::info!(
                log = origin,
                keys = next.len(),
                "the witness goes by the keys that this log has now"
            );
        }
        Ok(())
    }
}

/// The keys that sign now, and what the list says of keys of which the log has not told yet.
fn followed(listed: &[VerifierKey], keys: &Keys, size: u64) -> Vec<VerifierKey> {
    let told: Vec<&VerifierKey> = keys
        .listed()
        .filter_map(|listed| match &listed.key {
            KeyUse::Log(key) => Some(key),
            KeyUse::Record(_) => None,
        })
        .collect();
    if !listed.iter().any(|key| told.contains(&key)) {
        // Not the log that the operator means, or not as it is known to him.
        return listed.to_vec();
    }
    let untold = listed.iter().filter(|key| !told.contains(key)).cloned();
    keys.log_keys(size).into_iter().chain(untold).take(KEYS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_register::{ListedKey, RevocationReason};
    use chapar_terms::{Algorithm, Instant, PublicKey};
    use chapar_tlog::{KeyName, SignatureType};

    const ORIGIN: &str = "uz.example/plant/log";

    fn key(byte: u8) -> VerifierKey {
        let public = PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: vec![byte; 32],
        };
        VerifierKey::new(KeyName::parse(ORIGIN).unwrap(), SignatureType::ED25519, &public).unwrap()
    }

    fn listed(byte: u8, revoked: Option<RevocationReason>) -> ListedKey {
        ListedKey {
            id: format!("{ORIGIN}+{byte}"),
            key: KeyUse::Log(key(byte)),
            valid_from: Instant::from_unix_ms(0),
            revoked: revoked.map(|reason| (Instant::from_unix_ms(9), reason)),
        }
    }

    #[test]
    fn the_list_goes_from_key_to_key_with_the_log() {
        let keys = Keys::none().after(0, vec![listed(1, None)], ORIGIN).unwrap();
        assert_eq!(followed(&[key(1)], &keys, 1), [key(1)]);
        for reason in [RevocationReason::Superseded, RevocationReason::Compromised] {
            let next = vec![listed(1, Some(reason)), listed(2, None)];
            let keys = keys.after(4, next, ORIGIN).unwrap();
            assert_eq!(followed(&[key(1)], &keys, 5), [key(2)]);
            assert_eq!(followed(&[key(2)], &keys, 5), [key(2)]);
            assert_eq!(
                followed(&[key(1), key(3)], &keys, 5),
                [key(2), key(3)],
                "of a key to come the log has not told yet"
            );
            assert_eq!(followed(&[key(3)], &keys, 5), [key(3)], "nothing leads from there");
        }
        assert_eq!(followed(&[key(1)], &Keys::none(), 0), [key(1)]);
    }
}
