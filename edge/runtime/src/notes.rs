//! What the operator notes about a participant: properties that mean nothing to the node.
//!
//! Refuses to hold who the participant is and how it speaks (`hosted`).

use crate::desk::{properties_text, through};
use crate::hosted::KEYS_TURN;
use crate::removal::config;
use crate::{Fault, Runtime};
use serde_json::{Map, Value};

/// The member of a participant's configuration that has them.
pub(crate) const PROPERTIES: &str = "properties";

/// Whether the properties are few enough: they lie in memory as long as the participant is hosted, and stand in every list.
pub(crate) fn check(properties: &Map<String, Value>) -> Result<(), Fault> {
    properties_text(properties).map(drop)
}

impl Runtime {
    /// Replaces the properties of a participant.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] when they are too long.
    pub async fn note_properties(&self, slug: &str, properties: Map<String, Value>) -> Result<(), Fault> {
        check(&properties)?;
        let (runtime, slug) = (self.clone(), slug.to_owned());
        through(async move {
            let _turn = runtime.inner.locks.hold(&slug, KEYS_TURN).await;
            runtime.hosted(&slug).ok_or(Fault::NotFound)?;
            let store = &runtime.inner.store;
            let mut row = store.participant(&slug).await?.ok_or(Fault::NotFound)?;
            let mut config = config(&row);
            if let Some(members) = config.as_object_mut() {
                members.insert(PROPERTIES.to_owned(), Value::Object(properties));
            }
            row.config = config.to_string();
            store.set_participant_config(&slug, row.config.clone()).await?;
            runtime.inner.house.put(runtime.load_hosted(&row).await?);
            Ok(())
        })
        .await
    }
}
