//! A small authority of time, for demonstrations and tests: its certificates, and its replies.
//!
//! It is not qualified, and its certificates say so. Refuses to hold its keys (whoever runs it signs), serial numbers and the clock.

use crate::certificate::{EC_PUBLIC_KEY, ECDSA_SHA_256, P_256, TIME_STAMPING};
use crate::request;
use crate::wire::{
    Accuracy, CONTENT_TYPE, EssCertIdV2, MESSAGE_DIGEST, PkiStatusInfo, SHA_256, SIGNED_DATA, SIGNING_CERTIFICATE_V2,
    SigningCertificateV2, TST_INFO, TimeStampReq, TimeStampResp, TstInfo, VERSION, algorithm,
};
use chapar_terms::{Digest, Instant, Invalid, PublicKey, Signer};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{BitString, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, Uint, UintRef};
use der::{Any, DateTime, Decode, Encode, Sequence};
use std::str::FromStr;
use std::time::Duration;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, certificate::Version};

const WHAT: &str = "authority of time";
/// How long its certificates are valid: longer than any demonstration.
const VALID_FOR: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);
/// Its certificates begin a day before they are made, so that a clock that is set right afterwards does not stand before them.
const VALID_BEFORE: Duration = Duration::from_secs(24 * 60 * 60);
/// Bytes of a key identifier (RFC 7093 section 2).
const KEY_ID_BYTES: usize = 20;
/// Its one policy: the one of the examples in OpenSSL's manual, which says that nothing is promised.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.4.1");
/// How far its time may be off: it tells whole seconds.
const ACCURACY: Accuracy = Accuracy {
    seconds: Some(1),
    millis: None,
    micros: None,
};
/// PKIStatus.
const GRANTED: u8 = 0;
const REJECTION: u8 = 2;

/// A certificate before it is signed, as RFC 5280 section 4.1 writes it: the general type is only read.
#[derive(Sequence)]
struct Unsigned {
    #[asn1(context_specific = "0", default = "Default::default")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    key: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct SignedCertificate {
    unsigned: Unsigned,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// The two certificates of an authority, in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// What readers pin.
    pub root: Vec<u8>,
    /// The one that signs replies.
    pub certificate: Vec<u8>,
}

impl Founding {
    /// Makes the certificates. The root's key signs this once and is needed no more.
    ///
    /// # Errors
    /// A key is none of P-256, or cannot be used.
    pub fn new(root: &dyn Signer, signer: &dyn Signer, now: Instant) -> Result<Self, Invalid> {
        found(root, signer, now).map_err(|why| Invalid::new(WHAT, why.to_string()))
    }
}

fn found(root: &dyn Signer, signer: &dyn Signer, now: Instant) -> der::Result<Founding> {
    let id = Digest::of(&root.public_key().bytes).hex();
    let short = id.get(..8).unwrap_or_default();
    let name = |what: &str| Name::from_str(&format!("CN=Chapar demonstration {what} {short} - not qualified"));
    let (root_name, own_name) = (name("root of time")?, name("time authority")?);
    let from = Duration::from_secs(u64::try_from(now.unix_s()).unwrap_or(0));
    let at = |since: Duration| DateTime::from_unix_duration(since).map(Time::from);
    let validity = Validity::new(
        at(from.saturating_sub(VALID_BEFORE))?,
        at(from.saturating_add(VALID_FOR))?,
    );
    let unsigned = |issuer: &Name, subject: &Name, key: &PublicKey, extensions| {
        Ok::<_, der::Error>(Unsigned {
            version: Version::V3,
            serial_number: SerialNumber::new(key_id(key).as_slice())?,
            signature: algorithm(ECDSA_SHA_256),
            issuer: issuer.clone(),
            validity,
            subject: subject.clone(),
            key: key_info(key)?,
            extensions: Some(extensions),
        })
    };
    let root_key = OctetString::new(key_id(root.public_key()))?;
    let of_root = vec![
        extension(
            &BasicConstraints {
                ca: true,
                path_len_constraint: Some(0),
            },
            true,
        )?,
        extension(&KeyUsage(KeyUsages::KeyCertSign.into()), true)?,
        extension(&SubjectKeyIdentifier(root_key.clone()), false)?,
    ];
    let authority = AuthorityKeyIdentifier {
        key_identifier: Some(root_key),
        ..AuthorityKeyIdentifier::default()
    };
    let of_signer = vec![
        extension(&KeyUsage(KeyUsages::DigitalSignature.into()), true)?,
        extension(&ExtendedKeyUsage(vec![TIME_STAMPING]), true)?,
        extension(
            &SubjectKeyIdentifier(OctetString::new(key_id(signer.public_key()))?),
            false,
        )?,
        extension(&authority, false)?,
    ];
    let root_certificate = unsigned(&root_name, &root_name, root.public_key(), of_root)?;
    let certificate = unsigned(&root_name, &own_name, signer.public_key(), of_signer)?;
    Ok(Founding {
        root: certify(root_certificate, root)?,
        certificate: certify(certificate, root)?,
    })
}

