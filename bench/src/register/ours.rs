//! A register log of ours in this process: the loop and the store of the node, with nobody at its doors. Entries are appended as the
//! node appends records, but for the record itself: what stands in them is random.

use crate::ground::{Probe, Waits};
use crate::numbers::Times;
use chapar_runtime::{LogName, Runtime};
use chapar_store::{CaseWrite, NewEntry, NodeKey, Options, StepWrite, Store};
use chapar_terms::Digest;
use chapar_test_node::{FREELY, keyed, loop_over};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SLUG: &str = "bench";
/// Bytes of an entry.
pub const ENTRY_BYTES: usize = 200;
/// Between two looks at the checkpoint.
const LOOK: Duration = Duration::from_millis(1);
/// Durable writes of the disk itself before and after the lone ones.
const PROBES: usize = 100;

/// What many writers at once came to.
#[derive(Clone, Copy, Debug)]
pub struct Together {
    /// Entries that were durable, per second.
    pub durable: f64,
    /// And that were in a published tree, until the last one was.
    pub published: f64,
}

/// What one writer alone came to.
#[derive(Clone, Debug)]
pub struct Alone {
    /// Until the entry was durable.
    pub durable: Times,
    /// Until a checkpoint covered it.
    pub published: Times,
}

/// A log that takes entries.
pub struct OwnLog {
    runtime: Runtime,
    store: Store,
    origin: String,
    folder: PathBuf,
    next: AtomicU64,
}

impl OwnLog {
    /// An empty log in a folder below this one.
    pub async fn open(parent: &Path) -> Arc<Self> {
        let folder = parent.join(format!("own-log-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let key = NodeKey::from_bytes([1; 32]);
        let store = Store::open(&folder, Options::new(key)).await.expect("a store opens");
        let runtime = loop_over(&store, FREELY, 1000).await;
        runtime
            .add_participant(keyed(SLUG))
            .await
            .expect("a participant can be added");
        let logs = store.list_logs().await.expect("logs can be listed");
        let origin = logs
            .into_iter()
            .map(|log| log.origin)
            .find(|origin| origin.ends_with("/log"));
        let log = Self {
            origin: origin.expect("a participant has a register"),
            runtime,
            store,
            folder,
            next: AtomicU64::new(0),
        };
        log.reaches(1).await;
        Arc::new(log)
    }

    /// So many writers for so long, each with one entry after the other.
    pub async fn together(self: &Arc<Self>, writers: usize, length: Duration) -> Together {
        let (before, begun) = (self.size(), Instant::now());
        let writer = || {
            let log = Arc::clone(self);
            tokio::spawn(async move {
                let mut done = 0_u64;
                while begun.elapsed() < length {
                    log.append().await;
                    done += 1;
                }
                done
            })
        };
        let all: Vec<_> = (0..writers).map(|_| writer()).collect();
        let mut done = 0;
        for one in all {
            done += one.await.expect("a writer ends in order");
        }
        let durable = begun.elapsed();
        self.reaches(before + done).await;
        Together {
            durable: done as f64 / durable.as_secs_f64(),
            published: done as f64 / begun.elapsed().as_secs_f64(),
        }
    }

    /// So many entries, each when the one before is published; and a durable write on the same disk, before and after.
    pub async fn alone(&self, count: usize) -> (Alone, Waits) {
        let mut probe = Probe::new(&self.folder);
        probe.run(PROBES);
        let (mut durable, mut published) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (size, begun) = (self.size(), Instant::now());
            self.append().await;
            durable.push(begun.elapsed());
            self.reaches(size + 1).await;
            published.push(begun.elapsed());
        }
        probe.run(PROBES);
        let alone = Alone {
            durable: Times::of(durable),
            published: Times::of(published),
        };
        (alone, probe.times())
    }

    async fn append(&self) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let leaf = entry(number);
        let mut write = StepWrite::new(CaseWrite::Untouched {
            participant: SLUG.to_owned(),
        });
        write.entries.push(NewEntry {
            origin: self.origin.clone(),
            id: format!("entry-{number}"),
            body_hash: Digest::of(&leaf).hex(),
            leaf,
            body: b"{}".to_vec(),
            salt: None,
            at: 1,
        });
        self.runtime.append(write).await.expect("an entry is taken");
    }

    fn size(&self) -> u64 {
        let log = LogName::Own {
            participant: SLUG.to_owned(),
            number: 1,
        };
        self.runtime
            .log_checkpoint(&log)
            .map_or(0, |(published, _)| published.size)
    }

    /// Waits until so many entries are in the published tree.
    async fn reaches(&self, size: u64) {
        while self.size() < size {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Stops, and takes the folder away.
    pub async fn end(self: Arc<Self>) {
        self.runtime.stop();
        self.store.clone().close().await;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Bytes that no other entry has and that nothing makes smaller.
fn entry(number: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ENTRY_BYTES);
    for part in 0_u64.. {
        if bytes.len() >= ENTRY_BYTES {
            break;
        }
        bytes.extend_from_slice(Digest::of(&[number.to_be_bytes(), part.to_be_bytes()].concat()).as_bytes());
    }
    bytes.truncate(ENTRY_BYTES);
    bytes
}
