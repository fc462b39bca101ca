//! `cargo xtask sabotage`: judges the judges. One build of the node holds every fault of `tests/sabotage.toml`; without a fault every
//! judge must be green, and each fault must turn its judge red.
//!
//! Holds neither faults (each is one line where it spoils, `chapar_terms::sabotaged`) nor judges (below `tests/` and beside the code).

use crate::house::House;
use crate::{shell, tally};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

const TABLE: &str = "tests/sabotage.toml";
/// Where the build with faults goes: away from all others, so that it is never taken for one of them.
const TARGET: &str = "target/sabotage";
/// By which variable the node and the tests are told their fault.
const VARIABLE: &str = "CHAPAR_SABOTAGE";
/// Longest that one judge may take; a fault that makes a judge hang has turned it red.
const LIMIT: Duration = Duration::from_secs(600);

/// One row of the table.
#[derive(Debug)]
struct Fault {
    name: String,
    /// The file with its line.
    place: String,
    what: String,
    judge: Judge,
}

/// Who must notice a fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Judge {
    kind: Kind,
    /// The words after `cargo test` or `cargo run`; before them, variables as `NAME=value`.
    words: Vec<String>,
}

/// What a judge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Tests.
    Tests,
    /// A program that closes with a line `N of M`.
    Program,
}

impl Judge {
    /// As a person would type it.
    fn shown(&self) -> String {
        let verb = match self.kind {
            Kind::Tests => "test",
            Kind::Program => "run",
        };
        format!("cargo {verb} {}", self.words.join(" "))
    }
}

/// How a judge ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Green,
    Red,
}

/// Builds, runs every judge without a fault, then each fault before its judge.
///
/// # Errors
/// The table is broken, a judge is not green without a fault or judges nothing, or a fault was not noticed.
pub fn run(house: &House, names: &[&str]) -> Result<(), String> {
    let faults = load(house)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| faults.iter().all(|fault| fault.name != **name))
    {
        return Err(format!("no fault `{unknown}` in {TABLE}"));
    }
    let faults: Vec<&Fault> = faults
        .iter()
        .filter(|fault| names.is_empty() || names.contains(&fault.name.as_str()))
        .collect();
    build(house)?;
    let judges: BTreeSet<&Judge> = faults.iter().map(|fault| &fault.judge).collect();
    println!("\n-- {} judges without a fault", judges.len());
    for (index, judge) in judges.iter().enumerate() {
        if judge_once(house, judge, None, &format!("without-{index}"))? == Colour::Red {
            return Err(format!("without a fault `{}` is red", judge.shown()));
        }
    }
    println!(
        "all green\n\n-- {} faults\n{:<32} {:<8} {:>7}  judge",
        faults.len(),
        "fault",
        "judge is",
        "seconds"
    );
    let mut noticed = 0;
    for fault in &faults {
        let begun = Instant::now();
        let colour = judge_once(house, &fault.judge, Some(&fault.name), &fault.name)?;
        let seconds = begun.elapsed().as_secs_f64();
        let word = if colour == Colour::Red { "red" } else { "GREEN" };
        println!("{:<32} {word:<8} {seconds:>7.1}  {}", fault.name, fault.judge.shown());
        if colour == Colour::Red {
            noticed += 1;
        } else {
            println!("    not noticed: {} ({})", fault.what, fault.place);
        }
    }
    println!("sabotage: {noticed} of {}", faults.len());
    if noticed == faults.len() {
        Ok(())
    } else {
        Err("a fault was not noticed".to_owned())
    }
}

fn build(house: &House) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.args([
        "build",
        "--quiet",
        "--package",
        "chapar-node",
        "--features",
        "sabotage",
        "--target-dir",
        TARGET,
    ]);
    command.current_dir(house.root());
    println!("-- {}", shell::shown(&command));
    shell::run(command, &log(house, "build"), None)?.verdict
}

fn log(house: &House, name: &str) -> std::path::PathBuf {
    let log = house.root().join(format!("target/xtask/sabotage/{name}.log"));
    // One run, one log; the folder may not be there yet.
    let _ = std::fs::remove_file(&log);
    log
}

/// Runs a judge on the spoilt build. It is built first: only judging has a limit.
fn judge_once(house: &House, judge: &Judge, fault: Option<&str>, name: &str) -> Result<Colour, String> {
    let log = log(house, name);
    let built = shell::run_quietly(build_of(house, judge), &log, None)?;
    built.verdict?;
    let first: &[&str] = match judge.kind {
        Kind::Tests => &["test"],
        Kind::Program => &["run", "--quiet"],
    };
    let mut command = cargo(house, first, &judge.words);
    command.env("CHAPAR_BIN", house.root().join(TARGET).join("debug/chapar"));
    match fault {
        Some(fault) => command.env(VARIABLE, fault),
        None => command.env_remove(VARIABLE),
    };
    let shown = shell::shown(&command);
    let ended = shell::run_quietly(command, &log, Some(Instant::now() + LIMIT))?;
    let colour = match judge.kind {
        Kind::Tests => colour_of_tests(&ended.output, &ended.verdict),
        Kind::Program => colour_of_program(&ended.output, &ended.verdict),
    };
    colour.map_err(|why| format!("`{shown}` {why}"))
}

