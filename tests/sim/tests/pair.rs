//! `Pair` in the default set: 10 000 seeds, and some of them with the power cut at each single commit. A failing seed is printed
//! with its trace.
//!
//! `PAIR_SEED=n` plays one seed with its trace; `PAIR_SEEDS=n` plays so many, `PAIR_FIRST=n` from there.

#![allow(clippy::panic, clippy::expect_used, reason = "a test may stop loudly")]

use chapar_sim::{Cut, Moment, Tally, Trace, numbering, run, run_with_cut};
use std::thread;

const SEEDS: u64 = 10_000;
/// Seeds whose every commit meets a power cut, one cut a run: about a thousand runs beside the ten thousand.
const CUT_SEEDS: u64 = 20;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("`{name}` must be a number")))
}

/// Plays the seed again and shows how it came to this.
fn fail(seed: u64) -> ! {
    let mut lines = Vec::new();
    let outcome = run(seed, Trace::Kept(&mut lines));
    let numbering = numbering(seed);
    panic!("PAIR_SEED={seed} ({numbering:?}): {outcome:?}\n{}", lines.join("\n"));
}

/// Plays `from..to` and adds up.
fn play(from: u64, to: u64) -> Result<Tally, u64> {
    let mut sum = Tally::default();
    for seed in from..to {
        sum.add(&run(seed, Trace::Off).map_err(|_| seed)?);
    }
    Ok(sum)
}

#[test]
fn every_case_ends_both_sides_agree_and_nothing_happens_twice() {
    chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
    if let Some(seed) = setting("PAIR_SEED") {
        let mut lines = Vec::new();
        let outcome = run(seed, Trace::Kept(&mut lines));
        println!("{}\n{outcome:?}", lines.join("\n"));
        assert!(outcome.is_ok(), "PAIR_SEED={seed} ({:?}): {outcome:?}", numbering(seed));
        return;
    }
    let first = setting("PAIR_FIRST").unwrap_or(0);
    let count = setting("PAIR_SEEDS").unwrap_or(SEEDS);
    let workers = thread::available_parallelism().map_or(2, usize::from).clamp(1, 8) as u64;
    let share = count.div_ceil(workers);
    let mut sum = Tally::default();
    thread::scope(|scope| {
        let range = |worker: u64| (first + worker * share, first + ((worker + 1) * share).min(count));
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let (from, to) = range(worker);
                scope.spawn(move || play(from, to))
            })
            .collect();
        for handle in handles {
            match handle.join().expect("a worker does not panic") {
                Ok(tally) => sum.add(&tally),
                Err(seed) => fail(seed),
            }
        }
    });
    println!("{count} seeds from {first}: {sum:?}");
    if count >= SEEDS {
        // A world in which nothing goes wrong would prove nothing.
        let seen = [
            sum.finalized,
            sum.completed,
            sum.terminated,
            sum.repeats,
            sum.strays,
            sum.overtaken,
            sum.crossed,
            sum.refused,
            sum.lapsed,
            sum.timed_out,
            sum.crashes,
        ];
        assert!(seen.iter().all(|times| *times > 0), "something never happened: {sum:?}");
    }
}

/// Plays `seed` undisturbed, then once with a power cut at each commit and each moment of it.
fn cut_everywhere(seed: u64) -> Result<Tally, (u64, Option<Cut>)> {
    let undisturbed = run_with_cut(seed, None, Trace::Off).map_err(|_| (seed, None))?;
    let mut sum = Tally::default();
    for commit in 1..=undisturbed.commits {
        for moment in Moment::ALL {
            let cut = Some(Cut { commit, moment });
            let tally = run_with_cut(seed, cut, Trace::Off).map_err(|_| (seed, cut))?;
            assert_eq!(tally.crashes, 1, "seed {seed}, {cut:?}");
            sum.add(&tally);
        }
    }
    Ok(sum)
}

#[test]
fn a_power_cut_at_any_commit_changes_no_ending() {
    let mut sum = Tally::default();
    thread::scope(|scope| {
        let plays: Vec<_> = (0..CUT_SEEDS)
            .map(|seed| scope.spawn(move || cut_everywhere(seed)))
            .collect();
        for play in plays {
            match play.join().expect("a worker does not panic") {
                Ok(tally) => sum.add(&tally),
                Err((seed, cut)) => {
                    let mut lines = Vec::new();
                    let outcome = run_with_cut(seed, cut, Trace::Kept(&mut lines));
                    panic!("seed {seed}, {cut:?}: {outcome:?}\n{}", lines.join("\n"));
                }
            }
        }
    });
    println!("{} cuts: {sum:?}", sum.crashes);
    assert!(sum.finalized > 0 && sum.completed > 0 && sum.terminated > 0, "{sum:?}");
}
