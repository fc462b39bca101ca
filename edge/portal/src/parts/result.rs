//! A record in a list.

use super::badge::{Tone, badge};
use super::{foreign, id, stale, when};
use crate::address;
use crate::read::{Found, Names};
use crate::words::{Said, Words};
use chapar_register::{KindName, Kinds, Labels};
use chapar_terms::{Instant, Lang};
use maud::{Markup, html};

/// Letters of a description that a list has room for.
const LETTERS: usize = 220;

/// What a kind is called in the reader's language, or in the next best; none of a kind that is not known here.
pub fn labels(words: &Words, kind: &str) -> Option<&'static Labels> {
    let kind = Kinds::built_in().find(&KindName::parse(kind).ok()?)?;
    let tags = std::iter::once(words.language().code()).chain(words.language().instead());
    tags.filter_map(|tag| Lang::parse(tag).ok())
        .find_map(|tag| kind.labels().get(&tag))
}

/// The name of a kind: the code where it is not known here.
pub fn kind_name(words: &Words, kind: &str) -> String {
    labels(words, kind).map_or_else(|| kind.to_owned(), |labels| labels.name.clone())
}

/// What a kind calls the member that a JSON pointer into a body leads to; the pointer itself where it has no word for it.
pub fn member_name(words: &Words, kind: &str, pointer: &str) -> String {
    let steps = pointer.split('/').skip(1);
    let path: Vec<&str> = steps.filter(|step| step.parse::<u32>().is_err()).collect();
    let field = labels(words, kind).and_then(|labels| labels.fields.get(&path.join(".")));
    field.map_or_else(|| pointer.to_owned(), |field| field.label.clone())
}

/// Several of a kind.
pub fn kind_plural(words: &Words, kind: &str) -> String {
    labels(words, kind).map_or_else(|| kind.to_owned(), |labels| labels.plural.clone())
}

/// The title of a record as a link; a record that not everybody may read is called by the last part of its id.
pub fn title(words: &Words, found: &Found) -> Markup {
    let place = address::record(words.language(), &found.id, None);
    html! {
        @match found.title.pick(words.language()) {
            Some(said) => { a href=(place) { (foreign::text(said)) } @if let Some(tag) = foreign::instead(words, said) { " " (tag) } }
            None => a href=(place) { bdi.id dir="ltr" { (id::record_name(&found.id)) } }
        }
    }
}

/// What there is to say of a record's state, before one opens it.
pub fn badges(words: &Words, found: &Found, now: Instant) -> Markup {
    let closed = ["sealed", "members", "parties"].contains(&found.visibility.as_str()) && found.opened_at.is_none();
    html! {
        @if found.withdrawn.is_some() { (badge(Tone::Careful, &words.say("badge-withdrawn"))) }
        @if closed { (badge(Tone::Plain, &words.say(&format!("badge-{}", found.visibility)))) }
        @if found.is_purged { (badge(Tone::Careful, &words.say("badge-purged"))) }
        @if found.is_expired(now) { (badge(Tone::Careful, &words.say("badge-expired"))) }
        @if found.is_early(now) { (badge(Tone::Plain, &words.say("badge-early"))) }
        @if found.is_of_liar() { (badge(Tone::Bad, &words.say("badge-caught"))) }
    }
}

/// A card.
pub fn card(words: &Words, names: &Names, found: &Found, now: Instant) -> Markup {
    let description = found.description.pick(words.language());
    let of_title = found.title.pick(words.language()).map(|said| said.tag);
    // In the language of the title, which has said so.
    let other = description.filter(|said| of_title != Some(said.tag));
    html! {
        article.card {
            p.card-kind {
                span.kind { (kind_name(words, &found.kind)) }
                span { (id::name(words, names, &found.issuer)) }
                @if let Some(issued) = found.issued { (when::day(words, issued)) }
            }
            h3 { (title(words, found)) }
            @if let Some(said) = description {
                p.card-about {
                    (foreign::text(Said { tag: said.tag, text: &cut(said.text) }))
                    @if let Some(tag) = other.and_then(|said| foreign::instead(words, said)) { " " (tag) }
                }
            }
            p.badges {
                (badges(words, found, now))
                @if let Some(note) = stale::stale(words, found.age) { (note) }
            }
        }
    }
}

/// The beginning of a text, cut between letters.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}
