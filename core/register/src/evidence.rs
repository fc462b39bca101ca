//! The checkpoints of a participant's private log of evidence, as its register holds them: their record's body, and the comparison of
//! the evidence that somebody shows with every one of them.
//!
//! What was once written down can neither be rewritten nor dropped: the evidence must begin with each of them. Refuses to judge the
//! register (`intake`), and the evidence's own checkpoint and entries (whoever reads them).

use crate::report::{Report, Standing, Statement, Weight};
use crate::verdict::{BodyState, Taken};
use chapar_terms::{Digest, Fields, Instant, Invalid, Suite};
use chapar_tlog::{Checkpoint, Frontier, SignedCheckpoint, VerifierKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The kind of the records that this reads.
pub const EVIDENCE_CHECKPOINT: &str = "evidence-checkpoint";
const WHAT: &str = "evidence-checkpoint";
/// By how much a checkpoint may be late without being told of: a restart, or a busy machine.
const LATE_MS: i64 = 60_000;

/// Writes the body of an `evidence-checkpoint` record: the note, the key of the evidence log that signed it, and when the next is due.
pub fn evidence_checkpoint_body(note: &str, key: &VerifierKey, interval_s: u64) -> Value {
    json!({"checkpoint": note, "vkey": key.render(), "intervalSeconds": interval_s})
}

/// One of them, as it stands in the register.
#[derive(Clone, Debug)]
struct Point {
    /// Its place in the register.
    index: u64,
    issued: Instant,
    size: u64,
    root: Digest,
    interval_ms: i64,
}

/// Every checkpoint of one log of evidence that a register holds, and how the evidence that is shown agrees with them.
pub struct EvidenceTrail<'a> {
    suite: &'a dyn Suite,
    origin: String,
    points: Vec<Point>,
    keys: Vec<VerifierKey>,
    /// The points that the evidence reaches, by size.
    ahead: BTreeMap<u64, Vec<(u64, Digest)>>,
    frontier: Frontier,
    report: Report,
}

impl<'a> EvidenceTrail<'a> {
    /// Nothing yet, of the log of evidence with this origin.
    pub const fn new(suite: &'a dyn Suite, origin: String) -> Self {
        Self {
            suite,
            origin,
            points: Vec::new(),
            keys: Vec::new(),
            ahead: BTreeMap::new(),
            frontier: Frontier::empty(),
            report: Report::new(),
        }
    }

    /// Takes the next entry of the register: what is no checkpoint of this log of evidence is passed over.
    pub fn take(&mut self, taken: &Taken) {
        let Ok(accepted) = &taken.verdict else {
            return;
        };
        let header = accepted.record.header();
        let BodyState::Here(body) = &accepted.body else {
            return;
        };
        if header.kind.as_str() != EVIDENCE_CHECKPOINT {
            return;
        }
        match self.read(body.value()) {
            Ok(None) => {}
            Ok(Some((checkpoint, interval_ms))) => self.put(Point {
                index: taken.index,
                issued: header.issued,
                size: checkpoint.size,
                root: checkpoint.root,
                interval_ms,
            }),
            Err(why) => self.report.say(
                broken("evidence-checkpoint-wrong")
                    .with("index", taken.index)
                    .with("why", why),
            ),
        }
    }

    /// The checkpoint, if it is one of this log that its key signed; none for one of another log.
    fn read(&mut self, body: &Value) -> Result<Option<(Checkpoint, i64)>, Invalid> {
        let mut fields = Fields::of(WHAT, body.clone())?;
        let signed = SignedCheckpoint::parse(fields.text("checkpoint")?.as_bytes())?;
        let key = VerifierKey::parse(&fields.text("vkey")?)?;
        let interval = fields.value("intervalSeconds")?.as_i64();
        let interval = interval.ok_or_else(|| fields.invalid("`intervalSeconds` is no number"))?;
        fields.end()?;
        let checkpoint = signed.checkpoint();
        if checkpoint.origin.as_str() != self.origin {
            return Ok(None);
        }
        let verified = signed.verify(self.suite, std::slice::from_ref(&key));
        verified.map_err(|why| Invalid::new(WHAT, why.to_string()))?;
        if !checkpoint.is_possible() {
            return Err(Invalid::new(WHAT, "has another root than the empty tree"));
        }
        if !self.keys.contains(&key) {
            self.keys.push(key);
        }
        Ok(Some((checkpoint.clone(), interval.saturating_mul(1000))))
    }

    fn put(&mut self, point: Point) {
        if let Some(last) = self.points.last() {
            if point.size < last.size {
                let shrinks = broken("evidence-checkpoint-shrinks").with("index", point.index);
                self.report
                    .say(shrinks.with("size", point.size).with("before", last.size));
            }
            let late = point.issued.since_ms(last.issued).saturating_sub(last.interval_ms);
            if late > LATE_MS {
                let said = additional("evidence-checkpoint-late", Standing::Unknown).with("index", point.index);
                self.report
                    .say(said.with("before", last.issued).with("issued", point.issued));
            }
        }
        let here = self.ahead.entry(point.size).or_default();
        here.push((point.index, point.root));
        self.points.push(point);
    }

    /// The keys of the log of evidence for which the register vouches, the first one first.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Takes the next entries of the evidence, by their hashes.
    pub fn compare(&mut self, leaves: &[Digest]) {
        for leaf in leaves {
            self.frontier.push(*leaf);
            let Some(points) = self.ahead.remove(&self.frontier.size()) else {
                continue;
            };
            let made = self.frontier.root();
            let differs = |root: &Digest| *root != made && !chapar_terms::sabotaged("believe-any-evidence");
            for (index, root) in points.into_iter().filter(|(_, root)| differs(root)) {
                let said = broken("evidence-rewritten").with("index", index);
                let said = said.with("size", self.frontier.size());
                self.report.say(said.with("made", made).with("written", root));
            }
        }
    }

    /// What the register says of the evidence that was shown.
    pub fn finish(mut self) -> Report {
        let shown = self.frontier.size();
        let ahead = self.ahead.split_off(&shown.saturating_add(1));
        for (size, (index, _)) in ahead
            .into_iter()
            .flat_map(|(size, all)| all.into_iter().map(move |one| (size, one)))
        {
            let said = broken("evidence-dropped").with("index", index);
            self.report.say(said.with("size", size).with("shown", shown));
        }
        let Some(last) = self.points.last() else {
            self.report.say(
                Statement::new("evidence-not-checkpointed", Standing::Unknown, Weight::Needed)
                    .with("origin", &self.origin),
            );
            return self.report;
        };
        let good = !self
            .report
            .statements()
            .iter()
            .any(|one| one.standing == Standing::Broken);
        if good {
            let said = Statement::new("evidence-checkpointed", Standing::Proven, Weight::Needed);
            let said = said.with("count", self.points.len()).with("size", last.size);
            self.report.say(said.with("last", last.issued));
        }
        if shown > last.size {
            let said = additional("evidence-after-checkpoints", Standing::Unknown);
            self.report.say(said.with("count", shown - last.size));
        }
        self.report
    }
}

fn broken(code: &'static str) -> Statement {
    Statement::new(code, Standing::Broken, Weight::Needed)
}

fn additional(code: &'static str, standing: Standing) -> Statement {
    Statement::new(code, standing, Weight::Additional)
}
