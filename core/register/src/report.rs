//! What a verification says: statements, each with how far it can be believed.
//!
//! Refuses to put them into a person's language; whoever shows them looks the codes up.

use crate::about::{opened, purged};
use crate::header::Visibility;
use crate::id::RecordId;
use crate::intake::Distrust;
use crate::state::LogState;
use crate::verdict::{Accepted, BodyState, Taken};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How far a statement can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It follows from what was shown and from the keys that were pinned.
    Proven,
    /// Its author says so, and nothing else does.
    Asserted,
    /// What was shown does not tell.
    Unknown,
    /// It is not so.
    Broken,
}

impl Standing {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Asserted => "asserted",
            Self::Unknown => "unknown",
            Self::Broken => "broken",
        }
    }
}

/// Whether a verification can be good without a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It cannot: left unknown, the whole is not verified.
    Needed,
    /// It can.
    Additional,
}

/// One thing that a verification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is about, a stable word.
    pub code: &'static str,
    /// How far it can be believed.
    pub standing: Standing,
    /// Whether the whole depends on it.
    pub weight: Weight,
    /// What fills the sentence, by stable names.
    pub parameters: BTreeMap<&'static str, String>,
}

impl Statement {
    /// A statement without parameters.
    pub const fn new(code: &'static str, standing: Standing, weight: Weight) -> Self {
        Self {
            code,
            standing,
            weight,
            parameters: BTreeMap::new(),
        }
    }

    /// The statement with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.parameters.insert(name, value.to_string());
        self
    }
}

/// Everything that a verification says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    statements: Vec<Statement>,
}

impl Report {
    /// Nothing said yet.
    pub const fn new() -> Self {
        Self { statements: Vec::new() }
    }

    /// Says one more thing.
    pub fn say(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// The statements, in the order in which they were made.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether something was proven, nothing is broken and nothing needed is unknown.
    pub fn is_ok(&self) -> bool {
        let fails = |one: &Statement| match one.standing {
            Standing::Broken => true,
            Standing::Unknown => one.weight == Weight::Needed,
            Standing::Proven | Standing::Asserted => false,
        };
        let proven = self.statements.iter().any(|one| one.standing == Standing::Proven);
        proven && !self.statements.iter().any(fails)
    }

    /// The report for programs.
    pub fn json(&self) -> Value {
        let statements = self.statements.iter().map(|one| {
            let parameters = one.parameters.iter();
            let parameters: Map<String, Value> = parameters
                .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
                .collect();
            json!({"code": one.code, "standing": one.standing.as_str(), "needed": one.weight == Weight::Needed, "parameters": parameters})
        });
        json!({"ok": self.is_ok(), "statements": statements.collect::<Vec<_>>()})
    }
}

/// The report on a whole log, gathered while it is taken.
#[derive(Debug, Default)]
pub struct LogReport {
    report: Report,
    accepted: u64,
    bodies: u64,
    closed: u64,
    /// Versions whose bodies openings show.
    opened: BTreeSet<(RecordId, u32)>,
    unknown_kinds: u64,
    /// Open records whose bodies are not here: their places.
    missing: Vec<(u64, RecordId)>,
    /// Records whose bodies were to be purged, and the last place at which that was said.
    purged: BTreeMap<RecordId, u64>,
}

impl LogReport {
    /// Nothing taken yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what is said of one entry.
    pub fn take(&mut self, taken: &Taken) {
        match &taken.verdict {
            Ok(accepted) => self.take_record(taken.index, accepted),
            Err(reject) => self.report.say(
                Statement::new("record-rejected", Standing::Broken, Weight::Needed)
                    .with("index", taken.index)
                    .with("fault", reject.fault.as_str())
                    .with("why", &reject.why),
            ),
        }
    }

    fn take_record(&mut self, index: u64, accepted: &Accepted) {
        let header = accepted.record.header();
        self.accepted += 1;
        self.unknown_kinds += u64::from(!accepted.is_known_kind);
        match &accepted.body {
            BodyState::Here(body) => {
                self.bodies += 1;
                if let Some(target) = purged(&header.kind, body.value()) {
                    self.purged.insert(target, index);
                }
                if let Some((target, version, _)) = opened(&header.kind, body.value()) {
                    self.opened.insert((target, version));
                }
            }
            BodyState::NotHere if header.visibility == Visibility::Open => {
                self.missing.push((index, header.id.clone()))
            }
            BodyState::NotHere => self.closed += 1,
            BodyState::Wrong => self.report.say(
                Statement::new("body-wrong", Standing::Broken, Weight::Needed)
                    .with("index", index)
                    .with("id", &header.id),
            ),
        }
    }

    /// The report, with what the end of the log says.
    pub fn finish(mut self, end: &Result<LogState, Distrust>) -> Report {
        match end {
            Ok(state) => self.report.say(
                Statement::new("log-verified", Standing::Proven, Weight::Needed)
                    .with("origin", state.origin())
                    .with("size", state.frontier().size())
                    .with("root", state.frontier().root()),
            ),
            Err(distrust) => self
                .report
                .say(Statement::new(distrust.code(), Standing::Broken, Weight::Needed).with("why", distrust)),
        }
        self.say_counts(end.is_ok());
        self.say_missing();
        self.report
    }

    /// What was taken is only as certain as the tree that it stands in.
    fn say_counts(&mut self, is_tree_proven: bool) {
        let standing = if is_tree_proven {
            Standing::Proven
        } else {
            Standing::Asserted
        };
        // A set in memory is never so long.
        let opened = u64::try_from(self.opened.len()).unwrap_or(u64::MAX);
        let counts = [
            ("records-signed", standing, self.accepted),
            ("bodies-verified", standing, self.bodies),
            ("bodies-opened", standing, opened),
            ("bodies-not-open", Standing::Unknown, self.closed.saturating_sub(opened)),
            ("kinds-unknown", Standing::Unknown, self.unknown_kinds),
        ];
        for (code, standing, count) in counts.into_iter().filter(|(_, _, count)| *count > 0) {
            self.report
                .say(Statement::new(code, standing, Weight::Additional).with("count", count));
        }
    }

    /// A body that a later withdrawal purged is not missed.
    fn say_missing(&mut self) {
        for (index, id) in std::mem::take(&mut self.missing) {
            let is_purged = self.purged.get(&id).is_some_and(|at| *at > index);
            let statement = match is_purged {
                true => Statement::new("body-withdrawn", Standing::Proven, Weight::Additional),
                false => Statement::new("body-missing", Standing::Unknown, Weight::Needed),
            };
            self.report.say(statement.with("index", index).with("id", id));
        }
    }
}
