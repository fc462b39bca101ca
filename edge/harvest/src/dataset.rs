//! What is read of one dataset: the body of a record, and what was left out of it.

use crate::bounds::{DISTRIBUTIONS, KEYWORD, KEYWORDS};
use crate::text::words;
use chapar_terms::Digest;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A dataset of a catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What the catalogue calls it, for ever.
    pub id: String,
    /// Where it is read, where the catalogue says so.
    pub page: Option<String>,
    /// The body of its record, or why the catalogue took it back.
    pub what: Result<Value, String>,
    /// What has no place in a record.
    pub left_out: LeftOut,
}

/// What was left out, by what it was, with how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut(pub BTreeMap<&'static str, u64>);

impl LeftOut {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }
}

/// The name of its record: the catalogue's id where that is one, otherwise made of it, the same each time.
pub fn local_name(id: &str) -> String {
    let fits = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    match fits {
        true => id.to_owned(),
        false => {
            let digest = Digest::of(id.as_bytes()).hex();
            format!("h-{}", digest.get(..40).unwrap_or(&digest))
        }
    }
}

/// A body under way.
#[derive(Default)]
pub(crate) struct Body {
    members: Map<String, Value>,
    pub left_out: LeftOut,
}

impl Body {
    pub(crate) fn put(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.members.insert(name.to_owned(), value.into());
        }
    }

    /// A list without repeats, as long as a record may have it; what is beyond is counted.
    pub(crate) fn put_list(&mut self, name: &str, items: Vec<Value>, most: usize) {
        let mut list: Vec<Value> = Vec::new();
        for item in items {
            match list.len() < most {
                _ if list.contains(&item) => {}
                true => list.push(item),
                false => self.left_out.count("beyond the length of a list"),
            }
        }
        self.put(name, (!list.is_empty()).then_some(list));
    }

    pub(crate) fn put_keywords(&mut self, keywords: Vec<(String, String)>) {
        let mut by_language: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (language, word) in keywords {
            let Some(word) = words(&word, KEYWORD) else { continue };
            let list = by_language.entry(language).or_default();
            if list.len() < KEYWORDS && !list.contains(&json!(word)) {
                list.push(word.into());
            }
        }
        self.put("keyword", (!by_language.is_empty()).then(|| json!(by_language)));
    }

    pub(crate) fn put_distributions(&mut self, items: Vec<Value>) {
        self.put_list("distribution", items, DISTRIBUTIONS);
    }

    /// What stands in the body so far.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A dataset needs a title; what describes it may be missing in a catalogue, and its title is said again then.
    pub(crate) fn finish(mut self) -> (Value, LeftOut) {
        if let (false, Some(title)) = (self.has("description"), self.members.get("title").cloned()) {
            self.left_out.count("no description, the title stands for it");
            self.members.insert("description".to_owned(), title);
        }
        (Value::Object(self.members), self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_catalogue_where_they_fit_and_stay_the_same() {
        assert_eq!(local_name("0a1b-ds.7"), "0a1b-ds.7");
        let made = local_name("https://data.example/set/вода");
        assert_eq!(made, local_name("https://data.example/set/вода"));
        assert_ne!(made, local_name("https://data.example/set/вода2"));
        assert!(made.starts_with("h-") && made.len() == 42);
        assert_eq!(local_name(&"x".repeat(65)).len(), 42);
    }
}
