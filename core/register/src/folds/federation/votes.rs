//! What the members say in one state: whom each proposal has, whom it lacks, and which record counts for nothing.

use super::act::{Act, Answer};
use super::{ACTS_OF_A_STATE, Federation, Ignored, Pending};
use crate::federation::{Change, Proposal};
use chapar_terms::{Digest, ParticipantId};
use std::collections::{BTreeMap, BTreeSet};

/// The acts of one state by who said them, each member's in the order of its log.
pub(super) struct Votes<'a> {
    of: BTreeMap<&'a ParticipantId, Vec<&'a Act>>,
    /// Proposals that can come about no more.
    dead: BTreeSet<Digest>,
    ignored: Vec<Ignored>,
}

impl<'a> Votes<'a> {
    /// Takes what members said in the log that speaks for them, before they left.
    pub(super) fn count(federation: &Federation, acts: &'a [Act]) -> Self {
        let mut votes = Self {
            of: BTreeMap::new(),
            dead: BTreeSet::new(),
            ignored: Vec::new(),
        };
        let is_about =
            |act: &&Act| act.proposal.federation == federation.id && act.proposal.previous == federation.state;
        for act in acts.iter().filter(is_about) {
            match spoken_for(federation, act) {
                Ok(()) => votes.of.entry(act.issuer()).or_default().push(act),
                Err(why) => votes.ignore(act, why),
            }
        }
        for acts in votes.of.values_mut() {
            acts.sort_by_key(|act| act.position);
            acts.dedup_by_key(|act| act.position);
            acts.truncate(ACTS_OF_A_STATE);
        }
        votes.leave_out(federation);
        let proposed = votes.proposed();
        votes.dead = proposed
            .values()
            .filter(|proposal| !votes.against(federation, proposal).is_empty())
            .map(|proposal| proposal.hash())
            .collect();
        votes
    }

    fn ignore(&mut self, act: &Act, why: impl Into<String>) {
        self.ignored.push(Ignored {
            record: act.record.clone(),
            why: why.into(),
        });
    }

    /// Drops what was said after a departure, and what no consent can bring about.
    fn leave_out(&mut self, federation: &Federation) {
        let mut kept = BTreeMap::new();
        for (who, acts) in std::mem::take(&mut self.of) {
            let gone = federation.left.get(who).copied();
            let mut counted = Vec::new();
            for act in acts {
                if gone.is_some_and(|gone| act.position > gone) {
                    self.ignore(act, "it was said by one who had left");
                } else if let (Change::Leave(_), Answer::Consent) = (&act.proposal.change, act.answer) {
                    counted.push(act);
                } else if let Err(why) = federation.check(&act.proposal) {
                    self.ignore(act, why);
                } else {
                    counted.push(act);
                }
            }
            kept.insert(who, counted);
        }
        self.of = kept;
    }

    /// Who says here that it leaves, and where.
    pub(super) fn departures(&self) -> impl Iterator<Item = (&'a ParticipantId, u64)> {
        let leaves = |act: &&&Act| matches!(act.proposal.change, Change::Leave(_));
        self.of
            .iter()
            .filter_map(move |(who, acts)| Some((*who, acts.iter().find(leaves)?.position)))
    }

    /// What was proposed and is fit, by hash.
    fn proposed(&self) -> BTreeMap<Digest, &'a Proposal> {
        let acts = self.of.values().flatten();
        acts.filter(|act| !matches!(act.proposal.change, Change::Leave(_)))
            .map(|act| (act.hash, &act.proposal))
            .collect()
    }

    fn first_answer(&self, who: &ParticipantId, hash: &Digest) -> Option<Answer> {
        let acts = self.of.get(who)?;
        acts.iter().find(|act| act.hash == *hash).map(|act| act.answer)
    }

    /// Those whom a proposal takes and who said no, or left without a yes.
    fn against(&self, federation: &Federation, proposal: &Proposal) -> BTreeSet<ParticipantId> {
        let hash = proposal.hash();
        let is_against = |who: &ParticipantId| match self.first_answer(who, &hash) {
            Some(answer) => answer == Answer::Decline,
            None => federation.left.contains_key(who),
        };
        let signers = federation.signers(proposal);
        signers.into_iter().filter(is_against).collect()
    }

    /// The proposal to which a member is bound: the first to which it said yes that can still come about.
    fn bound_to(&self, who: &ParticipantId) -> Option<Digest> {
        let acts = self.of.get(who)?;
        let binds = |act: &&&Act| {
            let is_first = self.first_answer(who, &act.hash) == Some(Answer::Consent);
            let is_yes = act.answer == Answer::Consent && is_first && !self.dead.contains(&act.hash);
            is_yes && !matches!(act.proposal.change, Change::Leave(_))
        };
        acts.iter().find(binds).map(|act| act.hash)
    }

    /// Whether a member is bound to another proposal than this.
    pub(super) fn is_bound_elsewhere(&self, who: &ParticipantId, proposal: &Proposal) -> bool {
        self.bound_to(who).is_some_and(|bound| bound != proposal.hash())
    }

    /// How each proposal stands.
    pub(super) fn proposals(&self, federation: &Federation) -> BTreeMap<Digest, Pending> {
        let mut pending = BTreeMap::new();
        for (hash, proposal) in self.proposed() {
            let signers = federation.signers(proposal);
            let has_said_yes = |who: &&ParticipantId| self.first_answer(who, &hash) == Some(Answer::Consent);
            let is_bound = |who: &&ParticipantId| self.bound_to(who) == Some(hash);
            let signed: BTreeSet<ParticipantId> = signers.iter().filter(is_bound).cloned().collect();
            let declined = self.against(federation, proposal);
            let elsewhere = |who: &&ParticipantId| has_said_yes(who) && self.is_bound_elsewhere(who, proposal);
            pending.insert(
                hash,
                Pending {
                    proposal: proposal.clone(),
                    missing: signers
                        .difference(&signed)
                        .filter(|who| !declined.contains(*who))
                        .cloned()
                        .collect(),
                    bound_elsewhere: signers.iter().filter(elsewhere).cloned().collect(),
                    signed,
                    declined,
                },
            );
        }
        pending
    }

    /// What counts for nothing, and why.
    pub(super) fn ignored(mut self) -> Vec<Ignored> {
        let mut second = Vec::new();
        for (who, acts) in &self.of {
            for act in acts {
                let first = self.first_answer(who, &act.hash);
                if first.is_some_and(|first| first != act.answer) {
                    second.push((*act, "an answer is given once: the first one counts".to_owned()));
                } else if act.answer == Answer::Consent
                    && self.is_bound_elsewhere(who, &act.proposal)
                    && !self.dead.contains(&act.hash)
                {
                    let bound = self.bound_to(who).map(|hash| hash.hex()).unwrap_or_default();
                    second.push((
                        *act,
                        format!("it is bound to the proposal `{bound}` until somebody declines that"),
                    ));
                }
            }
        }
        for (act, why) in second {
            self.ignore(act, why);
        }
        self.ignored
    }
}

/// Whether a member speaks, in the log that speaks for it, of what is its own to say.
fn spoken_for(federation: &Federation, act: &Act) -> Result<(), &'static str> {
    let Some(member) = federation.members.get(act.issuer()) else {
        return Err("it was said by one who is no member");
    };
    if member.origin() != act.origin || member.log() != *act.log() {
        return Err("it was said in another log than the member's");
    }
    match &act.proposal.change {
        Change::Leave(who) if who != act.issuer() => Err("nobody leaves for another"),
        _ => Ok(()),
    }
}
