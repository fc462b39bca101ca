//! The box in which one asks the register.

use crate::address;
use crate::query::Query;
use crate::words::Words;
use maud::{Markup, html};

/// Longest question, in letters; the register bounds its bytes.
const LETTERS: usize = 250;

/// The box with its field and button; `more` stands within the same form.
pub fn field(words: &Words, asked: &str) -> Markup {
    html! {
        div.search-row role="search" {
            label.sr for="q" { (words.say("search-label")) }
            input #q.search-field type="search" name="q" value=(asked) maxlength=(LETTERS) placeholder=(words.say("search-hint"))
                autocomplete="off" spellcheck="false" dir="auto";
            button.button type="submit" { (words.say("search-do")) }
        }
    }
}

/// A form of its own, as it stands on the home page.
pub fn small(words: &Words, asked: &str) -> Markup {
    html! {
        form.search action=(address::register(words.language(), &Query::default())) method="get" { (field(words, asked)) }
    }
}
