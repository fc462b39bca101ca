//! What places of a log are held to have done: shown an older tree at the log's own address, given bytes that are not of the signed tree.
//!
//! It is kept from the first time on. Others are told once it persists: a cache, a backup that is being put right and a line that breaks
//! look the same for a moment. It is cleared when the place does what it should, by the very thing that it did wrong.

use super::obstacle::{Evidence, Halt, Obstacle};
use super::place::Place;
use super::watch::Keeper;
use crate::alarms::{self, ASSERTED};
use crate::{Fault, Runtime};
use chapar_register::{Alarm, AlarmKind};
use chapar_tlog::{ENTRY_BUNDLE_BYTES, HASH_BYTES, Level, Resource, TILE_WIDTH, TileId};
use std::collections::BTreeMap;

/// Looks in a row after which others are told.
const PERSISTS: u32 = 3;

/// What a place is held to have done.
pub(super) struct Suspicion {
    alarm: Alarm,
    /// How many looks in a row saw it.
    looks: u32,
}

/// What an earlier run left.
///
/// # Errors
/// The store does not answer; try again later.
pub(super) async fn stored(runtime: &Runtime, origin: &str) -> Result<BTreeMap<String, Suspicion>, Fault> {
    let rows = runtime.inner.store.alarms_of(origin).await?;
    let open = rows
        .into_iter()
        .filter(|row| row.told_by.is_none() && row.cleared_at.is_none());
    let read = |body: &str| Alarm::parse(&serde_json::from_str(body).unwrap_or_default()).ok();
    let suspicion = |row: chapar_store::AlarmRow| {
        let alarm = read(&row.body).filter(|alarm| alarm.place.is_some())?;
        let looks = u32::from(row.is_due || row.record_id.is_some()) * PERSISTS;
        Some((row.id, Suspicion { alarm, looks }))
    };
    Ok(open.filter_map(suspicion).collect())
}

impl Keeper {
    /// Keeps what a place did, if it is more than an accident.
    pub(super) async fn suspect(&mut self, address: &str, obstacle: &Obstacle) {
        let Some(evidence) = &obstacle.evidence else { return };
        if let Err(fault) = self.keep_suspicion(address, evidence).await {
            tracing::error!(log = %self.mirror.origin, place = address, %fault, "what a place did could not be written");
        }
    }

    async fn keep_suspicion(&mut self, address: &str, evidence: &Evidence) -> Result<(), Fault> {
        let newest = evidence.notes.last();
        let alarm = Alarm {
            kind: evidence.kind,
            vkey: newest.map_or_else(|| self.mirror.pinned.clone(), |note| self.signer_of(note)),
            notes: evidence.notes.clone(),
            prefix: None,
            place: Some(address.to_owned()),
            resource: evidence.resource.clone(),
            seen_at: self.runtime.now(),
        };
        let id = alarm.id().hex();
        let looks = self
            .suspicions
            .get(&id)
            .map_or(1, |known| known.looks.saturating_add(1));
        if looks == 1 {
            tracing::error!(log = %self.mirror.origin, place = address, alarm = %alarm.kind, "a place of a mirrored log does what no honest place does: it is kept");
        }
        let is_due = looks >= PERSISTS;
        let store = &self.runtime.inner.store;
        store.keep_alarm(alarms::seen_here(&alarm, ASSERTED, is_due)?).await?;
        if is_due {
            self.runtime.inner.alarms.ring();
        }
        self.suspicions.insert(id, Suspicion { alarm, looks });
        Ok(())
    }

    /// Clears what a place was held to have done and does no more.
    pub(super) async fn absolve(&mut self, place: &Place<'_>) -> Result<(), Halt> {
        let of_place = |known: &&Suspicion| known.alarm.place.as_deref() == Some(place.address);
        let open: Vec<Alarm> = self
            .suspicions
            .values()
            .filter(of_place)
            .map(|known| known.alarm.clone())
            .collect();
        for alarm in open {
            let id = alarm.id().hex();
            if !self.is_mended(place, &alarm).await? {
                continue;
            }
            self.runtime
                .inner
                .store
                .clear_alarm(&id, self.runtime.now().unix_ms())
                .await?;
            self.suspicions.remove(&id);
            tracing::info!(log = %self.mirror.origin, place = place.address, alarm = %alarm.kind, "a place of a mirrored log does again what it should");
        }
        Ok(())
    }

    async fn is_mended(&self, place: &Place<'_>, alarm: &Alarm) -> Result<bool, Halt> {
        let held = self.held.edge.size();
        let signed = alarm.notes.iter().map(|note| note.checkpoint().size).max();
        if signed.is_none_or(|size| size > held) {
            return Ok(false);
        }
        match (alarm.kind, &alarm.resource) {
            (AlarmKind::WrongTile, Some((path, _))) => self.is_given_rightly(place, path).await,
            _ => Ok(true),
        }
    }

    /// Whether a place gives what it gave wrongly before, as wide as the tree has it now.
    async fn is_given_rightly(&self, place: &Place<'_>, path: &str) -> Result<bool, Halt> {
        let Ok(Resource::Tile(id)) = Resource::parse(path) else {
            return Ok(false);
        };
        let (row, limit) = match id.level() {
            Level::Hashes(level) => (level, usize::from(TILE_WIDTH) * HASH_BYTES),
            Level::Entries | Level::Bodies => (0, ENTRY_BUNDLE_BYTES),
        };
        let Some(width) = width(self.held.edge.size(), row, id.index()) else {
            return Ok(false);
        };
        let id = TileId::new(id.level(), id.index(), width).map_err(Fault::from)?;
        let ours = self.tree.tiles.read(&id.path()).await?;
        let theirs = place.tile(id, limit).await?;
        Ok(ours.zip(theirs).is_some_and(|(ours, theirs)| theirs.starts_with(&ours)))
    }
}

/// How many hashes a tile has in a tree of this size; none where the tree has not come so far.
fn width(size: u64, level: u8, index: u64) -> Option<u16> {
    let row = size.checked_shr(8 * u32::from(level)).unwrap_or_default();
    let left = row.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
    u16::try_from(left.min(u64::from(TILE_WIDTH)))
        .ok()
        .filter(|width| *width > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_as_wide_as_its_row() {
        for (size, level, index, expected) in [
            (7, 0, 0, Some(7)),
            (256, 0, 0, Some(256)),
            (256, 0, 1, None),
            (300, 0, 1, Some(44)),
            (300, 1, 0, Some(1)),
            (200, 1, 0, None),
            (u64::MAX, 8, 0, None),
            (7, 0, u64::MAX, None),
        ] {
            assert_eq!(width(size, level, index), expected, "{size} {level} {index}");
        }
    }
}
