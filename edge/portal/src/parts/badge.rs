//! A word about the state of something.

use maud::{Markup, html};

/// How a state is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Worth knowing.
    Plain,
    /// Worth a second look.
    Careful,
    /// Not as it should be.
    Bad,
}

impl Tone {
    /// The class that colours it.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Plain => "plain",
            Self::Careful => "careful",
            Self::Bad => "bad",
        }
    }
}

/// A badge. The words say what the colour means.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span.badge.(tone.class()) { (text) } }
}
