//! Queries: which of many JSON objects are meant, in which order, and which part of them. The language is the `QuerySpec` of
//! EDC's management API; contract definitions select assets with the same criteria.
//!
//! Holds reading, evaluation and what an index can make of a criterion. Refuses to hold where the objects come from (the
//! store), what their members are called on the wire (the doors) and who may see them (the runtime).
//!
//! # Criteria
//! A criterion is `operandLeft`, `operator`, `operandRight`; several are joined by *and*, none picks all.
//!
//! | operator | holds when the left side |
//! | --- | --- |
//! | `=` | equals the right operand, or is a list with an item that does |
//! | `!=` | does not `=` it, or is absent |
//! | `in` | equals one item of the right operand, an array |
//! | `not in` | does not do so, or is absent |
//! | `like` | is a text that fits the pattern: `%` stands for any run of characters, `_` for one; case counts |
//! | `ilike` | is such a text, whatever its case |
//! | `contains` | is a list with an item that equals the right operand |
//! | `<` `<=` `>` `>=` | is a number as the right operand is, or a text as it is, and compares so; texts by code points |
//!
//! Numbers are equal by value (`1` and `1.0`); a number is never equal to a text. An absent left side satisfies `!=` and
//! `not in` alone; `null` is absent. A typed or tagged value (`{"@value": ...}`) is as its value, `{"@list": [...]}` as its
//! list. Operators may be written in any case.
//!
//! # Left operands
//! | form | means |
//! | --- | --- |
//! | `name` | the member of that name |
//! | `one.other` | the member of a member; over a list, that of each item |
//! | `'a.b'.c` | a part in single quotes is one name, whatever it holds |
//! | `list[0]` | an item of a list; a single value is a list of one |
//! | `https://example.org/ns/a.b` | one name: an IRI that stands at the beginning of a part reaches to the end |
//! | `https://w3id.org/edc/v0.0.1/ns/name` | `name`: terms of that namespace are kept by their short names |
//! | `id`, `@id` | the object's id |
//!
//! Where a path leads nowhere, the whole operand is tried as one name. Objects are asked in the order that the caller gives,
//! and the first that has the operand counts.
//!
//! # Order
//! By `sortField` when there is one: truth values, then numbers, then texts, then the rest, `DESC` the other way round;
//! objects without the field come last either way. Otherwise, and among equals, the order in which the caller has them.

mod compare;
mod criterion;
mod filter;
mod gather;
mod index;
mod like;
mod malformed;
mod path;
mod spec;

pub use criterion::Criterion;
pub use filter::Filter;
pub use gather::{Gather, More};
pub use index::{Reach, index_keys, index_name};
pub use malformed::{Malformed, code};
pub use path::Path;
pub use spec::{QuerySpec, SortKey, SortOrder};
