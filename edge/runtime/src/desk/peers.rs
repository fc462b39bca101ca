//! Peers: whom the participant knows under which address, and what they offer.

use super::{Desk, Page, invalid, removed, time};
use crate::Fault;
use chapar_dsp::catalog::{Catalog, Reject};
use chapar_dsp::check_callback_address;
use chapar_query::QuerySpec;
use chapar_store::PeerRow;
use chapar_terms::{AssetId, ParticipantId};
use serde_json::{Map, Value, json};

/// Longest name of a peer, in bytes.
const NAME_BYTES: usize = 200;
/// Rows looked at when a peer is sought by its address.
const PEERS_SOUGHT: i64 = 10_000;

/// A peer as it is put.
#[derive(Clone, Debug)]
pub struct NewPeer {
    /// Its participant id.
    pub id: ParticipantId,
    /// Its DSP base, or the root of its version document.
    pub dsp: String,
    /// What our people call it.
    pub name: Option<String>,
}

/// A question for a peer's catalogue.
#[derive(Clone, Debug, Default)]
pub struct CatalogQuery {
    /// Whom to ask; may be left out when `address` is that of a known peer.
    pub peer: Option<ParticipantId>,
    /// Its DSP base or the root of its version document; may be left out for a known peer.
    pub address: Option<String>,
    /// `next` or `previous` of an earlier answer.
    pub next: Option<String>,
    /// Which part is wanted, whole and in one answer; one page, as the peer cuts it, when nothing is said.
    pub part: Option<QuerySpec>,
}

/// Whether the address itself says that our version is spoken there.
fn is_base(address: &str) -> bool {
    let last = address.trim_end_matches('/').rsplit('/').next();
    last == Some(chapar_dsp::VERSION)
}

impl Desk {
    /// Adds or replaces a peer.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when address or name is none.
    pub async fn put_peer(&self, new: &NewPeer) -> Result<Value, Fault> {
        let dsp = dsp_address(&new.dsp, "dsp")?;
        if new
            .name
            .as_ref()
            .is_some_and(|name| name.len() > NAME_BYTES || name.chars().any(char::is_control))
        {
            let reason = format!("a name has at most {NAME_BYTES} bytes and no control characters");
            return Err(invalid("wrong-name", reason));
        }
        let now = self.now_ms();
        let before = self.runtime.inner.store.peer(self.slug(), new.id.as_str()).await?;
        let row = PeerRow {
            participant: self.slug().to_owned(),
            id: new.id.as_str().to_owned(),
            dsp,
            name: new.name.clone(),
            config: "{}".to_owned(),
            created_at: before.map_or(now, |row| row.created_at),
            updated_at: now,
        };
        let view = peer_view(&row);
        self.runtime.inner.store.put_peer(row).await?;
        self.note("put", "peer", new.id.as_str());
        Ok(view)
    }

