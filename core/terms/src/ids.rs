//! Identifiers, one type each, so that a provider's pid cannot stand where a consumer's is meant.

use crate::{Invalid, limits};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads the id as it stands on the wire.
            ///
            /// # Errors
            /// The text is empty, longer than [`limits::ID_BYTES`] or holds a control character; answer "bad request".
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                check($what, text)?;
                Ok(Self(text.to_owned()))
            }

            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A participant's id: an opaque string to the protocol; a DID where we give it.
    ParticipantId, "participant id");
id!(
    /// A `consumerPid` or `providerPid`: the name one side gives to a negotiation or a transfer. Opaque to the other side.
    Pid, "pid");
id!(
    /// Our own name of a case (a negotiation or a transfer), unique at this node; equals the pid of our side.
    CaseId, "case id");
id!(
    /// The shared `@id` of an Agreement.
    AgreementId, "agreement id");
id!(
    /// The `@id` of a Dataset, which is the id of the asset behind it and the `target` of its offers.
    AssetId, "asset id");
id!(
    /// The `@id` of an Offer.
    OfferId, "offer id");
id!(
    /// The id of a contract definition, which turns assets and policies into offers.
    DefinitionId, "contract definition id");
id!(
    /// The id of a policy definition.
    PolicyId, "policy definition id");
id!(
    /// The unique id of an evidence entry.
    EntryId, "evidence entry id");

fn check(what: &'static str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(what, "is empty"));
    }
    if text.len() > limits::ID_BYTES {
        return Err(Invalid::new(what, format!("is longer than {} bytes", limits::ID_BYTES)));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(what, "holds a control character"));
    }
    Ok(())
}

/// The short name of a participant in the node's own addresses: `[a-z][a-z0-9-]{0,62}`, no `-` at the end, no reserved word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// First path segments that the node keeps for itself; no participant can be called so.
pub const RESERVED_SLUGS: &[&str] = &[
    "admin",
    "api",
    "assets",
    "callback",
    "catalog",
    "chapar",
    "data",
    "dcp",
    "did",
    "dsp",
    "events",
    "health",
    "log",
    "management",
    "metrics",
    "node",
    "oai",
    "portal",
    "public",
    "static",
    "tile",
    "v3",
    "v4",
    "v5beta",
    "version",
    "well-known",
    "witness",
];

/// First path segments below which the portal speaks these languages. No new participant is called so; who was before keeps its name.
pub const LANGUAGE_SLUGS: &[&str] = &["be", "en", "fa", "hi", "kk", "ky", "ru", "tg", "ur", "uz", "zh"];

impl Slug {
    /// Whether it is the code of a language of the portal, by which nobody can be called any more.
    pub fn is_language(&self) -> bool {
        LANGUAGE_SLUGS.contains(&self.0.as_str())
    }

    /// Reads a slug.
    ///
    /// # Errors
    /// The text breaks the grammar or is reserved; choose another.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let well_formed = text.len() <= 63
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !well_formed {
            return Err(Invalid::new(
                "participant slug",
                "must match [a-z][a-z0-9-]{0,62} and not end with `-`",
            ));
        }
        if RESERVED_SLUGS.contains(&text) {
            return Err(Invalid::new(
                "participant slug",
                format!("`{text}` is a reserved word of the node"),
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["uz-plant", "a", "kz2"] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "A",
            "2a",
            "chapar",
            "well-known",
            "a/b",
            "a.b",
            &"a".repeat(64),
        ] {
            assert!(Slug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ids() {
        assert!(Pid::parse("urn:uuid:1").is_ok());
        for bad in ["", "a\nb", &"x".repeat(limits::ID_BYTES + 1)] {
            assert!(Pid::parse(bad).is_err());
        }
    }
}
