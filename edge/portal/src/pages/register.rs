//! The register: a search, what narrows it down, and what it finds.

use super::home::CLAUSES;
use crate::address;
use crate::mishap::Mishap;
use crate::parts::facets::{Group, facets};
use crate::parts::layout::{Page, Room};
use crate::parts::{breadcrumb, empty, id, pager, result, search_box};
use crate::query::Query;
use crate::read::{Counts, Federation, Found, Names, items};
use crate::visit::Visit;
use crate::words::Words;
use axum::body::Body;
use axum::http::Response;
use chapar_runtime::{RegisterQuery, facet_names};
use chapar_terms::Instant;
use maud::{Markup, html};

/// The facets of the page, in its order; the others can be asked for by address.
const FACETS: [&str; 7] = [
    "clause",
    "kind",
    "state",
    "language",
    "issuer",
    "exchange",
    "visibility",
];

/// What else the form sends along: it has no box of its own.
const KEPT: [&str; 4] = ["order", "group", "translated", "topic"];

/// What the page shows.
pub struct Data {
    /// What was asked.
    pub query: Query,
    /// Why it cannot be asked so: a question without a word, or too long a one.
    pub is_wrong: bool,
    /// What was found, counted.
    pub counts: Counts,
    /// A page of it.
    pub found: Vec<Found>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What participants are called.
    pub names: Names,
    /// The time.
    pub now: Instant,
}

/// `GET /{language}/register`
pub async fn register(visit: Visit) -> Response<Body> {
    let outcome = read(&visit).await.map(|data| render(visit.words, &data));
    visit.show(outcome)
}

async fn read(visit: &Visit) -> Result<Data, Mishap> {
    let (runtime, query) = (visit.runtime(), visit.query()?);
    let asked = asked(query, visit);
    let federations = runtime.list_federations().await?;
    let federations: Vec<Federation> = federations.iter().filter_map(Federation::read).collect();
    let mut data = Data {
        query: query.clone(),
        is_wrong: false,
        counts: Counts::default(),
        found: Vec::new(),
        next: None,
        names: Names::of(&federations),
        now: visit.now(),
    };
    match runtime.search_register(&asked).await {
        Ok(found) => {
            data.found = items(&found).filter_map(Found::read).collect();
            data.next = found.get("next").and_then(serde_json::Value::as_str).map(str::to_owned);
            data.counts = Counts::read(&runtime.count_register(&asked).await?);
        }
        // What a reader types is answered on the page itself.
        Err(chapar_runtime::Fault::Invalid { .. }) => data.is_wrong = true,
        Err(fault) => return Err(fault.into()),
    }
    Ok(data)
}

fn asked(query: &Query, visit: &Visit) -> RegisterQuery {
    let facets = facet_names().iter().map(|name| ((*name).to_owned(), query.all(name)));
    RegisterQuery {
        words: query.one("q").map(str::to_owned),
        facets: facets.filter(|(_, values)| !values.is_empty()).collect(),
        newest_first: query.has("order", "newest"),
        after: query.one("after").map(str::to_owned),
        lang: visit.lang(),
        ..RegisterQuery::default()
    }
}

/// The page.
pub fn render(words: &Words, data: &Data) -> Page {
    let language = words.language();
    // What makes the question; where in its list one is has no part in it.
    let question = data.query.without("after");
    let asked = question.one("q").unwrap_or_default();
    let title = match asked {
        "" => words.say("register-title"),
        asked => words.fill("register-title-for", &[("asked", asked)]),
    };
    let body = html! {
        div.wrap {
            (breadcrumb::breadcrumb(words, &[]))
            h1 { (words.say("register-title")) }
            form.register action=(address::register(language, &Query::default())) method="get" data-submit="change" {
                (search_box::field(words, asked))
                @for (name, value) in question.pairs().filter(|(name, _)| KEPT.contains(name)) {
                    input type="hidden" name=(name) value=(value);
                }
                div.columns {
                    section.results aria-labelledby="results" {
                        h2.sr #results { (words.say("results")) }
                        a.to-facets href="#facets" { (words.say("facets")) }
                        @if data.is_wrong { (wrong(words)) }
                        @else { (summary(words, data, &question)) (found(words, data)) }
                        (pager::pager(
                            words,
                            data.query.one("after").map(|_| address::register(language, &question)),
                            data.next.as_ref().map(|next| address::register(language, &question.with("after", next))),
                        ))
                        @if !data.found.is_empty() { (exports(words, &question)) }
                    }
                    aside #facets .side aria-label=(words.say("facets")) {
                        (chosen(words, data, &question))
                        (facets(words, &question, &groups(words, data)))
                    }
                }
            }
        }
    };
    Page::new(title, body)
        .within(Room::Register)
        .with_feed(feed(words, &question))
}

