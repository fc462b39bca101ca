//! The one place that decides: a case, an input and the facts of the moment go in; a [`Step`] comes out.
//!
//! **The contract of a step, in one sentence: commit its case, records, cancelled and new effects in one transaction,
//! then give its reply, then run its effects, and feed each effect's result back as the next input.**
//!
//! ```text
//! load case ─┐
//! input ─────┼─> step ─> case' + records + effects + reply ─> commit ─> reply ─> run effects ─> input ...
//! facts ─────┘
//! ```
//!
//! Holds one folder per kind of case (`negotiation`, `transfer`). What both share: [`track`], the state both sides know and at
//! most one pending move; `case` with what is done alike to both, `answer` to a message, `delivery` of a move and
//! `withdraw` of a case that nobody answers. Refuses to
//! hold wire formats (`dsp`), the meaning of rules (`policy`), identity (`trust`) or any IO (`runtime`). Nothing here is
//! `async`; whoever wants to wait returns an effect instead.
//!
//! How to add a kind of case: (1) give its machine a [`protocol::Protocol`]; (2) a folder with the case as `case::Case`,
//! `receive`, `decide`, `deliver` and `stored`; (3) a row in `tests/`' pair driver; (4) nothing in the other folders.

mod address;
mod adoption;
mod answer;
mod callback;
mod case;
mod delivery;
mod facts;
mod head;
pub mod negotiation;
mod overdue;
mod phase;
pub mod protocol;
mod retirement;
mod step;
mod stored;
pub mod track;
pub mod transfer;
mod withdraw;

pub use address::join;
pub use adoption::adoption;
pub use callback::CallbackAddress;
pub use facts::{Access, Answer, Facts, Fresh, Me, Received, Sent};
pub use head::{Actor, Head, Mode};
pub use retirement::Retirement;
pub use step::{AgreementInForce, Created, Effect, Reached, Record, Refusal, RefusalKind, Reply, Step};
pub use stored::Broken;
