//! Moments, days and ages. A script renews ages; without one they are as of the page.

use crate::words::Words;
use chapar_terms::Instant;
use maud::{Markup, html};

/// A moment, to the minute.
pub fn moment(words: &Words, at: Instant) -> Markup {
    html! { time datetime=(at.rfc3339()) { (words.instant(at)) } }
}

/// Its day alone.
pub fn day(words: &Words, at: Instant) -> Markup {
    html! { time datetime=(at.rfc3339()) title=(words.instant(at)) { (words.short_day(at)) } }
}

/// How long ago it was.
pub fn ago(words: &Words, seconds: u64, now: Instant) -> Markup {
    let at = Instant::from_unix_ms(
        now.unix_ms()
            .saturating_sub(i64::try_from(seconds).unwrap_or(0).saturating_mul(1000)),
    );
    html! { time.age datetime=(at.rfc3339()) { (words.age(seconds)) } }
}
