//! The disk of a node, as a value: the rows of its database and the files of its trees, and what of them a power cut takes.
//!
//! A model of `edge/store`. A transaction is durable as a whole once it is over. A file is there at once, and its name outlives a power cut
//! only when the folder it lies in was synced after: until then the file is *fresh*. The database and the files fail as plans say.

use super::house::Row;
use super::view::View;
use crate::Violation;
use crate::prng::Die;
use chapar_register::{Chain, KindName, RecordId, Version};
use chapar_terms::Instant;
use chapar_tlog::{Level, SignedCheckpoint, Tile, TileId};
use std::collections::{BTreeMap, BTreeSet};

/// All that a node has which outlives a power cut.
pub(crate) struct Disk {
    /// The own log and the mirrored ones, by whose they are.
    pub logs: Row<Log>,
    pub files: Row<Files>,
    pub view: View,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub leaf: Vec<u8>,
    pub body: Option<Vec<u8>>,
    /// Whether everybody may have the body.
    pub is_open: bool,
}

/// A record that was found in a mirrored log.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    pub position: u64,
    pub id: RecordId,
    pub kind: KindName,
    pub version: Version,
}

/// The rows of one log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub entries: Vec<Entry>,
    /// Entries under the published checkpoint.
    pub size: u64,
    pub checkpoint: Option<SignedCheckpoint>,
    /// How far the catalogue is, and the state of its verification there.
    pub folded: u64,
    pub fold_state: Option<Vec<u8>>,
    /// Of a mirror: what is verified, up to the published size and behind it.
    pub state: Vec<u8>,
    pub staged: Option<Vec<u8>>,
    pub seen: Option<SignedCheckpoint>,
    pub noted: Vec<Noted>,
    pub caught: Option<Caught>,
    /// Of the witness: what it cosigned last, and when.
    pub cosigned: Option<(SignedCheckpoint, Instant)>,
}

/// The notes that prove that a log lied.
#[derive(Clone, Debug)]
pub(crate) struct Caught {
    pub older: SignedCheckpoint,
    pub newer: SignedCheckpoint,
}

impl Log {
    /// The versions of a record that were found so far.
    pub fn chain(&self, id: &RecordId) -> Option<Chain> {
        let mut found = self.noted.iter().filter(|noted| noted.id == *id).peekable();
        let kind = found.peek()?.kind.clone();
        Some(Chain {
            kind,
            versions: found.map(|noted| noted.version).collect(),
        })
    }

    /// Drops what is staged.
    pub fn drop_staged(&mut self) {
        let size = self.size;
        self.entries.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        self.noted.retain(|noted| noted.position <= size);
        self.staged = None;
    }
}

/// The files of one tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    there: BTreeMap<TileId, Vec<u8>>,
    fresh: BTreeSet<TileId>,
}

/// A folder of files: the row, the place, and whether it is the one of partial tiles there.
type Folder = (Level, u64, bool);
/// Folders that are to be synced.
pub(crate) type Folders = BTreeSet<Folder>;

/// Files lie with the others of their thousand, partial ones in a folder of their own.
const fn folder_of(id: TileId) -> Folder {
    match id.is_full() {
        true => (id.level(), id.index() / 1_000, false),
        false => (id.level(), id.index(), true),
    }
}

impl Files {
    /// A file; none when it is not there.
    pub fn get(&self, id: TileId) -> Option<Vec<u8>> {
        self.there.get(&id).cloned()
    }

    /// The file of a tile, or the full one in its place.
    pub fn get_or_full(&self, id: TileId) -> Option<Vec<u8>> {
        self.get(id).or_else(|| self.get(id.full()))
    }

    /// Puts files in their order, `room` of them at most; gives the folders that are to be synced, and whether all are there.
    pub fn put(&mut self, tiles: &[Tile], room: usize) -> Result<(Folders, bool), Violation> {
        let mut touched = BTreeSet::new();
        for tile in tiles.iter().take(room) {
            match self.there.get(&tile.id) {
                Some(there) if *there == tile.bytes => {}
                Some(_) => return Err(Violation(format!("`{}` has other bytes already", tile.id.path()))),
                None => {
                    self.there.insert(tile.id, tile.bytes.clone());
                    self.fresh.insert(tile.id);
                }
            }
            // A file of an earlier try may be there that no sync has covered.
            touched.insert(folder_of(tile.id));
        }
        Ok((touched, tiles.len() <= room))
    }

    /// Makes the names in these folders durable.
    pub fn sync(&mut self, folders: &Folders) {
        self.fresh.retain(|id| !folders.contains(&folder_of(*id)));
    }

    /// Takes away the partial tiles beside a full one.
    pub fn drop_partial(&mut self, full: TileId) {
        let stays = |id: &TileId| id.is_full() || id.level() != full.level() || id.index() != full.index();
        self.there.retain(|id, _| stays(id));
        self.fresh.retain(stays);
    }

    /// A power cut: of what is not synced, some is there afterwards and some is not.
    pub fn lose_fresh(&mut self, die: &mut Die) {
        for id in std::mem::take(&mut self.fresh) {
            if die.chance(50) {
                self.there.remove(&id);
            }
        }
    }
}

/// A write that did not come back well. What it should have written may be there all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// It failed.
    Failed,
    /// The power went.
    PowerCut,
}