fn build_of(house: &House, judge: &Judge) -> Command {
    match judge.kind {
        Kind::Tests => cargo(house, &["test", "--no-run"], &judge.words),
        Kind::Program => {
            let own = judge.words.iter().position(|word| word == "--");
            let (words, _) = judge.words.split_at(own.unwrap_or(judge.words.len()));
            cargo(house, &["build", "--quiet"], words)
        }
    }
}

/// A judge that names a feature is a test inside the code and is itself built with the faults.
fn cargo(house: &House, first: &[&str], words: &[String]) -> Command {
    let mut command = Command::new("cargo");
    command.args(first).current_dir(house.root());
    for word in words {
        match word.split_once('=') {
            Some((name, value)) if !word.starts_with('-') => command.env(name, value),
            _ => command.arg(word),
        };
    }
    if words.iter().any(|word| word == "--features") {
        command.env("CARGO_TARGET_DIR", house.root().join(TARGET));
    }
    command
}

/// A judge that was not built or judged nothing has no colour.
fn colour_of_tests(output: &str, verdict: &Result<(), String>) -> Result<Colour, String> {
    let counted = tally::of_cargo_test(output);
    let began = output.contains("\nrunning ");
    match verdict {
        Ok(()) if counted.passed > 0 && counted.failed == 0 => Ok(Colour::Green),
        Ok(()) => Err("judged nothing".to_owned()),
        Err(_) if began => Ok(Colour::Red),
        Err(why) => Err(format!("did not come to judging: {why}")),
    }
}

/// A program that broke off has noticed something: it was built, and without a fault it came to its closing line.
fn colour_of_program(output: &str, verdict: &Result<(), String>) -> Result<Colour, String> {
    match (tally::of_closing_line(output), verdict) {
        (None | Some((_, 0)), Ok(())) => Err("judged nothing".to_owned()),
        (Some((passed, all)), Ok(())) if passed == all => Ok(Colour::Green),
        _ => Ok(Colour::Red),
    }
}

fn load(house: &House) -> Result<Vec<Fault>, String> {
    let faults = parse(&house.read_toml(TABLE)?).map_err(|why| format!("`{TABLE}`: {why}"))?;
    match differences(&faults, &hooks(house)?).as_slice() {
        [] => Ok(faults),
        found => Err(found.join("\n")),
    }
}

fn parse(table: &toml::Table) -> Result<Vec<Fault>, String> {
    let rows = table
        .get("fault")
        .and_then(toml::Value::as_array)
        .ok_or("no list `fault`")?;
    rows.iter().map(parse_row).collect()
}

fn parse_row(row: &toml::Value) -> Result<Fault, String> {
    let word = |key: &str| {
        let found = row
            .get(key)
            .and_then(toml::Value::as_str)
            .filter(|word| !word.trim().is_empty());
        found
            .map(str::to_owned)
            .ok_or_else(|| format!("a fault has no `{key}`"))
    };
    let name = word("name")?;
    let words = |key: &str| -> Option<Vec<String>> {
        let words = row.get(key)?.as_array()?.iter();
        let words: Option<Vec<String>> = words.map(|word| word.as_str().map(str::to_owned)).collect();
        words.filter(|words| !words.is_empty())
    };
    let judge = match (words("judge"), words("run")) {
        (Some(words), None) => (Kind::Tests, words),
        (None, Some(words)) => (Kind::Program, words),
        _ => return Err(format!("`{name}` has not just one of `judge` and `run`")),
    };
    Ok(Fault {
        place: word("where")?,
        what: word("what")?,
        judge: Judge {
            kind: judge.0,
            words: judge.1,
        },
        name,
    })
}

/// The files with a line for each fault that the code knows.
fn hooks(house: &House) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in house.texts()? {
        let holds = ["core/", "edge/"].iter().any(|part| text.path.starts_with(part));
        if !holds || !text.has_extension(&["rs"]) || text.path.ends_with("terms/src/sabotage.rs") {
            continue;
        }
        for name in hooks_in(&text.content) {
            found.entry(name).or_default().push(text.path.clone());
        }
    }
    Ok(found)
}

