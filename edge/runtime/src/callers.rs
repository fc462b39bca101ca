//! Keys to our own API: who holds one, for whom and with which rights.
//!
//! A key's text is `<id>.<secret>`: the id finds the row, the secret is 32 random bytes in hexadecimal. Only the SHA-256 of
//! the whole text is kept; with 256 random bits in it nothing slower is needed. What each role may do at which route is said
//! by the door (`api`); what the holder's acts do is in [`crate::desk`].

use crate::desk::{through, written};
use crate::keys::{fresh_uuid, same};
use crate::{Fault, Hosted, NewParticipant, Runtime};
use chapar_exchange::Actor;
use chapar_store::{ApiKeyRow, Deleted};
use chapar_terms::{Digest, Slug};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;

/// Longest key text looked at, in bytes; ours are 101.
const KEY_BYTES: usize = 256;
/// Longest label, in bytes.
const LABEL_BYTES: usize = 200;

/// What the holder of a key may do. For a participant each role includes those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRole {
    /// Participants of the node; may act for each of them as its admin when it names it.
    Operator,
    /// Everything of one participant: keys, peers and identity too.
    Admin,
    /// Documents, policies, offers, decisions.
    Editor,
    /// Reads.
    Viewer,
}

impl KeyRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Admin, Self::Editor, Self::Viewer];

    /// The role's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// Who may do what this role is needed for, in one sentence.
    pub const fn who_may(self) -> &'static str {
        match self {
            Self::Operator => "**Who may:** the operator.",
            Self::Admin => "**Who may:** admin; the operator for the participant that it names.",
            Self::Editor => "**Who may:** editor, admin; the operator for the participant that it names.",
            Self::Viewer => "**Who may:** viewer, editor, admin; the operator for the participant that it names.",
        }
    }

    /// Reads a role's word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Whoever showed a good key.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose key it is; none for the operator's.
    pub participant: Option<Slug>,
    /// How its acts are signed in the evidence.
    pub actor: Actor,
    /// Its rights.
    pub role: KeyRole,
}

impl Caller {
    /// The id of the key shown.
    pub fn key_id(&self) -> Option<&str> {
        match &self.actor {
            Actor::Key { id, .. } => Some(id),
            Actor::Node => None,
        }
    }
}

/// A key just made; its text is shown this once.
#[derive(Clone)]
pub struct NewKey {
    /// The public half.
    pub id: String,
    /// The whole text.
    pub text: String,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewKey({})", self.id)
    }
}

impl Runtime {
    /// Whoever holds the key with this text; none when there is no such key or it was revoked.
    ///
    /// # Errors
    /// The store does not answer: let nobody in.
    pub async fn caller(&self, key_text: &str) -> Result<Option<Caller>, Fault> {
        let Some((id, _)) = key_text.split_once('.').filter(|_| key_text.len() <= KEY_BYTES) else {
            return Ok(None);
        };
        let shown = Digest::of(key_text.as_bytes());
        let Some(row) = self.inner.store.api_key(id).await? else {
            return Ok(None);
        };
        let right = same(shown.as_bytes(), &row.hash) || chapar_terms::sabotaged("api-key-any-secret");
        if !right || (row.revoked_at.is_some() && !chapar_terms::sabotaged("revoked-key-works")) {
            return Ok(None);
        }
        caller_of(row).map(Some)
    }

    /// Whether the key `id` is still good: what a stream asks that outlives the request it began with.
    ///
    /// # Errors
    /// The store does not answer: end the stream.
    pub async fn key_stands(&self, id: &str) -> Result<bool, Fault> {
        Ok(self
            .inner
            .store
            .api_key(id)
            .await?
            .is_some_and(|row| row.revoked_at.is_none()))
    }

    /// Makes a key, for a participant or, with none, for the operator.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when role and holder do not fit or the label is too long; [`Fault::NotFound`] for an unknown
    /// participant.
    pub async fn add_api_key(&self, participant: Option<&str>, role: KeyRole, label: &str) -> Result<NewKey, Fault> {
        if (role == KeyRole::Operator) != participant.is_none() {
            let reason = "a participant's key is `admin`, `editor` or `viewer`, the node's own is `operator`";
            return Err(Fault::Invalid {
                code: "wrong-role".to_owned(),
                reason: reason.to_owned(),
            });
        }
        if label.len() > LABEL_BYTES || label.chars().any(char::is_control) {
            let reason = format!("a label has at most {LABEL_BYTES} bytes and no control characters");
            return Err(Fault::Invalid {
                code: "wrong-label".to_owned(),
                reason,
            });
        }
        if participant.is_some_and(|slug| self.inner.house.find(slug).is_none()) {
            return Err(Fault::NotFound);
        }
        let (row, key) = self.fresh_api_key(participant, role, label)?;
        written(self.inner.store.add_api_key(row).await?)?;
        Ok(key)
    }

