//! Identifiers of participants, records and logs: isolated from the text around them, always from left to right.

use crate::address;
use crate::read::Names;
use crate::words::Words;
use maud::{Markup, html};

/// An identifier as it is.
pub fn id(text: &str) -> Markup {
    html! { bdi.id dir="ltr" { (text) } }
}

/// What a person reads of a `did:web`: its last part, and the host.
pub fn short(participant: &str) -> String {
    let Some(rest) = participant.strip_prefix("did:web:") else {
        return participant.to_owned();
    };
    match rest.split_once(':') {
        Some((host, path)) => format!(
            "{} · {}",
            path.rsplit(':').next().unwrap_or(path),
            host.replace("%3A", ":")
        ),
        None => rest.replace("%3A", ":"),
    }
}

/// A participant by its name, or by its id where it has none, as a link to its page.
pub fn participant(words: &Words, names: &Names, id: &str) -> Markup {
    html! { a href=(address::body(words.language(), id)) { (name(words, names, id)) } }
}

/// The same without the link.
pub fn name(words: &Words, names: &Names, id: &str) -> Markup {
    match names.find(id, words) {
        Some(said) => super::foreign::text(said),
        None => html! { bdi.id dir="ltr" { (short(id)) } },
    }
}

/// The last part of a record's id, which its author chose.
pub fn record_name(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_participant_is_told_shortly() {
        assert_eq!(short("did:web:127.0.0.1%3A8443:uz-plant"), "uz-plant · 127.0.0.1:8443");
        assert_eq!(short("did:web:node.example:a:b"), "b · node.example");
        assert_eq!(short("did:web:node.example"), "node.example");
        assert_eq!(short("urn:connector:peer"), "urn:connector:peer");
        assert_eq!(record_name("did:web:a.example:b/records/0f/water"), "water");
    }
}
