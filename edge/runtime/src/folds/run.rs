//! The task that folds: each log is verified from where it was verified last, and what its entries come to is written bundle by bundle.

use super::rows;
use crate::federation::act_change;
use crate::logs::{self, REGISTER};
use crate::{Fault, Runtime};
use chapar_register::folds::{REVISION, catalog, federation};
use chapar_register::{BodyState, Chain, Entry, Intake, Kinds, LOG_ALARM, LogState, Record, RecordId, Taken, Version};
use chapar_store::{CatalogChange, EntryRow, FoldWrite, LogRow, StoredRecord};
use chapar_terms::ParticipantId;
use chapar_tlog::{SignedCheckpoint, TILE_WIDTH, VerifierKey};
use serde_json::Value;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Pause after a fault, before the log is tried again.
const PAUSE: Duration = Duration::from_secs(30);
/// Versions of one record that are recalled when another one comes. A record with more is not continued in the catalogue.
const VERSIONS: i64 = 10_000;

impl Runtime {
    /// Folds what was published and not folded, and whatever is published from now on; everything, where an older program made the views.
    pub(crate) async fn watch_folds(&self) -> Result<(), Fault> {
        let is_renewed =
            !chapar_terms::sabotaged("keep-views-of-others") && self.inner.store.renew_views(REVISION).await?;
        let logs = self.inner.store.list_logs().await?;
        if is_renewed && !logs.is_empty() {
            tracing::info!("the catalogue is made again from the logs: another version of this program made it");
        }
        for log in logs {
            self.inner.folds.wake(&log.origin);
        }
        let runtime = self.clone();
        tokio::spawn(async move {
            while !runtime.inner.stopping.load(Ordering::Relaxed) {
                match runtime.inner.folds.take() {
                    Some(origin) => {
                        runtime.fold_or_tell(&origin).await;
                        runtime.refold_if_stale().await;
                    }
                    None => runtime.inner.folds.next().await,
                }
            }
        });
        Ok(())
    }

    /// Throws the catalogue away and makes it again from the logs.
    ///
    /// # Errors
    /// The store failed: what is missing is made again at the next start.
    pub async fn rebuild_views(&self) -> Result<(), Fault> {
        self.inner.store.drop_views().await?;
        for log in self.inner.store.list_logs().await? {
            self.inner.folds.wake(&log.origin);
        }
        Ok(())
    }

