//! A transparency log as bytes: Merkle tree, tiles, proofs, signed notes, checkpoints, cosignatures, policies.
//!
//! Pure: signatures go through the seam of `core/terms`, tiles come from a function that the caller hands in. Refuses to hold
//! what a leaf means (`core/evidence`, `core/register`), where tiles lie (`edge/store`) and who is asked for them (`edge/`).
//! Specifications: RFC 6962 section 2.1; C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature, tlog-proof,
//! tlog-policy, tlog-witness.

mod bundle;
mod checkpoint;
mod cosignature;
mod follow;
mod fork;
mod grown;
mod note;
pub mod policy;
mod proof;
mod prove;
mod resource;
mod right_edge;
mod span;
mod text;
mod tile;
mod tlog_proof;
mod tree;
mod vkey;
pub mod witness;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use bundle::{
    BODY_BUNDLE_BYTES, BODY_BYTES, ENTRY_BUNDLE_BYTES, ENTRY_BYTES, decode_bodies, decode_entries, encode_bodies,
    encode_entries, grow_bodies, grow_entries,
};
pub use checkpoint::{Checkpoint, Origin, SignedCheckpoint};
pub use follow::{Followed, ProvedBundle, Unfit, Worth, WrongBundle};
pub use fork::{Fork, NoFork, Prefix};
pub use grown::grown;
pub use note::{NOTE_BYTES, NOTE_SIGNATURES, NoteRefused, NoteSigner, Signature, Signed, SignedNote};
pub use proof::{PROOF_HASHES, Unproven, verify_consistency, verify_inclusion};
pub use prove::{
    TileSource, Unprovable, prefix_at, prove_consistency, prove_inclusion, root_at, tiles_for_consistency,
    tiles_for_inclusion, tiles_for_root,
};
pub use resource::Resource;
pub use right_edge::RightEdge;
pub use tile::{
    HASH_BYTES, Level, TILE_WIDTH, Tile, TileId, decode_hashes, encode_hashes, tiles_between, tiles_of_row,
};
pub use tlog_proof::{EXTRA_BYTES, NotLogged, TLOG_PROOF_BYTES, TlogProof};
pub use tree::{Frontier, MOST_LEAVES, empty_root, leaf_hash, node_hash};
pub use vkey::{KeyName, SignatureType, Statement, VerifierKey};
