//! `chapar-bench [--short] [NAME...]`: measures the real binary named by `CHAPAR_BIN`. `cargo xtask bench` builds that binary in the
//! profile `dist` and calls this program.
//!
//! Holds the order of the measures. All of them together write `docs/benchmarks.md` and its plots; some of them, or short ones,
//! only print. Refuses to fail on a figure: a page says what is missed, tests are never timed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measure may stop loudly"
)]

mod beside;
mod catalogue;
mod ends;
mod figures;
mod ground;
mod line;
mod negotiate;
mod numbers;
mod pair;
mod plots;
mod process;
mod register;
mod report;
mod seed;
mod svg;

use crate::ends::Ends;
use crate::figures::{Figures, Quiet, Sizes};
use crate::pair::{Pair, start_to_healthy};
use std::collections::BTreeSet;
use std::time::Duration;

const HELP: &str = "\
Measures the binary named by CHAPAR_BIN (`cargo xtask bench` builds it and calls this).

Usage: chapar-bench [--short] [NAME...]

  start       From the start of the process to healthy, with an existing database.
  idle        Memory and processor time of two nodes that do nothing.
  single      Negotiations to FINALIZED, one at a time.
  many        Negotiations to FINALIZED, 64 at a time, and memory under this load.
  catalogue   A page of 50 out of 10, 10 000 and 1 000 000 offers, and under 10 000 definitions.

  edc         Two nodes beside two EDC, which `cargo xtask setup` has fetched; writes docs/benchmarks-edc.md. Takes half an hour.
  register    The register beside Tessera, which `cargo xtask setup tessera` has fetched; writes docs/benchmarks-register.md. Takes
              half an hour.

Without names: all but the last two, and docs/benchmarks.md is written. --short: a tenth of everything, to see that it works; writes nothing.
";
const NAMES: [&str; 7] = ["start", "idle", "single", "many", "catalogue", "edc", "register"];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "help") {
        print!("{HELP}");
        return;
    }
    let short = words.iter().any(|word| word == "--short");
    let named: BTreeSet<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| *word != "--short")
        .collect();
    if let Some(unknown) = named.iter().find(|name| !NAMES.contains(name)) {
        eprintln!("`{unknown}` is no measure; measures: {}", NAMES.join(" "));
        std::process::exit(2);
    }
    if std::env::var_os("CHAPAR_BIN").is_none() {
        eprintln!("CHAPAR_BIN names no binary; `cargo xtask bench` builds one and says so");
        std::process::exit(2);
    }
    if named.contains("edc") {
        beside::measure(short);
        return;
    }
    if named.contains("register") {
        register::measure(short);
        return;
    }
    let sizes = if short { Sizes::SHORT } else { Sizes::FULL };
    let figures = measure(&sizes, |name| named.is_empty() || named.contains(name));
    println!("\n{}", report::tables(&figures));
    if named.is_empty() && !short {
        report::write(&figures).expect("docs/benchmarks.md can be written");
    }
}

fn measure(sizes: &Sizes, wanted: impl Fn(&str) -> bool) -> Figures {
    println!("ground: hash, signature, fsync");
    let mut figures = Figures::of_this_machine();
    if ["start", "idle", "single", "many"].into_iter().any(&wanted) {
        two_nodes(sizes, &wanted, &mut figures);
    }
    if wanted("catalogue") {
        println!("catalogue: {} requests each way", sizes.pages);
        figures.catalogue = catalogue::measure(sizes.shelves, sizes.definitions, sizes.pages);
    }
    figures.end();
    figures
}

fn two_nodes(sizes: &Sizes, wanted: impl Fn(&str) -> bool, figures: &mut Figures) {
    let mut pair = Pair::settle();
    if wanted("start") {
        println!("start: {} times", sizes.starts);
        figures.start = Some(starts(&mut pair, sizes.starts));
    }
    if wanted("idle") {
        println!("idle: {} s", sizes.quiet.as_secs());
        pair.restart();
        figures.idle = Some(quiet(&pair, sizes.quiet));
    }
    if !wanted("single") && !wanted("many") {
        return;
    }
    let ends = Ends::follow([&pair.provider, &pair.consumer]);
    if wanted("single") {
        println!("single: {} negotiations", sizes.single);
        figures.single = Some(negotiate::one_at_a_time(&pair, &ends, sizes.warm, sizes.single));
    }
    if wanted("many") {
        println!("many: {} negotiations, {} at a time", sizes.many, sizes.width);
        figures.many = Some(negotiate::many_at_a_time(&pair, &ends, sizes.width, sizes.many));
        figures.loaded = pair.memory();
        println!("idle after load: {} s", sizes.quiet.as_secs());
        figures.idle_after = Some(quiet(&pair, sizes.quiet));
        figures.start_after = Some(starts(&mut pair, sizes.starts));
    }
}

fn starts(pair: &mut Pair, times: usize) -> numbers::Times {
    let one = |_| {
        assert!(pair.houses[0].stop().success(), "a node ends in order");
        start_to_healthy(&mut pair.houses[0])
    };
    numbers::Times::of((0..times).map(one))
}

fn quiet(pair: &Pair, length: Duration) -> Quiet {
    process::rest();
    let memory = pair.memory().map(|(now, _)| now);
    let watch = process::Watch::begin(pair.pids());
    std::thread::sleep(length);
    Quiet {
        memory,
        shares: watch.end(),
    }
}
