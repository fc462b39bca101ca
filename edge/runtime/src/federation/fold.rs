//! How far each federation is: folded anew from its genesis whenever a member's record says something, and never behind what was known.

use super::Followed;
use crate::logs::signed;
use crate::{Fault, Runtime, WantedMirror};
use chapar_register::federation::{Genesis, Member, Proposal};
use chapar_register::folds::federation::{ACTS_OF_A_STATE, Act, Answer, Federation, Open};
use chapar_register::{LogState, RecordId};
use chapar_store::{ActRow, CatalogChange, FederationRow, LogRow};
use chapar_terms::{Digest, Instant};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Pause after a fault, before it is tried again.
const PAUSE: Duration = Duration::from_secs(30);

impl Runtime {
    /// Takes up the federations as an earlier run held them: whoever is put out is out before the first door opens.
    pub(crate) async fn open_federations(&self) -> Result<(), Fault> {
        for row in self.inner.store.list_federations().await? {
            let genesis = Genesis::parse(&row.genesis)?;
            let federation = held(&row, &genesis);
            self.inner.circle.put(Followed {
                joined_at: Instant::from_unix_ms(row.joined_at),
                genesis,
                federation,
                open: Open::default(),
            });
        }
        Ok(())
    }

    /// Folds all federations if a record said something to one since they were, until it went well.
    pub(crate) async fn refold_if_stale(&self) {
        if !self.inner.circle.stale.swap(false, Ordering::Relaxed) {
            return;
        }
        while let Err(fault) = self.refold().await {
            if self.inner.stopping.load(Ordering::Relaxed) {
                return;
            }
            tracing::error!(%fault, "federations are not folded; it is tried again");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Folds all federations.
    pub(crate) async fn refold(&self) -> Result<(), Fault> {
        let _turn = self.inner.circle.turn.lock().await;
        for row in self.inner.store.list_federations().await? {
            self.refold_one(&row).await?;
        }
        Ok(())
    }

    /// Folds a federation from its genesis; where that leads less far than what was known, e.g. because a log is gone, from there.
    pub(super) async fn refold_one(&self, row: &FederationRow) -> Result<(), Fault> {
        let genesis = Genesis::parse(&row.genesis)?;
        let before = held(row, &genesis);
        let (mut federation, mut open) = self.fold_from(Federation::founded(&genesis)).await?;
        if federation.is_behind(&before) {
            (federation, open) = self.fold_from(before.clone()).await?;
        }
        let encoded = federation.encode();
        if row.held.as_ref() != Some(&encoded) {
            self.inner.store.hold_federation(&row.id, encoded).await?;
        }
        tell(&before, &federation);
        self.adopt(&federation).await;
        self.inner.circle.put(Followed {
            joined_at: Instant::from_unix_ms(row.joined_at),
            genesis,
            federation,
            open,
        });
        Ok(())
    }

    async fn fold_from(&self, mut federation: Federation) -> Result<(Federation, Open), Fault> {
        loop {
            let mut acts = Vec::new();
            for member in federation.entered() {
                acts.extend(self.acts(&federation, member).await?);
            }
            if let Some(open) = federation.take(&acts) {
                return Ok((federation, open));
            }
        }
    }

    /// What a member says to the present state, in the log that the federation pins.
    async fn acts(&self, federation: &Federation, member: &Member) -> Result<Vec<Act>, Fault> {
        let store = &self.inner.store;
        let is_here = match store.log(member.origin()).await? {
            Some(log) => self.is_log_of(&log, member).await?,
            None => false,
        };
        if !is_here {
            return Ok(Vec::new());
        }
        let (id, state) = (federation.id().to_string(), federation.state().hex());
        let most = i64::try_from(ACTS_OF_A_STATE).unwrap_or(i64::MAX);
        let rows = store.federation_acts(&id, &state, member.origin(), most).await?;
        rows.into_iter().map(act).collect()
    }

    /// Whether a log is the one that a member speaks in: pinned by the key that the federation names, or by one that took that one's place,
    /// where the log as it is verified begins with the key that the federation names.
    pub(super) async fn is_log_of(&self, log: &LogRow, member: &Member) -> Result<bool, Fault> {
        if log.owner != member.participant.as_str() {
            return Ok(false);
        }
        if log.vkey == member.vkey.render() {
            return Ok(true);
        }
        if chapar_terms::sabotaged("federation-first-key-only") {
            return Ok(false);
        }
        let mirror = self.inner.store.mirror(&log.origin).await?;
        let state = mirror.map(|row| LogState::decode(&row.state)).transpose()?;
        Ok(state.is_some_and(|state| state.keys().first_log_key() == Some(&member.vkey)))
    }

    /// Mirrors the log of each member whose log is not here. Nothing is removed of one who went: others may ask for it.
    async fn adopt(&self, federation: &Federation) {
        for member in federation.members() {
            match self.inner.store.log(member.origin()).await {
                Ok(None) => self.adopt_one(member).await,
                Ok(Some(_)) => {}
                Err(fault) => {
                    tracing::error!(log = member.origin(), %fault, "it is not known whether a member's log is here")
                }
            }
        }
    }

    async fn adopt_one(&self, member: &Member) {
        let (participant, log) = (member.participant.as_str(), member.origin());
        let wanted = WantedMirror {
            address: member.address.clone(),
            vkey: member.vkey.render(),
            owner: participant.to_owned(),
            places: Vec::new(),
        };
        match self.add_mirror(wanted).await {
            Ok(_) => tracing::info!(participant, log, "the log of a member is mirrored from now on"),
            Err(fault) => tracing::error!(participant, log, %fault, "the log of a member is not mirrored"),
        }
    }
}

/// As it was held, or as it was founded where it never was.
fn held(row: &FederationRow, genesis: &Genesis) -> Federation {
    let held = row.held.as_ref().and_then(|held| Federation::decode(held).ok());
    held.unwrap_or_else(|| Federation::founded(genesis))
}

/// Says in the node's log what changed.
fn tell(before: &Federation, after: &Federation) {
    let federation = after.id().to_string();
    for decided in after.decided().iter().skip(before.decided().len()) {
        tracing::info!(
            federation,
            proposal = decided.proposal.hex(),
            action = decided.said.change.action().as_str(),
            subject = decided.said.change.subject().map_or("", |who| who.as_str()),
            "a change of a federation is in force"
        );
    }
    for gone in before
        .members()
        .filter(|member| after.member(&member.participant).is_none())
    {
        tracing::warn!(
            federation,
            participant = gone.participant.as_str(),
            log = gone.origin(),
            "a member is one no more; its log is mirrored on like a guest's"
        );
    }
}

fn act(row: ActRow) -> Result<Act, Fault> {
    let unreadable = || Fault::Internal(format!("what the record `{}` says was stored otherwise", row.record_id));
    let proposal = serde_json::from_str(&row.proposal).map_err(|_| unreadable())?;
    let proposal = Proposal::parse(proposal)?;
    Ok(Act {
        position: u64::try_from(row.position).map_err(|_| unreadable())?,
        record: RecordId::parse(&row.record_id)?,
        answer: Answer::parse(&row.answer).ok_or_else(unreadable)?,
        hash: proposal.hash(),
        proposal,
        origin: row.origin,
    })
}

/// The row of an act.
pub(crate) fn act_change(act: &Act) -> Result<CatalogChange, Fault> {
    Ok(CatalogChange::Act(Box::new(ActRow {
        origin: act.origin.clone(),
        position: signed(act.position)?,
        federation: act.proposal.federation.to_string(),
        previous: act.proposal.previous.hex(),
        record_id: act.record.to_string(),
        answer: act.answer.as_str().to_owned(),
        proposal: act.proposal.render().to_string(),
    })))
}

/// A hash as a path or a body has it.
pub(super) fn hash(text: &str) -> Result<Digest, Fault> {
    Digest::from_hex(text).map_err(|_| Fault::NotFound)
}
