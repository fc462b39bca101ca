//! `chapar peer`: whom the participant knows, and under which address, so that no command has to repeat it.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::segment;
use clap::Subcommand;
use http::Method;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  chapar peer put did:web:uz.example:plant https://uz.example/plant/dsp/2025-1 --name \"Plant quarantine\"
  chapar peer list
  chapar peer delete did:web:uz.example:plant";

/// Peers of a participant: put, list, delete
///
/// A known peer needs no --address in `catalog` and `negotiate`. Knowing one gives it no rights: those come from policies.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Peer {
    Put(Put),
    List(List),
    Delete(Delete),
}

/// Add or replace a peer
///
/// Example: chapar peer put did:web:uz.example:plant https://uz.example/plant/dsp/2025-1
#[derive(clap::Args, Debug)]
pub struct Put {
    /// Its participant id.
    id: String,
    /// Its DSP base address, or the root of its version document.
    dsp: String,
    /// What our people call it.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the peers
///
/// Example: chapar peer list
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Forget a peer; cases with it go on
///
/// Example: chapar peer delete did:web:uz.example:plant
#[derive(clap::Args, Debug)]
pub struct Delete {
    /// Its participant id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

impl Peer {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Put(put) => put.run().await,
            Self::List(list) => list.run().await,
            Self::Delete(delete) => delete.run().await,
        }
    }
}

impl Put {
    async fn run(self) -> Result<(), Failure> {
        let mut body = json!({ "dsp": self.dsp });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.name.map(|name| ("name".to_owned(), json!(name))));
        }
        let peer = self
            .api
            .open()?
            .ask(Method::PUT, &format!("/peers/{}", segment(&self.id)), Some(&body))
            .await?;
        if self.api.json {
            show::json(&peer);
        } else {
            show::card(&peer, &["id", "dsp", "name"]);
        }
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/peers").await?;
        self.api
            .show_all(items, &["id", "dsp", "name"], "no peer yet: chapar peer put DID URL");
        Ok(())
    }
}

impl Delete {
    async fn run(self) -> Result<(), Failure> {
        self.api
            .open()?
            .ask(Method::DELETE, &format!("/peers/{}", segment(&self.id)), None)
            .await?;
        outln!("deleted {}", self.id);
        Ok(())
    }
}
