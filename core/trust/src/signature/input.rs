//! Reading a message's signature, and the checks that requests and responses share.
//!
//! Refuses to decide what must be covered; `request` and `response` do, before the bytes under the signature are built.

use super::component::Component;
use super::{LABEL, MessageParts, MessageSignature, NONCE_BYTES, TAG, base};
use crate::did::{self, DidDocument};
use crate::{Refusal, Verified};
use chapar_terms::{Algorithm, Instant, ParticipantId, Suite, limits};
use sfv::{BareItem, Dictionary, InnerList, ListEntry, Parser};

/// Most components read from one signature.
const COMPONENTS: usize = 32;

/// The signature under our label, taken apart and not yet believed.
pub(super) struct SignatureInput {
    pub(super) components: Vec<Component>,
    list: InnerList,
    signature: Vec<u8>,
}

/// Against what a signature is checked.
pub(super) struct Judgement<'a> {
    pub(super) signer: &'a ParticipantId,
    pub(super) document: &'a DidDocument,
    pub(super) now: Instant,
    pub(super) suite: &'a dyn Suite,
}

impl SignatureInput {
    pub(super) fn read(message: &MessageParts) -> Result<Self, Refusal> {
        let (Some(input), Some(signature)) = (member(message, "signature-input")?, member(message, "signature")?)
        else {
            return Err(Refusal::new("signature-missing", format!("no signature `{LABEL}`")));
        };
        let ListEntry::InnerList(list) = input else {
            return Err(malformed("`Signature-Input` is not a list"));
        };
        let signature = match signature {
            ListEntry::Item(item) => match item.bare_item {
                BareItem::ByteSequence(bytes) => bytes,
                _ => return Err(malformed("`Signature` is not a byte sequence")),
            },
            ListEntry::InnerList(_) => return Err(malformed("`Signature` is not a byte sequence")),
        };
        if list.items.len() > COMPONENTS {
            return Err(malformed(format!("more than {COMPONENTS} components")));
        }
        let components: Vec<Component> = list.items.iter().map(Component::read).collect::<Result<_, _>>()?;
        for (place, component) in components.iter().enumerate() {
            if components.iter().take(place).any(|earlier| earlier == component) {
                return Err(malformed("a component is covered twice"));
            }
        }
        Ok(Self {
            components,
            list,
            signature,
        })
    }

    /// # Errors
    /// `signature-uncovered`: the first component of `required` that is not covered.
    pub(super) fn insist_on(&self, required: &[Component]) -> Result<(), Refusal> {
        match required.iter().find(|component| !self.components.contains(component)) {
            Some(_) if chapar_terms::sabotaged("skip-covered-components") => Ok(()),
            None => Ok(()),
            Some(missing) => Err(Refusal::new(
                "signature-uncovered",
                format!("does not cover `{}`", missing.identifier()),
            )),
        }
    }

    pub(super) fn covers(&self, component: &Component) -> bool {
        self.components.contains(component)
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.list.params.get(name) {
            None => Ok(None),
            Some(BareItem::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(malformed(format!("`{name}` is not a string"))),
        }
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Instant>, Refusal> {
        match self.list.params.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(seconds)) => Ok(Some(Instant::from_unix_s(i64::from(*seconds)))),
            Some(_) => Err(malformed(format!("`{name}` is not a number of seconds"))),
        }
    }

    pub(super) fn nonce(&self) -> Result<Option<&str>, Refusal> {
        match self.text("nonce")? {
            Some(nonce) if nonce.is_empty() || nonce.len() > NONCE_BYTES => Err(malformed(format!(
                "`nonce` is empty or longer than {NONCE_BYTES} bytes"
            ))),
            nonce => Ok(nonce),
        }
    }

    /// The key that it claims to be made with.
    pub(super) fn claimed_key(&self) -> Option<&str> {
        self.text("keyid").ok().flatten()
    }

