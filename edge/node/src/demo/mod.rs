//! `chapar demo`: two whole nodes in one process that share nothing but the wire, and one exchange between them.
//!
//! Here they are started and ended; the acts are in `story`, a side is a `party`, what it publishes is in `registry`.

mod party;
mod registry;
mod samples;
mod story;
mod timeline;

use crate::config::{Log, LogFormat, environment};
use crate::{Failure, logging, serve};
use party::{Party, Role};
use serde_json::json;
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
    let (uz, kz) = tokio::select! {
        played = play(&wish, folder.path(), &ended) => played?,
        () = signals.next() => return Err(Failure::new("interrupted")),
    };
    if wish.after == After::Serve {
        invite(&uz, &kz);
        signals.next().await;
        println!("\nEnding.");
    }
    end.send_replace(true);
    signals.then_at_once();
    uz.ended().await;
    kz.ended().await;
    Ok(())
}

async fn play(wish: &Wish, folder: &Path, ended: &watch::Receiver<bool>) -> Result<(Party, Party), Failure> {
    println!("Chapar: two sovereign nodes, one contract. All bodies and certificates are invented samples.\n");
    let uz = Role {
        label: "UZ",
        folder: "uz",
        slug: "uz-plant",
        name: "Plant Quarantine Agency of Uzbekistan (SAMPLE)",
    };
    let kz = Role {
        label: "KZ",
        folder: "kz",
        slug: "kz-border",
        name: "Border Inspection of Kazakhstan (SAMPLE)",
    };
    let mut uz = Party::start(uz, folder, ended.clone()).await?;
    introduce(&uz);
    let mut kz = Party::start(kz, folder, ended.clone()).await?;
    introduce(&kz);
    println!("\nUZ puts {} documents into its node ...", samples::SAMPLES.len());
    registry::fill(&uz.api, &kz.id).await?;
    let mut timeline = Timeline::begin();
    let told = Story {
        uz: &mut uz,
        kz: &mut kz,
        timeline: &mut timeline,
    }
    .play()
    .await;
    if let Err(failure) = told {
        timeline.fail(&failure.to_string());
        return Err(Failure::new(
            "an expectation of the demonstration did not hold: see the line that says FAIL",
        ));
    }
    let (lines, seconds) = timeline.sum();
    println!("\nAll {lines} lines held, each read back from the other side, in {seconds:.1} s.");
    if let Some(file) = &wish.endpoints {
        write_endpoints(file, &uz, &kz)?;
    }
    Ok((uz, kz))
}

fn introduce(party: &Party) {
    println!("{}  {}", party.role.label, party.role.name);
    println!("    id      {}", party.id);
    println!("    dsp     {}", party.dsp);
    println!("    own api {}   data {}", party.api.base(), party.folder.display());
}

fn invite(uz: &Party, kz: &Party) {
    println!("\nBoth nodes serve until Ctrl-C. Go on as either of them, from another terminal:");
    for (party, other) in [(uz, kz), (kz, uz)] {
        println!("\n  # {}", party.role.name);
        println!(
            "  export CHAPAR_API={} CHAPAR_API_KEY={}",
            party.api.base(),
            party.api_key
        );
        println!("  chapar document list");
        println!("  chapar catalog '{}' --address {}", other.id, other.dsp);
    }
}

/// The file holds keys, so it appears whole and for its owner alone.
fn write_endpoints(file: &Path, uz: &Party, kz: &Party) -> Result<(), Failure> {
    let endpoints = json!({ "provider": uz.endpoints(), "consumer": kz.endpoints() });
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
