//! `Pair` with a peer of the EDC family in the place of one side, 5 000 seeds each way round. A failing seed is printed with its
//! trace.
//!
//! `PAIR_SEED=n` plays one seed with its trace; `PAIR_SEEDS=n` plays so many, `PAIR_FIRST=n` from there.

#![allow(clippy::panic, clippy::expect_used, reason = "a test may stop loudly")]

use chapar_dsp::Role;
use chapar_sim::{Tally, Trace, run_beside_edc};
use std::thread;

const SEEDS: u64 = 5_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("`{name}` must be a number")))
}

/// Plays the seed again and shows how it came to this.
fn fail(seed: u64, edc: Role) -> ! {
    let mut lines = Vec::new();
    let outcome = run_beside_edc(seed, edc, Trace::Kept(&mut lines));
    panic!("PAIR_SEED={seed}, the EDC is {edc}: {outcome:?}\n{}", lines.join("\n"));
}

/// Plays `from..to` and adds up.
fn play(from: u64, to: u64, edc: Role) -> Result<Tally, u64> {
    let mut sum = Tally::default();
    for seed in from..to {
        sum.add(&run_beside_edc(seed, edc, Trace::Off).map_err(|_| seed)?);
    }
    Ok(sum)
}

/// Plays all seeds with the EDC in this role.
fn play_all(edc: Role) -> Option<Tally> {
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    if let Some(seed) = setting("PAIR_SEED") {
        let mut lines = Vec::new();
        let outcome = run_beside_edc(seed, edc, Trace::Kept(&mut lines));
        println!("{}\n{outcome:?}", lines.join("\n"));
        assert!(outcome.is_ok(), "PAIR_SEED={seed}, the EDC is {edc}: {outcome:?}");
        return None;
    }
    let first = setting("PAIR_FIRST").unwrap_or(0);
    let count = setting("PAIR_SEEDS").unwrap_or(SEEDS);
    let workers = thread::available_parallelism().map_or(2, usize::from).clamp(1, 8) as u64;
    let share = count.div_ceil(workers);
    let mut sum = Tally::default();
    thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| (first + worker * share, first + ((worker + 1) * share).min(count)))
            .map(|(from, to)| scope.spawn(move || play(from, to, edc)))
            .collect();
        for handle in handles {
            match handle.join().expect("a worker does not panic") {
                Ok(tally) => sum.add(&tally),
                Err(seed) => fail(seed, edc),
            }
        }
    });
    println!("{count} seeds from {first}, the EDC is {edc}: {sum:?}");
    (count >= SEEDS).then_some(sum)
}

#[test]
fn a_consumer_of_the_edc_family_comes_to_the_same_end_as_we_do() {
    if let Some(sum) = play_all(Role::Consumer) {
        check_sum(&sum);
    }
}

#[test]
fn a_provider_of_the_edc_family_comes_to_the_same_end_as_we_do() {
    if let Some(sum) = play_all(Role::Provider) {
        check_sum(&sum);
        assert!(sum.copies > 0, "no request came twice: {sum:?}");
    }
}

/// A world in which nothing goes wrong would prove nothing, and one in which much is excused neither.
fn check_sum(sum: &Tally) {
    let seen = [
        sum.finalized,
        sum.completed,
        sum.terminated,
        sum.repeats,
        sum.crossed,
        sum.doubts,
        sum.believed,
        sum.malformed,
        sum.crashes,
        sum.exact,
    ];
    assert!(seen.iter().all(|times| *times > 0), "something never happened: {sum:?}");
    let excused = sum.excused();
    assert!(excused * 10 < sum.cases, "{excused} cases are excused: {sum:?}");
}
