//! One look of a mirror at a place: what there is to ask or to write next, as far as answers are here.
//!
//! The decisions are the core's: what a checkpoint is worth, whether a bundle is of the signed tree, what its entries are, what files
//! they make. The order around them is a model of `edge/runtime`. An answer that is missed is asked for, then all is judged anew.

use super::disk::{Caught, Entry, Files, Noted};
use super::house::{Hashed, House};
use super::mirror::{Keeper, Reached};
use crate::Violation;
use crate::side::fault;
use chapar_register::{
    BodyState, Chain, Intake, Kinds, LogState, Record, RecordId, Taken, Version, Visibility, body_hash,
};
use chapar_tlog::{
    Followed, Level, ProvedBundle, Resource, RightEdge, SignedCheckpoint, Tile, TileId, Unprovable, Worth,
    decode_bodies, grown, tiles_of_row,
};
use std::collections::BTreeMap;

/// Why a place is of no use.
pub(crate) type Code = &'static str;

/// A look that is under way.
pub(crate) struct Look {
    /// Which of the places is asked: the log's own first.
    pub place: usize,
    /// What was in the way first.
    pub obstacle: Option<Code>,
    /// What is waited for.
    pub asked: Option<(u64, Resource)>,
    note: Option<Option<Vec<u8>>>,
    have: BTreeMap<TileId, Option<Vec<u8>>>,
    taking: Option<Taking>,
}

/// The entries that are being taken.
struct Taking {
    new: SignedCheckpoint,
    intake: Intake<'static>,
    from: Reached,
    /// A bundle that is taken and waits to be staged.
    batch: Option<Batch>,
}

/// What is staged with one write.
#[derive(Clone)]
pub(crate) struct Batch {
    /// Entries before it.
    pub before: u64,
    pub entries: Vec<Entry>,
    pub noted: Vec<Noted>,
    pub files: Vec<Tile>,
    pub to: Reached,
}

/// What there is to do next.
pub(crate) enum Next {
    Ask(Resource),
    /// It is the tree that is held; perhaps under other signatures.
    Same(Box<SignedCheckpoint>),
    /// Keep that this was seen, then begin to take.
    See(Box<SignedCheckpoint>),
    /// Write the files, then the rows.
    Stage(Box<Batch>),
    /// All of it is here and verified.
    Publish(Box<(SignedCheckpoint, Reached)>),
    Unfit(Code),
    /// All of it is here and is not believed: drop it.
    Distrusted(Code),
    Caught(Box<Caught>),
}

/// What a place is asked for, or an end of the look.
type Missed<T> = Result<T, Next>;

impl Look {
    pub const fn at(place: usize, obstacle: Option<Code>) -> Self {
        Self {
            place,
            obstacle,
            asked: None,
            note: None,
            have: BTreeMap::new(),
            taking: None,
        }
    }

    /// Takes what a place answered.
    pub fn take(&mut self, resource: Resource, answer: Option<Vec<u8>>) {
        match resource {
            Resource::Checkpoint => self.note = Some(answer),
            Resource::Tile(id) => {
                self.have.insert(id, answer);
            }
            // Nobody asks for bodies one by one here, nor for stamps of time.
            Resource::Body(_) | Resource::Timestamp(_) | Resource::TimestampSizes(_) | Resource::Successor => {}
        }
    }

    /// What is staged: the next bundle follows on it.
    pub fn staged(&mut self, to: Reached) {
        if let Some(taking) = &mut self.taking {
            taking.from = to;
            taking.batch = None;
            taking.intake.forget();
        }
    }

    /// What is taken and waits to be staged.
    pub fn batch(&self) -> Option<&Batch> {
        self.taking.as_ref()?.batch.as_ref()
    }

    /// Begins to take what `new` signs.
    pub fn begin(&mut self, keeper: &Keeper, new: SignedCheckpoint) -> Result<(), Violation> {
        let from = keeper.staged.clone().unwrap_or_else(|| keeper.held.clone());
        let begun = Intake::begin(Kinds::built_in(), &Hashed, from.state.clone(), new.clone());
        let intake = begun.map_err(|why| Violation(format!("what was judged good is not begun: {why}")))?;
        self.taking = Some(Taking {
            new,
            intake,
            from,
            batch: None,
        });
        Ok(())
    }

    /// What there is to do next.
    pub fn next(
        &mut self,
        house: &House,
        keeper: &Keeper,
        (published, seen): (Option<&SignedCheckpoint>, Option<&SignedCheckpoint>),
        own: &Files,
        recall: &dyn Fn(&RecordId) -> Option<Chain>,
    ) -> Result<Next, Violation> {
        let next = match self.taking.is_some() {
            true => self.next_of_taking(recall)?,
            false => {
                let followed = Followed {
                    suite: &Hashed,
                    origin: house.origin.as_str(),
                    keys: &|size| keeper.keys_at(&house.vkey, size),
                    is_begun: !keeper.held.state.keys().is_empty(),
                    edge: &keeper.held.edge,
                    published,
                    seen,
                };
                self.next_of_checkpoint(&followed, own)?
            }
        };
        Ok(next.unwrap_or_else(|ends| ends))
    }