fn certify(unsigned: Unsigned, signer: &dyn Signer) -> der::Result<Vec<u8>> {
    let signature = sign(signer, &unsigned.to_der()?)?;
    let signed = SignedCertificate {
        unsigned,
        algorithm: algorithm(ECDSA_SHA_256),
        signature: BitString::from_bytes(&signature)?,
    };
    signed.to_der()
}

fn key_id(key: &PublicKey) -> Vec<u8> {
    let digest = Digest::of(&key.bytes);
    let mut id: Vec<u8> = digest.as_bytes().iter().copied().take(KEY_ID_BYTES).collect();
    // As a serial number it is positive and no longer than allowed.
    if let Some(first) = id.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    id
}

fn key_info(key: &PublicKey) -> der::Result<SubjectPublicKeyInfoOwned> {
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid: EC_PUBLIC_KEY,
            parameters: Some(Any::encode_from(&P_256)?),
        },
        subject_public_key: BitString::from_bytes(&key.bytes)?,
    })
}

fn extension<T: Encode + der::oid::AssociatedOid>(value: &T, critical: bool) -> der::Result<Extension> {
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

/// An ECDSA signature in the form of certificates.
fn sign(signer: &dyn Signer, message: &[u8]) -> der::Result<Vec<u8>> {
    let failed = || der::Error::from(der::ErrorKind::Failed);
    let signature = signer.sign(message).map_err(|_| failed())?;
    let (r, s) = signature
        .split_at_checked(32)
        .filter(|(_, s)| s.len() == 32)
        .ok_or_else(failed)?;
    let signature = EcdsaSignature {
        r: UintRef::new(r)?,
        s: UintRef::new(s)?,
    };
    signature.to_der()
}

/// An authority that answers.
#[derive(Clone, Debug)]
pub struct Authority {
    certificate: Certificate,
}

impl Authority {
    /// Takes up the certificate that signs.
    ///
    /// # Errors
    /// The bytes are no certificate.
    pub fn open(certificate: &[u8]) -> Result<Self, Invalid> {
        let certificate = Certificate::from_der(certificate).map_err(|why| Invalid::new(WHAT, why.to_string()))?;
        Ok(Self { certificate })
    }

    /// The reply to a query: a token, or why there is none. The serial number must never have been used.
    ///
    /// # Errors
    /// The key cannot be used: ours, answer "try again later".
    pub fn answer(&self, query: &[u8], signer: &dyn Signer, serial: u128, now: Instant) -> Result<Vec<u8>, Invalid> {
        let reply = match request::parse(query) {
            Err(why) => declined(&why.why),
            Ok(query) => match why_not(&query) {
                Some(why) => declined(why),
                None => self.token(&query, signer, serial, now).map(|token| TimeStampResp {
                    status: PkiStatusInfo {
                        status: GRANTED,
                        status_string: None,
                        fail_info: None,
                    },
                    time_stamp_token: Some(token),
                }),
            },
        };
        let reply = reply.and_then(|reply| reply.to_der());
        reply.map_err(|why| Invalid::new(WHAT, why.to_string()))
    }

    fn token(&self, query: &TimeStampReq, signer: &dyn Signer, serial: u128, now: Instant) -> der::Result<ContentInfo> {
        let content = stated(query, serial, now)?.to_der()?;
        let tbs = self.certificate.tbs_certificate();
        let attributes = self.attributes(&content)?;
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: tbs.issuer().clone(),
                serial_number: tbs.serial_number().clone(),
            }),
            digest_alg: algorithm(SHA_256),
            signature: OctetString::new(sign(signer, &attributes.to_der()?)?)?,
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm(ECDSA_SHA_256),
            unsigned_attrs: None,
        };
        let certificates = match query.cert_req {
            true => Some(CertificateSet::try_from(vec![CertificateChoices::Certificate(
                self.certificate.clone(),
            )])?),
            false => None,
        };
        let data = SignedData {
            // Because the content is not plain data (RFC 5652 section 5.1).
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![algorithm(SHA_256)])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: TST_INFO,
                econtent: Some(Any::encode_from(&OctetString::new(content)?)?),
            },
            certificates,
            crls: None,
            signer_infos: SignerInfos::try_from(vec![info])?,
        };
        Ok(ContentInfo {
            content_type: SIGNED_DATA,
            content: Any::encode_from(&data)?,
        })
    }

    fn attributes(&self, content: &[u8]) -> der::Result<Attributes> {
        let named = SigningCertificateV2 {
            certs: vec![EssCertIdV2 {
                hash_algorithm: None,
                cert_hash: octets(Digest::of(&self.certificate.to_der()?))?,
                issuer_serial: None,
            }],
            policies: None,
        };
        let attribute = |oid, value| {
            Ok::<_, der::Error>(Attribute {
                oid,
                values: SetOfVec::try_from(vec![value])?,
            })
        };
        SetOfVec::try_from(vec![
            attribute(CONTENT_TYPE, Any::encode_from(&TST_INFO)?)?,
            attribute(MESSAGE_DIGEST, Any::encode_from(&octets(Digest::of(content))?)?)?,
            attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&named)?)?,
        ])
    }
}

