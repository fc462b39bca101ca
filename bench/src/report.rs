//! The figures as a page: tables between two marks of `docs/benchmarks.md`, plots beside it. What stands around the marks is written
//! by hand: how to read the figures, and why one is missed.

use crate::catalogue::{PAGE, Shelf};
use crate::figures::{Figures, Quiet};
use crate::negotiate::{Many, Single};
use crate::numbers::{Times, count, short};
use crate::plots;
use crate::process::Shares;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

/// Reach of a start, in milliseconds.
const START_MS: f64 = 100.0;
/// Reach of memory, in MB: doing nothing, and under load.
const MEMORY_MB: [f64; 2] = [30.0, 80.0];
/// Reach of two nodes doing nothing, in percent of a core.
const IDLE_PERCENT: f64 = 0.1;
/// Reach of one negotiation: so many durable writes one after the other, and so many milliseconds besides.
const SINGLE: (f64, f64) = (7.0, 8.0);
/// Reach of negotiations per second.
pub const PER_SECOND: f64 = 300.0;
/// Reach of a catalogue page, in milliseconds.
pub const PAGE_MS: f64 = 5.0;
/// Two pages cost the same when neither takes so many times as long as the other; less is noise.
const FLAT: f64 = 1.25;
/// MB in a MiB.
const MB: f64 = 1.048_576;

/// The reach of one negotiation at a time on the disk of this run, in milliseconds.
pub fn single_reach(single: &Single) -> f64 {
    SINGLE.0 * single.waits.fsync.p50() + SINGLE.1
}

/// Writes the page and its plots.
pub fn write(figures: &Figures) -> io::Result<()> {
    let plots = docs().join("benchmarks");
    fs::create_dir_all(&plots)?;
    let drawn = plots::all(figures);
    for (name, plot) in &drawn {
        fs::write(plots.join(name), plot)?;
    }
    let shown: String = drawn
        .iter()
        .map(|(name, _)| format!("\n![{}](benchmarks/{name})\n", name.trim_end_matches(".svg")))
        .collect();
    between_marks("benchmarks.md", &format!("{}{shown}", tables(figures)))
}

