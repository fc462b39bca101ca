//! The mesh: who keeps whose log, how far behind, who vouches for it, and what was caught.

use crate::mishap::Mishap;
use crate::parts::badge::{Tone, badge};
use crate::parts::layout::{Page, Room};
use crate::parts::ring::{Place, ring};
use crate::parts::{breadcrumb, empty, facts, foreign, id, notice, stale, table, when};
use crate::read::{Alarm, Federation, Log, Member, Mirror, Names, items};
use crate::visit::Visit;
use crate::words::Words;
use axum::body::Body;
use axum::http::Response;
use chapar_terms::Instant;
use maud::{Markup, html};

/// Alarms that are shown.
const ALARMS: usize = 20;

/// What the page shows.
pub struct Data {
    /// The federations that this node follows.
    pub federations: Vec<Federation>,
    /// The logs that it holds, each with those who cosigned it.
    pub logs: Vec<(Log, Vec<String>)>,
    /// How the foreign ones stand.
    pub mirrors: Vec<Mirror>,
    /// What was seen that no honest log shows.
    pub alarms: Vec<Alarm>,
    /// The key of this node's witness, by which others believe it.
    pub witness: String,
    /// The time.
    pub now: Instant,
}

impl Data {
    /// Whether both histories that a mirrored log signed stand with that log.
    fn shows_fork_of(&self, origin: &str) -> bool {
        let mut mirrors = self.mirrors.iter();
        mirrors.any(|mirror| mirror.origin == origin && mirror.caught.is_some())
    }
}

/// `GET /{language}/mesh`
pub async fn mesh(visit: Visit) -> Response<Body> {
    let outcome = read(&visit).await.map(|data| render(visit.words, &data));
    visit.show(outcome)
}

async fn read(visit: &Visit) -> Result<Data, Mishap> {
    let runtime = visit.runtime();
    let federations = runtime.list_federations().await?;
    let logs = runtime.register_logs().await?;
    let cosigned = |log: Log| {
        let name = super::record::name_of(&log);
        let note = name.and_then(|name| runtime.log_checkpoint(&name));
        let signers = note.map(|(published, _)| super::record::signers(&published.checkpoint, &log.origin));
        (log, signers.unwrap_or_default())
    };
    let witness = runtime.describe_witness();
    Ok(Data {
        federations: federations.iter().filter_map(Federation::read).collect(),
        logs: items(&logs).filter_map(Log::read).map(cosigned).collect(),
        mirrors: runtime.list_mirrors().await?.iter().filter_map(Mirror::read).collect(),
        alarms: items(&runtime.list_alarms().await?)
            .filter_map(Alarm::read)
            .take(ALARMS)
            .collect(),
        witness: witness
            .get("vkey")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        now: visit.now(),
    })
}

/// The page.
pub fn render(words: &Words, data: &Data) -> Page {
    let names = Names::of(&data.federations);
    let logs: Vec<Log> = data.logs.iter().map(|(log, _)| log.clone()).collect();
    // What takes a whole row comes last, and leaves no gap before it.
    let (forked, whole): (Vec<_>, Vec<_>) = data.logs.iter().partition(|(log, _)| data.shows_fork_of(&log.origin));
    let body = html! {
        div.wrap {
            (breadcrumb::breadcrumb(words, &[]))
            h1 { (words.say("mesh-title")) }
            p.lede { (words.say("mesh-lede")) }
        }
        (members(words, &names, &data.federations, &logs, &data.mirrors, data.now))
        section.wrap.block aria-labelledby="logs" {
            h2 #logs { (words.say("mesh-logs")) }
            p.section-about { (words.say("mesh-logs-about")) }
            @if data.logs.is_empty() { (empty::empty(&words.say("mesh-none"), html! { p { (words.say("mesh-none-about")) } })) }
            @else { div.logs { @for (log, cosigners) in whole.into_iter().chain(forked) { (log_card(words, &names, data, log, cosigners)) } } }
        }
        (alarms(words, data))
        section.wrap.block aria-labelledby="witness" {
            h2 #witness { (words.say("mesh-witness")) }
            p.section-about { (words.say("mesh-witness-about")) }
            (facts::facts(&[(words.say("mesh-witness-key"), id::id(&data.witness))]))
        }
    };
    Page::new(words.say("mesh-title"), body).within(Room::Mesh)
}

