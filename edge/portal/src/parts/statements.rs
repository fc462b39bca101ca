//! What was said of something that was checked: what is wrong, not known, proven, and only asserted, each in a sentence.

use super::badge::{Tone, badge};
use super::id;
use crate::words::Words;
use chapar_register::{Report, Standing, Statement};
use chapar_terms::Instant;
use maud::{Markup, html};

/// Parameters that are ids of something.
const IDS: [&str; 4] = ["id", "key", "kind", "origin"];
/// The marks that a message puts around what it is filled in with (Unicode Standard Annex 9).
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// In the order in which a reader has to know them.
const STANDINGS: [(Standing, Tone, &str); 4] = [
    (Standing::Broken, Tone::Bad, "standing-broken"),
    (Standing::Unknown, Tone::Careful, "standing-unknown"),
    (Standing::Proven, Tone::Good, "standing-proven"),
    (Standing::Asserted, Tone::Plain, "standing-asserted"),
];

/// The statements of a report, sorted by how far they can be believed.
pub fn statements(words: &Words, report: &Report) -> Markup {
    html! {
        ul.statements {
            @for (standing, tone, key) in STANDINGS {
                @for one in report.statements().iter().filter(|one| one.standing == standing) {
                    li { (badge(tone, &words.say(key))) " " span { (sentence(words, one)) } }
                }
            }
        }
    }
}

/// The sentence of a statement. Where a thing can stand in several ways, each way has its own.
fn sentence(words: &Words, one: &Statement) -> Markup {
    let plain = format!("said-{}", one.code);
    let other = format!("{plain}-{}", one.standing.as_str());
    let key = if words.has(&other) { other } else { plain };
    if !words.has(&key) {
        return html! { code translate="no" dir="ltr" { (one.code) } };
    }
    let filled: Vec<(&str, String)> = one
        .parameters
        .iter()
        .map(|(name, value)| (*name, shown(words, name, value)))
        .collect();
    let filled: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ids: Vec<&str> = filled
        .iter()
        .filter(|(name, _)| IDS.contains(name))
        .map(|(_, value)| *value)
        .collect();
    with_ids(&words.fill(&key, &filled), &ids)
}

/// A sentence whose isolated parts are marked as ids, where they are.
fn with_ids(sentence: &str, ids: &[&str]) -> Markup {
    let mut parts = sentence.split(FIRST_STRONG_ISOLATE);
    let first = parts.next().unwrap_or_default();
    let parts = parts.map(|part| part.split_once(POP_ISOLATE).unwrap_or((part, "")));
    html! {
        (first)
        @for (inner, rest) in parts {
            @if ids.contains(&inner) { (id::id(inner)) } @else { (FIRST_STRONG_ISOLATE) (inner) (POP_ISOLATE) }
            (rest)
        }
    }
}

fn shown(words: &Words, name: &str, value: &str) -> String {
    match name {
        "issued" => Instant::parse_rfc3339(value).map_or_else(|_| value.to_owned(), |at| words.instant(at)),
        "index" | "size" => value
            .parse()
            .map_or_else(|_| value.to_owned(), |number| words.number(number)),
        _ => value.to_owned(),
    }
}
