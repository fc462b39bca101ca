//! OpenAPI 3.1 documents as JSON: what is mended in one that was generated from types, and a page of it for people.
//!
//! Knows no API of ours: any document of this version will do. The page stands alone: no script, no font, no request to
//! anywhere. Refuses to hold what an operation says of itself (the doors) and to serve anything (the node).

mod mend;
mod page;
mod schema;

pub use mend::mend;
pub use page::{STYLE, page};
