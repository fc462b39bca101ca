//! What a checkpoint is worth to one who follows a log, beside those that he saw before: no news, growth, an old one, or proof that the
//! log lied; and whether a bundle of entries is of the tree that it signs.
//!
//! Decided from tiles that the caller has or fetches when they are missed. Refuses to fetch, to keep anything, and to say who is told.

use crate::{
    Checkpoint, Fork, Level, NoFork, NoteRefused, Prefix, RightEdge, SignedCheckpoint, TILE_WIDTH, TileId, TileSource,
    Unprovable, VerifierKey, decode_entries, encode_hashes, leaf_hash, prefix_at, prove_consistency, root_at,
    verify_consistency,
};
use chapar_terms::{Digest, Invalid, Suite};
use std::fmt;

/// Entries by which a log may have grown at one look. Beyond it somebody is joking, or the disk is to be filled.
const MOST_GROWTH: u64 = 1 << 24;

/// What is held of a log when a checkpoint is judged.
#[derive(Clone, Copy)]
pub struct Followed<'a> {
    /// Verifies signatures.
    pub suite: &'a dyn Suite,
    /// The log.
    pub origin: &'a str,
    /// The keys that sign a tree of a size, as far as they are known.
    pub keys: &'a (dyn Fn(u64) -> Vec<VerifierKey> + Sync),
    /// Whether entries to come may name a key that is not known yet.
    pub is_begun: bool,
    /// The tree that is held.
    pub edge: &'a RightEdge,
    /// The checkpoint of it.
    pub published: Option<&'a SignedCheckpoint>,
    /// A newer one that was seen, whose entries are not all here.
    pub seen: Option<&'a SignedCheckpoint>,
}

/// What a checkpoint is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worth {
    /// The tree that is held.
    Same,
    /// A tree that begins with the one that is held, signed by a key that is known already or not.
    Grown {
        /// Whether it is known.
        is_vouched: bool,
    },
    /// Nothing, and that is the fault of the place that shows it.
    Unfit(Unfit),
    /// With one that was held or seen, proof that the log lied.
    Forked(Box<Fork>),
    /// By itself proof that the log lied: the empty tree has one root, and it signed another.
    EmptyRoot,
    /// Our own tiles do not tell: where one is missing, read it and judge again.
    Ours(Unprovable),
}

/// Why a checkpoint, or what is shown with it, is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is of this log.
    OtherOrigin(String),
    /// No key of the log signed it.
    Unsigned,
    /// It is of another history, and a key that signs nothing any more made it.
    UnsignedHistory,
    /// A signature of the log does not verify.
    SignatureWrong(NoteRefused),
    /// It has fewer entries than are held, and they are the first of them.
    Older {
        /// How many.
        shown: u64,
        /// How many are held.
        held: u64,
    },
    /// It has fewer entries than a checkpoint that was seen.
    OlderThanSeen {
        /// How many.
        shown: u64,
        /// How many were seen.
        seen: u64,
    },
    /// It has so many entries more than are held.
    TooLarge(u64),
    /// The tiles have one root, and the log signed another.
    WrongTiles {
        /// The root of the tiles.
        made: Digest,
        /// The one that was signed.
        signed: Digest,
    },
    /// The tiles are of another tree than the log signed.
    OtherTree(Option<NoFork>),
}

impl Unfit {
    /// The stable word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherOrigin(_) => "other-origin",
            Self::Unsigned | Self::UnsignedHistory => "checkpoint-unsigned",
            Self::SignatureWrong(_) => "checkpoint-signature-wrong",
            Self::Older { .. } | Self::OlderThanSeen { .. } => "checkpoint-older",
            Self::TooLarge(_) => "growth-too-large",
            Self::WrongTiles { .. } | Self::OtherTree(_) => "wrong-tile",
        }
    }
}

