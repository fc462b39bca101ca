//! Kits that come by Maven coordinates: the jars of a `pom.xml`, and what is written here to go with them.

use super::kit::{Source, Workshop, remove};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Copies the jars of a project; by its full name, or Maven would look for the newest plugin.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";
/// Java that the class files are for: the oldest that a kit here runs on.
const RELEASE: &str = "17";

/// Copies the jars, compiles the Java of ours against them and takes `args` files along: `java` and `resources`, if there,
/// become one more jar.
///
/// # Errors
/// A program failed; the message shows what it said.
pub fn make(source: &Source, fresh: &Path, at: &Workshop<'_>) -> Result<(), String> {
    at.run(copy_jars(&source.folder, fresh))?;
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
    pack.args(["--create", "--file"]).arg(fresh.join("ours.jar"));
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
