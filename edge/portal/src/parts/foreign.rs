//! Texts of others, with their language and direction.

use crate::words::{Said, Texts, Words, direction};
use maud::{Markup, html};

/// The tag as HTML takes it; `und` is said by no tag at all.
fn lang(tag: &str) -> Option<&str> {
    Some(tag).filter(|tag| *tag != "und")
}

/// A text within a line.
pub fn text(said: Said<'_>) -> Markup {
    html! { span lang=[lang(said.tag)] dir=(dir(said.tag)) { (said.text) } }
}

/// A text as paragraphs: an empty line parts them.
pub fn paragraphs(said: Said<'_>) -> Markup {
    html! {
        div.prose lang=[lang(said.tag)] dir=(dir(said.tag)) {
            @for part in said.text.split("\n\n").filter(|part| !part.trim().is_empty()) { p { (part) } }
        }
    }
}

/// What says that a text is in another language than the reader's.
pub fn instead(words: &Words, said: Said<'_>) -> Option<Markup> {
    let is_own = said.tag == words.language().code() || said.tag == "und";
    (!is_own).then(|| html! { span.tag { (words.tongue(said.tag)) } })
}

/// The best text for the reader, and its language where it is another.
pub fn best(words: &Words, texts: &Texts) -> Option<Markup> {
    let said = texts.pick(words.language())?;
    Some(html! { (text(said)) @if let Some(tag) = instead(words, said) { " " (tag) } })
}

/// The direction of a language; where none is said, the text's own first letter decides.
fn dir(tag: &str) -> &'static str {
    if tag == "und" { "auto" } else { direction(tag) }
}
