//! A peer whom we know, as a value: [`Verified`] cannot be made outside this crate.
//!
//! Holds the wrapper, the peer with its proof, and the development identity. Refuses to hold how a proof is checked
//! (`token`, `signature`) and what the peer may do (`core/policy`).

pub mod development;

use crate::Refusal;
use crate::signature::MessageSignature;
use crate::token::Claims;
use chapar_terms::ParticipantId;

/// A value that was authenticated in this crate. Nothing outside it can build one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// Only for code that has just checked the proof.
    pub(crate) const fn attest(value: T) -> Self {
        Self(value)
    }

    /// The authenticated value.
    pub const fn value(&self) -> &T {
        &self.0
    }

    /// The authenticated value, without the mark.
    pub fn into_value(self) -> T {
        self.0
    }
}

/// The other participant in an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The participant's id, as its token, signature or configuration names it.
    pub id: ParticipantId,
    /// How strongly the present message is tied to that participant.
    pub proof: Proof,
}

/// How strongly a message is tied to its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A bearer token only: it says who is speaking, not what was said. Nobody else can be shown that the peer sent these bytes.
    Asserted,
    /// The bytes themselves were signed, so the message can be shown to others later.
    Proven {
        /// The DID URL of the key that signed them.
        key_id: String,
    },
}

impl Verified<Claims> {
    /// The peer whom a verified token names.
    pub fn peer(&self) -> Verified<Peer> {
        Verified::attest(Peer {
            id: self.0.issuer.clone(),
            proof: Proof::Asserted,
        })
    }
}

impl Verified<Peer> {
    /// The same peer, now with the proof of a verified message signature.
    ///
    /// # Errors
    /// `signature-issuer`: the signature is another participant's; refuse the message.
    pub fn proven_by(self, signature: &Verified<MessageSignature>) -> Result<Self, Refusal> {
        let signature = signature.value();
        if signature.signer != self.0.id {
            let why = format!("token of `{}`, signature of `{}`", self.0.id, signature.signer);
            return Err(Refusal::new("signature-issuer", why));
        }
        Ok(Self(Peer {
            id: self.0.id,
            proof: Proof::Proven {
                key_id: signature.key_id.clone(),
            },
        }))
    }
}

impl Verified<MessageSignature> {
    /// The peer who signed an answer to us; answers carry no token.
    pub fn peer(&self) -> Verified<Peer> {
        let proof = Proof::Proven {
            key_id: self.0.key_id.clone(),
        };
        Verified::attest(Peer {
            id: self.0.signer.clone(),
            proof,
        })
    }
}
