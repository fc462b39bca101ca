//! The certificate of a listener: read from its files, read again at SIGHUP, and told of with the place of its setting.
//!
//! A connection keeps what it began with. What is done with the certificate is `edge/api`'s matter.

use crate::config::{ConfigFault, TlsFiles};
use chapar_api::{TlsFault, tls_from_pem};
use rustls::ServerConfig;
use std::sync::Arc;
use tokio::sync::watch;

const CHAIN: &str = "a PEM file with the certificate and those between it and its authority, own certificate first";
const KEY: &str = "a PEM file with the private key of the certificate, readable for the node";

/// The files of a listener, and what stood in them when they were last sound. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Certificate {
    files: TlsFiles,
    current: Arc<watch::Sender<Arc<ServerConfig>>>,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// One of them is unusable, or they do not belong together; do not start.
    pub fn open(files: &TlsFiles) -> Result<Self, ConfigFault> {
        Ok(Self {
            current: Arc::new(watch::channel(read(files)?).0),
            files: files.clone(),
        })
    }

    /// What new connections are to begin with, now and later.
    pub fn follow(&self) -> watch::Receiver<Arc<ServerConfig>> {
        self.current.subscribe()
    }

    /// Reads the files again; what is unusable changes nothing.
    fn renew(&self) {
        let certificate = self.files.certificate.path.display();
        match read(&self.files) {
            Ok(fresh) => {
                self.current.send_replace(fresh);
                tracing::info!(%certificate, "the certificate was read again");
            }
            Err(fault) => tracing::error!(%fault, "the certificate stays the old one"),
        }
    }
}

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

/// Reads the certificates again at each SIGHUP, which ends the node no more, with certificates or without.
///
/// # Errors
/// The system refuses; do not start, for a renewal would end the node.
#[cfg(unix)]
pub fn renew_at_hangup(certificates: Vec<Certificate>) -> Result<(), crate::Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())
        .map_err(|error| crate::Failure::new(format!("signals cannot be heard: {error}")))?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            for certificate in &certificates {
                certificate.renew();
            }
        }
    });
    Ok(())
}
