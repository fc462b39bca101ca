//! How soon after our answer a peer can bear our next message.
//!
//! Connectors of the EDC family take a message that comes before they have stored the answer to their own, fail at it, and put the
//! case back to where it stood before; then they say theirs anew, with another agreement in it. Refuses to tell them by their answers:
//! they name a context of their own in each message.

use crate::authenticate::Authenticated;
use crate::http::Inbound;
use chapar_dsp::json;
use chapar_terms::limits;
use chapar_trust::Proof;
use std::time::Duration;

/// The context by which that family is known.
const EDC_CONTEXT: &str = "https://w3id.org/edc/dspace/";
/// Time for it to store an answer: seen to take tens of milliseconds on a busy machine. It looks at its work once a second anyway.
const STORED_AFTER: Duration = Duration::from_millis(300);

/// The pause before our next message to whoever sent this one.
pub(crate) fn pause_for(authenticated: &Authenticated, inbound: &Inbound) -> Duration {
    let is_ours = authenticated.peer.value().proof != Proof::Asserted;
    if is_ours || !names_edc(&inbound.body) || chapar_terms::sabotaged("hurry-the-edc-family") {
        return Duration::ZERO;
    }
    STORED_AFTER
}

fn names_edc(body: &[u8]) -> bool {
    let Ok(message) = json::read(body, limits::MESSAGE_BYTES) else {
        return false;
    };
    let contexts = message.get("@context").and_then(serde_json::Value::as_array);
    let is_edc = |context: &serde_json::Value| context.as_str().is_some_and(|iri| iri.starts_with(EDC_CONTEXT));
    contexts.is_some_and(|contexts| contexts.iter().any(is_edc))
}
