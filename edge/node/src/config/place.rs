//! Where a setting stands, and what is wrong there: every error of the configuration names file, line and column, or the
//! environment variable, and says what to write.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// The configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// `file:line:column`, `file` or the name of an environment variable.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What to write there.
    pub write: String,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if self.write.is_empty() {
            Ok(())
        } else {
            write!(f, "; write {}", self.write)
        }
    }
}

impl std::error::Error for ConfigFault {}

/// A file's text under the name that errors give it.
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    /// `file:line:column` of the first byte of `span`, both counted from 1, columns in characters.
    pub fn at(&self, span: Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
        format!("{}:{line}:{column}", self.name)
    }

    /// What the reader of TOML refused, in our words where it speaks of Rust.
    pub fn unreadable(&self, error: &toml::de::Error) -> ConfigFault {
        let place = error.span().map_or_else(|| self.name.to_owned(), |span| self.at(span));
        let message = error.message();
        let (what, write) = match message
            .strip_prefix("unknown field ")
            .and_then(|rest| rest.split_once(", expected "))
        {
            Some((key, known)) => {
                let known = known.trim_start_matches("one of ").replace("` or `", "`, `");
                (format!("unknown key {key}"), format!("one of {known}"))
            }
            None => (
                message
                    .trim()
                    .replace('\n', " ")
                    .replace("missing field", "missing key"),
                String::new(),
            ),
        };
        ConfigFault { place, what, write }
    }
}

/// A setting as it was given, and where.
#[derive(Clone, Debug)]
pub struct Given {
    pub value: String,
    pub place: String,
}

impl Given {
    /// The setting is refused.
    pub fn refuse(&self, why: impl fmt::Display, write: impl Into<String>) -> ConfigFault {
        ConfigFault {
            place: self.place.clone(),
            what: format!("`{}` {why}", self.value),
            write: write.into(),
        }
    }
}

/// A file that a setting names: what is wrong with it is told with the place of the setting.
#[derive(Clone, Debug)]
pub struct NamedFile {
    pub path: PathBuf,
    pub place: String,
}

impl NamedFile {
    /// Its bytes; `write` says what the setting should name.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, write: &str) -> Result<Vec<u8>, ConfigFault> {
        std::fs::read(&self.path).map_err(|error| self.refuse(format!("cannot be read: {error}"), write))
    }

    /// The file is refused.
    pub fn refuse(&self, why: impl fmt::Display, write: impl Into<String>) -> ConfigFault {
        ConfigFault {
            place: self.place.clone(),
            what: format!("`{}` {why}", self.path.display()),
            write: write.into(),
        }
    }
}
