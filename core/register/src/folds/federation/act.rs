//! An act: what a verified record of the kind `membership` says to a proposal.

use crate::federation::Proposal;
use crate::header::Visibility;
use crate::id::{LogId, RecordId};
use crate::verdict::Taken;
use chapar_terms::{Digest, ParticipantId};
use serde_json::Value;

/// The kind whose records carry decisions.
pub(crate) const MEMBERSHIP: &str = "membership";

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Consent,
    /// No.
    Decline,
}

impl Answer {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Decline => "decline",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Consent, Self::Decline]
            .into_iter()
            .find(|answer| answer.as_str() == text)
    }
}

/// What somebody said to a proposal, in a verified record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The log that has the record.
    pub origin: String,
    /// Its place there: 1, 2, 3 ...
    pub position: u64,
    /// The record.
    pub record: RecordId,
    /// Yes or no.
    pub answer: Answer,
    /// To what.
    pub proposal: Proposal,
    /// The hash of that.
    pub hash: Digest,
}

impl Act {
    /// Who said it.
    pub fn issuer(&self) -> &ParticipantId {
        self.record.participant()
    }

    /// The log in which it was said.
    pub fn log(&self) -> &LogId {
        self.record.log()
    }
}

/// The act in an entry of the log `origin`; none where it carries no decision on a whole proposal, or one that contradicts itself. Its body
/// must be here: nodes that read different parts of a log would come to different members.
pub fn act(origin: &str, taken: &Taken) -> Option<Act> {
    let accepted = taken.verdict.as_ref().ok()?;
    let header = accepted.record.header();
    if header.kind.as_str() != MEMBERSHIP || header.visibility != Visibility::Open {
        return None;
    }
    let decision = accepted.body.here()?.value().get("decision")?;
    let text = |name: &str| decision.get(name).and_then(Value::as_str);
    let proposal = Proposal::parse(decision.get("proposal")?.clone()).ok()?;
    let hash = proposal.hash();
    let action = proposal.change.action().as_str();
    if text("proposalHash") != Some(hash.hex().as_str()) || text("action") != Some(action) {
        return None;
    }
    Some(Act {
        origin: origin.to_owned(),
        position: taken.index.saturating_add(1),
        record: header.id.clone(),
        answer: Answer::parse(text("answer")?)?,
        proposal,
        hash,
    })
}
