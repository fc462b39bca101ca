//! How the entries of a log are read: as records, as evidence, or not at all, where they are neither.

use super::tally::Tally;
use crate::demands::{Demands, signer};
use crate::said::Said;
use crate::tiles::TileCheck;
use chapar_evidence::EntryHeader;
use chapar_register::{
    Body, Caught, Distrust, EvidenceTrail, Intake, KeyUse, Kinds, LogReport, LogState, Record, Report, Standing,
    Statement, Weight, parse_key_set,
};
use chapar_terms::{ParticipantId, Suite};
use chapar_tlog::{SignedCheckpoint, VerifierKey};

/// The one who reads the entries.
pub(super) enum Reader<'a> {
    /// A register.
    Records(Box<Records<'a>>),
    /// Evidence, or a log that says something else: the tree alone is judged, and of evidence the form of each entry.
    Tree(Box<Tree<'a>>),
    /// The checkpoint is not believed; what is below it does not matter.
    Distrusted(Distrust),
}

/// The reading of a register.
pub(super) struct Records<'a> {
    intake: Intake<'a>,
    report: LogReport,
    tally: Tally,
    /// Whether somebody demanded whose log it is.
    is_known: bool,
}

/// The reading of what is no register.
pub(super) struct Tree<'a> {
    suite: &'a dyn Suite,
    key: Option<VerifierKey>,
    entries: Entries,
}

/// What can be made of entries that are not taken as records.
enum Entries {
    /// Evidence.
    Evidence(chapar_evidence::Intake),
    /// Records of a log whose key nobody knows: none can be believed.
    Keyless,
    /// Something else.
    Other,
}

/// Whose entry a leaf is, and of which of our formats.
enum First {
    Record(ParticipantId),
    Evidence(ParticipantId),
    Other,
}

impl First {
    fn of(leaf: Option<&[u8]>) -> Self {
        let Some(leaf) = leaf else {
            return Self::Other;
        };
        let record = Record::parse(leaf).map(|record| Self::Record(record.header().issuer.clone()));
        let evidence = || EntryHeader::parse_leaf(leaf).map(|header| Self::Evidence(header.participant));
        record.or_else(|_| evidence()).unwrap_or(Self::Other)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn open(
        suite: &'a dyn Suite,
        demands: &Demands,
        checkpoint: &SignedCheckpoint,
        key: Option<VerifierKey>,
        first: Option<&[u8]>,
    ) -> Self {
        let demanded = demands.participant.clone();
        let is_known = demanded.is_some();
        match (First::of(first), key) {
            (First::Record(issuer), Some(key)) => {
                let state = LogState::pinned(demanded.unwrap_or(issuer), key);
                match Intake::begin(Kinds::built_in(), suite, state, checkpoint.clone()) {
                    Err(distrust) => Self::Distrusted(distrust),
                    Ok(intake) => Self::Records(Box::new(Records {
                        intake,
                        report: LogReport::new(),
                        tally: Tally::default(),
                        is_known,
                    })),
                }
            }
            (First::Evidence(participant), key) => {
                let intake = chapar_evidence::Intake::new(demanded.unwrap_or(participant));
                Self::tree(suite, key, Entries::Evidence(intake))
            }
            (First::Record(_), None) => Self::tree(suite, None, Entries::Keyless),
            (First::Other, key) => Self::tree(suite, key, Entries::Other),
        }
    }

    fn tree(suite: &'a dyn Suite, key: Option<VerifierKey>, entries: Entries) -> Self {
        Self::Tree(Box::new(Tree { suite, key, entries }))
    }

    /// Whether the entries are read as records.
    pub(super) const fn is_of_records(&self) -> bool {
        matches!(self, Self::Records(_))
    }

    /// Whether further entries change nothing.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self, Self::Distrusted(_))
    }

    pub(super) fn push(
        &mut self,
        leaf: &[u8],
        body: Option<&[u8]>,
        trail: Option<&mut EvidenceTrail<'_>>,
        report: &mut Report,
    ) {
        match self {
            Self::Records(records) => {
                let taken = records.intake.push(leaf, body);
                records.tally.take(&taken);
                records.report.take(&taken);
                if let Some(trail) = trail {
                    trail.take(&taken);
                }
            }
            Self::Tree(tree) => {
                if let Entries::Evidence(intake) = &mut tree.entries
                    && let Err(flaw) = intake.push(leaf)
                {
                    let rejected = Statement::new("entry-rejected", Standing::Broken, Weight::Needed);
                    report.say(rejected.with("index", flaw.index).with("why", &flaw.why));
                }
            }
            Self::Distrusted(_) => {}
        }
    }

