//! What the machine itself costs, measured in the same run: a durable write, a hash, a signature. All other figures are read
//! against these.
//!
//! Uses the crates of the house that the node uses, so that the figures are the node's own.

use crate::numbers::Times;
use chapar_suite_international::{International, generate};
use chapar_terms::{Algorithm, Digest, Signer, Suite};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes of a durable write: a few pages of the database's log, as one commit writes them.
const WRITE_BYTES: usize = 16 * 1024;
/// The file begins again at its head after so many writes, as the database's log does.
const WRITES_PER_FILE: usize = 250;
/// Bytes hashed at a time.
const HASH_BYTES: usize = 1024 * 1024;
/// Longest that one of the processor's costs is measured.
const TURN: Duration = Duration::from_millis(500);
/// Bytes signed: a usual signature base.
const SIGNED_BYTES: usize = 700;

/// A file that is written durably, again and again. It has its full length from the beginning: a log that is written over is the
/// usual case.
pub struct Probe {
    file: File,
    path: PathBuf,
    writes: usize,
    whole: Vec<Duration>,
    data: Vec<Duration>,
}

impl Probe {
    /// Makes the file in `folder`, which should be on the disk of the nodes.
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("fsync-probe");
        let mut file = File::create(&path).expect("a file can be made");
        file.write_all(&vec![0; WRITE_BYTES * WRITES_PER_FILE])
            .and_then(|()| file.sync_all())
            .expect("the file can be written");
        Self {
            file,
            path,
            writes: 0,
            whole: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Writes and waits for the disk, `times` times with fsync and as often with fdatasync.
    pub fn run(&mut self, times: usize) {
        for _ in 0..times {
            let took = self.one(File::sync_all);
            self.whole.push(took);
            let took = self.one(File::sync_data);
            self.data.push(took);
        }
    }

    fn one(&mut self, wait: impl Fn(&File) -> std::io::Result<()>) -> Duration {
        if self.writes.is_multiple_of(WRITES_PER_FILE) {
            self.file.seek(SeekFrom::Start(0)).expect("the file can be sought");
        }
        self.writes += 1;
        let block = [0x5a_u8; WRITE_BYTES];
        self.file.write_all(&block).expect("the file can be written");
        let begun = Instant::now();
        wait(&self.file).expect("the file can be made durable");
        begun.elapsed()
    }

    /// What waiting took each time.
    pub fn times(&self) -> Waits {
        Waits {
            fsync: Times::of(self.whole.iter().copied()),
            fdatasync: Times::of(self.data.iter().copied()),
        }
    }
}

/// Waiting for the disk.
#[derive(Clone, Debug)]
pub struct Waits {
    /// For the bytes and everything about the file.
    pub fsync: Times,
    /// For the bytes and what is needed to read them.
    pub fdatasync: Times,
}

impl Drop for Probe {
    fn drop(&mut self) {
        // The folder goes with its node anyway.
        let _ = fs::remove_file(&self.path);
    }
}

/// What the processor takes.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// SHA-256 in MB per second.
    pub hash_mb: f64,
    /// An Ed25519 signature in microseconds.
    pub sign_us: f64,
    /// Its verification in microseconds.
    pub verify_us: f64,
}

/// Measures hash and signature.
pub fn costs() -> Costs {
    let block = vec![0xa5_u8; HASH_BYTES];
    let hash_seconds = per_call(|| {
        black_box(Digest::of(&block));
    });
    let message = vec![0x3c_u8; SIGNED_BYTES];
    let (signer, _) = generate(Algorithm::Ed25519).expect("a key can be made");
    let signature = signer.sign(&message).expect("the key signs");
    Costs {
        hash_mb: HASH_BYTES as f64 / 1e6 / hash_seconds,
        sign_us: 1e6 * per_call(|| drop(black_box(signer.sign(&message)))),
        verify_us: 1e6
            * per_call(|| {
                International
                    .verify(signer.public_key(), &message, &signature)
                    .expect("the signature holds");
            }),
    }
}

/// Seconds per call.
fn per_call(mut call: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut calls = 0_u32;
    while begun.elapsed() < TURN {
        call();
        calls += 1;
    }
    begun.elapsed().as_secs_f64() / f64::from(calls)
}
