//! Keys of the participant: those to our own API, and the signing key of its identity.

use super::Desk;
use crate::callers::{KeyRole, NewKey};
use crate::{Fault, Hosted, HostedKey, Identity};
use serde_json::{Value, json};

impl Desk {
    /// Makes a key to our own API.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the role is the operator's or the label too long.
    pub async fn add_key(&self, role: KeyRole, label: &str) -> Result<NewKey, Fault> {
        let key = self.runtime.add_api_key(Some(self.slug()), role, label).await?;
        self.note("put", "key", &key.id);
        Ok(key)
    }

    /// The keys to our own API, revoked ones too; never their secrets.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_keys(&self) -> Result<Value, Fault> {
        self.runtime.list_api_keys(Some(self.slug())).await
    }

    /// Revokes a key to our own API.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn revoke_key(&self, id: &str) -> Result<(), Fault> {
        self.runtime.revoke_api_key(Some(self.slug()), id).await?;
        self.note("revoke", "key", id);
        Ok(())
    }

    /// Gives the identity a fresh signing key; the old ones verify what they signed.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for an identity without keys.
    pub async fn rotate_identity(&self) -> Result<Value, Fault> {
        let desk = self.clone();
        let hosted = super::through(async move { desk.runtime.rotate_key(desk.slug()).await }).await?;
        self.note("rotate", "identity", hosted.me.id.as_str());
        Ok(with_keys(&hosted))
    }

    /// Gives up a signing key that others have, by its id; where it signed, a fresh one does.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for an identity without keys.
    pub async fn give_up_signing_key(&self, key: &str) -> Result<Value, Fault> {
        let (desk, named) = (self.clone(), key.to_owned());
        let hosted = super::through(async move { desk.runtime.give_up_key(desk.slug(), &named).await }).await?;
        self.note("give up", "signing key", key);
        Ok(with_keys(&hosted))
    }

    /// The identity with its signing keys, oldest first.
    pub fn identity(&self) -> Value {
        with_keys(&self.hosted)
    }
}

fn with_keys(hosted: &Hosted) -> Value {
    let mut view = super::describe(hosted);
    let keys = match &hosted.identity {
        Identity::Did(keys) => keys.as_slice(),
        Identity::Development { .. } => &[],
    };
    if let Some(members) = view.as_object_mut() {
        members.insert("keys".to_owned(), keys.iter().map(key_view).collect());
    }
    view
}

fn key_view(key: &HostedKey) -> Value {
    let mut view = json!({
        "id": key.key_id,
        "algorithm": key.public.algorithm.jose(),
        "active": key.signer.is_some(),
        "createdAt": key.created_at.rfc3339(),
    });
    if let (Some(members), Some(at)) = (view.as_object_mut(), key.compromised_at) {
        members.insert("compromisedAt".to_owned(), at.rfc3339().into());
    }
    view
}