/// Writes `text` between the marks of a page below `docs/`.
///
/// # Errors
/// The page is not there, has no marks, or cannot be written.
pub fn between_marks(name: &str, text: &str) -> io::Result<()> {
    let page = docs().join(name);
    let old = fs::read_to_string(&page)?;
    let marks = old
        .split_once(BEGIN)
        .and_then(|(above, rest)| Some((above, rest.split_once(END)?.1)));
    let (above, below) = marks.ok_or_else(|| io::Error::other(format!("docs/{name} has lost its marks")))?;
    fs::write(page, format!("{above}{BEGIN}\n{text}{END}{below}"))
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// All tables as Markdown.
pub fn tables(figures: &Figures) -> String {
    let mut out = format!(
        "\nMeasured on {}, in one run of {:.0} minutes: {}. Load average before the run: {}.\n\n",
        figures.date,
        (figures.took.as_secs_f64() / 60.0).ceil(),
        figures.machine,
        figures.load_before
    );
    out.push_str("| measure | reach | found | |\n|---|---|---|---|\n");
    reached(figures, &mut out);
    ground(figures, &mut out);
    negotiations(figures, &mut out);
    catalogue(figures, &mut out);
    contention(figures, &mut out);
    out
}

fn row(out: &mut String, measure: &str, reach: &str, found: &str, held: bool) {
    let verdict = if held { "held" } else { "**missed**" };
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(out, "| {measure} | {reach} | {found} | {verdict} |");
}

fn reached(figures: &Figures, out: &mut String) {
    let starts = [
        ("start to healthy, small database", &figures.start),
        ("start to healthy, database after the load", &figures.start_after),
    ];
    for (name, times) in starts {
        if let Some(times) = times {
            let found = format!(
                "p50 {} ms, slowest of {} {} ms",
                short(times.p50()),
                times.count(),
                short(times.at(1.0))
            );
            row(out, name, "below 100 ms", &found, times.p50() < START_MS);
        }
    }
    let quiets = [("fresh", &figures.idle), ("after the load", &figures.idle_after)];
    for (name, quiet) in quiets {
        if let Some(quiet) = quiet {
            idle(name, quiet, out);
        }
    }
    busy(figures, out);
}

fn busy(figures: &Figures, out: &mut String) {
    if let Some(many) = &figures.many {
        let highest = figures.loaded.map(|(_, highest)| highest * MB);
        let found = format!("{} / {} MB at the highest", short(highest[0]), short(highest[1]));
        let name = format!("resident memory with {} cases and load", count(many.count));
        row(
            out,
            &name,
            "below 80 MB each",
            &found,
            highest.into_iter().all(|mb| mb < MEMORY_MB[1]),
        );
    }
    if let Some(single) = &figures.single {
        let reach = single_reach(single);
        let words = format!(
            "p50 below 7 x {} + 8 = {} ms",
            short(single.waits.fsync.p50()),
            short(reach)
        );
        let found = format!(
            "p50 {} ms, p99 {} ms",
            short(single.times.p50()),
            short(single.times.p99())
        );
        row(
            out,
            "negotiation to FINALIZED, one at a time",
            &words,
            &found,
            single.times.p50() < reach,
        );
    }
    if let Some(many) = &figures.many {
        let name = format!("negotiations per second, {} at a time", many.width);
        let found = format!("{} per second, {} lost", short(many.per_second), many.lost);
        row(
            out,
            &name,
            "at least 300",
            &found,
            many.per_second >= PER_SECOND && many.lost == 0,
        );
    }
    for shelf in &figures.catalogue {
        let name = format!("catalogue page of 50 out of {}", length(shelf));
        let found = format!(
            "p50 {} ms direct, {} ms by a second node",
            short(shelf.direct.p50()),
            short(shelf.by_node.p50())
        );
        row(out, &name, "p50 below 5 ms", &found, shelf.direct.p50() < PAGE_MS);
    }
    // A catalogue shorter than a page is no measure of flatness.
    let full: Vec<&Shelf> = figures.by_length().filter(|shelf| shelf.offers >= PAGE).collect();
    if let [short_one, .., long_one] = full.as_slice() {
        let ratio = long_one.direct.p50() / short_one.direct.p50();
        let name = format!(
            "the same, {} offers against {}",
            count(long_one.offers),
            count(short_one.offers)
        );
        row(
            out,
            &name,
            "flat",
            &format!("{} times as long", short(ratio)),
            ratio < FLAT,
        );
    }
}

fn idle(name: &str, quiet: &Quiet, out: &mut String) {
    let memory = quiet.memory.map(|mib| mib * MB);
    let found = format!("{} / {} MB", short(memory[0]), short(memory[1]));
    if name == "fresh" {
        row(
            out,
            "resident memory idle",
            "below 30 MB each",
            &found,
            memory.into_iter().all(|mb| mb < MEMORY_MB[0]),
        );
    }
    let percent = quiet.shares.nodes.iter().sum::<f64>() * 100.0;
    row(
        out,
        &format!("idle CPU over {:.0} s, two nodes, {name}", quiet.shares.seconds),
        "below 0.1 % of a core",
        &format!("{percent:.3} %"),
        percent < IDLE_PERCENT,
    );
}

fn ground(figures: &Figures, out: &mut String) {
    let costs = &figures.costs;
    out.push_str("\nWhat the machine costs, in the same run:\n\n| cost | p50 | p99 |\n|---|---|---|\n");
    let mut line = |name: &str, times: &Times| {
        let _ = writeln!(
            out,
            "| {name} | {} ms | {} ms |",
            short(times.p50()),
            short(times.p99())
        );
    };
    line("fsync after 16 KiB, at the beginning", &figures.waits.fsync);
    line("fdatasync after 16 KiB, at the beginning", &figures.waits.fdatasync);
    if let Some(single) = &figures.single {
        line("fsync, around the negotiations", &single.waits.fsync);
        line("fdatasync, around the negotiations", &single.waits.fdatasync);
    }
    let _ = writeln!(out, "| SHA-256 | {} MB/s | |", short(costs.hash_mb));
    let _ = writeln!(out, "| Ed25519 signature | {} us | |", short(costs.sign_us));
    let _ = writeln!(out, "| Ed25519 verification | {} us | |", short(costs.verify_us));
}

fn negotiations(figures: &Figures, out: &mut String) {
    if figures.single.is_none() && figures.many.is_none() {
        return;
    }
    out.push_str(
        "\nNegotiations, from the call of the consumer's own API until both event streams have told FINALIZED; per negotiation and \
         both nodes together:\n\n| | done | lost | p50 | p99 | processor time | written | in fsyncs of this run |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let fsync = figures
        .single
        .as_ref()
        .map_or(&figures.waits, |single| &single.waits)
        .fsync
        .p50();
    if let Some(Single {
        times, lost, shares, ..
    }) = &figures.single
    {
        cost("one at a time", times, *lost, shares, fsync, out);
    }
    if let Some(Many {
        times,
        lost,
        shares,
        width,
        ..
    }) = &figures.many
    {
        cost(&format!("{width} at a time"), times, *lost, shares, fsync, out);
    }
}

fn cost(name: &str, times: &Times, lost: usize, shares: &Shares, fsync: f64, out: &mut String) {
    let done = times.count() as f64;
    let cpu = shares.nodes.iter().sum::<f64>() * shares.seconds * 1e3 / done;
    let written = shares.written.iter().sum::<f64>() * 1024.0 / done;
    let _ = writeln!(
        out,
        "| {name} | {} | {lost} | {} ms | {} ms | {} ms | {} KiB | {} |",
        count(times.count()),
        short(times.p50()),
        short(times.p99()),
        short(cpu),
        short(written),
        short(times.p50() / fsync)
    );
}

fn catalogue(figures: &Figures, out: &mut String) {
    if figures.catalogue.is_empty() {
        return;
    }
    out.push_str(
        "\nCatalogue pages of 50, p50 / p99 in milliseconds:\n\n| catalogue | direct, signed both ways | by a second node, first page | by \
         a second node, page after page | by a second node, the last page by its place |\n|---|---|---|---|---|\n",
    );
    let both = |times: &Times| format!("{} / {}", short(times.p50()), short(times.p99()));
    for shelf in &figures.catalogue {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            length(shelf),
            both(&shelf.direct),
            both(&shelf.by_node),
            both(&shelf.onward),
            both(&shelf.last)
        );
    }
}

/// How long a catalogue is, and by how many definitions where they are many.
fn length(shelf: &Shelf) -> String {
    match shelf.definitions {
        1 => format!("{} offers", count(shelf.offers)),
        many => format!("{} offers under {} definitions", count(shelf.offers), count(many)),
    }
}

fn contention(figures: &Figures, out: &mut String) {
    let watched = [
        ("idle", figures.idle.as_ref().map(|quiet| quiet.shares)),
        ("one at a time", figures.single.as_ref().map(|single| single.shares)),
        ("many at a time", figures.many.as_ref().map(|many| many.shares)),
        (
            "idle after the load",
            figures.idle_after.as_ref().map(|quiet| quiet.shares),
        ),
    ];
    if watched.iter().all(|(_, shares)| shares.is_none()) {
        return;
    }
    out.push_str(
        "\nWho used the processors meanwhile, in cores on average (\"others\": everything else on the machine, the kernel's own work \
         and what its host withheld included):\n\n| | provider | consumer | the measuring program | others |\n|---|---|---|---|---|\n",
    );
    for (name, shares) in watched {
        if let Some(shares) = shares {
            let [provider, consumer] = shares.nodes;
            let _ = writeln!(
                out,
                "| {name} | {provider:.3} | {consumer:.3} | {:.2} | {:.2} |",
                shares.bench, shares.others
            );
        }
    }
}
