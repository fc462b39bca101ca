//! Bundles: the entries of a log beside level 0 of its tree (C2SP tlog-tiles), and the bodies beside the entries (ours).
//!
//! An entry follows its length in two bytes, a body its length in four, big end first. No body is written as length 0.

use crate::tile::tiles_of_row;
use crate::{Level, TILE_WIDTH, Tile, TileId};
use chapar_terms::Invalid;

/// Longest entry: what two bytes can say.
pub const ENTRY_BYTES: usize = u16::MAX as usize;
/// Longest full bundle of entries.
pub const ENTRY_BUNDLE_BYTES: usize = TILE_WIDTH as usize * (2 + ENTRY_BYTES);
/// Longest body: the bound of a record's body, so that a full bundle stays a download of tens of megabytes.
pub const BODY_BYTES: usize = 256 * 1024;
/// Longest full bundle of bodies.
pub const BODY_BUNDLE_BYTES: usize = TILE_WIDTH as usize * (4 + BODY_BYTES);

const WHAT: &str = "bundle";

/// The bytes of a bundle of entries.
///
/// # Errors
/// An entry is longer than [`ENTRY_BYTES`]; it cannot be in a log.
pub fn encode_entries<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, Invalid> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| too_long(ENTRY_BYTES))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The bytes of a bundle of bodies; none stands for a body that is not to be had here.
///
/// # Errors
/// A body is longer than [`BODY_BYTES`], or empty, which could not be told from none.
pub fn encode_bodies<B: AsRef<[u8]>>(bodies: &[Option<B>]) -> Result<Vec<u8>, Invalid> {
    let mut bytes = Vec::new();
    for body in bodies {
        let body = body.as_ref().map(AsRef::as_ref);
        if body.is_some_and(<[u8]>::is_empty) {
            return Err(Invalid::new(WHAT, "holds an empty body"));
        }
        let body = body.unwrap_or_default();
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= BODY_BYTES);
        bytes.extend_from_slice(&length.ok_or_else(|| too_long(BODY_BYTES))?.to_be_bytes());
        bytes.extend_from_slice(body);
    }
    Ok(bytes)
}

/// The entries of a bundle. The full bundle may stand in for a partial one, as C2SP allows.
///
/// # Errors
/// It holds fewer or more entries, or ends within one; ask for it again or elsewhere.
pub fn decode_entries(id: TileId, bytes: &[u8]) -> Result<Vec<&[u8]>, Invalid> {
    decode(id, bytes, |rest| {
        let (length, rest) = rest.split_first_chunk()?;
        rest.split_at_checked(u16::from_be_bytes(*length).into())
    })
}

/// The bodies of a bundle, entry for entry; none where it has none. The full bundle may stand in for a partial one.
///
/// # Errors
/// It holds fewer or more bodies, ends within one, or one is longer than [`BODY_BYTES`]; ask for it again or elsewhere.
pub fn decode_bodies(id: TileId, bytes: &[u8]) -> Result<Vec<Option<&[u8]>>, Invalid> {
    let bodies = decode(id, bytes, |rest| {
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        rest.split_at_checked(length).filter(|_| length <= BODY_BYTES)
    })?;
    Ok(bodies
        .into_iter()
        .map(|body| Some(body).filter(|body| !body.is_empty()))
        .collect())
}

/// The bundles that new entries make of a log of `old` entries. `tail` is its last bundle if that is partial, else empty.
///
/// # Errors
/// An entry is too long, or the tail is not the one of `old` entries: the log's files are damaged.
pub fn grow_entries<E: AsRef<[u8]>>(old: u64, tail: &[u8], entries: &[E]) -> Result<Vec<Tile>, Invalid> {
    if let Some(id) = tail_of(Level::Entries, old) {
        decode_entries(id, tail)?;
    }
    grow(Level::Entries, old, tail, entries, encode_entries)
}

/// The bundles that new bodies make of a log of `old` entries, as [`grow_entries`].
///
/// # Errors
/// As [`grow_entries`] and [`encode_bodies`].
pub fn grow_bodies<B: AsRef<[u8]>>(old: u64, tail: &[u8], bodies: &[Option<B>]) -> Result<Vec<Tile>, Invalid> {
    if let Some(id) = tail_of(Level::Bodies, old) {
        decode_bodies(id, tail)?;
    }
    grow(Level::Bodies, old, tail, bodies, encode_bodies)
}

fn grow<T>(
    level: Level,
    old: u64,
    tail: &[u8],
    items: &[T],
    encode: impl Fn(&[T]) -> Result<Vec<u8>, Invalid>,
) -> Result<Vec<Tile>, Invalid> {
    let (mut tail, mut rest) = (tail, items);
    let mut within = old % u64::from(TILE_WIDTH);
    if within == 0 && !tail.is_empty() {
        return Err(Invalid::new(WHAT, "has a tail where none can be"));
    }
    let mut tiles = Vec::new();
    for id in tiles_of_row(level, old, old + items.len() as u64) {
        let count = usize::from(id.width()).saturating_sub(within as usize);
        let (here, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let bytes = [tail, &encode(here)?].concat();
        tiles.push(Tile { id, bytes });
        (tail, rest, within) = (&[], later, 0);
    }
    Ok(tiles)
}

/// The last bundle of a row of `size`, if it is partial.
fn tail_of(level: Level, size: u64) -> Option<TileId> {
    tiles_of_row(level, size.saturating_sub(1), size)
        .last()
        .filter(|id| !id.is_full())
}

fn decode<'a>(
    id: TileId,
    bytes: &'a [u8],
    next: impl Fn(&'a [u8]) -> Option<(&'a [u8], &'a [u8])>,
) -> Result<Vec<&'a [u8]>, Invalid> {
    let (mut items, mut rest) = (Vec::with_capacity(id.width().into()), bytes);
    while !rest.is_empty() && items.len() < usize::from(TILE_WIDTH) {
        let (item, later) = next(rest).ok_or_else(|| wrong(id, "breaks off or holds an item that is too long"))?;
        items.push(item);
        rest = later;
    }
    let width = usize::from(id.width());
    let stands_in = items.len() == width || items.len() == usize::from(TILE_WIDTH);
    if !rest.is_empty() || !stands_in {
        return Err(wrong(id, "holds another number of items"));
    }
    items.truncate(width);
    Ok(items)
}

