//! `cargo xtask test`: the stages of the default set in order, each within its minutes, and the closing count.
//!
//! Holds the list of stages and their table. Counting is in `tally`, the minutes in `budget`, the list of skips in `skips`.

use crate::budget::Budget;
use crate::house::House;
use crate::tally::{self, Tally};
use crate::{clauses, judge, setup, shell, skips, tidy};
use std::process::Command;
use std::time::{Duration, Instant};

/// The stages in their order; `ci-budget.toml` has one line for each.
pub const STAGES: [&str; 8] = [
    "setup", "format", "lint", "tidy", "release", "tests", "judges", "clauses",
];

/// How one stage ended.
struct Ended {
    stage: &'static str,
    spent: Duration,
    minutes: f64,
    tally: Tally,
}

/// Runs the stages, or those that are named.
///
/// # Errors
/// Something failed; the lines above say what.
pub fn run(house: &House, named: &[&str]) -> Result<(), String> {
    if let Some(unknown) = named.iter().find(|name| !STAGES.contains(name)) {
        return Err(format!("`{unknown}` is no stage; stages: {}", STAGES.join(" ")));
    }
    let budget = Budget::load(house, &STAGES)?;
    let mut ended = Vec::new();
    for stage in STAGES
        .into_iter()
        .filter(|stage| named.is_empty() || named.contains(stage))
    {
        let one = run_one(house, stage, budget.minutes(stage));
        let stop = stage == "setup" && one.tally.failed > 0;
        ended.push(one);
        // Without its prerequisites a later stage would fail for a reason that is not its own.
        if stop {
            break;
        }
    }
    println!("\n{}", table(&ended));
    let mut sum = Tally::default();
    ended.iter().for_each(|one| sum.add(&one.tally));
    println!("{}", sum.line());
    if sum.failed == 0 {
        Ok(())
    } else {
        Err("not all passed".to_owned())
    }
}

fn run_one(house: &House, stage: &'static str, minutes: f64) -> Ended {
    println!("\n== {stage} (at most {minutes} min)");
    let begun = Instant::now();
    let deadline = begun + Duration::from_secs_f64(minutes * 60.0);
    let mut tally = match run_stage(house, stage, deadline) {
        Ok(tally) => tally,
        Err(why) => {
            println!("{stage}: {why}");
            Tally::one(&Err(why))
        }
    };
    let spent = begun.elapsed();
    if tally.failed == 0 && Instant::now() > deadline {
        println!("{stage}: passed its line of {minutes} min in ci-budget.toml");
        tally.failed += 1;
    }
    Ended {
        stage,
        spent,
        minutes,
        tally,
    }
}

fn run_stage(house: &House, stage: &str, deadline: Instant) -> Result<Tally, String> {
    match stage {
        "setup" => Ok(check(setup::run(house, Some(deadline)))),
        "format" => cargo(
            house,
            stage,
            &["fmt", "--all", "--check", "--", "--color", "never"],
            deadline,
        ),
        "lint" => cargo(
            house,
            stage,
            &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"],
            deadline,
        ),
        "tidy" => Ok(check(tidy::run(house))),
        "release" => cargo(house, stage, &["build", "--release", "-p", "chapar-node"], deadline),
        "tests" => tests(house, deadline),
        "judges" => judge::run_stage(house, deadline),
        "clauses" => clauses::run_stage(house, Some(deadline)),
        other => Err(format!("`{other}` is no stage")),
    }
}

/// One verdict is one check; the reason is shown here.
fn check(verdict: Result<(), String>) -> Tally {
    let tally = Tally::one(&verdict);
    if let Err(why) = verdict {
        println!("{why}");
    }
    tally
}

fn cargo(house: &House, stage: &str, words: &[&str], deadline: Instant) -> Result<Tally, String> {
    Ok(check(ended(house, stage, words, deadline)?.verdict))
}

fn tests(house: &House, deadline: Instant) -> Result<Tally, String> {
    let ended = ended(house, "tests", &["test", "--workspace", "--no-fail-fast"], deadline)?;
    let mut tally = tally::of_cargo_test(&ended.output);
    if let Err(why) = ended.verdict
        && tally.failed == 0
    {
        // It did not come to a count, e.g. it does not compile.
        println!("tests: {why}");
        tally.failed = 1;
    }
    for difference in skips::compare(house, &tally.skipped_ids)? {
        println!("tests: {difference}");
        tally.failed += 1;
    }
    Ok(tally)
}

fn ended(house: &House, stage: &str, words: &[&str], deadline: Instant) -> Result<shell::Ended, String> {
    let log = house.root().join(format!("target/xtask/{stage}.log"));
    // One run, one log; the folder may not be there yet.
    let _ = std::fs::remove_file(&log);
    let mut command = Command::new("cargo");
    command.args(words).current_dir(house.root());
    shell::run(command, &log, Some(deadline))
}

fn table(ended: &[Ended]) -> String {
    let mut lines = vec![format!("{:<10} {:>9} {:>9}  result", "stage", "minutes", "budget")];
    for one in ended {
        let spent = one.spent.as_secs_f64() / 60.0;
        let result = if one.tally.failed == 0 { "passed" } else { "FAILED" };
        lines.push(format!(
            "{:<10} {spent:>9.2} {:>9.2}  {result}: {}",
            one.stage,
            one.minutes,
            one.tally.line()
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_known_and_has_its_minutes() {
        let house = House::find().unwrap();
        let budget = Budget::load(&house, &STAGES).unwrap();
        assert!(STAGES.iter().all(|stage| budget.minutes(stage) > 0.0));
        assert!(run_stage(&house, "no such stage", Instant::now()).is_err());
    }

    #[test]
    fn a_failed_stage_shows_in_the_table() {
        let one = |failed| Ended {
            stage: "tidy",
            spent: Duration::from_secs(90),
            minutes: 1.0,
            tally: Tally {
                failed,
                ..Tally::default()
            },
        };
        assert!(table(&[one(1)]).contains("1.50      1.00  FAILED"));
        assert!(table(&[one(0)]).contains("passed"));
    }
}
