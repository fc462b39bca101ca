//! Records whose bodies some may have: for each the exchange offers the body to those whom its visibility names, by itself, and hands it over
//! under a contract; it is offered no more once the record is withdrawn, or for others.
//!
//! The register itself tells what is to be offered. Whom a body is for is asked again when it is handed over, whatever stands in policies
//! by then. Refuses to say who is a member (`federation`), and to keep what others hand over (`desk`).

mod follow;
mod hand_over;
mod terms;

pub(crate) use hand_over::{address_of_record, record_at};
pub(crate) use terms::{FEDERATION, rules};

/// What the ids of policies and contract definitions begin with that the node makes for closed records.
const PREFIX: &str = "closed-record:";

/// The id of the policy and of the contract definition for the record of this name.
pub(crate) fn offer_of(local: &str) -> String {
    format!("{PREFIX}{local}")
}
