//! Words of catalogues in the forms that records have: texts by language, addresses, days.

use crate::bounds::{LANGUAGES, TEXT};
use serde_json::{Map, Value};

/// A language tag as records write it: language, then script and region; none where it is no such tag.
pub(crate) fn language(tag: &str) -> Option<String> {
    let mut parts = tag.split(['-', '_']);
    let first = parts.next().filter(|part| (2..=3).contains(&part.len()))?;
    let is_alphabetic = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_alphabetic(first) {
        return None;
    }
    let mut written = first.to_ascii_lowercase();
    for part in parts {
        match part.len() {
            4 if is_alphabetic(part) => {
                let (head, tail) = part.split_at(1);
                written.push_str(&format!("-{}{}", head.to_ascii_uppercase(), tail.to_ascii_lowercase()));
            }
            2 if is_alphabetic(part) => written.push_str(&format!("-{}", part.to_ascii_uppercase())),
            3 if part.bytes().all(|byte| byte.is_ascii_digit()) => written.push_str(&format!("-{part}")),
            _ => return None,
        }
    }
    Some(written)
}

/// A text for people: without space around it, no longer than records have them; none where nothing is left.
pub(crate) fn words(text: &str, most: usize) -> Option<String> {
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .take(most)
        .collect();
    (!text.is_empty()).then_some(text)
}

/// Texts by language; of two in one language the first stands.
pub(crate) fn by_language(texts: impl IntoIterator<Item = (String, String)>) -> Option<Value> {
    let mut members = Map::new();
    for (language, text) in texts {
        if members.len() < LANGUAGES
            && let Some(text) = words(&text, TEXT)
        {
            members.entry(language).or_insert_with(|| text.into());
        }
    }
    (!members.is_empty()).then_some(Value::Object(members))
}

/// An address that a browser opens.
pub(crate) fn web_page(text: &str) -> Option<String> {
    let text = text.trim();
    let is_page = text.starts_with("https://") || text.starts_with("http://");
    (is_page && is_address(text)).then(|| text.to_owned())
}

/// An absolute identifier.
pub(crate) fn iri(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    (is_scheme && !rest.is_empty() && is_address(text)).then(|| text.to_owned())
}

fn is_address(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte);
    text.len() <= 2048 && text.bytes().all(is_plain)
}

/// The day of a date or of a date with a time.
pub(crate) fn day(text: &str) -> Option<String> {
    let day = text.trim().get(..10)?;
    let shape = day.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let rest = text.trim().get(10..)?;
    (shape && (rest.is_empty() || rest.starts_with(['T', ' ', '+', 'Z']))).then(|| day.to_owned())
}

/// A media type in the form of the IANA list.
pub(crate) fn media_type(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.rsplit_once("/media-types/").map_or(text, |(_, named)| named);
    let (kind, name) = text.split_once('/')?;
    let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte));
    (is_kind && is_name && text.len() <= 120).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_get_one_spelling_or_none() {
        let table = [
            ("ru", Some("ru")),
            ("uz_latn-uz", Some("uz-Latn-UZ")),
            ("EN", Some("en")),
            ("es-419", Some("es-419")),
            ("", None),
            ("russian", None),
            ("en-x", None),
        ];
        for (given, expected) in table {
            assert_eq!(language(given).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn what_is_no_address_and_no_day_is_none() {
        assert_eq!(
            web_page(" https://a.example/x "),
            Some("https://a.example/x".to_owned())
        );
        for wrong in [
            "ftp://a.example",
            "https://a.example/a b",
            "mailto:a",
            "https://a.example/\u{441}",
        ] {
            assert_eq!(web_page(wrong), None, "{wrong}");
        }
        assert_eq!(iri("urn:x:y"), Some("urn:x:y".to_owned()));
        assert!(iri("x").is_none() && iri("1a:b").is_none() && iri("a:").is_none());
        assert_eq!(day("2026-11-26T01:02:03.1+05:00").as_deref(), Some("2026-11-26"));
        assert_eq!(day("2026-11-26").as_deref(), Some("2026-11-26"));
        assert!(day("26.11.2026").is_none() && day("2026-11").is_none() && day("2026-11-26x").is_none());
        assert_eq!(media_type("text/csv").as_deref(), Some("text/csv"));
        let named = "https://www.iana.org/assignments/media-types/application/ld+json";
        assert_eq!(media_type(named).as_deref(), Some("application/ld+json"));
        assert!(media_type("CSV").is_none());
    }
}
