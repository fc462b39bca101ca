//! `chapar log`: the participant's logs, and what others pin of them.

use super::{ApiArgs, show};
use crate::Failure;
use clap::Subcommand;
use serde_json::Value;

const EXAMPLES: &str = "\
Examples:
  chapar log show

The register is public: everybody reads it at its address. Who wants to check it pins its vkey, which you hand over by a way that is
trusted: on paper, by a courier, at a meeting.";

/// Logs of a participant: show
///
/// Each participant has two: the register, which is public and holds its records, and the evidence of its exchanges, which is not.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Log {
    Show(Show),
}

/// Show origin, verifier key, size and root of both logs
///
/// Example: chapar log show
#[derive(clap::Args, Debug)]
pub struct Show {
    #[command(flatten)]
    api: ApiArgs,
}

impl Log {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show(show) => show.run().await,
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
