//! The style sheet: no physical side, within its size, and every colour a token. And the script: nothing is sent anywhere.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this crate is tests"
)]

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::Path;

/// Bytes of the packed style sheet.
const PACKED: usize = 25 * 1024;
/// Words of physical sides and sizes; behind each the one to write.
const PHYSICAL: [(&str, &str); 12] = [
    ("left", "inline-start"),
    ("right", "inline-end"),
    ("top", "block-start"),
    ("bottom", "block-end"),
    ("width", "inline-size"),
    ("height", "block-size"),
    ("min-width", "min-inline-size"),
    ("max-width", "max-inline-size"),
    ("min-height", "min-block-size"),
    ("max-height", "max-block-size"),
    ("overflow-x", "overflow-inline"),
    ("overflow-y", "overflow-block"),
];
/// Where such a word is right all the same: queries of windows, which have no other words; how letters lie; a line's height and a stroke's
/// width, which have no direction; and scrolling, for which browsers lack the logical word.
const ALLOWED: [&str; 8] = [
    "@media (max-width",
    "line-height",
    "stroke-width",
    "vertical-align: top",
    "overflow-x: auto",
    "overflow-x: visible",
    "border-width",
    ".top",
];

fn sheets() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/css");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    files.map(read).collect()
}

/// What of a sheet names a physical side.
fn physical(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut rest = line.to_owned();
        for allowed in ALLOWED {
            rest = rest.replace(allowed, "");
        }
        let words = rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'));
        for word in words {
            let side = |part: &str| ["left", "right", "top", "bottom"].contains(&part);
            let is_side = word.split('-').any(side) && !word.contains("inline") && !word.contains("block");
            if is_side || PHYSICAL.iter().any(|(physical, _)| *physical == word) {
                found.push(format!("`{word}` in `{}`", line.trim()));
            }
        }
    }
    found
}

#[test]
fn no_side_is_physical() {
    for (name, text) in sheets() {
        assert_eq!(physical(&text), Vec::<String>::new(), "{name}");
    }
    for planted in [
        "a { margin-left: 1px }",
        "a { right: 0 }",
        "a { width: 3em }",
        "a { border-top-left-radius: 2px }",
        "a { text-align: left }",
        "a { max-height: 1px }",
    ] {
        assert!(!physical(planted).is_empty(), "{planted}");
    }
    assert!(physical("a { inset-block-start: 0; margin-inline-end: 1px; line-height: 1 }").is_empty());
}

#[test]
fn it_is_small() {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    for (_, text) in sheets() {
        packer.write_all(text.as_bytes()).unwrap();
    }
    let packed = packer.finish().unwrap().len();
    assert!(packed < PACKED, "{packed} bytes");
}

#[test]
fn colours_are_tokens() {
    for (name, text) in sheets() {
        // Paper has its own.
        let screen = text.split("@media print").next().unwrap();
        let has_colour =
            |line: &&str| line.contains('#') && !line.trim_start().starts_with("--") && !line.contains("href");
        let found: Vec<&str> = screen.lines().filter(has_colour).collect();
        assert!(name == "tokens.css" || found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn the_page_brings_no_style_and_no_place_of_others() {
    for (name, text) in sheets() {
        assert!(!text.contains("url(") && !text.contains("@import"), "{name}");
    }
    let script = include_str!("../assets/portal.js");
    for word in [
        "fetch(",
        "XMLHttpRequest",
        "innerHTML",
        "eval(",
        "document.write",
        "http:",
        "https:",
        "cookie",
        "localStorage",
    ] {
        assert!(!script.contains(word), "{word}");
    }
}
