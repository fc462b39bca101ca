//! Words as they stand in lists and in the index: without a space inside, and without a sign at which the index would cut. A facet is a
//! word too: `name=value`.

use crate::Facet;
use std::fmt::Write;

/// Signs that are written as `%` and two digits, beside those that are no visible ASCII: they end a word, or are the escape itself.
const ESCAPED: &[u8] = b"%\"'";

/// A list of words.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a String>) -> String {
    words.into_iter().map(|word| escape(word)).collect::<Vec<_>>().join(" ")
}

/// A facet as a word.
pub(crate) fn word(facet: &Facet) -> String {
    format!("{}={}", facet.name, escape(&facet.value))
}

/// What is not ASCII stays as it is: it is never cut.
pub(crate) fn escape(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for sign in text.chars() {
        match u8::try_from(sign) {
            Ok(byte) if byte.is_ascii() && (!byte.is_ascii_graphic() || ESCAPED.contains(&byte)) => {
                // Writing to a String cannot fail.
                let _ = write!(word, "%{byte:02X}");
            }
            _ => word.push(sign),
        }
    }
    word
}

/// Reads a facet that [`word`] wrote.
pub(crate) fn facet(word: &str) -> Option<Facet> {
    let (name, escaped) = word.split_once('=')?;
    let mut parts = escaped.split('%');
    let mut value = parts.next()?.to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        value.push(char::from(u8::from_str_radix(digits, 16).ok()?));
        value.push_str(rest);
    }
    Some(Facet {
        name: name.to_owned(),
        value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facet_comes_back_from_its_word() {
        for (value, written) in [
            ("dataset", "kind=dataset"),
            ("http://x/a?b=c&d", "kind=http://x/a?b=c&d"),
            ("50% \"of\" 'it'", "kind=50%25%20%22of%22%20%27it%27"),
            ("ряд\u{a0}1\n", "kind=ряд\u{a0}1%0A"),
            ("", "kind="),
        ] {
            let one = Facet {
                name: "kind".to_owned(),
                value: value.to_owned(),
            };
            assert_eq!(word(&one), written);
            assert_eq!(facet(written), Some(one));
        }
        for no in ["kind", "kind=%", "kind=%2", "kind=%zz", "kind=%я"] {
            assert_eq!(facet(no), None, "{no}");
        }
    }
}