fn too_long(most: usize) -> Invalid {
    Invalid::new(WHAT, format!("holds an item of more than {most} bytes"))
}

fn wrong(id: TileId, why: &str) -> Invalid {
    Invalid::new(WHAT, format!("`{}` {why}", id.path()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn id(path: &str) -> TileId {
        TileId::parse(path).unwrap()
    }

    #[test]
    fn entries_as_the_page_writes_them() {
        let bytes = encode_entries(&[b"one".as_slice(), b"", b"two"]).unwrap();
        assert_eq!(bytes, b"\x00\x03one\x00\x00\x00\x03two");
        let three = id("tile/entries/000.p/3");
        assert_eq!(decode_entries(three, &bytes).unwrap(), [b"one".as_slice(), b"", b"two"]);
        for wrong in [
            &bytes[..0],
            &bytes[..1],
            &bytes[..4],
            &bytes[..7],
            &bytes[..bytes.len() - 1],
        ] {
            assert!(decode_entries(three, wrong).is_err(), "{wrong:?}");
        }
        assert!(decode_entries(id("tile/entries/000.p/2"), &bytes).is_err());
        assert!(encode_entries(&[vec![0; ENTRY_BYTES]]).is_ok());
        assert!(encode_entries(&[vec![0; ENTRY_BYTES + 1]]).is_err());
    }

    #[test]
    fn bodies_that_are_not_to_be_had_are_none() {
        let bytes = encode_bodies(&[Some(b"{}"), None]).unwrap();
        assert_eq!(bytes, b"\x00\x00\x00\x02{}\x00\x00\x00\x00");
        let two = id("bodies/000.p/2");
        assert_eq!(decode_bodies(two, &bytes).unwrap(), [Some(b"{}".as_slice()), None]);
        assert!(encode_bodies(&[Some(b"")]).is_err());
        assert!(encode_bodies(&[Some(vec![0; BODY_BYTES])]).is_ok());
        assert!(encode_bodies(&[Some(vec![0; BODY_BYTES + 1])]).is_err());
        let long = [
            (BODY_BYTES as u32 + 1).to_be_bytes().as_slice(),
            &vec![0; BODY_BYTES + 1],
        ]
        .concat();
        assert!(decode_bodies(id("bodies/000.p/1"), &long).is_err());
        assert!(decode_bodies(two, &[0xff; 8]).is_err());
    }

    #[test]
    fn a_full_bundle_stands_in_and_one_more_item_does_not() {
        let entries: Vec<[u8; 1]> = (0..=255).map(|byte| [byte]).collect();
        let full = encode_entries(&entries).unwrap();
        assert_eq!(decode_entries(id("tile/entries/000.p/2"), &full).unwrap(), [[0], [1]]);
        let more = [full.as_slice(), &full[..3]].concat();
        assert!(decode_entries(id("tile/entries/000"), &more).is_err());
    }

    #[test]
    fn bundles_grow_to_the_same_in_any_steps() {
        let entries: Vec<String> = (0..700).map(|index| format!("entry {index}")).collect();
        let bodies: Vec<Option<&String>> = entries
            .iter()
            .map(|entry| Some(entry).filter(|e| !e.ends_with('3')))
            .collect();
        let at_once = [
            grow_entries(0, &[], &entries).unwrap(),
            grow_bodies(0, &[], &bodies).unwrap(),
        ]
        .concat();
        let mut written: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
        let mut old = 0;
        for step in [1, 254, 1, 2, 300, 0, 142] {
            let here = old..old + step;
            let tail = |level| {
                tail_of(level, old as u64)
                    .and_then(|id| written.get(&id).cloned())
                    .unwrap_or_default()
            };
            let (leaves, others) = (tail(Level::Entries), tail(Level::Bodies));
            let new = grow_entries(old as u64, &leaves, &entries[here.clone()]).unwrap();
            let more = grow_bodies(old as u64, &others, &bodies[here]).unwrap();
            written.extend(new.into_iter().chain(more).map(|tile| (tile.id, tile.bytes)));
            old += step;
        }
        assert!(at_once.iter().all(|tile| written.get(&tile.id) == Some(&tile.bytes)));
        assert_eq!(at_once.len(), 6);
        assert!(grow_bodies(2, &encode_bodies(&[Some("a")]).unwrap(), &[Some("b")]).is_err());
        assert!(grow_entries(2, &encode_entries(&["a"]).unwrap(), &["b"]).is_err());
        assert!(grow_entries(0, &encode_entries(&["a"]).unwrap(), &["b"]).is_err());
        assert!(grow_entries(256, &encode_entries(&["a"]).unwrap(), &["b"]).is_err());
    }
}
