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
const LIMIT: Duration = Duration::from_secs(180);

/// One row of the table.
#[derive(Debug)]
struct Fault {
    name: String,
    /// The file with its line.
    place: String,
    what: String,
    /// The words after `cargo test`; before them, variables as `NAME=value`.
    judge: Vec<String>,
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
    let judges: BTreeSet<&Vec<String>> = faults.iter().map(|fault| &fault.judge).collect();
    println!("\n-- {} judges without a fault", judges.len());
    for (index, judge) in judges.iter().enumerate() {
        if judge_once(house, judge, None, &format!("without-{index}"))? == Colour::Red {
            return Err(format!("without a fault `cargo test {}` is red", judge.join(" ")));
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
        println!("{:<32} {word:<8} {seconds:>7.1}  {}", fault.name, fault.judge.join(" "));
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
fn judge_once(house: &House, judge: &[String], fault: Option<&str>, name: &str) -> Result<Colour, String> {
    let log = log(house, name);
    let built = shell::run_quietly(cargo_test(house, judge, &["--no-run"]), &log, None)?;
    built.verdict?;
    let mut command = cargo_test(house, judge, &[]);
    command.env("CHAPAR_BIN", house.root().join(TARGET).join("debug/chapar"));
    match fault {
        Some(fault) => command.env(VARIABLE, fault),
        None => command.env_remove(VARIABLE),
    };
    let shown = shell::shown(&command);
    let ended = shell::run_quietly(command, &log, Some(Instant::now() + LIMIT))?;
    colour(&ended.output, &ended.verdict).map_err(|why| format!("`{shown}` {why}"))
}

/// A judge that names a feature is a test inside the code and is itself built with the faults.
fn cargo_test(house: &House, judge: &[String], first: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.arg("test").args(first).current_dir(house.root());
    for word in judge {
        match word.split_once('=') {
            Some((name, value)) if !word.starts_with('-') => command.env(name, value),
            _ => command.arg(word),
        };
    }
    if judge.iter().any(|word| word == "--features") {
        command.env("CARGO_TARGET_DIR", house.root().join(TARGET));
    }
    command
}

/// A judge that was not built or judged nothing has no colour.
fn colour(output: &str, verdict: &Result<(), String>) -> Result<Colour, String> {
    let counted = tally::of_cargo_test(output);
    let began = output.contains("\nrunning ");
    match verdict {
        Ok(()) if counted.passed > 0 && counted.failed == 0 => Ok(Colour::Green),
        Ok(()) => Err("judged nothing".to_owned()),
        Err(_) if began => Ok(Colour::Red),
        Err(why) => Err(format!("did not come to judging: {why}")),
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
    let words = row.get("judge").and_then(toml::Value::as_array).into_iter().flatten();
    let judge: Option<Vec<String>> = words.map(|word| word.as_str().map(str::to_owned)).collect();
    Ok(Fault {
        place: word("where")?,
        what: word("what")?,
        judge: judge
            .filter(|judge| !judge.is_empty())
            .ok_or_else(|| format!("`{name}` has no `judge`"))?,
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
            judge: Vec::new(),
        }
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
            colour("\nrunning 1 test\ntest result: ok. 1 passed; 0 failed", &Ok(())),
            Ok(Colour::Green)
        );
        assert_eq!(
            colour("\nrunning 1 test\ntest result: FAILED. 0 passed; 1 failed", &failed()),
            Ok(Colour::Red)
        );
        assert_eq!(
            colour("\nrunning 1 test\n", &failed()),
            Ok(Colour::Red),
            "it hung or broke off"
        );
        assert!(colour("\nrunning 0 tests\ntest result: ok. 0 passed; 0 failed", &Ok(())).is_err());
        assert!(colour("error: could not compile", &failed()).is_err());
    }
}
