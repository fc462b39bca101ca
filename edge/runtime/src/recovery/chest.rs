//! The key chest: what a participant needs to be itself again after its node's disk is gone, sealed in a file that is kept elsewhere.
//!
//! In it are its signing keys, the keys of its register, and whom that waits for: a register that waited can go on after a fire. The key of
//! its evidence is not, for nobody could give that log back. Sealed as the store seals its columns, under a key of the chest's own.

use super::Order;
use crate::desk::invalid;
use crate::hosted::Hosted;
use crate::logs::REGISTER;
use crate::{Fault, Runtime};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_store::{
    KeyState, LogKeyRow, LogPolicyRow, LogRow, LogState, NodeKey, ParticipantRow, Put, Sealer, SigningKeyRow,
};
use chapar_terms::{Digest, Slug};
use chapar_trust::did;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// What a chest says of itself.
const FORMAT: &str = "chapar key chest";
const VERSION: u8 = 1;

/// A chest and its key, which is shown once.
pub struct Chest {
    /// The file.
    pub chest: Value,
    /// Its key, 64 hexadecimal digits.
    pub key: String,
}

/// The key of a chest. Its digits are never shown again.
#[derive(Clone)]
pub struct ChestKey(String);

impl ChestKey {
    /// What somebody says is a chest's key.
    pub const fn new(digits: String) -> Self {
        Self(digits)
    }
}

impl fmt::Debug for ChestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChestKey(..)")
    }
}

/// What is in a chest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    participant: String,
    slug: String,
    signing_keys: Vec<Key>,
    origin: String,
    vkey: String,
    created_at: i64,
    log_keys: Vec<Key>,
    /// Whom the register asks for cosignatures, and whether it waits for them.
    policy: Option<(String, bool)>,
    /// Nodes that are told when it grows, and that may mirror it.
    from: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    id: String,
    algorithm: String,
    public: String,
    private: String,
    is_active: bool,
    created_at: i64,
    /// Since when others are known to have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compromised_at: Option<i64>,
}

impl Runtime {
    /// Packs the keys of a participant.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for a development identity, which has no keys.
    pub async fn pack_chest(&self, slug: &str) -> Result<Chest, Fault> {
        let hosted = self.hosted(slug).ok_or(Fault::NotFound)?;
        let contents = serde_json::to_vec(&self.contents(&hosted).await?);
        let contents = contents.map_err(|why| Fault::Internal(format!("a chest cannot be written: {why}")))?;
        let key = match chapar_terms::sabotaged("chest-under-a-known-key") {
            true => NodeKey::from_bytes([0; 32]),
            false => NodeKey::fresh()?,
        };
        let sealed = Sealer::new(&key)?.seal_chest(slug, &contents)?;
        Ok(Chest {
            chest: json!({
                "format": FORMAT,
                "version": VERSION,
                "participant": hosted.me.id.as_str(),
                "slug": slug,
                "madeAt": self.now().rfc3339(),
                "sealed": STANDARD.encode(sealed),
            }),
            key: Digest::from_bytes(*key.as_bytes()).hex(),
        })
    }

    async fn contents(&self, hosted: &Hosted) -> Result<Contents, Fault> {
        let (log, store) = (self.register_of(hosted)?, &self.inner.store);
        let (slug, origin) = (hosted.slug.as_str(), log.origin.as_str());
        let signing = store.signing_keys(slug).await?;
        let log_keys = store.log_keys(origin).await?;
        let policy = store.log_policy(origin).await?;
        Ok(Contents {
            participant: hosted.me.id.as_str().to_owned(),
            slug: slug.to_owned(),
            signing_keys: signing.iter().map(Key::of_signing).collect(),
            origin: origin.to_owned(),
            vkey: log.vkey.clone(),
            // A log is made with its first key.
            created_at: log_keys.iter().map(|key| key.created_at).min().unwrap_or_default(),
            log_keys: log_keys
                .iter()
                .filter(|_| !chapar_terms::sabotaged("chest-forgets-log-keys"))
                .map(Key::of_log)
                .collect(),
            policy: policy.map(|row| (row.policy, row.waits)),
            from: self.inner.config.mirrors.hint.clone(),
        })
    }

