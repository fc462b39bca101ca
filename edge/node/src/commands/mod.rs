//! The commands, one file each. What all share stands here: the address and key of the API, and how results are shown.
//!
//! Client commands speak to a node over its own API alone; none of them opens a data folder but `serve`, `doctor`, `backup` and
//! `restore`.

mod backup;
mod carry;
mod case;
mod catalog;
mod demo;
mod doctor;
mod document;
mod export;
mod federation;
mod fetch;
mod import;
mod key;
mod kinds;
mod log;
mod mirror;
mod negotiate;
mod offer;
mod participant;
mod peer;
mod rebuild;
mod record;
mod restore;
mod search;
mod serve;
mod show;
mod transfer;
mod verify;
mod watch;
mod witness;

// What the demo plays with is what the commands do.
pub use case::Role;
pub use catalog::{checksum_of, datasets as catalog_of, offer_of};
pub use negotiate::{Wish, begin as begin_negotiation};
pub use offer::{Mode, policy};
pub use transfer::{begin_pull, decide as decide_transfer, reached};
pub use watch::{Progress, Verdict, Wait, obstacle};

use crate::Failure;
use crate::own_api::OwnApi;
use clap::{Args, Parser, Subcommand};

const ABOUT: &str = "A sovereign node for cross-border digital cooperation.

Bodies in different states hand each other data under an agreed contract, by the Dataspace Protocol 2025-1, with no server \
and no key between them. This one program is the node and the tool that speaks to it.";

const EXAMPLES: &str = "\
See it first:
  chapar demo                          two nodes and one whole exchange in front of you

Run a node:
  chapar doctor --config chapar.toml   is everything in place?
  chapar serve  --config chapar.toml   run it
  chapar participant add uz-plant --key \"$(cat data/operator.key)\"

Offer:
  export CHAPAR_API_KEY=...            the key that `participant add` printed
  chapar document put cert-1 cert-1.xml --properties cert-1.json
  chapar offer put cert --document cert-1 --permit-participant did:web:kz.example:border

Ask, agree, fetch:
  chapar peer put did:web:uz.example:plant https://uz.example/plant/dsp/2025-1
  chapar catalog did:web:uz.example:plant
  chapar negotiate start did:web:uz.example:plant --dataset cert-1
  chapar transfer start AGREEMENT
  chapar fetch TRANSFER --to cert-1.xml

Say it in public:
  chapar record new dataset --to water.json
  chapar record publish water.json --no-personal-data
  chapar search water

Decide together who belongs:
  chapar federation --help

Check what others say:
  chapar verify https://uz.example/plant/log --vkey VKEY

`chapar COMMAND --help` explains each with examples.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "chapar", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 120)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    #[command(subcommand)]
    Participant(participant::Participant),
    #[command(subcommand)]
    Key(key::Key),
    #[command(subcommand)]
    Document(document::Document),
    #[command(subcommand)]
    Offer(offer::Offer),
    #[command(subcommand)]
    Peer(peer::Peer),
    Catalog(catalog::Catalog),
    #[command(subcommand)]
    Negotiate(negotiate::Negotiate),
    #[command(subcommand)]
    Transfer(transfer::Transfer),
    Fetch(fetch::Fetch),
    #[command(subcommand)]
    Record(record::Record),
    #[command(name = "kinds")]
    KindsOf(kinds::KindsOf),
    Search(search::Search),
    #[command(subcommand)]
    Register(search::Register),
    Rebuild(rebuild::Rebuild),
    #[command(subcommand)]
    Log(log::Log),
    Verify(verify::Verify),
    #[command(subcommand)]
    Mirror(mirror::Mirror),
    #[command(subcommand)]
    Carry(carry::Carry),
    #[command(subcommand)]
    Federation(federation::Federation),
    #[command(subcommand)]
    Witness(witness::Witness),
    #[command(subcommand)]
    Import(import::Import),
    Doctor(doctor::Doctor),
    Backup(backup::BackupTo),
    Restore(restore::Restore),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// It did not do what was asked; show the text and end with a code other than 0.
    pub async fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Serve(command) => command.run().await,
            Command::Demo(command) => command.run().await,
            Command::Participant(command) => command.run().await,
            Command::Key(command) => command.run().await,
            Command::Document(command) => command.run().await,
            Command::Offer(command) => command.run().await,
            Command::Peer(command) => command.run().await,
            Command::Catalog(command) => command.run().await,
            Command::Negotiate(command) => command.run().await,
            Command::Transfer(command) => command.run().await,
            Command::Fetch(command) => command.run().await,
            Command::Record(command) => command.run().await,
            Command::KindsOf(command) => command.run().await,
            Command::Search(command) => command.run().await,
            Command::Register(command) => command.run().await,
            Command::Rebuild(command) => command.run().await,
            Command::Log(command) => command.run().await,
            Command::Mirror(command) => command.run().await,
            Command::Carry(command) => command.run().await,
            Command::Verify(command) => command.run().await,
            Command::Federation(command) => command.run().await,
            Command::Witness(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::Doctor(command) => command.run().await,
            Command::Backup(command) => command.run().await,
            Command::Restore(command) => command.run().await,
        }
    }
}

/// Which node to speak to, and as whom.
#[derive(Args, Clone, Debug)]
struct ApiArgs {
    /// The node's private listener.
    #[arg(
        long,
        env = "CHAPAR_API",
        default_value = "http://127.0.0.1:8444",
        value_name = "URL"
    )]
    api: String,
    /// An API key. Better in the environment than on the command line, where others on the machine can read it.
    #[arg(long, env = "CHAPAR_API_KEY", hide_env_values = true, value_name = "KEY")]
    key: String,
    /// With the operator's key: the participant to act for.
    #[arg(long, env = "CHAPAR_PARTICIPANT", value_name = "SLUG")]
    participant: Option<String>,
    /// Print the node's JSON instead of a table.
    #[arg(long)]
    json: bool,
}

impl ApiArgs {
    /// Shows one thing as it is asked for.
    fn show(&self, value: &serde_json::Value, members: &[&str]) {
        if self.json {
            show::json(value);
        } else {
            show::card(value, members);
        }
    }

    /// Shows a list as it is asked for: these members as columns, or why there is none.
    fn show_all(&self, items: Vec<serde_json::Value>, members: &[&str], none: &str) {
        if self.json {
            show::json(&serde_json::Value::Array(items));
        } else {
            show::table(&items, members, none);
        }
    }

    fn open(&self) -> Result<OwnApi, Failure> {
        let api = OwnApi::new(&self.api, &self.key)?;
        match &self.participant {
            Some(slug) => api.acting_for(slug),
            None => Ok(api),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_with_an_example() {
        let mut cli = Cli::command();
        cli.build();
        teaches(&mut cli, "chapar");
    }

    fn teaches(command: &mut clap::Command, name: &str) {
        let help = command.render_long_help().to_string();
        assert!(help.contains(name) && help.contains("xample"), "{name}:\n{help}");
        for command in command
            .get_subcommands_mut()
            .filter(|command| command.get_name() != "help")
        {
            let name = format!("{name} {}", command.get_name());
            teaches(command, &name);
        }
    }
}
