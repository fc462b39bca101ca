//! Our code reads a log in such a folder, whoever wrote it, and says `ok` or `bad` of each check.

use crate::layout::{CHECKS, Verdicts, entry, extra, numbers};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_suite_international::International;
use chapar_terms::{Digest, Instant};
use chapar_tlog::policy::Policy;
use chapar_tlog::{
    Checkpoint, Level, RightEdge, SignedCheckpoint, Statement, TileId, TlogProof, decode_entries, leaf_hash, root_at,
    tiles_between, tiles_of_row, verify_consistency, verify_inclusion,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// No cosignature can be older: nobody had written one.
const EARLIEST: Instant = Instant::from_unix_s(1_577_836_800);

struct Reader<'a> {
    folder: &'a Path,
    policy: Policy,
    trees: BTreeMap<u64, Checkpoint>,
}

type Check = fn(&mut Reader<'_>) -> Result<(), String>;

/// Reads the log of a folder; of each check, why it failed if it did.
pub fn read(folder: &Path) -> Verdicts {
    let policy = fs::read(folder.join("policy")).unwrap();
    let policy = Policy::parse(&policy).unwrap();
    let mut reader = Reader {
        folder,
        policy,
        trees: BTreeMap::new(),
    };
    let checks: [Check; CHECKS.len()] = [
        |reader| reader.checkpoints(),
        |reader| reader.roots(),
        |reader| reader.entries(),
        |reader| reader.inclusion(),
        |reader| reader.consistency(),
        |reader| reader.offline(),
    ];
    CHECKS
        .into_iter()
        .zip(checks)
        .map(|(name, check)| (name, check(&mut reader)))
        .collect()
}

fn why(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

impl Reader<'_> {
    fn tile(&self, id: TileId) -> Option<Vec<u8>> {
        fs::read(self.folder.join(id.path())).ok()
    }

    fn checkpoints(&mut self) -> Result<(), String> {
        let mut failed = Ok(());
        for size in numbers(&self.folder.join("checkpoints")) {
            match self.checkpoint(size) {
                Ok(checkpoint) => {
                    self.trees.insert(size, checkpoint);
                }
                Err(why) => failed = Err(format!("size {size}: {why}")),
            }
        }
        failed
    }

    fn checkpoint(&self, size: u64) -> Result<Checkpoint, String> {
        let bytes = fs::read(self.folder.join(format!("checkpoints/{size}"))).map_err(why)?;
        let signed = SignedCheckpoint::parse(&bytes).map_err(why)?;
        self.policy.accept(&International, &signed).map_err(why)?;
        let witnesses: Vec<_> = self
            .policy
            .witnesses()
            .iter()
            .map(|witness| witness.key.clone())
            .collect();
        let cosigned = signed.verify(&International, &witnesses).map_err(why)?;
        if cosigned
            .iter()
            .any(|signed| !matches!(signed.statement, Statement::SeenAt(at) if at > EARLIEST))
        {
            return Err("a cosignature from before there were any".to_owned());
        }
        let checkpoint = signed.checkpoint().clone();
        if checkpoint.size == size {
            Ok(checkpoint)
        } else {
            Err(format!("says {}", checkpoint.size))
        }
    }

    fn roots(&self) -> Result<(), String> {
        for (size, tree) in &self.trees {
            let root = root_at(*size, &|id| self.tile(id)).map_err(why)?.root();
            if root != tree.root {
                return Err(format!("size {size} has another root"));
            }
        }
        Ok(())
    }

    fn newest(&self) -> Result<&Checkpoint, String> {
        let newest = numbers(&self.folder.join("checkpoints"))
            .last()
            .and_then(|size| self.trees.get(size));
        newest.ok_or_else(|| "the newest checkpoint was not believed".to_owned())
    }

    /// Every entry, and every tile of the newest tree made anew out of them.
    fn entries(&self) -> Result<(), String> {
        let tree = self.newest()?;
        let mut leaves = Vec::new();
        for id in tiles_of_row(Level::Entries, 0, tree.size) {
            let bundle = self.tile(id).ok_or_else(|| format!("no `{}`", id.path()))?;
            for found in decode_entries(id, &bundle).map_err(why)? {
                if found != entry(leaves.len() as u64) {
                    return Err(format!("entry {} is another", leaves.len()));
                }
                leaves.push(leaf_hash(found));
            }
        }
        let mut edge = RightEdge::empty();
        let tiles = edge.grow(&leaves);
        if edge.root() != tree.root || tiles.len() != tiles_between(0, tree.size).count() {
            return Err("the entries give another tree".to_owned());
        }
        let other = tiles
            .iter()
            .find(|tile| self.tile(tile.id).as_ref() != Some(&tile.bytes));
        other.map_or(Ok(()), |tile| Err(format!("`{}` is another", tile.id.path())))
    }

    fn inclusion(&self) -> Result<(), String> {
        self.lines("inclusion", |index, size, proof| {
            let tree = self.tree(size)?;
            verify_inclusion(index, &leaf_hash(&entry(index)), size, &tree.root, proof).map_err(why)
        })
    }

    fn consistency(&self) -> Result<(), String> {
        self.lines("consistency", |old, new, proof| {
            verify_consistency(old, &self.tree(old)?.root, new, &self.tree(new)?.root, proof).map_err(why)
        })
    }

    fn tree(&self, size: u64) -> Result<&Checkpoint, String> {
        self.trees.get(&size).ok_or_else(|| format!("no tree of {size}"))
    }

    fn lines(&self, file: &str, check: impl Fn(u64, u64, &[Digest]) -> Result<(), String>) -> Result<(), String> {
        let text = fs::read_to_string(self.folder.join(file)).map_err(why)?;
        for line in text.lines() {
            let mut words = line.split(' ');
            let mut number = || {
                words
                    .next()
                    .and_then(|word| word.parse().ok())
                    .ok_or_else(|| format!("no proof: `{line}`"))
            };
            let (first, second) = (number()?, number()?);
            let hash = |word: &str| STANDARD.decode(word).ok()?.try_into().ok().map(Digest::from_bytes);
            let proof: Option<Vec<Digest>> = words.map(hash).collect();
            check(first, second, &proof.ok_or_else(|| format!("no hash: `{line}`"))?)
                .map_err(|why| format!("{first} {second}: {why}"))?;
        }
        Ok(())
    }

    fn offline(&self) -> Result<(), String> {
        for index in numbers(&self.folder.join("proofs")) {
            let bytes = fs::read(self.folder.join(format!("proofs/{index}"))).map_err(why)?;
            let proof = TlogProof::parse(&bytes).map_err(why)?;
            proof
                .verify(&International, &self.policy, &leaf_hash(&entry(index)))
                .map_err(|cause| format!("{index}: {cause}"))?;
            if proof.extra != extra(index) || proof.index != index {
                return Err(format!("{index} has other extra data or another place"));
            }
            if proof.render().as_bytes() != bytes {
                return Err(format!("{index} is not rendered as it was read"));
            }
        }
        Ok(())
    }
}
