//! What a member does in a federation: it proposes a change, which is its yes, and says yes or no to what others propose.

use super::Followed;
use super::fold::hash;
use super::view::proposal_view;
use crate::Fault;
use crate::desk::{Desk, invalid};
use crate::records::Wish;
use chapar_register::federation::{Action, Change, Member, Proposal};
use chapar_register::folds::federation::{Answer, Federation};
use chapar_terms::{Digest, Instant, ParticipantId};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Characters of a proposal's hash in the name of a record: enough that no two are alike.
const NAMED: usize = 40;

/// A change as somebody wants it.
#[derive(Clone, Debug)]
pub struct NewProposal {
    /// `admit`, `leave`, `expel` or `change`.
    pub action: String,
    /// Who leaves or is put out.
    pub participant: Option<String>,
    /// The entry of a member that is admitted, or that takes the place of its entry before.
    pub member: Option<Value>,
    /// The witnesses that take the place of those before.
    pub witnesses: Option<String>,
}

impl Desk {
    /// Proposes a change of a federation, which is the participant's own yes to it; shows what was proposed.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for a change that cannot come about; [`Fault::Conflict`] for one who is no member, or is bound
    /// by another proposal.
    pub async fn propose(&self, federation: &str, new: NewProposal) -> Result<Value, Fault> {
        let followed = self.runtime.followed(federation)?;
        let me = self.member_of(&followed)?;
        let proposal = proposal(&followed.federation, me, new, self.runtime.now())?;
        if !matches!(proposal.change, Change::Leave(_)) {
            let checked = followed.federation.check(&proposal);
            checked.map_err(|why| invalid("wrong-proposal", why))?;
            self.check_free(&followed, &proposal.hash())?;
        }
        self.say(&followed, &proposal, Answer::Consent).await
    }

    /// Says yes or no to a proposal that is open. Either is said once and for good.
    ///
    /// # Errors
    /// As for [`Desk::propose`].
    pub async fn answer_proposal(&self, federation: &str, proposal: &str, answer: &str) -> Result<Value, Fault> {
        let followed = self.runtime.followed(federation)?;
        let wrong = || invalid("wrong-answer", format!("`{answer}` is neither `consent` nor `decline`"));
        let answer = Answer::parse(answer).ok_or_else(wrong)?;
        let me = &self.member_of(&followed)?.participant;
        let hash = hash(proposal)?;
        let pending = followed.open.proposals.get(&hash).ok_or(Fault::NotFound)?;
        match answer {
            Answer::Consent if !pending.is_alive() => {
                return Err(Fault::Conflict("it was declined: it never comes about".to_owned()));
            }
            Answer::Consent => self.check_free(&followed, &hash)?,
            Answer::Decline if pending.signed.contains(me) || pending.bound_elsewhere.contains(me) => {
                return Err(Fault::Conflict(
                    "it was signed: a yes is for good, and another one can decline it".to_owned(),
                ));
            }
            Answer::Decline => {}
        }
        self.say(&followed, &pending.proposal, answer).await
    }

