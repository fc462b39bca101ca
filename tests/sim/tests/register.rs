//! `Register` in the default set: so many worlds of ten houses, some of which lie. A failing seed is printed with its trace.
//!
//! `REGISTER_SEED=n` plays one seed with its trace; `REGISTER_SEEDS=n` plays so many, `REGISTER_FIRST=n` from there.

#![allow(clippy::panic, clippy::expect_used, reason = "a test may stop loudly")]

use chapar_sim::Trace;
use chapar_sim::register::{RegisterTally, run};
use std::thread;

const SEEDS: u64 = 16;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("`{name}` must be a number")))
}

/// Plays the seed again and shows how it came to this.
fn fail(seed: u64) -> ! {
    let mut lines = Vec::new();
    let outcome = run(seed, Trace::Kept(&mut lines));
    panic!("REGISTER_SEED={seed}: {outcome:?}\n{}", lines.join("\n"));
}

/// Plays `from..to` and adds up.
fn play(from: u64, to: u64) -> Result<RegisterTally, u64> {
    let mut sum = RegisterTally::default();
    for seed in from..to {
        sum.add(&run(seed, Trace::Off).map_err(|_| seed)?);
    }
    Ok(sum)
}

#[test]
fn ten_houses_come_to_one_catalogue_and_who_lies_is_caught_by_name() {
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    if let Some(seed) = setting("REGISTER_SEED") {
        let mut lines = Vec::new();
        let outcome = run(seed, Trace::Kept(&mut lines));
        println!("{}\n{outcome:?}", lines.join("\n"));
        assert!(outcome.is_ok(), "REGISTER_SEED={seed}: {outcome:?}");
        return;
    }
    let first = setting("REGISTER_FIRST").unwrap_or(0);
    let count = setting("REGISTER_SEEDS").unwrap_or(SEEDS);
    let workers = thread::available_parallelism().map_or(2, usize::from).clamp(1, 8) as u64;
    let share = count.div_ceil(workers);
    let mut sum = RegisterTally::default();
    thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| (first + worker * share, first + ((worker + 1) * share).min(count)))
            .map(|(from, to)| scope.spawn(move || play(from, to)))
            .collect();
        for handle in handles {
            match handle.join().expect("a worker does not panic") {
                Ok(tally) => sum.add(&tally),
                Err(seed) => fail(seed),
            }
        }
    });
    println!("{count} seeds from {first}: {sum:?}");
    // A world in which nothing goes wrong would prove nothing.
    assert!(count < SEEDS || sum.is_full(), "something never happened: {sum:?}");
}
