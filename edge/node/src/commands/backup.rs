//! `chapar backup`: a copy of a node's data folder, whether it runs or not.
//!
//! A folder can be open once. So a running node is asked, with the operator's key that lies in its folder; a stopped one is opened here.

use super::show;
use crate::Failure;
use crate::config::{Config, environment};
use crate::own_api::OwnApi;
use crate::{backups, node_key, operator_key};
use chapar_store::{Options, Store, StoreFault};
use clap::Args;
use http::Method;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar backup --config chapar.toml --to /srv/backup/2026-11-23
  sha256sum -c SHA256SUMS                       (inside the copy: is it whole?)

The copy holds the database and the documents. Secrets in it stay encrypted under the node key, which is NOT in the copy: keep node.key \
(or CHAPAR_NODE_KEY) somewhere else, for a backup without it cannot be read. Back again: chapar restore";

/// Copy a node's data into a new folder, while it runs or not
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct BackupTo {
    /// The node's configuration file.
    #[arg(long, env = "CHAPAR_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// The folder to make; it must not be there yet.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

impl BackupTo {
    pub async fn run(self) -> Result<(), Failure> {
        let config = Config::load(&self.config, &environment)?;
        let to = std::path::absolute(&self.to).map_err(|error| Failure::new(error.to_string()))?;
        let made = match self.of_stopped(&config, &to).await {
            Err(StoreFault::InUse(_)) => Self::of_running(&config, &to).await?,
            other => other.map(|backup| backups::view(&backup))?,
        };
        show::card(&made, &["generation", "files", "bytes"]);
        outln!(
            "the node key is not in it: keep a copy of {} elsewhere",
            node_key::file(&config.data).display()
        );
        Ok(())
    }

    async fn of_stopped(&self, config: &Config, to: &std::path::Path) -> Result<chapar_store::Backup, StoreFault> {
        if !config.data.join("chapar.db").exists() {
            return Err(StoreFault::Backup(format!(
                "`{}` holds no database",
                config.data.display()
            )));
        }
        let key = node_key::load_or_make(&config.data, environment(node_key::VARIABLE));
        let key = key.map_err(|failure| StoreFault::Backup(failure.to_string()))?;
        let store = Store::open(&config.data, Options::new(key)).await?;
        let backup = store.backup(to).await;
        store.close().await;
        backup
    }

    async fn of_running(config: &Config, to: &std::path::Path) -> Result<Value, Failure> {
        let scheme = if config.private.tls.is_some() { "https" } else { "http" };
        let mut at = config.private.listen;
        if at.ip().is_unspecified() {
            // A socket that is open everywhere is open on loopback too.
            at.set_ip(if at.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        let api = OwnApi::new(&format!("{scheme}://{at}"), &operator_key::read(&config.data)?)?;
        api.ask(Method::POST, "/backups", Some(&json!({ "to": to }))).await
    }
}
