//! The figures as a page: `docs/benchmarks-edc.md`, between two marks. What stands around them is written by hand.

use super::Found;
use super::connector::Family;
use super::dead::{Death, Told};
use crate::figures;
use crate::numbers::{Times, count, short};
use crate::process::{self, Shares};
use crate::report;
use std::fmt::Write;
use std::io;

/// How many times quicker than EDC as it comes, and than the tuned one.
const QUICKER: [f64; 2] = [200.0, 20.0];
/// How many times more per second than the better of both.
const MORE: f64 = 20.0;
/// How many times quicker it starts, and how many times less memory it takes, idle and after the load.
const LESS: [f64; 3] = [30.0, 10.0, 20.0];
/// Of a core, doing nothing after the load.
const IDLE_PERCENT: f64 = 0.1;
/// Milliseconds: a transfer, a page, a dead peer, an asset.
const REACH_MS: [f64; 4] = [10.0, 5.0, 3_000.0, 3.0];
/// Two pages cost the same when neither takes so many times as long as the other.
const FLAT: f64 = 1.5;

/// Writes the part between the marks.
///
/// # Errors
/// The page is not there, or cannot be written.
pub fn write(tables: &str) -> io::Result<()> {
    report::between_marks("benchmarks-edc.md", &format!("\n{tables}\n"))
}

/// The tables.
pub fn tables(found: &[Found]) -> String {
    let mut page = format!(
        "Measured on {}, in one run: {}.\n\n",
        figures::today(),
        process::machine()
    );
    verdicts(&mut page, found);
    page.push('\n');
    everything(&mut page, found);
    page
}

fn of(found: &[Found], family: Family) -> &Found {
    found
        .iter()
        .find(|found| found.family == family)
        .expect("every family is measured")
}

/// Rows of the table that says what is within reach.
struct Verdicts<'a>(&'a mut String);

impl Verdicts<'_> {
    fn row(&mut self, measure: &str, reach: &str, got: &str, held: bool) {
        let held = if held { "held" } else { "**missed**" };
        writeln!(self.0, "| {measure} | {reach} | {got} | {held} |").expect("text can be written");
    }

    /// So many times better than the other.
    fn times(&mut self, measure: &str, reach: f64, ratio: f64) {
        let (wanted, got) = (format!("{reach:.0} x"), format!("{} x", short(ratio)));
        self.row(measure, &wanted, &got, ratio >= reach);
    }

    /// Fewer milliseconds than these.
    fn below(&mut self, measure: &str, reach: f64, got: f64) {
        let (wanted, found) = (format!("below {} ms", short(reach)), format!("{} ms", short(got)));
        self.row(measure, &wanted, &found, got < reach);
    }
}

fn verdicts(page: &mut String, found: &[Found]) {
    page.push_str("| measure | reach | found | |\n|---|---|---|---|\n");
    let mut verdicts = Verdicts(page);
    beside(&mut verdicts, found);
    alone(&mut verdicts, of(found, Family::Chapar));
}

fn beside(verdicts: &mut Verdicts<'_>, found: &[Found]) {
    let [ours, edc, tuned] = Family::ALL.map(|family| of(found, family));
    let memory = |at: usize| sum(edc.memory[at]).min(sum(tuned.memory[at])) / sum(ours.memory[at]);
    let p50 = |found: &Found| found.single.times.p50();
    let better = edc.many.per_second.max(tuned.many.per_second);
    verdicts.times("start to healthy, quicker", LESS[0], edc.start.p50() / ours.start.p50());
    verdicts.times("resident memory idle, less", LESS[1], memory(0));
    verdicts.times("resident memory after the load, less", LESS[2], memory(1));
    verdicts.times(
        "negotiation p50, quicker than EDC as it comes",
        QUICKER[0],
        p50(edc) / p50(ours),
    );
    verdicts.times(
        "negotiation p50, quicker than EDC tuned",
        QUICKER[1],
        p50(tuned) / p50(ours),
    );
    verdicts.times(
        "negotiations per second, more than the better EDC",
        MORE,
        ours.many.per_second / better,
    );
}