    /// Takes a new participant into the house and makes its first admin key.
    ///
    /// # Errors
    /// As for [`Runtime::add_participant`]. When only the key failed, the operator makes another one.
    pub async fn admit(&self, new: NewParticipant) -> Result<(Arc<Hosted>, NewKey), Fault> {
        let runtime = self.clone();
        through(async move {
            let hosted = runtime.add_participant(new).await?;
            let slug = hosted.slug.as_str();
            let key = runtime.add_api_key(Some(slug), KeyRole::Admin, "first key").await?;
            Ok((hosted, key))
        })
        .await
    }

    /// A key and its row, not yet stored.
    fn fresh_api_key(
        &self,
        participant: Option<&str>,
        role: KeyRole,
        label: &str,
    ) -> Result<(ApiKeyRow, NewKey), Fault> {
        let id = fresh_uuid();
        let text = format!("{id}.{}", Digest::from_bytes(self.inner.keys.random()?).hex());
        let row = ApiKeyRow {
            id: id.clone(),
            participant: participant.map(str::to_owned),
            role: role.as_str().to_owned(),
            hash: Digest::of(text.as_bytes()).as_bytes().to_vec(),
            label: label.to_owned(),
            created_at: self.now().unix_ms(),
            revoked_at: None,
        };
        Ok((row, NewKey { id, text }))
    }

    /// The keys of a participant, or the operator's own with none; never their secrets.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_api_keys(&self, participant: Option<&str>) -> Result<Value, Fault> {
        let rows = self.inner.store.list_api_keys(participant).await?;
        Ok(json!({ "items": rows.iter().map(key_view).collect::<Vec<_>>() }))
    }

    /// Revokes a key of a participant, or one of the operator's own with none. Streams that it opened end.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when the holder has no such key.
    pub async fn revoke_api_key(&self, participant: Option<&str>, id: &str) -> Result<(), Fault> {
        match self
            .inner
            .store
            .revoke_api_key(participant, id, self.now().unix_ms())
            .await?
        {
            Deleted::Committed(_) => Ok(()),
            Deleted::Absent => Err(Fault::NotFound),
            Deleted::InUse(why) => Err(Fault::Conflict(why)),
        }
    }

    /// Makes the operator's key when there is no good one; returns its text, to be kept by the operator.
    ///
    /// # Errors
    /// The store does not answer: do not start.
    pub async fn ensure_operator_key(&self) -> Result<Option<String>, Fault> {
        let known = self.inner.store.list_api_keys(None).await?;
        if known.iter().any(|row| row.revoked_at.is_none()) {
            return Ok(None);
        }
        Ok(Some(
            self.add_api_key(None, KeyRole::Operator, "first start").await?.text,
        ))
    }
}

fn caller_of(row: ApiKeyRow) -> Result<Caller, Fault> {
    let role = KeyRole::parse(&row.role).ok_or_else(|| Fault::Internal(format!("unknown role of key `{}`", row.id)))?;
    let participant = row.participant.as_deref().map(Slug::parse).transpose();
    let participant = participant.map_err(|invalid| Fault::Internal(invalid.to_string()))?;
    if (role == KeyRole::Operator) != participant.is_none() {
        return Err(Fault::Internal(format!(
            "role and holder of key `{}` do not fit",
            row.id
        )));
    }
    Ok(Caller {
        participant,
        actor: Actor::Key {
            id: row.id,
            role: row.role,
        },
        role,
    })
}

fn key_view(row: &ApiKeyRow) -> Value {
    let time = |ms| chapar_terms::Instant::from_unix_ms(ms).rfc3339();
    let mut view = json!({ "id": row.id, "role": row.role, "label": row.label, "createdAt": time(row.created_at) });
    if let (Some(members), Some(at)) = (view.as_object_mut(), row.revoked_at) {
        members.insert("revokedAt".to_owned(), json!(time(at)));
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_whole_hashes() {
        let one = [7_u8; 32];
        let mut other = one;
        assert!(same(&one, &other));
        other[31] ^= 1;
        assert!(!same(&one, &other));
        assert!(!same(&one, &one[..31]));
        assert!(!same(&one, &[]));
    }

    #[test]
    fn roles_read_back() {
        for role in KeyRole::ALL {
            assert_eq!(KeyRole::parse(role.as_str()), Some(role));
        }
        assert_eq!(KeyRole::parse("Admin"), None);
    }

    #[test]
    fn a_row_at_odds_with_itself_lets_nobody_in() {
        let row = |participant: Option<&str>, role: &str| ApiKeyRow {
            id: "k".to_owned(),
            participant: participant.map(str::to_owned),
            role: role.to_owned(),
            hash: Vec::new(),
            label: String::new(),
            created_at: 0,
            revoked_at: None,
        };
        assert!(caller_of(row(Some("a"), "admin")).is_ok());
        assert!(caller_of(row(None, "operator")).is_ok());
        for (participant, role) in [
            (Some("a"), "operator"),
            (None, "admin"),
            (Some("a"), "root"),
            (Some("-"), "viewer"),
        ] {
            assert!(caller_of(row(participant, role)).is_err(), "{participant:?} {role}");
        }
    }
}
