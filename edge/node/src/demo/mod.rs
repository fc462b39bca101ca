//! `chapar demo`: two whole nodes in one process that share nothing but the wire, and one exchange between them; or one node and a
//! connector that others wrote.
//!
//! Here they are started and ended; the acts are in `story` and `abroad`, a side is a `party` or a `connector`, what is published
//! is in `registry`.

mod abroad;
mod connector;
mod foreign;
mod party;
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
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use story::Story;
use timeline::Timeline;
use tokio::sync::watch;

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

/// What runs when the story has been told, and how to go on with it.
enum Stage {
    Nodes(Party, Box<Party>),
    WithEdc(Party, Connector),
}

/// Plays the demonstration.
///
/// # Errors
/// Something did not start, or an expectation did not hold.
pub async fn run(wish: Wish) -> Result<(), Failure> {
    let level = environment("CHAPAR_LOG").unwrap_or_else(|| "error".to_owned());
    logging::start(&Log {
        format: LogFormat::Human,
        level,
    });
    let folder = Folder::new(wish.data.as_deref())?;
    let mut signals = serve::Signals::listen()?;
    let (end, ended) = watch::channel(false);
    let stage = tokio::select! {
        played = play(&wish, folder.path(), &ended) => played?,
        () = signals.next() => return Err(Failure::new("interrupted")),
    };
    if wish.after == After::Serve {
        stage.invite();
        signals.next().await;
        println!("\nEnding.");
    }
    end.send_replace(true);
    signals.then_at_once();
    stage.ended().await;
    Ok(())
}

async fn play(wish: &Wish, folder: &Path, ended: &watch::Receiver<bool>) -> Result<Stage, Failure> {
    let stage = match &wish.other {
        Other::Node => play_with_a_node(folder, ended).await?,
        Other::Edc(named) => play_with_edc(named.as_deref(), folder, ended).await?,
    };
    if let Some(file) = &wish.endpoints {
        write_endpoints(file, &stage.endpoints())?;
    }
    Ok(stage)
}

async fn play_with_a_node(folder: &Path, ended: &watch::Receiver<bool>) -> Result<Stage, Failure> {
    println!("Chapar: two sovereign nodes, one contract. All bodies and certificates are invented samples.\n");
    let mut uz = Party::start(UZ, Known::ByDid, folder, ended.clone()).await?;
    introduce(&uz);
    let mut kz = Party::start(KZ, Known::ByDid, folder, ended.clone()).await?;
    introduce(&kz);
    fill(&uz, &kz.id).await?;
    let mut timeline = Timeline::begin();
    let mut story = Story {
        uz: &mut uz,
        kz: &mut kz,
        timeline: &mut timeline,
    };
    let told = story.play().await;
    close(&timeline, told)?;
    Ok(Stage::Nodes(uz, Box::new(kz)))
}

async fn play_with_edc(named: Option<&Path>, folder: &Path, ended: &watch::Receiver<bool>) -> Result<Stage, Failure> {
    let jars = connector::find(named)?;
    println!("Chapar and EDC: a node and a connector that others wrote, one contract. All bodies and certificates are");
    println!("invented samples. Here both know each other by name alone, as EDC's mock identity has it.\n");
    let mut uz = Party::start(UZ, Known::ByName, folder, ended.clone()).await?;
    introduce(&uz);
    let kz = Connector::start(&jars, KZ.slug, &folder.join(KZ.folder)).await?;
    println!("{}  {}, with EDC", KZ.label, KZ.name);
    println!(
        "    id      {}\n    dsp     {}\n    management api {}",
        kz.id, kz.dsp, kz.management
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
    close(&timeline, told)?;
    Ok(Stage::WithEdc(uz, kz))
}

async fn fill(uz: &Party, consumer: &str) -> Result<(), Failure> {
    println!("\nUZ puts {} documents into its node ...", samples::SAMPLES.len());
    registry::fill(&uz.api, consumer).await
}

/// Says how the story ended.
fn close(timeline: &Timeline, told: Result<(), Failure>) -> Result<(), Failure> {
    if let Err(failure) = told {
        timeline.fail(&failure.to_string());
        return Err(Failure::new(
            "an expectation of the demonstration did not hold: see the line that says FAIL",
        ));
    }
    let (lines, seconds) = timeline.sum();
    println!("\nAll {lines} lines held, each read back from the other side, in {seconds:.1} s.");
    Ok(())
}

impl Stage {
    fn invite(&self) {
        match self {
            Self::Nodes(uz, kz) => {
                println!("\nBoth nodes serve until Ctrl-C. Go on as either of them, from another terminal:");
                invite(uz, &kz.id, &kz.dsp);
                invite(kz, &uz.id, &uz.dsp);
            }
            Self::WithEdc(uz, kz) => {
                println!("\nNode and connector serve until Ctrl-C. Go on as the node, from another terminal:");
                invite(uz, &kz.id, &kz.dsp);
                println!("\n  # {}: EDC's management API", KZ.name);
                println!("  curl -X POST {}/v3/contractagreements/request", kz.management);
            }
        }
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

    /// Waits until the nodes have ended, which somebody else has to cause; a connector ends here.
    async fn ended(self) {
        match self {
            Self::Nodes(uz, kz) => {
                uz.ended().await;
                kz.ended().await;
            }
            Self::WithEdc(uz, kz) => {
                drop(kz);
                uz.ended().await;
            }
        }
    }
}

fn introduce(party: &Party) {
    println!("{}  {}", party.role.label, party.role.name);
    println!("    id      {}", party.id);
    println!("    dsp     {}", party.dsp);
    println!("    own api {}   data {}", party.api.base(), party.folder.display());
}

fn invite(party: &Party, other: &str, address: &str) {
    println!("\n  # {}", party.role.name);
    println!(
        "  export CHAPAR_API={} CHAPAR_API_KEY={}",
        party.api.base(),
        party.api_key
    );
    println!("  chapar document list");
    println!("  chapar catalog '{other}' --address {address}");
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
    println!("Addresses and keys are in {}.", file.display());
    Ok(())
}

/// Where both nodes live.
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
                "name a new folder; the nodes in it go on with: chapar serve --config {place}/uz/chapar.toml"
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
