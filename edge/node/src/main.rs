//! The binary `chapar`: a bill of materials. Each part says in its own file what it is; nothing is decided here.

#![deny(clippy::print_stdout, clippy::print_stderr)]

// First, as all others print by its macros.
#[macro_use]
mod out;

mod assemble;
mod backups;
mod certificate;
mod commands;
mod config;
mod demo;
mod descriptions;
mod download;
mod failure;
mod health;
mod import;
mod keys;
mod logging;
mod management;
mod metrics;
mod node_key;
mod objects;
mod operator_key;
mod own_api;
mod quota;
mod serve;
mod span_body;

pub use failure::Failure;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    #[cfg(feature = "sabotage")]
    spoil();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            errln!("error: the runtime did not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = cli.run() => outcome,
            () = out::cut() => Ok(()),
        }
    });
    if let Some(code) = out::cut_code() {
        return code;
    }
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            errln!("error: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

/// Chooses the fault that this build is to have, loudly.
#[cfg(feature = "sabotage")]
fn spoil() {
    let fault = std::env::var("CHAPAR_SABOTAGE").unwrap_or_default();
    errln!("WARNING: this build can be broken on purpose; it is for judging the judges and fit for nothing else");
    errln!("WARNING: the fault of this run is `{fault}`");
    chapar_terms::sabotage::choose(&fault);
}
