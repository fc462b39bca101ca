//! The figures as a page: `docs/benchmarks-register.md`, between two marks. What stands around them is written by hand.

use super::Found;
use super::tessera::Tuning;
use crate::numbers::{Times, count, short};
use crate::{figures, process, report};
use std::fmt::Write;
use std::io;

/// Milliseconds above an fsync of the run that a lone entry may take until it is durable, and milliseconds until it is published.
const LONE_MS: [f64; 2] = [3.0, 300.0];
/// How many times quicker than Tessera's defaults it is durable.
const AHEAD: f64 = 50.0;
/// Signed records per second, and tile hashes.
const MIRRORED: f64 = 8_000.0;
const HASHES: f64 = 200_000.0;
/// Milliseconds of a search: p50, p99.
const SEARCH_MS: [f64; 2] = [10.0, 50.0];
/// MB of memory while searching.
const MEMORY_MB: f64 = 150.0;
/// Of a core, doing nothing.
const IDLE_PERCENT: f64 = 0.2;
/// MB in a MiB.
const MB: f64 = 1.048_576;

/// Writes the part between the marks.
///
/// # Errors
/// The page is not there, or cannot be written.
pub fn write(tables: &str) -> io::Result<()> {
    report::between_marks("benchmarks-register.md", &format!("\n{tables}\n"))
}

/// The tables.
pub fn tables(found: &Found) -> String {
    let mut page = format!(
        "Measured on {}, in one run of {:.0} minutes: {}. Load average before the foreign log was mirrored {}, before entries came in {}.\n\n",
        figures::today(),
        (found.took.as_secs_f64() / 60.0).ceil(),
        process::machine(),
        found.loads[0],
        found.loads[1]
    );
    page.push_str("| measure | reach | found | |\n|---|---|---|---|\n");
    verdicts(&mut Verdicts(&mut page), found);
    appends(&mut page, found);
    mirrored(&mut page, found);
    page
}

/// Rows of the table that says what is within reach.
struct Verdicts<'a>(&'a mut String);

impl Verdicts<'_> {
    fn row(&mut self, measure: &str, reach: &str, found: &str, is_held: bool) {
        let verdict = if is_held { "held" } else { "**missed**" };
        writeln!(self.0, "| {measure} | {reach} | {found} | {verdict} |").expect("text can be written");
    }
}

fn verdicts(rows: &mut Verdicts<'_>, found: &Found) {
    let (ours, theirs) = (middle(&found.many.durable), middle(&found.many.tessera[0]));
    let said = format!("{} per second, {} x", count(ours as usize), short(ours / theirs));
    let reach = format!(
        "Tessera's with its defaults: {}; twice it is the aim",
        count(theirs as usize)
    );
    rows.row(
        "durable entries, 1024 writers of 200 bytes",
        &reach,
        &said,
        ours >= theirs,
    );
    lone(rows, found);
    let mirrored = &found.mirrored;
    let said = format!("{} per second", count(mirrored.rate() as usize));
    let name = format!(
        "mirror, verify and fold {} records of a foreign log",
        count(mirrored.records as usize)
    );
    rows.row(
        &name,
        "at least 8 000 signed records per second",
        &said,
        mirrored.rate() >= MIRRORED,
    );
    let said = format!("{} per second", count(mirrored.hashes as usize));
    rows.row(
        "tile hashes alone",
        "at least 200 000 per second",
        &said,
        mirrored.hashes >= HASHES,
    );
    let all = mirrored.all();
    let said = format!("p50 {} ms, p99 {} ms", short(all.p50()), short(all.p99()));
    let is_held = all.p50() < SEARCH_MS[0] && all.p99() < SEARCH_MS[1];
    let name = format!("search over {} mirrored records", count(mirrored.records as usize));
    rows.row(&name, "p50 below 10 ms, p99 below 50 ms", &said, is_held);
    let memory = mirrored.searching * MB;
    rows.row(
        "resident memory with them, searching",
        "below 150 MB",
        &format!("{} MB", short(memory)),
        memory < MEMORY_MB,
    );
    let said = format!(
        "{:.3} % of a core over {} s, {} MB",
        found.idle.percent,
        found.idle.length.as_secs(),
        short(found.idle.memory * MB)
    );
    rows.row(
        "idle, 10 peers",
        "below 0.2 % of a core",
        &said,
        found.idle.percent < IDLE_PERCENT,
    );
}

fn lone(rows: &mut Verdicts<'_>, found: &Found) {
    let (ours, theirs) = (&found.alone, &found.tessera_alone[0]);
    let fsync = found.waits.fsync.p50();
    let bound = fsync + LONE_MS[0];
    let reach = format!("p50 below {} + 3 = {} ms", short(fsync), short(bound));
    rows.row(
        "a lone entry until it is durable",
        &reach,
        &both(&ours.durable),
        ours.durable.p50() < bound,
    );
    let ahead = theirs.durable.p50() / ours.durable.p50();
    let said = format!(
        "{} x ({} ms against {} ms)",
        short(ahead),
        short(ours.durable.p50()),
        short(theirs.durable.p50())
    );
    rows.row(
        "the same beside Tessera's defaults",
        "at least 50 x ahead",
        &said,
        ahead >= AHEAD,
    );
    rows.row(
        "a lone entry until it is published",
        "p50 below 300 ms",
        &both(&ours.published),
        ours.published.p50() < LONE_MS[1],
    );
}

fn both(times: &Times) -> String {
    format!("p50 {} ms, p99 {} ms", short(times.p50()), short(times.p99()))
}

fn appends(page: &mut String, found: &Found) {
    page.push_str(
        "\nEntries of 200 bytes, 1024 writers, per second, round by round; and a lone entry, p50 in milliseconds:\n\n",
    );
    page.push_str(
        "| | durable, many writers | in a published tree | lone: durable | lone: published |\n|---|---|---|---|---|\n",
    );
    let mut row = |name: &str, durable: &[f64], published: &[f64], alone: &super::Alone| {
        let (durable, published) = (rounds(durable), rounds(published));
        let (first, second) = (short(alone.durable.p50()), short(alone.published.p50()));
        writeln!(page, "| {name} | {durable} | {published} | {first} | {second} |").expect("text can be written");
    };
    row("Chapar", &found.many.durable, &found.many.published, &found.alone);
    for ((tuning, durable), alone) in Tuning::ALL
        .into_iter()
        .zip(&found.many.tessera)
        .zip(&found.tessera_alone)
    {
        row(tuning.name(), durable, &[], alone);
    }
}

fn rounds(rates: &[f64]) -> String {
    let rates: Vec<String> = rates.iter().map(|rate| count(*rate as usize)).collect();
    rates.join(" / ")
}

/// The one in the middle.
fn middle(rates: &[f64]) -> f64 {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

fn mirrored(page: &mut String, found: &Found) {
    let mirrored = &found.mirrored;
    let (taken, folded) = (mirrored.taken.as_secs_f64(), mirrored.folded.as_secs_f64());
    writeln!(
        page,
        "\nThe mirror had taken and verified all {} records after {} s and had them in its catalogue after {} s, with {} MB of memory \
         at the highest; its data folder has {} MB then.\n\nSearches, p50 / p99 in milliseconds:\n\n| question | p50 / p99 |\n|---|---|",
        count(mirrored.records as usize),
        short(taken),
        short(folded),
        short(mirrored.highest * MB),
        short(mirrored.disk * MB)
    )
    .expect("text can be written");
    for (name, times) in &mirrored.asked {
        writeln!(page, "| {name} | {} / {} |", short(times.p50()), short(times.p99())).expect("text can be written");
    }
}
