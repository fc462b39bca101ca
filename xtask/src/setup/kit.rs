//! Kits: what a registry serves by name and version, each into `.setup/NAME`. Here is what all have in common: their rows in the
//! table, when one is fetched, and that it is put in its place whole. How each is fetched is in `go`, `maven`, `npm` and `pypi`.
//!
//! A registry is whichever its own client is set up with on the machine; nothing here names one.

use super::{LOG, go, maven, npm, pypi};
use crate::house::House;
use crate::shell;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Lines of the log that a failure shows.
const TAIL: usize = 15;
/// In the kit's folder: every text that it was made of. Another text, another kit.
const MADE_OF: &str = "made-of.txt";

/// Whose kits there are: the list of the table, and what makes a kit of its texts in a fresh folder.
const CLIENTS: [(&str, Make); 4] = [
    ("go", go::make),
    ("maven", maven::make),
    ("npm", npm::make),
    ("pypi", pypi::make),
];

type Make = fn(&Source, &Path, &Workshop<'_>) -> Result<(), String>;

/// One row of the table.
pub struct Kit {
    /// The word by which it is called; also its folder.
    pub name: String,
    /// Whether the default set does without it.
    pub asked: bool,
    /// Holds the texts that say what it is made of.
    folder: String,
    needed_by: String,
    client: &'static str,
    make: Make,
}

/// Reads the lists of kits.
///
/// # Errors
/// The message names the row and what it lacks.
pub fn parse(table: &toml::Table) -> Result<Vec<Kit>, String> {
    let mut kits = Vec::new();
    for (client, make) in CLIENTS {
        let rows = table.get(client).and_then(toml::Value::as_array);
        for row in rows.ok_or_else(|| format!("no list `{client}`"))? {
            kits.push(parse_row(row, client, make)?);
        }
    }
    Ok(kits)
}

fn parse_row(row: &toml::Value, client: &'static str, make: Make) -> Result<Kit, String> {
    let word = |key: &str| row.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let name = word("name").ok_or_else(|| format!("a `[[{client}]]` has no `name`"))?;
    Ok(Kit {
        folder: word("folder").ok_or_else(|| format!("`{name}` has no `folder`"))?,
        needed_by: word("needed_by").ok_or_else(|| format!("`{name}` has no `needed_by`"))?,
        asked: row.get("asked").and_then(toml::Value::as_bool).unwrap_or(false),
        name,
        client,
        make,
    })
}

impl Kit {
    /// Fetches it unless it is there as its texts now say.
    ///
    /// # Errors
    /// Names the kit and what needs it.
    pub fn fetch(&self, house: &House, deadline: Option<Instant>) -> Result<(), String> {
        let complaint = |why| {
            format!(
                "prerequisite `{}` cannot be had; needed by {}\n{why}",
                self.name, self.needed_by
            )
        };
        self.try_fetch(house, deadline).map_err(complaint)
    }

    fn try_fetch(&self, house: &House, deadline: Option<Instant>) -> Result<(), String> {
        let source = Source::read(&house.root().join(&self.folder))?;
        let place = house.root().join(".setup").join(&self.name);
        put(&place, &source.text(), |fresh| {
            println!("setup: fetching {} with {}", self.name, self.client);
            (self.make)(&source, fresh, &Workshop { house, deadline })
        })
    }

    /// Makes a kit of jars around those of a folder, in the place of what a registry serves, as `.setup/NAME-around`.
    ///
    /// # Errors
    /// It is no kit of jars, there are none in the folder, or a program failed.
    pub fn make_around(&self, house: &House, folder: &Path) -> Result<(), String> {
        if self.client != "maven" {
            return Err(format!("the kit `{}` is not made of jars", self.name));
        }
        let jars = maven::jars(folder)?;
        let source = Source::read(&house.root().join(&self.folder))?;
        let place = house.root().join(".setup").join(format!("{}-around", self.name));
        if folder.canonicalize().ok() == place.canonicalize().ok() {
            return Err(format!(
                "`{}` is what is made; name the folder that it was made around",
                folder.display()
            ));
        }
        let made_of = format!("{}== jars\n{}", source.text(), maven::list(&jars)?);
        put(&place, &made_of, |fresh| {
            println!("setup: making {} around the jars of {}", self.name, folder.display());
            maven::make_around(&source, &jars, fresh, &Workshop { house, deadline: None })
        })
    }
}

/// Has a kit made beside its place and put there whole, so that a making that broke off is none; not where one of the same texts is.
fn put(place: &Path, made_of: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<(), String> {
    if fs::read_to_string(place.join(MADE_OF)).is_ok_and(|old| old == made_of) {
        return Ok(());
    }
    let fresh = place.with_extension("new");
    remove(&fresh)?;
    make_folder(&fresh)?;
    make(&fresh)?;
    write(&fresh.join(MADE_OF), made_of)?;
    remove(place)?;
    fs::rename(&fresh, place).map_err(|why| format!("`{}`: {why}", place.display()))
}

/// What every program here is run with.
pub struct Workshop<'a> {
    house: &'a House,
    deadline: Option<Instant>,
}

impl Workshop<'_> {
    /// Runs a program; silent as long as all goes well.
    ///
    /// # Errors
    /// It failed; the message shows the end of what it said.
    pub fn run(&self, command: Command) -> Result<(), String> {
        let ended = shell::run_quietly(command, &self.house.root().join(LOG), self.deadline)?;
        let last = ended.output.lines().count().saturating_sub(TAIL);
        let tail = || ended.output.lines().skip(last).collect::<Vec<_>>().join("\n");
        ended.verdict.map_err(|why| format!("{why}\n{}", tail()))
    }
}

