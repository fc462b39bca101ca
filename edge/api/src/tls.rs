//! From PEM to the TLS of a listener, and which of the two texts is at fault when there is none.
//!
//! Refuses to know files and settings: where the texts come from is the node's matter.

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

/// Why there is no TLS. Each holds what is wrong, as the words behind the name of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate chain is unusable.
    Chain(String),
    /// The private key is.
    Key(String),
    /// The key is not the one of the certificate.
    Apart(String),
}

/// Reads a certificate chain and its private key, both PEM.
///
/// # Errors
/// One of them is unreadable, or they do not belong together; show it to the operator and do not start.
pub fn tls_from_pem(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, TlsFault> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsFault::Chain(format!("is unreadable: {error}")))?;
    if chain.is_empty() {
        return Err(TlsFault::Chain("holds no certificate".to_owned()));
    }
    let key =
        PrivateKeyDer::from_pem_slice(key).map_err(|error| TlsFault::Key(format!("holds no private key: {error}")))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| TlsFault::Apart(format!("does not belong to the certificate: {error}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_at_fault_is_named() {
        let issued = || {
            let issued = rcgen::generate_simple_self_signed(["node.example".to_owned()]).unwrap();
            (issued.cert.pem(), issued.signing_key.serialize_pem())
        };
        let ((chain, key), (_, other)) = (issued(), issued());
        let fault = |chain: &str, key: &str| tls_from_pem(chain.as_bytes(), key.as_bytes()).err();
        assert_eq!(fault(&chain, &key), None);
        assert!(matches!(fault("no chain", &key), Some(TlsFault::Chain(_))));
        assert!(matches!(fault(&chain, "no key"), Some(TlsFault::Key(_))));
        assert!(matches!(fault(&chain, &other), Some(TlsFault::Apart(_))));
    }
}
