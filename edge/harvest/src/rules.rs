//! What a person says of a catalogue that the catalogue does not say itself: a file in TOML.

use chapar_terms::Invalid;
use serde::Deserialize;
use std::collections::BTreeMap;

const WHAT: &str = "map of a harvest";

/// What stands for what is not said.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// The language of texts that bear none.
    pub language: Option<String>,
    /// Who publishes what names no publisher.
    pub publisher: Option<String>,
    /// The states that everything covers, where it does not say itself.
    pub spatial: Vec<String>,
    /// Words of the catalogue (its groups, its themes) and the topics that they are.
    pub theme: BTreeMap<String, String>,
    /// Licence names of the catalogue, and the addresses that they are.
    pub license: BTreeMap<String, String>,
}

impl Rules {
    /// Reads a map.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        toml::from_str(text).map_err(|error| Invalid::new(WHAT, error.to_string()))
    }

    /// The language of texts that bear none; `und`, where nobody says.
    pub(crate) fn usual_language(&self) -> &str {
        self.language.as_deref().unwrap_or("und")
    }
}
