//! The gallery: every component in each of its states, with texts in every script. For whoever changes one.

use crate::mishap::Mishap;
use crate::parts::badge::{Tone, badge};
use crate::parts::body_tree::{Change, Teller};
use crate::parts::facets::{Group, facets};
use crate::parts::layout::Page;
use crate::parts::ring::{Place, ring};
use crate::parts::timeline::{Step, timeline};
use crate::parts::{
    breadcrumb, chart, copyable, empty, facts, foreign, id, notice, pager, qr, result, search_box, stale, statements,
    table, when,
};
use crate::query::Query;
use crate::read::{Found, Names, items};
use crate::visit::Visit;
use crate::words::{Words, direction};
use axum::body::Body;
use axum::http::Response;
use chapar_register::{Kinds, Report, Standing, Statement, Weight};
use chapar_terms::Instant;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Invented records, one a state.
const SAMPLES: &str = include_str!("samples.json");
/// A key that is none, and a command with it.
const COMMAND: &str = "chapar verify https://node.example/sample/log --vkey 'node.example/sample/log+0a1b2c3d+AAAA'";
/// A code that points at nothing.
const CODE: &str =
    "https://node.example/verify?record=did%3Aweb%3Anode.example%3Asample%2Frecords%2F0123456789abcdef%2Fsample";
const TONES: [Tone; 4] = [Tone::Good, Tone::Plain, Tone::Careful, Tone::Bad];

/// `GET /{language}/gallery`
pub async fn gallery(visit: Visit) -> Response<Body> {
    let page = samples().map(|samples| render(visit.words, &samples, visit.now()));
    visit.show(page.ok_or(Mishap::Broken))
}

/// The samples as lists have them.
pub fn samples() -> Option<Vec<Found>> {
    let samples: serde_json::Value = serde_json::from_str(SAMPLES).ok()?;
    Some(items(&samples).filter_map(Found::read).collect())
}

/// The page.
pub fn render(words: &Words, samples: &[Found], now: Instant) -> Page {
    let body = html! {
        div.wrap {
            (breadcrumb::breadcrumb(words, &[]))
            h1 { (words.say("gallery-title")) }
            p.lede { (words.say("gallery-about")) }
            (shown("badge", tones(words, badge)))
            (shown("notice", tones(words, |tone, text| notice::notice(tone, text, html! { p { (words.say("stale-about")) } }))))
            (shown("empty", empty::empty(&words.say("nothing-found"), html! { p { (words.say("nothing-found-do")) } })))
            (shown("search_box", search_box::small(words, "")))
            (shown("facets", facet_groups(words)))
            (shown("result", html! { ol.cards { @for found in samples { li { (result::card(words, &Names::default(), found, now)) } } } }))
            (shown("foreign", scripts(words, samples)))
            (shown("stale", html! { @if let Some(note) = stale::stale(words, Some(7400)) { (note) } }))
            (shown("when", html! { p { (when::moment(words, now)) } p { (when::day(words, now)) } p { (when::ago(words, 75, now)) } }))
            (shown("id", html! { (id::participant(words, &Names::default(), "did:web:127.0.0.1%3A8443:sample")) }))
            (shown("copyable", html! { (copyable::code(words, COMMAND)) (copyable::prose(words, html! { (words.say("verify-about")) })) }))
            (shown("facts", the_facts(words)))
            (shown("statements", the_statements(words)))
            (shown("qr", html! { @if let Some(code) = qr::qr(CODE, &words.say("record-code")) { (code) } }))
            (shown("table", the_table(words)))
            (shown("pager", pager::pager(words, Some("#first".to_owned()), Some("#next".to_owned()))))
            (shown("timeline", the_timeline(words, samples)))
            (shown("ring", the_ring(words)))
            (shown("chart", chart::bars(words, &words.say("body-by-kind"), &words.say("facet-kind"), &figures(words), 120)))
            (shown("body_tree", bodies(words)))
        }
    };
    Page::new(words.say("gallery-title"), body)
}

/// A component under the name of its file.
fn shown(name: &str, component: Markup) -> Markup {
    html! { section.block { h2 { code translate="no" dir="ltr" { (name) } } (component) } }
}

fn tones(words: &Words, one: impl Fn(Tone, &str) -> Markup) -> Markup {
    let said = ["log-fresh", "log-behind", "log-silent", "log-caught"];
    html! { div { @for (tone, key) in TONES.into_iter().zip(said) { (one(tone, &words.say(key))) " " } } }
}

