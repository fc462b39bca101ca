//! An own log taken back from those who mirror it, in the way in which a foreign log is taken: judged, proved bundle by bundle, staged.
//!
//! It lies under a name that no log can have, so that nothing of the log itself is touched, and it goes on where it was cut off.

use super::book::{Mirror, NewMirror, Standing};
use super::obstacle::Halt;
use super::watch::Keeper;
use crate::desk::written;
use crate::logs::published;
use crate::{Fault, Runtime};
use chapar_register::LogState;
use chapar_store::{LogRow, LogState as Row, MirrorRow, RETRIEVED};
use chapar_terms::ParticipantId;
use chapar_tlog::{Origin, SignedCheckpoint, VerifierKey};
use std::sync::Arc;

/// What was taken back.
pub(crate) enum Retrieved {
    /// At least as many entries as were asked for, under a checkpoint of the log.
    Whole(Box<SignedCheckpoint>),
    /// Fewer.
    Short {
        size: u64,
        /// What was in the way, place by place.
        obstacles: Vec<String>,
    },
}

/// Where the entries of an own log lie while they are taken back. A space stands in no name of a key, so no log is called so.
pub(crate) fn stored_as(origin: &str) -> String {
    format!("{RETRIEVED} {origin}")
}

impl Runtime {
    /// Takes back at least `size` entries of an own log, from one place after the other.
    pub(crate) async fn retrieve(&self, log: &LogRow, places: &[String], size: u64) -> Result<Retrieved, Fault> {
        let origin = stored_as(&log.origin);
        if self.inner.store.mirror(&origin).await?.is_none() {
            self.begin_to_retrieve(log, &origin).await?;
        }
        let mut keeper = match self.keeper_of(&origin).await {
            Ok(keeper) => keeper,
            Err(fault) => {
                // It is begun anew: nothing of it was the log's yet.
                self.inner.store.remove_mirror(&origin).await?;
                return Err(fault);
            }
        };
        let mut obstacles = Vec::new();
        for place in places {
            if keeper.size() >= size {
                break;
            }
            match keeper.look_at(place).await {
                Ok(()) => {}
                Err(Halt::Place(obstacle)) => obstacles.push(format!("{}: {}", obstacle.code, obstacle.why)),
                Err(Halt::Log(caught)) => obstacles.push(format!("{}: {}", caught.code(), caught.why())),
                Err(Halt::Ours(fault)) => return Err(fault),
            }
        }
        Ok(match keeper.into_published() {
            Some(note) if note.checkpoint().size >= size => Retrieved::Whole(Box::new(note)),
            note => Retrieved::Short {
                size: note.map_or(0, |note| note.checkpoint().size),
                obstacles,
            },
        })
    }

    async fn keeper_of(&self, origin: &str) -> Result<Keeper, Fault> {
        let store = &self.inner.store;
        let log = store.log(origin).await?.ok_or(Fault::NotFound)?;
        let row = store.mirror(origin).await?.ok_or(Fault::NotFound)?;
        let mirror = Mirror::new(NewMirror {
            origin: Origin::parse(origin)?,
            owner: log.owner.clone(),
            pinned: VerifierKey::parse(&log.vkey)?,
            address: String::new(),
            places: Vec::new(),
            published: published(&log)?,
            standing: Standing::default(),
        });
        Keeper::load(self, Arc::new(mirror), &log, &row).await
    }

    async fn begin_to_retrieve(&self, log: &LogRow, origin: &str) -> Result<(), Fault> {
        let state = LogState::pinned(ParticipantId::parse(&log.owner)?, VerifierKey::parse(&log.vkey)?);
        let row = MirrorRow {
            origin: origin.to_owned(),
            address: String::new(),
            places: "[]".to_owned(),
            state: state.encode(),
            staged: None,
            seen: None,
            checked_at: None,
            caught: None,
        };
        let log = LogRow {
            origin: origin.to_owned(),
            participant: None,
            kind: RETRIEVED.to_owned(),
            state: Row::Open,
            config: "{}".to_owned(),
            size: 0,
            folded: 0,
            checkpoint: None,
            published_at: None,
            created_at: self.now().unix_ms(),
            ..log.clone()
        };
        written(self.inner.store.add_mirror(log, row).await?)
    }
}
