//! `tests/skips.toml`: the tests that do not run, each with its reason. What did not run and what is listed must be the same.

use crate::house::House;
use std::collections::BTreeSet;

const FILE: &str = "tests/skips.toml";

/// Compares the listed skips with what did not run; one finding per difference.
///
/// # Errors
/// The list cannot be read, or an entry lacks id or reason.
pub fn compare(house: &House, skipped: &BTreeSet<String>) -> Result<Vec<String>, String> {
    let listed = listed(&house.read_toml(FILE)?).map_err(|why| format!("`{FILE}`: {why}"))?;
    Ok(differences(&listed, skipped))
}

fn listed(table: &toml::Table) -> Result<BTreeSet<String>, String> {
    let none = Vec::new();
    let entries = match table.get("skip") {
        None => &none,
        Some(value) => value.as_array().ok_or("`skip` is no list of tables")?,
    };
    let mut ids = BTreeSet::new();
    for entry in entries {
        let word = |key: &str| {
            entry
                .get(key)
                .and_then(toml::Value::as_str)
                .filter(|word| !word.trim().is_empty())
        };
        let id = word("id").ok_or("an entry has no `id`")?;
        word("reason").ok_or_else(|| format!("`{id}` has no `reason`"))?;
        if !ids.insert(id.to_owned()) {
            return Err(format!("`{id}` stands there twice"));
        }
    }
    Ok(ids)
}

fn differences(listed: &BTreeSet<String>, skipped: &BTreeSet<String>) -> Vec<String> {
    let unlisted = skipped
        .difference(listed)
        .map(|id| format!("`{id}` did not run and is not in {FILE}"));
    let unused = listed
        .difference(skipped)
        .map(|id| format!("`{id}` is in {FILE} but was not skipped: remove it"));
    unlisted.chain(unused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn both_directions_are_findings() {
        assert!(differences(&set(&["a"]), &set(&["a"])).is_empty());
        let found = differences(&set(&["a"]), &set(&["b"]));
        assert_eq!(found.len(), 2);
        assert!(found.iter().any(|line| line.contains("`b` did not run")));
        assert!(
            found
                .iter()
                .any(|line| line.contains("`a`") && line.contains("remove it"))
        );
    }

    #[test]
    fn an_entry_needs_id_and_reason_once() {
        let parse = |text: &str| listed(&toml::from_str(text).unwrap());
        assert_eq!(parse("").unwrap(), set(&[]));
        assert_eq!(parse("[[skip]]\nid = 'a'\nreason = 'slow'").unwrap(), set(&["a"]));
        assert!(parse("[[skip]]\nid = 'a'").is_err());
        assert!(parse("[[skip]]\nid = 'a'\nreason = ' '").is_err());
        assert!(parse("[[skip]]\nid = 'a'\nreason = 'x'\n[[skip]]\nid = 'a'\nreason = 'y'").is_err());
    }
}