fn facet_groups(words: &Words) -> Markup {
    let kinds = Kinds::built_in().iter().zip(1..).take(12);
    let values = kinds.map(|(kind, count)| {
        let name = kind.name().as_str();
        (name.to_owned(), html! { (result::kind_plural(words, name)) }, count)
    });
    let group = Group {
        name: "kind",
        label: words.say("facet-kind"),
        values: values.collect(),
    };
    html! { form { (facets(words, &Query::default().with("kind", "dataset"), &[group])) } }
}

fn scripts(words: &Words, samples: &[Found]) -> Markup {
    html! {
        @if let Some(found) = samples.first() {
            dl.facts {
                @for said in found.description.iter() {
                    div.fact {
                        dt { (words.tongue(said.tag)) " " code translate="no" dir="ltr" { (direction(said.tag)) } }
                        dd { (foreign::text(said)) }
                    }
                }
            }
        }
    }
}

fn the_facts(words: &Words) -> Markup {
    facts::facts(&[
        (words.say("short-visibility"), html! { (words.say("visibility-open")) }),
        (
            words.say("short-languages"),
            html! { ul.values { @for tag in ["ru", "zh", "fa"] { li { (words.tongue(tag)) } } } },
        ),
    ])
}

/// One of each standing.
fn the_statements(words: &Words) -> Markup {
    let said = [
        ("pointer-hash", Standing::Broken),
        ("log-not-held", Standing::Unknown),
        ("record-held", Standing::Proven),
        ("record", Standing::Asserted),
    ];
    let mut report = Report::new();
    for (code, standing) in said {
        let one = Statement::new(code, standing, Weight::Needed).with("origin", "node.example/sample/log");
        report.say(one.with("issued", Instant::from_unix_ms(0).rfc3339()));
    }
    statements::statements(words, &report)
}

fn the_table(words: &Words) -> Markup {
    let row = |tone: Tone, key: &str, size: u64| {
        vec![
            id::id("node.example/sample/log"),
            badge(tone, &words.say(key)),
            html! { (words.number(size)) },
        ]
    };
    table::table(
        &words.say("ring-caption"),
        &["proof-log", "ring-state", "ring-entries"].map(|key| words.say(key)),
        &[
            row(Tone::Good, "log-fresh", 1_234_567),
            row(Tone::Careful, "log-silent", 0),
        ],
    )
}

fn the_timeline(words: &Words, samples: &[Found]) -> Markup {
    let change = Change {
        label: words.say("short-visibility"),
        before: Some(words.say("visibility-members")),
        after: Some(words.say("visibility-open")),
    };
    let steps: Vec<Step<'_>> = samples
        .iter()
        .take(2)
        .map(|version| Step {
            version,
            changes: (version.version > 1).then(|| vec![change.clone()]),
        })
        .collect();
    timeline(words, &steps, 3)
}

fn the_ring(words: &Words) -> Markup {
    let places: Vec<Place> = (1..=10)
        .zip(TONES.into_iter().cycle())
        .map(|(number, tone)| Place {
            mark: words.number(number),
            tone,
            is_here: number == 1,
        })
        .collect();
    let (good, all) = (words.number(3), words.number(10));
    let fill = [("good", good.as_str()), ("all", all.as_str())];
    ring(
        &words.fill("ring-title", &fill),
        &places,
        (&words.fill("ring-share", &fill), &words.say("ring-word")),
    )
}

fn figures(words: &Words) -> Vec<(Markup, u64)> {
    let counts = [("dataset", 120), ("event", 45), ("rule", 7), ("course", 1)];
    counts
        .map(|(kind, count)| (html! { (result::kind_plural(words, kind)) }, count))
        .to_vec()
}

/// The example of a kind by its labels, and the same as of a kind that is not known here.
fn bodies(words: &Words) -> Markup {
    let none = BTreeMap::new();
    let example = Kinds::built_in()
        .iter()
        .find(|kind| kind.name().as_str() == "event")
        .map(|kind| kind.example());
    html! {
        @if let Some(body) = example.and_then(serde_json::Value::as_object) {
            @for kind in ["event", "unknown-here"] { div.panel { (Teller::of(words, kind, &none).body(body)) } }
        }
    }
}
