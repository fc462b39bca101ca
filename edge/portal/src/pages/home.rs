//! The home page: what this is, what is in it, who is in it and how they stand.

use crate::address;
use crate::mishap::Mishap;
use crate::parts::layout::Page;
use crate::parts::{copyable, empty, facts, foreign, id, result, search_box, stale};
use crate::read::{Counts, Federation, Found, Log, Mirror, Names, items};
use crate::visit::Visit;
use crate::words::Words;
use axum::body::Body;
use axum::http::Response;
use chapar_register::{Kind, Kinds};
use chapar_runtime::RegisterQuery;
use chapar_terms::Instant;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The clauses of the declaration.
pub const CLAUSES: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
/// Newest records of a clause.
const NEWEST: usize = 2;
/// Of so many they are chosen: what serves several clauses stands with the first of them.
const CHOICE: usize = 6;

/// What the page shows.
pub struct Data {
    /// All records, by facet.
    pub counts: Counts,
    /// The newest of each clause, in their order.
    pub newest: Vec<Vec<Found>>,
    /// The federations that this node follows.
    pub federations: Vec<Federation>,
    /// The logs that it holds.
    pub logs: Vec<Log>,
    /// How the foreign ones stand.
    pub mirrors: Vec<Mirror>,
    /// Participants of this node.
    pub hosted: Vec<String>,
    /// Its address.
    pub public_url: String,
    /// The time.
    pub now: Instant,
}

/// `GET /{language}/`
pub async fn home(visit: Visit) -> Response<Body> {
    let outcome = read(&visit).await.map(|data| render(visit.words, &data));
    visit.show(outcome)
}

async fn read(visit: &Visit) -> Result<Data, Mishap> {
    let runtime = visit.runtime();
    let mut newest: Vec<Vec<Found>> = Vec::with_capacity(CLAUSES.len());
    for clause in CLAUSES {
        let query = RegisterQuery {
            facets: BTreeMap::from([("kind".to_owned(), kinds_of(clause))]),
            newest_first: true,
            limit: Some(CHOICE),
            lang: visit.lang(),
            ..RegisterQuery::default()
        };
        let found = runtime.search_register(&query).await?;
        let found: Vec<Found> = items(&found).filter_map(Found::read).collect();
        newest.push(unseen(found, &newest));
    }
    let federations = runtime.list_federations().await?;
    let everyone = runtime.everyone();
    Ok(Data {
        counts: Counts::read(&runtime.count_register(&RegisterQuery::default()).await?),
        newest,
        federations: federations.iter().filter_map(Federation::read).collect(),
        logs: items(&runtime.register_logs().await?).filter_map(Log::read).collect(),
        mirrors: runtime.list_mirrors().await?.iter().filter_map(Mirror::read).collect(),
        hosted: everyone.iter().map(|hosted| hosted.me.id.as_str().to_owned()).collect(),
        public_url: runtime.public_url().to_owned(),
        now: visit.now(),
    })
}

/// The newest of a clause that no clause before shows; where there are none, the newest.
fn unseen(found: Vec<Found>, before: &[Vec<Found>]) -> Vec<Found> {
    let is_seen = |one: &Found| before.iter().flatten().any(|other| other.id == one.id);
    let (seen, fresh): (Vec<Found>, Vec<Found>) = found.into_iter().partition(is_seen);
    let chosen = if fresh.is_empty() { seen } else { fresh };
    chosen.into_iter().take(NEWEST).collect()
}

/// The kinds that serve this clause and not every one: a remark says nothing of its direction.
fn kinds_of(clause: &str) -> Vec<String> {
    let serves = |kind: &&Kind| {
        let clauses = kind.clauses();
        clauses.len() < CLAUSES.len() && clauses.iter().any(|one| one == clause)
    };
    let kinds = Kinds::built_in().iter().filter(serves);
    kinds.map(|kind| kind.name().as_str().to_owned()).collect()
}

