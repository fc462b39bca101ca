//! `chapar log`: the participant's logs, and what others pin of them.

use super::verify::{read, source, tell, verified};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::text;
use chapar_verify::{Demands, copy};
use clap::Subcommand;
use http::HeaderMap;
use serde_json::Value;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar log show
  chapar log verify                    as everybody else can: chapar verify --help
  chapar log export --to plant-log     for who checks it elsewhere, or keeps it

The register is public: everybody reads it at its address. Who wants to check it pins its vkey, which you hand over by a way that is
trusted: on paper, by a courier, at a meeting.";

/// Logs of a participant: show, verify, export
///
/// Each participant has two: the register, which is public and holds its records, and the evidence of its exchanges, which is not.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Log {
    Show(Show),
    Verify(Verify),
    Export(Export),
}

/// Show origin, verifier key, size and root of both logs
///
/// Example: chapar log show
#[derive(clap::Args, Debug)]
pub struct Show {
    #[command(flatten)]
    api: ApiArgs,
}

/// Verify the participant's own register at its public address, with its own key
///
/// Example: chapar log verify
#[derive(clap::Args, Debug)]
pub struct Verify {
    /// Witnesses that are believed, and how many it takes (C2SP tlog-policy).
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Write a copy of the register: its checkpoint, entries, tiles and bodies, as files that chapar verify reads
///
/// Run again, it goes on where it broke off, or fetches what is new.
///
/// Example: chapar log export --to plant-log
#[derive(clap::Args, Debug)]
pub struct Export {
    /// The folder; it is made when it is not there.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

impl Log {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show(show) => show.run().await,
            Self::Verify(verify) => verify.run().await,
            Self::Export(export) => export.run().await,
        }
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/logs").await?;
        if self.api.json {
            show::json(&Value::Array(items));
            return Ok(());
        }
        for (number, log) in items.iter().enumerate() {
            if number > 0 {
                println!();
            }
            let members = [
                "name",
                "origin",
                "address",
                "vkey",
                "logId",
                "size",
                "waiting",
                "root",
                "publishedAt",
            ];
            show::card(log, &members);
        }
        Ok(())
    }
}

impl Verify {
    async fn run(self) -> Result<(), Failure> {
        let log = register(&self.api).await?;
        let policy = self.policy.as_deref().map(read).transpose()?;
        let demands = Demands::read(Some(text(&log, "vkey")), policy.as_deref(), None)?;
        let source = source(text(&log, "address"), HeaderMap::new(), self.authorities.as_deref())?;
        tell(&verified(&source, &demands).await?, self.api.json)
    }
}

impl Export {
    async fn run(self) -> Result<(), Failure> {
        let log = register(&self.api).await?;
        let source = source(text(&log, "address"), HeaderMap::new(), self.authorities.as_deref())?;
        let bar = show::entries_bar();
        let copied = copy(&source, &self.to, &|done, size| show::advance(&bar, done, size)).await;
        bar.finish_and_clear();
        let copied = copied?;
        println!(
            "{}  {} entries  {} files written, {} kept",
            self.to.display(),
            copied.size,
            copied.written,
            copied.kept
        );
        println!(
            "verify it: chapar verify {} --vkey {}",
            self.to.display(),
            text(&log, "vkey")
        );
        Ok(())
    }
}

/// The public log; it has an address once something is in it.
async fn register(api: &ApiArgs) -> Result<Value, Failure> {
    let logs = api.open()?.list("/logs").await?;
    let register = logs.into_iter().find(|log| text(log, "name") == "register");
    let register = register.filter(|log| !text(log, "address").is_empty());
    register.ok_or_else(|| Failure::new("nothing of the register is published yet").untold())
}