/// The texts that a kit is made of.
pub struct Source {
    /// Where they lie.
    pub folder: PathBuf,
    /// By their path from the folder, in order.
    files: Vec<(PathBuf, String)>,
}

impl Source {
    fn read(folder: &Path) -> Result<Self, String> {
        let mut files = Vec::new();
        gather(folder, Path::new(""), &mut files)?;
        files.sort();
        Ok(Self {
            folder: folder.to_owned(),
            files,
        })
    }

    fn text(&self) -> String {
        let all = self
            .files
            .iter()
            .map(|(path, text)| format!("== {}\n{text}\n", path.display()));
        all.collect()
    }

    /// The texts whose names end so, by their path from the folder.
    pub fn ending(&self, extension: &str) -> impl Iterator<Item = &(PathBuf, String)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.extension() == Some(OsStr::new(extension)))
    }

    /// Puts the texts whose names end so into another folder, without the folders between.
    ///
    /// # Errors
    /// One cannot be written; the message names it.
    pub fn copy(&self, extension: &str, to: &Path) -> Result<(), String> {
        self.ending(extension)
            .try_for_each(|(path, text)| write(&to.join(path.file_name().unwrap_or(OsStr::new(extension))), text))
    }
}

fn gather(root: &Path, below: &Path, files: &mut Vec<(PathBuf, String)>) -> Result<(), String> {
    let folder = root.join(below);
    let fault = |why: std::io::Error| format!("`{}`: {why}", folder.display());
    for entry in fs::read_dir(&folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let path = below.join(entry.file_name());
        if entry.file_type().map_err(fault)?.is_dir() {
            gather(root, &path, files)?;
        } else {
            let text = fs::read_to_string(root.join(&path)).map_err(|why| format!("`{}`: {why}", path.display()))?;
            files.push((path, text));
        }
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|why| format!("`{}`: {why}", folder.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|why| format!("`{}`: {why}", file.display()))
}

/// Removes a folder that may not be there.
///
/// # Errors
/// The message names the folder.
pub fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(format!("`{}`: {why}", folder.display())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed_and_every_kit_has_the_text_its_client_reads() {
        let house = House::find().unwrap();
        let kits = parse(&house.read_toml(super::super::TABLE).unwrap()).unwrap();
        for (client, text) in [
            ("go", "go.sum"),
            ("maven", "pom.xml"),
            ("npm", "package-lock.json"),
            ("pypi", "requirements.txt"),
        ] {
            let mut of_client = kits.iter().filter(|kit| kit.client == client).peekable();
            assert!(of_client.peek().is_some(), "{client}");
            for kit in of_client {
                assert!(house.read(&format!("{}/{text}", kit.folder)).is_ok(), "{}", kit.name);
            }
        }
        let row = "go = []\nmaven = []\npypi = []\n[[npm]]\nname = 'k'\nneeded_by = 'n'";
        assert!(parse(&toml::from_str(row).unwrap()).is_err_and(|why| why.contains("`k` has no `folder`")));
    }

    #[test]
    fn another_text_is_another_kit() {
        let folder = std::env::temp_dir().join(format!("xtask-kit-{}", std::process::id()));
        fs::create_dir_all(folder.join("java")).unwrap();
        fs::write(folder.join("pom.xml"), "<project/>").unwrap();
        fs::write(folder.join("java/A.java"), "class A {}").unwrap();
        let before = Source::read(&folder).unwrap();
        assert_eq!(before.ending("java").count(), 1);
        fs::write(folder.join("java/A.java"), "class A { }").unwrap();
        assert_ne!(Source::read(&folder).unwrap().text(), before.text());
        fs::remove_dir_all(folder).unwrap();
    }
}
