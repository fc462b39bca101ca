//! `chapar demo`: the command line of the demonstration; the story itself is in `demo`.

use crate::Failure;
use crate::demo;
use clap::Args;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar demo                              play the exchange, then serve both nodes until Ctrl-C
  chapar demo --once                       play it and end; exit code 0 only if everything held
  chapar demo --endpoints demo.json        also write addresses and keys, for clients of your own
  chapar demo --data demo                  keep the nodes: `chapar serve --config demo/uz/chapar.toml` goes on with one

Two nodes run in this one process, each with its own data folder, ports and keys, and share nothing but the wire. Every line of the time \
line is read back from the node of the other side, through its own API and with its own key. All bodies and certificates are invented.";

/// See one whole exchange between two nodes
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Demo {
    /// End after the exchange instead of serving on.
    #[arg(long)]
    once: bool,
    /// Write a JSON file with the addresses and keys of both nodes.
    #[arg(long, value_name = "FILE")]
    endpoints: Option<PathBuf>,
    /// Keep the nodes' data here: a new or empty folder. Otherwise it is temporary and removed at the end.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
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
        })
        .await
    }
}
