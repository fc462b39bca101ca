//! The keys of a log and its records, as the fold of its `key-set` records: which key may sign at which place of the log.
//!
//! The order of the log decides, no clock: a key signs from the key-set that brings it to the one that revokes it. Whoever holds a
//! stolen key for records can so not go back before the revocation. Refuses to check signatures (`intake`).

use chapar_terms::{Fields, Instant, Invalid, PublicKey};
use chapar_tlog::{SignatureType, VerifierKey};
use serde_json::{Map, Value, json};
use std::fmt;

/// The kind of the records that this folds.
pub(crate) const KEY_SET: &str = "key-set";
const WHAT: &str = "key-set";

/// What a key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// Records.
    Record(PublicKey),
    /// Checkpoints of the log.
    Log(VerifierKey),
}

/// Why a key was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationReason {
    /// Another took its place in good order.
    Superseded,
    /// It fell into other hands.
    Compromised,
}

impl RevocationReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Compromised => "compromised",
        }
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One key as a key-set lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// Its name in proofs.
    pub id: String,
    /// What it signs, and the key.
    pub key: KeyUse,
    /// When it began to be used, by the clock of the issuer.
    pub valid_from: Instant,
    /// When and why it was given up.
    pub revoked: Option<(Instant, RevocationReason)>,
}

/// Writes the body of a `key-set` record; `None` for a key whose bytes are not in the form of its type.
pub fn key_set_body(keys: &[ListedKey]) -> Option<Value> {
    let keys: Option<Value> = keys.iter().map(render).collect();
    Some(json!({"keys": keys?}))
}

fn render(listed: &ListedKey) -> Option<Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("id", listed.id.as_str().into());
    put("validFrom", listed.valid_from.rfc3339().into());
    match &listed.key {
        KeyUse::Record(key) => {
            let mut jwk = key.jwk()?;
            // The key's type and curve say it already, and the kind has no member for it.
            jwk.as_object_mut()?.remove("alg");
            put("use", "record".into());
            put("publicKeyJwk", jwk);
        }
        KeyUse::Log(key) => {
            put("use", "log".into());
            put("vkey", key.render().into());
        }
    }
    if let Some((at, reason)) = listed.revoked {
        put("revoked", json!({"at": at.rfc3339(), "reason": reason.as_str()}));
    }
    Some(Value::Object(members))
}

/// Reads the body of a `key-set` record.
///
/// # Errors
/// A key is malformed or of a type that we do not know, or an id stands twice; the key-set changes nothing.
pub fn parse_key_set(body: &Value) -> Result<Vec<ListedKey>, Invalid> {
    let keys = body.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or_else(|| Invalid::new(WHAT, "lacks `keys`"))?;
    let mut listed: Vec<ListedKey> = Vec::with_capacity(keys.len());
    for key in keys {
        let key = parse(key)?;
        if listed
            .iter()
            .any(|other| other.id == key.id && other.is_for_record() == key.is_for_record())
        {
            return Err(Invalid::new(WHAT, format!("names `{}` twice", key.id)));
        }
        listed.push(key);
    }
    Ok(listed)
}

fn parse(key: &Value) -> Result<ListedKey, Invalid> {
    let mut fields = Fields::of(WHAT, key.clone())?;
    let usage = fields.text("use")?;
    let key = match usage.as_str() {
        "record" => KeyUse::Record(parse_record_key(&mut fields)?),
        "log" => KeyUse::Log(parse_log_key(&mut fields)?),
        other => return Err(fields.invalid(format!("use `{other}` is unknown"))),
    };
    let listed = ListedKey {
        id: fields.text("id")?,
        key,
        valid_from: Instant::parse_rfc3339(&fields.text("validFrom")?)?,
        revoked: fields.optional("revoked").map(parse_revocation).transpose()?,
    };
    fields.end()?;
    Ok(listed)
}

fn parse_record_key(fields: &mut Fields) -> Result<PublicKey, Invalid> {
    match fields.value("publicKeyJwk")? {
        Value::Object(jwk) => PublicKey::from_jwk(&jwk),
        _ => Err(fields.invalid("`publicKeyJwk` is not an object")),
    }
}

