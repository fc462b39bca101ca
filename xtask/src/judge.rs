//! `cargo xtask judge`: runs one judge of the table `tests/judges.toml` and counts. The judges themselves live under `tests/`.
//!
//! A judge that counts nothing, or that ends badly, has not passed, whatever it printed.

use crate::house::House;
use crate::shell;
use crate::tally::{self, Tally};
use std::process::Command;
use std::time::Instant;

const TABLE: &str = "tests/judges.toml";

/// One row of the table.
#[derive(Debug)]
pub struct Judge {
    /// The word by which it is called.
    pub name: String,
    /// When it runs in the default set.
    pub runs: Runs,
    /// Its program and arguments.
    pub command: Vec<String>,
    origin: String,
    about: String,
    counts: Counts,
    needs: Option<String>,
}

/// When a judge runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// As part of `cargo test --workspace`.
    WithTests,
    /// In the stage `judges`.
    AsStage,
    /// Only by name.
    WhenAsked,
}

#[derive(Clone, Copy, Debug)]
enum Counts {
    Tests,
    Line,
}

/// Shows every judge with the place where it runs.
///
/// # Errors
/// The table cannot be read; the message says where.
pub fn list(house: &House) -> Result<(), String> {
    for judge in load(house)? {
        let runs = match judge.runs {
            Runs::WithTests => "default set, with the tests",
            Runs::AsStage => "default set, stage judges",
            Runs::WhenAsked => "only when asked",
        };
        let needs = judge.needs.map(|needs| format!("; needs {needs}")).unwrap_or_default();
        println!(
            "{:<20} {:<8} {runs}{needs}\n{:<20} {}",
            judge.name, judge.origin, "", judge.about
        );
    }
    Ok(())
}

/// Runs one judge by its name; the last line printed is `NAME: N of M`.
///
/// # Errors
/// Unknown name, missing need, or N below M.
pub fn run(house: &House, name: &str) -> Result<(), String> {
    let judges = load(house)?;
    let judge = judges.iter().find(|judge| judge.name == name);
    let judge = judge.ok_or_else(|| format!("no judge `{name}`; `cargo xtask judge --list` shows them"))?;
    let counted = one(house, judge, None)?;
    if counted.failed == 0 {
        Ok(())
    } else {
        Err(format!("judge `{name}` did not pass whole"))
    }
}

/// Runs every judge of the stage `judges`.
///
/// # Errors
/// The table cannot be read or a judge not be started.
pub fn run_stage(house: &House, deadline: Instant) -> Result<Tally, String> {
    let mut sum = Tally::default();
    for judge in load(house)?.iter().filter(|judge| judge.runs == Runs::AsStage) {
        println!("\n-- judge {}: {}", judge.name, judge.about);
        sum.add(&one(house, judge, Some(deadline))?);
    }
    Ok(sum)
}

/// Reads the table.
///
/// # Errors
/// The message names the row and what it lacks.
pub fn load(house: &House) -> Result<Vec<Judge>, String> {
    parse(&house.read_toml(TABLE)?).map_err(|why| format!("`{TABLE}`: {why}"))
}

fn one(house: &House, judge: &Judge, deadline: Option<Instant>) -> Result<Tally, String> {
    if let Some(needs) = &judge.needs
        && std::env::var_os(needs).is_none()
    {
        return Err(format!(
            "judge `{}` needs the environment variable `{needs}`",
            judge.name
        ));
    }
    let (program, words) = judge.command.split_first().ok_or("a command without words")?;
    let mut command = Command::new(program);
    command.args(words).current_dir(house.root());
    let log = house.root().join(format!("target/xtask/judge-{}.log", judge.name));
    // One run, one log; the folder may not be there yet.
    let _ = std::fs::remove_file(&log);
    let ended = shell::run(command, &log, deadline)?;
    let counted = counted(judge.counts, &ended.output, &ended.verdict);
    println!(
        "{}: {} of {}",
        judge.name,
        counted.passed,
        counted.passed + counted.failed
    );
    Ok(counted)
}

/// A bad end without a counted failure is one failure: a judge that broke off has not passed.
fn counted(counts: Counts, output: &str, verdict: &Result<(), String>) -> Tally {
    let mut counted = match counts {
        Counts::Tests => tally::of_cargo_test(output),
        Counts::Line => {
            let (passed, all) = tally::of_closing_line(output).unwrap_or((0, 0));
            Tally {
                passed,
                failed: all.saturating_sub(passed),
                ..Tally::default()
            }
        }
    };
    let silent = counted.passed + counted.failed == 0;
    if counted.failed == 0 && (silent || verdict.is_err()) {
        counted.failed = 1;
    }
    counted
}

fn parse(table: &toml::Table) -> Result<Vec<Judge>, String> {
    let rows = table
        .get("judge")
        .and_then(toml::Value::as_array)
        .ok_or("no list `judge`")?;
    rows.iter().map(parse_row).collect()
}

fn parse_row(row: &toml::Value) -> Result<Judge, String> {
    let word = |key: &str| {
        let found = row
            .get(key)
            .and_then(toml::Value::as_str)
            .filter(|word| !word.is_empty());
        found
            .map(str::to_owned)
            .ok_or_else(|| format!("a judge has no `{key}`"))
    };
    let name = word("name")?;
    let command: Option<Vec<String>> = row.get("command").and_then(toml::Value::as_array).and_then(|words| {
        let words: Option<Vec<String>> = words.iter().map(|word| word.as_str().map(str::to_owned)).collect();
        words.filter(|words| !words.is_empty())
    });
    Ok(Judge {
        runs: match word("runs")?.as_str() {
            "tests" => Runs::WithTests,
            "judges" => Runs::AsStage,
            "asked" => Runs::WhenAsked,
            other => return Err(format!("`{name}`: `runs` cannot be `{other}`")),
        },
        counts: match word("counts")?.as_str() {
            "tests" => Counts::Tests,
            "line" => Counts::Line,
            other => return Err(format!("`{name}`: `counts` cannot be `{other}`")),
        },
        origin: word("origin").and_then(|origin| match origin.as_str() {
            "own" | "foreign" => Ok(origin),
            other => Err(format!("`{name}`: `origin` cannot be `{other}`")),
        })?,
        about: word("about")?,
        needs: row.get("needs").and_then(toml::Value::as_str).map(str::to_owned),
        command: command.ok_or_else(|| format!("`{name}` has no `command`"))?,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_that_counts_nothing_has_not_passed() {
        assert_eq!(counted(Counts::Line, "nothing\n", &Ok(())).failed, 1);
        assert_eq!(counted(Counts::Tests, "", &Ok(())).failed, 1);
    }

    #[test]
    fn a_bad_end_after_good_counts_has_not_passed() {
        let broke_off = Err("signal".to_owned());
        assert_eq!(counted(Counts::Line, "flows: 67 of 67\n", &broke_off).failed, 1);
        assert_eq!(counted(Counts::Line, "flows: 67 of 67\n", &Ok(())).failed, 0);
        assert_eq!(counted(Counts::Line, "flows: 65 of 67\n", &broke_off).failed, 2);
    }

    #[test]
    fn the_table_is_well_formed() {
        assert!(!load(&House::find().unwrap()).unwrap().is_empty());
        let row = "[[judge]]\nname='n'\norigin='own'\nabout='a'\nruns='sometimes'\ncommand=['true']\ncounts='line'";
        assert!(parse(&toml::from_str(row).unwrap()).unwrap_err().contains("sometimes"));
    }
}
