//! What a seed decides beforehand: how bad the network is, how often the power fails, who decides what.

use crate::prng::Die;
use chapar_dsp::Role;
use chapar_exchange::Mode;

/// How a repeat can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// As between nodes of this kind: each move carries its number. The network may do anything.
    Numbered,
    /// As with peers that give each message an `@id`, the EDC family among them. What was taken may come again at any time; the
    /// network holds no other request back beyond an answer to a later one of its sender, or a later answer of its sender.
    Named,
    /// As with peers that give nothing: by digest only. The network holds no request back so.
    Plain,
}

/// A power cut at one commit of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Which commit, counted from 1 over both sides.
    pub commit: u64,
    /// When in it.
    pub moment: Moment,
}

/// When the power fails at a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before it: nothing is durable.
    Before,
    /// After it, with the answer unsaid.
    After,
    /// Once the answer is said, before the effects run.
    AfterReply,
}

impl Moment {
    /// Every moment.
    pub const ALL: [Self; 3] = [Self::Before, Self::After, Self::AfterReply];
}

/// A run's conditions. Chances are in percent.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub numbering: Numbering,
    /// That a packet is lost.
    pub drop: u64,
    /// That a request arrives twice.
    pub duplicate: u64,
    /// That a packet takes seconds.
    pub slow: u64,
    /// That a packet takes longer than its sender waits.
    pub stuck: u64,
    /// That a commit meets a power cut.
    pub crash: u64,
    /// That a door is too busy to look at a request, or does not know the case yet.
    pub busy: u64,
    /// That a side will not take a suspension, completion or start, for reasons of its own.
    pub unwilling: u64,
    /// A time with no network at all.
    pub partition: Option<(i64, i64)>,
    /// Who begins the negotiation.
    pub opener: Role,
    pub consumer_mode: Mode,
    pub provider_mode: Mode,
    /// Whether policy denies what is offered.
    pub denied: bool,
    /// Until when the people decide at random.
    pub restless_until: i64,
    /// How often somebody decides, in milliseconds.
    pub decision_every: i64,
    /// Whether the people lead every case to its end afterwards.
    pub diligent: bool,
    /// For how long the nodes let a case stay as it is, in milliseconds; for ever, with none.
    pub patience: Option<i64>,
}

/// From here on the network is good and the power stays on, in milliseconds: what is then still open must end by itself.
pub(crate) const CALM_AT: i64 = 240_000;

impl Plan {
    /// The conditions of `seed`.
    pub fn of(seed: u64) -> Self {
        let mut die = Die::new(seed ^ 0x5eed_0f5e_ed0f_5eed);
        let numbering = match die.below(100) {
            0..50 => Numbering::Numbered,
            50..75 => Numbering::Named,
            _ => Numbering::Plain,
        };
        let long_partition = die.chance(6);
        let calm = die.chance(10);
        let mut level = |most: u64| if calm { 0 } else { die.below(most + 1) };
        let (drop, duplicate, slow, stuck) = (level(30), level(30), level(25), level(10));
        let (crash, busy) = (level(12), level(12));
        let partition = long_partition.then(|| {
            let from = die.between(0, 40_000);
            (from, from + die.between(600_000, 900_000))
        });
        let mode = |die: &mut Die| if die.chance(60) { Mode::Auto } else { Mode::Manual };
        Self {
            numbering,
            drop,
            duplicate,
            slow,
            stuck,
            crash,
            busy,
            unwilling: if die.chance(15) { 30 } else { 0 },
            partition,
            opener: if die.chance(80) { Role::Consumer } else { Role::Provider },
            consumer_mode: mode(&mut die),
            provider_mode: mode(&mut die),
            denied: die.chance(4),
            restless_until: die.between(5_000, 60_000),
            decision_every: die.pick(&[400, 1_500, 5_000]).unwrap_or(1_000),
            diligent: die.chance(70),
            patience: die.chance(35).then(|| die.between(15_000, 400_000)),
        }
    }

    /// The conditions of `seed` beside a peer of the EDC family, which names its messages and begins no offer of its own accord; we
    /// are never unwilling without a reason.
    pub fn beside_edc(seed: u64) -> Self {
        Self {
            numbering: Numbering::Named,
            opener: Role::Consumer,
            unwilling: 0,
            ..Self::of(seed)
        }
    }

    /// Whether nothing is lost, late or cut in this run.
    pub const fn is_calm(&self) -> bool {
        let trouble = self.drop + self.duplicate + self.slow + self.stuck + self.crash + self.busy;
        trouble == 0 && self.partition.is_none()
    }

    /// Whether a deadline may pass in this run.
    pub const fn may_lapse(&self) -> bool {
        self.partition.is_some()
    }

    /// Whether there is no network at `now`.
    pub fn is_parted(&self, now: i64) -> bool {
        self.partition.is_some_and(|(from, to)| (from..to).contains(&now))
    }
}
