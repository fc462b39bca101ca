//! The mirrors that are kept here, what people are told of each, and how they are woken.

use super::obstacle::Obstacle;
use super::turns::Turns;
use crate::logs::Published;
use crate::succession::Successor;
use chapar_register::LogId;
use chapar_terms::{Digest, Instant};
use chapar_tlog::{Origin, VerifierKey};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::{Notify, oneshot, watch};

/// A foreign log that is kept here.
pub(crate) struct Mirror {
    pub origin: Origin,
    /// Participant id of its owner.
    pub owner: String,
    /// The key that the operator pinned.
    pub pinned: VerifierKey,
    /// Where the log itself is published.
    pub address: String,
    /// Where else it may be had.
    pub places: Vec<String>,
    /// Rung when somebody says that it grew.
    pub bell: Notify,
    /// Whether a person waits for the look that the bell asks for.
    pub is_hurried: AtomicBool,
    /// Set when it is to be removed.
    pub gone: AtomicBool,
    /// How many looks were ended.
    pub looks: watch::Sender<u64>,
    /// What is out.
    pub published: watch::Sender<Option<Published>>,
    /// Held while it is looked at, so that it can be removed in peace.
    pub turn: tokio::sync::Mutex<()>,
    standing: Mutex<Standing>,
    /// What somebody carried here, to be taken at the next look.
    carried: Mutex<VecDeque<Carried>>,
}

/// A copy of the log in a folder of this machine.
pub(super) struct Carried {
    pub folder: String,
    /// When it was copied from the log, as whoever carried it says.
    pub checked_at: Option<Instant>,
    /// Told why nothing more of it is taken.
    pub done: oneshot::Sender<Option<Obstacle>>,
}

/// How it goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// When the log last answered that what is known is its newest, at its own address or as a mirror of it says.
    pub checked_at: Option<Instant>,
    /// Entries of the newest checkpoint that was seen.
    pub seen: u64,
    /// Its name in the ids of records, which comes from its first key; not known before that.
    pub log: Option<LogId>,
    /// What was in the way at the last look, where, and when.
    pub obstacle: Option<(String, Obstacle, Instant)>,
    /// How it was caught.
    pub caught: Option<Value>,
    /// What goes on in its place, once it has ended.
    pub ended: Option<Successor>,
}

impl Standing {
    /// Whether nothing more of it is taken.
    pub(crate) const fn is_over(&self) -> bool {
        self.caught.is_some() || self.ended.is_some()
    }

    /// Its word.
    pub(crate) const fn word(&self) -> &'static str {
        match (&self.caught, &self.ended) {
            (Some(_), _) => "caught",
            (None, Some(_)) => "discontinued",
            (None, None) => "open",
        }
    }
}

/// A mirror as it begins.
pub(super) struct NewMirror {
    pub origin: Origin,
    pub owner: String,
    pub pinned: VerifierKey,
    pub address: String,
    pub places: Vec<String>,
    pub published: Option<Published>,
    pub standing: Standing,
}

impl Mirror {
    pub(super) fn new(new: NewMirror) -> Self {
        Self {
            origin: new.origin,
            owner: new.owner,
            pinned: new.pinned,
            address: new.address,
            places: new.places,
            bell: Notify::new(),
            is_hurried: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            looks: watch::channel(0).0,
            published: watch::channel(new.published).0,
            turn: tokio::sync::Mutex::new(()),
            standing: Mutex::new(new.standing),
            carried: Mutex::default(),
        }
    }

    /// Its name in addresses.
    pub(crate) fn id(&self) -> Digest {
        Digest::of(self.origin.as_str().as_bytes())
    }

    pub(crate) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It lied; false when that was known.
    pub(crate) fn catch(&self, caught: Value) -> bool {
        let mut standing = self.standing();
        let is_news = standing.caught.is_none();
        standing.caught.get_or_insert(caught);
        is_news
    }

    /// Entries that are published here.
    pub(crate) fn size(&self) -> u64 {
        self.published.borrow().as_ref().map_or(0, |published| published.size)
    }

    /// Has a copy taken before anything else.
    pub(super) fn carry(&self, carried: Carried) {
        let mut waiting = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_back(carried);
        drop(waiting);
        self.ring(true);
    }

    pub(super) fn take_carried(&self) -> Option<Carried> {
        let mut waiting = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        let next = waiting.pop_front();
        if !waiting.is_empty() {
            self.ring(true);
        }
        next
    }

    /// Asks for a look: at once, or soon enough for what nobody waits for.
    pub(crate) fn ring(&self, is_hurried: bool) {
        if is_hurried {
            self.is_hurried.store(true, Ordering::Relaxed);
        }
        self.bell.notify_one();
    }
}

/// All of them, by the hash of their origin.
#[derive(Default)]
pub(crate) struct Mirrors {
    all: RwLock<BTreeMap<String, Arc<Mirror>>>,
    /// Who may take entries now.
    pub turns: Turns,
}

impl Mirrors {
    pub(crate) fn find(&self, id: &Digest) -> Option<Arc<Mirror>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&id.hex()).cloned()
    }

    /// By origin.
    pub(crate) fn all(&self) -> Vec<Arc<Mirror>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = all.values().cloned().collect();
        all.sort_by(|one, other| one.origin.cmp(&other.origin));
        all
    }

    pub(super) fn put(&self, mirror: Arc<Mirror>) {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(mirror.id().hex(), mirror);
    }

    pub(super) fn take(&self, id: &Digest) -> Option<Arc<Mirror>> {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.remove(&id.hex())
    }

    /// Everybody looks up, and sees that it is over.
    pub(crate) fn ring_all(&self) {
        for mirror in self.all() {
            mirror.ring(true);
        }
    }
}
