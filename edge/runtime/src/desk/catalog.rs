//! Our own catalogue, as its owner sees it: everything that is offered, whoever is let in to it.

use super::{Desk, Page};
use crate::Fault;
use crate::catalog::{dataset, service};
use chapar_store::Keyset;
use serde_json::Value;

impl Desk {
    /// Datasets by id, as the protocol writes them.
    ///
    /// # Errors
    /// Try again later.
    pub async fn own_catalog(&self, page: &Page) -> Result<Value, Fault> {
        let everything = self.runtime.everything(&self.hosted).await?;
        let from = page
            .after()
            .map_or(Keyset::Start, |after| Keyset::After(after.to_owned()));
        let reach = usize::try_from(page.reach()).unwrap_or(usize::MAX);
        let store = &self.runtime.inner.store;
        let rows = store.datasets_page(self.slug(), everything.ids(), &from, reach).await?;
        page.list(
            rows,
            |row| row.asset.id.clone(),
            |row| {
                let mut rendered = dataset(&self.hosted, row, &everything)?.render();
                if let Some(members) = rendered.as_object_mut() {
                    members.remove("@context");
                }
                Ok(rendered)
            },
        )
    }

    /// The service behind its distributions.
    pub fn own_service(&self) -> Value {
        service(&self.hosted).render()
    }

    /// Where this node hands over data.
    pub fn data_url(&self) -> String {
        format!("{}/{}/data", self.runtime.public_url(), self.slug())
    }
}
