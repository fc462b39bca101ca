//! Versions of records as they are stored, for an intake that continues them.

use crate::Fault;
use chapar_register::{Chain, KindName, RecordId, Version};
use chapar_store::MirroredRecord;
use chapar_terms::Digest;

/// The chains of these rows, which come record by record and oldest first.
pub(crate) fn chains(rows: &[MirroredRecord]) -> Result<Vec<(RecordId, Chain)>, Fault> {
    let of_one = rows.chunk_by(|one, other| one.record_id == other.record_id);
    of_one
        .filter_map(|rows| Some((rows.first()?, rows)))
        .map(chain)
        .collect()
}

fn chain((first, rows): (&MirroredRecord, &[MirroredRecord])) -> Result<(RecordId, Chain), Fault> {
    let chain = Chain {
        kind: KindName::parse(&first.kind)?,
        versions: rows.iter().map(version).collect::<Result<_, _>>()?,
    };
    Ok((RecordId::parse(&first.record_id)?, chain))
}

fn version(row: &MirroredRecord) -> Result<Version, Fault> {
    Ok(Version {
        number: u32::try_from(row.version).unwrap_or(u32::MAX),
        leaf_hash: Digest::from_hex(&row.leaf_hash)?,
        body_hash: Digest::from_hex(&row.body_hash)?,
    })
}
