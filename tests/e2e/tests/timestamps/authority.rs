//! An authority in the judge's own hands, which can say what it likes.

use crate::scene::Scratch;
use chapar_suite_international::{MemorySigner, generate};
use chapar_terms::{Algorithm, Instant};
use chapar_timestamp::{Authority, Founding};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Its keys and certificates.
pub struct Stamper {
    authority: Authority,
    signer: MemorySigner,
    serial: AtomicU64,
    pub ca: PathBuf,
}

pub fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Instant::from_unix_ms(i64::try_from(since.as_millis()).unwrap())
}

impl Stamper {
    pub fn new(place: &Scratch, name: &str) -> Arc<Self> {
        let (root, _) = generate(Algorithm::Es256).unwrap();
        let (signer, _) = generate(Algorithm::Es256).unwrap();
        let founding = Founding::new(&root, &signer, now()).unwrap();
        place.write("root.der", &founding.root);
        place.openssl(&format!("x509 -inform DER -in root.der -out {name}.pem"));
        Arc::new(Self {
            authority: Authority::open(&founding.certificate).unwrap(),
            signer,
            serial: AtomicU64::new(1),
            ca: place.0.join(format!("{name}.pem")),
        })
    }

    /// Its reply, with its clock off by so much.
    pub fn answer(&self, query: &[u8], off_ms: i64) -> Vec<u8> {
        let serial = u128::from(self.serial.fetch_add(1, Ordering::Relaxed));
        self.authority
            .answer(query, &self.signer, serial, now().plus_ms(off_ms))
            .unwrap()
    }
}
