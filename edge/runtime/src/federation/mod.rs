//! Federations: which this node follows, who their members are by now, and what its own participants say to changes.
//!
//! The operator pins a genesis; from then on each member's log is mirrored here, and this node folds for itself what their records come
//! to. Policies ask the members of now. Refuses to say what is in force (`chapar_register::folds::federation`) and to hold rows (the
//! store).

mod desk;
mod fold;
mod manage;
mod view;

pub use desk::NewProposal;
pub(crate) use fold::act_change;

use crate::{Fault, Runtime};
use chapar_policy::Federations;
use chapar_register::federation::{FederationId, Genesis};
use chapar_register::folds::federation::{Federation, Open};
use chapar_terms::Instant;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};

/// A federation that is followed here.
pub(crate) struct Followed {
    pub genesis: Genesis,
    pub joined_at: Instant,
    /// As it is folded here.
    pub federation: Federation,
    /// What is not decided.
    pub open: Open,
}

/// The federations that are followed here.
#[derive(Default)]
pub(crate) struct Circle {
    known: RwLock<Known>,
    /// Whether a record said something to a federation since all were folded.
    pub stale: AtomicBool,
    /// Held by whoever changes what is followed, or folds.
    pub turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    all: BTreeMap<FederationId, Arc<Followed>>,
    /// Who is in which, for policies; another one whenever it changes.
    members: Arc<Federations>,
}

impl Followed {
    /// What it is called, by language.
    pub(crate) fn name(&self) -> serde_json::Value {
        view::names(self.genesis.name())
    }
}

impl Circle {
    fn all(&self) -> Vec<Arc<Followed>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.all.values().cloned().collect()
    }

    fn find(&self, id: FederationId) -> Option<Arc<Followed>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.all.get(&id).cloned()
    }

    fn put(&self, followed: Followed) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.all.insert(followed.genesis.id(), Arc::new(followed));
        known.renew();
    }

    fn remove(&self, id: FederationId) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.all.remove(&id);
        known.renew();
    }

    /// Who is in which federation now. While nothing changes, it is the same one.
    pub(crate) fn members(&self) -> Arc<Federations> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known.members)
    }
}

impl Known {
    fn renew(&mut self) {
        let mut members = Federations::none();
        for (id, followed) in &self.all {
            let now = followed.federation.members().map(|member| member.participant.clone());
            members.put(&id.to_string(), now.collect());
        }
        if members != *self.members {
            self.members = Arc::new(members);
        }
    }
}

impl Runtime {
    /// Who is in which federation now.
    pub(crate) fn members_of_federations(&self) -> Arc<Federations> {
        self.inner.circle.members()
    }

    fn followed(&self, id: &str) -> Result<Arc<Followed>, Fault> {
        let id = FederationId::parse(id).map_err(|_| Fault::NotFound)?;
        self.inner.circle.find(id).ok_or(Fault::NotFound)
    }
}
