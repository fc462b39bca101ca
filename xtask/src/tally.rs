//! Counts: reads what test programs print and adds it up. Runs nothing itself; that is `shell`.

use std::collections::BTreeSet;

/// How many checks passed, failed and did not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Ignored or excused.
    pub skipped: u64,
    /// Which tests did not run, as `binary::path::of::test`.
    pub skipped_ids: BTreeSet<String>,
}

impl Tally {
    /// One check with its verdict.
    pub fn one(verdict: &Result<(), String>) -> Self {
        match verdict {
            Ok(()) => Self {
                passed: 1,
                ..Self::default()
            },
            Err(_) => Self {
                failed: 1,
                ..Self::default()
            },
        }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.skipped_ids.extend(other.skipped_ids.iter().cloned());
    }

    /// The closing line of a run.
    pub fn line(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// Adds up what `cargo test` printed: its `test result:` lines and the names of ignored tests.
pub fn of_cargo_test(output: &str) -> Tally {
    let mut tally = Tally::default();
    let mut binary = String::new();
    for line in output.lines() {
        let line = line.trim();
        if let Some(name) = binary_of(line) {
            binary = name;
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            tally.passed += count(counts, "passed");
            tally.failed += count(counts, "failed");
            tally.skipped += count(counts, "ignored");
        } else if let Some(name) = ignored(line) {
            tally.skipped_ids.insert(format!("{binary}::{name}"));
        }
    }
    tally
}

/// The last `NAME: N of M` or `N of M` line, as (N, M).
pub fn of_closing_line(output: &str) -> Option<(u64, u64)> {
    output.lines().rev().find_map(|line| {
        let counts = line.rsplit(": ").next()?.trim();
        let (passed, all) = counts.split_once(" of ")?;
        Some((passed.parse().ok()?, all.parse().ok()?))
    })
}

/// `Running unittests src/lib.rs (target/debug/deps/chapar_terms-0f3a)` and `Doc-tests chapar_terms` name the binary.
fn binary_of(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("doc:{}", name.trim()));
    }
    let path = line.strip_prefix("Running ")?.rsplit_once('(')?.1.strip_suffix(')')?;
    let file = path.rsplit('/').next()?;
    Some(file.rsplit_once('-').map_or(file, |(name, _hash)| name).to_owned())
}

/// `test a::b ... ignored` and `test a::b ... ignored, why`.
fn ignored(line: &str) -> Option<&str> {
    let (name, verdict) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    verdict.starts_with("ignored").then_some(name.trim())
}

fn count(counts: &str, word: &str) -> u64 {
    counts
        .split([';', '.'])
        .filter_map(|part| part.trim().strip_suffix(word))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
     Running unittests src/lib.rs (target/debug/deps/chapar_terms-0f3a9c)
running 3 tests
test ids::tests::long ... ignored, needs an hour
test ids::tests::short ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests chapar_dsp
test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
";

    #[test]
    fn adds_up_all_result_lines() {
        let tally = of_cargo_test(OUTPUT);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (6, 2, 1));
        assert_eq!(tally.line(), "6 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn names_ignored_tests_with_their_binary() {
        let ids: Vec<String> = of_cargo_test(OUTPUT).skipped_ids.into_iter().collect();
        assert_eq!(ids, ["chapar_terms::ids::tests::long"]);
    }

    #[test]
    fn reads_the_last_closing_line() {
        assert_eq!(of_closing_line("a: 1 of 2\nflows: 66 of 67\nbye\n"), Some((66, 67)));
        assert_eq!(of_closing_line("3 of 3"), Some((3, 3)));
        assert_eq!(of_closing_line("most of them"), None);
    }
}
