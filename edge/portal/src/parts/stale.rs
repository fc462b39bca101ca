//! Since when a log of others has not said that it has nothing newer: what is old is shown with its age, and never left out.

use crate::words::Words;
use maud::{Markup, html};

/// Seconds after which a log's word is old: mirrors look each minute, so several looks failed by then.
pub const OLD: u64 = 15 * 60;

/// The note, where the word is old.
pub fn stale(words: &Words, age: Option<u64>) -> Option<Markup> {
    let age = age.filter(|age| *age > OLD)?;
    Some(html! { span.stale { (words.fill("stale", &[("age", &words.age(age))])) } })
}
