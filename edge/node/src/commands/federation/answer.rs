//! What a member says: proposals, and yes or no to those of others.

use super::found::member;
use super::{meant, read, show};
use crate::Failure;
use crate::commands::ApiArgs;
use crate::own_api::{segment, text};
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar federation propose admit kg.json
  chapar federation propose expel did:web:node.cn.example:customs
  chapar federation propose change --member new-card.json
  chapar federation propose change --witnesses policy.txt
  chapar federation propose leave

It takes an administrator's key of a member. To propose is to sign; the others sign by `chapar federation sign`.";

/// Propose a change, which signs it: admit, expel, change, leave
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Propose {
    Admit(Admit),
    Expel(Expel),
    Change(Change),
    Leave(Leave),
}

/// Propose to admit a member; all members have to sign
///
/// Example: chapar federation propose admit kg.json
#[derive(clap::Args, Debug)]
pub struct Admit {
    /// Its card: `chapar federation card` at its own node.
    card: PathBuf,
    #[command(flatten)]
    to: Where,
}

/// Propose to put a member out; all but the one concerned have to sign, two at least
///
/// Example: chapar federation propose expel did:web:node.cn.example:customs
#[derive(clap::Args, Debug)]
pub struct Expel {
    /// Its participant id.
    #[arg(value_name = "DID")]
    subject: String,
    #[command(flatten)]
    to: Where,
}

/// Propose another log, address or name of a member, or other witnesses; all members have to sign
///
/// Example: chapar federation propose change --member new-card.json
#[derive(clap::Args, Debug)]
pub struct Change {
    /// The member's new card.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "witnesses",
        required_unless_present = "witnesses"
    )]
    member: Option<PathBuf>,
    /// Whose cosignatures are looked for from then on (C2SP tlog-policy).
    #[arg(long, value_name = "FILE")]
    witnesses: Option<PathBuf>,
    #[command(flatten)]
    to: Where,
}

/// Leave the federation: alone, at once, and for good until the others admit you again
///
/// Example: chapar federation propose leave
#[derive(clap::Args, Debug)]
pub struct Leave {
    #[command(flatten)]
    to: Where,
}

/// Which federation, at which node.
#[derive(clap::Args, Debug)]
pub struct Where {
    /// The federation, where the node follows several.
    #[arg(long, value_name = "ID")]
    federation: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Sign a proposal: show what would be signed, and with --yes sign it
///
/// A signature is for good. It binds you to this proposal until it is in force or somebody declines it.
///
/// Example: chapar federation sign 8fa5f2cc --yes
#[derive(clap::Args, Debug)]
pub struct Sign {
    #[command(flatten)]
    one: One,
}

/// Decline a proposal, so that it never comes about and nobody is bound by it; for good
///
/// Example: chapar federation decline 8fa5f2cc --yes
#[derive(clap::Args, Debug)]
pub struct Decline {
    #[command(flatten)]
    one: One,
}

/// Which proposal.
#[derive(clap::Args, Debug)]
pub struct One {
    /// Its hash, or how that begins: `chapar federation show`.
    proposal: String,
    /// Say it. Without, it is only shown what would be said.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    to: Where,
}

impl Propose {
    pub async fn run(self) -> Result<(), Failure> {
        let (to, body) = match self {
            Self::Admit(admit) => {
                let body = json!({ "action": "admit", "member": member(&admit.card)?.render() });
                (admit.to, body)
            }
            Self::Expel(expel) => (expel.to, json!({ "action": "expel", "participant": expel.subject })),
            Self::Change(change) => {
                let body = match (&change.member, &change.witnesses) {
                    (Some(card), _) => json!({ "action": "change", "member": member(card)?.render() }),
                    (None, file) => {
                        let text = file.as_deref().map(read).transpose()?.unwrap_or_default();
                        json!({ "action": "change", "witnesses": String::from_utf8_lossy(&text) })
                    }
                };
                (change.to, body)
            }
            Self::Leave(leave) => (leave.to, json!({ "action": "leave" })),
        };
        to.propose(&body).await
    }
}

impl Where {
    async fn propose(&self, body: &Value) -> Result<(), Failure> {
        let api = self.api.open()?;
        let federation = meant(&api, self.federation.as_deref()).await?;
        let path = format!("/federations/{}/proposals", segment(text(&federation, "id")));
        let proposed = api.ask(Method::POST, &path, Some(body)).await?;
        if self.api.json {
            show::json(&proposed);
            return Ok(());
        }
        show::proposal(&proposed);
        let hash = text(&proposed, "hash");
        match text(body, "action") {
            "leave" => outln!("said; it holds as soon as the record is published"),
            _ => outln!(
                "signed; the other members: chapar federation sign {} --yes",
                hash.get(..12).unwrap_or(hash)
            ),
        }
        Ok(())
    }
}

impl Sign {
    pub async fn run(self) -> Result<(), Failure> {
        self.one.say("consent", "signed").await
    }
}

impl Decline {
    pub async fn run(self) -> Result<(), Failure> {
        self.one.say("decline", "declined").await
    }
}

impl One {
    async fn say(&self, answer: &str, done: &str) -> Result<(), Failure> {
        let api = self.to.api.open()?;
        let federation = meant(&api, self.to.federation.as_deref()).await?;
        let proposal = self.found(&federation)?;
        if !self.to.api.json {
            show::proposal(proposal);
        }
        if !self.yes {
            outln!("nothing was said yet: add --yes");
            return Ok(());
        }
        let (id, hash) = (text(&federation, "id"), text(proposal, "hash"));
        let path = format!("/federations/{}/proposals/{}", segment(id), segment(hash));
        let said = api.ask(Method::POST, &path, Some(&json!({ "answer": answer }))).await?;
        match self.to.api.json {
            true => show::json(&said),
            false => outln!("{done}  {}", text(&said, "record")),
        }
        Ok(())
    }

    fn found<'a>(&self, federation: &'a Value) -> Result<&'a Value, Failure> {
        let open = federation.get("proposals").and_then(Value::as_array);
        let begins = |proposal: &&Value| text(proposal, "hash").starts_with(self.proposal.as_str());
        let mut found = open.into_iter().flatten().filter(begins);
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(
                Failure::new(format!("no open proposal begins with `{}`", self.proposal))
                    .remedy("chapar federation show says what is open"),
            ),
            _ => Err(
                Failure::new(format!("several proposals begin with `{}`", self.proposal))
                    .remedy("give more of the hash"),
            ),
        }
    }
}