/// How a log stands, as a tone and a word: what is worst about it.
fn state_of(log: &Log, mirror: Option<&Mirror>) -> (Tone, &'static str) {
    let age = mirror.and_then(|mirror| mirror.age);
    match log.state.as_str() {
        "caught" => (Tone::Bad, "log-caught"),
        "held" => (Tone::Careful, "log-held"),
        "discontinued" => (Tone::Plain, "log-discontinued"),
        _ if log.is_own => (Tone::Good, "log-own"),
        _ if age.is_none() => (Tone::Plain, "log-new"),
        _ if age.is_some_and(|age| age > stale::OLD) => (Tone::Careful, "log-silent"),
        _ if mirror.is_some_and(|mirror| mirror.lag > 0) => (Tone::Plain, "log-behind"),
        _ => (Tone::Good, "log-fresh"),
    }
}

/// How a log stands, in a line.
pub fn standing(words: &Words, log: &Log, mirror: Option<&Mirror>, now: Instant) -> Markup {
    let (tone, key) = state_of(log, mirror);
    html! {
        (badge(tone, &words.say(key))) " "
        span { (words.count("entries-n", log.size, &[])) }
        @if let Some(age) = mirror.and_then(|mirror| mirror.age) { ", " (words.say("asked")) " " (when::ago(words, age, now)) }
    }
}

/// One line of the ring and of the table beside it.
struct Row<'a> {
    name: Markup,
    state: Option<&'a str>,
    tone: Tone,
    word: String,
    size: Option<u64>,
    lag: Option<u64>,
    age: Option<u64>,
    is_here: bool,
    is_witnessed: Option<bool>,
}

/// Who is in it: the members of each federation in the order of the Organisation; without one, whose logs are held here.
pub fn members(
    words: &Words,
    names: &Names,
    federations: &[Federation],
    logs: &[Log],
    mirrors: &[Mirror],
    now: Instant,
) -> Markup {
    let circles: Vec<(Markup, Vec<Row<'_>>)> = match federations {
        [] if logs.is_empty() => Vec::new(),
        [] => vec![(
            html! { (words.say("members-logs")) },
            logs.iter().map(|log| row_of_log(words, names, log, mirrors)).collect(),
        )],
        all => all.iter().map(|one| circle(words, one, logs, mirrors)).collect(),
    };
    html! {
        @for (name, rows) in &circles {
            section.band {
                div.wrap.block {
                    h2 { (name) }
                    p.section-about { (words.say(if federations.is_empty() { "members-logs-about" } else { "members-about" })) }
                    (ring_and_table(words, rows, now))
                }
            }
        }
    }
}

fn circle<'a>(words: &Words, federation: &'a Federation, logs: &[Log], mirrors: &[Mirror]) -> (Markup, Vec<Row<'a>>) {
    let name = foreign::best(words, &federation.name).unwrap_or_else(|| html! { (words.say("members-title")) });
    let rows = federation
        .members
        .iter()
        .map(|member| row_of_member(words, member, logs, mirrors));
    (name, rows.collect())
}

