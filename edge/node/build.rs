//! Puts the sample certificates into the binary, so that `chapar demo` needs no files. What they are: `samples/README.md`.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let samples = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../../samples/phytosanitary")
        .canonicalize()?;
    let mut list = String::from("pub const SAMPLES: &[Sample] = &[\n");
    for (folder, issuer) in [
        (samples.clone(), "PlantQuarantine"),
        (samples.join("other-body"), "AnotherBody"),
    ] {
        println!("cargo:rerun-if-changed={}", folder.display());
        for document in documents(&folder)? {
            let id = document
                .file_stem()
                .ok_or("a sample without a name")?
                .to_string_lossy()
                .into_owned();
            let metadata = document.with_extension("json");
            writeln!(
                list,
                "    Sample {{ id: {id:?}, issuer: Issuer::{issuer}, content: include_bytes!({document:?}), metadata: include_str!({metadata:?}) }},"
            )?;
        }
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("samples.rs"), list)?;
    Ok(())
}

/// The XML files of a folder, by name.
fn documents(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
