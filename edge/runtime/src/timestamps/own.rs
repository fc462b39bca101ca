//! The authority of time of this node, where the operator wants one: for demonstrations and tests, not qualified.
//!
//! Its root signs one certificate when it is made and is thrown away then. Serial numbers go on over restarts: the upper half is the number
//! of the start, which is durable before the first reply, the lower half counts replies.

use crate::{Fault, Keys, Runtime};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_store::Store;
use chapar_terms::{Algorithm, Instant, Invalid, Signer};
use chapar_timestamp::{Authority, Founding};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where it is asked, below the public address.
pub const TIME_PATH: &str = "/chapar/v1/time";
/// The secret of the node that holds certificates and key.
const SECRET: &str = "time-authority";
/// What is counted: the starts of the authority.
const STARTS: &str = "time-authority-starts";

/// Who stamps.
pub(crate) struct OwnAuthority {
    authority: Authority,
    signer: Arc<dyn Signer>,
    root: Vec<u8>,
    start: u64,
    replies: AtomicU64,
}

impl OwnAuthority {
    /// Takes the authority up, which is made at the first start.
    ///
    /// # Errors
    /// Its key cannot be used: do not start.
    pub(crate) async fn open(store: &Store, keys: &dyn Keys, now: Instant) -> Result<Self, Fault> {
        let secret = match store.secret("", SECRET).await? {
            Some(secret) => secret,
            None => {
                let fresh = found(keys, now)?;
                store.secret_or_insert("", SECRET, fresh.to_string().as_bytes()).await?
            }
        };
        let secret: Value = serde_json::from_slice(&secret).map_err(|_| damaged())?;
        let bytes = |name: &str| {
            let text = secret.get(name).and_then(Value::as_str);
            text.and_then(|text| STANDARD.decode(text).ok()).ok_or_else(damaged)
        };
        let start = store.next_number(STARTS).await?;
        Ok(Self {
            authority: Authority::open(&bytes("certificate")?)?,
            signer: keys.load(Algorithm::Es256, &bytes("key")?)?,
            root: bytes("root")?,
            start: u64::try_from(start).unwrap_or(0),
            replies: AtomicU64::new(0),
        })
    }

    fn answer(&self, query: &[u8], now: Instant) -> Result<Vec<u8>, Invalid> {
        let reply = self.replies.fetch_add(1, Ordering::Relaxed);
        let serial = (u128::from(self.start) << 64) | u128::from(reply);
        self.authority.answer(query, self.signer.as_ref(), serial, now)
    }
}

fn found(keys: &dyn Keys, now: Instant) -> Result<Value, Fault> {
    let (root, _) = keys.generate(Algorithm::Es256)?;
    let (signer, private) = keys.generate(Algorithm::Es256)?;
    let founding = Founding::new(root.as_ref(), signer.as_ref(), now)?;
    Ok(json!({
        "root": STANDARD.encode(founding.root),
        "certificate": STANDARD.encode(founding.certificate),
        "key": STANDARD.encode(private),
    }))
}

fn damaged() -> Fault {
    Fault::Internal("the stored authority of time is damaged".to_owned())
}

impl Runtime {
    /// The reply of this node's authority to a query; none where it has no authority.
    ///
    /// # Errors
    /// Its key cannot be used; try again later.
    pub fn answer_time(&self, query: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let own = self.inner.own_authority.as_ref();
        Ok(own.map(|own| own.answer(query, self.now())).transpose()?)
    }

    /// The certificate that readers pin, as PEM; none where this node has no authority.
    pub fn time_certificate(&self) -> Option<String> {
        /// Characters of a line (RFC 7468 section 3).
        const LINE: usize = 64;
        let own = self.inner.own_authority.as_ref()?;
        let text = STANDARD.encode(&own.root);
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        for line in text.as_bytes().chunks(LINE) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        Some(pem)
    }
}