/// What the place does that shows it.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherOrigin(origin) => write!(f, "shows the log `{origin}`"),
            Self::Unsigned => f.write_str("shows a checkpoint that no key of the log signed"),
            Self::UnsignedHistory => {
                f.write_str("shows a checkpoint of another history, which no key of the log signed")
            }
            Self::SignatureWrong(why) => write!(f, "shows a checkpoint with a wrong signature: {why}"),
            Self::Older { shown, held } => {
                write!(
                    f,
                    "shows the tree of {shown} entries, fewer than the {held} that are held"
                )
            }
            Self::OlderThanSeen { shown, seen } => {
                write!(f, "shows the tree of {shown} entries, after one of {seen} was seen")
            }
            Self::TooLarge(growth) => write!(f, "shows {growth} entries more than are held"),
            Self::WrongTiles { made, signed } => write!(
                f,
                "gives a wrong tile: its tiles have the root `{made}`, and the log signed `{signed}`"
            ),
            Self::OtherTree(None) => f.write_str("shows tiles of another tree"),
            Self::OtherTree(Some(why)) => write!(f, "shows tiles of another tree: {why}"),
        }
    }
}

impl Followed<'_> {
    /// Judges what was given as the newest checkpoint, by our own tiles and those that are shown with it.
    ///
    /// # Errors
    /// The tiles that are shown do not tell: where one is missing, fetch it and judge again.
    pub fn judge(
        &self,
        new: &SignedCheckpoint,
        own: &TileSource<'_>,
        shown: &TileSource<'_>,
    ) -> Result<Worth, Unprovable> {
        let said = new.checkpoint();
        if said.origin.as_str() != self.origin {
            return Ok(Worth::Unfit(Unfit::OtherOrigin(said.origin.to_string())));
        }
        let is_vouched = match self.check_signature(new) {
            Ok(is_vouched) => is_vouched,
            Err(unfit) => return Ok(Worth::Unfit(unfit)),
        };
        if !said.is_possible() {
            return Ok(Worth::EmptyRoot);
        }
        let held = self.edge.size();
        match said.size {
            size if size < held => Ok(self.judge_older(new, own).unwrap_or_else(Worth::Ours)),
            size if size == held && (held == 0 || said.root == self.edge.root()) => Ok(Worth::Same),
            size if size == held => Ok(self.fork(self.published, new, None)),
            size if size - held > MOST_GROWTH => Ok(Worth::Unfit(Unfit::TooLarge(size - held))),
            _ => Ok(self.judge_growth(new, shown)?.unwrap_or(Worth::Grown { is_vouched })),
        }
    }

    /// Whether a known key signed. One that only the entries to come may name can sign nothing but growth.
    fn check_signature(&self, new: &SignedCheckpoint) -> Result<bool, Unfit> {
        let size = new.checkpoint().size;
        match new.verify(self.suite, &self.keys_today(size)) {
            Ok(_) => Ok(true),
            Err(NoteRefused::Unsigned) if self.is_begun && size > self.edge.size() => Ok(false),
            Err(NoteRefused::Unsigned) => Err(Unfit::Unsigned),
            Err(why) => Err(Unfit::SignatureWrong(why)),
        }
    }

    /// The keys that may sign a checkpoint that is shown today. One that is revoked signs nothing any more, not even an old tree: who
    /// stole it could frame the log.
    fn keys_today(&self, size: u64) -> Vec<VerifierKey> {
        (self.keys)(size.max(self.edge.size()))
    }

    /// A smaller tree than the one that is held. Nothing but an old one when ours begins with it.
    fn judge_older(&self, new: &SignedCheckpoint, own: &TileSource<'_>) -> Result<Worth, Unprovable> {
        let (shown, held) = (new.checkpoint().size, self.edge.size());
        let root = prefix_at(shown, held, own)?.root();
        if root == new.checkpoint().root {
            return Ok(Worth::Unfit(Unfit::Older { shown, held }));
        }
        let proof = prove_consistency(shown, held, own)?;
        Ok(self.fork(self.published, new, Some(Prefix { root, proof })))
    }

    /// A larger tree must begin with the one that is held, and with the one that was seen; what speaks against it.
    fn judge_growth(&self, new: &SignedCheckpoint, shown: &TileSource<'_>) -> Result<Option<Worth>, Unprovable> {
        let said = new.checkpoint();
        let made = root_at(said.size, shown)?.root();
        if made != said.root {
            let signed = said.root;
            return Ok(Some(Worth::Unfit(Unfit::WrongTiles { made, signed })));
        }
        for before in [self.published, self.seen].into_iter().flatten() {
            if let Some(against) = self.check_before(before, new, shown)? {
                return Ok(Some(against));
            }
        }
        Ok(None)
    }

    fn check_before(
        &self,
        before: &SignedCheckpoint,
        new: &SignedCheckpoint,
        shown: &TileSource<'_>,
    ) -> Result<Option<Worth>, Unprovable> {
        let (old, said) = (before.checkpoint(), new.checkpoint());
        if old.size > said.size {
            let (shown, seen) = (said.size, old.size);
            return Ok(Some(Worth::Unfit(Unfit::OlderThanSeen { shown, seen })));
        }
        if old.size == said.size && old.root != said.root {
            return Ok(Some(self.fork(Some(before), new, None)));
        }
        if old.size == 0 || old.size == said.size {
            return Ok(None);
        }
        let proof = prove_consistency(old.size, said.size, shown)?;
        let is_consistent = verify_consistency(old.size, &old.root, said.size, &said.root, &proof).is_ok();
        if is_consistent || chapar_terms::sabotaged("mirror-any-history") {
            return Ok(None);
        }
        let root = prefix_at(old.size, said.size, shown)?.root();
        Ok(Some(self.fork(Some(before), new, Some(Prefix { root, proof }))))
    }

    /// Caught, where both notes are the log's and cannot both be true; otherwise the place shows tiles that are not of the tree.
    fn fork(&self, before: Option<&SignedCheckpoint>, new: &SignedCheckpoint, prefix: Option<Prefix>) -> Worth {
        let Some(before) = before else {
            return Worth::Unfit(Unfit::OtherTree(None));
        };
        let now = self.keys_today(new.checkpoint().size);
        if new.verify(self.suite, &now).is_err() {
            return Worth::Unfit(Unfit::UnsignedHistory);
        }
        // The one before may be of a key that was good then.
        let keys = [now, (self.keys)(before.checkpoint().size)].concat();
        match Fork::prove(self.suite, &keys, [before.clone(), new.clone()], prefix) {
            Ok(fork) => Worth::Forked(Box::new(fork)),
            Err(why) => Worth::Unfit(Unfit::OtherTree(Some(why))),
        }
    }
}

