//! Certificates as far as time stamps need them: names, keys, purpose, validity, and the way from a signer to a pinned authority.
//!
//! Refuses to hold revocation, name constraints and policies: whoever pins an authority knows it.

use crate::refused::Refused;
use crate::wire::{SHA_256, SHA_384, SHA_512};
use chapar_terms::{BadSignature, Instant, Invalid, PkixAlgorithm, Suite};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use x509_cert::spki::AlgorithmIdentifierOwned;

/// Longest way from a signer to a pinned authority.
const STEPS: usize = 8;
/// Most authorities that are pinned, and the longest certificate of one.
const ANCHORS: usize = 64;
const CERTIFICATE_BYTES: usize = 16 * 1024;
/// id-kp-timeStamping.
pub(crate) const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(crate) const P_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(crate) const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// The authorities that a reader pins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors(Vec<Certificate>);

impl Anchors {
    /// Reads certificates in DER.
    ///
    /// # Errors
    /// One is none, or there are none or too many; show it to whoever named them.
    pub fn read<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Invalid> {
        const WHAT: &str = "authority of time";
        let read = certificates
            .into_iter()
            .map(|bytes| match bytes.len() <= CERTIFICATE_BYTES {
                true => Certificate::from_der(bytes).map_err(|why| Invalid::new(WHAT, why.to_string())),
                false => Err(Invalid::new(WHAT, "a certificate is too long")),
            });
        let read: Vec<Certificate> = read.collect::<Result<_, _>>()?;
        match read.len() {
            0 => Err(Invalid::new(WHAT, "there is no certificate")),
            1..=ANCHORS => Ok(Self(read)),
            _ => Err(Invalid::new(
                WHAT,
                format!("there are more than {ANCHORS} certificates"),
            )),
        }
    }
}

/// The subject of a certificate.
pub(crate) fn name_of(certificate: &Certificate) -> String {
    certificate.tbs_certificate().subject().to_string()
}

/// Whether a certificate is for stamping time, critically and for nothing else (RFC 3161 section 2.3).
pub(crate) fn is_for_time(certificate: &Certificate) -> bool {
    match certificate.tbs_certificate().get_extension::<ExtendedKeyUsage>() {
        Ok(Some((true, usage))) => usage.0 == [TIME_STAMPING],
        _ => false,
    }
}

/// The way from a signer to a pinned authority, each certificate valid at the stated time. The signer's name.
pub(crate) fn chain(
    suite: &dyn Suite,
    signer: &Certificate,
    beside: &[Certificate],
    anchors: &Anchors,
    at: Instant,
) -> Result<String, Refused> {
    let mut step = signer;
    // How many authorities stand below the one that is looked for.
    for below in 0..STEPS {
        if !is_valid(step, at) {
            return Err(Refused::OutOfValidity(name_of(step)));
        }
        if anchors.0.contains(step) {
            return Ok(name_of(signer));
        }
        // The anchors first: what is pinned needs no help from what the token brings.
        let issuers = anchors.0.iter().chain(beside);
        let mut issuers = issuers.filter(|issuer| issuer != &step && may_issue(issuer, step, below));
        match issuers.find(|issuer| has_issued(suite, issuer, step).is_ok()) {
            Some(issuer) => step = issuer,
            None => return Err(why_unknown(suite, (step, below), beside, anchors)),
        }
    }
    Err(Refused::UnknownAuthority(name_of(signer)))
}

/// An algorithm that is not known says nothing against a certificate; everything else does.
fn why_unknown(
    suite: &dyn Suite,
    (step, below): (&Certificate, usize),
    beside: &[Certificate],
    anchors: &Anchors,
) -> Refused {
    let issuers = anchors.0.iter().chain(beside);
    let issuers = issuers.filter(|issuer| may_issue(issuer, step, below));
    let mut reasons = issuers.filter_map(|issuer| has_issued(suite, issuer, step).err());
    let unknown = reasons.find(|why| matches!(why, Refused::Algorithm(_)));
    unknown.unwrap_or_else(|| Refused::UnknownAuthority(name_of(step)))
}

