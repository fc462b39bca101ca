//! `cargo xtask setup`: fetches what the tests need, by name, from the table `xtask/prerequisites.toml`.
//!
//! Idempotent, and quiet when all is there. Packages of the distribution are in `debian`, what registries serve is in `kit`.

mod debian;
mod go;
mod kit;
mod maven;
mod npm;
mod pypi;

use crate::house::House;
use debian::Prerequisite;
use kit::Kit;
use std::path::Path;
use std::time::Instant;

const TABLE: &str = "xtask/prerequisites.toml";
const LOG: &str = "target/xtask/setup.log";

/// Fetches what is missing of all that the default set needs; the deadline ends a fetch that hangs.
///
/// # Errors
/// Names each prerequisite that cannot be had and what needs it.
pub fn run(house: &House, deadline: Option<Instant>) -> Result<(), String> {
    let (packages, kits) = read(house)?;
    debian::install_missing(house, &packages, deadline)?;
    let mut needed = kits.iter().filter(|kit| !kit.asked);
    needed.try_for_each(|kit| kit.fetch(house, deadline))
}

/// Fetches one kit by its name, whether the default set needs it or not, and the packages that fetching takes.
///
/// # Errors
/// There is none of that name, or it cannot be had.
pub fn run_one(house: &House, name: &str) -> Result<(), String> {
    let (packages, kits) = read(house)?;
    let kit = of_name(&kits, name)?;
    debian::install_missing(house, &packages, None)?;
    kit.fetch(house, None)
}

/// Makes one kit of jars around those of a folder.
///
/// # Errors
/// There is none of that name, or it cannot be made.
pub fn run_around(house: &House, name: &str, jars: &Path) -> Result<(), String> {
    let (packages, kits) = read(house)?;
    let kit = of_name(&kits, name)?;
    debian::install_missing(house, &packages, None)?;
    kit.make_around(house, jars)
}

fn of_name<'a>(kits: &'a [Kit], name: &str) -> Result<&'a Kit, String> {
    let kit = kits.iter().find(|kit| kit.name == name);
    kit.ok_or_else(|| format!("no kit of `{TABLE}` is named `{name}`"))
}

fn read(house: &House) -> Result<(Vec<Prerequisite>, Vec<Kit>), String> {
    let table = house.read_toml(TABLE)?;
    let in_table = |why| format!("`{TABLE}`: {why}");
    Ok((
        debian::parse(&table).map_err(in_table)?,
        kit::parse(&table).map_err(in_table)?,
    ))
}
