//! The words of a policy and the spellings under which they come. No meaning of a rule (`evaluate`) is here.

use serde_json::{Map, Value};
use std::borrow::Cow;

const ODRL: &str = "http://www.w3.org/ns/odrl/2/";
/// Where connectors of the EDC family have the words that ODRL lacks; they write them with their prefix `edc:`.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";
/// What the counterparty belongs to. A full IRI is written, as it comes through every reading of JSON-LD as it is.
const MEMBER_OF: &str = "urn:chapar:terms:memberOf";

/// An ODRL word without its prefix or namespace; any other text as it is.
pub(crate) fn plain(text: &str) -> &str {
    text.strip_prefix("odrl:")
        .or_else(|| text.strip_prefix(ODRL))
        .unwrap_or(text)
}

/// Every member of `map` that is the ODRL member `name` under some spelling: none, one, or (a contradiction) more.
pub(crate) fn spelled<'a>(map: &'a Map<String, Value>, name: &str) -> Vec<(&'a str, &'a Value)> {
    map.iter()
        .filter(|(key, _)| plain(key) == name)
        .map(|(key, value)| (key.as_str(), value))
        .collect()
}

/// A term: a string, or a node reference `{"@id": "..."}` with nothing else in it.
pub(crate) fn term(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(plain(text)),
        Value::Object(map) if map.len() == 1 => map.get("@id").and_then(Value::as_str).map(plain),
        _ => None,
    }
}

/// A word (already plain) in one spelling for all that it may have.
pub(crate) fn one_spelling(word: &str) -> Cow<'_, str> {
    match word.strip_prefix(EDC) {
        Some(name) => Cow::Owned(format!("edc:{name}")),
        None => Cow::Borrowed(word),
    }
}

/// A left operand (already plain) in one spelling for all that it may have.
pub(crate) fn operand_spelling(word: &str) -> Cow<'_, str> {
    Operand::parse(word).map_or_else(|| one_spelling(word), |operand| Cow::Borrowed(operand.name()))
}

/// Whether `action` (already plain) is the action that this node decides about. `USE` is what older connectors write.
pub(crate) fn is_use(action: &str) -> bool {
    matches!(action, "use" | "USE")
}

/// What a left operand speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// The id of the counterparty.
    Participant,
    /// The federations that the counterparty is a member of.
    MemberOf,
    /// The time of the request, bound by an absolute date-time.
    DateTime,
    /// The time of the request, bound by a date-time or relative to the agreement.
    InForceDate,
}

impl Operand {
    /// Reads a left operand (already plain).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "participant"
            | "participantId"
            | "dspace:participantId"
            | "https://w3id.org/dspace/2025/1/participantId"
            | "edc:participantId"
            | "https://w3id.org/edc/v0.0.1/ns/participantId" => Some(Self::Participant),
            "memberOf" | "chapar:memberOf" | MEMBER_OF => Some(Self::MemberOf),
            "dateTime" => Some(Self::DateTime),
            "inForceDate" | "edc:inForceDate" | "https://w3id.org/edc/v0.0.1/ns/inForceDate" => Some(Self::InForceDate),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Participant => "participantId",
            Self::MemberOf => MEMBER_OF,
            Self::DateTime => "dateTime",
            Self::InForceDate => "inForceDate",
        }
    }
}

/// The operators of the protocol's policy schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Neq,
    Gt,
    Gteq,
    Lt,
    Lteq,
    IsAnyOf,
    IsNoneOf,
    IsA,
    IsAllOf,
    HasPart,
    IsPartOf,
    TermLteq,
}

impl Operator {
    const ALL: [(Self, &'static str); 13] = [
        (Self::Eq, "eq"),
        (Self::Neq, "neq"),
        (Self::Gt, "gt"),
        (Self::Gteq, "gteq"),
        (Self::Lt, "lt"),
        (Self::Lteq, "lteq"),
        (Self::IsAnyOf, "isAnyOf"),
        (Self::IsNoneOf, "isNoneOf"),
        (Self::IsA, "isA"),
        (Self::IsAllOf, "isAllOf"),
        (Self::HasPart, "hasPart"),
        (Self::IsPartOf, "isPartOf"),
        (Self::TermLteq, "term-lteq"),
    ];

    /// Reads an operator (already plain).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(operator, _)| *operator)
    }
}

/// How a logical constraint joins its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Logic {
    /// All parts hold.
    And,
    /// All parts hold, in this order. At one instant, order asks nothing more than `and`.
    AndSequence,
    /// At least one part holds.
    Or,
    /// Exactly one part holds.
    Xone,
}

impl Logic {
    /// Every kind with its member name.
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::And, "and"),
        (Self::AndSequence, "andSequence"),
        (Self::Or, "or"),
        (Self::Xone, "xone"),
    ];
}
