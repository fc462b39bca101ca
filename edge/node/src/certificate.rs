//! The certificate files of a listener, read and told of with the place of their setting.

use crate::config::{ConfigFault, TlsFiles};
use chapar_api::{TlsFault, tls_from_pem};
use rustls::ServerConfig;
use std::sync::Arc;

const CHAIN: &str = "a PEM file with the certificate and those between it and its authority, own certificate first";
const KEY: &str = "a PEM file with the private key of the certificate, readable for the node";

/// Reads both files.
///
/// # Errors
/// One of them is unusable, or they do not belong together.
pub fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, ConfigFault> {
    let (chain, key) = (files.certificate.read(CHAIN)?, files.key.read(KEY)?);
    tls_from_pem(&chain, &key).map_err(|fault| match fault {
        TlsFault::Chain(why) => files.certificate.refuse(why, CHAIN),
        TlsFault::Key(why) | TlsFault::Apart(why) => files.key.refuse(why, KEY),
    })
}
