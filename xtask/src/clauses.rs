//! `cargo xtask clauses`: runs what `docs/CLAUSES.md` shows as working today, the code blocks marked `sh clause`.
//!
//! Does not judge the text; a block that ends with exit code 0 works.

use crate::house::House;
use crate::shell;
use crate::tally::Tally;
use std::process::Command;
use std::time::Instant;

/// The page.
pub const FILE: &str = "docs/CLAUSES.md";
/// Opens a block whose commands are run.
pub const OPENING: &str = "```sh clause";

/// Runs every command.
///
/// # Errors
/// A command failed, or the page has a block that does not end.
pub fn run(house: &House) -> Result<(), String> {
    let counted = run_stage(house, None)?;
    if counted.failed == 0 {
        Ok(())
    } else {
        Err(format!("{} clause commands failed", counted.failed))
    }
}

/// As [`run`], with a deadline, for the stage of `cargo xtask test`.
///
/// # Errors
/// The page cannot be read or a command not be started.
pub fn run_stage(house: &House, deadline: Option<Instant>) -> Result<Tally, String> {
    let log = house.root().join("target/xtask/clauses.log");
    // One run, one log; the folder may not be there yet.
    let _ = std::fs::remove_file(&log);
    let mut sum = Tally::default();
    for (line, script) in scripts(&house.read(FILE)?)? {
        println!("\n-- {FILE}:{line}: {}", script.trim());
        let mut command = Command::new("sh");
        command.args(["-e", "-c", script.trim()]).current_dir(house.root());
        let verdict = shell::run(command, &log, deadline)?.verdict;
        if let Err(why) = &verdict {
            println!("{FILE}:{line}: {why}");
        }
        sum.add(&Tally::one(&verdict));
    }
    println!("clauses: {} of {}", sum.passed, sum.passed + sum.failed);
    Ok(sum)
}

/// The marked blocks, each with the number of its first line.
fn scripts(page: &str) -> Result<Vec<(usize, String)>, String> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in page.lines().enumerate() {
        match &mut open {
            None if line.trim() == OPENING => open = Some((index + 2, String::new())),
            None => {}
            Some(_) if line.trim() == "```" => found.extend(open.take()),
            Some((_, script)) => {
                script.push_str(line);
                script.push('\n');
            }
        }
    }
    match open {
        Some((line, _)) => Err(format!("{FILE}:{line}: this block does not end")),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_blocks_are_commands() {
        let page = "a\n```sh\nrm x\n```\n```sh clause\none\ntwo\n```\nb\n```sh clause\nthree\n```\n";
        assert_eq!(
            scripts(page).unwrap(),
            [(6, "one\ntwo\n".to_owned()), (11, "three\n".to_owned())]
        );
        assert!(scripts("```sh clause\none\n").is_err());
    }
}
