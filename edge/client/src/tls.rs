//! Whom this node believes at the other end of a TLS connection.
//!
//! The public roots are compiled in (`webpki-roots`, Mozilla's list): the same on every machine, there in an image without a
//! certificate store, and one small crate. The system's store is not read; an operator names a file instead, and may
//! rely on that file alone. The cryptography is aws-lc-rs, as for signatures: one provider in the binary.

use chapar_terms::Invalid;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// Certificate authorities that this node believes.
#[derive(Clone, Debug, Default)]
pub enum TlsTrust {
    /// The public ones, as browsers do.
    #[default]
    Public,
    /// The public ones and these, e.g. a national authority.
    PublicAnd(Vec<CertificateDer<'static>>),
    /// Only these.
    Only(Vec<CertificateDer<'static>>),
}

/// Reads the authorities' certificates from a PEM file; blocks, so call it at start.
///
/// # Errors
/// The file cannot be read, is no PEM or holds no usable certificate; show it to the operator and do not start.
pub fn read_authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, Invalid> {
    let invalid = |why: String| Invalid::new("certificate authorities", format!("`{}` {why}", path.display()));
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| invalid(format!("cannot be read: {error}")))?;
    if certificates.is_empty() {
        return Err(invalid("holds no certificate".to_owned()));
    }
    let mut roots = RootCertStore::empty();
    for certificate in &certificates {
        let added = roots.add(certificate.clone());
        added.map_err(|error| invalid(format!("holds what is no certificate of an authority: {error}")))?;
    }
    Ok(certificates)
}

impl TlsTrust {
    pub(crate) fn client_config(&self) -> Result<ClientConfig, Invalid> {
        let invalid = |error: rustls::Error| Invalid::new("certificate authorities", error.to_string());
        let mut roots = RootCertStore::empty();
        if matches!(self, Self::Public | Self::PublicAnd(_)) {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        if let Self::PublicAnd(own) | Self::Only(own) = self {
            for certificate in own {
                roots.add(certificate.clone()).map_err(invalid)?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(invalid)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(config)
    }
}
