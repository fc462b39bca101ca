//! The way from the home page to where the reader is.

use crate::address;
use crate::words::Words;
use maud::{Markup, html};

/// Steps between the home page and this one: addresses and names.
pub fn breadcrumb(words: &Words, steps: &[(String, String)]) -> Markup {
    html! {
        nav.crumbs aria-label=(words.say("nav-crumbs")) {
            ol {
                li { a href=(address::home(words.language())) { (words.say("nav-home")) } }
                @for (place, name) in steps {
                    li { a href=(place) { (name) } }
                }
            }
        }
    }
}