    fn member_of<'a>(&self, followed: &'a Followed) -> Result<&'a Member, Fault> {
        let me = &self.hosted.me.id;
        let no_member = || Fault::Conflict(format!("`{me}` is no member of this federation"));
        let member = followed.federation.member(me).ok_or_else(no_member)?;
        let log = self.runtime.register_of(&self.hosted)?;
        match log.origin.as_str() == member.origin() {
            true => Ok(member),
            false => Err(Fault::Conflict(format!(
                "the log `{}` speaks for it in this federation, and its log here is `{}`",
                member.origin(),
                log.origin
            ))),
        }
    }

    /// Who said yes to a proposal that can still come about says it to no other.
    fn check_free(&self, followed: &Followed, hash: &Digest) -> Result<(), Fault> {
        let me = &self.hosted.me.id;
        let binds = |other: &Digest| {
            other != hash
                && followed
                    .open
                    .proposals
                    .get(other)
                    .is_some_and(|pending| pending.signed.contains(me) && pending.is_alive())
        };
        match followed.open.proposals.keys().find(|other| binds(other)) {
            None => Ok(()),
            Some(bound) => Err(Fault::Conflict(format!(
                "it is bound by its yes to the proposal `{}` until that is in force or somebody declines it",
                bound.hex()
            ))),
        }
    }

    /// Publishes the answer as a record of the participant's register.
    async fn say(&self, followed: &Followed, proposal: &Proposal, answer: Answer) -> Result<Value, Fault> {
        let hash = proposal.hash();
        let short: String = hash.hex().chars().take(NAMED).collect();
        let wish = Wish::open(
            "membership",
            format!("{}-{short}", answer.as_str()),
            self.body(followed, proposal, answer, &hash),
        )?;
        let record = self.publish_wish(wish).await?;
        let pending = followed.open.proposals.get(&hash);
        let mut view = match pending {
            Some(pending) => proposal_view(&hash, pending),
            None => {
                json!({ "hash": hash.hex(), "action": proposal.change.action().as_str(), "proposal": proposal.render() })
            }
        };
        if let Some(members) = view.as_object_mut() {
            members.insert("answer".to_owned(), answer.as_str().into());
            members.insert("record".to_owned(), record.get("id").cloned().unwrap_or_default());
        }
        Ok(view)
    }

    fn body(&self, followed: &Followed, proposal: &Proposal, answer: Answer, hash: &Digest) -> Value {
        let federation = &followed.federation;
        let me = &self.hosted.me.id;
        let subject = proposal.change.subject().unwrap_or(me);
        let entry = match &proposal.change {
            Change::Admit(member) | Change::Entry(member) => Some(member),
            _ => federation.member(subject),
        };
        let today = day(self.runtime.now());
        let since = day(since(followed, subject));
        let during = match &proposal.change {
            Change::Admit(_) => json!({ "startDate": today }),
            Change::Leave(_) | Change::Expel(_) => json!({ "endDate": (&today).max(&since), "startDate": since }),
            Change::Entry(_) | Change::Witnesses(_) => json!({ "startDate": since }),
        };
        let name = entry
            .map(Member::render)
            .and_then(|mut entry| entry.get_mut("name").map(Value::take));
        let mut body = json!({
            "organization": { "id": federation.id().to_string(), "name": followed.name() },
            "member": { "name": name },
            "memberParticipant": subject.as_str(),
            "role": "member",
            "memberDuring": during,
            "decision": {
                "action": proposal.change.action().as_str(),
                "answer": answer.as_str(),
                "proposalHash": hash.hex(),
                "proposal": proposal.render(),
            },
        });
        if let (Some(members), Some(entry)) = (body.as_object_mut(), entry) {
            members.insert("logKey".to_owned(), entry.vkey.render().into());
        }
        body
    }
}

/// The change as a proposal about the present state. Who left need not agree, and is taken off.
fn proposal(federation: &Federation, me: &Member, new: NewProposal, now: Instant) -> Result<Proposal, Fault> {
    let wrong = |why: String| invalid("wrong-proposal", why);
    let action = Action::parse(&new.action).ok_or_else(|| wrong(format!("`{}` is no action", new.action)))?;
    let left: BTreeSet<ParticipantId> = federation.left().cloned().collect();
    let mut said = json!({
        "v": 1,
        "federation": federation.id().to_string(),
        "previous": federation.state().hex(),
        "action": action.as_str(),
        "proposedAt": now.rfc3339(),
    });
    if let Some(members) = said.as_object_mut() {
        if action == Action::Leave {
            let who = new.participant.unwrap_or_else(|| me.participant.as_str().to_owned());
            if who != me.participant.as_str() {
                return Err(wrong("nobody leaves for another".to_owned()));
            }
            members.insert("participant".to_owned(), who.into());
        } else {
            members.extend(new.participant.map(|who| ("participant".to_owned(), who.into())));
            if !left.is_empty() {
                members.insert("without".to_owned(), left.iter().map(ParticipantId::as_str).collect());
            }
        }
        members.extend(new.member.map(|member| ("member".to_owned(), member)));
        members.extend(new.witnesses.map(|text| ("witnesses".to_owned(), text.into())));
    }
    Proposal::parse(said).map_err(|why| wrong(why.to_string()))
}

/// When a member came.
fn since(followed: &Followed, who: &ParticipantId) -> Instant {
    let admitted = followed
        .federation
        .decided()
        .iter()
        .rev()
        .find(|decided| matches!(&decided.said.change, Change::Admit(member) if member.participant == *who));
    admitted.map_or(followed.genesis.created_at(), |decided| decided.said.proposed_at)
}

fn day(at: Instant) -> String {
    at.rfc3339().chars().take_while(|letter| *letter != 'T').collect()
}
