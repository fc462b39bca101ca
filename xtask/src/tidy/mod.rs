//! `cargo xtask tidy`: the manners of the house, checked by machine. One file per family of rules; this one runs them and prints.
//!
//! Rules are functions from what was read to findings, so that each can be tested with a planted fault.

use crate::house::House;
use std::fmt;

mod documents;
mod sizes;
mod walls;
mod words;

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: a path, with a line where there is one.
    pub at: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Finding {
    fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// Runs every rule and prints every finding.
///
/// # Errors
/// There were findings, or the house could not be read.
pub fn run(house: &House) -> Result<(), String> {
    let texts = house.texts()?;
    let crates = walls::read_crates(house)?;
    let mut found = walls::check(&crates, &house.read("ARCHITECTURE.md")?);
    found.extend(walls::check_sources(&crates, &texts));
    for text in &texts {
        found.extend(sizes::check(text));
        found.extend(words::check(text));
        found.extend(documents::check_links(house.root(), text));
    }
    found.extend(documents::check_readmes(
        &house.read("README.md")?,
        &house.read("README.ru.md")?,
    ));
    let dependencies = house.read("docs/decisions/dependencies.md")?;
    found.extend(documents::check_dependencies(
        &house.read_toml("Cargo.toml")?,
        &dependencies,
    ));
    found.extend(documents::check_clauses(&house.read(crate::clauses::FILE)?));
    for finding in &found {
        println!("{finding}");
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(format!("tidy: {} findings", found.len()))
    }
}
