//! What everybody may read of the register: the catalogue of all logs that this node holds, its own and those that it mirrors.
//!
//! Reads only, and only what is public. Refuses to know who asks, and in which form it is answered (the doors).

mod one;
mod search;
mod view;

pub use search::{RegisterQuery, facet_names};

/// Records on a page when the asker does not say.
const PAGE_USUAL: usize = 20;
/// Most records on a page.
pub const REGISTER_PAGE: usize = 100;
