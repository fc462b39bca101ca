//! OpenAPI 3.1 documents as JSON: what is mended in one that was generated from types.
//!
//! Knows no API of ours: any document of this version will do. Refuses to hold what an operation says of itself (the doors)
//! and to serve anything (the node).

mod mend;

pub use mend::mend;
