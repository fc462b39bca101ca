//! A refusal in doubt: a peer that proves nothing and says that a move does not fit may have taken it before, and does not know the
//! copy for one. It is asked where it holds the case to stand, as the node asks (`docs/decisions/0004-moves.md`, rule 5).
//!
//! Refuses to hold what follows from a refusal that is believed: that is the courier's (`outbox`).

use crate::Violation;
use crate::case::{Case, Kind};
use crate::network::{Refused, Response, Ticket};
use crate::world::World;
use chapar_dsp::{Ack, Role};
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{Answer, join};
use chapar_trust::Proof;
use std::rc::Rc;

/// The statuses by which a peer says that a message does not fit.
const MISFIT: [u16; 2] = [400, 409];

impl World<'_> {
    /// After the refusal `response` of a move: asks where the case stands, if there is a doubt. False if there is none.
    pub(crate) fn ask_in_doubt(&mut self, role: Role, response: &Response) -> bool {
        if self.edc.is_none() || !MISFIT.contains(&response.status) {
            return false;
        }
        let url = match response.ticket.kind {
            Kind::Negotiation => self.question::<Negotiation>(role, &response.ticket),
            Kind::Transfer => self.question::<Transfer>(role, &response.ticket),
        };
        let Some(url) = url else { return false };
        self.tally.doubts += 1;
        let doubt = Refused {
            status: response.status,
            body: response.body.clone(),
        };
        let ticket = Ticket {
            doubt: Some(Rc::new(doubt)),
            ..response.ticket.clone()
        };
        self.call(role, &url, ticket);
        true
    }

    /// Where the peer tells of the case of `ticket`; none where its move is no longer under way, or the peer has no name for it.
    fn question<C: Case>(&self, role: Role, ticket: &Ticket) -> Option<String> {
        let case = self.side(role).load::<C>()?;
        case.leads_to(&ticket.effect)?;
        let head = case.head();
        let pid = head.peer_pid.as_ref()?;
        Some(join(&head.peer_address, &[C::KIND.noun(), pid.as_str()]))
    }

    /// The answer to the question; none where none came. Without one that says that the peer has the move, its refusal is believed.
    pub(crate) fn resolve_doubt(
        &mut self,
        role: Role,
        ticket: &Ticket,
        doubt: &Refused,
        told: Option<&Response>,
    ) -> Result<(), Violation> {
        let ack = told
            .filter(|told| told.status == 200)
            .and_then(|told| match ticket.kind {
                Kind::Negotiation => self.stands_as_after::<Negotiation>(role, ticket, &told.body),
                Kind::Transfer => self.stands_as_after::<Transfer>(role, ticket, &told.body),
            });
        if ack.is_none() {
            return self.read_answer(role, ticket, doubt.status, &doubt.body);
        }
        self.tally.believed += 1;
        let proof = Proof::Asserted;
        self.settle(role, ticket, &Answer::Taken { ack, proof })
    }

    /// What the peer tells in `body`, where the case stands there as after the move of `ticket`.
    fn stands_as_after<C: Case>(&self, role: Role, ticket: &Ticket, body: &[u8]) -> Option<Ack> {
        let case = self.side(role).load::<C>()?;
        let leads_to = case.leads_to(&ticket.effect)?;
        let ack = C::KIND.read_ack(body)?;
        let head = case.head();
        let is_ours = ack.consumer_pid == head.consumer_pid() && ack.provider_pid == head.provider_pid();
        (is_ours && ack.state.as_deref() == Some(leads_to)).then_some(ack)
    }
}
