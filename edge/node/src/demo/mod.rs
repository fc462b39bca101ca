//! `chapar demo`: two whole nodes in one process that share nothing but the wire, and one exchange between them; or one node and a
//! connector that others wrote. Then three nodes and one register.
//!
//! Here they are started and ended; the acts are in `story`, `abroad` and `register`, a side is a `party` or a `connector`, what is offered
//! is in `registry`.

mod abroad;
mod connector;
mod foreign;
mod house;
mod party;
mod register;
mod registry;
mod samples;
mod steps;
mod story;
mod timeline;

use crate::config::{Log, LogFormat, environment};
use crate::{Failure, logging, serve};
use abroad::Abroad;
use connector::Connector;
use foreign::Foreign;
use party::{Known, Party, Role};
use register::Three;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use story::Story;
use timeline::Timeline;

/// What happens when the exchange is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Both nodes end.
    End,
    /// Both nodes serve until Ctrl-C.
    Serve,
}

/// What was asked for.
pub struct Wish {
    /// What happens afterwards.
    pub after: After,
    /// Where addresses and keys are written.
    pub endpoints: Option<PathBuf>,
    /// Where the nodes are kept; temporary otherwise.
    pub data: Option<PathBuf>,
    /// Who plays the other side.
    pub other: Other,
    /// What is played.
    pub acts: Acts,
}

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acts {
    /// The exchange, then the register.
    All,
    /// Two nodes, one contract.
    Exchange,
    /// Three nodes, one catalogue.
    Register,
}

/// Who plays the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// A second node.
    Node,
    /// A connector that others wrote: in this folder, or where the house puts it.
    Edc(Option<PathBuf>),
}

const UZ: Role = Role {
    label: "UZ",
    folder: "uz",
    slug: "uz-plant",
    name: "Plant Quarantine Agency of Uzbekistan (SAMPLE)",
};
const KZ: Role = Role {
    label: "KZ",
    folder: "kz",
    slug: "kz-border",
    name: "Border Inspection of Kazakhstan (SAMPLE)",
};

/// Nodes of the exchange that run when the story has been told, and how to go on with them.
enum Pair {
    Nodes(Party, Box<Party>),
    WithEdc(Party, Connector),
}

/// All that runs then.
struct Stage {
    pair: Option<Pair>,
    three: Option<Three>,
}

/// Where the nodes of the register live, beside those of the exchange.
const REGISTER: &str = "register";
/// What a node logs when it catches a liar, or has lost its disk, is told by the story itself.
const QUIET: &str = "error,chapar_runtime::mirrors=off,chapar_runtime::alarms=off,chapar_runtime::recovery=off";

/// Plays the demonstration.
///
/// # Errors
/// Something did not start, or an expectation did not hold.
pub async fn run(wish: Wish) -> Result<(), Failure> {
    let level = environment("CHAPAR_LOG").unwrap_or_else(|| QUIET.to_owned());
    logging::start(&Log {
        format: LogFormat::Human,
        level,
    });
    let folder = Folder::new(wish.data.as_deref())?;
    let mut signals = serve::Signals::listen()?;
    let stage = tokio::select! {
        played = play(&wish, folder.path()) => played?,
        () = signals.next() => return Err(Failure::new("interrupted")),
    };
    if wish.after == After::Serve {
        stage.invite();
        signals.next().await;
        outln!("\nEnding.");
    }
    signals.then_at_once();
    stage.end().await;
    Ok(())
}

async fn play(wish: &Wish, folder: &Path) -> Result<Stage, Failure> {
    let mut stage = Stage {
        pair: None,
        three: None,
    };
    if wish.acts != Acts::Register {
        stage.pair = Some(match &wish.other {
            Other::Node => play_with_a_node(folder).await?,
            Other::Edc(named) => play_with_edc(named.as_deref(), folder).await?,
        });
    }
    if wish.acts != Acts::Exchange {
        stage.three = Some(play_register(&folder.join(REGISTER)).await?);
    }
    if let Some(file) = &wish.endpoints {
        write_endpoints(file, &stage.endpoints())?;
    }
    Ok(stage)
}