fn hooks_in(content: &str) -> Vec<String> {
    let calls = content.split(concat!("sabotaged", "(\"")).skip(1);
    calls
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

/// The table and the code must know the same faults, each at one place.
fn differences(faults: &[Fault], hooks: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = Vec::new();
    let mut listed = BTreeSet::new();
    for fault in faults {
        if !listed.insert(fault.name.as_str()) {
            found.push(format!("`{}` stands twice in {TABLE}", fault.name));
        }
        match hooks.get(&fault.name).map(Vec::as_slice) {
            Some([place]) if *place == fault.place => {}
            Some([place]) => found.push(format!("`{}` is in {place}, not in {}", fault.name, fault.place)),
            Some(_) => found.push(format!("`{}` has more than one line in the code", fault.name)),
            None => found.push(format!("`{}` has no line in the code", fault.name)),
        }
    }
    let unlisted = hooks.iter().filter(|(name, _)| !listed.contains(name.as_str()));
    found.extend(unlisted.map(|(name, places)| format!("`{name}` ({}) is not in {TABLE}", places.join(", "))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(name: &str, place: &str) -> Fault {
        Fault {
            name: name.to_owned(),
            place: place.to_owned(),
            what: String::new(),
            judge: Judge {
                kind: Kind::Tests,
                words: Vec::new(),
            },
        }
    }

    #[test]
    fn a_row_names_tests_or_a_program() {
        let read = |judge: &str| {
            let row = format!("[[fault]]\nname = 'a'\nwhere = 'f'\nwhat = 'w'\n{judge}");
            parse(&toml::from_str(&row).unwrap()).map(|faults| faults[0].judge.shown())
        };
        assert_eq!(read("judge = ['-p', 'x']").unwrap(), "cargo test -p x");
        assert_eq!(
            read("run = ['--bin', 'x', '--', 'y']").unwrap(),
            "cargo run --bin x -- y"
        );
        assert!(read("").is_err());
        assert!(read("judge = []").is_err());
        assert!(read("judge = ['x']\nrun = ['y']").is_err());
    }

    #[test]
    fn a_program_is_built_without_its_own_words() {
        let house = House::find().unwrap();
        let words = ["-p", "x", "--bin", "y", "--", "z"].map(str::to_owned).to_vec();
        let judge = Judge {
            kind: Kind::Program,
            words,
        };
        assert_eq!(
            shell::shown(&build_of(&house, &judge)),
            "cargo build --quiet -p x --bin y"
        );
    }

    #[test]
    fn a_program_is_green_by_its_whole_count_alone() {
        let failed = || Err("exit 1".to_owned());
        assert_eq!(colour_of_program("x: 3 of 3\n", &Ok(())), Ok(Colour::Green));
        assert_eq!(colour_of_program("x: 2 of 3\n", &failed()), Ok(Colour::Red));
        assert_eq!(colour_of_program("x: 3 of 3\n", &failed()), Ok(Colour::Red));
        assert_eq!(colour_of_program("it broke off\n", &failed()), Ok(Colour::Red));
        assert!(colour_of_program("x: 0 of 0\n", &Ok(())).is_err());
        assert!(colour_of_program("nothing\n", &Ok(())).is_err());
    }

    #[test]
    fn the_table_and_the_code_know_the_same_faults() {
        let faults = load(&House::find().unwrap()).unwrap();
        assert!(faults.len() >= 20, "{} faults", faults.len());
    }

    #[test]
    fn both_directions_are_findings() {
        let hooks = |rows: &[(&str, &str)]| {
            let mut hooks: BTreeMap<String, Vec<String>> = BTreeMap::new();
            rows.iter()
                .for_each(|(name, place)| hooks.entry((*name).to_owned()).or_default().push((*place).to_owned()));
            hooks
        };
        let said = |faults: &[Fault], rows| differences(faults, &hooks(rows)).join("; ");
        assert_eq!(said(&[fault("a", "f")], &[("a", "f")]), "");
        assert!(said(&[fault("a", "f")], &[]).contains("no line"));
        assert!(said(&[], &[("a", "f")]).contains("not in"));
        assert!(said(&[fault("a", "g")], &[("a", "f")]).contains("is in f"));
        assert!(said(&[fault("a", "f")], &[("a", "f"), ("a", "f")]).contains("more than one"));
        assert!(said(&[fault("a", "f"), fault("a", "f")], &[("a", "f")]).contains("twice"));
    }

    #[test]
    fn hooks_are_found_in_code() {
        let code = concat!(
            "if chapar_terms::sabotaged",
            "(\"one\") && sabotaged",
            "(\"two\") { sabotaged(name) }"
        );
        assert_eq!(hooks_in(code), ["one", "two"]);
    }

    #[test]
    fn only_a_judge_that_judged_has_a_colour() {
        let failed = || Err("exit 101".to_owned());
        assert_eq!(
            colour_of_tests("\nrunning 1 test\ntest result: ok. 1 passed; 0 failed", &Ok(())),
            Ok(Colour::Green)
        );
        assert_eq!(
            colour_of_tests("\nrunning 1 test\ntest result: FAILED. 0 passed; 1 failed", &failed()),
            Ok(Colour::Red)
        );
        assert_eq!(
            colour_of_tests("\nrunning 1 test\n", &failed()),
            Ok(Colour::Red),
            "it hung or broke off"
        );
        assert!(colour_of_tests("\nrunning 0 tests\ntest result: ok. 0 passed; 0 failed", &Ok(())).is_err());
        assert!(colour_of_tests("error: could not compile", &failed()).is_err());
    }
}
