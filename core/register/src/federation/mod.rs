//! Federations as bytes: the genesis that each operator pins by hand, the entry of a member, and the proposal of a change.
//!
//! The formats are in `docs/formats/federation.md`. Refuses to say what is in force (`folds::federation`): a genesis and a proposal are
//! what somebody wrote, until it is shown who agreed.

mod genesis;
mod member;
mod proposal;

pub use genesis::{GENESIS_BYTES, Genesis, MEMBERS};
pub use member::Member;
pub use proposal::{Action, Change, PROPOSAL_BYTES, Proposal};

use chapar_terms::{Digest, Fields, Invalid, Lang};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What every id of a federation begins with.
const PREFIX: &str = "urn:chapar:federation:";
/// Sets the hash of a state apart from every other hash we make.
const STATE_DOMAIN: &[u8] = b"chapar/federation-state/v1\n";
/// Longest name in one language: it stands in lists.
const NAME_CHARACTERS: usize = 300;
/// Most languages of a name.
const NAME_LANGUAGES: usize = 16;

/// A text for people, by language.
pub type Names = BTreeMap<Lang, String>;

/// The id of a federation: the hash of its genesis, so nobody can give it to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FederationId(Digest);

impl FederationId {
    /// The federation whose genesis has this hash.
    pub const fn of(genesis: Digest) -> Self {
        Self(genesis)
    }

    /// Reads an id.
    ///
    /// # Errors
    /// The text is no id of a federation; answer "bad request".
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let hash = text.strip_prefix(PREFIX).and_then(|hash| {
            let digest = Digest::from_hex(hash).ok()?;
            (digest.hex() == hash).then_some(digest)
        });
        let why = || {
            Invalid::new(
                "federation id",
                format!("is not `{PREFIX}` and 64 hexadecimal characters"),
            )
        };
        hash.map(Self).ok_or_else(why)
    }

    /// The state of the federation before any change.
    pub const fn first_state(self) -> Digest {
        self.0
    }
}

impl fmt::Display for FederationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

/// The state that a proposal makes of the one before: it names the whole way from the genesis.
pub fn state_after(before: &Digest, proposal: &Digest) -> Digest {
    Digest::of_parts(&[STATE_DOMAIN, before.as_bytes(), proposal.as_bytes()])
}

fn names(fields: &mut Fields, member: &str) -> Result<Names, Invalid> {
    let wrong = |fields: &Fields, why: &str| fields.invalid(format!("`{member}` {why}"));
    let Value::Object(texts) = fields.value(member)? else {
        return Err(wrong(fields, "is not texts by language"));
    };
    if texts.is_empty() || texts.len() > NAME_LANGUAGES {
        return Err(wrong(fields, "is in no language, or in too many"));
    }
    let mut names = Names::new();
    for (tag, text) in texts {
        let text = text.as_str().filter(|text| {
            let is_shown = !text.trim().is_empty() && !text.chars().any(char::is_control);
            is_shown && text.chars().count() <= NAME_CHARACTERS
        });
        let text = text.ok_or_else(|| wrong(fields, "is empty, too long or holds a control character"))?;
        names.insert(Lang::parse(&tag)?, text.to_owned());
    }
    Ok(names)
}

fn render_names(names: &Names) -> Value {
    let members = names
        .iter()
        .map(|(lang, text)| (lang.as_str().to_owned(), Value::from(text.as_str())));
    Value::Object(members.collect())
}

/// Who has to have witnessed the members' logs: a policy (C2SP tlog-policy) without logs, kept as it was written.
fn witnesses(fields: &mut Fields) -> Result<Option<String>, Invalid> {
    if !fields.has("witnesses") {
        return Ok(None);
    }
    let text = fields.text("witnesses")?;
    let policy = chapar_tlog::policy::Policy::parse(text.as_bytes())
        .map_err(|why| fields.invalid(format!("`witnesses`: {why}")))?;
    match policy.logs().is_empty() {
        true => Ok(Some(text)),
        false => Err(fields.invalid("`witnesses` names logs: those are the members'")),
    }
}
