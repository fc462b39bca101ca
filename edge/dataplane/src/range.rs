//! The `Range` field (RFC 9110 section 14): one range of bytes or the whole.
//!
//! Several ranges are answered with the whole, which section 14.2 permits and which spares us multipart bodies. What cannot be
//! understood is ignored, as that section wants it.

/// Longest `Range` looked at, in bytes: two numbers of twenty digits fit many times.
const FIELD_BYTES: usize = 256;

/// What of a document is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of it.
    Whole,
    /// Bytes `first` to `last`, both included and within the document.
    Part {
        /// First byte.
        first: u64,
        /// Last byte.
        last: u64,
    },
    /// Nothing in it is meant: 416.
    Unsatisfiable,
}

/// Reads the field's value against a document of `size` bytes.
pub(crate) fn select(field: &str, size: u64) -> Selection {
    parse(field, size).unwrap_or(Selection::Whole)
}

/// None for what is to be ignored.
fn parse(field: &str, size: u64) -> Option<Selection> {
    if field.len() > FIELD_BYTES {
        return None;
    }
    let (unit, set) = field.trim().split_once('=')?;
    let (first, last) = set.trim().split_once('-')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    match (first, last) {
        ("", length) => suffix(number(length)?, size),
        (first, "") => from(number(first)?, u64::MAX, size),
        (first, last) => from(number(first)?, number(last)?, size),
    }
}

fn suffix(length: u64, size: u64) -> Option<Selection> {
    match (length, size.checked_sub(1)) {
        (0, _) => Some(Selection::Unsatisfiable),
        // The last bytes of nothing are all of it.
        (_, None) => None,
        (length, Some(last)) => Some(Selection::Part {
            first: size.saturating_sub(length),
            last,
        }),
    }
}

fn from(first: u64, last: u64, size: u64) -> Option<Selection> {
    if last < first {
        return None;
    }
    if first >= size {
        return Some(Selection::Unsatisfiable);
    }
    Some(Selection::Part {
        first,
        last: last.min(size.saturating_sub(1)),
    })
}

/// Digits alone; more than fits is as far as there is.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::Selection::{Part, Unsatisfiable, Whole};
    use super::*;

    #[test]
    fn ranges_of_a_document_of_ten_bytes() {
        let table = [
            ("bytes=0-9", Part { first: 0, last: 9 }),
            ("bytes=0-0", Part { first: 0, last: 0 }),
            ("bytes=9-9", Part { first: 9, last: 9 }),
            ("bytes=2-5", Part { first: 2, last: 5 }),
            ("BYTES=2-5", Part { first: 2, last: 5 }),
            (" bytes= 2-5 ", Part { first: 2, last: 5 }),
            ("bytes=5-", Part { first: 5, last: 9 }),
            ("bytes=5-100", Part { first: 5, last: 9 }),
            ("bytes=5-99999999999999999999999999", Part { first: 5, last: 9 }),
            ("bytes=-1", Part { first: 9, last: 9 }),
            ("bytes=-10", Part { first: 0, last: 9 }),
            ("bytes=-11", Part { first: 0, last: 9 }),
            ("bytes=-99999999999999999999999999", Part { first: 0, last: 9 }),
            ("bytes=10-", Unsatisfiable),
            ("bytes=10-12", Unsatisfiable),
            ("bytes=99999999999999999999999999-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=5-2", Whole),
            ("bytes=0-1,4-5", Whole),
            ("bytes=0-1, -2", Whole),
            ("bytes=-", Whole),
            ("bytes=", Whole),
            ("bytes", Whole),
            ("", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=1 -2", Whole),
            ("bytes=0x1-2", Whole),
            ("bytes=--2", Whole),
            ("lines=0-1", Whole),
        ];
        for (field, expected) in table {
            assert_eq!(select(field, 10), expected, "{field}");
        }
        assert_eq!(select(&format!("bytes={:0300}-5", 1), 10), Whole);
    }

    #[test]
    fn ranges_of_an_empty_document() {
        for (field, expected) in [
            ("bytes=0-", Unsatisfiable),
            ("bytes=-5", Whole),
            ("bytes=-0", Unsatisfiable),
        ] {
            assert_eq!(select(field, 0), expected, "{field}");
        }
    }
}
