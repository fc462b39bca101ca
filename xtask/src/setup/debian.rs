//! Packages of the distribution, by name: what is missing is installed. Touches the system only through its own package client.
//!
//! What other registries serve is in `kit`.

use crate::house::House;
use crate::shell;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// One package and how to see that it is there.
pub struct Prerequisite {
    package: String,
    sign: Sign,
    needed_by: String,
}

/// What shows that a package is installed.
enum Sign {
    Program(String),
    File(String),
    /// A module that Python can import.
    Module(String),
}

/// Installs what is missing; the deadline ends an installation that hangs.
///
/// # Errors
/// Names each prerequisite that cannot be had and what needs it.
pub fn install_missing(house: &House, all: &[Prerequisite], deadline: Option<Instant>) -> Result<(), String> {
    let missing: Vec<&Prerequisite> = all.iter().filter(|one| !one.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|one| one.package.as_str()).collect();
    println!("setup: installing {}", packages.join(" "));
    let installed = install(house, &packages, deadline);
    let lacking: Vec<String> = missing
        .iter()
        .filter(|one| !one.is_there())
        .map(|one| one.complaint())
        .collect();
    match (lacking.is_empty(), installed) {
        (true, _) => Ok(()),
        (false, Ok(())) => Err(lacking.join("\n")),
        (false, Err(why)) => Err(format!("{}\n{why}", lacking.join("\n"))),
    }
}

impl Prerequisite {
    fn is_there(&self) -> bool {
        match &self.sign {
            Sign::Program(name) => on_path(name),
            Sign::File(path) => Path::new(path).exists(),
            Sign::Module(name) => Command::new("python3")
                .args(["-c", &format!("import {name}")])
                .output()
                .is_ok_and(|output| output.status.success()),
        }
    }

    fn complaint(&self) -> String {
        format!(
            "prerequisite `{}` cannot be had; needed by {}",
            self.package, self.needed_by
        )
    }
}

/// Reads the list `debian`.
///
/// # Errors
/// The message names the row and what it lacks.
pub fn parse(table: &toml::Table) -> Result<Vec<Prerequisite>, String> {
    let rows = table
        .get("debian")
        .and_then(toml::Value::as_array)
        .ok_or("no list `debian`")?;
    rows.iter().map(parse_row).collect()
}

fn parse_row(row: &toml::Value) -> Result<Prerequisite, String> {
    let word = |key: &str| row.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let package = word("package").ok_or("a row has no `package`")?;
    let sign = match (word("program"), word("file"), word("module")) {
        (Some(program), None, None) => Sign::Program(program),
        (None, Some(file), None) => Sign::File(file),
        (None, None, Some(module)) => Sign::Module(module),
        _ => return Err(format!("`{package}` needs one of `program`, `file` and `module`")),
    };
    let needed_by = word("needed_by").ok_or_else(|| format!("`{package}` has no `needed_by`"))?;
    Ok(Prerequisite {
        package,
        sign,
        needed_by,
    })
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// One `update`, one `install`; through `sudo` where we are not root and it asks no password.
fn install(house: &House, packages: &[&str], deadline: Option<Instant>) -> Result<(), String> {
    if !on_path("apt-get") {
        return Err("this system has no apt-get: install the packages above by its own means".to_owned());
    }
    apt_get(house, &["update"], deadline)?;
    let mut words = vec!["install", "--yes", "--no-install-recommends"];
    words.extend(packages);
    apt_get(house, &words, deadline)
}

fn apt_get(house: &House, words: &[&str], deadline: Option<Instant>) -> Result<(), String> {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "apt-get"]);
        sudo
    };
    command
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .current_dir(house.root());
    shell::run(command, &house.root().join(super::LOG), deadline)?.verdict
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let house = House::find().unwrap();
        assert!(
            !parse(&house.read_toml(super::super::TABLE).unwrap())
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn presence_is_seen_by_program_file_or_module() {
        let row = |text: &str| parse(&toml::from_str(text).unwrap()).map(|mut rows| rows.remove(0));
        let there = row("[[debian]]\npackage = 'p'\nprogram = 'sh'\nneeded_by = 'n'").unwrap();
        assert!(there.is_there());
        let absent = row("[[debian]]\npackage = 'p'\nfile = '/no/such/file'\nneeded_by = 'the test n'").unwrap();
        assert!(!absent.is_there());
        assert!(absent.complaint().contains("`p`") && absent.complaint().contains("the test n"));
        let module = |name: &str| {
            row(&format!(
                "[[debian]]\npackage = 'p'\nmodule = '{name}'\nneeded_by = 'n'"
            ))
            .unwrap()
        };
        assert!(module("json").is_there() && !module("no_such_module").is_there());
        assert!(row("[[debian]]\npackage = 'p'\nneeded_by = 'n'").is_err());
    }
}
