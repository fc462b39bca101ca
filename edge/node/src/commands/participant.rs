//! `chapar participant`: whom the node hosts.

use super::{ApiArgs, show};
use crate::Failure;
use clap::{Subcommand, ValueEnum};
use http::Method;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  chapar participant add uz-plant --key \"$(cat data/operator.key)\"
  chapar participant list --key \"$(cat data/operator.key)\"

`add` prints the participant's first API key, an admin's. It is shown this once.";

/// Whom the node hosts: add and list
///
/// One node hosts many participants. Each has its own identity (`did:web` under the node's public address), its own API keys, and
/// sees nothing of the others.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Participant {
    Add(Add),
    List(List),
}

/// Take a participant in
///
/// Gives it a fresh identity with a fresh signing key, and prints its first API key.
///
/// Example: chapar participant add uz-plant --key "$(cat data/operator.key)"
#[derive(clap::Args, Debug)]
pub struct Add {
    /// Its short name in addresses: lower-case letters, digits and `-`.
    slug: String,
    /// The algorithm of its signing key.
    #[arg(long, value_enum, default_value_t = Algorithm::Eddsa)]
    algorithm: Algorithm,
    /// Refuse peers whose messages carry a token but no signature of their own.
    #[arg(long)]
    refuse_unsigned_peers: bool,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Algorithm {
    /// Ed25519.
    Eddsa,
    /// ECDSA over P-256.
    Es256,
}

/// List the participants of the node
///
/// Example: chapar participant list --key "$(cat data/operator.key)"
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

impl Participant {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        let algorithm = match self.algorithm {
            Algorithm::Eddsa => "EdDSA",
            Algorithm::Es256 => "ES256",
        };
        let unsigned = if self.refuse_unsigned_peers { "refuse" } else { "accept" };
        let body = json!({ "slug": self.slug, "identity": "did", "algorithm": algorithm, "unsignedPeers": unsigned });
        let added = self.api.open()?.ask(Method::POST, "/participants", Some(&body)).await?;
        if self.api.json {
            show::json(&added);
        } else {
            show::card(&added, &["participant", "slug", "dsp", "apiKey"]);
        }
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/participants").await?;
        self.api.show_all(
            items,
            &["slug", "participant", "dsp"],
            "no participant yet: chapar participant add SLUG",
        );
        Ok(())
    }
}
