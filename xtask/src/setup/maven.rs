//! Kits that come by Maven coordinates: the jars of a `pom.xml`, and what is written here to go with them.

use super::kit::{Source, Workshop, remove};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Copies the jars of a project; by its full name, or Maven would look for the newest plugin.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";
/// Java that the class files are for: the oldest that a kit here runs on.
const RELEASE: &str = "17";

/// The jar that is made of what is written here.
const OURS: &str = "ours.jar";

/// Copies the jars, compiles the Java of ours against them and takes `args` files along: `java` and `resources`, if there,
/// become one more jar.
///
/// # Errors
/// A program failed; the message shows what it said.
pub fn make(source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    at.run(copy_jars(&source.folder, fresh))?;
    complete(source, fresh, at)
}

/// The same with these jars, which stay where they are.
///
/// # Errors
/// A program failed; the message shows what it said.
pub fn make_around(source: &Source, jars: &[PathBuf], fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    for jar in jars {
        let link = fresh.join(jar.file_name().unwrap_or_default());
        std::os::unix::fs::symlink(jar, &link).map_err(|why| format!("`{}`: {why}", link.display()))?;
    }
    complete(source, fresh, at)
}

/// The jars that a folder holds, in order. One of ours is none of them: a copy of a kit may have it.
///
/// # Errors
/// It cannot be read, or holds none.
pub fn jars(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fault = |why: std::io::Error| format!("`{}`: {why}", folder.display());
    let folder = folder.canonicalize().map_err(fault)?;
    let entries = std::fs::read_dir(&folder).map_err(fault)?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut jars = paths.map_err(fault)?;
    jars.retain(|path| {
        path.extension().is_some_and(|end| end == "jar") && path.file_name().is_some_and(|name| name != OURS)
    });
    jars.sort();
    if jars.is_empty() {
        return Err(format!(
            "`{}` holds no jars; a class path is wanted, all of its jars in that folder",
            folder.display()
        ));
    }
    Ok(jars)
}

/// The jars with their lengths, a line each.
///
/// # Errors
/// One cannot be looked at; the message names it.
pub fn list(jars: &[PathBuf]) -> Result<String, String> {
    let line = |jar: &PathBuf| {
        let there = std::fs::metadata(jar).map_err(|why| format!("`{}`: {why}", jar.display()))?;
        Ok(format!("{} {}\n", jar.display(), there.len()))
    };
    jars.iter().map(line).collect()
}

fn complete(source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    source.copy("args", fresh)?;
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
    pack.args(["--create", "--file"]).arg(fresh.join(OURS));
    pack.arg("-C").arg(&classes).arg(".");
    pack.arg("-C").arg(source.folder.join("resources")).arg(".");
    at.run(pack)?;
    remove(&classes)
}

fn copy_jars(folder: &Path, to: &Path) -> Command {
    let mut command = Command::new("mvn");
    command.args(["--batch-mode", "--quiet", "-Dstyle.color=never", COPY]);
    command.arg("--file").arg(folder.join("pom.xml"));
    command.arg(format!("-DoutputDirectory={}", to.display()));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_asked_for_its_jars_and_told_when_it_has_none() {
        let folder = std::env::temp_dir().join(format!("xtask-jars-{}", std::process::id()));
        assert!(jars(&folder).is_err_and(|why| why.contains("xtask-jars")));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(OURS), "ours").unwrap();
        std::fs::write(folder.join("notes.txt"), "").unwrap();
        assert!(jars(&folder).is_err_and(|why| why.contains("holds no jars")));
        std::fs::write(folder.join("b.jar"), "bb").unwrap();
        std::fs::write(folder.join("a.jar"), "a").unwrap();
        let found = jars(&folder).unwrap();
        let names: Vec<_> = found.iter().filter_map(|jar| jar.file_name()).collect();
        assert_eq!(names, ["a.jar", "b.jar"]);
        assert!(list(&found).unwrap().ends_with("b.jar 2\n"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
