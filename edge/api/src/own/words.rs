//! Words that members of a body are chosen from, as the description lists them.
//!
//! Handlers read them as text, so that a wrong one is refused with a code of its own; these types are read into the
//! description alone.
#![expect(dead_code, reason = "read by the description alone: handlers take these as text")]

use utoipa::ToSchema;

/// What can be decided about a negotiation.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum NegotiationMove {
    /// The consumer asks for another offer.
    Request,
    /// The provider makes another offer.
    Offer,
    /// The consumer takes the offer.
    Accept,
    /// The provider agrees, if policy permits.
    Agree,
    /// The consumer takes the agreement.
    Verify,
    /// The provider puts the agreement in force.
    Finalize,
    /// Either side ends it.
    Terminate,
}

/// What can be decided about a transfer.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum TransferMove {
    /// Lets data flow; after a suspension, again.
    Start,
    /// Stops it for now.
    Suspend,
    /// Ends it as intended.
    Complete,
    /// Ends it otherwise.
    Terminate,
}

/// What proves that a participant is who it says.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum IdentityKind {
    /// A `did:web` with keys of its own.
    Did,
    /// Nothing at all; in the development profile alone.
    Development,
}

/// Algorithm of a signing key, by its JOSE name.
#[derive(ToSchema)]
pub enum SigningAlgorithm {
    /// Ed25519.
    EdDSA,
    /// ECDSA over P-256.
    ES256,
}

/// What the tokens of a development identity look like.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum TokenForm {
    /// A plain text.
    Plain,
    /// JSON as the mock identity of EDC writes it.
    EdcMock,
}

/// Whether peers that sign no message are heard.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum UnsignedPeers {
    /// They are; what they say is marked as asserted.
    Accept,
    /// They are not.
    Refuse,
}

/// How the two operands of a condition are compared.
#[derive(ToSchema)]
pub enum Operator {
    /// Equal, or a list with an equal item.
    #[schema(rename = "=")]
    Equal,
    /// Absent, or not so.
    #[schema(rename = "!=")]
    Unequal,
    /// Equal to one item of the right operand, an array.
    #[schema(rename = "in")]
    In,
    /// Absent, or not so.
    #[schema(rename = "not in")]
    NotIn,
    /// A text that fits the pattern: `%` stands for any run of characters, `_` for one; case counts.
    #[schema(rename = "like")]
    Like,
    /// Such a text, whatever its case.
    #[schema(rename = "ilike")]
    LikeInAnyCase,
    /// A list with an item that equals the right operand.
    #[schema(rename = "contains")]
    Contains,
    /// Less, both numbers or both texts.
    #[schema(rename = "<")]
    Less,
    /// Less or equal.
    #[schema(rename = "<=")]
    LessOrEqual,
    /// Greater.
    #[schema(rename = ">")]
    Greater,
    /// Greater or equal.
    #[schema(rename = ">=")]
    GreaterOrEqual,
}
