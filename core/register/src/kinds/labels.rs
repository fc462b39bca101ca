//! What people call a kind and its members, in one language (`labels.toml`).

use std::collections::BTreeMap;
use toml::{Table, Value};

/// The words of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// The kind.
    pub name: String,
    /// Several of the kind.
    pub plural: String,
    /// What it is for, in one sentence.
    pub about: Option<String>,
    /// Its members, by dotted path.
    pub fields: BTreeMap<String, FieldLabel>,
    /// Words for the values of members that have a closed list, by dotted path, then by value.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether a speaker of the language has yet to read it.
    pub draft: bool,
}

/// The words for one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldLabel {
    /// What stands before the member.
    pub label: String,
    /// What helps to fill it in.
    pub help: Option<String>,
}

impl Labels {
    pub(super) fn read(table: &Table) -> Result<Self, String> {
        let mut labels = Self {
            name: text(table, "name")?,
            plural: text(table, "plural")?,
            about: said(table, "about")?,
            fields: BTreeMap::new(),
            values: BTreeMap::new(),
            draft: table.get("draft").and_then(Value::as_bool).unwrap_or(false),
        };
        for (path, field) in entries(table, "fields")? {
            let label = FieldLabel {
                label: text(field, "label")?,
                help: said(field, "help")?,
            };
            labels.fields.insert(path.clone(), label);
        }
        for (path, values) in entries(table, "values")? {
            let words = values.keys().map(|value| Ok((value.clone(), text(values, value)?)));
            labels
                .values
                .insert(path.clone(), words.collect::<Result<_, String>>()?);
        }
        Ok(labels)
    }
}

/// A string that must be there.
pub(super) fn text(table: &Table, name: &str) -> Result<String, String> {
    said(table, name)?.ok_or_else(|| format!("lacks `{name}`"))
}

/// A string that may be absent.
pub(super) fn said(table: &Table, name: &str) -> Result<Option<String>, String> {
    match table.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{name}` is no text")),
    }
}

/// The tables within a table that may be absent.
pub(super) fn entries<'a>(table: &'a Table, name: &str) -> Result<Vec<(&'a String, &'a Table)>, String> {
    let inner = match table.get(name) {
        None => return Ok(Vec::new()),
        Some(inner) => inner.as_table().ok_or_else(|| format!("`{name}` is no table"))?,
    };
    let tables = inner.iter().map(|(path, entry)| {
        let entry = entry.as_table().ok_or_else(|| format!("`{name}.{path}` is no table"))?;
        Ok((path, entry))
    });
    tables.collect()
}
