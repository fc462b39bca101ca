//! A node of the demonstration, with its folder, its ports and its configuration, which it keeps when it is ended and started again.
//!
//! It is started from a configuration file like any other. Refuses to know whose it is.

use super::party::Known;
use crate::Failure;
use crate::assemble::Node;
use crate::config::{Config, environment};
use crate::own_api::OwnApi;
use crate::{operator_key, serve};
use chapar_store::Rollback;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the environment says to all nodes alike: whose key opens them, and which languages their portals speak.
const SHARED: [&str; 2] = [crate::node_key::VARIABLE, "CHAPAR_LANGUAGES"];

/// A node that runs in this process, or has run.
pub struct House {
    config: Config,
    /// Opened before anybody is told of them, so that nobody else has these ports.
    sockets: Option<(TcpListener, TcpListener)>,
    running: Option<(watch::Sender<bool>, JoinHandle<()>)>,
}

impl House {
    /// Makes the folder and the configuration, and starts the node.
    ///
    /// # Errors
    /// It did not start.
    pub async fn open(folder: &Path, known: Known) -> Result<Self, Failure> {
        let (public, private) = (free_port().await?, free_port().await?);
        let file = write_config(folder, known, port(&public)?, port(&private)?)?;
        let these_alone = |name: &str| SHARED.contains(&name).then(|| environment(name)).flatten();
        let mut house = Self {
            config: Config::load(&file, &these_alone)?,
            sockets: Some((public, private)),
            running: None,
        };
        house.start().await?;
        Ok(house)
    }

    /// Starts it at its ports.
    ///
    /// # Errors
    /// It did not start.
    pub async fn start(&mut self) -> Result<(), Failure> {
        let node = Node::assemble(&self.config, Rollback::Refuse).await?;
        let doors = match self.sockets.take() {
            Some((public, private)) => serve::Doors::of(public, private),
            None => serve::Doors::open(&self.config).await?,
        };
        let (end, ended) = watch::channel(false);
        let quota = self.config.quota;
        let serving = tokio::spawn(async move {
            serve::serve(node, doors, quota, ended).await;
        });
        self.running = Some((end, serving));
        Ok(())
    }

    /// Ends it in order: its listeners are gone, and its store is closed.
    pub async fn end(&mut self) {
        let Some((end, serving)) = self.running.take() else {
            return;
        };
        end.send_replace(true);
        // A node that panicked has ended too; the panic has been printed.
        let _ = serving.await;
    }

    /// The own API, with this key.
    ///
    /// # Errors
    /// The key is none.
    pub fn api(&self, key: &str) -> Result<OwnApi, Failure> {
        OwnApi::new(&format!("http://{}", self.config.private.listen), key)
    }

    /// The own API, with the operator's key.
    ///
    /// # Errors
    /// The key cannot be read.
    pub fn operator(&self) -> Result<OwnApi, Failure> {
        self.api(&operator_key::read(&self.config.data)?)
    }

    /// What everybody may read at its public door.
    ///
    /// # Errors
    /// Never: its address is one.
    pub fn public(&self) -> Result<OwnApi, Failure> {
        OwnApi::public(&self.config.public_url)
    }

    /// Its public address.
    pub fn public_url(&self) -> &str {
        &self.config.public_url
    }

    /// Where it keeps its data.
    pub fn data(&self) -> &Path {
        &self.config.data
    }
}

async fn free_port() -> Result<TcpListener, Failure> {
    TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(|error| Failure::new(format!("no free port on this machine: {error}")))
}

fn port(listener: &TcpListener) -> Result<u16, Failure> {
    Ok(listener
        .local_addr()
        .map_err(|error| Failure::new(error.to_string()))?
        .port())
}

fn write_config(folder: &Path, known: Known, public: u16, private: u16) -> Result<PathBuf, Failure> {
    let profile = match known {
        Known::ByDid => "production",
        Known::ByName => "development",
    };
    let text = format!(
        "# A node of `chapar demo`. It can be served again: chapar serve --config THIS_FILE\n\
         public_url = \"http://127.0.0.1:{public}\"\n\
         profile = \"{profile}\"\n\
         data = \"data\"\n\
         [public]\nlisten = \"127.0.0.1:{public}\"\n\
         [private]\nlisten = \"127.0.0.1:{private}\"\n\
         [egress]\nloopback = true\n\
         [log]\nlevel = \"warn\"\n"
    );
    let file = folder.join("chapar.toml");
    let write = || {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&file, text)
    };
    write().map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display())))?;
    Ok(file)
}
