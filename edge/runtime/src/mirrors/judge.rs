//! What a checkpoint is worth beside those that were seen before: no news, growth, an old one, or proof that the log lied.
//!
//! Judged before an entry is asked for. A place that shows something wrong is told of; the log itself is caught only by what it signed.
//! The core decides (`chapar_tlog::Followed`); here the tiles are read and fetched that it misses.

use super::obstacle::{Caught, Evidence, Halt, Obstacle};
use super::place::{Place, Tiles};
use crate::Fault;
use crate::logs::Tree;
use chapar_register::LogState;
use chapar_terms::Suite;
use chapar_tlog::{Followed, RightEdge, SignedCheckpoint, TileId, Unfit, Unprovable, VerifierKey, Worth};
use std::collections::BTreeMap;

/// What may be done where the pinned key signs nothing of a log of which nothing is held yet.
const REPIN: &str = "; a key that its owner gave up as compromised vouches for nothing: get the log's key of now by a way that you trust, remove \
                     this mirror and add it with that key (of a federation's member: `chapar federation join --help`)";

/// What is held of a log when a checkpoint is judged.
pub(super) struct Held<'a> {
    pub suite: &'a dyn Suite,
    pub pinned: &'a VerifierKey,
    pub state: &'a LogState,
    pub edge: &'a RightEdge,
    pub tree: &'a Tree,
    /// The published checkpoint.
    pub published: Option<&'a SignedCheckpoint>,
    /// A newer one that was seen, whose entries are not all here.
    pub seen: Option<&'a SignedCheckpoint>,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The tree that is held.
    Same,
    /// A tree that begins with the one that is held, signed by a key that is known already or not.
    Grown { is_vouched: bool },
}

impl Held<'_> {
    /// Judges what a place gave as the newest checkpoint.
    pub(super) async fn judge(&self, place: &Place<'_>, new: &SignedCheckpoint) -> Result<Verdict, Halt> {
        let keys = |size| self.keys_at(size);
        let followed = Followed {
            suite: self.suite,
            origin: self.state.origin(),
            keys: &keys,
            is_begun: !self.state.keys().is_empty(),
            edge: self.edge,
            published: self.published,
            seen: self.seen,
        };
        let mut own: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
        let mut tiles = Tiles::of(place, new);
        loop {
            let worth = tiles.ask(|shown| followed.judge(new, &|id| own.get(&id).cloned(), shown));
            match worth.await? {
                Worth::Same => return Ok(Verdict::Same),
                Worth::Grown { is_vouched } => return Ok(Verdict::Grown { is_vouched }),
                Worth::Unfit(why) => return Err(self.unfit(&tiles, new, &why).into()),
                Worth::Forked(fork) => return Err(Halt::Log(Box::new(Caught::Forked(fork)))),
                Worth::EmptyRoot => return Err(Halt::Log(Box::new(Caught::EmptyRoot(Box::new(new.clone()))))),
                Worth::Ours(Unprovable::Missing(id)) if !own.contains_key(&id) => {
                    let bytes = self.tree.tiles.read(&id.path()).await?;
                    own.insert(id, bytes.unwrap_or_default());
                }
                Worth::Ours(why) => return Err(Halt::Ours(Fault::Internal(why.to_string()))),
            }
        }
    }

    /// Whose fault it is: the place's; with what is kept of it.
    fn unfit(&self, tiles: &Tiles<'_>, new: &SignedCheckpoint, why: &Unfit) -> Obstacle {
        let mut obstacle = tiles.place.obstacle(why.code(), &why.to_string());
        if self.state.keys().is_empty() && matches!(why, Unfit::Unsigned) {
            obstacle.why.push_str(REPIN);
        }
        let before = match why {
            Unfit::Older { .. } => self.published,
            Unfit::OlderThanSeen { .. } => self.seen,
            Unfit::WrongTiles { .. } | Unfit::OtherTree(_) => return tiles.wrong(obstacle),
            _ => None,
        };
        match before.filter(|_| tiles.place.is_own) {
            // An older tree is what a mirror may have.
            Some(before) => obstacle.with(Evidence::shrunken(new, before)),
            None => obstacle,
        }
    }

    /// The keys that sign a tree of this size, as far as they are known: the pinned one where nothing else is.
    fn keys_at(&self, size: u64) -> Vec<VerifierKey> {
        match self.state.keys().is_empty() {
            true => vec![self.pinned.clone()],
            false => self.state.keys().log_keys(size),
        }
    }
}

/// Reads a note as a checkpoint.
pub(super) fn read(place: &Place<'_>, bytes: &[u8]) -> Result<SignedCheckpoint, Obstacle> {
    SignedCheckpoint::parse(bytes)
        .map_err(|why| place.obstacle("checkpoint-malformed", &format!("shows no checkpoint: {why}")))
}
