//! `chapar witness`: the witness of this node, the logs that it cosigns, and the forks that it was shown.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::segment;
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar witness show
  chapar witness add uz.example/plant/log uz.example/plant/log+e46f3679+AWEYWawHQF93bZedLTgxDwUFLqb4cHSFKz/oKnlwlghX
  chapar witness list
  chapar witness forks

Key and origin come from the owner of the log, by a way that is trusted: on paper, by a courier, at a meeting.";

/// The witness of this node: show, add, list, remove, forks
///
/// It cosigns checkpoints of other nodes' logs: each cosignature says that the log grew from what was cosigned before, and was never
/// rewritten. The list is the operator's.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Witness {
    Show(Show),
    Add(Add),
    List(List),
    Remove(Remove),
    Forks(Forks),
}

/// Show name, key and address of the witness: what others write into their policies
///
/// Example: chapar witness show
#[derive(clap::Args, Debug)]
pub struct Show {
    #[command(flatten)]
    api: ApiArgs,
}

/// Cosign a log, or give it other keys
///
/// Example: chapar witness add uz.example/plant/log uz.example/plant/log+e46f3679+AWEYWawHQF93bZedLTgxDwUFLqb4cHSFKz/oKnlwlghX
#[derive(clap::Args, Debug)]
pub struct Add {
    /// The origin line of its checkpoints.
    origin: String,
    /// Its verifier keys: one, or two while it changes keys.
    #[arg(required = true, value_name = "VKEY")]
    vkeys: Vec<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the logs that are cosigned
///
/// Example: chapar witness list
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Cosign a log no more; what was cosigned of it stays
///
/// Example: chapar witness remove uz.example/plant/log
#[derive(clap::Args, Debug)]
pub struct Remove {
    /// The origin line of its checkpoints.
    origin: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// Show the forks that were seen, each with both notes
///
/// A fork is a proof by itself: two notes that one log signed and that cannot both be true.
///
/// Example: chapar witness forks
#[derive(clap::Args, Debug)]
pub struct Forks {
    #[command(flatten)]
    api: ApiArgs,
}

impl Witness {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show(show) => show.run().await,
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Remove(remove) => remove.run().await,
            Self::Forks(forks) => forks.run().await,
        }
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let witness = self.api.open()?.read("/witness").await?;
        self.api.show(&witness, &["name", "vkey", "submissionPrefix"]);
        Ok(())
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/witness/logs/{}", segment(&self.origin));
        let body = json!({ "vkeys": self.vkeys });
        let log = self.api.open()?.ask(Method::PUT, &path, Some(&body)).await?;
        self.api.show(&log, &["origin", "vkeys", "originHash", "size"]);
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/witness/logs").await?;
        self.api.show_all(
            items,
            &["origin", "size", "cosignedAt", "reason"],
            "no log yet: chapar witness add ORIGIN VKEY",
        );
        Ok(())
    }
}

impl Remove {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/witness/logs/{}", segment(&self.origin));
        self.api.open()?.ask(Method::DELETE, &path, None).await?;
        outln!("removed {}", self.origin);
        Ok(())
    }
}

impl Forks {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/witness/forks").await?;
        if self.api.json {
            show::json(&Value::Array(items));
            return Ok(());
        }
        if items.is_empty() {
            outln!("no fork was shown to this witness");
        }
        for fork in &items {
            let of = |member| show::cell(fork, member);
            outln!("{} size {} seen {}\n", of("origin"), of("size"), of("seenAt"));
            outln!("{}\n{}", of("known"), of("shown"));
        }
        Ok(())
    }
}