fn alone(verdicts: &mut Verdicts<'_>, ours: &Found) {
    verdicts.row(
        "negotiations lost or stuck",
        "0",
        &count(ours.many.lost),
        ours.many.lost == 0,
    );
    let idle = 100.0 * ours.idle[1].nodes[0].max(ours.idle[1].nodes[1]);
    verdicts.row(
        "idle CPU after the load",
        "below 0.1 % of a core",
        &format!("{idle:.3} %"),
        idle < IDLE_PERCENT,
    );
    verdicts.below("transfer to STARTED p50", REACH_MS[0], ours.transfer.p50());
    for shelf in &ours.shelves {
        let offers = count(shelf.offers);
        verdicts.below(
            &format!("first page of {offers} offers p50"),
            REACH_MS[1],
            shelf.first.p50(),
        );
        verdicts.below(
            &format!("last page of {offers} offers p50"),
            REACH_MS[1],
            shelf.last.p50(),
        );
    }
    for (death, told) in Death::ALL.into_iter().zip(&ours.dead) {
        let took = told
            .words
            .as_ref()
            .map_or(f64::INFINITY, |_| told.took.as_secs_f64() * 1e3);
        verdicts.below(&format!("{}: told", death.name()), REACH_MS[2], took);
    }
    let assets = &ours.assets;
    for (act, times) in [
        ("create", &assets.create),
        ("read", &assets.read),
        ("query", &assets.query),
    ] {
        verdicts.below(
            &format!("{act} one of {} assets p50", count(assets.assets)),
            REACH_MS[3],
            times.p50(),
        );
    }
    // Those of a whole page.
    let whole = ours.shelves.iter().skip(1);
    let pages: Vec<f64> = whole.flat_map(|shelf| [shelf.first.p50(), shelf.last.p50()]).collect();
    let spread = pages.iter().copied().fold(f64::NAN, f64::max) / pages.iter().copied().fold(f64::NAN, f64::min);
    verdicts.row(
        "pages of 50, slowest against quickest",
        "flat",
        &format!("{} x", short(spread)),
        spread < FLAT,
    );
}

fn everything(page: &mut String, found: &[Found]) {
    let names: Vec<&str> = found.iter().map(|found| found.family.name()).collect();
    writeln!(page, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len())).expect("text can be written");
    let mut row = |measure: &str, cell: &dyn Fn(&Found) -> String| {
        let cells: Vec<String> = found.iter().map(cell).collect();
        writeln!(page, "| {measure} | {} |", cells.join(" | ")).expect("text can be written");
    };
    let ms = |times: &Times| format!("{} / {} ms", short(times.p50()), short(times.p99()));
    let idle = |shares: &Shares| shares.nodes.map(|share| format!("{:.2} %", 100.0 * share)).join(" / ");
    let mib = |memory: [f64; 2]| memory.map(short).join(" / ");
    row("start to healthy, p50 / p99", &|found| ms(&found.start));
    row("resident memory idle, provider / consumer, MiB", &|found| {
        mib(found.memory[0])
    });
    row("the same after the load", &|found| mib(found.memory[1]));
    row("idle CPU fresh, of a core", &|found| idle(&found.idle[0]));
    row("idle CPU after the load, of a core", &|found| idle(&found.idle[1]));
    row("negotiation to FINALIZED, one at a time, p50 / p99", &|found| {
        ms(&found.single.times)
    });
    row("of these lost or stuck", &|found| {
        format!("{} of {}", found.single.lost, found.single.count)
    });
    row("negotiations per second, 64 at a time", &|found| {
        short(found.many.per_second)
    });
    row("p50 / p99 of these", &|found| ms(&found.many.times));
    row("of these lost or stuck", &|found| {
        format!("{} of {}", count(found.many.lost), count(found.many.count))
    });
    row("transfer to STARTED, p50 / p99", &|found| ms(&found.transfer));
    row("of these not started", &|found| {
        format!("{} of {}", found.unstarted, found.single.agreements.len())
    });
    for at in 0..found.first().map_or(0, |found| found.shelves.len()) {
        let offers = count(found[0].shelves[at].offers);
        row(&format!("first page of {offers} offers, p50 / p99"), &|found| {
            ms(&found.shelves[at].first)
        });
        row(&format!("last page of {offers} offers, p50 / p99"), &|found| {
            ms(&found.shelves[at].last)
        });
    }
    let assets = count(found.first().map_or(0, |found| found.assets.assets));
    row(&format!("create one of {assets} assets, p50 / p99"), &|found| {
        ms(&found.assets.create)
    });
    row("read one", &|found| ms(&found.assets.read));
    row("find one by a property", &|found| ms(&found.assets.query));
    for (at, death) in Death::ALL.into_iter().enumerate() {
        row(death.name(), &|found| in_words(&found.dead[at]));
    }
}

fn in_words(told: &Told) -> String {
    let seconds = told.took.as_secs_f64();
    match &told.words {
        Some(words) => format!("{} ms: {}", short(seconds * 1e3), words.replace('|', "/")),
        None => format!("nothing in {seconds:.0} s"),
    }
}

fn sum(of: [f64; 2]) -> f64 {
    of[0] + of[1]
}
