//! What a mirror keeps of a log, and how it is taken up from the disk.
//!
//! A model of the keeper in `edge/runtime`; the state, the tree and the files are the core's.

use super::disk::{Files, Log};
use super::house::House;
use super::look::Look;
use crate::Violation;
use crate::side::fault;
use chapar_register::LogState;
use chapar_tlog::{RightEdge, SignedCheckpoint, TILE_WIDTH, Tile, VerifierKey, grown};

/// How far a log is verified.
#[derive(Clone)]
pub(crate) struct Reached {
    pub state: LogState,
    pub edge: RightEdge,
}

/// One mirror, as it is in memory.
pub(crate) struct Keeper {
    pub held: Reached,
    pub staged: Option<Reached>,
    pub look: Option<Look>,
    /// Looks that came to nothing, one after the other.
    pub failures: u32,
}

impl Keeper {
    /// Takes a mirror up where it was left. Gives beside it whether what is staged fits nothing and is to be dropped.
    pub fn load(house: &House, log: &Log, files: &mut Files) -> Result<(Self, bool), Violation> {
        let state = LogState::decode(&log.state).map_err(fault)?;
        let edge = load_edge(log, files, log.size)?;
        if state.frontier().size() != log.size || state.frontier().root() != edge.root() {
            let origin = &house.origin;
            return Err(Violation(format!(
                "what is stored of the mirror of {origin} is not what was verified"
            )));
        }
        let last = log.entries.len() as u64;
        let staged = log.staged.as_deref().map(LogState::decode).transpose().map_err(fault)?;
        let staged = staged.and_then(|state| {
            let size = state.frontier().size();
            let edge = RightEdge::load(size, &|id| files.get(id)).ok()?;
            let is_listed = state.keys().log_keys(last).contains(&house.vkey);
            let fits = size == last && edge.root() == state.frontier().root() && is_listed;
            fits.then_some(Reached { state, edge })
        });
        let is_stale = staged.is_none() && last > log.size;
        let keeper = Self {
            held: Reached { state, edge },
            staged,
            look: None,
            failures: 0,
        };
        Ok((keeper, is_stale))
    }

    /// The keys that sign a tree of this size, as far as they are known: the pinned one where nothing else is.
    pub fn keys_at(&self, pinned: &VerifierKey, size: u64) -> Vec<VerifierKey> {
        match self.held.state.keys().is_empty() {
            true => vec![pinned.clone()],
            false => self.held.state.keys().log_keys(size),
        }
    }
}

/// The edge of the tree of this size: from its files, or made again from the entries where files are missing.
pub(crate) fn load_edge(log: &Log, files: &mut Files, size: u64) -> Result<RightEdge, Violation> {
    if let Ok(edge) = RightEdge::load(size, &|id| files.get(id)) {
        return Ok(edge);
    }
    let leaves: Vec<Vec<u8>> = log.entries.iter().map(|entry| entry.leaf.clone()).collect();
    let upto = usize::try_from(size).ok().and_then(|size| leaves.get(..size));
    let upto = upto.ok_or_else(|| Violation(format!("{size} entries were published, and fewer are stored")))?;
    let Some((edge, tiles)) = grown(&RightEdge::empty(), upto).map_err(fault)? else {
        return Ok(RightEdge::empty());
    };
    let (folders, _) = files.put(&tiles, usize::MAX)?;
    files.sync(&folders);
    Ok(edge)
}

/// The edge with the entries that are stored behind it, and the files that are new with it; none when nothing is.
pub(crate) fn grow(log: &Log, edge: &RightEdge) -> Result<Option<(RightEdge, Vec<Tile>)>, Violation> {
    let first = edge.size() - edge.size() % u64::from(TILE_WIDTH);
    let first = usize::try_from(first).map_err(fault)?;
    let leaves = log.entries.iter().skip(first).map(|entry| entry.leaf.clone());
    grown(edge, &leaves.collect::<Vec<_>>()).map_err(fault)
}

/// The checkpoint with the log's own signatures alone.
pub(crate) fn bare(signed: &SignedCheckpoint) -> Result<SignedCheckpoint, Violation> {
    let mut bare = SignedCheckpoint::new(signed.checkpoint().clone()).map_err(fault)?;
    let origin = signed.checkpoint().origin.as_str();
    for signature in signed
        .note()
        .signatures()
        .iter()
        .filter(|one| one.name.as_str() == origin)
    {
        bare.add(signature.clone());
    }
    Ok(bare)
}
