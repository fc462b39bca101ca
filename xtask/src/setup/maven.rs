//! Kits that come by Maven coordinates, each into `.setup/NAME`: the jars of its `pom.xml`, and what is written here to go with them.
//!
//! The registry is whichever `mvn` is set up with on the machine; nothing here names one.

use super::LOG;
use crate::house::House;
use crate::shell;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Copies the jars of a project; by its full name, or Maven would look for the newest plugin.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";
/// Java that the class files are for: the oldest that a kit here runs on.
const RELEASE: &str = "17";
/// Lines of the log that a failure shows.
const TAIL: usize = 15;
/// In the kit's folder: every text that it was made of. Another text, another kit.
const MADE_OF: &str = "made-of.txt";

/// One row of the table.
pub struct Kit {
    /// The word by which it is called; also its folder.
    pub name: String,
    /// Whether the default set does without it.
    pub asked: bool,
    /// Holds `pom.xml`; `java` and `resources`, if there, become one more jar, `args` files are taken along.
    folder: String,
    needed_by: String,
}

/// Reads the list `maven`.
///
/// # Errors
/// The message names the row and what it lacks.
pub fn parse(table: &toml::Table) -> Result<Vec<Kit>, String> {
    let rows = table
        .get("maven")
        .and_then(toml::Value::as_array)
        .ok_or("no list `maven`")?;
    rows.iter().map(parse_row).collect()
}

fn parse_row(row: &toml::Value) -> Result<Kit, String> {
    let word = |key: &str| row.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let name = word("name").ok_or("a `[[maven]]` has no `name`")?;
    Ok(Kit {
        folder: word("folder").ok_or_else(|| format!("`{name}` has no `folder`"))?,
        needed_by: word("needed_by").ok_or_else(|| format!("`{name}` has no `needed_by`"))?,
        asked: row.get("asked").and_then(toml::Value::as_bool).unwrap_or(false),
        name,
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

    /// It is made beside its place and put there whole, so that a fetch that broke off is none.
    fn try_fetch(&self, house: &House, deadline: Option<Instant>) -> Result<(), String> {
        let source = Source::read(&house.root().join(&self.folder))?;
        let place = house.root().join(".setup").join(&self.name);
        let made_of = source.text();
        if fs::read_to_string(place.join(MADE_OF)).is_ok_and(|old| old == made_of) {
            return Ok(());
        }
        println!("setup: fetching {} with Maven", self.name);
        let fresh = place.with_extension("new");
        remove(&fresh)?;
        make(&fresh)?;
        let at = Workshop { house, deadline };
        at.run(copy_jars(&source.folder, &fresh))?;
        self.add_ours(&source, &fresh, &at)?;
        write(&fresh.join(MADE_OF), &made_of)?;
        remove(&place)?;
        fs::rename(&fresh, &place).map_err(|why| format!("`{}`: {why}", place.display()))
    }

    /// Compiles the Java of ours against the jars, and takes the rest along.
    fn add_ours(&self, source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
        for (path, text) in source.ending("args") {
            write(&fresh.join(path.file_name().unwrap_or(OsStr::new("args"))), text)?;
        }
        let java: Vec<PathBuf> = source
            .ending("java")
            .map(|(path, _)| source.folder.join(path))
            .collect();
        if java.is_empty() {
            return Ok(());
        }
        let classes = fresh.join("classes");
        let mut compile = Command::new("javac");
        compile
            .args([
                "--release",
                RELEASE,
                "-Werror",
                "-Xlint:all,-processing,-classfile,-path",
            ])
            .arg("-cp")
            .arg(fresh.join("*"));
        compile.arg("-d").arg(&classes).args(java);
        at.run(compile)?;
        let mut pack = Command::new("jar");
        pack.args(["--create", "--file"])
            .arg(fresh.join(format!("ours-{}.jar", self.name)));
        pack.arg("-C").arg(&classes).arg(".");
        pack.arg("-C").arg(source.folder.join("resources")).arg(".");
        at.run(pack)?;
        remove(&classes)
    }
}

fn copy_jars(folder: &Path, to: &Path) -> Command {
    let mut command = Command::new("mvn");
    command.args(["--batch-mode", "--quiet", "-Dstyle.color=never", COPY]);
    command.arg("--file").arg(folder.join("pom.xml"));
    command.arg(format!("-DoutputDirectory={}", to.display()));
    command
}

/// What every program here is run with.
struct Workshop<'a> {
    house: &'a House,
    deadline: Option<Instant>,
}

impl Workshop<'_> {
    /// Silent as long as all goes well.
    fn run(&self, command: Command) -> Result<(), String> {
        let ended = shell::run_quietly(command, &self.house.root().join(LOG), self.deadline)?;
        let last = ended.output.lines().count().saturating_sub(TAIL);
        let tail = || ended.output.lines().skip(last).collect::<Vec<_>>().join("\n");
        ended.verdict.map_err(|why| format!("{why}\n{}", tail()))
    }
}

/// The texts that a kit is made of.
struct Source {
    folder: PathBuf,
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

    fn ending(&self, extension: &str) -> impl Iterator<Item = &(PathBuf, String)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.extension() == Some(OsStr::new(extension)))
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

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|why| format!("`{}`: {why}", folder.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|why| format!("`{}`: {why}", file.display()))
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(format!("`{}`: {why}", folder.display())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed_and_every_kit_has_its_pom() {
        let house = House::find().unwrap();
        let kits = parse(&house.read_toml(super::super::TABLE).unwrap()).unwrap();
        assert!(!kits.is_empty());
        for kit in kits {
            assert!(house.read(&format!("{}/pom.xml", kit.folder)).is_ok(), "{}", kit.name);
        }
        assert!(parse(&toml::from_str("[[maven]]\nname = 'k'\nneeded_by = 'n'").unwrap()).is_err());
    }

    #[test]
    fn another_text_is_another_kit() {
        let folder = std::env::temp_dir().join(format!("xtask-maven-{}", std::process::id()));
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
