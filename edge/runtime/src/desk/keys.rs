//! Keys of the participant: those to our own API, and the signing key of its identity.

use super::Desk;
use crate::callers::{KeyRole, NewKey};
use crate::{Fault, Identity};
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
        let mut view = super::describe(&hosted);
        if let (Some(members), Identity::Did(keys)) = (view.as_object_mut(), &hosted.identity) {
            let keys: Vec<_> = keys
                .iter()
                .map(|key| json!({ "id": key.key_id, "algorithm": key.public.algorithm.jose(), "active": key.signer.is_some() }))
                .collect();
            members.insert("keys".to_owned(), Value::Array(keys));
        }
        Ok(view)
    }
}
