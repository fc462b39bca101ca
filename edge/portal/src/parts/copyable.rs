//! A text to take along: a command, an address, a citation. Without script it is selected by hand.

use crate::words::Words;
use maud::{Markup, html};

/// A command or another text for machines.
pub fn code(words: &Words, text: &str) -> Markup {
    html! {
        div.copy {
            pre dir="ltr" translate="no" tabindex="0" { code { (text) } }
            (button(words))
        }
    }
}

/// A text for people.
pub fn prose(words: &Words, text: Markup) -> Markup {
    html! { div.copy { p.copy-text { (text) } (button(words)) } }
}

/// Shown by the script alone, which makes it work.
fn button(words: &Words) -> Markup {
    html! { button.copy-do type="button" hidden data-done=(words.say("copied")) { (words.say("copy")) } }
}
