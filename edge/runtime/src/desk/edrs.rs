//! Access to a peer's data: the address with its token (in EDC's words, an endpoint data reference).
//!
//! Nothing new is kept for it: the address is part of its transfer.

use super::{Desk, through};
use crate::Fault;
use serde_json::Value;

impl Desk {
    /// Asks the provider of a running transfer for a fresh address.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when we are the provider or access is not open; [`Fault::Refused`] when the provider
    /// has no way for that; otherwise what came of asking.
    pub async fn renew_access(&self, id: &str) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move { desk.runtime.renew(desk.slug(), &id, &desk.actor).await })
            .await
            .map(|address| address.render())
    }

    /// Where we, the consumer, may pull, with the token in it. One whose time is almost over is renewed first, where the provider
    /// has a way for that.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Conflict`] when we are the provider or access is not open now; otherwise what came of renewing.
    pub async fn data_address(&self, id: &str) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move { desk.runtime.source(desk.slug(), &id, &desk.actor).await })
            .await
            .map(|address| address.render())
    }
}
