//! From one page of a list to the next. A list goes on from a mark, so there is a first page and a next one.

use crate::words::Words;
use maud::{Markup, html};

/// The links that there are; nothing where the list is one page.
pub fn pager(words: &Words, first: Option<String>, next: Option<String>) -> Markup {
    html! {
        @if first.is_some() || next.is_some() {
            nav.pager aria-label=(words.say("nav-pages")) {
                @if let Some(first) = first { a.button.quiet href=(first) { (words.say("page-first")) } }
                @if let Some(next) = next { a.button.quiet href=(next) rel="next" { (words.say("page-next")) } }
            }
        }
    }
}
