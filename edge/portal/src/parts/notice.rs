//! A box that says something about the page or the record before anything else.

use super::badge::Tone;
use maud::{Markup, html};

/// A notice of a tone, with a title and what there is to say.
pub fn notice(tone: Tone, title: &str, body: Markup) -> Markup {
    html! {
        div.notice.(tone.class()) role=[(tone == Tone::Bad).then_some("alert")] {
            p.notice-title { (title) }
            (body)
        }
    }
}
