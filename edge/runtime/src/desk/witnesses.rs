//! Whom the participant's register asks for cosignatures, whether its publication waits for them, and what is said of it while it is held.

use super::Desk;
use crate::{Fault, Succession};
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

    /// Says of the register, while it is held, where else it may be had, or that nobody has more of it than is found; it is then asked about
    /// at once, and goes on where that tells enough. One that is not held stays as it is.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no address.
    pub async fn recover_register(&self, from: &[String], nobody_has_more: bool) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        self.note("recover", "register", log.origin.as_str());
        self.runtime.recover_log(log, from, nobody_has_more).await?;
        let log = self.runtime.register_of(&self.hosted)?;
        self.runtime.describe_log(&self.hosted, &log).await
    }

    /// Asks its witnesses for fresh cosignatures of what is published, and says why: a deadline has come.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no reason; [`Fault::NotFound`] where nobody is asked; [`Fault::Conflict`] before anything is published.
    pub async fn cosign_register_afresh(&self, reason: &str) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        self.note("cosign", "register", log.origin.as_str());
        self.runtime.have_cosigned_afresh(&log, reason).await
    }

    /// By whom the register is mirrored, as far as it is known.
    ///
    /// # Errors
    /// [`Fault::Invalid`] where there is no register.
    pub fn register_mirrors(&self) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        let known = self.runtime.holders_of(log.origin.as_str(), log.size());
        Ok(json!({ "items": known }))
    }

    /// Asks each of them what it has of the register.
    ///
    /// # Errors
    /// As for [`Self::register_mirrors`].
    pub async fn look_at_register_mirrors(&self) -> Result<Value, Fault> {
        let log = self.runtime.register_of(&self.hosted)?;
        self.runtime.ask_holders(&log).await?;
        self.register_mirrors()
    }

    /// Ends the register, while it is held and nobody can prove what was published of it last, and begins another in its place; or only says
    /// what that would come to.
    ///
    /// # Errors
    /// [`Fault::Conflict`] where it is not held, can go on, or has a successor already; [`Fault::Invalid`] for what is no address or no reason.
    pub async fn succeed_register(&self, order: Succession) -> Result<Value, Fault> {
        if !order.is_dry_run {
            let log = self.runtime.register_of(&self.hosted)?;
            self.note("end", "register", log.origin.as_str());
        }
        self.runtime.succeed_register(&self.hosted, order).await
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
