//! An invented log in a folder, and what is said of it.

#![allow(dead_code, reason = "each test takes its part")]

#[path = "../../../../core/register/tests/log/mod.rs"]
pub mod log;

use chapar_suite_international::International;
use chapar_terms::Algorithm;
use chapar_tlog::{Level, RightEdge, SignedCheckpoint, Tile, encode_bodies, encode_entries, leaf_hash, tiles_of_row};
use chapar_verify::{Demands, Folder, Said, Source, Unreadable, verify_log};
use log::{Key, Log};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that is gone with the test.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("chapar-verify-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A log whose first entry lists one key of each sort.
pub fn begin() -> (Log, Key, Key) {
    let (log_key, key) = (Key::log(), Key::record("k1", Algorithm::Ed25519));
    let log = Log::begin(&[log_key.listed(), key.listed()], &log_key, &key);
    (log, log_key, key)
}

/// Writes the log as C2SP tlog-tiles lays it out, with this checkpoint.
pub fn write(log: &Log, checkpoint: &SignedCheckpoint) -> Scratch {
    let folder = Scratch::new();
    let leaves: Vec<&[u8]> = log.entries.iter().map(|(leaf, _)| leaf.as_slice()).collect();
    let bodies: Vec<_> = log.entries.iter().map(|(_, body)| body.as_deref()).collect();
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    let mut tiles = RightEdge::empty().grow(&hashes);
    let size = leaves.len() as u64;
    for (id, (leaves, bodies)) in tiles_of_row(Level::Entries, 0, size).zip(leaves.chunks(256).zip(bodies.chunks(256)))
    {
        let beside = chapar_tlog::TileId::new(Level::Bodies, id.index(), id.width()).unwrap();
        tiles.push(Tile {
            id,
            bytes: encode_entries(leaves).unwrap(),
        });
        tiles.push(Tile {
            id: beside,
            bytes: encode_bodies(bodies).unwrap(),
        });
    }
    for tile in tiles {
        put(&folder.0, &tile.id.path(), &tile.bytes);
    }
    put(&folder.0, "checkpoint", checkpoint.render().as_bytes());
    folder
}

pub fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let place = folder.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

pub fn pinned(key: &Key) -> Demands {
    Demands {
        vkeys: vec![key.vkey()],
        ..Demands::default()
    }
}

pub fn verify(folder: &Path, demands: &Demands) -> Result<Said, Unreadable> {
    let source = Source::Folder(Folder::new(folder));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(verify_log(&International, &source, demands, &|_, _| {}))
}

/// The codes of what is not as it should be, in order and each once: what is broken, and what is needed and unknown.
pub fn faults(said: &Said) -> Vec<&'static str> {
    use chapar_register::{Standing, Weight};
    let is_fault = |one: &&chapar_register::Statement| match one.standing {
        Standing::Broken => true,
        Standing::Unknown => one.weight == Weight::Needed,
        Standing::Proven | Standing::Asserted => false,
    };
    let said = said.report.statements().iter().filter(is_fault);
    let mut codes: Vec<_> = said.map(|one| one.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The faults of the entries that are no records, with their places.
pub fn rejected(said: &Said) -> Vec<(String, String)> {
    let said = said
        .report
        .statements()
        .iter()
        .filter(|one| one.code == "record-rejected");
    said.map(|one| (one.parameters["index"].clone(), one.parameters["fault"].clone()))
        .collect()
}