fn octets(digest: Digest) -> der::Result<OctetString> {
    OctetString::new(digest.as_bytes().as_slice())
}

/// Why a query is not answered with a token.
fn why_not(query: &TimeStampReq) -> Option<&'static str> {
    if query.version != VERSION {
        return Some("only version 1 is known");
    }
    if query.message_imprint.digest().is_none() {
        return Some("only SHA-256 is stamped");
    }
    if query.req_policy.is_some_and(|policy| policy != POLICY) {
        return Some("there is no such policy");
    }
    query.extensions.is_some().then_some("no extension is known")
}

fn declined(why: &str) -> der::Result<TimeStampResp> {
    Ok(TimeStampResp {
        status: PkiStatusInfo {
            status: REJECTION,
            status_string: Some(vec![why.to_owned()]),
            fail_info: None,
        },
        time_stamp_token: None,
    })
}

fn stated(query: &TimeStampReq, serial: u128, now: Instant) -> der::Result<TstInfo> {
    let since = Duration::from_secs(u64::try_from(now.unix_s()).unwrap_or(0));
    let at = GeneralizedTime::from_date_time(DateTime::from_unix_duration(since)?);
    Ok(TstInfo {
        version: VERSION,
        policy: POLICY,
        message_imprint: query.message_imprint.clone(),
        serial_number: Uint::new(&serial.to_be_bytes())?,
        gen_time: Any::encode_from(&at)?,
        accuracy: Some(ACCURACY),
        ordering: false,
        nonce: query.nonce.clone(),
        tsa: None,
        extensions: None,
    })
}
