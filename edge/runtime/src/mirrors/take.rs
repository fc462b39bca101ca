//! Taking what a log has grown by: bundle by bundle, each proved to be of the signed tree before it is believed, then staged in
//! batches, and published when all of it is here.
//!
//! What is staged stays when a look is cut off, by a fault or a crash, and the next one goes on behind it. Refuses to judge the
//! checkpoint (`judge`) and the records (`chapar_register`).

use super::obstacle::{Evidence, Halt, Obstacle};
use super::place::{Place, Tiles};
use super::turns::Turn;
use crate::folds::chains;
use crate::hands::Begun;
use crate::logs::{Files, Tree, grown, signed};
use crate::{Fault, Runtime};
use chapar_register::{
    Ahead, BodyState, Distrust, Entry, Intake, Keys, Kinds, LogState, Record, RecordId, Seen, Taken, Visibility,
};
use chapar_store::{MirrorReject, MirroredEntry, MirroredRecord, Staging};
use chapar_terms::Invalid;
use chapar_tlog::{
    BODY_BYTES, ENTRY_BUNDLE_BYTES, Level, ProvedBundle, Resource, RightEdge, SignedCheckpoint, TILE_WIDTH, TileId,
    WrongBundle, decode_bodies, decode_entries, tiles_of_row,
};
use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Entries that are staged with one write: their rows hold fewer values than a statement may have.
const BATCH_ENTRIES: usize = 1024;
/// Bytes of entries and bodies at which a batch is staged earlier.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Versions of one record that are looked at; a log with more of one record is not believed from there on.
const VERSIONS: i64 = 100_000;
/// Entries that a checkpoint of an unknown key may bring: its key must be among them. They are looked through twice.
const REHEARSED: u64 = 1 << 16;
/// Length that goes before a body.
const LENGTH_BYTES: usize = 4;
/// Kinds without whose bodies later records, or the members of a federation, are judged wrongly: no honest log purges one.
const NEEDED: [&str; 3] = ["key-set", "withdrawal", "membership"];

/// How far a log is verified.
#[derive(Clone)]
pub(super) struct Reached {
    pub state: LogState,
    pub edge: RightEdge,
}

/// One taking.
pub(super) struct Taking<'a> {
    pub runtime: &'a Runtime,
    pub tree: &'a Tree,
    pub place: &'a Place<'a>,
    pub checkpoint: &'a SignedCheckpoint,
    /// Set when nobody wants the log any more.
    pub gone: &'a AtomicBool,
}

/// A bundle that is of the signed tree, with what stood beside it; its entries are being looked at.
struct Fetched {
    proved: ProvedBundle,
    looked: Begun<Result<Looked, Invalid>>,
}

/// The entries of a bundle that were not here before.
struct Looked {
    entries: Vec<Entry>,
    /// What stood beside all of them, as it was given.
    bodies: Option<Vec<u8>>,
}

/// A batch that is taken and waits to be written.
struct Ready {
    files: Files,
    batch: Batch,
    to: Reached,
}

/// What is to be staged with one write.
#[derive(Default)]
struct Batch {
    leaves: Vec<Vec<u8>>,
    entries: Vec<MirroredEntry>,
    records: Vec<MirroredRecord>,
    rejects: Vec<MirrorReject>,
}

