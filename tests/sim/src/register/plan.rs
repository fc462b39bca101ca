//! What a seed decides beforehand: who lies and how, how bad network and disks are, who waits for witnesses, whose log is thick.

use super::house::{Row, Who};
use crate::prng::Die;

/// How a house lies about its own log, or about all that it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    /// It does not.
    None,
    /// From a time on it keeps two histories and shows one to the houses with even numbers, the other to the rest.
    Fork,
    /// From a time on it shows everybody a history that goes on otherwise than the one before.
    Rewrite,
    /// It shows its older checkpoints again, now and then.
    Old,
    /// It spoils tiles, entries and bodies, of its own log and of those that it mirrors.
    Spoil,
}

impl Lie {
    /// Whether it signs what cannot both be true.
    pub const fn is_two_histories(self) -> bool {
        matches!(self, Self::Fork | Self::Rewrite)
    }
}

/// A time in which the houses fall into two groups that do not hear each other.
#[derive(Clone, Copy, Debug)]
struct Partition {
    from: i64,
    to: i64,
    /// A bit for each house.
    sides: u64,
}

/// A run's conditions. Chances are in percent, times in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub lies: Row<Lie>,
    /// When the second histories begin.
    pub lies_at: i64,
    /// Whether a log is published only when two of its three witnesses have cosigned.
    pub waits: Row<bool>,
    /// Entries that are no records which a log begins with, so that it passes the seams of tiles.
    pub padding: Row<u64>,
    pub drop: u64,
    pub duplicate: u64,
    pub slow: u64,
    /// That a write to the database or to the files fails; half of them are stored all the same.
    pub failure: u64,
    /// That a write meets a power cut.
    pub cut: u64,
    partitions: Vec<Partition>,
}

/// Nobody writes anything after this.
pub(crate) const WORK_ENDS: i64 = 90_000;
/// From here on the network is whole and good, the disks are, and the power stays on. The houses that lie answer for their own logs no
/// more, so that they are asked for elsewhere.
pub(crate) const CALM_AT: i64 = 110_000;
/// By now every house has what there is.
pub(crate) const END: i64 = CALM_AT + 200_000;

impl Plan {
    /// The conditions of `seed`.
    pub fn of(seed: u64) -> Self {
        let mut die = Die::new(seed ^ 0x7e91_57e2_7e91_57e2);
        let is_calm = die.chance(8);
        let liars = if is_calm { 0 } else { die.below(4) };
        let mut lies = Row::of(|_| Lie::None);
        for _ in 0..liars {
            let who = Who::all().nth(usize::try_from(die.below(10)).unwrap_or(0));
            let lie = die.pick(&[Lie::Fork, Lie::Fork, Lie::Rewrite, Lie::Old, Lie::Spoil]);
            if let (Some(who), Some(lie)) = (who, lie) {
                *lies.at_mut(who) = lie;
            }
        }
        let mut level = |most: u64| if is_calm { 0 } else { die.below(most + 1) };
        let (drop, duplicate, slow, failure, cut) = (level(12), level(20), level(15), level(6), level(3));
        let parted = if is_calm { 0 } else { die.below(4) };
        let partitions = (0..parted).map(|_| {
            let from = die.between(5_000, WORK_ENDS);
            Partition {
                from,
                to: (from + die.between(5_000, 40_000)).min(CALM_AT),
                sides: die.next(),
            }
        });
        Self {
            lies,
            partitions: partitions.collect(),
            lies_at: die.between(15_000, 60_000),
            waits: Row::of(|_| die.chance(30)),
            padding: Row::of(|_| match die.below(10) {
                0 => 240 + die.below(15),
                1 => 500 + die.below(11),
                _ => 0,
            }),
            drop,
            duplicate,
            slow,
            failure,
            cut,
        }
    }

    /// Whether a house keeps to the rules: with its own log, and with what it serves.
    pub fn is_honest(&self, who: Who) -> bool {
        *self.lies.at(who) == Lie::None
    }

    /// Whether these two cannot hear each other now.
    pub fn is_parted(&self, one: Who, other: Who, now: i64) -> bool {
        let side = |partition: &Partition, who: Who| partition.sides >> who.number() & 1;
        let mut partitions = self
            .partitions
            .iter()
            .filter(|partition| (partition.from..partition.to).contains(&now));
        partitions.any(|partition| side(partition, one) != side(partition, other))
    }
}
