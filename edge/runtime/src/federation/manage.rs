//! What the operator does with federations: pins one, and lets go of it; and what everybody of the house reads of them.

use super::Followed;
use crate::desk::{invalid, through};
use crate::{Fault, Runtime};
use chapar_register::federation::{FederationId, Genesis};
use chapar_store::FederationRow;
use chapar_terms::canonical_json;
use serde_json::Value;
use std::sync::Arc;

/// Federations of one node: each is folded whenever a record says something to one.
const MOST: usize = 64;

impl Runtime {
    /// Follows the federation of this genesis, and mirrors the logs of its members.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no genesis; [`Fault::Conflict`] when it is followed already.
    pub async fn join_federation(&self, genesis: &Value) -> Result<Value, Fault> {
        let genesis =
            Genesis::parse(&canonical_json(genesis)).map_err(|why| invalid("wrong-genesis", why.to_string()))?;
        let runtime = self.clone();
        through(async move { runtime.join(genesis).await }).await
    }

    async fn join(&self, genesis: Genesis) -> Result<Value, Fault> {
        let id = genesis.id();
        let _turn = self.inner.circle.turn.lock().await;
        if self.inner.circle.all().len() >= MOST {
            return Err(Fault::Conflict(format!("a node follows at most {MOST} federations")));
        }
        let row = FederationRow {
            id: id.to_string(),
            genesis: genesis.bytes().to_vec(),
            held: None,
            joined_at: self.now().unix_ms(),
        };
        if !self.inner.store.add_federation(row.clone()).await? {
            return Err(Fault::Conflict(format!("the federation `{id}` is followed already")));
        }
        tracing::info!(federation = row.id, "a federation is followed from now on");
        self.refold_one(&row).await?;
        let followed = self.inner.circle.find(id).ok_or(Fault::NotFound)?;
        self.federation_view(&followed).await
    }

    /// Follows a federation no more. Mirrors stay.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn forget_federation(&self, id: &str) -> Result<(), Fault> {
        let id = FederationId::parse(id).map_err(|_| Fault::NotFound)?;
        let runtime = self.clone();
        through(async move {
            let _turn = runtime.inner.circle.turn.lock().await;
            if !runtime.inner.store.remove_federation(&id.to_string()).await? {
                return Err(Fault::NotFound);
            }
            runtime.inner.circle.remove(id);
            tracing::info!(federation = %id, "a federation is followed no more; its members' logs are mirrored on");
            Ok(())
        })
        .await
    }

    /// Every federation that is followed here, by id.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn list_federations(&self) -> Result<Vec<Value>, Fault> {
        let all: Vec<Arc<Followed>> = self.inner.circle.all();
        let mut shown = Vec::with_capacity(all.len());
        for followed in all {
            shown.push(self.federation_view(&followed).await?);
        }
        Ok(shown)
    }

    /// One federation.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; or the store does not answer.
    pub async fn show_federation(&self, id: &str) -> Result<Value, Fault> {
        let followed = self.followed(id)?;
        self.federation_view(&followed).await
    }
}
