//! Whom the participant's register asks for cosignatures, and whether its publication waits for them.

use super::Desk;
use crate::Fault;
use serde_json::{Value, json};

impl Desk {
    /// Says whom the register asks, by a policy (C2SP tlog-policy) whose witnesses have their submission prefixes behind their keys.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with what is wrong.
    pub async fn put_register_policy(&self, policy: String, waits: bool) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        self.runtime.put_witnessing(&log, policy, waits).await?;
        self.note("put", "policy of the register", log.origin.as_str());
        self.register_policy()
    }

    /// Whom the register asks.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where nobody said.
    pub fn register_policy(&self) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        let witnessing = log.witnessing.borrow().clone().ok_or(Fault::NotFound)?;
        Ok(json!({ "policy": witnessing.text, "wait": witnessing.waits }))
    }
}
