//! The versions of a record, the newest first, each with what it changed.

use super::when;
use crate::read::Found;
use crate::words::Words;
use crate::{address, parts::body_tree::Change};
use maud::{Markup, html};

/// A version, and what is known of its difference from the one before.
pub struct Step<'a> {
    /// The version.
    pub version: &'a Found,
    /// What it changed; none where the bodies cannot be compared, or were not.
    pub changes: Option<Vec<Change>>,
}

/// The time line; the shown version is marked.
pub fn timeline(words: &Words, steps: &[Step<'_>], shown: u64) -> Markup {
    let number = |version: &Found| words.number(version.version);
    html! {
        ol.timeline reversed {
            @for step in steps {
                @let is_shown = step.version.version == shown;
                li.step aria-current=[is_shown.then_some("true")] {
                    p.step-head {
                        @if is_shown { strong { (words.fill("version-n", &[("number", &number(step.version))])) } }
                        @else {
                            a href=(address::record(words.language(), &step.version.id, Some(step.version.version))) {
                                (words.fill("version-n", &[("number", &number(step.version))]))
                            }
                        }
                        @if let Some(issued) = step.version.issued { " " (when::day(words, issued)) }
                    }
                    @if step.version.version == 1 { p.quiet-text { (words.say("version-first")) } }
                    @if let Some(changes) = &step.changes { (differences(words, changes)) }
                }
            }
        }
    }
}

fn differences(words: &Words, changes: &[Change]) -> Markup {
    html! {
        @if changes.is_empty() { p.quiet-text { (words.say("version-same")) } }
        @else {
            dl.changes {
                @for change in changes {
                    dt { (change.label) }
                    @if let Some(before) = &change.before { dd.gone { span.sr { (words.say("change-before")) } del dir="auto" { (before) } } }
                    @if let Some(after) = &change.after { dd.new { span.sr { (words.say("change-after")) } ins dir="auto" { (after) } } }
                }
            }
        }
    }
}
