//! Where the house stands and which files are its own. Holds no rule about them: rules are in `tidy`.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing written by hand.
const NOT_OURS: [&str; 4] = ["target", ".git", ".setup", "node_modules"];

/// The workspace folder.
pub struct House {
    root: PathBuf,
}

/// One text file of the house.
#[derive(Clone, Debug)]
pub struct Text {
    /// Path from the workspace folder, with `/`.
    pub path: String,
    /// The whole content.
    pub content: String,
}

impl Text {
    /// Whether the file belongs to tests: it lies below a folder `tests`, or is the `tests.rs` of a module.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether the name ends with one of these extensions.
    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path)
            .extension()
            .and_then(|found| found.to_str())
            .is_some_and(|found| extensions.contains(&found))
    }
}

impl House {
    /// The folder above this crate.
    ///
    /// # Errors
    /// The crate was moved out of the workspace; run it from where it was built.
    pub fn find() -> Result<Self, String> {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .filter(|root| root.join("Cargo.toml").is_file())
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| "the workspace folder is not where this program was built".to_owned())
    }

    /// The workspace folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads one file by its path from the workspace folder.
    ///
    /// # Errors
    /// The file is absent or no text; the message names it.
    pub fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|why| format!("`{path}` cannot be read: {why}"))
    }

    /// Reads a TOML file.
    ///
    /// # Errors
    /// As [`House::read`], or the file is no TOML: the message has line and column.
    pub fn read_toml(&self, path: &str) -> Result<toml::Table, String> {
        let text = self.read(path)?;
        toml::from_str(&text).map_err(|why| format!("`{path}`: {why}"))
    }

    /// Every file written by hand that is text, sorted by path.
    ///
    /// # Errors
    /// A folder cannot be read; the message names it.
    pub fn texts(&self) -> Result<Vec<Text>, String> {
        let mut found = Vec::new();
        self.walk(&self.root, &mut found)?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn walk(&self, folder: &Path, found: &mut Vec<Text>) -> Result<(), String> {
        let entries = fs::read_dir(folder).map_err(|why| format!("`{}`: {why}", folder.display()))?;
        for entry in entries {
            let entry = entry.map_err(|why| format!("`{}`: {why}", folder.display()))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(|why| format!("`{name}`: {why}"))?;
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                self.walk(&entry.path(), found)?;
            } else if kind.is_file() {
                // What is not UTF-8 is no text of ours: pictures, keys, deliberately broken vectors.
                if let Ok(content) = fs::read_to_string(entry.path()) {
                    found.push(Text {
                        path: self.relative(&entry.path()),
                        content,
                    });
                }
            }
        }
        Ok(())
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/")
    }
}