impl Taking<'_> {
    /// Takes everything from `from` on; what is verified then. Rows and files are durable, and not published.
    ///
    /// While a batch is written the next one is fetched and looked at.
    pub(super) async fn take(&self, from: &mut Reached) -> Result<LogState, Halt> {
        let size = self.checkpoint.checkpoint().size;
        let mut intake = self.begin(from.state.clone())?;
        let mut tiles = Tiles::of(self.place, self.checkpoint);
        let mut edge = from.edge.clone();
        let mut rest = tiles_of_row(Level::Entries, edge.size(), size).peekable();
        let mut ready = None;
        loop {
            let keys = Arc::new(intake.state().keys().clone());
            let gathering = self.gather(&mut tiles, &mut edge, &mut rest, &keys);
            let (gathered, written) = tokio::join!(gathering, self.write(ready.take(), from));
            written?;
            // What was taken is stored, and recalled from there.
            intake.forget();
            let gathered = gathered?;
            if gathered.is_empty() {
                return intake.finish().map_err(|why| self.distrust(&why));
            }
            let batch = self.take_up(&mut intake, gathered).await?;
            let to = Reached {
                state: intake.state().clone(),
                edge: edge.clone(),
            };
            let files = self.files(&tiles, &batch, from, &to)?;
            ready = Some(Ready { files, batch, to });
        }
    }

    /// Fetches the bundles of a batch, or as many as come within a turn; none where nothing is left.
    async fn gather(
        &self,
        tiles: &mut Tiles<'_>,
        edge: &mut RightEdge,
        rest: &mut Peekable<impl Iterator<Item = TileId>>,
        keys: &Arc<Keys>,
    ) -> Result<Vec<Fetched>, Halt> {
        let (mut gathered, mut entries, mut bytes) = (Vec::new(), 0, 0);
        while gathered.is_empty() && rest.peek().is_some() {
            self.check_wanted()?;
            let turn = self.turn().await?;
            while let Some(id) = rest.peek().copied() {
                self.check_wanted()?;
                let fetched = turn.within(self.fetch(tiles, edge, id, keys)).await;
                let Some((fetched, length)) = fetched.transpose()? else {
                    break;
                };
                rest.next();
                edge.clone_from(&fetched.proved.edge);
                entries += fetched.proved.leaves.len() - fetched.proved.known;
                bytes += length;
                gathered.push(fetched);
                // Others come between two turns. Without keys, only the first entry may bring them: the rest need not be fetched.
                let is_full = entries >= BATCH_ENTRIES || bytes >= BATCH_BYTES;
                if is_full || turn.is_of_one_bundle() || keys.is_empty() {
                    break;
                }
            }
        }
        Ok(gathered)
    }

    /// Takes what was gathered, bundle by bundle.
    async fn take_up(&self, intake: &mut Intake<'_>, gathered: Vec<Fetched>) -> Result<Batch, Halt> {
        let mut batch = Batch::default();
        for Fetched { proved, looked } in gathered {
            let keys = intake.state().keys().clone();
            let (taken, bodies) = self.push(intake, looked).await?;
            if let Some(seen) = Seen::of(&keys, &taken) {
                self.runtime.inner.folds.saw(&self.tree.origin, seen);
            }
            batch.add(proved, bodies.as_deref(), taken)?;
        }
        Ok(batch)
    }

    /// Looks through what a checkpoint brings whose key is not known yet, and keeps nothing of it: the entries must name the key.
    pub(super) async fn rehearse(&self, from: &Reached) -> Result<(), Halt> {
        let size = self.checkpoint.checkpoint().size;
        if size.saturating_sub(from.edge.size()) > REHEARSED {
            let why = "shows a checkpoint of a key that is not known, and more entries than are looked through for it";
            return Err(self.place.obstacle("checkpoint-unsigned", why).into());
        }
        let mut intake = self.begin(from.state.clone())?;
        let mut tiles = Tiles::of(self.place, self.checkpoint);
        let mut edge = from.edge.clone();
        let mut rest = tiles_of_row(Level::Entries, edge.size(), size).peekable();
        loop {
            let keys = Arc::new(intake.state().keys().clone());
            let gathered = self.gather(&mut tiles, &mut edge, &mut rest, &keys).await?;
            if gathered.is_empty() {
                return intake.finish().map(|_| ()).map_err(|why| self.distrust(&why));
            }
            for Fetched { looked, .. } in gathered {
                self.push(&mut intake, looked).await?;
            }
        }
    }

    /// The next bundle, proved, and the bytes that came; its entries are looked at by other hands. Nothing is left behind where its turn is
    /// over before.
    async fn fetch(
        &self,
        tiles: &mut Tiles<'_>,
        edge: &RightEdge,
        id: TileId,
        keys: &Arc<Keys>,
    ) -> Result<(Fetched, usize), Halt> {
        let hands = &self.runtime.inner.hands;
        let mut proved = self.bundle(tiles, edge, id).await?;
        let leaves = std::mem::take(&mut proved.leaves);
        let read = hands.begin(move || {
            let entries: Vec<Entry> = leaves.iter().map(|leaf| Entry::of_leaf(leaf)).collect();
            (leaves, entries)
        });
        let (leaves, entries) = read.done().await?;
        proved.leaves = leaves;
        let (id, bodies) = self.bodies(id, &entries).await?;
        let length = proved.leaves.iter().map(Vec::len).sum::<usize>() + bodies.as_ref().map_or(0, Vec::len);
        let (suite, keys, known) = (Arc::clone(&self.runtime.inner.suite), Arc::clone(keys), proved.known);
        let looked = hands.begin(move || {
            let ahead = Ahead {
                kinds: Kinds::built_in(),
                suite: suite.as_ref(),
                keys: &keys,
            };
            look(ahead, id, entries, known, bodies)
        });
        Ok((Fetched { proved, looked }, length))
    }

    async fn turn(&self) -> Result<Turn<'_>, Fault> {
        let turn = self.runtime.inner.mirrors.turns.next(self.place.address).await;
        turn.map_err(|_| Fault::Unavailable("the node ends".to_owned()))
    }

    fn begin(&self, state: LogState) -> Result<Intake<'_>, Halt> {
        let suite = self.runtime.inner.suite.as_ref();
        Intake::begin(Kinds::built_in(), suite, state, self.checkpoint.clone()).map_err(|why| self.distrust(&why))
    }

    /// What the intake says against the whole: every bundle was proved to be of the signed tree, so no key signed it that may.
    fn distrust(&self, why: &Distrust) -> Halt {
        self.place
            .obstacle(why.code(), &format!("shows a log that is not believed: {why}"))
            .into()
    }

    fn check_wanted(&self) -> Result<(), Halt> {
        let is_over = self.gone.load(Ordering::Relaxed) || self.runtime.inner.stopping.load(Ordering::Relaxed);
        match is_over {
            true => Err(Halt::Ours(Fault::Unavailable("the mirror is ended".to_owned()))),
            false => Ok(()),
        }
    }

    fn wrong_bundle(&self, why: &str) -> Obstacle {
        self.place
            .obstacle("wrong-bundle", &format!("gives a wrong bundle: {why}"))
    }

    fn wrong_entries(&self, id: TileId, bytes: &[u8], why: &str) -> Obstacle {
        self.wrong_bundle(why).with(Evidence::wrong(id, bytes, self.checkpoint))
    }

    /// The next bundle of entries, proved against the signed root, and equal to the tile that the place gives for it.
    async fn bundle(&self, tiles: &mut Tiles<'_>, edge: &RightEdge, id: TileId) -> Result<ProvedBundle, Halt> {
        let entries = self.place.tile(id, ENTRY_BUNDLE_BYTES).await?;
        let missing = || {
            self.place
                .obstacle("bundle-missing", &format!("has no `{}`", id.path()))
        };
        let entries = entries.ok_or_else(missing)?;
        decode_entries(id, &entries).map_err(|why| self.wrong_entries(id, &entries, &why.to_string()))?;
        let row = ProvedBundle::row(id);
        let hashes = tiles.fetch(row).await?;
        let said = self.checkpoint.checkpoint();
        let proved = tiles.ask(|shown| ProvedBundle::check(edge, (id, &entries), &hashes, said, shown));
        match proved.await? {
            Ok(proved) => Ok(proved),
            Err(WrongBundle::Malformed(why)) => Err(self.wrong_entries(id, &entries, &why.to_string()).into()),
            Err(WrongBundle::OtherTree) => {
                let why = format!("`{}` is not of the signed tree", id.path());
                Err(self.wrong_entries(id, &entries, &why).into())
            }
            Err(WrongBundle::OtherTile) => Err(tiles
                .wrong_tile(row, &hashes, &format!("`{}` is not of its entries", row.path()))
                .into()),
        }
    }

    /// What stands beside a bundle. The lengths are signed with the leaves, so that nothing longer is read.
    async fn bodies(&self, id: TileId, entries: &[Entry]) -> Result<(TileId, Option<Vec<u8>>), Halt> {
        let id = TileId::new(Level::Bodies, id.index(), id.width()).map_err(Fault::from)?;
        let known = entries.iter().map(|entry| LENGTH_BYTES + body_length(entry)).sum();
        let mut bodies = self.place.resource(Resource::Tile(id), known).await?;
        if bodies.is_none() && !id.is_full() {
            // The full one holds bodies whose lengths are not known here.
            let later = usize::from(TILE_WIDTH - id.width()) * (LENGTH_BYTES + BODY_BYTES);
            bodies = self.place.resource(Resource::Tile(id.full()), known + later).await?;
        }
        if bodies.is_none() && !self.place.is_own {
            let why = format!("has no `{}`", id.path());
            return Err(self.place.obstacle("bodies-missing", &why).into());
        }
        Ok((id, bodies))
    }

    /// A body that is not its leaf's, or is missing where it must not be, is the place's fault: another may have it.
    fn check_body(&self, entry: &Entry) -> Result<(), Obstacle> {
        let Some(header) = entry.record().map(Record::header) else {
            return Ok(());
        };
        if entry.has_wrong_body() && !is_any_body_taken() {
            return Err(self.wrong_bodies(&format!("that of `{}` is not the one it commits to", header.id)));
        }
        let is_needed = header.visibility == Visibility::Open && NEEDED.contains(&header.kind.as_str());
        match is_needed && !entry.has_body() {
            true => {
                let why = format!("does not give the body of `{}`", header.id);
                Err(self.place.obstacle("bodies-missing", &why))
            }
            false => Ok(()),
        }
    }

    fn wrong_bodies(&self, why: &str) -> Obstacle {
        self.place
            .obstacle("wrong-bodies", &format!("gives wrong bodies: {why}"))
    }

    /// Tells the intake what was taken before of the records that a bundle continues.
    async fn recall(&self, intake: &mut Intake<'_>, entries: &[Entry]) -> Result<(), Halt> {
        let unknown = intake.unknown_in(entries);
        let names: Vec<String> = unknown.iter().map(RecordId::to_string).collect();
        let store = &self.runtime.inner.store;
        let rows = store.mirrored_versions(&self.tree.origin, &names, VERSIONS).await?;
        for (id, chain) in chains(&rows)? {
            intake.recall(id, chain);
        }
        Ok(())
    }

    /// Takes what of a bundle was not taken before.
    async fn push(
        &self,
        intake: &mut Intake<'_>,
        looked: Begun<Result<Looked, Invalid>>,
    ) -> Result<(Vec<Taken>, Option<Vec<u8>>), Halt> {
        let looked = looked.done().await?;
        let Looked { entries, bodies } = looked.map_err(|why| self.wrong_bodies(&why.to_string()))?;
        entries.iter().try_for_each(|entry| self.check_body(entry))?;
        self.recall(intake, &entries).await?;
        let taken = entries.into_iter().map(|entry| intake.take(entry)).collect();
        match intake.state().keys().is_empty() {
            true => Err(self.distrust(&Distrust::Keyless)),
            false => Ok((taken, bodies)),
        }
    }

    /// Writes a batch, if there is one: files first, then rows, so that what is staged has its tree.
    async fn write(&self, ready: Option<Ready>, from: &mut Reached) -> Result<(), Halt> {
        let Some(Ready { files, batch, to }) = ready else {
            return Ok(());
        };
        self.tree.tiles.write(files).await?;
        let (store, at) = (&self.runtime.inner.store, self.runtime.now().unix_ms());
        let staging = Staging {
            origin: self.tree.origin.clone(),
            position: signed(from.edge.size())?,
            entries: batch.entries,
            records: batch.records,
            rejects: batch.rejects,
            state: to.state.encode(),
            at,
        };
        store.stage_entries(staging).await?;
        *from = to;
        Ok(())
    }

    /// The files that a batch makes of the tree: the same bytes as the place gives.
    fn files(&self, tiles: &Tiles<'_>, batch: &Batch, from: &Reached, to: &Reached) -> Result<Files, Halt> {
        let made = grown(&from.edge, &batch.leaves)?;
        let Some((edge, files)) = made else {
            return Err(self.wrong_bundle("it brings nothing").into());
        };
        if edge != to.edge {
            return Err(self.wrong_bundle("it begins with other entries than are held").into());
        }
        match tiles.differ_from(&files) {
            Some(obstacle) => Err(obstacle.into()),
            None => Ok(files),
        }
    }
}

