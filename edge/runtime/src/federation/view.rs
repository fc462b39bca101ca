//! What people are told of a federation.

use super::Followed;
use crate::{Fault, Runtime};
use chapar_register::federation::{Member, Names, Proposal};
use chapar_register::folds::federation::{Decided, Federation, Pending};
use chapar_store::{LogRow, LogState};
use chapar_terms::{Digest, ParticipantId};
use chapar_tlog::SignedCheckpoint;
use chapar_tlog::policy::Policy;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The states of the Shanghai Cooperation Organisation in the order of the Russian alphabet.
const IN_ORDER: [&str; 10] = ["BY", "IN", "IR", "KZ", "CN", "KG", "PK", "RU", "TJ", "UZ"];

impl Runtime {
    pub(super) async fn federation_view(&self, followed: &Followed) -> Result<Value, Fault> {
        let federation = &followed.federation;
        let logs = self.inner.store.list_logs().await?;
        let logs: BTreeMap<&str, &LogRow> = logs.iter().map(|log| (log.origin.as_str(), log)).collect();
        let policy = federation
            .witnesses()
            .map(|text| Policy::parse(text.as_bytes()))
            .transpose()?;
        let mut members = Vec::new();
        for member in in_order(federation.members()) {
            members.push(
                self.member_view(member, logs.get(member.origin()).copied(), policy.as_ref())
                    .await?,
            );
        }
        let mut view = json!({
            "id": federation.id().to_string(),
            "name": followed.name(),
            "createdAt": followed.genesis.created_at().rfc3339(),
            "joinedAt": followed.joined_at.rfc3339(),
            "epoch": federation.epoch(),
            "state": federation.state().hex(),
            "members": members,
            "left": federation.left().map(ParticipantId::as_str).collect::<Vec<_>>(),
            "proposals": followed.open.proposals.iter().map(|(hash, pending)| proposal_view(hash, pending)).collect::<Vec<_>>(),
            "decided": federation.decided().iter().map(decided_view).collect::<Vec<_>>(),
            "ignored": followed.open.ignored.iter().map(|one| json!({ "record": one.record.to_string(), "detail": one.why })).collect::<Vec<_>>(),
            "guests": guests(federation, &logs),
        });
        if let (Some(members), Some(text)) = (view.as_object_mut(), federation.witnesses()) {
            members.insert("witnesses".to_owned(), text.into());
        }
        Ok(view)
    }

    async fn member_view(
        &self,
        member: &Member,
        log: Option<&LogRow>,
        policy: Option<&Policy>,
    ) -> Result<Value, Fault> {
        let mut view = member.render();
        let Some(members) = view.as_object_mut() else {
            return Ok(view);
        };
        members.insert("origin".to_owned(), member.origin().into());
        let standing = match log {
            Some(log) if self.is_log_of(log, member).await? => standing(log),
            Some(_) => "other-key",
            None => "missing",
        };
        members.insert("log".to_owned(), standing.into());
        if let Some(log) = log {
            members.insert("size".to_owned(), log.size.into());
        }
        if let Some(hosted) = self.everyone().iter().find(|hosted| hosted.me.id == member.participant) {
            members.insert("hosted".to_owned(), hosted.slug.as_str().into());
        }
        if let Some(policy) = policy {
            let note = log.and_then(|log| log.checkpoint.as_deref());
            let signed = note.map(SignedCheckpoint::parse).transpose()?;
            let cosigned = signed.and_then(|signed| policy.cosigned(self.inner.suite.as_ref(), &signed).ok());
            let is_witnessed = cosigned.is_some_and(|cosigned| policy.is_quorum(&cosigned));
            members.insert("witnessed".to_owned(), is_witnessed.into());
        }
        Ok(view)
    }
}

/// How a member's log is here, in a word.
const fn standing(log: &LogRow) -> &'static str {
    match log.state {
        LogState::Caught => "caught",
        _ if log.participant.is_some() => "own",
        _ => "mirrored",
    }
}

/// Members whose state has a place in the order first, each state's by name; then the others by name.
fn in_order<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<&'a Member> {
    let mut members: Vec<&Member> = members.collect();
    members.sort_by_key(|member| {
        let state = member.state.as_deref();
        let place = IN_ORDER.iter().position(|known| Some(*known) == state);
        let name = member.name.values().next().cloned();
        (place.unwrap_or(IN_ORDER.len()), name, member.participant.clone())
    });
    members
}

/// Whose logs are mirrored here and who is no member.
fn guests(federation: &Federation, logs: &BTreeMap<&str, &LogRow>) -> Vec<Value> {
    let members: BTreeSet<&str> = federation.members().map(Member::origin).collect();
    let is_guest = |log: &&&LogRow| log.participant.is_none() && !members.contains(log.origin.as_str());
    let guest = |log: &&LogRow| json!({ "participant": log.owner, "origin": log.origin, "size": log.size });
    logs.values().filter(is_guest).map(guest).collect()
}

pub(super) fn proposal_view(hash: &Digest, pending: &Pending) -> Value {
    let list = |who: &BTreeSet<ParticipantId>| {
        who.iter()
            .map(ParticipantId::as_str)
            .map(Value::from)
            .collect::<Vec<_>>()
    };
    let mut view = said_view(hash, &pending.proposal);
    view.insert("signed".to_owned(), list(&pending.signed).into());
    view.insert("missing".to_owned(), list(&pending.missing).into());
    view.insert("declined".to_owned(), list(&pending.declined).into());
    view.insert("bound".to_owned(), list(&pending.bound_elsewhere).into());
    view.insert("alive".to_owned(), pending.is_alive().into());
    Value::Object(view)
}

fn decided_view(decided: &Decided) -> Value {
    Value::Object(said_view(&decided.proposal, &decided.said))
}

fn said_view(hash: &Digest, proposal: &Proposal) -> Map<String, Value> {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("hash", hash.hex().into());
    put("action", proposal.change.action().as_str().into());
    if let Some(subject) = proposal.change.subject() {
        put("subject", subject.as_str().into());
    }
    put("proposal", proposal.render());
    view
}

pub(super) fn names(names: &Names) -> Value {
    let members = names
        .iter()
        .map(|(lang, text)| (lang.as_str().to_owned(), Value::from(text.as_str())));
    Value::Object(members.collect())
}
