//! House tasks: `cargo xtask COMMAND`. Holds the list of commands and their help, nothing else; each command is one file.
//!
//! Refuses to hold product code: nothing here is built into the node.

use std::path::Path;
use std::process::ExitCode;

mod bench;
mod budget;
mod clauses;
mod house;
mod judge;
mod sabotage;
mod screens;
mod setup;
mod shell;
mod skips;
mod tally;
mod test;
mod tidy;

const HELP: &str = "\
House tasks of Chapar.

Usage: cargo xtask COMMAND

Commands:
  setup         Fetch what the tests need, by package name and version (xtask/prerequisites.toml).
                Quiet when all is there; a prerequisite that cannot be had is a failure that names it.
  setup NAME    Fetch one kit of that list, also one that the default set does without, e.g. `cargo xtask setup dsp-tck`.
  setup NAME FOLDER
                Make a kit of jars around those of a folder, in place of what Maven serves, as .setup/NAME-around.
  test          Run everything in the default set: setup, format, lint, tidy, release build, tests, judges, clauses.
                Ends with one line `N passed, N failed, N skipped`. Logs: target/xtask/STAGE.log.
  test STAGE... Run only these stages, e.g. `cargo xtask test tidy tests`.
  tidy          Check the manners of the house: walls, file headers, sizes, words, documents.
  judge NAME    Run one judge (tests/judges.toml); ends with one line `NAME: N of M`.
  judge --list  Show all judges and when each runs.
  sabotage      Build the node once with faults on purpose (tests/sabotage.toml); each fault must turn its judge red.
                Ends with one line `sabotage: N of M`. Logs: target/xtask/sabotage/NAME.log.
  sabotage NAME...
                Only these faults.
  bench         Measure the node as it is packaged and write docs/benchmarks.md with its plots. Takes about 15 minutes and wants a
                machine that does nothing else. Log: target/xtask/bench.log.
  bench NAME... Only these measures (start idle single many catalogue), printed and not written. --short: a tenth of everything.
  bench edc     Two nodes beside two EDC; writes docs/benchmarks-edc.md. Takes half an hour.
  bench register
                The register beside Tessera; writes docs/benchmarks-register.md. Takes half an hour.
  clauses       Run every command that docs/CLAUSES.md shows as working today.
  screens       Make the pictures of the portal in docs/screens anew, in a browser over the demonstration.
  help          This text.

Each stage has its minutes in ci-budget.toml; a stage that passes its line is stopped and fails.
Tests that do not run must stand in tests/skips.toml with a reason.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if words.iter().any(|word| matches!(*word, "--help" | "-h")) {
        print!("{HELP}");
        return Ok(());
    }
    let house = house::House::find()?;
    match words.as_slice() {
        [] | ["help"] => {
            print!("{HELP}");
            Ok(())
        }
        ["setup"] => setup::run(&house, None),
        ["setup", name] => setup::run_one(&house, name),
        ["setup", name, jars] => setup::run_around(&house, name, Path::new(jars)),
        ["tidy"] => tidy::run(&house),
        ["clauses"] => clauses::run(&house),
        ["screens"] => screens::run(&house),
        ["judge", "--list"] => judge::list(&house),
        ["judge", name] => judge::run(&house, name),
        ["judge"] => Err("which judge? `cargo xtask judge --list` shows them".to_owned()),
        ["bench", words @ ..] => bench::run(&house, words),
        ["sabotage", names @ ..] => sabotage::run(&house, names),
        ["test", stages @ ..] => test::run(&house, stages),
        [other, ..] => Err(format!(
            "`{other}` is no command here, or takes no such argument; see `cargo xtask help`"
        )),
    }
}
