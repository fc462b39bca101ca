//! The register: entries that come in, beside Tessera's POSIX driver in the same run; a foreign log mirrored, folded and searched; a node
//! with ten peers that do nothing.
//!
//! Holds the order and the amounts; `ours` and `tessera` are the two logs, `foreign` and `mirrored` the log of another and the node
//! that takes it, `page` writes `docs/benchmarks-register.md`.

mod foreign;
mod idle;
mod mirrored;
mod ours;
mod page;
mod tessera;
mod words;

use crate::ground::Waits;
use crate::process;
use idle::Idle;
use mirrored::Mirrored;
use ours::{Alone, OwnLog};
use std::path::Path;
use std::time::Duration;
use tessera::Tuning;

/// How much of everything.
struct Sizes {
    /// Rounds of many writers, ours and Tessera's by turns.
    rounds: usize,
    /// How long one lasts.
    round: Duration,
    /// Writers at a time.
    writers: usize,
    /// Lone entries: ours, and Tessera's as it comes, which takes ten seconds for each.
    lone: [usize; 2],
    /// Records of the foreign log.
    records: u64,
    /// Questions of each kind.
    questions: u64,
    /// How long nothing is done.
    quiet: Duration,
}

const FULL: Sizes = Sizes {
    rounds: 3,
    round: Duration::from_secs(8),
    writers: 1024,
    lone: [100, 5],
    records: 1_000_000,
    questions: 100,
    quiet: Duration::from_secs(180),
};

const SHORT: Sizes = Sizes {
    rounds: 1,
    round: Duration::from_secs(2),
    writers: 1024,
    lone: [10, 1],
    records: 20_000,
    questions: 10,
    quiet: Duration::from_secs(65),
};

/// Entries per second of many writers, of each round.
#[derive(Default)]
struct Rounds {
    durable: Vec<f64>,
    published: Vec<f64>,
    tessera: [Vec<f64>; 2],
}

/// What one run found.
struct Found {
    /// Tasks that wanted a processor in the minute before the run, and before the entries.
    loads: [String; 2],
    many: Rounds,
    alone: Alone,
    waits: Waits,
    tessera_alone: [Alone; 2],
    mirrored: Mirrored,
    idle: Idle,
    took: Duration,
}

/// Measures all, prints, and writes the page unless the run is `short`.
pub fn measure(short: bool) {
    let sizes = if short { &SHORT } else { &FULL };
    let begun = std::time::Instant::now();
    let parent = std::env::temp_dir();
    let load_before = process::load();
    let mirrored = mirrored::measure(&parent, sizes.records, sizes.questions);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    let load_between = process::load();
    let many = together(&runtime, &parent, sizes);
    println!("register: entries that come alone");
    let (alone, waits) = runtime.block_on(alone(&parent, sizes.lone[0]));
    let tessera_alone = Tuning::ALL.map(|tuning| tessera::alone(&parent, tuning, tuning.of(sizes.lone)));
    drop(runtime);
    let found = Found {
        loads: [load_before, load_between],
        many,
        alone,
        waits,
        tessera_alone,
        mirrored,
        idle: idle::measure(sizes.quiet),
        took: begun.elapsed(),
    };
    let tables = page::tables(&found);
    println!("\n{tables}");
    if !short {
        page::write(&tables).expect("docs/benchmarks-register.md can be written");
    }
}

/// Ours and theirs by turns: what else the machine does then meets both.
fn together(runtime: &tokio::runtime::Runtime, parent: &Path, sizes: &Sizes) -> Rounds {
    let mut rounds = Rounds::default();
    for round in 0..sizes.rounds {
        println!("register: {} writers, round {}", sizes.writers, round + 1);
        let ours = runtime.block_on(async {
            let log = OwnLog::open(parent).await;
            let found = log.together(sizes.writers, sizes.round).await;
            log.end().await;
            found
        });
        rounds.durable.push(ours.durable);
        rounds.published.push(ours.published);
        for (tuning, to) in Tuning::ALL.into_iter().zip(&mut rounds.tessera) {
            to.push(tessera::together(parent, tuning, sizes.writers, sizes.round));
        }
    }
    rounds
}

async fn alone(parent: &Path, count: usize) -> (Alone, Waits) {
    let log = OwnLog::open(parent).await;
    let found = log.alone(count).await;
    log.end().await;
    found
}
