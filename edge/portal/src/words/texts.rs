//! Texts of others: what they have in several languages, and which of them a reader is shown.

use super::Language;
use icu_locale::{Locale, LocaleDirectionality};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The direction of a text in the language of this tag, as HTML writes it.
pub fn direction(tag: &str) -> &'static str {
    static DIRECTIONS: LazyLock<LocaleDirectionality> = LazyLock::new(LocaleDirectionality::new_common);
    let locale = tag.parse::<Locale>().ok();
    match locale.is_some_and(|locale| DIRECTIONS.is_right_to_left(&locale.id)) {
        true => "rtl",
        false => "ltr",
    }
}

/// A text in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// The language's tag; `und` where none is said.
    pub tag: &'a str,
    /// The text.
    pub text: &'a str,
}

/// The same text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Reads a map from tags to texts; what else there is in it is left out.
    pub fn read(value: Option<&Value>) -> Self {
        let members = value.and_then(Value::as_object).into_iter().flatten();
        let text = |(tag, text): (&String, &Value)| Some((tag.clone(), text.as_str()?.to_owned()));
        Self(members.filter_map(text).collect())
    }

    /// The text in the reader's language, or in the one that a reader of it is most likely to follow.
    pub fn pick(&self, language: Language) -> Option<Said<'_>> {
        let wanted = std::iter::once(language.code()).chain(language.instead());
        let mut tags = wanted.chain(self.0.keys().map(String::as_str));
        tags.find_map(|tag| self.of(tag))
    }

    /// The text in a language.
    pub fn of(&self, tag: &str) -> Option<Said<'_>> {
        let (tag, text) = self.0.get_key_value(tag)?;
        Some(Said { tag, text })
    }

    /// All of them, by tag.
    pub fn iter(&self) -> impl Iterator<Item = Said<'_>> {
        self.0.iter().map(|(tag, text)| Said { tag, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_missing_language_falls_back_along_its_chain() {
        let texts = Texts::read(Some(&json!({ "ru": "Вода", "en": "Water", "kk": "Су", "x": 7 })));
        for (language, expected) in [
            (Language::Kk, "kk"),
            (Language::Ru, "ru"),
            (Language::Tg, "ru"),
            (Language::Fa, "en"),
            (Language::Zh, "en"),
        ] {
            assert_eq!(texts.pick(language).unwrap().tag, expected, "{language:?}");
        }
        let only = Texts::read(Some(&json!({ "tg": "Об" })));
        assert_eq!(
            only.pick(Language::Zh),
            Some(Said {
                tag: "tg", text: "Об"
            })
        );
        assert_eq!(Texts::read(None).pick(Language::Ru), None);
    }

    #[test]
    fn the_direction_follows_the_script() {
        for (tag, expected) in [
            ("fa", "rtl"),
            ("ur", "rtl"),
            ("ar", "rtl"),
            ("ug", "rtl"),
            ("ru", "ltr"),
            ("uz", "ltr"),
            ("uz-Arab", "rtl"),
            ("und", "ltr"),
            ("not a tag", "ltr"),
        ] {
            assert_eq!(direction(tag), expected, "{tag}");
        }
    }
}