    fn next_of_checkpoint(&self, followed: &Followed<'_>, own: &Files) -> Result<Missed<Next>, Violation> {
        let Some(note) = &self.note else {
            return Ok(Err(Next::Ask(Resource::Checkpoint)));
        };
        let Some(note) = note else {
            return Ok(Err(Next::Unfit("checkpoint-missing")));
        };
        let Ok(new) = SignedCheckpoint::parse(note) else {
            return Ok(Err(Next::Unfit("checkpoint-malformed")));
        };
        let worth = followed.judge(&new, &|id| own.get(id), &|id| self.tile(id).ok().flatten());
        let worth = match worth {
            Ok(worth) => worth,
            Err(why) => return Ok(Err(self.missed(why))),
        };
        Ok(Ok(match worth {
            Worth::Same => Next::Same(Box::new(new)),
            Worth::Grown { is_vouched: true } => Next::See(Box::new(new)),
            Worth::Grown { is_vouched: false } => {
                return Err(Violation("nobody rotates keys in this world".to_owned()));
            }
            Worth::Unfit(why) => Next::Unfit(why.code()),
            Worth::Forked(fork) => Next::Caught(Box::new(Caught {
                older: fork.older().clone(),
                newer: fork.newer().clone(),
            })),
            Worth::EmptyRoot => return Err(Violation("nobody signs an empty tree in this world".to_owned())),
            Worth::Ours(why) => return Err(Violation(format!("our own tiles do not tell: {why}"))),
        }))
    }

    fn next_of_taking(&mut self, recall: &dyn Fn(&RecordId) -> Option<Chain>) -> Result<Missed<Next>, Violation> {
        let Some(taking) = &self.taking else {
            return Err(Violation("nothing is taken".to_owned()));
        };
        if let Some(batch) = &taking.batch {
            return Ok(Ok(Next::Stage(Box::new(batch.clone()))));
        }
        let (edge, said) = (&taking.from.edge, taking.new.checkpoint());
        let Some(id) = tiles_of_row(Level::Entries, edge.size(), said.size).next() else {
            return Ok(self.finish());
        };
        let (bundle, bodies) = match self.bundle(edge, id, &taking.new) {
            Ok(found) => found,
            Err(missed) => return Ok(Err(missed)),
        };
        self.push(&bundle, &bodies, recall).map(|pushed| {
            pushed?;
            match self.taking.as_ref().and_then(|taking| taking.batch.clone()) {
                Some(batch) => Ok(Next::Stage(Box::new(batch))),
                None => Err(Next::Unfit("wrong-bundle")),
            }
        })
    }

    fn finish(&mut self) -> Missed<Next> {
        let Some(taking) = self.taking.take() else {
            return Err(Next::Unfit("wrong-bundle"));
        };
        match taking.intake.finish() {
            Ok(state) => {
                let edge = taking.from.edge;
                Ok(Next::Publish(Box::new((taking.new, Reached { state, edge }))))
            }
            Err(why) => Err(Next::Distrusted(why.code())),
        }
    }

    /// The next bundle of entries, proved, with the bodies beside it.
    fn bundle(
        &self,
        edge: &RightEdge,
        id: TileId,
        new: &SignedCheckpoint,
    ) -> Missed<(ProvedBundle, Vec<Option<Vec<u8>>>)> {
        let entries = self.tile(id)?.ok_or(Next::Unfit("bundle-missing"))?;
        let row = self.tile(ProvedBundle::row(id))?.ok_or(Next::Unfit("tile-missing"))?;
        let shown = |id| self.tile(id).ok().flatten();
        let proved = ProvedBundle::check(edge, (id, &entries), &row, new.checkpoint(), &shown);
        let bundle = proved
            .map_err(|why| self.missed(why))?
            .map_err(|_| Next::Unfit("wrong-bundle"))?;
        let beside = TileId::new(Level::Bodies, id.index(), id.width()).map_err(|_| Next::Unfit("wrong-bundle"))?;
        let bodies = match self.tile(beside)? {
            Some(bytes) => {
                let decoded = decode_bodies(beside, &bytes).map_err(|_| Next::Unfit("wrong-bodies"))?;
                decoded.into_iter().map(|body| body.map(<[u8]>::to_vec)).collect()
            }
            None if self.place == 0 => Vec::new(),
            None => return Err(Next::Unfit("bodies-missing")),
        };
        check_bodies(&bundle, &bodies)?;
        Ok((bundle, bodies))
    }