fn parse_log_key(fields: &mut Fields) -> Result<VerifierKey, Invalid> {
    let key = VerifierKey::parse(&fields.text("vkey")?)?;
    match key.kind() == SignatureType::ED25519 {
        true => Ok(key),
        false => Err(fields.invalid("`vkey` is not an Ed25519 key for notes")),
    }
}

fn parse_revocation(value: Value) -> Result<(Instant, RevocationReason), Invalid> {
    let mut fields = Fields::of("revocation", value)?;
    let at = Instant::parse_rfc3339(&fields.text("at")?)?;
    let reason = match fields.text("reason")?.as_str() {
        "superseded" => RevocationReason::Superseded,
        "compromised" => RevocationReason::Compromised,
        other => return Err(fields.invalid(format!("reason `{other}` is unknown"))),
    };
    fields.end()?;
    Ok((at, reason))
}

impl ListedKey {
    const fn is_for_record(&self) -> bool {
        matches!(self.key, KeyUse::Record(_))
    }
}

/// Why a key may not sign at a place of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// No key-set before that place lists it.
    Unknown,
    /// A key-set before that place revokes it.
    Revoked(RevocationReason),
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no key-set before it lists the key"),
            Self::Revoked(reason) => write!(f, "a key-set before it revokes the key ({reason})"),
        }
    }
}

impl std::error::Error for KeyFault {}

/// A key with the places of the log between which it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Placed {
    listed: ListedKey,
    /// The index of the key-set that brought it.
    since: u64,
    /// The index of the key-set that revokes it.
    until: Option<u64>,
}

impl Placed {
    /// Whether it may sign what stands at `index`. The key-set that revokes it may still be signed by it, and the first key-set by a
    /// key that it brings itself.
    fn fault_at(&self, index: u64) -> Option<KeyFault> {
        let early = index < self.since || (index == self.since && index > 0);
        let revoked = self.until.is_some_and(|until| index > until);
        match self.listed.revoked {
            _ if early => Some(KeyFault::Unknown),
            Some((_, reason)) if revoked => Some(KeyFault::Revoked(reason)),
            _ => None,
        }
    }
}

/// All keys of a log, up to some place of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    placed: Vec<Placed>,
}

impl Keys {
    /// No key: the state before the first key-set.
    pub const fn none() -> Self {
        Self { placed: Vec::new() }
    }

    /// Whether no key-set was taken yet.
    pub const fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// The first key of the log, after which the log is named.
    pub fn first_log_key(&self) -> Option<&VerifierKey> {
        self.placed.iter().find_map(|placed| match &placed.listed.key {
            KeyUse::Log(key) => Some(key),
            KeyUse::Record(_) => None,
        })
    }

    /// The key called `id`, for a record at `index`.
    ///
    /// # Errors
    /// The key may not sign there; nobody said what it signed.
    pub fn record_key(&self, id: &str, index: u64) -> Result<&PublicKey, KeyFault> {
        let named = self.placed.iter().find_map(|placed| match &placed.listed.key {
            KeyUse::Record(key) if placed.listed.id == id => Some((placed, key)),
            _ => None,
        });
        let (placed, key) = named.ok_or(KeyFault::Unknown)?;
        match placed.fault_at(index) {
            Some(KeyFault::Revoked(_)) if chapar_terms::sabotaged("believe-a-lost-signing-key") => Ok(key),
            fault => fault.map_or(Ok(key), Err),
        }
    }

    /// The keys that may sign a checkpoint of a tree of `size` leaves.
    pub fn log_keys(&self, size: u64) -> Vec<VerifierKey> {
        // The keys of the first key-set sign the empty tree too.
        let good = self
            .placed
            .iter()
            .filter(|placed| placed.fault_at(size.max(1)).is_none());
        good.filter_map(|placed| match &placed.listed.key {
            KeyUse::Log(key) => Some(key.clone()),
            KeyUse::Record(_) => None,
        })
        .collect()
    }

    /// Whether a key of the log stands for a tree of `size` leaves: it signs it, or was replaced in good order by one that does. Who
    /// pinned it may go on by it; one that was compromised stands for nothing.
    pub fn stands(&self, key: &VerifierKey, size: u64) -> bool {
        let placed = self
            .placed
            .iter()
            .find(|placed| placed.listed.key == KeyUse::Log(key.clone()));
        placed.is_some_and(|placed| {
            matches!(
                placed.fault_at(size.max(1)),
                None | Some(KeyFault::Revoked(RevocationReason::Superseded))
            )
        })
    }

