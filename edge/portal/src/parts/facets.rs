//! By what a search can be narrowed down: one group a facet, boxes that the form sends along.

use crate::query::Query;
use crate::words::Words;
use maud::{Markup, html};

/// Values of a group that are shown before the reader asks for all.
const SHOWN: usize = 8;

/// A facet as a page shows it.
pub struct Group {
    /// Its name in the address.
    pub name: &'static str,
    /// What people call it.
    pub label: String,
    /// Its values: in the address, for people, and how many have it.
    pub values: Vec<(String, Markup, u64)>,
}

/// The groups that have values, with a button for readers without script.
pub fn facets(words: &Words, query: &Query, groups: &[Group]) -> Markup {
    html! {
        div.facets {
            @for group in groups.iter().filter(|group| !group.values.is_empty()) {
                @let is_chosen = !query.all(group.name).is_empty();
                details.facet open[is_chosen || matches!(group.name, "clause" | "kind")] {
                    summary { (group.label) }
                    ul {
                        @for value in group.values.iter().take(SHOWN) { (item(words, query, group.name, value)) }
                    }
                    @if group.values.len() > SHOWN {
                        @let is_deep = group.values.iter().skip(SHOWN).any(|(value, ..)| query.has(group.name, value));
                        details.more open[is_deep] {
                            summary { (words.count("facet-more", u64::try_from(group.values.len() - SHOWN).unwrap_or(0), &[])) }
                            ul { @for value in group.values.iter().skip(SHOWN) { (item(words, query, group.name, value)) } }
                        }
                    }
                }
            }
            button.button.quiet.apply type="submit" { (words.say("facet-apply")) }
        }
    }
}

fn item(words: &Words, query: &Query, name: &str, (value, label, count): &(String, Markup, u64)) -> Markup {
    html! {
        li {
            label.choice {
                input type="checkbox" name=(name) value=(value) checked[query.has(name, value)];
                span.choice-label { (label) }
                span.choice-count { (words.number(*count)) }
            }
        }
    }
}