    fn push(
        &mut self,
        bundle: &ProvedBundle,
        bodies: &[Option<Vec<u8>>],
        recall: &dyn Fn(&RecordId) -> Option<Chain>,
    ) -> Result<Missed<()>, Violation> {
        let Some(taking) = &mut self.taking else {
            return Err(Violation("nothing is taken".to_owned()));
        };
        let leaves: Vec<&[u8]> = bundle.leaves.iter().map(Vec::as_slice).collect();
        let given: Vec<Option<&[u8]>> = bodies.iter().map(Option::as_deref).collect();
        let given: Vec<_> = given
            .into_iter()
            .chain(std::iter::repeat(None))
            .take(leaves.len())
            .collect();
        let read = leaves
            .iter()
            .zip(&given)
            .map(|(leaf, body)| chapar_register::Entry::of_leaf(leaf).with_body(*body));
        let entries: Vec<_> = read.collect();
        for id in taking.intake.unknown_in(&entries) {
            if let Some(chain) = recall(&id) {
                taking.intake.recall(id, chain);
            }
        }
        let mut batch = Batch {
            before: taking.from.edge.size(),
            entries: Vec::new(),
            noted: Vec::new(),
            files: Vec::new(),
            to: taking.from.clone(),
        };
        for ((leaf, body), entry) in leaves.iter().zip(given).zip(entries).skip(bundle.known) {
            let taken = taking.intake.take(entry);
            batch.add(leaf, body, &taken);
        }
        if taking.intake.state().keys().is_empty() {
            return Ok(Err(Next::Unfit("log-keyless")));
        }
        let made = grown(&taking.from.edge, &bundle.leaves).map_err(fault)?;
        let Some((edge, files)) = made.filter(|(edge, _)| *edge == bundle.edge) else {
            return Ok(Err(Next::Unfit("wrong-bundle")));
        };
        let differs = |file: &Tile| {
            let theirs = self.have.get(&file.id).and_then(Option::as_ref);
            theirs.is_some_and(|theirs| file.id.level() != Level::Entries && !theirs.starts_with(&file.bytes))
        };
        if files.iter().any(differs) {
            return Ok(Err(Next::Unfit("wrong-tile")));
        }
        batch.files = files;
        batch.to = Reached {
            state: state_of(&taking.intake),
            edge,
        };
        taking.batch = Some(batch);
        Ok(Ok(()))
    }

    /// A tile as the place gave it, or the full one in its place; none where it has neither.
    fn tile(&self, id: TileId) -> Missed<Option<Vec<u8>>> {
        match self.have.get(&id) {
            None => Err(Next::Ask(Resource::Tile(id))),
            Some(Some(bytes)) => Ok(Some(bytes.clone())),
            Some(None) if id.is_full() => Ok(None),
            Some(None) => match self.have.get(&id.full()) {
                None => Err(Next::Ask(Resource::Tile(id.full()))),
                Some(found) => Ok(found.clone()),
            },
        }
    }

    fn missed(&self, why: Unprovable) -> Next {
        match why {
            Unprovable::Missing(id) => match self.tile(id) {
                Err(ask) => ask,
                Ok(None) => Next::Unfit("tile-missing"),
                Ok(Some(_)) => Next::Unfit("wrong-tile"),
            },
            Unprovable::Range => Next::Unfit("wrong-tile"),
        }
    }
}

fn state_of(intake: &Intake<'_>) -> LogState {
    intake.state().clone()
}

/// A body that is not its leaf's, or is missing where it must not be, is the place's fault.
fn check_bodies(bundle: &ProvedBundle, bodies: &[Option<Vec<u8>>]) -> Missed<()> {
    let bodies = bodies.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    for (leaf, body) in bundle.leaves.iter().zip(bodies).skip(bundle.known) {
        let Ok(record) = Record::parse(leaf) else { continue };
        let (header, is_open) = (record.header(), record.header().visibility == Visibility::Open);
        match body {
            Some(bytes) if !is_open || body_hash(None, bytes) != header.body_hash => {
                return Err(Next::Unfit("wrong-bodies"));
            }
            None if is_open && ["key-set", "withdrawal"].contains(&header.kind.as_str()) => {
                return Err(Next::Unfit("bodies-missing"));
            }
            _ => {}
        }
    }
    Ok(())
}

impl Batch {
    fn add(&mut self, leaf: &[u8], body: Option<&[u8]>, taken: &Taken) {
        let mut entry = Entry {
            leaf: leaf.to_vec(),
            body: None,
            is_open: true,
        };
        if let Ok(accepted) = &taken.verdict {
            if matches!(accepted.body, BodyState::Here(_)) {
                entry.body = body.map(<[u8]>::to_vec);
            }
            let header = accepted.record.header();
            self.noted.push(Noted {
                position: taken.index + 1,
                id: header.id.clone(),
                kind: header.kind.clone(),
                version: Version {
                    number: header.version,
                    leaf_hash: taken.leaf_hash,
                    body_hash: header.body_hash,
                },
            });
        }
        self.entries.push(entry);
    }
}
