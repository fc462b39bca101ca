//! `chapar participant`: whom the node hosts.

use super::{ApiArgs, show};
use crate::Failure;
use crate::node_key;
use crate::own_api::segment;
use clap::{Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  chapar participant add uz-plant --key \"$(cat data/operator.key)\"
  chapar participant chest uz-plant --to uz-plant.chest --key \"$(cat data/operator.key)\"
  chapar participant list --key \"$(cat data/operator.key)\"

`add` prints the participant's first API key, an admin's. It is shown this once.";

/// Whom the node hosts: add, chest and list
///
/// One node hosts many participants. Each has its own identity (`did:web` under the node's public address), its own API keys, and
/// sees nothing of the others.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Participant {
    Add(Add),
    Chest(Chest),
    List(List),
}

/// Take a participant in
///
/// Gives it a fresh identity with a fresh signing key, and prints its first API key.
///
/// With a key chest, a participant whose node lost its disk comes back as itself. Its register is empty and held at first: what was published
/// of it is taken back from those who mirror it, see `chapar log recover --help`. Documents, agreements and evidence are not in a chest: they
/// come back from a backup only.
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
    /// The file that `chapar participant chest` wrote.
    #[arg(long, value_name = "FILE", requires = "chest_key", conflicts_with = "algorithm")]
    chest: Option<PathBuf>,
    /// The key of that chest, which was shown when it was packed.
    #[arg(long, env = "CHAPAR_CHEST_KEY", value_name = "KEY", hide_env_values = true)]
    chest_key: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Pack a participant's keys into a file that brings it back on another disk
///
/// In it are its signing keys, the keys of its register, and whom that waits for. The file is sealed under a key of its own, which is printed
/// this once: write it down, and keep file and key elsewhere and apart from each other, for whoever has both speaks as the participant. Pack
/// again after its keys were rotated.
///
/// Example: chapar participant chest uz-plant --to uz-plant.chest --key "$(cat data/operator.key)"
#[derive(clap::Args, Debug)]
pub struct Chest {
    /// The participant's short name.
    slug: String,
    /// The file to make; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    api: ApiArgs,
}

impl Chest {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/participants/{}/chest", segment(&self.slug));
        let packed = self.api.open()?.ask(Method::POST, &path, None).await?;
        let chest = packed.get("chest").cloned().unwrap_or_default();
        node_key::write_secret(&self.to, &chest.to_string())?;
        let shown = json!({ "to": self.to, "chestKey": packed.get("chestKey") });
        self.api.show(&shown, &["to", "chestKey"]);
        Ok(())
    }
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
            Self::Chest(chest) => chest.run().await,
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
        let body = match &self.chest {
            Some(file) => json!({
                "slug": self.slug,
                "identity": "did",
                "unsignedPeers": unsigned,
                "chest": read_chest(file)?,
                "chestKey": self.chest_key,
            }),
            None => json!({ "slug": self.slug, "identity": "did", "algorithm": algorithm, "unsignedPeers": unsigned }),
        };
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

fn read_chest(file: &Path) -> Result<Value, Failure> {
    let unreadable = |why: String| Failure::new(format!("`{}` cannot be read: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))
}
