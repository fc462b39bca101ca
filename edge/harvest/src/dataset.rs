//! What is read of one dataset: the body of a record, and what was left out of it.

use crate::bounds::{DISTRIBUTIONS, FILE_BYTES, KEYWORD, KEYWORDS};
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

/// A form in which a dataset is had, as either kind of catalogue tells of it.
pub(crate) struct Distribution {
    pub access: String,
    pub download: Option<String>,
    pub title: Option<Value>,
    pub description: Option<Value>,
    pub media_type: Option<String>,
    pub license: Option<String>,
    pub bytes: Option<u64>,
}

impl Distribution {
    /// As it stands in a record. A size that no reader of JSON holds exactly is nobody's.
    pub(crate) fn render(self) -> Value {
        let bytes = self.bytes.filter(|bytes| *bytes <= FILE_BYTES);
        let members = [
            ("accessURL", Some(self.access.into())),
            ("downloadURL", self.download.map(Value::from)),
            ("title", self.title),
            ("description", self.description),
            ("mediaType", self.media_type.map(Value::from)),
            ("license", self.license.map(Value::from)),
            ("byteSize", bytes.map(Value::from)),
        ];
        let said = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(said.collect())
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
    fn a_size_is_told_as_far_as_json_holds_it() {
        let of = |bytes: u64| {
            let distribution = Distribution {
                access: "https://a.example/1".to_owned(),
                download: None,
                title: None,
                description: None,
                media_type: None,
                license: Some("https://licences.example/by".to_owned()),
                bytes: Some(bytes),
            };
            distribution.render()
        };
        let known = json!({ "accessURL": "https://a.example/1", "license": "https://licences.example/by", "byteSize": FILE_BYTES });
        assert_eq!(of(FILE_BYTES), known);
        assert_eq!(of(FILE_BYTES + 1).get("byteSize"), None);
    }

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
