//! Language tags: the part of BCP 47 that texts for people need.
//!
//! Refuses extensions, variants and private use: one language has one tag here, so that tags can be compared as text.

use crate::Invalid;
use std::fmt;

/// A language tag `language[-Script][-REGION]` in the letter case that RFC 5646 section 2.1.1 recommends, e.g. `uz-Cyrl` or `zh`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang(String);

impl Lang {
    /// Reads a tag.
    ///
    /// # Errors
    /// The text is no such tag or is spelt in another letter case; answer "bad request".
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split('-').peekable();
        let language = parts.next().is_some_and(is_language);
        parts.next_if(|part| is_script(part));
        parts.next_if(|part| is_region(part));
        if language && parts.next().is_none() {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new(
            "language tag",
            "is not `language[-Script][-REGION]` as BCP 47 writes it, e.g. `ru` or `uz-Cyrl`",
        ))
    }

    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_language(part: &str) -> bool {
    matches!(part.len(), 2 | 3) && part.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_script(part: &str) -> bool {
    let mut letters = part.bytes();
    part.len() == 4
        && letters.next().is_some_and(|byte| byte.is_ascii_uppercase())
        && letters.all(|byte| byte.is_ascii_lowercase())
}

fn is_region(part: &str) -> bool {
    (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase()))
        || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_each_tag() {
        for good in ["ru", "zh", "uz-Cyrl", "zh-Hans-CN", "tg-TJ", "es-419", "kaa"] {
            assert_eq!(Lang::parse(good).map(|lang| lang.to_string()).as_deref(), Ok(good));
        }
        let bad = [
            "",
            "r",
            "RU",
            "ru-",
            "-ru",
            "ru-ru",
            "russ",
            "uz-cyrl",
            "uz-CYRL",
            "zh-CN-Hans",
            "ru-RU-x-a",
            "en-1",
            "ру",
            "ru_RU",
        ];
        for bad in bad {
            assert!(Lang::parse(bad).is_err(), "{bad}");
        }
    }
}
