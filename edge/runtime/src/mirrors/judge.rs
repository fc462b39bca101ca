//! What a checkpoint is worth beside those that were seen before: no news, growth, an old one, or proof that the log lied.
//!
//! Judged before an entry is asked for. A place that shows something wrong is told of; the log itself is caught only by what it signed.

use super::obstacle::{Caught, Halt, Obstacle};
use super::place::{Place, Tiles};
use crate::logs::Tree;
use chapar_register::LogState;
use chapar_terms::Suite;
use chapar_tlog::{
    Fork, NoteRefused, Prefix, RightEdge, SignedCheckpoint, TileId, VerifierKey, prefix_at, prove_consistency, root_at,
    verify_consistency,
};
use std::collections::BTreeMap;

/// Entries by which a log may have grown at one look. Beyond it somebody is joking, or the disk is to be filled.
const MOST_GROWTH: u64 = 1 << 24;

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
        let said = new.checkpoint();
        if said.origin.as_str() != self.state.origin() {
            let why = format!("shows the log `{}`", said.origin);
            return Err(place.obstacle("other-origin", &why).into());
        }
        let is_vouched = self.check_signature(place, new)?;
        if !said.is_possible() {
            return Err(Halt::Log(Box::new(Caught::empty_root(new))));
        }
        let held = self.edge.size();
        match said.size {
            size if size < held => self.judge_older(place, new).await,
            size if size == held && held == 0 => Ok(Verdict::Same),
            size if size == held => self.judge_equal(place, new),
            size if size - held > MOST_GROWTH => {
                let why = format!("shows {} entries more than are held", size - held);
                Err(place.obstacle("growth-too-large", &why).into())
            }
            _ => self
                .judge_growth(place, new)
                .await
                .map(|()| Verdict::Grown { is_vouched }),
        }
    }

    /// Whether a known key signed. One that only the entries to come may name can sign nothing but growth.
    fn check_signature(&self, place: &Place<'_>, new: &SignedCheckpoint) -> Result<bool, Halt> {
        let size = new.checkpoint().size;
        let is_first = self.state.keys().is_empty();
        match new.verify(self.suite, &self.keys(size)) {
            Ok(_) => Ok(true),
            Err(NoteRefused::Unsigned) if !is_first && size > self.edge.size() => Ok(false),
            Err(NoteRefused::Unsigned) => {
                let why = "shows a checkpoint that no key of the log signed";
                Err(place.obstacle("checkpoint-unsigned", why).into())
            }
            Err(why) => {
                let why = format!("shows a checkpoint with a wrong signature: {why}");
                Err(place.obstacle("checkpoint-signature-wrong", &why).into())
            }
        }
    }

    /// The keys that may sign a checkpoint that is shown today. One that is revoked signs nothing any more, not even an old tree: who
    /// stole it could frame the log.
    fn keys(&self, size: u64) -> Vec<VerifierKey> {
        self.keys_at(size.max(self.edge.size()))
    }

    /// The keys that sign a tree of this size, as far as they are known: the pinned one where nothing else is.
    fn keys_at(&self, size: u64) -> Vec<VerifierKey> {
        match self.state.keys().is_empty() {
            true => vec![self.pinned.clone()],
            false => self.state.keys().log_keys(size),
        }
    }

    fn judge_equal(&self, place: &Place<'_>, new: &SignedCheckpoint) -> Result<Verdict, Halt> {
        match new.checkpoint().root == self.edge.root() {
            true => Ok(Verdict::Same),
            false => Err(self.fork(place, self.published, new, None)),
        }
    }

    /// A smaller tree than the one that is held. Nothing but an old one when ours begins with it.
    async fn judge_older(&self, place: &Place<'_>, new: &SignedCheckpoint) -> Result<Verdict, Halt> {
        let (old, size) = (new.checkpoint().size, self.edge.size());
        let prefix = self.own(|source| prefix_at(old, size, source)).await?;
        if prefix.root() == new.checkpoint().root {
            let why = format!("shows the tree of {old} entries, fewer than the {size} that are held");
            return Err(place.obstacle("checkpoint-older", &why).into());
        }
        let proof = self.own(|source| prove_consistency(old, size, source)).await?;
        let prefix = Prefix {
            root: prefix.root(),
            proof,
        };
        Err(self.fork(place, self.published, new, Some(prefix)))
    }

    /// A larger tree must begin with the one that is held, and with the one that was seen.
    async fn judge_growth(&self, place: &Place<'_>, new: &SignedCheckpoint) -> Result<(), Halt> {
        let said = new.checkpoint();
        let mut tiles = Tiles::of(place);
        let root = tiles.ask(|source| root_at(said.size, source)).await?.root();
        if root != said.root {
            let why = format!("its tiles have the root `{root}`, and the log signed `{}`", said.root);
            return Err(tiles.wrong_tile(&why).into());
        }
        for before in [self.published, self.seen].into_iter().flatten() {
            self.check_before(&mut tiles, before, new).await?;
        }
        Ok(())
    }

    async fn check_before(
        &self,
        tiles: &mut Tiles<'_>,
        before: &SignedCheckpoint,
        new: &SignedCheckpoint,
    ) -> Result<(), Halt> {
        let (old, said) = (before.checkpoint(), new.checkpoint());
        if old.size > said.size {
            let why = format!(
                "shows the tree of {} entries, after one of {} was seen",
                said.size, old.size
            );
            return Err(tiles.place.obstacle("checkpoint-older", &why).into());
        }
        if old.size == said.size && old.root != said.root {
            return Err(self.fork(tiles.place, Some(before), new, None));
        }
        if old.size == 0 || old.size == said.size {
            return Ok(());
        }
        let proof = tiles
            .ask(|source| prove_consistency(old.size, said.size, source))
            .await?;
        let is_consistent = verify_consistency(old.size, &old.root, said.size, &said.root, &proof).is_ok();
        if is_consistent || chapar_terms::sabotaged("mirror-any-history") {
            return Ok(());
        }
        let root = tiles.ask(|source| prefix_at(old.size, said.size, source)).await?.root();
        Err(self.fork(tiles.place, Some(before), new, Some(Prefix { root, proof })))
    }

    /// Caught, where both notes are the log's and cannot both be true; otherwise the place shows tiles that are not of the tree.
    fn fork(
        &self,
        place: &Place<'_>,
        before: Option<&SignedCheckpoint>,
        new: &SignedCheckpoint,
        prefix: Option<Prefix>,
    ) -> Halt {
        let Some(before) = before else {
            return place.obstacle("wrong-tile", "shows tiles of another tree").into();
        };
        let now = self.keys(new.checkpoint().size);
        if new.verify(self.suite, &now).is_err() {
            let why = "shows a checkpoint of another history, which no key of the log signed";
            return place.obstacle("checkpoint-unsigned", why).into();
        }
        // The one before may be of a key that was good then.
        let keys = [now, self.keys_at(before.checkpoint().size)].concat();
        match Fork::prove(self.suite, &keys, [before.clone(), new.clone()], prefix) {
            Ok(fork) => Halt::Log(Box::new(Caught::forked(&fork))),
            Err(why) => place
                .obstacle("wrong-tile", &format!("shows tiles of another tree: {why}"))
                .into(),
        }
    }

    /// What `question` makes of our own tiles.
    async fn own<T>(
        &self,
        question: impl Fn(&chapar_tlog::TileSource<'_>) -> Result<T, chapar_tlog::Unprovable>,
    ) -> Result<T, Halt> {
        let mut have: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
        loop {
            match question(&|id| have.get(&id).cloned()) {
                Ok(answer) => return Ok(answer),
                Err(chapar_tlog::Unprovable::Missing(id)) if !have.contains_key(&id) => {
                    let bytes = self.tree.tiles.read(&id.path()).await?;
                    have.insert(id, bytes.unwrap_or_default());
                }
                Err(why) => return Err(Halt::Ours(crate::Fault::Internal(why.to_string()))),
            }
        }
    }
}

/// Reads a note as a checkpoint.
pub(super) fn read(place: &Place<'_>, bytes: &[u8]) -> Result<SignedCheckpoint, Obstacle> {
    SignedCheckpoint::parse(bytes)
        .map_err(|why| place.obstacle("checkpoint-malformed", &format!("shows no checkpoint: {why}")))
}
