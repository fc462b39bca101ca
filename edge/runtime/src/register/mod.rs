//! What everybody may read of the register: the catalogue of all logs that this node holds, its own and those that it mirrors.
//!
//! Reads only, and only what is public. Refuses to know who asks, and in which form it is answered (the doors).

mod datasets;
mod export;
mod one;
mod search;
mod shown;
mod view;

pub(crate) use datasets::Known;
pub use export::RegisterPart;
pub use search::{RegisterQuery, facet_names};
pub use shown::{Judged, Pointer};
pub use view::AGE;

use crate::Fault;
use crate::desk::invalid;

/// Records on a page when the asker does not say.
const PAGE_USUAL: usize = 20;
/// Most records on a page.
pub const REGISTER_PAGE: usize = 100;

/// How many records a page is to have.
fn checked_limit(limit: Option<usize>) -> Result<usize, Fault> {
    let limit = limit.unwrap_or(PAGE_USUAL);
    if !(1..=REGISTER_PAGE).contains(&limit) {
        return Err(invalid("wrong-limit", format!("`limit` is 1 to {REGISTER_PAGE}")));
    }
    Ok(limit)
}
