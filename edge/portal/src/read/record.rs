//! A record with what belongs to it.

use super::{Found, number, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_register::Header;
use serde_json::{Map, Value};

/// A record in full.
#[derive(Clone, Debug)]
pub struct Record {
    /// What lists have of it.
    pub found: Found,
    /// What stands in its leaf; none where it cannot be read here.
    pub header: Option<Header>,
    /// The signature in its leaf, likewise.
    pub signature: Option<String>,
    /// The record that was issued in its place in another log.
    pub replaced_by: Option<String>,
    /// Its body, where everybody may have it.
    pub body: Option<Map<String, Value>>,
    /// What it names: relation and target.
    pub names: Vec<(String, String)>,
    /// Records that name it.
    pub named_by: Vec<Found>,
    /// Where else its log is served.
    pub mirrored_by: Vec<Holder>,
}

/// A place that mirrors a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Where.
    pub address: String,
    /// `here`, `shown` or `claimed`.
    pub state: String,
    /// Entries that it had.
    pub size: Option<u64>,
    /// Entries that it lacked.
    pub lag: Option<u64>,
    /// Seconds since it showed them.
    pub age: Option<u64>,
}

impl Record {
    /// Reads one; none of what has no id.
    pub fn read(view: &Value) -> Option<Self> {
        let list = |name: &str| view.get(name).and_then(Value::as_array).into_iter().flatten();
        let leaf = text(view, "leaf").and_then(|leaf| STANDARD.decode(leaf).ok());
        let leaf = leaf.and_then(|leaf| chapar_register::Record::parse(&leaf).ok());
        Some(Self {
            found: Found::read(view)?,
            header: leaf.as_ref().map(|leaf| leaf.header().clone()),
            signature: leaf.map(|leaf| leaf.proof().proof_value()),
            replaced_by: text(view, "replacedBy"),
            body: view.get("body").and_then(Value::as_object).cloned(),
            names: list("names")
                .filter_map(|link| Some((text(link, "rel")?, text(link, "target")?)))
                .collect(),
            named_by: list("namedBy").filter_map(Found::read).collect(),
            mirrored_by: list("mirroredBy").filter_map(Holder::read).collect(),
        })
    }

    /// The languages that bind, where the record says so.
    pub fn authentic(&self) -> Vec<&str> {
        let languages = self.header.iter().flat_map(|header| &header.authentic);
        languages.map(chapar_terms::Lang::as_str).collect()
    }
}

impl Holder {
    fn read(view: &Value) -> Option<Self> {
        Some(Self {
            address: text(view, "address")?,
            state: text(view, "state")?,
            size: number(view, "size"),
            lag: number(view, "lag"),
            age: number(view, chapar_runtime::AGE),
        })
    }
}
