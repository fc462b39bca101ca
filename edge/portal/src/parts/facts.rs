//! A list of facts: what, and what of it.

use maud::{Markup, html};

/// Facts in their order.
pub fn facts(list: &[(String, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in list {
                div.fact { dt { (name) } dd { (value) } }
            }
        }
    }
}