async fn play_register(folder: &Path) -> Result<Three, Failure> {
    let mut three = Three::start(folder).await?;
    let mut timeline = Timeline::begin();
    let told = three.play(&mut timeline).await;
    close(&timeline, told, "another node")?;
    Ok(three)
}

async fn play_with_a_node(folder: &Path) -> Result<Pair, Failure> {
    outln!("Chapar: two sovereign nodes, one contract. All bodies and certificates are invented samples.\n");
    let mut uz = Party::start(UZ, Known::ByDid, folder).await?;
    introduce(&uz);
    let mut kz = Party::start(KZ, Known::ByDid, folder).await?;
    introduce(&kz);
    fill(&uz, &kz.id).await?;
    let mut timeline = Timeline::begin();
    let mut story = Story {
        uz: &mut uz,
        kz: &mut kz,
        timeline: &mut timeline,
    };
    let told = story.play().await;
    close(&timeline, told, "the other side")?;
    Ok(Pair::Nodes(uz, Box::new(kz)))
}

async fn play_with_edc(named: Option<&Path>, folder: &Path) -> Result<Pair, Failure> {
    let jars = connector::find(named)?;
    outln!("Chapar and EDC: a node and a connector that others wrote, one contract. All bodies and certificates are");
    outln!("invented samples. Here both know each other by name alone, as EDC's mock identity has it.\n");
    let mut uz = Party::start(UZ, Known::ByName, folder).await?;
    introduce(&uz);
    let kz = Connector::start(&jars, KZ.slug, &folder.join(KZ.folder)).await?;
    outln!("{}  {}, with EDC", KZ.label, KZ.name);
    outln!(
        "    id      {}\n    dsp     {}\n    management api {}",
        kz.id,
        kz.dsp,
        kz.management
    );
    fill(&uz, &kz.id).await?;
    let api = Foreign::of(&kz)?;
    let mut timeline = Timeline::begin();
    let mut story = Abroad {
        uz: &mut uz,
        kz: &kz,
        api: &api,
        timeline: &mut timeline,
    };
    let told = story.play().await;
    close(&timeline, told, "the other side")?;
    Ok(Pair::WithEdc(uz, kz))
}

async fn fill(uz: &Party, consumer: &str) -> Result<(), Failure> {
    outln!("\nUZ puts {} documents into its node ...", samples::SAMPLES.len());
    registry::fill(&uz.api, consumer).await
}

/// Says how a story ended.
fn close(timeline: &Timeline, told: Result<(), Failure>, from: &str) -> Result<(), Failure> {
    if let Err(failure) = told {
        timeline.fail(&failure.to_string());
        return Err(Failure::new(
            "an expectation of the demonstration did not hold: see the line that says FAIL",
        ));
    }
    let (lines, seconds) = timeline.sum();
    outln!("\nAll {lines} lines held, each read back from {from}, in {seconds:.1} s.");
    Ok(())
}

impl Stage {
    fn invite(&self) {
        if let Some(pair) = &self.pair {
            pair.invite();
        }
        if let Some(three) = &self.three {
            three.invite();
        }
        if let Some(portal) = self.portal() {
            outln!("\nOpen the portal in a browser, in Russian, Chinese or English as it asks: {portal}");
        }
    }

    /// Where people read what the nodes hold: the register, where it was played.
    fn portal(&self) -> Option<String> {
        let exchange = self.pair.as_ref().map(Pair::portal);
        self.three.as_ref().map(Three::portal).or(exchange)
    }

    fn endpoints(&self) -> Value {
        let mut endpoints = self.pair.as_ref().map_or_else(|| json!({}), Pair::endpoints);
        if let (Some(three), Some(members)) = (&self.three, endpoints.as_object_mut()) {
            members.insert(REGISTER.to_owned(), three.endpoints());
        }
        endpoints
    }

