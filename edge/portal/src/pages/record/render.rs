//! The page of a record, as a pure function.

use super::{Data, Translation, origin, translations};
use crate::address;
use crate::parts::badge::Tone;
use crate::parts::body_tree::{Teller, others_of};
use crate::parts::layout::{Page, Room};
use crate::parts::timeline::{Step, timeline};
use crate::parts::{breadcrumb, copyable, facts, foreign, id, notice, qr, result, stale, when};
use crate::pointer;
use crate::query::Query;
use crate::read::Found;
use crate::words::Words;
use chapar_register::{KindName, Kinds};
use maud::{Markup, html};
use serde_json::Value;

/// The page.
pub fn render(words: &Words, data: &Data) -> Page {
    let found = &data.record.found;
    let language = words.language();
    let steps = [(
        address::register(language, &Query::default()),
        words.say("nav-register"),
    )];
    let title = found
        .title
        .pick(language)
        .map_or_else(|| id::record_name(&found.id).to_owned(), |said| said.text.to_owned());
    let body = html! {
        div.wrap.record {
            (breadcrumb::breadcrumb(words, &steps))
            (head(words, data))
            (notices(words, data))
            div.columns.reversed {
                div.main-column {
                    @if let Some(said) = found.description.pick(language) { (lede(words, data, said.tag)) }
                    (others(words, data))
                    (what_it_says(words, data))
                    (get_it(words, data))
                    (translations::section(words, &found.kind, &data.translations))
                    (history(words, data))
                    (links(words, data))
                    @if let Some(proof) = &data.proof {
                        (origin::section(words, &data.names, found, proof, &data.record.mirrored_by, data.now))
                    }
                }
                aside.side aria-label=(words.say("record-short")) { (in_short(words, data)) (take_along(words, data, &title)) }
            }
        }
    };
    Page::new(title, body).within(Room::Register)
}

fn head(words: &Words, data: &Data) -> Markup {
    let found = &data.record.found;
    let said = found.title.pick(words.language());
    let own = data.translations.iter().find(|one| one.tag == words.language().code());
    let translated = own.filter(|_| found.title.of(words.language().code()).is_none());
    html! {
        p.eyebrow { (result::kind_name(words, &found.kind)) }
        h1 {
            @match said {
                Some(said) => (foreign::text(said)),
                None => bdi.id dir="ltr" { (id::record_name(&found.id)) },
            }
        }
        @if let Some((translation, title)) = translated.and_then(|one| Some((one, one.at("/title").or_else(|| one.at("/prefLabel"))?))) {
            p.subtitle { (foreign::text(title)) " " (translation_mark(words, translation)) }
        }
        @if let Some(tag) = said.and_then(|said| foreign::instead(words, said)) {
            p.quiet-text { (words.say("record-instead")) " " (tag) }
        }
    }
}

fn translation_mark(words: &Words, translation: &Translation) -> Markup {
    html! { a.mark href="#translations" { (words.say("record-translated")) } " " (translation.status(words)) }
}

/// What is to be said before all else.
fn notices(words: &Words, data: &Data) -> Markup {
    let (found, record) = (&data.record.found, &data.record);
    let newest = data
        .versions
        .first()
        .map_or(found.version, |(version, _)| version.version);
    let title_of = |id: &str| match data.held.get(id) {
        Some(found) => result::title(words, found),
        None => id::id(id),
    };
    html! {
        @if let Some(withdrawn) = &found.withdrawn {
            (notice::notice(Tone::Careful, &words.say("withdrawn-title"), html! {
                p { (words.say_or(&format!("withdrawn-{}", withdrawn.code), &withdrawn.code)) }
                @if let Some(by) = &withdrawn.replaced_by { p { (words.say("replaced-by")) " " (title_of(by)) } }
            }))
        }
        @if let Some(by) = &record.replaced_by {
            (notice::notice(Tone::Careful, &words.say("replaced-title"), html! { p { (words.say("replaced-by")) " " (title_of(by)) } }))
        }
        @if found.is_of_liar() {
            (notice::notice(Tone::Bad, &words.say("caught-title"), html! {
                p { (words.say("caught-about")) } p { a href=(address::mesh(words.language())) { (words.say("caught-see")) } }
            }))
        }
        @if newest > found.version {
            (notice::notice(Tone::Plain, &words.say("old-version-title"), html! {
                p { a href=(address::record(words.language(), &found.id, None)) { (words.fill("old-version-newest", &[("number", &words.number(newest))])) } }
            }))
        }
        @if found.is_expired(data.now) { (notice::notice(Tone::Careful, &words.say("expired-title"), html! { p { (words.say("expired-about")) } })) }
        @if found.is_early(data.now) { (notice::notice(Tone::Plain, &words.say("early-title"), html! { p { (words.say("early-about")) } })) }
        @if let Some(note) = stale::stale(words, found.age) {
            (notice::notice(Tone::Plain, &words.say("stale-title"), html! { p { (note) } p { (words.say("stale-about")) } }))
        }
    }
}

