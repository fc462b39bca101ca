//! The members, or the logs that are held, as a ring: equals around nothing, since there is no centre. A table beside it says the same.

use super::badge::Tone;
use chapar_terms::sabotaged;
use maud::{Markup, html};
use std::f64::consts::TAU;

/// Places that a ring has room for; the table has all.
pub const ROOM: usize = 24;
/// The size of the drawing and of the ring in it.
const SIZE: f64 = 320.0;
const RADIUS: f64 = 122.0;
/// The size of a place.
const PLACE: f64 = 17.0;

/// A place on the ring.
pub struct Place {
    /// What stands in it: its number in the table.
    pub mark: String,
    /// How it stands.
    pub tone: Tone,
    /// Whether it is of this node.
    pub is_here: bool,
}

/// A ring with a sentence for who does not see it, and two lines in the middle.
pub fn ring(title: &str, places: &[Place], middle: (&str, &str)) -> Markup {
    let count = places.len().min(ROOM);
    let at = |number: usize| {
        let part = to_float(number) / to_float(count.max(1));
        let (sine, cosine) = (TAU * part).sin_cos();
        (SIZE / 2.0 + RADIUS * sine, SIZE / 2.0 - RADIUS * cosine)
    };
    html! {
        svg.ring viewBox="0 0 320 320" role="img" aria-label=[(!sabotaged("portal-drawing-without-name")).then_some(title)] {
            circle.ring-line cx="160" cy="160" r=(RADIUS) {}
            text.ring-count x="160" y="158" { (middle.0) }
            text.ring-word x="160" y="184" { (middle.1) }
            @for (number, place) in places.iter().take(count).enumerate() {
                @let (x, y) = at(number);
                g.place.(place.tone.class()).here[place.is_here] {
                    circle cx=(rounded(x)) cy=(rounded(y)) r=(PLACE) {}
                    @if place.tone == Tone::Bad {
                        circle.inner cx=(rounded(x)) cy=(rounded(y)) r=(PLACE + 5.0) {}
                    }
                    text x=(rounded(x)) y=(rounded(y + 5.0)) { (place.mark) }
                }
            }
        }
    }
}

fn to_float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A tenth of a unit is more than anybody sees.
fn rounded(number: f64) -> String {
    format!("{number:.1}")
}