/// Whether the one is named by the other, and may sign certificates with so many authorities below it.
fn may_issue(issuer: &Certificate, issued: &Certificate, below: usize) -> bool {
    let tbs = issuer.tbs_certificate();
    let reaches = |constraints: &BasicConstraints| {
        let most = constraints.path_len_constraint;
        constraints.ca && most.is_none_or(|most| usize::from(most) >= below)
    };
    let is_authority = tbs.get_extension::<BasicConstraints>();
    let is_authority = is_authority.is_ok_and(|found| found.is_some_and(|(_, constraints)| reaches(&constraints)));
    let signs = tbs.get_extension::<KeyUsage>();
    let signs = signs.is_ok_and(|found| found.is_none_or(|(_, usage)| usage.key_cert_sign()));
    tbs.subject() == issued.tbs_certificate().issuer() && is_authority && signs
}

fn has_issued(suite: &dyn Suite, issuer: &Certificate, issued: &Certificate) -> Result<(), Refused> {
    let signed = issued.tbs_certificate().to_der()?;
    let signature = issued.signature().as_bytes().ok_or(Refused::WrongSignature)?;
    verify_by(suite, issuer, (issued.signature_algorithm(), None), &signed, signature)
}

fn is_valid(certificate: &Certificate, at: Instant) -> bool {
    let validity = certificate.tbs_certificate().validity();
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&at.unix_s())
}

/// Verifies a signature under the key of a certificate. Where the algorithm is that of the key alone, as CMS allows for RSA, the digest
/// stands beside it.
pub(crate) fn verify_by(
    suite: &dyn Suite,
    certificate: &Certificate,
    (algorithm, digest): (&AlgorithmIdentifierOwned, Option<ObjectIdentifier>),
    message: &[u8],
    signature: &[u8],
) -> Result<(), Refused> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    let curve = || {
        key.algorithm
            .parameters
            .as_ref()
            .and_then(|named| named.decode_as().ok())
    };
    let unknown = || Refused::Algorithm(algorithm.oid.to_string());
    let known = match (key.algorithm.oid, algorithm.oid, digest) {
        (EC_PUBLIC_KEY, ECDSA_SHA_256, _) => ecdsa(curve(), SHA_256),
        (EC_PUBLIC_KEY, ECDSA_SHA_384, _) => ecdsa(curve(), SHA_384),
        (EC_PUBLIC_KEY, ECDSA_SHA_512, _) => ecdsa(curve(), SHA_512),
        (RSA, RSA_SHA_256, _) | (RSA, RSA, Some(SHA_256)) => Some(PkixAlgorithm::RsaSha256),
        (RSA, RSA_SHA_384, _) | (RSA, RSA, Some(SHA_384)) => Some(PkixAlgorithm::RsaSha384),
        (RSA, RSA_SHA_512, _) | (RSA, RSA, Some(SHA_512)) => Some(PkixAlgorithm::RsaSha512),
        _ => None,
    };
    let known = known.filter(|known| suite.serves_pkix(*known)).ok_or_else(unknown)?;
    let key = key.subject_public_key.as_bytes().ok_or(Refused::WrongSignature)?;
    let verified = suite.verify_pkix(known, key, message, signature);
    verified.map_err(|BadSignature| Refused::WrongSignature)
}

fn ecdsa(curve: Option<ObjectIdentifier>, digest: ObjectIdentifier) -> Option<PkixAlgorithm> {
    match (curve?, digest) {
        (P_256, SHA_256) => Some(PkixAlgorithm::EcdsaP256Sha256),
        (P_256, SHA_384) => Some(PkixAlgorithm::EcdsaP256Sha384),
        (P_256, SHA_512) => Some(PkixAlgorithm::EcdsaP256Sha512),
        (P_384, SHA_256) => Some(PkixAlgorithm::EcdsaP384Sha256),
        (P_384, SHA_384) => Some(PkixAlgorithm::EcdsaP384Sha384),
        (P_384, SHA_512) => Some(PkixAlgorithm::EcdsaP384Sha512),
        _ => None,
    }
}
