//! The page that says why there is no other, and what to do.

use crate::address;
use crate::mishap::Mishap;
use crate::parts::layout::Page;
use crate::parts::search_box;
use crate::words::Words;
use maud::html;

/// The page of a mishap.
pub fn page(words: &Words, mishap: Mishap) -> Page {
    let name = match mishap {
        Mishap::NotFound => "not-found",
        Mishap::Wrong => "wrong",
        Mishap::Crowded => "crowded",
        Mishap::Broken => "broken",
    };
    let title = words.say(&format!("mishap-{name}"));
    let body = html! {
        div.narrow {
            p.eyebrow { (words.number(u64::from(mishap.status().as_u16()))) }
            h1 { (title) }
            p.lede { (words.say(&format!("mishap-{name}-do"))) }
            @if mishap == Mishap::NotFound { (search_box::small(words, "")) }
            p { a href=(address::home(words.language())) { (words.say("mishap-home")) } }
        }
    };
    Page::new(title, body)
}
