//! Two real nodes under load, one of them killed with signal 9 again and again: what was acknowledged is there, every case comes to
//! an end, and both sides tell the same story of it.
//!
//! Chance comes from one seed, which is printed; `CHAPAR_CRASH_SEED` plays it again (threads and processes still race, so a seed is
//! a likeness, not a replay). `world` holds the two nodes and what was promised, `load` the callers, `audit` the reckoning.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

mod audit;
mod load;
mod world;

use chapar_e2e::dice::Dice;
use chapar_e2e::house::{House, Profile};
use std::thread;
use std::time::{Duration, Instant};
use world::World;

/// How long the load and the killing go on.
const LOAD: Duration = Duration::from_secs(25);
/// Callers that live through exchanges.
const CALLERS: usize = 6;
/// Longest life of a node between two of its deaths, in milliseconds: long enough for whole exchanges, short enough for many deaths.
const LIFE_MS: u64 = 1500;
/// Longest that a node stays dead.
const DEATH_MS: u64 = 300;

#[test]
fn what_was_acknowledged_outlives_a_crash() {
    let seed = Dice::seed("CHAPAR_CRASH_SEED");
    println!("CHAPAR_CRASH_SEED={seed}");
    let mut dice = Dice::new(seed);
    let mut houses = [
        House::new("provider", Profile::Production),
        House::new("consumer", Profile::Production),
    ];
    houses.iter_mut().for_each(House::start);
    let world = World::settle(&houses, &mut dice);
    let mut kills = 0;
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            let (world, dice) = (&world, dice.split());
            scope.spawn(move || load::exchange(world, dice));
        }
        let (callers_world, callers_dice) = (&world, dice.split());
        scope.spawn(move || load::put_documents(callers_world, callers_dice));
        let begun = Instant::now();
        while begun.elapsed() < LOAD {
            thread::sleep(dice.pause(LIFE_MS));
            let victim = &mut houses[kills % 2];
            victim.kill();
            thread::sleep(dice.pause(DEATH_MS));
            victim.start();
            kills += 1;
        }
        world.stop();
    });
    let faults = audit::reckon(&world);
    println!("{kills} kills; {}", world.tally());
    assert!(
        faults.is_empty(),
        "seed {seed}, {} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    world.check_weight(kills);
}
