//! Finding out where a peer speaks which version of the protocol, before anything is said to it.

use super::peers::dsp_address;
use super::{Desk, invalid};
use crate::Fault;
use chapar_client::DidFault;
use chapar_dsp::version;
use chapar_terms::ParticipantId;
use serde_json::Value;

/// What ends the address of a version document, in a DID document and elsewhere.
const DOCUMENT: &str = "/.well-known/dspace-version";
/// The type of a service that speaks the protocol.
const SERVICE: &str = "DataService";

impl Desk {
    /// The version document of the peer at `address`, its base or the root of the document.
    ///
    /// # Errors
    /// [`Fault::PeerRefused`] when there is none; [`Fault::PeerSilent`] when the peer does not answer.
    pub async fn peer_versions(&self, address: &str) -> Result<Value, Fault> {
        let address = dsp_address(address, "counterPartyAddress")?;
        let entries = self.runtime.versions_at(&address).await?;
        Ok(version::render(&entries))
    }

    /// The base at which the peer at `address` speaks our version of the protocol.
    ///
    /// # Errors
    /// [`Fault::PeerRefused`] when it does not speak it; [`Fault::PeerSilent`] when it does not answer.
    pub async fn base_of_peer(&self, address: &str) -> Result<String, Fault> {
        let address = address.strip_suffix(DOCUMENT).unwrap_or(address);
        let address = dsp_address(address, "counterPartyAddress")?;
        self.runtime.speaking_at(&address).await
    }

    /// The addresses under which `peer` says in its DID document that it speaks the protocol.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when there is no such document; [`Fault::PeerSilent`] when its host does not answer.
    pub async fn services_of_peer(&self, peer: &ParticipantId) -> Result<Vec<String>, Fault> {
        let document = self.runtime.inner.resolver.document(peer.as_str()).await;
        let document = document.map_err(|fault| match fault {
            DidFault::Send(fault) if fault.is_retryable() => Fault::PeerSilent(fault.to_string()),
            DidFault::Unfit(invalid_did) => invalid("wrong-identifier", invalid_did.to_string()),
            DidFault::Busy => Fault::Unavailable(fault.to_string()),
            _ => Fault::NotFound,
        })?;
        let services = document.services.iter().filter(|service| service.kind == SERVICE);
        Ok(services.map(|service| service.endpoint.clone()).collect())
    }
}
