//! What a verification said, for people and for programs.

use crate::words::sentence;
use chapar_register::{LogState, Report, Standing, Statement};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Sentences of one kind that are shown to a person: who wants the thousandth asks for JSON.
const SHOWN: usize = 20;

/// The end of a verification in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All holds, under a key that was pinned.
    Verified,
    /// All holds, under a key that the log itself showed.
    Trusted,
    /// Nothing is broken, and something that is needed is not known.
    Open,
    /// Something is not so.
    Broken,
}

impl Verdict {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Trusted => "trusted",
            Self::Open => "open",
            Self::Broken => "broken",
        }
    }

    /// Whether all holds that was demanded.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Verified | Self::Trusted)
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Verified => "verified: all that was shown holds, under the pinned key",
            Self::Trusted => "trusted: all that was shown holds, under the key that the log showed itself",
            Self::Open => "not verified: nothing is broken, and something that is needed is unknown",
            Self::Broken => "broken: do not rely on it",
        }
    }
}

/// Everything that is said of a log or of a record.
#[derive(Debug, Default)]
pub struct Said {
    /// The statements.
    pub report: Report,
    /// The log as far as it is verified; none where it is not.
    pub state: Option<LogState>,
    /// Whether the key that vouches for it was its own word.
    pub(crate) is_own_word: bool,
}

impl Said {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        let is_broken = |one: &Statement| one.standing == Standing::Broken;
        match self.report.is_ok() {
            true if self.is_own_word => Verdict::Trusted,
            true => Verdict::Verified,
            false if self.report.statements().iter().any(is_broken) => Verdict::Broken,
            false => Verdict::Open,
        }
    }

    /// What was proven so far is proven by a key for which only the log vouches: its word.
    pub(crate) fn rests_on_own_word(&mut self) {
        let mut report = Report::new();
        for mut statement in self.report.statements().iter().cloned() {
            if statement.standing == Standing::Proven {
                statement.standing = Standing::Asserted;
            }
            report.say(statement);
        }
        self.report = report;
    }

    /// Says what another report says.
    pub(crate) fn take(&mut self, report: &Report) {
        for statement in report.statements() {
            self.report.say(statement.clone());
        }
    }

    /// For programs: the report, the verdict, and each statement's sentence beside it.
    pub fn json(&self) -> Value {
        let mut said = self.report.json();
        let sentences = self.report.statements().iter().map(sentence);
        let statements = said.get_mut("statements").and_then(Value::as_array_mut);
        for (statement, sentence) in statements.into_iter().flatten().zip(sentences) {
            if let Some(members) = statement.as_object_mut() {
                members.insert("sentence".to_owned(), sentence.into());
            }
        }
        let mut members = Map::from_iter([("verdict".to_owned(), json!(self.verdict().as_str()))]);
        if let Value::Object(said) = said {
            members.extend(said);
        }
        Value::Object(members)
    }

    /// The verdict, and how much is unknown that was not demanded: nobody shall read over that.
    fn headline(&self) -> String {
        let is_unknown = |one: &&Statement| one.standing == Standing::Unknown;
        let verdict = self.verdict();
        match self.report.statements().iter().filter(is_unknown).count() {
            unknown if unknown > 0 && verdict.is_good() => format!("{}; left unknown: {unknown}", verdict.sentence()),
            _ => verdict.sentence().to_owned(),
        }
    }

    /// For people: the verdict, then what is broken, unknown, proven and asserted.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.headline()];
        for standing in [
            Standing::Broken,
            Standing::Unknown,
            Standing::Proven,
            Standing::Asserted,
        ] {
            let said = self.report.statements().iter().filter(|one| one.standing == standing);
            let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
            for statement in said {
                let count = shown.entry(statement.code).or_default();
                *count += 1;
                if *count <= SHOWN {
                    lines.push(format!("{:<9} {}", standing.as_str(), sentence(statement)));
                }
            }
            let hidden = shown.into_iter().filter(|(_, count)| *count > SHOWN);
            lines.extend(hidden.map(|(code, count)| {
                let more = count - SHOWN;
                format!("{:<9} {more} more of `{code}`: see --json", standing.as_str())
            }));
        }
        lines
    }
}
