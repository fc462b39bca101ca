//! A foreign log as files, and a place that shows it: signed records of one owner, by the crates of the house that know logs and records.
//! No node makes it, so that a million of them are there within minutes.

use super::words::{Numbers, Tongue};
use chapar_conformance::wire::{Response, Server};
use chapar_register::{Draft, Issue, KeyUse, KindName, Kinds, ListedKey, LogId, Visibility, key_set_body};
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Digest, Instant, ParticipantId, Salt, Signer};
use chapar_tlog::{
    Checkpoint, KeyName, Level, NoteSigner, Origin, RightEdge, SignatureType, SignedCheckpoint, VerifierKey,
    encode_bodies, grown, tiles_of_row,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ORIGIN: &str = "foreign.example/bench/log";
const OWNER: &str = "did:web:foreign.example:bench";
/// When the first record was issued; each next one is this much later.
const EPOCH_MS: i64 = 1_700_000_000_000;
const STEP_MS: i64 = 40_000;
/// Entries of a bundle.
const BUNDLE: u64 = 256;
/// Records made at a time: whole bundles, for each processor some.
const AT_A_TIME: u64 = 32 * BUNDLE;
const STATES: [&str; 10] = ["BY", "IN", "IR", "KZ", "CN", "KG", "PK", "RU", "TJ", "UZ"];
const THEMES: [&str; 6] = ["AGRI", "ECON", "EDUC", "ENVI", "HEAL", "TRAN"];
const NOTICES: [&str; 3] = ["outage", "addendum", "other"];

/// The files of a log, and who shows them.
pub struct Foreign {
    folder: PathBuf,
    server: Server,
    /// The key that a mirror pins.
    pub vkey: String,
    /// Entries.
    pub size: u64,
}

struct Author {
    records: MemorySigner,
    log: MemorySigner,
    vkey: VerifierKey,
}

impl Foreign {
    /// Writes a log of so many records below `parent`, and shows it.
    pub fn write(parent: &Path, records: u64) -> Self {
        let folder = parent.join(format!("foreign-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let author = Author::new();
        author.write(&folder, records);
        let shown = folder.clone();
        let server = Server::start(Arc::new(move |request| Some(file(&shown, &request.path))));
        Self {
            folder,
            server: server.expect("a port can be had"),
            vkey: author.vkey.render(),
            size: records + 1,
        }
    }

    /// The body of `POST /mirrors`.
    pub fn wanted(&self) -> Value {
        json!({ "address": self.server.url(), "vkey": self.vkey, "owner": OWNER })
    }

    /// The hashes of its tiles of level 0, tile by tile.
    pub fn tiles(&self) -> impl Iterator<Item = Vec<u8>> {
        tiles_of_row(Level::Hashes(0), 0, self.size)
            .map(|id| fs::read(self.folder.join(id.path())).expect("a tile is there"))
    }

    /// The root that its checkpoint names.
    pub fn root(&self) -> Digest {
        let note = fs::read(self.folder.join("checkpoint")).expect("a checkpoint is there");
        SignedCheckpoint::parse(&note)
            .expect("it can be read")
            .checkpoint()
            .root
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn file(folder: &Path, path: &str) -> Response {
    let found = fs::read(folder.join(path.trim_start_matches('/')));
    Response {
        status: if found.is_ok() { 200 } else { 404 },
        headers: Vec::new(),
        body: found.unwrap_or_default(),
    }
}

impl Author {
    fn new() -> Self {
        let key = || generate(Algorithm::Ed25519).expect("a key can be made").0;
        let (records, log) = (key(), key());
        let name = KeyName::parse(ORIGIN).expect("a name of a key");
        let vkey = NoteSigner::new(name, SignatureType::ED25519, &log).expect("a signer of notes");
        let vkey = vkey.verifier_key().clone();
        Self { records, log, vkey }
    }

    fn write(&self, folder: &Path, records: u64) {
        let mut edge = RightEdge::empty();
        let size = records + 1;
        while edge.size() < size {
            let upto = size.min(edge.size() + AT_A_TIME);
            let made = self.made(edge.size(), upto);
            for (id, made) in tiles_of_row(Level::Bodies, edge.size(), upto).zip(made.chunks(BUNDLE as usize)) {
                let bodies: Vec<_> = made.iter().map(|(_, body)| Some(body)).collect();
                put(folder, &id.path(), &encode_bodies(&bodies).expect("bodies fit"));
            }
            let leaves: Vec<Vec<u8>> = made.into_iter().map(|(leaf, _)| leaf).collect();
            let (next, tiles) = grown(&edge, &leaves).expect("leaves fit").expect("there are some");
            for tile in tiles {
                put(folder, &tile.id.path(), &tile.bytes);
            }
            edge = next;
        }
        let origin = Origin::parse(ORIGIN).expect("an origin");
        let mut signed = SignedCheckpoint::new(Checkpoint::new(origin, size, edge.root())).expect("a checkpoint");
        let name = KeyName::parse(ORIGIN).expect("a name of a key");
        let signer = NoteSigner::new(name, SignatureType::ED25519, &self.log).expect("a signer of notes");
        let line = signer.sign(signed.note().text(), Instant::from_unix_ms(EPOCH_MS));
        signed.add(line.expect("it signs"));
        put(folder, "checkpoint", signed.render().as_bytes());
    }

    /// Entries with their bodies, by all processors.
    fn made(&self, from: u64, upto: u64) -> Vec<(Vec<u8>, Vec<u8>)> {
        let hands = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        let share = (upto - from).div_ceil(hands);
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..hands)
                .map(|hand| {
                    let (first, last) = (from + hand * share, upto.min(from + (hand + 1) * share));
                    scope.spawn(move || (first..last).map(|index| self.entry(index)).collect::<Vec<_>>())
                })
                .collect();
            all.into_iter()
                .flat_map(|one| one.join().expect("records can be made"))
                .collect()
        })
    }

    fn entry(&self, index: u64) -> (Vec<u8>, Vec<u8>) {
        let at = Instant::from_unix_ms(EPOCH_MS + index as i64 * STEP_MS);
        let (kind, local, body) = match index {
            0 => (
                "key-set",
                "keys".to_owned(),
                key_set_body(&self.listed(at)).expect("keys can be listed"),
            ),
            _ => record(index),
        };
        let draft = Draft {
            kind: KindName::parse(kind).expect("a kind"),
            local,
            version: 1,
            previous: None,
            valid: None,
            mandate: None,
            authentic: BTreeSet::new(),
            visibility: Visibility::Open,
            links: Vec::new(),
            body,
        };
        let issue = Issue {
            issuer: ParticipantId::parse(OWNER).expect("an id"),
            log: LogId::of_vkey(&self.vkey.render()),
            at,
            salt: Salt::from_bytes([7; 32]),
        };
        let unsigned = draft
            .check(Kinds::built_in(), issue)
            .unwrap_or_else(|findings| panic!("{findings:?}"));
        let record = unsigned.sign(&self.records, &key_id()).expect("it signs");
        (record.leaf().to_vec(), unsigned.body().bytes().to_vec())
    }

    fn listed(&self, at: Instant) -> [ListedKey; 2] {
        let listed = |id: &str, key| ListedKey {
            id: id.to_owned(),
            key,
            valid_from: at,
            revoked: None,
        };
        [
            listed(&self.vkey.render(), KeyUse::Log(self.vkey.clone())),
            listed(&key_id(), KeyUse::Record(self.records.public_key().clone())),
        ]
    }
}

fn key_id() -> String {
    format!("{OWNER}#record")
}

/// Three datasets and a notice, and so on.
fn record(index: u64) -> (&'static str, String, Value) {
    let mut numbers = Numbers(index);
    let title = texts(&mut numbers, 5);
    let state = STATES[numbers.below(10) as usize];
    match index % 4 {
        0 => {
            let body = json!({
                "title": title,
                "description": texts(&mut numbers, 10),
                "noticeType": NOTICES[numbers.below(3) as usize],
                "notifiedBy": { "name": { "en": "Operator (sample)" } },
                "notifyingState": [state],
            });
            ("notice", format!("notice-{index}"), body)
        }
        _ => {
            let theme = THEMES[numbers.below(6) as usize];
            let body = json!({
                "title": title,
                "description": texts(&mut numbers, 10),
                "publisher": { "name": { "en": "Agency (sample)" } },
                "theme": [format!("http://publications.europa.eu/resource/authority/data-theme/{theme}")],
                "spatial": [state],
            });
            ("dataset", format!("dataset-{index}"), body)
        }
    }
}

/// In two of the three languages.
fn texts(numbers: &mut Numbers, count: usize) -> Value {
    let first = numbers.below(3) as usize;
    let names = ["ru", "en", "zh"];
    let text = |at: usize, numbers: &mut Numbers| (names[at].to_owned(), Tongue::ALL[at].text(numbers, count).into());
    let members = [text(first, numbers), text((first + 1) % 3, numbers)];
    Value::Object(members.into_iter().collect())
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder can be made");
    fs::write(file, bytes).expect("a file can be written");
}
