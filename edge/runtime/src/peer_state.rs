//! Where a peer itself holds a case to stand, asked when it refuses a move that it may have taken before: its answer to an earlier
//! try was lost, and it does not know the copy for one. Connectors of the EDC family answer so.
//!
//! Refuses to ask a peer that proves its answers: it numbers moves as we do and knows copies.

use crate::Runtime;
use crate::hosted::Hosted;
use crate::kind::Kind;
use crate::peer_call::{Call, Called};
use chapar_dsp::Ack;
use chapar_exchange::{Head, join};
use chapar_terms::limits;
use http::Method;

/// The statuses by which a peer says that a message does not fit: the protocol's, and that of many peers.
const MISFIT: [u16; 2] = [400, 409];

/// What a peer was asked and what it says, where that shows that it has our move.
pub(crate) struct HasIt {
    pub ack: Ack,
    /// The question and its answer.
    pub called: Called,
}

impl Runtime {
    /// After `refusal` of the move `effect` of `case`: whether the peer has that move all the same.
    pub(crate) async fn has_it_all_the_same<K: Kind>(
        &self,
        hosted: &Hosted,
        case: &K,
        effect: &str,
        refusal: &Called,
    ) -> Option<HasIt> {
        let [_, answer] = &refusal.raw;
        let is_doubtful = MISFIT.contains(&refusal.status) && answer.key.is_none();
        if !is_doubtful || chapar_terms::sabotaged("believe-a-refused-copy") {
            return None;
        }
        let leads_to = case.leads_to(effect)?;
        let head = case.head();
        let url = address::<K>(head)?;
        let call = Call {
            peer: &head.peer,
            method: Method::GET,
            url: &url,
            body: Vec::new(),
            effect: None,
            max_response_bytes: limits::MESSAGE_BYTES as u64,
            takes: None,
        };
        // A peer that does not tell leaves us with its refusal.
        let called = self.call(hosted, call).await.ok()?;
        let ack = Some(&called).filter(|called| called.status == 200);
        let ack = ack.and_then(|called| K::ack(&called.body))?;
        let is_ours = ack.consumer_pid == head.consumer_pid() && ack.provider_pid == head.provider_pid();
        (is_ours && ack.state.as_deref() == Some(leads_to)).then_some(HasIt { ack, called })
    }
}

/// Where the peer tells of the case; none before it has a name for it.
fn address<K: Kind>(head: &Head) -> Option<String> {
    let pid = head.peer_pid.as_ref()?;
    Some(join(&head.peer_address, &[&format!("{}s", K::NAME), pid.as_str()]))
}
