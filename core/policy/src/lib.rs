//! Policies: the ODRL subset of the Dataspace Protocol 2025-1, its evaluation with reasons, and the difference of two policies.
//!
//! Holds the model, the evaluator and the structural diff. Refuses to hold messages (`dsp`), who the counterparty is
//! (`trust`) and what follows from a decision (`exchange`). Why this is an evaluator of our own:
//! `docs/decisions/0002-policy-evaluator.md`.
//!
//! # What is decided
//! The request is always: may the counterparty `use` the target now. It is permitted when at least one permission for
//! `use` applies with its constraints satisfied, and no prohibition of `use` applies. Nothing said is nothing permitted.
//! Obligations, duties of the permissions that applied and prohibitions of other actions (`distribute`, ...) bind the
//! receiver; they travel in the [`Permit`].
//!
//! # What is understood
//! | what | spellings | operators |
//! | --- | --- | --- |
//! | action | `use`, `USE` | |
//! | the counterparty's id | `participant`, `participantId`, `dspace:participantId`, `edc:participantId`, the last two also as full IRIs | `eq` `neq` `isAnyOf` `isNoneOf` |
//! | the federations that the counterparty is a member of now, by id | `urn:chapar:terms:memberOf`, `chapar:memberOf`, `memberOf` | `eq` `neq` `isAnyOf` `isNoneOf` |
//! | the time of the request, RFC 3339 with an offset | `dateTime` | `eq` `neq` `gt` `gteq` `lt` `lteq` |
//! | the same, or relative to the agreement as `contractAgreement+7d` (units `s`, `m`, `h`, `d`) | `inForceDate`, `edc:inForceDate`, or its full IRI | as before |
//!
//! Words of ODRL itself may also be written `odrl:use`, as the full IRI, or as `{"@id": ...}`. A single value and an array
//! of one are the same, and so are `edc:` and the namespace it stands for. A list of right operands may be one text of JSON,
//! `[{"@value": ...}, ...]`: so the family of EDC writes it.
//!
//! # What is not understood denies
//! Every atom is *true*, *false*, *unknown* or *open*. Unknown is an operand, operator or value that this node cannot
//! judge, or a federation that it does not follow: a permission that rests on it does not apply, a prohibition that rests on it does. Open is a bound relative to an
//! agreement that does not exist yet (catalogue, negotiation): its window has not started, so it hinders neither. Logic
//! over them is Kleene's: `or` with one true part is true whatever the unknown part would say.

mod admits;
mod decide;
mod diff;
mod evaluate;
mod federations;
mod model;
mod normal;
mod packed;
mod parse;
mod plan;
mod pointer;
mod reason;
mod vocabulary;
mod window;

pub use admits::Admits;
pub use decide::{Decision, Duty, Permit, Situation, Standing, decide, validate};
pub use diff::{DIFFERENCES, Difference, diff};
pub use federations::Federations;
pub use model::Policy;
pub use normal::normal_form;
pub use packed::unpack;
pub use plan::{ConstraintPlan, Plan, RulePlan, plan};
pub use reason::{Reason, code};
