//! `Register`: ten houses, each with its public log, a mirror of every other log, a witness and a catalogue, on one clock, with a network,
//! disks and a power supply that a seed makes bad, and some houses that lie.
//!
//! Of the core, as it is: trees, tiles, notes, consistency, what a shown checkpoint is worth and whether a bundle is of the signed tree, proofs
//! of forks, the decision of a witness, policies, the drafting and verification of records, their fold. Models of the edge: the order in which
//! a sequencer and a mirror write (`sequencer`, `looking`), the database, its files and the rows of the catalogue (`disk`, `view`), who asks
//! whom (`looking`, `witness`). Signatures are a model as well (`house`). Refuses to hold real IO (`tests/e2e`).
//!
//! [`run`] plays one seed to its end and says what the law forbids and was seen (`law`).

mod author;
mod disk;
mod fold;
mod house;
mod law;
mod look;
mod looking;
mod mirror;
mod network;
mod plan;
mod sequencer;
mod serve;
mod view;
mod witness;
mod world;

use crate::{Trace, Violation};
use house::{House, Row, Who};
use std::sync::OnceLock;

/// What a run came to, when all went well.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegisterTally {
    /// Things that happened.
    pub steps: u64,
    /// Entries that were committed and acknowledged.
    pub published: u64,
    /// Checkpoints that a mirror took whole.
    pub mirrored: u64,
    /// Writes of the fold.
    pub folded: u64,
    /// Cosignatures given.
    pub cosigned: u64,
    /// Places that were of no use.
    pub obstacles: u64,
    /// Writes that were reported as failed.
    pub failures: u64,
    /// Logs and mirrors that were taken up from the disk after such a write.
    pub taken_up: u64,
    /// Power cuts.
    pub cuts: u64,
    /// Logs that got a second history.
    pub second_histories: u64,
    /// Mirrors that caught one.
    pub caught: u64,
}

impl RegisterTally {
    /// Adds another run.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.fields().into_iter().zip(other.clone().fields()) {
            *sum += *more;
        }
    }

    /// Whether everything happened that can.
    pub fn is_full(&self) -> bool {
        self.clone().fields().iter().all(|count| **count > 0)
    }

    fn fields(&mut self) -> [&mut u64; 11] {
        [
            &mut self.steps,
            &mut self.published,
            &mut self.mirrored,
            &mut self.folded,
            &mut self.cosigned,
            &mut self.obstacles,
            &mut self.failures,
            &mut self.taken_up,
            &mut self.cuts,
            &mut self.second_histories,
            &mut self.caught,
        ]
    }
}

/// Plays `seed` to the end. With [`Trace::Kept`], `trace` is filled with one line per event of note.
///
/// # Errors
/// A rule was broken; play the seed again with its trace to see how.
pub fn run(seed: u64, trace: Trace<'_>) -> Result<RegisterTally, Violation> {
    static HOUSES: OnceLock<Result<Row<House>, Violation>> = OnceLock::new();
    let houses = HOUSES.get_or_init(|| {
        let houses: Vec<House> = Who::all().map(House::of).collect::<Result<_, _>>()?;
        Ok(houses.into())
    });
    match houses {
        Ok(houses) => world::World::new(seed, houses, trace)?.play(),
        Err(violation) => Err(violation.clone()),
    }
}
