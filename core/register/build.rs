//! Embeds the folders of `kinds/` into the crate, so that a node needs no files beside it.
//!
//! Refuses to understand them; `src/kinds` does.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What of a kind the program reads.
const PARTS: [&str; 5] = [
    "kind.toml",
    "schema.json",
    "labels.toml",
    "vocabulary.json",
    "fields.toml",
];
/// Valid bodies; the first one is a draft for people to begin with.
const EXAMPLES: &str = "examples";
/// Definitions that the schemas share.
const SHARED: &str = "common.schema.json";

fn main() -> Result<(), Box<dyn Error>> {
    let kinds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kinds");
    println!("cargo::rerun-if-changed={}", kinds.display());
    let mut text = format!("const SHARED: &str = include_str!({:?});\n", kinds.join(SHARED));
    text.push_str("const FOLDERS: &[Folder<'static>] = &[\n");
    for folder in folders(&kinds)? {
        let name = folder.file_name().unwrap_or_default();
        writeln!(text, "Folder {{ name: {name:?},")?;
        for part in PARTS {
            let (field, _) = part.split_once('.').unwrap_or((part, ""));
            writeln!(text, "{field}: include_str!({:?}),", folder.join(part))?;
        }
        writeln!(text, "example: include_str!({:?}),", example(&folder.join(EXAMPLES))?)?;
        text.push_str("},\n");
    }
    text.push_str("];\n");
    let out = env::var_os("OUT_DIR").ok_or("cargo says no `OUT_DIR`")?;
    fs::write(Path::new(&out).join("kinds.rs"), text)?;
    Ok(())
}

/// The first example in the order of the names.
fn example(examples: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(examples)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    let first = files.into_iter().min();
    first.ok_or_else(|| format!("`{}` holds no example", examples.display()).into())
}

/// The folders in the order of their names.
fn folders(kinds: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(kinds)? {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}