/// The same question as the register's door takes it.
fn for_api(question: &Query) -> Query {
    let names: Vec<&str> = facet_names().iter().copied().chain(["q"]).collect();
    question.only(&names)
}

fn feed(words: &Words, question: &Query) -> String {
    address::export("feed", &for_api(question).with("lang", words.language().code()))
}

/// What is chosen, each to be taken away again.
fn chosen(words: &Words, data: &Data, question: &Query) -> Markup {
    let chosen: Vec<(&str, &str)> = question
        .pairs()
        .filter(|(name, _)| facet_names().contains(name))
        .collect();
    html! {
        @if !chosen.is_empty() {
            ul.chosen aria-label=(words.say("chosen")) {
                @for (name, value) in chosen {
                    li {
                        a href=(address::register(words.language(), &question.without_value(name, value))) {
                            span.sr { (words.say("chosen-remove")) " " }
                            (value_label(words, data, name, value))
                            span.x aria-hidden="true" { "×" }
                        }
                    }
                }
            }
        }
    }
}

fn groups(words: &Words, data: &Data) -> Vec<Group> {
    FACETS.into_iter().map(|name| group(words, data, name)).collect()
}

fn group(words: &Words, data: &Data, name: &'static str) -> Group {
    let mut values: Vec<(String, u64)> = data.counts.of(name).to_vec();
    if name == "clause" {
        values = CLAUSES
            .iter()
            .map(|clause| ((*clause).to_owned(), data.counts.count(name, clause)))
            .filter(|(_, count)| *count > 0)
            .collect();
    }
    // What is chosen stays, even where nothing is found by it.
    for value in data.query.all(name) {
        if !values.iter().any(|(one, _)| *one == value) {
            values.push((value, 0));
        }
    }
    Group {
        name,
        label: words.say(&format!("facet-{name}")),
        values: values
            .into_iter()
            .map(|(value, count)| {
                let label = value_label(words, data, name, &value);
                (value, label, count)
            })
            .collect(),
    }
}

fn value_label(words: &Words, data: &Data, facet: &str, value: &str) -> Markup {
    html! {
        @match facet {
            "kind" => (result::kind_plural(words, value)),
            "clause" => (words.say_or(&format!("clause-{value}"), value)),
            "state" => (words.state(value)),
            "language" | "translated" => (words.tongue(value)),
            "issuer" => (id::name(words, &data.names, value)),
            "exchange" | "visibility" | "group" => (words.say_or(&format!("{facet}-{value}"), value)),
            _ => (id::id(value)),
        }
    }
}

fn summary(words: &Words, data: &Data, question: &Query) -> Markup {
    let language = words.language();
    let key = if data.counts.is_cut { "found-more" } else { "found-n" };
    let is_newest = question.has("order", "newest");
    html! {
        div.summary {
            p.found-count role="status" { (words.count(key, data.counts.records, &[])) }
            @if question.one("q").is_some() {
                p.order {
                    @if is_newest {
                        a href=(address::register(language, &question.without("order"))) { (words.say("order-best")) }
                        strong { (words.say("order-newest")) }
                    } @else {
                        strong { (words.say("order-best")) }
                        a href=(address::register(language, &question.with("order", "newest"))) { (words.say("order-newest")) }
                    }
                }
            }
        }
    }
}

fn found(words: &Words, data: &Data) -> Markup {
    html! {
        @if data.found.is_empty() {
            (empty::empty(&words.say("nothing-found"), html! {
                p { (words.say("nothing-found-do")) }
                p { a href=(address::register(words.language(), &Query::default())) { (words.say("nothing-found-all")) } }
            }))
        } @else {
            ol.cards {
                @for one in &data.found { li { (result::card(words, &data.names, one, data.now)) } }
            }
        }
    }
}

fn wrong(words: &Words) -> Markup {
    empty::empty(
        &words.say("wrong-question"),
        html! { p { (words.say("wrong-question-do")) } },
    )
}

/// The same for programs.
fn exports(words: &Words, question: &Query) -> Markup {
    let api = for_api(question);
    // These documents say themselves which kinds are in them.
    let any_kind = api.without("kind");
    html! {
        p.exports {
            span { (words.say("exports")) }
            a href=(feed(words, question)) { (words.say("feed")) }
            a href=(address::export("records", &api)) { "JSON" }
            a href=(address::export("dcat", &any_kind)) { "DCAT-AP" }
            a href=(address::export("cpsv", &any_kind)) { "CPSV-AP" }
        }
    }
}