    /// The keys as the last key-set lists them.
    pub fn listed(&self) -> impl Iterator<Item = &ListedKey> {
        self.placed.iter().map(|placed| &placed.listed)
    }

    /// The keys after a key-set at `index`. That it was signed by a key that may sign there is checked by the caller.
    ///
    /// # Errors
    /// It forgets or changes a key, takes a revocation back, or brings a revoked key or one of another log; it changes nothing.
    pub fn after(&self, index: u64, listed: Vec<ListedKey>, origin: &str) -> Result<Self, Invalid> {
        for old in self.listed() {
            let new = listed.iter().find(|new| new.id == old.id && new.key == old.key);
            let new = new.ok_or_else(|| Invalid::new(WHAT, format!("forgets or changes the key `{}`", old.id)))?;
            if new.valid_from != old.valid_from || !goes_on(old.revoked, new.revoked) {
                return Err(Invalid::new(
                    WHAT,
                    format!("changes what was said of the key `{}`", old.id),
                ));
            }
        }
        let placed = listed.into_iter().map(|key| self.place(index, key, origin));
        Ok(Self {
            placed: placed.collect::<Result<_, _>>()?,
        })
    }

    fn place(&self, index: u64, listed: ListedKey, origin: &str) -> Result<Placed, Invalid> {
        if let KeyUse::Log(key) = &listed.key
            && key.name().as_str() != origin
        {
            return Err(Invalid::new(
                WHAT,
                format!("has a key of another log, `{}`", key.name()),
            ));
        }
        let old = self
            .placed
            .iter()
            .find(|old| old.listed.id == listed.id && old.listed.key == listed.key);
        if old.is_none() && listed.revoked.is_some() {
            return Err(Invalid::new(WHAT, format!("brings the revoked key `{}`", listed.id)));
        }
        let until = old.and_then(|old| old.until).or_else(|| listed.revoked.map(|_| index));
        Ok(Placed {
            since: old.map_or(index, |old| old.since),
            until,
            listed,
        })
    }

    /// The keys as JSON, to be stored.
    pub fn encode(&self) -> Option<Value> {
        let keys = self.placed.iter().map(|placed| {
            let mut key = render(&placed.listed)?;
            let members = key.as_object_mut()?;
            members.insert("since".to_owned(), placed.since.into());
            if let Some(until) = placed.until {
                members.insert("until".to_owned(), until.into());
            }
            Some(key)
        });
        keys.collect()
    }

    /// Reads what [`Keys::encode`] wrote.
    ///
    /// # Errors
    /// It is something else; what was stored is damaged.
    pub fn decode(value: &Value) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(WHAT, "was stored otherwise");
        let mut placed = Vec::new();
        for key in value.as_array().ok_or_else(wrong)? {
            let mut key = key.clone();
            let members = key.as_object_mut().ok_or_else(wrong)?;
            let since = members.remove("since").and_then(|since| since.as_u64());
            let until = members.remove("until").and_then(|until| until.as_u64());
            placed.push(Placed {
                listed: parse(&key)?,
                since: since.ok_or_else(wrong)?,
                until,
            });
        }
        Ok(Self { placed })
    }
}

/// Whether a key-set may say this of a key after the one before it said that: a revocation is never taken back, and of a key that was
/// replaced in good order it may turn out later that others have it.
fn goes_on(old: Option<(Instant, RevocationReason)>, new: Option<(Instant, RevocationReason)>) -> bool {
    match (old, new) {
        (None, _) => true,
        (Some((_, RevocationReason::Superseded)), Some((_, RevocationReason::Compromised))) => true,
        (old, new) => old == new,
    }
}

/// The key that signs the first key-set must stand in it: nothing before it can vouch for it.
pub(crate) fn key_of_first<'a>(listed: &'a [ListedKey], id: &str) -> Option<&'a PublicKey> {
    listed.iter().find_map(|key| match &key.key {
        KeyUse::Record(public) if key.id == id && key.revoked.is_none() => Some(public),
        _ => None,
    })
}