    /// One peer.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn peer(&self, id: &str) -> Result<Value, Fault> {
        let row = self
            .runtime
            .inner
            .store
            .peer(self.slug(), id)
            .await?
            .ok_or(Fault::NotFound)?;
        Ok(peer_view(&row))
    }

    /// Peers by id.
    ///
    /// # Errors
    /// Try again later.
    pub async fn list_peers(&self, page: &Page) -> Result<Value, Fault> {
        let rows = self
            .runtime
            .inner
            .store
            .list_peers(self.slug(), page.after(), page.reach())
            .await?;
        page.list(rows, |row| row.id.clone(), |row| Ok(peer_view(row)))
    }

    /// Forgets a peer. Cases with it go on.
    ///
    /// # Errors
    /// [`Fault::NotFound`].
    pub async fn delete_peer(&self, id: &str) -> Result<(), Fault> {
        removed(self.runtime.inner.store.delete_peer(self.slug(), id).await?)?;
        self.note("delete", "peer", id);
        Ok(())
    }

    /// One page of what a peer offers to us, or the part of it that is asked for.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when it cannot be told whom to ask and where; otherwise what came of asking.
    pub async fn peer_catalog(&self, query: &CatalogQuery) -> Result<Value, Fault> {
        let (peer, address) = self.whom(query.peer.as_ref(), query.address.as_deref()).await?;
        if let Some(spec) = &query.part {
            let runtime = &self.runtime;
            let catalog = runtime.peer_catalog_part(self.slug(), &peer, &address, spec).await?;
            return Ok(catalog_view(&catalog, None, None));
        }
        let page = self
            .runtime
            .peer_catalog(self.slug(), &peer, &address, query.next.as_deref())
            .await?;
        Ok(catalog_view(&page.catalog, page.next, page.previous))
    }

    /// One dataset that a peer offers to us, as the protocol writes it.
    ///
    /// # Errors
    /// As for [`Self::peer_catalog`].
    pub async fn peer_dataset(
        &self,
        peer: Option<&ParticipantId>,
        address: &str,
        id: &AssetId,
    ) -> Result<Value, Fault> {
        let (peer, address) = self.whom(peer, Some(address)).await?;
        let dataset = self.runtime.peer_dataset(self.slug(), &peer, &address, id).await?;
        Ok(dataset.render())
    }

    /// Whom to ask and where, out of what was said of both.
    async fn whom(&self, peer: Option<&ParticipantId>, said: Option<&str>) -> Result<(ParticipantId, String), Fault> {
        match (peer, said) {
            (Some(peer), said) => {
                let address = self.address_of(peer, said).await?;
                Ok((peer.clone(), self.runtime.speaking_at(&address).await?))
            }
            (None, Some(said)) => {
                let said = dsp_address(said, "address")?;
                let address = self.runtime.speaking_at(&said).await?;
                Ok((self.peer_at([&said, &address]).await?, address))
            }
            (None, None) => Err(invalid("peer-missing", "name a `peer`, an `address` or both")),
        }
    }

    /// Where to open a case with `peer`. One that does not answer now is believed to be where it was said to be, if that is a base
    /// of our version and no root of several: what we have to say waits for it.
    pub(super) async fn address_for_case(&self, peer: &ParticipantId, said: Option<&str>) -> Result<String, Fault> {
        let address = self.address_of(peer, said).await?;
        match self.runtime.speaking_at(&address).await {
            Err(Fault::PeerSilent(_)) if is_base(&address) => Ok(address),
            spoken => spoken,
        }
    }

    /// Where `peer` is to be reached: as said, or as known.
    async fn address_of(&self, peer: &ParticipantId, said: Option<&str>) -> Result<String, Fault> {
        match said {
            Some(said) => dsp_address(said, "address"),
            None => match self.runtime.inner.store.peer(self.slug(), peer.as_str()).await? {
                Some(row) => Ok(row.dsp),
                None => Err(invalid(
                    "address-missing",
                    format!("`{peer}` is no known peer, so it needs an `address`"),
                )),
            },
        }
    }

    /// The known peer at one of two names of one address: as it was said, and as the peer's document has it.
    async fn peer_at(&self, names: [&str; 2]) -> Result<ParticipantId, Fault> {
        let rows = self
            .runtime
            .inner
            .store
            .list_peers(self.slug(), None, PEERS_SOUGHT)
            .await?;
        match rows.iter().find(|row| names.contains(&row.dsp.as_str())) {
            Some(row) => Ok(ParticipantId::parse(&row.id)?),
            None => Err(invalid(
                "peer-missing",
                format!("no known peer is at `{}`, so name the `peer`", names.join("` or `")),
            )),
        }
    }
}

/// Checks an address that paths will be joined to; a slash at its end says nothing.
pub(crate) fn dsp_address(text: &str, member: &str) -> Result<String, Fault> {
    let text = text.trim_end_matches('/');
    check_callback_address(text)
        .map_err(|malformed| invalid("wrong-address", malformed.why.replacen("callbackAddress", member, 1)))?;
    Ok(text.to_owned())
}

fn peer_view(row: &PeerRow) -> Value {
    let mut view = json!({
        "id": row.id,
        "dsp": row.dsp,
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
    });
    if let (Some(members), Some(name)) = (view.as_object_mut(), &row.name) {
        members.insert("name".to_owned(), json!(name));
    }
    view
}

fn catalog_view(catalog: &Catalog, next: Option<String>, previous: Option<String>) -> Value {
    let mut rendered = catalog.render();
    let mut list = |name: &str| rendered.get_mut(name).map_or_else(|| json!([]), Value::take);
    let mut view = Map::new();
    view.insert("id".to_owned(), json!(catalog.id));
    view.insert("participantId".to_owned(), json!(catalog.participant_id.as_str()));
    view.insert("datasets".to_owned(), list("dataset"));
    view.insert("services".to_owned(), list("service"));
    if !catalog.rejects.is_empty() {
        let reject =
            |reject: &Reject| json!({ "place": reject.place, "code": reject.fault.code, "detail": reject.fault.why });
        view.insert("rejects".to_owned(), catalog.rejects.iter().map(reject).collect());
    }
    for (name, value) in [("next", next), ("previous", previous)] {
        if let Some(value) = value {
            view.insert(name.to_owned(), json!(value));
        }
    }
    Value::Object(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(dsp_address("http://a.example/x/", "dsp").unwrap(), "http://a.example/x");
        let fault = dsp_address("ftp://a.example", "dsp").unwrap_err().to_string();
        assert!(fault.contains("`dsp`") && !fault.contains("callback"), "{fault}");
    }
}
