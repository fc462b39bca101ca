//! The runtime's views, read into what pages are made of. One view, one file; what a view does not have is absent, never invented.
//!
//! Refuses to ask (the pages do) and to know how anything looks.

mod alarm;
mod counts;
mod federation;
mod found;
mod log;
mod mirror;
mod names;
mod record;

pub use alarm::Alarm;
pub use counts::Counts;
pub use federation::{Federation, Member};
pub use found::Found;
pub use log::Log;
pub use mirror::Mirror;
pub use names::Names;
pub use record::{Holder, Record};

use chapar_terms::Instant;
use serde_json::Value;

/// The items of a list; none of what is no list.
pub fn items(view: &Value) -> impl Iterator<Item = &Value> {
    view.get("items").and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn number(value: &Value, name: &str) -> Option<u64> {
    value.get(name).and_then(Value::as_u64)
}

fn time(value: &Value, name: &str) -> Option<Instant> {
    Instant::parse_rfc3339(value.get(name)?.as_str()?).ok()
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    let list = value.get(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
