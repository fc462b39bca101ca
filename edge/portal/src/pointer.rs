//! How one points at a record on paper or on a screen: the text of a code, an address of ours or of another node, or an id. Page of the
//! format: docs/formats/pointer.md.
//!
//! Refuses to look anything up.

use crate::address;
use crate::query::Query;
use crate::words::Language;
use axum::http::Uri;
use chapar_runtime::Pointer;
use chapar_terms::Digest;
use percent_encoding::percent_decode_str;

/// Longest text that is read as a pointer, in bytes: an id of 2 048 bytes, percent-encoded, and what stands beside it.
pub const POINTER_BYTES: usize = 7 * 1024;

/// The text of a code: the address at which a node verifies the record, with what the record must be.
pub fn text(public_url: &str, pointer: &Pointer) -> String {
    question(pointer).behind(&format!("{}{}", public_url.trim_end_matches('/'), address::VERIFY))
}

/// The same as a page here.
pub fn page(language: Language, pointer: &Pointer) -> String {
    question(pointer).behind(&address::verify(language))
}

fn question(pointer: &Pointer) -> Query {
    let mut query = Query::default().with("record", &pointer.record);
    if let Some(version) = pointer.version {
        query = query.with("version", &version.to_string());
    }
    if let Some(hash) = &pointer.hash {
        query = query.with("hash", &hash.hex());
    }
    if let Some(signature) = &pointer.signature {
        query = query.with("signature", signature);
    }
    query
}

/// Reads what somebody pasted; none where it points at no record.
pub fn read(text: &str) -> Option<Pointer> {
    let text = text.trim();
    if text.len() > POINTER_BYTES || text.chars().any(char::is_whitespace) {
        return None;
    }
    if !text.contains("://") {
        return of_id(text.to_owned(), None);
    }
    let uri: Uri = text.parse().ok()?;
    let query = Query::read(&uri).ok()?;
    if query.one("record").is_some() {
        return of_query(&query);
    }
    let (_, behind) = uri.path().split_once("/records/")?;
    let id = percent_decode_str(behind.split('/').next()?).decode_utf8().ok()?;
    of_id(id.into_owned(), query.number("version"))
}

/// Reads the question of an address of the room; none where a part of it is none, for then it points at something else than was meant.
pub fn of_query(query: &Query) -> Option<Pointer> {
    let version = query.one("version").map(str::parse).transpose().ok()?;
    let pointer = of_id(query.one("record")?.to_owned(), version)?;
    Some(Pointer {
        hash: query.one("hash").map(Digest::from_hex).transpose().ok()?,
        signature: query.one("signature").map(str::to_owned),
        ..pointer
    })
}

fn of_id(record: String, version: Option<u32>) -> Option<Pointer> {
    record.contains("/records/").then(|| Pointer {
        record,
        version,
        ..Pointer::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "did:web:127.0.0.1%3A8443:plant/records/0123456789abcdef/road-7";

    #[test]
    fn a_code_is_read_as_it_was_written() {
        let pointer = Pointer {
            record: ID.to_owned(),
            version: Some(2),
            hash: Some(Digest::of(b"leaf")),
            signature: Some("z2NnGhSd".to_owned()),
        };
        let text = text("https://node.example/", &pointer);
        assert!(
            text.starts_with("https://node.example/verify?record=did%3Aweb"),
            "{text}"
        );
        assert_eq!(read(&format!(" {text}\n")), Some(pointer));
    }

    #[test]
    fn the_page_of_the_format_shows_what_is_written() {
        let page = include_str!("../../../docs/formats/pointer.md");
        let example = page.split("```text\n").nth(1).unwrap().lines().next().unwrap();
        let pointer = read(example).unwrap();
        assert_eq!(
            pointer.record,
            "did:web:uz.example:plant/records/0123456789abcdef/road-7"
        );
        assert!(pointer.hash.is_some() && pointer.signature.is_some() && pointer.version == Some(1));
        assert_eq!(text("https://node.example", &pointer), example);
    }

    #[test]
    fn addresses_and_ids_point_too() {
        let bare = |version| {
            Some(Pointer {
                record: ID.to_owned(),
                version,
                ..Pointer::default()
            })
        };
        let encoded = address::segment(ID);
        assert_eq!(read(ID), bare(None));
        assert_eq!(
            read(&format!("https://node.example/ru/records/{encoded}?version=3")),
            bare(Some(3))
        );
        let door = format!("https://node.example/chapar/v1/register/records/{encoded}/proof");
        assert_eq!(read(&door), bare(None));
    }

    #[test]
    fn what_points_at_nothing_is_told_apart() {
        let long = format!("https://a.example/records/{}", "a".repeat(POINTER_BYTES));
        for text in [
            "",
            "water",
            "https://node.example/",
            "https://a b/records/x",
            "://",
            long.as_str(),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        for part in ["version=x", "version=-1", "hash=12"] {
            let text = format!("https://a.example/verify?record=a/records/b/c&{part}");
            assert_eq!(read(&text), None, "{part}");
        }
    }
}