impl Batch {
    /// Takes up a bundle.
    fn add(&mut self, proved: ProvedBundle, bodies: Option<&[u8]>, taken: Vec<Taken>) -> Result<(), Fault> {
        let id = TileId::new(Level::Bodies, proved.id.index(), proved.id.width())?;
        let bodies = match bodies {
            Some(bodies) => decode_bodies(id, bodies)?,
            None => Vec::new(),
        };
        let bodies = bodies.into_iter().chain(std::iter::repeat(None));
        let new = proved.leaves.iter().zip(bodies).skip(proved.known).zip(taken);
        for ((leaf, body), taken) in new {
            self.add_entry(signed(taken.index + 1)?, leaf, body, taken);
        }
        // The first bundle of a batch begins with what was here; later ones follow on it.
        self.leaves.extend(proved.leaves);
        Ok(())
    }

    fn add_entry(&mut self, position: i64, leaf: &[u8], body: Option<&[u8]>, taken: Taken) {
        let (mut body_hash, mut kept) = (String::new(), None);
        match taken.verdict {
            Ok(accepted) => {
                if matches!(&accepted.body, BodyState::Here(_)) || is_any_body_taken() {
                    kept = body.map(<[u8]>::to_vec);
                }
                let header = accepted.record.header();
                body_hash = header.body_hash.hex();
                self.records.push(MirroredRecord {
                    position,
                    record_id: header.id.to_string(),
                    kind: header.kind.as_str().to_owned(),
                    version: i64::from(header.version),
                    leaf_hash: taken.leaf_hash.hex(),
                    body_hash: body_hash.clone(),
                });
            }
            Err(reject) => {
                // What is no good record commits to a body all the same.
                if let Ok(record) = Record::parse(leaf) {
                    body_hash = record.header().body_hash.hex();
                }
                self.rejects.push(MirrorReject {
                    position,
                    code: reject.fault.as_str().to_owned(),
                    why: reject.why,
                });
            }
        }
        self.entries.push(MirroredEntry {
            leaf: leaf.to_vec(),
            body_hash,
            body: kept,
        });
    }
}

/// The longest body that may stand beside a leaf.
fn body_length(entry: &Entry) -> usize {
    match entry.record() {
        Some(record) => usize::try_from(record.header().body_bytes).unwrap_or(BODY_BYTES),
        None => BODY_BYTES,
    }
}

/// Puts the bodies of a bundle beside its entries, and finds of the new ones what there is to be found before it is their turn.
fn look(
    ahead: Ahead<'_>,
    id: TileId,
    entries: Vec<Entry>,
    known: usize,
    bodies: Option<Vec<u8>>,
) -> Result<Looked, Invalid> {
    let given = match &bodies {
        Some(bodies) => decode_bodies(id, bodies)?,
        None => Vec::new(),
    };
    let given = given.into_iter().chain(std::iter::repeat(None));
    let begin = id.index() * u64::from(TILE_WIDTH);
    let new = entries.into_iter().zip(given).zip(begin..).skip(known);
    let looked = new.map(|((entry, body), index)| ahead.look(index, entry.with_body(body)));
    Ok(Looked {
        entries: looked.collect(),
        bodies,
    })
}

/// Never, but where a judge of mirrors is judged.
fn is_any_body_taken() -> bool {
    chapar_terms::sabotaged("mirror-any-body")
}