fn row_of_member<'a>(words: &Words, member: &'a Member, logs: &[Log], mirrors: &[Mirror]) -> Row<'a> {
    let log = logs.iter().find(|log| log.origin == member.origin);
    let mirror = mirrors.iter().find(|mirror| mirror.origin == member.origin);
    let (tone, key) = match (member.log.as_str(), log) {
        ("other-key", _) => (Tone::Careful, "log-other-key"),
        (_, Some(log)) => state_of(log, mirror),
        _ => (Tone::Careful, "log-missing"),
    };
    let place = crate::address::body(words.language(), &member.participant);
    let said = member.name.pick(words.language());
    Row {
        name: html! { a href=(place) { @match said { Some(said) => (foreign::text(said)), None => (id::id(&id::short(&member.participant))) } } },
        state: member.state.as_deref(),
        tone,
        word: words.say(key),
        size: log.map(|log| log.size),
        lag: mirror.map(|mirror| mirror.lag),
        age: mirror.and_then(|mirror| mirror.age),
        is_here: log.is_some_and(|log| log.is_own),
        is_witnessed: member.is_witnessed,
    }
}

fn row_of_log<'a>(words: &Words, names: &Names, log: &Log, mirrors: &[Mirror]) -> Row<'a> {
    let mirror = mirrors.iter().find(|mirror| mirror.origin == log.origin);
    let (tone, key) = state_of(log, mirror);
    Row {
        name: id::participant(words, names, &log.owner),
        state: None,
        tone,
        word: words.say(key),
        size: Some(log.size),
        lag: mirror.map(|mirror| mirror.lag),
        age: mirror.and_then(|mirror| mirror.age),
        is_here: log.is_own,
        is_witnessed: None,
    }
}

fn ring_and_table(words: &Words, rows: &[Row<'_>], now: Instant) -> Markup {
    let number = |place: usize| words.number(u64::try_from(place + 1).unwrap_or(0));
    let places: Vec<Place> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| Place {
            mark: number(place),
            tone: row.tone,
            is_here: row.is_here,
        })
        .collect();
    let good = rows.iter().filter(|row| row.tone == Tone::Good).count();
    let (good, all) = (u64::try_from(good).unwrap_or(0), u64::try_from(rows.len()).unwrap_or(0));
    let share = words.fill(
        "ring-share",
        &[("good", &words.number(good)), ("all", &words.number(all))],
    );
    let heads = [
        "ring-number",
        "ring-member",
        "ring-state",
        "ring-entries",
        "ring-lag",
        "ring-age",
    ]
    .map(|key| words.say(key));
    let cells = |(place, row): (usize, &Row<'_>)| {
        vec![
            html! { (number(place)) },
            html! { (row.name) @if let Some(state) = row.state { span.under { (words.state(state)) } } },
            html! {
                (badge(row.tone, &row.word))
                @if let Some(is_witnessed) = row.is_witnessed {
                    span.under { (words.say(if is_witnessed { "witnessed-enough" } else { "witnessed-too-few" })) }
                }
            },
            html! { @if let Some(size) = row.size { (words.number(size)) } @else { "–" } },
            html! { @match (row.is_here, row.lag) { (false, Some(lag)) => (words.number(lag)), _ => "–" } },
            html! { @match (row.is_here, row.age) { (false, Some(age)) => (when::ago(words, age, now)), _ => "–" } },
        ]
    };
    let table_rows: Vec<Vec<Markup>> = rows.iter().enumerate().map(cells).collect();
    html! {
        div.ring-and-table {
            (ring(&words.fill("ring-title", &[("good", &words.number(good)), ("all", &words.number(all))]), &places, (&share, &words.say("ring-word"))))
            (table::table(&words.say("ring-caption"), &heads, &table_rows))
        }
    }
}