    /// Checks tag, key, algorithm, time and at last the bytes.
    pub(super) fn verify(
        &self,
        message: &MessageParts,
        request: Option<&MessageParts>,
        judgement: &Judgement<'_>,
    ) -> Result<Verified<MessageSignature>, Refusal> {
        if self.text("tag")? != Some(TAG) {
            return Err(Refusal::new("signature-tag", format!("`tag` is not `{TAG}`")));
        }
        let key_id = self.text("keyid")?.ok_or_else(|| malformed("no `keyid`"))?;
        let signer = did::of_url(key_id);
        if signer != judgement.signer.as_str() || judgement.document.id != *judgement.signer {
            let why = format!("signed by `{signer}`, expected `{}`", judgement.signer);
            return Err(Refusal::new("signature-issuer", why));
        }
        let method = judgement.document.signing_method(Some(key_id))?;
        let algorithm = method.key.algorithm;
        let fits = self.text("alg")?.is_none_or(|alg| alg == registered_name(algorithm));
        if !fits || !judgement.suite.serves(algorithm) {
            return Err(Refusal::new(
                "signature-algorithm",
                "`alg` is not the key's algorithm, or is not served",
            ));
        }
        let created = self.check_time(judgement.now)?;
        let nonce = self.nonce()?.map(str::to_owned);
        let base = base::base(&self.components, &self.list, message, request)?;
        judgement
            .suite
            .verify(&method.key, base.as_bytes(), &self.signature)
            .or_else(|wrong| {
                chapar_terms::sabotaged("skip-message-signature")
                    .then_some(())
                    .ok_or(wrong)
            })
            .map_err(|_| Refusal::new("signature-wrong", format!("not signed by `{}`", method.id)))?;
        let (signer, key_id, key) = (judgement.signer.clone(), method.id.clone(), method.key.clone());
        Ok(Verified::attest(MessageSignature {
            signer,
            key_id,
            key,
            created,
            nonce,
        }))
    }

    fn check_time(&self, now: Instant) -> Result<Instant, Refusal> {
        let created = self.time("created")?.ok_or_else(|| malformed("no `created`"))?;
        if created.since_ms(now) > limits::CLOCK_SKEW_MS {
            return Err(Refusal::new("signature-not-yet-valid", format!("created at {created}")));
        }
        let expires = self
            .time("expires")?
            .unwrap_or_else(|| created.plus_ms(limits::TOKEN_LIFETIME_MS));
        let lifetime = expires.since_ms(created);
        if !(0..=limits::TOKEN_LIFETIME_MS).contains(&lifetime) {
            let why = format!("lives {lifetime} ms, at most {}", limits::TOKEN_LIFETIME_MS);
            return Err(Refusal::new("signature-lifetime", why));
        }
        if now.since_ms(expires) >= limits::CLOCK_SKEW_MS {
            return Err(Refusal::new("signature-expired", format!("ended at {expires}")));
        }
        Ok(created)
    }
}

/// The algorithm's name in the HTTP Signature Algorithms registry (RFC 9421 section 6.2).
const fn registered_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Ed25519 => "ed25519",
        Algorithm::Es256 => "ecdsa-p256-sha256",
    }
}

fn malformed(why: impl Into<String>) -> Refusal {
    Refusal::new("signature-malformed", why)
}

/// The member under our label of a dictionary header.
pub(super) fn member(message: &MessageParts, header: &str) -> Result<Option<ListEntry>, Refusal> {
    let Some(field) = message.field(header) else {
        return Ok(None);
    };
    if field.len() > limits::AUTH_HEADER_BYTES {
        let why = format!("`{header}` is longer than {} bytes", limits::AUTH_HEADER_BYTES);
        return Err(Refusal::new("signature-too-large", why));
    }
    let dictionary: Dictionary = Parser::new(&field)
        .parse()
        .map_err(|error| malformed(format!("`{header}`: {error}")))?;
    Ok(dictionary.get(LABEL).cloned())
}