fn lede(words: &Words, data: &Data, tag: &str) -> Markup {
    // The list's description is cut; the body has all of it.
    let whole = body_text(data, |kind| kind.pointers().description.as_deref(), tag);
    // The title above is in the same language, and has said so.
    let title = data.record.found.title.pick(words.language());
    let is_said = title.is_some_and(|title| title.tag == tag);
    html! {
        @match &whole {
            Some(text) => (foreign::paragraphs(crate::words::Said { tag, text })),
            None => @if let Some(said) = data.record.found.description.pick(words.language()) { (foreign::paragraphs(said)) },
        }
        @if !is_said && let Some(tag) = foreign::instead(words, crate::words::Said { tag, text: "" }) { p { (tag) } }
    }
}

fn body_text(
    data: &Data,
    pointer: impl Fn(&'static chapar_register::Kind) -> Option<&'static str>,
    tag: &str,
) -> Option<String> {
    let kind = Kinds::built_in().find(&KindName::parse(&data.record.found.kind).ok()?)?;
    let body = Value::Object(data.record.body.clone()?);
    body.pointer(pointer(kind)?)?.get(tag)?.as_str().map(str::to_owned)
}

/// The title in the other languages of the record, with those that bind.
fn others(words: &Words, data: &Data) -> Markup {
    let title = &data.record.found.title;
    let best = title.pick(words.language());
    let count = title
        .iter()
        .filter(|said| best.is_none_or(|best| best.tag != said.tag))
        .count();
    html! {
        @if count > 0 {
            details.others {
                summary { (words.count("other-languages", u64::try_from(count).unwrap_or(0), &[])) }
                (others_of(words, title, best))
            }
        }
    }
}

fn what_it_says(words: &Words, data: &Data) -> Markup {
    let found = &data.record.found;
    html! {
        section.block aria-labelledby="says" {
            h2 #says { (words.say("record-says")) }
            @match &data.record.body {
                Some(body) => (Teller::of(words, &found.kind, &data.held).body(body)),
                None => (closed(words, found)),
            }
        }
    }
}

/// Why there is no body, and how one gets it.
fn closed(words: &Words, found: &Found) -> Markup {
    let key = if found.is_purged {
        "purged"
    } else if found.withdrawn.is_some() {
        "withdrawn"
    } else {
        match found.visibility.as_str() {
            "sealed" => "sealed",
            "members" => "members",
            "parties" => "parties",
            _ => "missing",
        }
    };
    html! {
        div.empty {
            p.empty-title { (words.say(&format!("body-{key}"))) }
            p { (words.say(&format!("body-{key}-about"))) }
            @if found.body_by.as_deref() == Some("exchange") { (negotiate(words, found)) }
        }
    }
}

fn negotiate(words: &Words, found: &Found) -> Markup {
    html! {
        p { (words.say("get-by-exchange")) }
        (copyable::code(words, &format!("chapar negotiate start --record {}", found.id)))
    }
}

/// How what a record describes is had in the exchange.
fn get_it(words: &Words, data: &Data) -> Markup {
    let body = data.record.body.as_ref();
    let text = |name: &str| body.and_then(|body| body.get(name)).and_then(Value::as_str);
    let offers = body
        .and_then(|body| body.get("dataspaceOffers"))
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let places = [("get-dataset", "dataspaceDataset"), ("get-address", "dataspaceAddress")];
    let places = places
        .iter()
        .filter_map(|(key, name)| Some((words.say(key), id::id(text(name)?))));
    let places: Vec<(String, Markup)> = places.collect();
    html! {
        @if text("dataspaceDataset").is_some() {
            section.block aria-labelledby="get" {
                h2 #get { (words.say("record-get")) }
                p.section-about { (words.count("get-about", u64::try_from(offers).unwrap_or(0), &[])) }
                (facts::facts(&places))
                @if offers > 0 { (negotiate(words, &data.record.found)) }
            }
        }
    }
}

fn history(words: &Words, data: &Data) -> Markup {
    let steps: Vec<Step<'_>> = data
        .versions
        .iter()
        .map(|(version, changes)| Step {
            version,
            changes: changes.clone(),
        })
        .collect();
    html! {
        section.block aria-labelledby="history" {
            h2 #history { (words.say("record-history")) }
            (timeline(words, &steps, data.record.found.version))
        }
    }
}

/// What it names and what names it.
fn links(words: &Words, data: &Data) -> Markup {
    let held = |target: &str| match data.held.get(target) {
        Some(found) => result::title(words, found),
        None => id::id(target),
    };
    let named_by: Vec<&Found> = data
        .record
        .named_by
        .iter()
        .filter(|found| found.kind != "translation")
        .collect();
    // A relation is a word of its own, or the place in the body that names the other.
    let rel = |rel: &str| match rel.starts_with('/') {
        true => result::member_name(words, &data.record.found.kind, rel),
        false => words.say_or(&format!("rel-{rel}"), rel),
    };
    html! {
        @if !data.record.names.is_empty() || !named_by.is_empty() {
            section.block aria-labelledby="links" {
                h2 #links { (words.say("record-links")) }
                @if !data.record.names.is_empty() {
                    h3 { (words.say("links-from")) }
                    ul.links { @for (name, target) in &data.record.names { li { span.rel { (rel(name)) } " " (held(target)) } } }
                }
                @if !named_by.is_empty() {
                    h3 { (words.say("links-to")) }
                    ul.links {
                        @for found in named_by {
                            li {
                                span.rel { (result::kind_name(words, &found.kind)) } " " (result::title(words, found)) " "
                                span.quiet-text { (id::name(words, &data.names, &found.issuer)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn in_short(words: &Words, data: &Data) -> Markup {
    let (found, record) = (&data.record.found, &data.record);
    let tongues = |tags: &[&str]| html! { ul.values { @for tag in tags { li { (words.tongue(tag)) } } } };
    let mut list = vec![(
        words.say("short-issuer"),
        id::participant(words, &data.names, &found.issuer),
    )];
    if let Some(issued) = found.issued {
        list.push((words.say("short-issued"), when::day(words, issued)));
    }
    list.push((words.say("short-version"), html! { (words.number(found.version)) }));
    for (key, at) in [("short-from", found.valid_from), ("short-until", found.valid_until)] {
        list.extend(at.map(|at| (words.say(key), when::moment(words, at))));
    }
    let languages: Vec<&str> = found.languages.iter().map(String::as_str).collect();
    if !languages.is_empty() {
        list.push((words.say("short-languages"), tongues(&languages)));
    }
    let authentic = record.authentic();
    if !authentic.is_empty() {
        list.push((words.say("short-authentic"), tongues(&authentic)));
    }
    list.push((
        words.say("short-visibility"),
        html! { (words.say_or(&format!("visibility-{}", found.visibility), &found.visibility)) },
    ));
    if let Some(at) = found.opened_at {
        list.push((words.say("short-opened"), when::moment(words, at)));
    }
    if let Some(mandate) = record.header.as_ref().and_then(|header| header.mandate.as_deref()) {
        list.push((words.say("short-mandate"), id::id(mandate)));
    }
    html! { div.panel { h2 { (words.say("record-short")) } (facts::facts(&list)) } }
}

/// Cite, print, and the record for programs.
/// What goes on paper: a camera that reads it comes to the room of verification.
fn code(words: &Words, data: &Data) -> Markup {
    let text = pointer::text(&data.public_url, &data.pointer);
    html! {
        @if let Some(code) = qr::qr(&text, &words.say("record-code")) {
            h3 { (words.say("record-code")) }
            div.code-row {
                (code)
                div {
                    p.quiet-text { (words.say("record-code-about")) }
                    p { a href=(pointer::page(words.language(), &data.pointer)) { (words.say("record-code-open")) } }
                }
            }
        }
    }
}

fn take_along(words: &Words, data: &Data, title: &str) -> Markup {
    let found = &data.record.found;
    let number = words.number(found.version);
    let issued = found.issued.map(|at| words.short_day(at)).unwrap_or_default();
    let who = data
        .names
        .find(&found.issuer, words)
        .map_or_else(|| id::short(&found.issuer), |said| said.text.to_owned());
    let cited = words.fill(
        "cite-form",
        &[
            ("who", &who),
            ("title", title),
            ("version", &number),
            ("day", &issued),
            ("id", &found.id),
        ],
    );
    html! {
        div.panel {
            h2 { (words.say("record-take")) }
            h3 { (words.say("cite")) }
            (copyable::prose(words, html! { (cited) }))
            p.exports {
                a href=(address::record_as_json(&found.id, found.version)) { "JSON" }
                @if data.record.body.is_some() {
                    a href=(address::record_as_rdf(&found.id, found.version, "turtle")) { "RDF (Turtle)" }
                    a href=(address::record_as_rdf(&found.id, found.version, "jsonld")) { "JSON-LD" }
                }
                a href=(address::record_proof(&found.id, found.version)) download=(format!("{}.record-proof", id::record_name(&found.id))) {
                    (words.say("proof-file"))
                }
                button.link type="button" hidden data-print="" { (words.say("print")) }
            }
            (code(words, data))
        }
    }
}
