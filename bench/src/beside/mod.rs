//! Two of our nodes beside two EDC, in one run, by the same program through the same API: the management API v3 that both have.
//!
//! Holds the order and the amounts. One file per question: `connector` (who is asked), `contracts`, `dead` (peers), `shelf`
//! (catalogues), `assets`; `page` writes `docs/benchmarks-edc.md`. The handicap is ours: our nodes keep everything durably, in the
//! production profile with signed messages; EDC keeps everything in memory and believes a name.

mod assets;
mod connector;
mod contracts;
mod dead;
mod page;
mod shelf;

use crate::numbers::Times;
use crate::process::{self, Shares};
use assets::Store;
use connector::{Bed, Family};
use contracts::Load;
use dead::Told;
use shelf::Shelf;
use std::time::Duration;

/// How much of everything.
struct Sizes {
    /// Starts of each.
    starts: usize,
    /// How long nothing is done.
    quiet: Duration,
    /// Negotiations and transfers one at a time, for a connector that needs seconds and for one that does not.
    single: [usize; 2],
    /// Negotiations many at a time.
    many: usize,
    /// How many at a time.
    width: usize,
    /// Offers in a catalogue.
    shelves: &'static [usize],
    /// Catalogue requests for each page.
    pages: usize,
    /// Assets in the store.
    assets: usize,
    /// Assets created, read and asked for one at a time.
    asked: usize,
}

const FULL: Sizes = Sizes {
    starts: 5,
    quiet: Duration::from_secs(30),
    single: [20, 200],
    many: 2_000,
    width: 64,
    shelves: &[10, 500, 5_000],
    pages: 20,
    assets: 100_000,
    asked: 200,
};

const SHORT: Sizes = Sizes {
    starts: 1,
    quiet: Duration::from_secs(3),
    single: [2, 20],
    many: 64,
    width: 64,
    shelves: &[10, 100],
    pages: 3,
    assets: 1_000,
    asked: 20,
};

/// What was found of one pair of connectors.
pub struct Found {
    /// Which.
    pub family: Family,
    /// From the start of the process to healthy.
    pub start: Times,
    /// Resident memory of both, in MiB: doing nothing, and after the load.
    pub memory: [[f64; 2]; 2],
    /// Who used the processors while nothing was done: fresh, and after the load.
    pub idle: [Shares; 2],
    /// One at a time, then many.
    pub single: Load,
    /// See there.
    pub many: Load,
    /// From the request of a transfer to STARTED at the consumer.
    pub transfer: Times,
    /// Transfers that did not come to start.
    pub unstarted: usize,
    /// Pages of catalogues.
    pub shelves: Vec<Shelf>,
    /// Of each kind of dead peer.
    pub dead: [Told; 3],
    /// Assets.
    pub assets: Store,
}

/// Measures all, prints, and writes the page unless the run is `short`.
pub fn measure(short: bool) {
    let sizes = if short { &SHORT } else { &FULL };
    let found: Vec<Found> = Family::ALL.into_iter().map(|family| one(family, sizes)).collect();
    let tables = page::tables(&found);
    println!("\n{tables}");
    if !short {
        page::write(&tables).expect("docs/benchmarks-edc.md can be written");
    }
}

fn one(family: Family, sizes: &Sizes) -> Found {
    println!("{}: start", family.name());
    let start = Times::of((0..sizes.starts).map(|_| Bed::make(family).started));
    let bed = Bed::make(family);
    process::rest();
    println!("{}: idle", family.name());
    let (memory_idle, idle) = quiet(&bed, sizes.quiet);
    bed.offer("contract", 1);
    let count = sizes.single[usize::from(family.is_quick())];
    println!("{}: {count} one at a time", family.name());
    let single = contracts::one_at_a_time(&bed, count);
    let (transfer, unstarted) = contracts::transfers(&bed, &single.agreements);
    println!(
        "{}: {} negotiations, {} at a time",
        family.name(),
        sizes.many,
        sizes.width
    );
    let many = contracts::many_at_a_time(&bed, sizes.width, sizes.many);
    process::rest();
    let (memory_after, after) = quiet(&bed, sizes.quiet);
    let dead = dead::measure(&bed);
    drop(bed);
    let measured = sizes.shelves.iter().map(|offers| {
        println!("{}: catalogue of {offers}", family.name());
        shelf::measure(family, *offers, sizes.pages)
    });
    let shelves = measured.collect();
    println!("{}: {} assets", family.name(), sizes.assets);
    Found {
        family,
        start,
        memory: [memory_idle, memory_after],
        idle: [idle, after],
        single,
        many,
        transfer,
        unstarted,
        shelves,
        dead,
        assets: assets::measure(family, sizes.assets, sizes.asked),
    }
}

fn quiet(bed: &Bed, length: Duration) -> ([f64; 2], Shares) {
    let memory = bed
        .pids()
        .map(|pid| process::memory(pid).map_or(f64::NAN, |(now, _)| now));
    let watch = process::Watch::begin(bed.pids());
    std::thread::sleep(length);
    (memory, watch.end())
}
