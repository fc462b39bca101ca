//! `chapar key`: keys to the own API of a participant, and its signing keys: shown, replaced, given up.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::segment;
use clap::{Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar key add --role editor --label \"registry import\"
  chapar key list
  chapar key revoke 0198c5b2-...
  chapar key list --signing
  chapar key rotate
  chapar key revoke key-0198c5b2-... --compromised    a signing key that others have

Roles: a viewer reads; an editor also puts documents and offers and decides; an admin also keeps keys and peers.";

/// API keys of a participant, and its signing key
///
/// An API key opens the own API for one participant with one role; only a hash of it is kept. The signing key is what peers verify.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Key {
    Add(Add),
    List(List),
    Revoke(Revoke),
    Rotate(Rotate),
}

/// Make an API key; its text is shown this once
///
/// Example: chapar key add --role viewer --label "audit"
#[derive(clap::Args, Debug)]
pub struct Add {
    /// What it may do.
    #[arg(long, value_enum)]
    role: Role,
    /// What people call it.
    #[arg(long, default_value = "")]
    label: String,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    Admin,
    Editor,
    Viewer,
}

/// List the API keys, or the signing keys, without their secrets
///
/// Example: chapar key list --signing
#[derive(clap::Args, Debug)]
pub struct List {
    /// The signing keys of the participant.
    #[arg(long)]
    signing: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// Revoke an API key at once, or give up a signing key that others have
///
/// With --compromised it is a signing key: it signs nothing any more, leaves the DID document, and the register says since which entry its
/// records count no more. What stands before that in the log stays good, whatever date it bears; what comes after is refused by
/// everybody who reads the log. Where it signed until now, a fresh key does.
///
/// Example: chapar key revoke 0198c5b2-7a31-7cc0-9d8e-2f1c5f3f6a10
/// Example: chapar key revoke key-0198c5b2-7a31-7cc0-9d8e-2f1c5f3f6a10 --compromised
#[derive(clap::Args, Debug)]
pub struct Revoke {
    /// The key's id, as `key list` shows it.
    id: String,
    /// It is a signing key, and others have it, or may: `key list --signing`.
    #[arg(long)]
    compromised: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// Give the participant a fresh signing key
///
/// The old one signs no more and verifies what it signed: it stays in the DID document.
///
/// Example: chapar key rotate
#[derive(clap::Args, Debug)]
pub struct Rotate {
    #[command(flatten)]
    api: ApiArgs,
}

impl Key {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Revoke(revoke) => revoke.run().await,
            Self::Rotate(rotate) => rotate.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        let role = match self.role {
            Role::Admin => "admin",
            Role::Editor => "editor",
            Role::Viewer => "viewer",
        };
        let body = json!({ "role": role, "label": self.label });
        let key = self.api.open()?.ask(Method::POST, "/keys", Some(&body)).await?;
        if self.api.json {
            show::json(&key);
        } else {
            show::card(&key, &["id", "key"]);
        }
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        if self.signing {
            let identity = self.api.open()?.read("/identity").await?;
            show_signing(&self.api, &identity);
            return Ok(());
        }
        let items = self.api.open()?.list("/keys").await?;
        self.api
            .show_all(items, &["id", "role", "label", "createdAt", "revokedAt"], "no key");
        Ok(())
    }
}

impl Revoke {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        if self.compromised {
            let identity = api
                .ask(Method::POST, "/identity/revoke", Some(&json!({ "key": self.id })))
                .await?;
            show_signing(&self.api, &identity);
            return Ok(());
        }
        api.ask(Method::DELETE, &format!("/keys/{}", segment(&self.id)), None)
            .await?;
        outln!("revoked {}", self.id);
        Ok(())
    }
}

impl Rotate {
    async fn run(self) -> Result<(), Failure> {
        let identity = self.api.open()?.ask(Method::POST, "/identity/rotate", None).await?;
        show_signing(&self.api, &identity);
        Ok(())
    }
}

fn show_signing(api: &ApiArgs, identity: &Value) {
    if api.json {
        show::json(identity);
        return;
    }
    let keys = identity.get("keys").and_then(Value::as_array);
    let keys = keys.map(Vec::as_slice).unwrap_or_default();
    show::table(
        keys,
        &["id", "algorithm", "active", "createdAt", "compromisedAt"],
        "no key",
    );
}
