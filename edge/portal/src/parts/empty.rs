//! The place of a list in which there is nothing: why, and what to do.

use maud::{Markup, html};

/// A title, and what to do.
pub fn empty(title: &str, body: Markup) -> Markup {
    html! { div.empty { p.empty-title { (title) } (body) } }
}
