//! The CMS signature around what an authority states (RFC 5652, RFC 5816).

use crate::certificate::{Anchors, chain, is_for_time, verify_by};
use crate::refused::Refused;
use crate::wire::{
    CONTENT_TYPE, MESSAGE_DIGEST, SHA_256, SHA_384, SHA_512, SIGNED_DATA, SIGNING_CERTIFICATE_V2, SigningCertificateV2,
    TST_INFO,
};
use chapar_terms::{Instant, Suite};
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode};
use sha2::Digest as _;
use x509_cert::Certificate;
use x509_cert::attr::Attributes;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

/// Most certificates beside a token: a chain and perhaps its twin.
const CERTIFICATES: usize = 16;

/// A token that is read and not yet believed.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    content: Vec<u8>,
    certificates: Vec<Certificate>,
    info: SignerInfo,
}

impl Signed {
    pub(crate) fn read(token: &ContentInfo) -> Result<Self, Refused> {
        if token.content_type != SIGNED_DATA {
            return Err(Refused::malformed("its token is not signed data"));
        }
        let data: SignedData = token.content.decode_as()?;
        if data.encap_content_info.econtent_type != TST_INFO {
            return Err(Refused::malformed("what is signed is not the statement of a time"));
        }
        let content = data.encap_content_info.econtent;
        let content = content.ok_or_else(|| Refused::malformed("nothing is signed"))?;
        let content: OctetString = content.decode_as()?;
        let choices = data.certificates.map(|set| set.0.into_vec()).unwrap_or_default();
        let certificates: Vec<Certificate> = choices
            .into_iter()
            .filter_map(|choice| match choice {
                CertificateChoices::Certificate(certificate) => Some(certificate),
                CertificateChoices::Other(_) => None,
            })
            .collect();
        if certificates.len() > CERTIFICATES {
            return Err(Refused::malformed(format!(
                "it has more than {CERTIFICATES} certificates"
            )));
        }
        let mut infos = data.signer_infos.0.into_vec().into_iter();
        match (infos.next(), infos.next()) {
            (Some(info), None) => Ok(Self {
                content: content.as_bytes().to_vec(),
                certificates,
                info,
            }),
            _ => Err(Refused::malformed("not exactly one signature")),
        }
    }

    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    /// The certificate that the signature names.
    pub(crate) fn signer(&self) -> Result<&Certificate, Refused> {
        let is_named = |certificate: &&Certificate| {
            let tbs = certificate.tbs_certificate();
            match &self.info.sid {
                SignerIdentifier::IssuerAndSerialNumber(named) => {
                    tbs.issuer() == &named.issuer && tbs.serial_number() == &named.serial_number
                }
                SignerIdentifier::SubjectKeyIdentifier(named) => {
                    let found = tbs.get_extension::<SubjectKeyIdentifier>();
                    found.ok().flatten().is_some_and(|(_, found)| found == *named)
                }
            }
        };
        self.certificates.iter().find(is_named).ok_or(Refused::NoSigner)
    }

    pub(crate) fn verify(&self, suite: &dyn Suite, anchors: &Anchors, at: Instant) -> Result<String, Refused> {
        let signer = self.signer()?;
        let attributes = self.info.signed_attrs.as_ref();
        let attributes = attributes.ok_or_else(|| Refused::malformed("no attribute is signed"))?;
        let content_type: ObjectIdentifier = one(attributes, CONTENT_TYPE)?.decode_as()?;
        let digest: OctetString = one(attributes, MESSAGE_DIGEST)?.decode_as()?;
        if content_type != TST_INFO || digest.as_bytes() != hash(self.info.digest_alg.oid, &self.content)? {
            return Err(Refused::WrongSignature);
        }
        names(attributes, signer)?;
        let (algorithm, digest) = (&self.info.signature_algorithm, self.info.digest_alg.oid);
        // What is signed is the set, not the tagged member that stands in the token (RFC 5652 section 5.4).
        let signed = attributes.to_der()?;
        verify_by(
            suite,
            signer,
            (algorithm, Some(digest)),
            &signed,
            self.info.signature.as_bytes(),
        )?;
        if !is_for_time(signer) {
            return Err(Refused::OtherPurpose);
        }
        chain(suite, signer, &self.certificates, anchors, at)
    }
}

/// The one value of an attribute.
fn one(attributes: &Attributes, oid: ObjectIdentifier) -> Result<&Any, Refused> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    let values = found.next().map(|attribute| attribute.values.as_slice());
    match (values, found.next()) {
        (Some([value]), None) => Ok(value),
        _ => Err(Refused::malformed(format!("not one attribute `{oid}`"))),
    }
}

/// Whether the signature says which certificate it is by: another one for the same key could say something else.
fn names(attributes: &Attributes, signer: &Certificate) -> Result<(), Refused> {
    let value = one(attributes, SIGNING_CERTIFICATE_V2).map_err(|_| Refused::SignerNotNamed)?;
    let named = SigningCertificateV2::from_der(&value.to_der()?)?;
    let first = named.certs.first().ok_or(Refused::SignerNotNamed)?;
    let expected = hash(
        first.hash_algorithm.as_ref().map_or(SHA_256, |named| named.oid),
        &signer.to_der()?,
    )?;
    match first.cert_hash.as_bytes() == expected {
        true => Ok(()),
        false => Err(Refused::SignerNotNamed),
    }
}

pub(crate) fn hash(algorithm: ObjectIdentifier, bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    match algorithm {
        SHA_256 => Ok(sha2::Sha256::digest(bytes).to_vec()),
        SHA_384 => Ok(sha2::Sha384::digest(bytes).to_vec()),
        SHA_512 => Ok(sha2::Sha512::digest(bytes).to_vec()),
        other => Err(Refused::Algorithm(other.to_string())),
    }
}
