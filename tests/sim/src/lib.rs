//! `Pair`: both roles of the protocol on one virtual clock, with a network and a power supply that a seed makes bad.
//!
//! Each side is a model of a node: durable cases (as their stored JSON), a durable outbox, and what a crash forgets. The
//! messages are the real ones, rendered and parsed by `chapar_dsp`; every decision is `chapar_exchange`'s. The world around
//! them delays, drops, repeats and reorders requests and answers, and cuts the power at commits: before one, after one
//! with the answer unsaid, or after the answer with the effects not yet run.
//!
//! Refuses to hold real IO (`tests/conformance`) and the machines' tables (`core/dsp/tables`).
//!
//! [`run`] plays one seed to the end and says what the house's law forbids and was seen: two sides that disagree, a move that
//! was taken twice, access that should be closed. Every seed is reproducible: nothing here reads a clock or a die.

mod case;
mod check;
mod door;
mod doubt;
mod edc;
mod network;
mod operator;
mod outbox;
mod plan;
mod prng;
mod queue;
pub mod register;
mod side;
mod world;

use chapar_dsp::Role;
use plan::Plan;

pub use plan::{Cut, Moment, Numbering};

/// What a run came to, when all went well.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Cases, both sides counted once.
    pub cases: u64,
    /// Negotiations that ended `FINALIZED`.
    pub finalized: u64,
    /// Transfers that ended `COMPLETED`.
    pub completed: u64,
    /// Cases that ended `TERMINATED`.
    pub terminated: u64,
    /// Moves that were taken by the other side.
    pub moves: u64,
    /// Answers given to copies of moves already taken.
    pub repeats: u64,
    /// Copies refused because their sender had made them void.
    pub strays: u64,
    /// Moves that gave way to a move of the other side.
    pub overtaken: u64,
    /// Messages answered "try again": a higher move was on its way.
    pub crossed: u64,
    /// Moves that the other side refused for good.
    pub refused: u64,
    /// Moves whose deadline passed.
    pub lapsed: u64,
    /// Cases that a node ended because they had stayed as they were for too long.
    pub timed_out: u64,
    /// Power cuts.
    pub crashes: u64,
    /// Commits that were begun.
    pub commits: u64,
    /// Refusals of an EDC that were not believed at once.
    pub doubts: u64,
    /// Moves that it had all the same, as it told when it was asked.
    pub believed: u64,
    /// Malformed messages of it, all refused.
    pub malformed: u64,
    /// Negotiations that it began for a copy of a request that it had.
    pub copies: u64,
    /// Cases that ended alike where nothing was lost and the EDC's store lets nobody write over others.
    pub exact: u64,
    /// Cases whose two ends differ, each by a fault of its own that is known: see [`Tally::excused`].
    pub overwritten: u64,
    /// It cannot be told of an end while it has resumed and waits for our start.
    pub resumed: u64,
    /// It told of an earlier pause when it was asked about a later one.
    pub misled: u64,
    /// It was ended when its good end had been heard, or heard of.
    pub undone: u64,
    /// Our own deadline passed, or its.
    pub outlasted: u64,
}

impl Tally {
    /// Adds another run.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.fields().into_iter().zip(other.clone().fields()) {
            *sum += *more;
        }
    }

    /// Cases whose two ends differ by a known fault of an EDC.
    pub const fn excused(&self) -> u64 {
        self.overwritten + self.resumed + self.misled + self.undone + self.outlasted
    }

    fn fields(&mut self) -> [&mut u64; 24] {
        [
            &mut self.cases,
            &mut self.finalized,
            &mut self.completed,
            &mut self.terminated,
            &mut self.moves,
            &mut self.repeats,
            &mut self.strays,
            &mut self.overtaken,
            &mut self.crossed,
            &mut self.refused,
            &mut self.lapsed,
            &mut self.timed_out,
            &mut self.crashes,
            &mut self.commits,
            &mut self.doubts,
            &mut self.believed,
            &mut self.malformed,
            &mut self.copies,
            &mut self.exact,
            &mut self.overwritten,
            &mut self.resumed,
            &mut self.misled,
            &mut self.undone,
            &mut self.outlasted,
        ]
    }
}

/// What the law forbids and was seen.
#[derive(Clone, Debug)]
pub struct Violation(pub String);

/// Plays `seed` to the end. With [`Trace::Kept`], `trace` is filled with one line per event.
///
/// # Errors
/// A rule was broken; play the seed again with its trace to see how.
pub fn run(seed: u64, trace: Trace<'_>) -> Result<Tally, Violation> {
    world::World::new(Plan::of(seed), None, seed, trace)?.play()
}

/// Plays `seed` to the end with the power as `cut` says and no other cut: never, or once. The people lead every case to its end,
/// and no deadline passes.
///
/// # Errors
/// As [`run`].
pub fn run_with_cut(seed: u64, cut: Option<Cut>, trace: Trace<'_>) -> Result<Tally, Violation> {
    let plan = Plan {
        crash: 0,
        partition: None,
        diligent: true,
        ..Plan::of(seed)
    };
    world::World::new(plan, cut, seed, trace)?.play()
}

/// Plays `seed` to the end with a peer of the EDC family in the role `edc`, and a node of ours in the other.
///
/// # Errors
/// As [`run`].
pub fn run_beside_edc(seed: u64, edc: Role, trace: Trace<'_>) -> Result<Tally, Violation> {
    let plan = Plan::beside_edc(seed);
    world::World::new(plan, None, seed, trace)?
        .beside(edc::Edc::of(edc, seed))
        .play()
}

/// Whether the events of a run are written down.
#[derive(Debug)]
pub enum Trace<'a> {
    /// For finding out.
    Kept(&'a mut Vec<String>),
    /// For speed.
    Off,
}

/// How moves are numbered in the run of `seed`: printed with a failure.
pub fn numbering(seed: u64) -> Numbering {
    Plan::of(seed).numbering
}