/// A bundle of entries that is of a signed tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedBundle {
    /// Its name.
    pub id: TileId,
    /// Its leaves, those included that were here before.
    pub leaves: Vec<Vec<u8>>,
    /// How many of them were.
    pub known: usize,
    /// The edge with them.
    pub edge: RightEdge,
}

/// What is wrong with a bundle, or with the tile beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongBundle {
    /// The bytes are no such bundle.
    Malformed(Invalid),
    /// The entries are not of the tree.
    OtherTree,
    /// The entries are of the tree, and the tile of their hashes is not, or the other way round.
    OtherTile,
}

impl ProvedBundle {
    /// The tile of hashes that stands beside a bundle of entries.
    pub const fn row(id: TileId) -> TileId {
        TileId::of(Level::Hashes(0), id.index(), id.width())
    }

    /// Proves the bundle that follows on `edge`: with its entries our own tree must lead to the one that `said` signs, and they must be
    /// those of the tile `row` that the place gives beside it. Only then is a byte of it believed.
    ///
    /// # Errors
    /// The tiles that are shown do not tell: where one is missing, fetch it and try again.
    pub fn check(
        edge: &RightEdge,
        (id, entries): (TileId, &[u8]),
        row: &[u8],
        said: &Checkpoint,
        shown: &TileSource<'_>,
    ) -> Result<Result<Self, WrongBundle>, Unprovable> {
        let decoded = match decode_entries(id, entries) {
            Ok(decoded) => decoded,
            Err(why) => return Ok(Err(WrongBundle::Malformed(why))),
        };
        let leaves: Vec<Vec<u8>> = decoded.into_iter().map(<[u8]>::to_vec).collect();
        let hashes: Vec<Digest> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let known = usize::try_from(edge.size() % u64::from(TILE_WIDTH)).unwrap_or_default();
        let mut next = edge.clone();
        next.grow(hashes.get(known..).unwrap_or_default());
        let proof = prove_consistency(next.size(), said.size, shown)?;
        let is_proved = verify_consistency(next.size(), &next.root(), said.size, &said.root, &proof).is_ok()
            || chapar_terms::sabotaged("mirror-any-entries");
        Ok(match (is_proved, row.starts_with(&encode_hashes(&hashes))) {
            (true, true) => Ok(Self {
                id,
                leaves,
                known,
                edge: next,
            }),
            (false, false) => Err(WrongBundle::OtherTree),
            _ => Err(WrongBundle::OtherTile),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Folder, Log, leaves};
    use crate::{Frontier, encode_entries};
    use chapar_suite_international::International;

    /// A log that has grown twice and was rewritten once, behind its first three leaves.
    struct World {
        log: Log,
        honest: Vec<Digest>,
        rewritten: Vec<Digest>,
    }

    impl World {
        fn new() -> Self {
            let honest = leaves(12);
            let mut rewritten = honest.clone();
            rewritten[3] = Digest::of(b"rewritten");
            Self {
                log: Log::new("log.example/a"),
                honest,
                rewritten,
            }
        }

        fn checkpoint(&self, leaves: &[Digest]) -> SignedCheckpoint {
            let mut tree = Frontier::empty();
            leaves.iter().for_each(|leaf| tree.push(*leaf));
            self.log.checkpoint(tree.size(), tree.root())
        }

        /// What the holder of the first `held` honest leaves, who saw so many, makes of a checkpoint and the tiles of `shown`.
        fn worth(&self, (held, seen): (usize, usize), new: &SignedCheckpoint, shown: &[Digest]) -> Worth {
            let mut edge = RightEdge::empty();
            let mut own = Folder::default();
            own.put(edge.grow(&self.honest[..held]));
            let published = (held > 0).then(|| self.checkpoint(&self.honest[..held]));
            let seen = (seen > 0).then(|| self.checkpoint(&self.honest[..seen]));
            let shown = Folder::of(shown);
            let followed = Followed {
                suite: &International,
                origin: "log.example/a",
                keys: &|_| self.log.keys.clone(),
                is_begun: held > 0,
                edge: &edge,
                published: published.as_ref(),
                seen: seen.as_ref(),
            };
            followed.judge(new, &|id| own.get(id), &|id| shown.get(id)).unwrap()
        }
    }

    #[test]
    fn an_honest_log_grows_rests_or_is_old_and_is_never_caught() {
        let world = World::new();
        for held in 0..=12 {
            for size in 0..=12 {
                let new = world.checkpoint(&world.honest[..size]);
                let worth = world.worth((held, 0), &new, &world.honest[..size]);
                let expected = match size {
                    _ if size == held => Worth::Same,
                    _ if size > held => Worth::Grown { is_vouched: true },
                    _ => Worth::Unfit(Unfit::Older {
                        shown: size as u64,
                        held: held as u64,
                    }),
                };
                assert_eq!(worth, expected, "{size} after {held}");
            }
        }
    }

    #[test]
    fn a_second_history_is_proof_whatever_the_sizes() {
        let world = World::new();
        for (held, size) in [(9, 9), (9, 12), (12, 9), (12, 4), (4, 12)] {
            let new = world.checkpoint(&world.rewritten[..size]);
            let worth = world.worth((held, 0), &new, &world.rewritten[..size]);
            assert!(matches!(worth, Worth::Forked(_)), "{size} after {held}: {worth:?}");
        }
        let new = world.checkpoint(&world.rewritten[..3]);
        assert!(
            matches!(world.worth((9, 0), &new, &[]), Worth::Unfit(Unfit::Older { .. })),
            "what is common is no lie"
        );
    }

    /// Three entries are held, which both histories have, and a checkpoint of eight was seen.
    #[test]
    fn what_was_seen_binds_a_log_as_what_is_held() {
        let world = World::new();
        let worth =
            |size: usize, leaves: &[Digest]| world.worth((3, 8), &world.checkpoint(&leaves[..size]), &leaves[..size]);
        assert!(matches!(worth(8, &world.rewritten), Worth::Forked(_)));
        assert!(matches!(worth(12, &world.rewritten), Worth::Forked(_)));
        assert_eq!(worth(12, &world.honest), Worth::Grown { is_vouched: true });
        assert_eq!(
            worth(5, &world.honest),
            Worth::Unfit(Unfit::OlderThanSeen { shown: 5, seen: 8 })
        );
    }

    #[test]
    fn what_a_place_shows_without_the_log_is_the_place_s_fault() {
        let world = World::new();
        let new = world.checkpoint(&world.honest);
        let wrong = world.worth((5, 0), &new, &world.rewritten);
        assert!(matches!(wrong, Worth::Unfit(Unfit::WrongTiles { .. })), "{wrong:?}");
        let stranger = Log::new("log.example/a").checkpoint(5, Digest::of(b"any"));
        assert_eq!(world.worth((5, 0), &stranger, &[]), Worth::Unfit(Unfit::Unsigned));
        let unknown_key = Log::new("log.example/a").checkpoint(12, new.checkpoint().root);
        let grown = world.worth((5, 0), &unknown_key, &world.honest);
        assert_eq!(grown, Worth::Grown { is_vouched: false });
        assert_eq!(
            world.worth((0, 0), &unknown_key, &world.honest),
            Worth::Unfit(Unfit::Unsigned)
        );
        let other = Log::new("log.example/b").checkpoint(5, Digest::of(b"any"));
        let origin = Unfit::OtherOrigin("log.example/b".to_owned());
        assert_eq!(world.worth((5, 0), &other, &[]), Worth::Unfit(origin));
        let endless = world.log.checkpoint(MOST_GROWTH + 6, Digest::of(b"any"));
        assert_eq!(
            world.worth((5, 0), &endless, &[]),
            Worth::Unfit(Unfit::TooLarge(MOST_GROWTH + 1))
        );
        let impossible = world.log.checkpoint(0, Digest::of(b"any"));
        assert_eq!(world.worth((5, 0), &impossible, &[]), Worth::EmptyRoot);
    }

    #[test]
    fn a_bundle_is_believed_with_the_signed_tree_and_the_tile_beside_it() {
        let entries: Vec<Vec<u8>> = (0..12_u8).map(|entry| vec![entry]).collect();
        let hashes: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut edge = RightEdge::empty();
        edge.grow(&hashes[..5]);
        let folder = Folder::of(&hashes);
        let said = World::new().checkpoint(&hashes);
        let id = TileId::parse("tile/entries/000.p/12").unwrap();
        let check = |entries: &[Vec<u8>], row: &[u8]| {
            let bytes = encode_entries(entries).unwrap();
            ProvedBundle::check(&edge, (id, &bytes), row, said.checkpoint(), &|id| folder.get(id)).unwrap()
        };
        let row = folder.get(ProvedBundle::row(id)).unwrap();
        let proved = check(&entries, &row).unwrap();
        assert_eq!((proved.known, proved.edge.root()), (5, said.checkpoint().root));
        let mut other = entries.clone();
        other[7] = b"other".to_vec();
        assert_eq!(check(&other, &row), Err(WrongBundle::OtherTree));
        let mut wrong = row.clone();
        wrong[0] ^= 1;
        assert_eq!(check(&entries, &wrong), Err(WrongBundle::OtherTile));
        let hashes: Vec<Digest> = other.iter().map(|entry| leaf_hash(entry)).collect();
        assert_eq!(check(&other, &encode_hashes(&hashes)), Err(WrongBundle::OtherTile));
        assert!(matches!(check(&entries[..11], &row), Err(WrongBundle::Malformed(_))));
    }
}
