//! A copy of a log in a folder, as `folder` reads it: bundles, tiles and bodies first, the checkpoint that covers them last.
//!
//! A copy that breaks off is gone on with: what never changes is not asked for again. Refuses to judge what it copies (`log`).

use crate::Folder;
use crate::source::{Found, Progress, Source, Unreadable};
use crate::time::read_sizes;
use chapar_tlog::{Checkpoint, Level, Resource, SignedCheckpoint, TILE_WIDTH, TileId, tiles_between, tiles_of_row};
use std::path::Path;
use tokio::io::AsyncWriteExt;

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Entries under the checkpoint.
    pub size: u64,
    /// Files that were written.
    pub written: u64,
    /// Files that were there already.
    pub kept: u64,
}

/// Copies a log up to its newest checkpoint.
///
/// # Errors
/// It could not be read, or the folder not be written: run it again, and it goes on.
pub async fn copy(source: &Source, folder: &Path, progress: &Progress<'_>) -> Result<Copied, Unreadable> {
    let to = Folder::new(folder);
    let note = match source.read(Resource::Checkpoint).await? {
        Found::Bytes(note) => note,
        _ => return Err(Unreadable::new("no log is there: it has no `checkpoint`")),
    };
    let checkpoint = SignedCheckpoint::parse(&note).map_err(|why| Unreadable::new(why.to_string()))?;
    let size = checkpoint.checkpoint().size;
    // Bodies may be purged: those of a copy that was whole are asked for again, those of one that broke off are fresh.
    let is_whole = holds_whole(&to, checkpoint.checkpoint()).await?;
    let mut copied = Copied {
        size,
        written: 0,
        kept: 0,
    };
    let rows = [Level::Entries, Level::Bodies].map(|level| tiles_of_row(level, 0, size));
    for id in tiles_between(0, size).chain(rows.into_iter().flatten()) {
        copy_tile(source, &to, id, is_whole, &mut copied).await?;
        if id.level() == Level::Entries {
            let done = id
                .index()
                .saturating_mul(u64::from(TILE_WIDTH))
                .saturating_add(u64::from(id.width()));
            progress(done, size);
        }
    }
    copy_timestamps(source, &to, &mut copied).await?;
    copy_successor(source, &to, &mut copied).await?;
    write(&to.place(Resource::Checkpoint), &note).await?;
    copied.written += 1;
    Ok(copied)
}

/// Copies the time stamps and the lists of them. A stamp never changes; the lists do.
async fn copy_timestamps(source: &Source, to: &Folder, copied: &mut Copied) -> Result<(), Unreadable> {
    let mut before = None;
    loop {
        let resource = Resource::TimestampSizes(before);
        let Found::Bytes(list) = source.read(resource).await? else {
            return Ok(());
        };
        let sizes = read_sizes(&list, before).map_err(|why| Unreadable::new(format!("`{}` {why}", resource.path())))?;
        for size in &sizes {
            let stamp = Resource::Timestamp(*size);
            match to.read(stamp).await? {
                Found::Missing => {
                    let Found::Bytes(bytes) = source.read(stamp).await? else {
                        return Err(Unreadable::new(format!(
                            "the log has no `{}` that could be copied",
                            stamp.path()
                        )));
                    };
                    write(&to.place(stamp), &bytes).await?;
                    copied.written += 1;
                }
                _ => copied.kept += 1,
            }
        }
        let Some(last) = sizes.last() else {
            return Ok(());
        };
        write(&to.place(resource), &list).await?;
        copied.written += 1;
        before = Some(*last);
    }
}

/// Copies what says where the log goes on, once it has ended.
async fn copy_successor(source: &Source, to: &Folder, copied: &mut Copied) -> Result<(), Unreadable> {
    if chapar_terms::sabotaged("carry-no-end") {
        return Ok(());
    }
    if let Found::Bytes(document) = source.read(Resource::Successor).await? {
        write(&to.place(Resource::Successor), &document).await?;
        copied.written += 1;
    }
    Ok(())
}

/// Whether the folder holds an older copy that was whole.
async fn holds_whole(to: &Folder, checkpoint: &Checkpoint) -> Result<bool, Unreadable> {
    let Found::Bytes(note) = to.read(Resource::Checkpoint).await? else {
        return Ok(false);
    };
    let old = SignedCheckpoint::parse(&note).map_err(|why| Unreadable::new(why.to_string()))?;
    match old.checkpoint().origin == checkpoint.origin {
        true => Ok(true),
        false => Err(Unreadable::new(format!(
            "the folder holds the log `{}`",
            old.checkpoint().origin
        ))),
    }
}

async fn copy_tile(
    source: &Source,
    to: &Folder,
    id: TileId,
    is_whole: bool,
    copied: &mut Copied,
) -> Result<(), Unreadable> {
    let is_body = id.level() == Level::Bodies;
    let is_fresh = !is_body || !is_whole;
    if is_fresh && to.read(Resource::Tile(id)).await? != Found::Missing {
        copied.kept += 1;
        return Ok(());
    }
    match source.tile(id).await? {
        Found::Bytes(bytes) => {
            write(&to.place(Resource::Tile(id)), &bytes).await?;
            copied.written += 1;
            Ok(())
        }
        // Other people's logs have none, and evidence shows none.
        Found::Missing if is_body => Ok(()),
        _ => Err(Unreadable::new(format!(
            "the log has no `{}` that could be copied",
            id.path()
        ))),
    }
}

/// A file appears under its name when it is whole and durable.
async fn write(place: &Path, bytes: &[u8]) -> Result<(), Unreadable> {
    let temporary = place.with_added_extension("part");
    let outcome = async {
        if let Some(parent) = place.parent() {
            tokio::fs::create_dir_all(parent).await?;
        }
        let mut file = tokio::fs::File::create(&temporary).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&temporary, place).await
    };
    let outcome: std::io::Result<()> = outcome.await;
    outcome.map_err(|error| Unreadable::new(format!("`{}` cannot be written: {error}", place.display())))
}
