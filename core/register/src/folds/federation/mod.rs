//! A federation as its members' records make it: from the genesis on, one change after the other, each in force when all whom it takes
//! have consented.
//!
//! A member says yes or no to a proposal, each once and for good. A yes counts as long as no other proposal of the same state, to which the
//! member said yes before, can still come about; a proposal that one whom it takes has declined, or left without a yes, never comes
//! about. So at most one change of a state is ever in force, whatever part of the logs a node has: `docs/decisions/0030-federation.md`
//! has the proof. Who leaves is out at once.
//!
//! Refuses to verify records (`intake`): it is given acts of verified ones, those of one state at a time.

mod act;
mod held;
mod votes;

pub(crate) use act::MEMBERSHIP;
pub use act::{Act, Answer, act};

use crate::federation::{Change, FederationId, Genesis, Member, Proposal, state_after};
use crate::id::RecordId;
use chapar_terms::{Digest, ParticipantId};
use std::collections::{BTreeMap, BTreeSet};
use votes::Votes;

/// Acts of one member about one state that count, the first ones in its log: so nobody can make the fold long.
pub const ACTS_OF_A_STATE: usize = 64;
/// Fewest members who together can put one out: of two, each could put out the other.
const FEWEST_TO_EXPEL: usize = 2;

/// A federation in one of its states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Federation {
    id: FederationId,
    epoch: u64,
    state: Digest,
    members: BTreeMap<ParticipantId, Member>,
    witnesses: Option<String>,
    /// Who left, with the place in the log where it said so.
    left: BTreeMap<ParticipantId, u64>,
    decided: Vec<Decided>,
}

/// A change that came in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The hash of the proposal.
    pub proposal: Digest,
    /// The proposal.
    pub said: Proposal,
}

/// What is not decided in a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// What was proposed, by hash.
    pub proposals: BTreeMap<Digest, Pending>,
    /// What counts for nothing, and why.
    pub ignored: Vec<Ignored>,
}

/// A proposal that is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it says.
    pub proposal: Proposal,
    /// Who consented, and is bound by it.
    pub signed: BTreeSet<ParticipantId>,
    /// Who declined, or left without a yes: it takes them, so it never comes about.
    pub declined: BTreeSet<ParticipantId>,
    /// Whose yes it still takes.
    pub missing: BTreeSet<ParticipantId>,
    /// Who consented to it while bound by another one.
    pub bound_elsewhere: BTreeSet<ParticipantId>,
}

impl Pending {
    /// Whether it can still come about.
    pub fn is_alive(&self) -> bool {
        self.declined.is_empty()
    }
}

/// A record that counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The record.
    pub record: RecordId,
    /// Why, for people.
    pub why: String,
}

impl Federation {
    /// As it was founded.
    pub fn founded(genesis: &Genesis) -> Self {
        let members = genesis.members().iter();
        Self {
            id: genesis.id(),
            epoch: 0,
            state: genesis.id().first_state(),
            members: members
                .map(|member| (member.participant.clone(), member.clone()))
                .collect(),
            witnesses: genesis.witnesses().map(str::to_owned),
            left: BTreeMap::new(),
            decided: Vec::new(),
        }
    }

    /// Which federation.
    pub const fn id(&self) -> FederationId {
        self.id
    }

    /// How many changes came in force.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The hash of the state: it names every change from the genesis on.
    pub const fn state(&self) -> Digest {
        self.state
    }

    /// Who has to have witnessed the members' logs (C2SP tlog-policy).
    pub fn witnesses(&self) -> Option<&str> {
        self.witnesses.as_deref()
    }

    /// The changes that came in force, the first one first.
    pub fn decided(&self) -> &[Decided] {
        &self.decided
    }

