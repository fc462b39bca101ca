//! The node's witness: it cosigns checkpoints of foreign logs that an operator put on its list (C2SP tlog-witness).
//!
//! Refuses to know what a proof proves (`chapar_tlog`) and what HTTP makes of an answer (the door). Whom our own logs ask is in `logs`.

pub(crate) mod cosign;
mod follow;
mod list;
mod pace;

pub use cosign::Cosigning;
pub(crate) use list::keys_of;

use crate::{Fault, Keys, Runtime};
use chapar_store::Store;
use chapar_terms::{Algorithm, Invalid, Signer};
use chapar_tlog::{KeyName, NoteSigner, SignatureType, VerifierKey};
use serde_json::{Value, json};
use std::sync::Arc;

/// The secret of the node that is its witness's private key.
const KEY: &str = "witness-key";
/// Where the routes of the witness begin, below the public address: its submission prefix and its monitoring prefix.
pub const WITNESS_PATH: &str = "/chapar/v1/witness";

/// Who cosigns.
pub(crate) struct Witness {
    signer: Arc<dyn Signer>,
    vkey: VerifierKey,
}

impl Witness {
    /// Takes the key up, which is made at the first start.
    ///
    /// # Errors
    /// The key cannot be used: do not start.
    pub(crate) async fn open(store: &Store, keys: &dyn Keys, public_url: &str) -> Result<Self, Fault> {
        let private = match store.secret("", KEY).await? {
            Some(private) => private,
            None => {
                let (_, fresh) = keys.generate(Algorithm::Ed25519)?;
                store.secret_or_insert("", KEY, &fresh).await?
            }
        };
        let signer = keys.load(Algorithm::Ed25519, &private)?;
        let host = without_scheme(public_url);
        let name = KeyName::parse(&format!("{host}/witness"))?;
        let vkey = VerifierKey::new(name, SignatureType::COSIGNATURE, signer.public_key())?;
        Ok(Self { signer, vkey })
    }

    fn note_signer(&self) -> Result<NoteSigner<'_>, Invalid> {
        NoteSigner::new(
            self.vkey.name().clone(),
            SignatureType::COSIGNATURE,
            self.signer.as_ref(),
        )
    }
}

/// An address without its scheme: how logs and keys are named by it.
pub(crate) fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

impl Runtime {
    /// What others configure of the witness of this node.
    pub fn describe_witness(&self) -> Value {
        let vkey = &self.inner.witness.vkey;
        json!({
            "name": vkey.name().as_str(),
            "vkey": vkey.render(),
            "submissionPrefix": format!("{}{WITNESS_PATH}", self.public_url()),
        })
    }
}
