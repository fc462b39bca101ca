//! The task that folds: each log is verified from where it was verified last, and what its entries come to is written
//! a few bundles at a time.

use super::{chains, rows};
use crate::federation::act_change;
use crate::logs::{self, REGISTER};
use crate::{Fault, Runtime};
use chapar_register::folds::{REVISION, catalog, federation};
use chapar_register::{Ahead, BodyState, Entry, Intake, Keys, Kinds, LOG_ALARM, LogState, RecordId, Seen, Taken};
use chapar_store::{CatalogChange, EntryRow, FoldWrite, LogRow};
use chapar_terms::ParticipantId;
use chapar_tlog::{SignedCheckpoint, TILE_WIDTH, VerifierKey};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Pause after a fault, before the log is tried again.
const PAUSE: Duration = Duration::from_secs(30);
/// Versions of one record that are recalled when another one comes. A record with more is not continued in the catalogue.
const VERSIONS: i64 = 10_000;
/// Bundles that are written at once: others wait meanwhile.
const BATCH_BUNDLES: usize = 4;

/// What some entries come to.
struct Batch {
    changes: Vec<CatalogChange>,
    /// Records that say something of another log: ids and bodies.
    alarms: Vec<(String, Value)>,
    /// Entries of the log up to their end.
    reached: i64,
}

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
            self.inner.folds.forget(&log.origin);
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
        let mut ready = None;
        loop {
            let keys = Arc::new(intake.state().keys().clone());
            let reading = self.read_batch(&row, intake.size(), &keys);
            // While a batch is written the next one is read and looked at.
            let (read, written) = tokio::join!(reading, self.write_batch(&row, &mut folded, ready.take()));
            written?;
            // What was taken is in the catalogue, and recalled from there.
            intake.forget();
            let read = read?;
            if read.is_empty() {
                break;
            }
            ready = self.take_batch(&row, &mut intake, read, folded).await?;
        }
        self.inner.folds.forget(origin);
        let state = intake.finish().map_err(|why| untrue(origin, &why))?;
        self.inner.store.save_fold_state(origin, state.encode()).await?;
        Ok(())
    }

    /// Where verification goes on. What cannot be read is made again.
    pub(crate) async fn fold_state(&self, row: &LogRow) -> Result<LogState, Fault> {
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

    /// The next entries, read by all hands and looked at ahead of their turn; none where nothing is left.
    async fn read_batch(&self, log: &LogRow, from: u64, keys: &Arc<Keys>) -> Result<Vec<Entry>, Fault> {
        let (mut begun, mut next) = (Vec::new(), from);
        while begun.len() < BATCH_BUNDLES && logs::signed(next)? < log.size {
            let position = logs::signed(next)?;
            // To the end of a bundle, as mirrors take them.
            let width = u64::from(TILE_WIDTH);
            let limit = logs::signed(width - next % width)?.min(log.size - position);
            let rows = self.inner.store.entries_after(&log.origin, position, limit).await?;
            if rows.is_empty() {
                return Err(Fault::Internal(format!(
                    "entry {} of the log `{}` is missing",
                    position + 1,
                    log.origin
                )));
            }
            let first = next;
            next += u64::try_from(rows.len()).unwrap_or_default();
            let (seen, suite) = (self.inner.folds.seen(&log.origin, first), Arc::clone(&self.inner.suite));
            let keys = Arc::clone(keys);
            begun.push(self.inner.hands.begin(move || {
                let ahead = Ahead {
                    kinds: Kinds::built_in(),
                    suite: suite.as_ref(),
                    keys: &keys,
                };
                look(ahead, first, &rows, seen)
            }));
        }
        let mut read = Vec::new();
        for one in begun {
            read.extend(one.done().await?);
        }
        Ok(read)
    }

    /// Takes entries; what they come to, unless the catalogue holds it already.
    async fn take_batch(
        &self,
        log: &LogRow,
        intake: &mut Intake<'_>,
        entries: Vec<Entry>,
        folded: i64,
    ) -> Result<Option<Batch>, Fault> {
        self.recall_versions(log, intake, &entries).await?;
        let mut taken = Vec::with_capacity(entries.len());
        for entry in entries {
            let one = intake.take(entry);
            if let Err(reject) = &one.verdict {
                tracing::warn!(log = log.origin, index = one.index, %reject, "an entry is no record");
            }
            // What the catalogue holds already is only verified again.
            if logs::signed(one.index)? >= folded {
                taken.push(one);
            }
        }
        if taken.is_empty() {
            return Ok(None);
        }
        let alarms = taken.iter().filter(|_| log.participant.is_none()).filter_map(alarm_of);
        Ok(Some(Batch {
            alarms: alarms.collect(),
            changes: self.changes(&log.origin, taken).await?,
            reached: logs::signed(intake.size())?,
        }))
    }

    async fn recall_versions(&self, log: &LogRow, intake: &mut Intake<'_>, entries: &[Entry]) -> Result<(), Fault> {
        let names: Vec<String> = intake.unknown_in(entries).iter().map(RecordId::to_string).collect();
        let place = (log.origin.as_str(), logs::signed(intake.size())?);
        let rows = self.inner.store.folded_versions(place, &names, VERSIONS).await?;
        for (id, chain) in chains(&rows)? {
            intake.recall(id, chain);
        }
        Ok(())
    }

    /// Writes what entries came to, if there is anything, and says how far the catalogue is then.
    async fn write_batch(&self, log: &LogRow, folded: &mut i64, batch: Option<Batch>) -> Result<(), Fault> {
        let Some(batch) = batch else { return Ok(()) };
        // Before they are folded: what is heard twice is kept once, what is never heard would be lost.
        for (record_id, body) in batch.alarms {
            self.hear_alarm(&record_id, &body).await?;
        }
        let write = FoldWrite {
            origin: log.origin.clone(),
            expected_folded: *folded,
            folded: batch.reached,
            changes: batch.changes,
            at: self.now().unix_ms(),
        };
        if !self.inner.store.fold(write).await? {
            return Err(Fault::Unavailable(format!(
                "the log `{}` is folded by somebody else",
                log.origin
            )));
        }
        *folded = batch.reached;
        Ok(())
    }

    /// What entries come to, worked out by all hands: rows of the catalogue, and what is said to a federation.
    async fn changes(&self, origin: &str, taken: Vec<Taken>) -> Result<Vec<CatalogChange>, Fault> {
        let (mut begun, mut rest) = (Vec::new(), taken.into_iter().peekable());
        while rest.peek().is_some() {
            let part: Vec<Taken> = rest.by_ref().take(usize::from(TILE_WIDTH)).collect();
            let origin = origin.to_owned();
            begun.push(self.inner.hands.begin(move || changes_of(&origin, &part)));
        }
        let mut changes = Vec::new();
        for one in begun {
            changes.extend(one.done().await??);
        }
        if changes.iter().any(|change| matches!(change, CatalogChange::Act(_))) {
            self.inner.circle.stale.store(true, Ordering::Relaxed);
        }
        Ok(changes)
    }
}

fn changes_of(origin: &str, taken: &[Taken]) -> Result<Vec<CatalogChange>, Fault> {
    let mut changes = Vec::new();
    for one in taken {
        for change in catalog::apply(Kinds::built_in(), origin, one) {
            changes.push(rows::change(change)?);
        }
        if let Some(act) = federation::act(origin, one) {
            changes.push(act_change(&act)?);
        }
    }
    Ok(changes)
}

/// Reads entries, and finds of them what there is to be found before it is their turn and was not seen already.
fn look(ahead: Ahead<'_>, first: u64, rows: &[EntryRow], seen: Option<Seen>) -> Vec<Entry> {
    let read = |row: &EntryRow| Entry::of_leaf(&row.leaf).with_body(open_body(row));
    let mut entries: Vec<Entry> = rows.iter().map(read).collect();
    if let Some(seen) = seen {
        seen.vouch(&mut entries);
    }
    let looked = entries.into_iter().zip(first..);
    looked.map(|(entry, index)| ahead.look(index, entry)).collect()
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