    pub(super) fn finish(self, checkpoint: &SignedCheckpoint, tiles: &TileCheck, said: &mut Said) {
        match self {
            Self::Distrusted(distrust) => said.take(&LogReport::new().finish(&Err(distrust))),
            Self::Records(records) => records.finish(said),
            Self::Tree(tree) => tree.finish(checkpoint, tiles, said),
        }
    }
}

impl Records<'_> {
    fn finish(self, said: &mut Said) {
        let end = self.intake.finish();
        said.take(&self.report.finish(&end));
        self.tally.say(end.as_ref().ok(), self.is_known, &mut said.report);
        said.state = end.ok();
    }
}

impl Tree<'_> {
    fn finish(self, checkpoint: &SignedCheckpoint, tiles: &TileCheck, said: &mut Said) {
        let tree = checkpoint.checkpoint();
        let needed = |code, standing| Statement::new(code, standing, Weight::Needed);
        match self.judge(checkpoint, tiles) {
            Err(distrust) => {
                let broken = needed(distrust.code(), Standing::Broken);
                said.report.say(broken.with("why", distrust));
            }
            Ok(()) if self.key.is_some() => {
                let verified = needed("log-verified", Standing::Proven).with("origin", &tree.origin);
                said.report
                    .say(verified.with("size", tree.size).with("root", tree.root));
            }
            Ok(()) => {}
        }
        self.say_entries(tiles.taken(), &mut said.report);
    }

    /// Whether the entries are the tree, and the key, where there is one, signed it.
    fn judge(&self, checkpoint: &SignedCheckpoint, tiles: &TileCheck) -> Result<(), Distrust> {
        let tree = checkpoint.checkpoint();
        if let Some(key) = &self.key {
            check_signature(self.suite, checkpoint, key)?;
        }
        if tiles.taken() < tree.size {
            return Err(Distrust::Incomplete(tiles.taken()));
        }
        match tiles.root() == tree.root {
            true => Ok(()),
            false => Err(Distrust::Caught(Caught::WrongRoot {
                size: tree.size,
                made: tiles.root(),
                signed: tree.root,
            })),
        }
    }

    fn say_entries(&self, taken: u64, report: &mut Report) {
        match &self.entries {
            Entries::Evidence(entries) => {
                let good = Statement::new("evidence-read", Standing::Proven, Weight::Additional);
                report.say(good.with("count", entries.good()));
                if entries.steps_back() > 0 {
                    let back = Statement::new("clock-set-back", Standing::Unknown, Weight::Additional);
                    report.say(back.with("count", entries.steps_back()));
                }
            }
            Entries::Other if taken > 0 => {
                report.say(Statement::new("entries-unread", Standing::Unknown, Weight::Needed))
            }
            Entries::Keyless | Entries::Other => {}
        }
    }
}

fn check_signature(suite: &dyn Suite, checkpoint: &SignedCheckpoint, key: &VerifierKey) -> Result<(), Distrust> {
    let origin = &checkpoint.checkpoint().origin;
    if key.name().as_str() != origin.as_str() {
        return Err(Distrust::OtherOrigin(origin.to_string()));
    }
    let signed = checkpoint.verify(suite, std::slice::from_ref(key));
    signed.map(|_| ()).map_err(Distrust::Refused)
}

/// The key of the log that its first entry lists and that signed the checkpoint.
pub(super) fn own_key(
    suite: &dyn Suite,
    checkpoint: &SignedCheckpoint,
    leaf: &[u8],
    body: Option<&[u8]>,
) -> Option<VerifierKey> {
    Record::parse(leaf).ok()?;
    let body = Body::parse(body?).ok()?;
    let listed = parse_key_set(body.value()).ok()?;
    let keys = listed.into_iter().filter_map(|listed| match listed.key {
        KeyUse::Log(key) => Some(key),
        KeyUse::Record(_) => None,
    });
    let keys: Vec<VerifierKey> = keys.collect();
    signer(suite, checkpoint, &keys)
}
