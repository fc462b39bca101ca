//! `chapar restore`: puts a backup into the data folder of a node that is stopped.

use super::show;
use crate::Failure;
use crate::backups;
use crate::config::{Config, environment};
use clap::Args;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar restore --config chapar.toml --from /srv/backup/2026-11-23
  chapar serve   --config chapar.toml --accept-rollback       (the first start afterwards)

The data folder must hold no database; move the old one away first and keep it. Put the node key of that time there as node.key. A restored \
node is behind its peers: they may hold messages and agreements that it has forgotten. That is why the first start has to say so.

A database that somebody put back by hand is noticed in the same way: the folder remembers a number that steps up at each start, backup and \
orderly end, and every five seconds of work. It cannot be noticed when the whole folder was put back, nor, after a crash, when the copy \
is of its last five seconds. Peers notice: their cases are ahead.

The registers of the participants are held by that start: if entries were published after the backup was made, the node would sign another \
history, and whoever mirrors the log could prove that it was rewritten. So nothing is published until the log's witnesses and those who mirror it \
have said what they know; what is missing is taken back from them. `chapar log show` says how far that is, `chapar log recover` helps. Where the \
whole folder was put back, they are asked too: at each start, for ten seconds, before anything is published.";

/// Put a backup back into a node's data folder
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Restore {
    /// The node's configuration file.
    #[arg(long, env = "CHAPAR_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// The backup.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
}

impl Restore {
    pub async fn run(self) -> Result<(), Failure> {
        let config = Config::load(&self.config, &environment)?;
        let restored = chapar_store::restore(&self.from, &config.data).await?;
        show::card(&backups::view(&restored), &["generation", "files", "bytes"]);
        outln!(
            "start once with: chapar serve --config {} --accept-rollback",
            self.config.display()
        );
        Ok(())
    }
}