    async fn fold_or_tell(&self, origin: &str) {
        let Err(fault) = self.fold_log(origin).await else {
            return;
        };
        if self.inner.stopping.load(Ordering::Relaxed) {
            return;
        }
        tracing::error!(log = origin, %fault, "a log is not in the catalogue; it is tried again");
        let (runtime, origin) = (self.clone(), origin.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            runtime.inner.folds.wake(&origin);
        });
    }

    async fn fold_log(&self, origin: &str) -> Result<(), Fault> {
        let Some(row) = self.inner.store.log(origin).await? else {
            return Ok(());
        };
        let (Some(note), true) = (&row.checkpoint, row.kind == REGISTER && row.folded < row.size) else {
            return Ok(());
        };
        let state = self.fold_state(&row).await?;
        let checkpoint = SignedCheckpoint::parse(note)?;
        let begun = Intake::begin(Kinds::built_in(), self.inner.suite.as_ref(), state, checkpoint);
        let mut intake = begun.map_err(|why| untrue(origin, &why))?;
        let mut folded = row.folded;
        while logs::signed(intake.size())? < row.size {
            folded = self.fold_bundle(&row, &mut intake, folded).await?;
            // What was taken is in the catalogue, and recalled from there.
            intake.forget();
        }
        let state = intake.finish().map_err(|why| untrue(origin, &why))?;
        self.inner.store.save_fold_state(origin, state.encode()).await?;
        Ok(())
    }

    /// Where verification goes on. What cannot be read is made again.
    async fn fold_state(&self, row: &LogRow) -> Result<LogState, Fault> {
        let stored = self.inner.store.fold_state(&row.origin).await?;
        let state = stored.and_then(|bytes| LogState::decode(&bytes).ok());
        // One that is further than the catalogue is of a catalogue that was thrown away.
        if let Some(state) =
            state.filter(|state| logs::signed(state.frontier().size()).is_ok_and(|size| size <= row.folded))
        {
            return Ok(state);
        }
        Ok(LogState::pinned(
            ParticipantId::parse(&row.owner)?,
            self.trusted_key(row).await?,
        ))
    }

    /// The key by which a log is verified from its beginning: the one that was pinned, unless it was given up since. Of ours we know that,
    /// of another's what was verified of it says so.
    async fn trusted_key(&self, row: &LogRow) -> Result<VerifierKey, Fault> {
        let pinned = VerifierKey::parse(&row.vkey)?;
        if let Some(slug) = &row.participant {
            let going = self.inner.logs.find(slug, REGISTER);
            let own = going.filter(|log| log.origin.as_str() == row.origin);
            let own = own.or_else(|| self.inner.logs.ended(&row.origin));
            let keys = own.map(|log| log.keys()).unwrap_or_default();
            let mut good = keys.into_iter().filter(|key| key.signer.is_some());
            return Ok(good.next().map_or(pinned, |key| key.key));
        }
        let Some(mirror) = self.inner.store.mirror(&row.origin).await? else {
            return Ok(pinned);
        };
        let state = LogState::decode(&mirror.state)?;
        let size = state.frontier().size();
        match state.keys().is_empty() || state.keys().stands(&pinned, size) {
            true => Ok(pinned),
            false => Ok(state.keys().log_keys(size).pop().unwrap_or(pinned)),
        }
    }

    /// Takes the next entries; gives how far the catalogue is then.
    async fn fold_bundle(&self, log: &LogRow, intake: &mut Intake<'_>, folded: i64) -> Result<i64, Fault> {
        let position = logs::signed(intake.size())?;
        let limit = i64::from(TILE_WIDTH).min(log.size - position);
        let entries = self.inner.store.entries_after(&log.origin, position, limit).await?;
        if entries.is_empty() {
            return Err(Fault::Internal(format!(
                "entry {} of the log `{}` is missing",
                position + 1,
                log.origin
            )));
        }
        let read = |row: &EntryRow| Entry::of_leaf(&row.leaf).with_body(open_body(row));
        let entries: Vec<Entry> = entries.iter().map(read).collect();
        for id in intake.unknown_in(&entries) {
            if let Some(chain) = self.chain_of(&log.origin, &id, position).await? {
                intake.recall(id, chain);
            }
        }
        let (mut changes, mut alarms) = (Vec::new(), Vec::new());
        for entry in entries {
            let taken = intake.take(entry);
            if let Err(reject) = &taken.verdict {
                tracing::warn!(log = log.origin, index = taken.index, %reject, "an entry is no record");
            }
            // What the catalogue holds already is only verified again.
            if logs::signed(taken.index)? >= folded {
                changes.extend(self.changes(&log.origin, &taken)?);
                alarms.extend(alarm_of(&taken).filter(|_| log.participant.is_none()));
            }
        }
        let reached = logs::signed(intake.size())?;
        if reached <= folded {
            return Ok(folded);
        }
        // Before they are folded: what is heard twice is kept once, what is never heard would be lost.
        for (record_id, body) in alarms {
            self.hear_alarm(&record_id, &body).await?;
        }
        let write = FoldWrite {
            origin: log.origin.clone(),
            expected_folded: folded,
            folded: reached,
            changes,
            at: self.now().unix_ms(),
        };
        match self.inner.store.fold(write).await? {
            true => Ok(reached),
            false => Err(Fault::Unavailable(format!(
                "the log `{}` is folded by somebody else",
                log.origin
            ))),
        }
    }

    /// What an entry comes to: rows of the catalogue, and what it says to a federation.
    fn changes(&self, origin: &str, taken: &Taken) -> Result<Vec<CatalogChange>, Fault> {
        let changes = catalog::apply(Kinds::built_in(), origin, taken);
        let mut changes: Vec<CatalogChange> = changes.into_iter().map(rows::change).collect::<Result<_, _>>()?;
        if let Some(act) = federation::act(origin, taken) {
            changes.push(act_change(&act)?);
            self.inner.circle.stale.store(true, Ordering::Relaxed);
        }
        Ok(changes)
    }

    /// The versions of a record up to the entry `verified`.
    async fn chain_of(&self, origin: &str, id: &RecordId, verified: i64) -> Result<Option<Chain>, Fault> {
        let store = &self.inner.store;
        let history = store.record_history(&id.to_string(), 0, VERSIONS).await?;
        let earlier = |row: &&StoredRecord| row.row.origin == origin && row.row.position <= verified;
        let mut chain: Option<Chain> = None;
        for row in history.iter().filter(earlier) {
            let entries = store.entries_after(origin, row.row.position - 1, 1).await?;
            let entry = entries.first().ok_or(Fault::NotFound)?;
            let record = Record::parse(&entry.leaf)?;
            let version = Version {
                number: record.header().version,
                leaf_hash: record.leaf_hash(),
                body_hash: record.header().body_hash,
            };
            let chain = chain.get_or_insert_with(|| Chain {
                kind: record.header().kind.clone(),
                versions: Vec::new(),
            });
            chain.versions.push(version);
        }
        Ok(chain)
    }
}

/// What a record says of another log.
fn alarm_of(taken: &Taken) -> Option<(String, Value)> {
    let accepted = taken.verdict.as_ref().ok()?;
    let header = accepted.record.header();
    match &accepted.body {
        BodyState::Here(body) if header.kind.as_str() == LOG_ALARM => {
            Some((header.id.to_string(), body.value().clone()))
        }
        _ => None,
    }
}

/// The body of an entry, if everybody may have it: the catalogue is the same on every node.
fn open_body(entry: &EntryRow) -> Option<&[u8]> {
    entry.body.as_deref().filter(|_| entry.salt.is_none())
}

fn untrue(origin: &str, why: &chapar_register::Distrust) -> Fault {
    Fault::Internal(format!(
        "the log `{origin}` as it is stored is not the one that was signed: {why}"
    ))
}
