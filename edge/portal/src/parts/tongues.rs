//! The choice of the language: links to the same page, each in its own name.

use crate::words::{Language, Words, direction};
use maud::{Markup, html};

/// The languages of the portal, the one of this page marked.
pub fn tongues(words: &Words, languages: &[Language], address: impl Fn(Language) -> String) -> Markup {
    html! {
        nav.tongues aria-label=(words.say("nav-languages")) {
            @for language in languages {
                @let (code, is_here) = (language.code(), *language == words.language());
                a href=(address(*language)) lang=(code) hreflang=(code) dir=(direction(code)) aria-current=[is_here.then_some("true")] {
                    (Words::of(*language).say("own-name"))
                }
            }
        }
    }
}
