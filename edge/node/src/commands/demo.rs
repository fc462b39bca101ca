//! `chapar demo`: the command line of the demonstration; the story itself is in `demo`.

use crate::Failure;
use crate::demo;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar demo                              play the exchange and the register, then serve all nodes until Ctrl-C
  chapar demo --once                       play them and end; exit code 0 only if everything held
  chapar demo --act register               play the register alone: three nodes, one catalogue, one liar
  chapar demo --endpoints demo.json        also write addresses and keys, for clients of your own
  chapar demo --data demo                  keep the nodes: `chapar serve --config demo/uz/chapar.toml` goes on with one
  chapar demo --with-edc                   play it with a connector that others wrote as the other side
  CHAPAR_LANGUAGES=fa,ru chapar demo       with portals in other languages than Russian, Chinese and English

Two nodes run in this one process, each with its own data folder, ports and keys, and share nothing but the wire. Every line of the time \
line is read back from the node of the other side, through its own API and with its own key. All bodies and certificates are invented.

Then three nodes publish some 230 invented records of Uzbekistan, Kazakhstan and China, mirror each other, and make the same catalogue, each \
for itself. One is cut off, and the others serve its records with their age; then it loses its disk, and comes back with its \
keys alone, its log taken back from the others. They found a federation, of which nobody keeps the list. A guest whom all mirror goes back to an older copy and says something else: it is \
caught by name, with both checkpoints that it signed. While they serve, the last line has the address of the portal: open it in a browser.

With --with-edc the border inspection runs EDC instead of a second node, and each line is read back from the other product's API. EDC is a \
Java program that is not part of this one: `cargo xtask setup`, in the folder of the sources, fetches it (Java 17 and Maven) into .setup/edc, \
where it is looked for from this folder upwards; CHAPAR_EDC or --with-edc FOLDER name another place.";

/// See one whole exchange between two nodes, and one register on three
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Demo {
    /// End after the last act instead of serving on.
    #[arg(long)]
    once: bool,
    /// Play one act alone.
    #[arg(long, value_enum)]
    act: Option<Act>,
    /// Write a JSON file with the addresses and keys of all nodes.
    #[arg(long, value_name = "FILE")]
    endpoints: Option<PathBuf>,
    /// Keep the nodes' data here: a new or empty folder. Otherwise it is temporary and removed at the end.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Play with EDC, a connector that others wrote, as the other side. FOLDER holds it, if it is not where setup puts it.
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, conflicts_with = "act")]
    with_edc: Option<Option<PathBuf>>,
}

/// What can be played alone.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Act {
    /// Two nodes, one contract.
    Exchange,
    /// Three nodes, one catalogue.
    Register,
}

impl Demo {
    pub async fn run(self) -> Result<(), Failure> {
        let after = if self.once {
            demo::After::End
        } else {
            demo::After::Serve
        };
        demo::run(demo::Wish {
            after,
            endpoints: self.endpoints,
            data: self.data,
            acts: match self.act {
                Some(Act::Register) => demo::Acts::Register,
                Some(Act::Exchange) => demo::Acts::Exchange,
                // With a connector of others the exchange alone is told: it has no register.
                None if self.with_edc.is_some() => demo::Acts::Exchange,
                None => demo::Acts::All,
            },
            other: self.with_edc.map_or(demo::Other::Node, demo::Other::Edc),
        })
        .await
    }
}
