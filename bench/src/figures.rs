//! Everything that one run found, and how much of everything a run does.

use crate::catalogue::Shelf;
use crate::ground::{self, Costs, Probe, Waits};
use crate::negotiate::{Many, Single};
use crate::numbers::Times;
use crate::process::{self, Shares};
use std::time::{Duration, Instant};

/// How much of everything.
pub struct Sizes {
    /// Starts of a node.
    pub starts: usize,
    /// How long nothing is done.
    pub quiet: Duration,
    /// Negotiations one at a time that do not count.
    pub warm: usize,
    /// And those that do.
    pub single: usize,
    /// Negotiations many at a time.
    pub many: usize,
    /// How many at a time.
    pub width: usize,
    /// Catalogue requests each way.
    pub pages: usize,
    /// Lengths of the catalogues.
    pub shelves: &'static [usize],
    /// Definitions of the catalogue that has many.
    pub definitions: usize,
}

impl Sizes {
    /// What the page tells.
    pub const FULL: Self = Self {
        starts: 20,
        quiet: Duration::from_secs(60),
        warm: 50,
        single: 500,
        many: 10_000,
        width: 64,
        pages: 200,
        shelves: &[10, 10_000, 1_000_000],
        definitions: 10_000,
    };
    /// To see that it works.
    pub const SHORT: Self = Self {
        starts: 3,
        quiet: Duration::from_secs(6),
        warm: 5,
        single: 50,
        many: 1000,
        width: 64,
        pages: 20,
        shelves: &[10, 500, 5_000, 100_000],
        definitions: 1000,
    };
}

/// Two nodes that do nothing.
pub struct Quiet {
    /// Resident MiB of each.
    pub memory: [f64; 2],
    /// Who used the processors meanwhile.
    pub shares: Shares,
}

/// Everything found.
pub struct Figures {
    begun: Instant,
    /// Day of the run.
    pub date: String,
    /// The machine in words.
    pub machine: String,
    /// Tasks that wanted a processor in the minute before the run.
    pub load_before: String,
    /// How long the run took.
    pub took: Duration,
    /// Hash and signature.
    pub costs: Costs,
    /// Durable writes before anything else.
    pub waits: Waits,
    /// Start with a small database.
    pub start: Option<Times>,
    /// Start with the database that the load left.
    pub start_after: Option<Times>,
    /// Doing nothing, with a small database.
    pub idle: Option<Quiet>,
    /// Doing nothing, after the load.
    pub idle_after: Option<Quiet>,
    /// One at a time.
    pub single: Option<Single>,
    /// Many at a time.
    pub many: Option<Many>,
    /// Resident MiB of each node after the load, and at the highest.
    pub loaded: [(f64, f64); 2],
    /// Catalogues by length under one definition, and one with many definitions.
    pub catalogue: Vec<Shelf>,
}

impl Figures {
    /// What the machine itself costs; the rest is still to be found.
    pub fn of_this_machine() -> Self {
        let mut probe = Probe::new(&std::env::temp_dir());
        probe.run(200);
        Self {
            begun: Instant::now(),
            date: today(),
            machine: process::machine(),
            load_before: process::load(),
            took: Duration::ZERO,
            costs: ground::costs(),
            waits: probe.times(),
            start: None,
            start_after: None,
            idle: None,
            idle_after: None,
            single: None,
            many: None,
            loaded: [(f64::NAN, f64::NAN); 2],
            catalogue: Vec::new(),
        }
    }

    /// The catalogues that differ in length alone.
    pub fn by_length(&self) -> impl Iterator<Item = &Shelf> {
        self.catalogue.iter().filter(|shelf| shelf.definitions == 1)
    }

    /// The run is over.
    pub fn end(&mut self) {
        self.took = self.begun.elapsed();
    }
}

/// The date of a page.
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}