/// The page.
pub fn render(words: &Words, data: &Data) -> Page {
    let names = Names::of(&data.federations);
    let is_empty = data.counts.records == 0;
    let body = html! {
        section.hero {
            div.wrap {
                h1 { (words.say("home-title")) }
                p.lede { (words.say("home-lede")) }
                (search_box::small(words, ""))
                @if !is_empty { (figures(words, data)) }
            }
        }
        @if is_empty { div.wrap.block { (nothing_yet(words)) } }
        @else {
            section.wrap.block aria-labelledby="clauses" {
                h2 #clauses { (words.say("home-clauses")) }
                p.section-about { (words.say("home-clauses-about")) }
                ol.clauses {
                    @for (number, newest) in CLAUSES.iter().zip(&data.newest) { (clause(words, &names, data, number, newest)) }
                }
            }
        }
        (super::mesh::members(words, &names, &data.federations, &data.logs, &data.mirrors, data.now))
        (this_node(words, &names, data))
    };
    Page::new(words.say("brand"), body)
}

/// How much there is, in figures.
fn figures(words: &Words, data: &Data) -> Markup {
    let more = if data.counts.is_cut { "+" } else { "" };
    let figure = |count: u64, more: &str, key: &str| {
        html! { li { strong { (words.number(count)) (more) } " " (words.count(key, count, &[])) } }
    };
    let states = data.counts.of("state").len();
    html! {
        ul.figures {
            (figure(data.counts.records, more, "figure-records"))
            (figure(count(states), "", "figure-states"))
            (figure(count(data.logs.len()), "", "figure-logs"))
        }
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn clause(words: &Words, names: &Names, data: &Data, number: &str, newest: &[Found]) -> Markup {
    let records = data.counts.count("clause", number);
    html! {
        li.clause {
            h3 { a href=(address::facet(words.language(), "clause", number)) { (words.say(&format!("clause-{number}"))) } }
            p.clause-count { (words.count("records-n", records, &[])) }
            @if newest.is_empty() { p.quiet-text { (words.say("clause-none")) } }
            @else {
                ul.newest {
                    @for found in newest {
                        li {
                            (result::title(words, found))
                            span.newest-who {
                                (id::name(words, names, &found.issuer))
                                @if let Some(note) = stale::stale(words, found.age) { " " (note) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What to do with a node in which there is nothing yet.
fn nothing_yet(words: &Words) -> Markup {
    empty::empty(
        &words.say("empty-node-title"),
        html! {
            p { (words.say("empty-node-about")) }
            ol.steps {
                li { p { (words.say("empty-node-participant")) } (copyable::code(words, "chapar participant add SLUG --key \"$(cat data/operator.key)\"")) }
                li { p { (words.say("empty-node-publish")) } (copyable::code(words, "chapar record publish record.json --no-personal-data")) }
                li { p { (words.say("empty-node-mirror")) } (copyable::code(words, "chapar mirror add ADDRESS --vkey KEY --owner ID")) }
            }
        },
    )
}

fn this_node(words: &Words, names: &Names, data: &Data) -> Markup {
    let mut list = vec![(words.say("node-address"), id::id(&data.public_url))];
    if !data.hosted.is_empty() {
        let hosted = html! {
            ul.values { @for who in &data.hosted { li { (id::participant(words, names, who)) } } }
        };
        list.push((words.say("node-hosts"), hosted));
    }
    for federation in &data.federations {
        if let Some(name) = foreign::best(words, &federation.name) {
            list.push((words.say("node-federation"), name));
        }
    }
    html! {
        section.wrap.block aria-labelledby="node" {
            h2 #node { (words.say("home-node")) }
            p.section-about { (words.say("home-node-about")) }
            (facts::facts(&list))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(found: &[Found]) -> Vec<&str> {
        found.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn what_serves_several_clauses_stands_with_the_first_of_them() {
        let read = |ids: &[&str]| -> Vec<Found> {
            let views = ids.iter().map(|id| json!({ "id": id, "kind": "notice", "version": 1, "issuer": "did:web:a.example", "log": "a.example/log" }));
            views.filter_map(|view| Found::read(&view)).collect()
        };
        let first = unseen(read(&["a", "b", "c"]), &[]);
        assert_eq!(of(&first), ["a", "b"]);
        let second = unseen(read(&["a", "b", "c", "d", "e"]), std::slice::from_ref(&first));
        assert_eq!(of(&second), ["c", "d"]);
        let third = unseen(read(&["b", "c", "a"]), &[first, second]);
        assert_eq!(of(&third), ["b", "c"], "rather twice than not at all");
    }
}