    /// Ends all that runs.
    async fn end(self) {
        if let Some(three) = self.three {
            three.end().await;
        }
        if let Some(pair) = self.pair {
            pair.end().await;
        }
    }
}

impl Pair {
    fn invite(&self) {
        match self {
            Self::Nodes(uz, kz) => {
                outln!("\nBoth nodes serve until Ctrl-C. Go on as either of them, from another terminal:");
                invite(uz, &kz.id, &kz.dsp);
                invite(kz, &uz.id, &uz.dsp);
            }
            Self::WithEdc(uz, kz) => {
                outln!("\nNode and connector serve until Ctrl-C. Go on as the node, from another terminal:");
                invite(uz, &kz.id, &kz.dsp);
                outln!("\n  # {}: EDC's management API", KZ.name);
                outln!("  curl -X POST {}/v3/contractagreements/request", kz.management);
            }
        }
    }

    fn portal(&self) -> String {
        let (Self::Nodes(uz, _) | Self::WithEdc(uz, _)) = self;
        format!("{}/", uz.public_url())
    }

    fn endpoints(&self) -> Value {
        match self {
            Self::Nodes(uz, kz) => json!({ "provider": uz.endpoints(), "consumer": kz.endpoints() }),
            Self::WithEdc(uz, kz) => {
                let consumer = json!({ "id": kz.id, "dsp": kz.dsp, "management": kz.management });
                json!({ "provider": uz.endpoints(), "consumer": consumer })
            }
        }
    }

    /// Ends both sides.
    async fn end(self) {
        match self {
            Self::Nodes(uz, kz) => {
                tokio::join!(uz.end(), kz.end());
            }
            Self::WithEdc(uz, kz) => {
                drop(kz);
                uz.end().await;
            }
        }
    }
}

fn introduce(party: &Party) {
    outln!("{}  {}", party.role.label, party.role.name);
    outln!("    id      {}", party.id);
    outln!("    dsp     {}", party.dsp);
    outln!("    portal  {}/", party.public_url());
    outln!("    own api {}   data {}", party.api.base(), party.folder.display());
}

fn invite(party: &Party, other: &str, address: &str) {
    outln!("\n  # {}", party.role.name);
    outln!(
        "  export CHAPAR_API={} CHAPAR_API_KEY={}",
        party.api.base(),
        party.api_key
    );
    outln!("  chapar document list");
    outln!("  chapar catalog '{other}' --address {address}");
}

/// The file holds keys, so it appears whole and for its owner alone.
fn write_endpoints(file: &Path, endpoints: &Value) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("`{}` cannot be written: {error}", file.display()));
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    match std::fs::remove_file(&fresh) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => crate::node_key::write_secret(&fresh, &format!("{endpoints:#}"))?,
    }
    std::fs::rename(&fresh, file).map_err(failed)?;
    outln!("Addresses and keys are in {}.", file.display());
    Ok(())
}

/// Where all nodes live.
enum Folder {
    /// Removed at the end.
    Temporary(PathBuf),
    /// The person's own.
    Kept(PathBuf),
}

impl Folder {
    fn new(kept: Option<&Path>) -> Result<Self, Failure> {
        let Some(kept) = kept else {
            let path = std::env::temp_dir().join(format!("chapar-demo-{}", uuid::Uuid::new_v4()));
            return Ok(Self::Temporary(path));
        };
        let used = std::fs::read_dir(kept).is_ok_and(|mut entries| entries.next().is_some());
        if used {
            let place = kept.display();
            return Err(Failure::new(format!("`{place}` is not empty")).remedy(format!(
                "name a new folder; a node in it goes on with its own file, e.g.: chapar serve --config {place}/uz/chapar.toml"
            )));
        }
        Ok(Self::Kept(kept.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(path) | Self::Kept(path) => path,
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            // What the system's folder for temporary things still holds, the system removes.
            let _ = std::fs::remove_dir_all(path);
        }
    }
}