    /// Takes in a participant with what was kept of it. Its register is held: what was published of it is not here.
    pub(crate) async fn add_kept_participant(&self, row: ParticipantRow, kept: Contents) -> Result<Put, Fault> {
        let now = self.now().unix_ms();
        let order = Order {
            from: kept.from.clone(),
            ..Order::new(Order::BURNT)
        };
        let log = LogRow {
            origin: kept.origin.clone(),
            participant: Some(kept.slug.clone()),
            kind: REGISTER.to_owned(),
            owner: kept.participant.clone(),
            vkey: kept.vkey.clone(),
            state: LogState::Held,
            config: order.render(),
            size: 0,
            folded: 0,
            checkpoint: None,
            published_at: None,
            created_at: kept.created_at,
        };
        let policy = kept.policy.clone().map(|(policy, waits)| LogPolicyRow {
            origin: kept.origin.clone(),
            policy,
            waits,
            updated_at: now,
        });
        let (signing, keys) = (kept.signing_rows()?, kept.log_rows()?);
        let store = &self.inner.store;
        Ok(store.add_returned_participant(row, signing, log, keys, policy).await?)
    }

    /// Opens a chest.
    ///
    /// # Errors
    /// [`Fault::Invalid`]: it is none, the key is another one's, or it is of another participant than `slug` at this node.
    pub(crate) fn open_chest(&self, slug: &Slug, chest: &Value, key: &ChestKey) -> Result<Contents, Fault> {
        let wrong = |why: &str| invalid("wrong-chest", why);
        let text = |name: &str| chest.get(name).and_then(Value::as_str);
        let is_known = text("format") == Some(FORMAT) && chest.get("version") == Some(&json!(VERSION));
        let sealed = text("sealed").and_then(|sealed| STANDARD.decode(sealed).ok());
        let sealed = sealed
            .filter(|_| is_known)
            .ok_or_else(|| wrong("this is no key chest"))?;
        let key = Digest::from_hex(&key.0).map_err(|_| wrong("the key of a chest is 64 hexadecimal digits"))?;
        let sealer = Sealer::new(&NodeKey::from_bytes(*key.as_bytes()))?;
        let opened = sealer.open_chest(slug.as_str(), &sealed);
        let opened = opened.map_err(|_| wrong("this key does not open this chest, or it is of another participant"))?;
        let contents: Contents =
            serde_json::from_slice(&opened).map_err(|_| wrong("what is in this chest cannot be read"))?;
        let id = did::web_did(&self.inner.config.public_url, slug)?;
        if contents.participant != id.as_str() && !chapar_terms::sabotaged("chest-at-any-address") {
            let kept = &contents.participant;
            return Err(invalid(
                "wrong-chest",
                format!("the chest is of `{kept}`, and `{slug}` is `{id}` here: set `public_url` to what it was"),
            ));
        }
        Ok(contents)
    }
}

impl Contents {
    /// The keys that sign in the participant's name.
    fn signing_rows(&self) -> Result<Vec<SigningKeyRow>, Fault> {
        let row = |key: &Key| {
            Ok(SigningKeyRow {
                participant: self.slug.clone(),
                kid: key.id.clone(),
                algorithm: key.algorithm.clone(),
                public: decoded(&key.public)?,
                private: decoded(&key.private)?,
                state: key.state(),
                created_at: key.created_at,
                compromised_at: key.compromised_at,
            })
        };
        self.signing_keys.iter().map(row).collect()
    }

    /// The keys that sign the register's checkpoints.
    fn log_rows(&self) -> Result<Vec<LogKeyRow>, Fault> {
        let row = |key: &Key| {
            Ok(LogKeyRow {
                vkey: key.id.clone(),
                algorithm: key.algorithm.clone(),
                public: decoded(&key.public)?,
                private: decoded(&key.private)?,
                state: key.state(),
                created_at: key.created_at,
                compromised_at: key.compromised_at,
            })
        };
        self.log_keys.iter().map(row).collect()
    }
}

impl Key {
    fn of_signing(row: &SigningKeyRow) -> Self {
        Self {
            id: row.kid.clone(),
            algorithm: row.algorithm.clone(),
            public: STANDARD.encode(&row.public),
            private: STANDARD.encode(&row.private),
            is_active: row.state == KeyState::Active,
            created_at: row.created_at,
            compromised_at: row.compromised_at,
        }
    }

    fn of_log(row: &LogKeyRow) -> Self {
        Self {
            id: row.vkey.clone(),
            algorithm: row.algorithm.clone(),
            public: STANDARD.encode(&row.public),
            private: STANDARD.encode(&row.private),
            is_active: row.state == KeyState::Active,
            created_at: row.created_at,
            compromised_at: row.compromised_at,
        }
    }

    const fn state(&self) -> KeyState {
        match self.is_active {
            true => KeyState::Active,
            false => KeyState::Retired,
        }
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    STANDARD
        .decode(text)
        .map_err(|_| invalid("wrong-chest", "what is in this chest cannot be read"))
}