    /// The members, those who left not among them.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.entered()
            .filter(|member| !self.left.contains_key(&member.participant))
    }

    /// Everybody whom the state names: the members, and those who left since.
    pub fn entered(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// Who left since the state came about.
    pub fn left(&self) -> impl Iterator<Item = &ParticipantId> {
        self.left.keys()
    }

    /// A member.
    pub fn member(&self, who: &ParticipantId) -> Option<&Member> {
        self.members.get(who).filter(|_| !self.left.contains_key(who))
    }

    /// Takes the acts about the present state, all that are known, in any order; acts about another state are passed over. When they
    /// bring a change in force the federation is in the next state, and nothing is given back: ask for the acts about that one. Otherwise,
    /// what is open.
    pub fn take(&mut self, acts: &[Act]) -> Option<Open> {
        let votes = Votes::count(self, acts);
        for (who, position) in votes.departures() {
            let first = self.left.entry(who.clone()).or_insert(position);
            *first = position.min(*first);
        }
        let votes = Votes::count(self, acts);
        let proposals = votes.proposals(self);
        let in_force = proposals.iter().find(|(_, pending)| self.is_in_force(pending, &votes));
        if let Some((hash, pending)) = in_force {
            self.change(*hash, &pending.proposal);
            return None;
        }
        Some(Open {
            proposals,
            ignored: votes.ignored(),
        })
    }

    /// What a proposal is not fit for in this state, however many consent.
    ///
    /// # Errors
    /// Why, for people.
    pub fn check(&self, proposal: &Proposal) -> Result<(), String> {
        if proposal.federation != self.id || proposal.previous != self.state {
            return Err("it is about another state".to_owned());
        }
        if let Some(stranger) = proposal.without.iter().find(|who| !self.members.contains_key(*who)) {
            return Err(format!("`{stranger}` in `without` is no member"));
        }
        let stays = |who: &ParticipantId| self.members.contains_key(who) && !proposal.without.contains(who);
        let has_log = |origin: &str, but: &ParticipantId| {
            self.members
                .values()
                .any(|member| member.origin() == origin && member.participant != *but && stays(&member.participant))
        };
        match &proposal.change {
            Change::Admit(member) if stays(&member.participant) => {
                Err(format!("`{}` is a member already", member.participant))
            }
            Change::Expel(who) if !stays(who) => Err(format!("`{who}` is no member")),
            Change::Entry(member) if !stays(&member.participant) => {
                Err(format!("`{}` is no member", member.participant))
            }
            Change::Leave(_) => Err("who leaves says so alone: nobody has to agree".to_owned()),
            Change::Admit(member) | Change::Entry(member) if has_log(member.origin(), &member.participant) => {
                Err(format!("the log `{}` is another member's", member.origin()))
            }
            Change::Admit(_) if self.members.len() - proposal.without.len() >= crate::federation::MEMBERS => {
                Err("there are as many members as a federation can have".to_owned())
            }
            change => self.check_signers(change, proposal),
        }
    }

    fn check_signers(&self, change: &Change, proposal: &Proposal) -> Result<(), String> {
        let signers = self.signers(proposal).len();
        match change {
            Change::Expel(_) if signers < FEWEST_TO_EXPEL => Err(format!(
                "it takes {FEWEST_TO_EXPEL} others to put one out: of two members each could put out the other"
            )),
            _ if signers == 0 => Err("no member is left to agree".to_owned()),
            _ => Ok(()),
        }
    }

    /// Whose yes a proposal takes: that of all members but those who left, and but the one who is to be put out.
    pub fn signers(&self, proposal: &Proposal) -> BTreeSet<ParticipantId> {
        let expelled = match &proposal.change {
            Change::Expel(who) => Some(who),
            _ => None,
        };
        let takes = |who: &&ParticipantId| !proposal.without.contains(*who) && Some(*who) != expelled;
        self.members.keys().filter(takes).cloned().collect()
    }

    fn is_in_force(&self, pending: &Pending, votes: &Votes<'_>) -> bool {
        let spared = usize::from(chapar_terms::sabotaged("federation-one-signature-missing"));
        let is_bound = |who: &ParticipantId| votes.is_bound_elsewhere(who, &pending.proposal);
        let is_gone = |who: &ParticipantId| self.left.contains_key(who) && !is_bound(who);
        pending.is_alive() && pending.missing.len() <= spared && pending.proposal.without.iter().all(is_gone)
    }

    fn change(&mut self, hash: Digest, proposal: &Proposal) {
        for who in &proposal.without {
            self.members.remove(who);
            self.left.remove(who);
        }
        match &proposal.change {
            Change::Admit(member) => self.enter(member),
            Change::Entry(member) => {
                let before = self.members.get(&member.participant);
                // What it said in its log before is said in another log now: a departure too has to be said there.
                if before.is_some_and(|before| before.log() != member.log() || before.origin() != member.origin()) {
                    self.left.remove(&member.participant);
                }
                self.enter(member);
            }
            Change::Expel(who) | Change::Leave(who) => {
                self.members.remove(who);
                self.left.remove(who);
            }
            Change::Witnesses(text) => self.witnesses = Some(text.clone()),
        }
        self.epoch += 1;
        self.state = state_after(&self.state, &hash);
        self.decided.push(Decided {
            proposal: hash,
            said: proposal.clone(),
        });
    }

    fn enter(&mut self, member: &Member) {
        self.members.insert(member.participant.clone(), member.clone());
    }
}