fn log_card(words: &Words, names: &Names, data: &Data, log: &Log, cosigners: &[String]) -> Markup {
    let mirror = data.mirrors.iter().find(|mirror| mirror.origin == log.origin);
    let mut list = vec![
        (words.say("log-owner"), id::participant(words, names, &log.owner)),
        (words.say("log-state"), standing(words, log, mirror, data.now)),
        (
            words.say("log-in-catalogue"),
            html! { (words.number(log.in_catalogue)) },
        ),
    ];
    if let Some(mirror) = mirror {
        list.push((
            words.say("log-lag"),
            html! { (words.count("entries-n", mirror.lag, &[])) },
        ));
        if mirror.rejects > 0 {
            list.push((
                words.say("log-rejects"),
                html! { (words.count("entries-n", mirror.rejects, &[])) },
            ));
        }
        if let Some(successor) = &mirror.successor {
            list.push((words.say("log-successor"), id::id(successor)));
        }
    }
    if let Some(at) = log.published_at {
        list.push((words.say("log-published"), when::moment(words, at)));
    }
    let cosigned = html! {
        @if cosigners.is_empty() { span.quiet-text { (words.say("proof-cosigners-none")) } }
        @else { ul.values { @for name in cosigners { li { (id::id(name)) } } } }
    };
    list.push((words.say("proof-cosigners"), cosigned));
    let technical = [
        (words.say("log-address"), id::id(&log.address)),
        (words.say("log-key"), id::id(&log.vkey)),
    ];
    html! {
        article.card.log {
            h3 { (id::id(&log.origin)) }
            @if let Some(obstacle) = mirror.and_then(|mirror| mirror.obstacle.as_deref()) {
                (notice::notice(Tone::Careful, &words.say("obstacle-title"), html! { p { (words.say(obstacle_key(obstacle))) } }))
            }
            @if let Some(notes) = mirror.and_then(|mirror| mirror.caught.as_deref()) { (fork(words, notes)) }
            (facts::facts(&list))
            details.others { summary { (words.say("log-technical")) } (facts::facts(&technical)) }
        }
    }
}

/// What was in the way, in plain words, by the group of its code.
fn obstacle_key(code: &str) -> &'static str {
    match code.split(['.', '-']).next().unwrap_or(code) {
        "send" => "obstacle-network",
        "store" | "file" => "obstacle-store",
        _ => "obstacle-content",
    }
}

/// What a log signed and cannot both be true, side by side.
fn fork(words: &Words, notes: &[String]) -> Markup {
    notice::notice(
        Tone::Bad,
        &words.say("fork-title"),
        html! {
            p { (words.say("fork-about")) }
            div.side-by-side {
                @for (number, note) in notes.iter().enumerate() {
                    figure {
                        figcaption { (words.fill("fork-note", &[("number", &words.number(u64::try_from(number + 1).unwrap_or(0)))])) }
                        pre dir="ltr" translate="no" tabindex="0" { (note) }
                    }
                }
            }
        },
    )
}

fn alarms(words: &Words, data: &Data) -> Markup {
    let heads = ["alarm-log", "alarm-what", "alarm-verdict", "alarm-seen", "alarm-now"].map(|key| words.say(key));
    let tone = |verdict: &str| match verdict {
        "proven" => Tone::Bad,
        "asserted" => Tone::Careful,
        _ => Tone::Plain,
    };
    let row = |alarm: &Alarm| {
        vec![
            id::id(&alarm.origin),
            html! { (words.say_or(&format!("alarm-{}", alarm.what), &alarm.what)) },
            badge(
                tone(&alarm.verdict),
                &words.say_or(&format!("verdict-{}", alarm.verdict), &alarm.verdict),
            ),
            html! { @if let Some(at) = alarm.seen_at { (when::moment(words, at)) } },
            html! { @if alarm.cleared_at.is_some() { (words.say("alarm-cleared")) } @else { (words.say("alarm-stands")) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = data.alarms.iter().map(row).collect();
    let forks = data
        .alarms
        .iter()
        .filter(|alarm| alarm.verdict == "proven" && alarm.notes.len() > 1 && !data.shows_fork_of(&alarm.origin));
    html! {
        section.wrap.block aria-labelledby="alarms" {
            h2 #alarms { (words.say("mesh-alarms")) }
            @if rows.is_empty() { p.quiet-text { (words.say("mesh-alarms-none")) } }
            @else {
                p.section-about { (words.say("mesh-alarms-about")) }
                (table::table(&words.say("mesh-alarms-about"), &heads, &rows))
                @for alarm in forks { (fork(words, &alarm.notes)) }
            }
        }
    }
}
