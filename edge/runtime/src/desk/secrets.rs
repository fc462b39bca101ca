//! Secrets of the participant, by name: what opens the places where data are, so that it need not stand in an asset.
//!
//! Values are sealed on disk and never logged; only who may edit reads them back, through the door.

use super::{Desk, invalid, removed, written};
use crate::Fault;
use chapar_terms::limits;

/// Longest value, in bytes: keys and certificates fit.
const VALUE_BYTES: usize = 64 * 1024;

impl Desk {
    /// Adds a secret.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when there is one of its name; [`Fault::Invalid`] when name or value do not fit.
    pub async fn create_secret(&self, name: &str, value: &str) -> Result<(), Fault> {
        check(name, value)?;
        let store = &self.runtime.inner.store;
        written(store.add_secret(self.slug(), name, value.as_bytes()).await?)?;
        self.note("create", "secret", name);
        Ok(())
    }

    /// Replaces the value of a secret.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] when the value does not fit.
    pub async fn update_secret(&self, name: &str, value: &str) -> Result<(), Fault> {
        check(name, value)?;
        let store = &self.runtime.inner.store;
        if store.secret(self.slug(), name).await?.is_none() {
            return Err(Fault::NotFound);
        }
        written(store.replace_secret(self.slug(), name, value.as_bytes()).await?)?;
        self.note("update", "secret", name);
        Ok(())
    }

    /// The value of a secret.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn secret(&self, name: &str) -> Result<String, Fault> {
        let store = &self.runtime.inner.store;
        let value = store.secret(self.slug(), name).await?.ok_or(Fault::NotFound)?;
        String::from_utf8(value).map_err(|_| Fault::Internal(format!("secret `{name}` is no text")))
    }

    /// Removes a secret. What rests on it fails from then on.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn delete_secret(&self, name: &str) -> Result<(), Fault> {
        removed(self.runtime.inner.store.delete_secret(self.slug(), name).await?)?;
        self.note("delete", "secret", name);
        Ok(())
    }
}

fn check(name: &str, value: &str) -> Result<(), Fault> {
    if name.is_empty() || name.len() > limits::ID_BYTES || name.chars().any(char::is_control) {
        let reason = format!("a name has 1 to {} bytes and no control characters", limits::ID_BYTES);
        return Err(invalid("wrong-name", reason));
    }
    if value.len() > VALUE_BYTES {
        let reason = format!("a secret takes at most {VALUE_BYTES} bytes");
        return Err(invalid("secret-too-long", reason));
    }
    Ok(())
}
