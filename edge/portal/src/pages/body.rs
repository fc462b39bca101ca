//! A body: what a participant publishes, and what it offers in the exchange.

use crate::address;
use crate::mishap::Mishap;
use crate::parts::layout::{Page, Room};
use crate::parts::{breadcrumb, chart, empty, facts, foreign, id, result};
use crate::query::Query;
use crate::read::{Counts, Federation, Found, Log, Member, Mirror, Names, items};
use crate::visit::Visit;
use crate::words::Words;
use axum::body::Body;
use axum::extract::{Path, rejection::PathRejection};
use axum::http::Response;
use chapar_runtime::RegisterQuery;
use chapar_terms::Instant;
use maud::{Markup, html};

/// Kinds in the chart before the reader asks for all.
const KINDS: usize = 8;
/// Newest records that are shown.
const NEWEST: usize = 6;

/// What the page shows.
pub struct Data {
    /// The participant id.
    pub id: String,
    /// As a federation names it, where one does.
    pub member: Option<Member>,
    /// Its records, by kind.
    pub counts: Counts,
    /// The newest of them.
    pub newest: Vec<Found>,
    /// Its data that can be negotiated.
    pub offers: Vec<Found>,
    /// Its logs that are held here.
    pub logs: Vec<Log>,
    /// How they stand, where they are foreign.
    pub mirrors: Vec<Mirror>,
    /// What participants are called.
    pub names: Names,
    /// The time.
    pub now: Instant,
}

/// `GET /{language}/bodies/{participant}`
pub async fn body(visit: Visit, id: Result<Path<String>, PathRejection>) -> Response<Body> {
    let outcome = match id {
        Ok(Path(id)) => read(&visit, &id).await,
        Err(_) => Err(Mishap::NotFound),
    };
    visit.show(outcome.map(|data| render(visit.words, &data)))
}

fn asked(visit: &Visit, facets: &[(&str, &str)]) -> RegisterQuery {
    let facets = facets
        .iter()
        .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
    RegisterQuery {
        facets: facets.collect(),
        newest_first: true,
        limit: Some(NEWEST),
        lang: visit.lang(),
        ..RegisterQuery::default()
    }
}

async fn read(visit: &Visit, id: &str) -> Result<Data, Mishap> {
    let runtime = visit.runtime();
    let federations = runtime.list_federations().await?;
    let federations: Vec<Federation> = federations.iter().filter_map(Federation::read).collect();
    let names = Names::of(&federations);
    let member = federations
        .into_iter()
        .flat_map(|one| one.members)
        .find(|member| member.participant == id);
    let logs = runtime.register_logs().await?;
    let logs: Vec<Log> = items(&logs)
        .filter_map(Log::read)
        .filter(|log| log.owner == id)
        .collect();
    let is_known =
        member.is_some() || !logs.is_empty() || runtime.everyone().iter().any(|hosted| hosted.me.id.as_str() == id);
    if !is_known {
        return Err(Mishap::NotFound);
    }
    let all = asked(visit, &[("issuer", id)]);
    let offers = asked(visit, &[("issuer", id), ("exchange", "offered")]);
    Ok(Data {
        counts: Counts::read(&runtime.count_register(&all).await?),
        newest: items(&runtime.search_register(&all).await?)
            .filter_map(Found::read)
            .collect(),
        offers: items(&runtime.search_register(&offers).await?)
            .filter_map(Found::read)
            .collect(),
        mirrors: runtime.list_mirrors().await?.iter().filter_map(Mirror::read).collect(),
        id: id.to_owned(),
        member,
        logs,
        names,
        now: visit.now(),
    })
}

/// The page.
pub fn render(words: &Words, data: &Data) -> Page {
    let language = words.language();
    let said = data.names.find(&data.id, words);
    let title = said.map_or_else(|| id::short(&data.id), |said| said.text.to_owned());
    let all = Query::default().with("issuer", &data.id);
    let body = html! {
        div.wrap {
            (breadcrumb::breadcrumb(words, &[]))
            p.eyebrow { (words.say("body-eyebrow")) }
            h1 { (id::name(words, &data.names, &data.id)) }
            (about(words, data))
            section.block aria-labelledby="published" {
                h2 #published { (words.say("body-publishes")) }
                @if data.counts.records == 0 { (empty::empty(&words.say("body-nothing"), html! { p { (words.say("body-nothing-about")) } })) }
                @else {
                    p.section-about {
                        a href=(address::register(language, &all)) {
                            (words.count(if data.counts.is_cut { "found-more" } else { "found-n" }, data.counts.records, &[]))
                        }
                    }
                    (by_kind(words, data, &all))
                    h3 { (words.say("body-newest")) }
                    ol.cards { @for found in &data.newest { li { (result::card(words, &data.names, found, data.now)) } } }
                }
            }
            section.block aria-labelledby="offers" {
                h2 #offers { (words.say("body-offers")) }
                @if data.offers.is_empty() { p.quiet-text { (words.say("body-offers-none")) } }
                @else {
                    p.section-about { (words.say("body-offers-about")) }
                    ol.cards { @for found in &data.offers { li { (result::card(words, &data.names, found, data.now)) } } }
                    p { a href=(address::register(language, &all.with("exchange", "offered"))) { (words.say("body-offers-all")) } }
                }
            }
        }
    };
    Page::new(title, body).within(Room::Register)
}

fn about(words: &Words, data: &Data) -> Markup {
    let mut list = vec![(words.say("body-id"), id::id(&data.id))];
    if let Some(member) = &data.member {
        let names = member.name.iter().filter(|said| {
            data.names
                .find(&data.id, words)
                .is_none_or(|shown| shown.tag != said.tag)
        });
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            list.push((
                words.say("body-names"),
                html! { ul.values { @for said in names { li { (foreign::text(said)) } } } },
            ));
        }
        if let Some(state) = &member.state {
            list.push((words.say("body-state"), html! { (words.state(state)) }));
        }
    }
    for log in &data.logs {
        let mirror = data.mirrors.iter().find(|mirror| mirror.origin == log.origin);
        list.push((
            words.say("body-log"),
            super::mesh::standing(words, log, mirror, data.now),
        ));
    }
    facts::facts(&list)
}

fn by_kind(words: &Words, data: &Data, all: &Query) -> Markup {
    let mut kinds: Vec<(String, &str, u64)> = data
        .counts
        .of("kind")
        .iter()
        .map(|(kind, count)| (result::kind_plural(words, kind), kind.as_str(), *count))
        .collect();
    kinds.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| words.compare(&one.0, &other.0)));
    let rest = kinds.len().saturating_sub(KINDS);
    let figures: Vec<(Markup, u64)> = kinds
        .iter()
        .map(|(name, kind, count)| {
            let place = address::register(words.language(), &all.with("kind", kind));
            (html! { a href=(place) { (name) } }, *count)
        })
        .collect();
    let most = kinds.first().map_or(0, |(_, _, count)| *count);
    let (first, others) = figures.split_at(figures.len().min(KINDS));
    let head = words.say("facet-kind");
    let more = words.count("facet-more", u64::try_from(rest).unwrap_or(0), &[]);
    html! {
        (chart::bars(words, &words.say("body-by-kind"), &head, first, most))
        @if rest > 0 { details.others { summary { (more) } (chart::bars(words, &more, &head, others, most)) } }
    }
}
