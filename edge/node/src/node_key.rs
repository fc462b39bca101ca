//! The node key: from the environment, or from a file in the data folder that is made at the first start.
//!
//! What is sealed with it is `edge/store`'s matter, what is derived from it `keys`'.

use crate::Failure;
use chapar_store::NodeKey;
use chapar_terms::Digest;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The variable that holds the key as 64 hexadecimal digits.
pub const VARIABLE: &str = "CHAPAR_NODE_KEY";

/// Where the key stands in a data folder.
pub fn file(data: &Path) -> PathBuf {
    data.join("node.key")
}

/// The key of the node in `data`; `variable` is what the environment says. Makes a key when there is none and no database either.
///
/// # Errors
/// The key is unreadable, readable by others, or lost; do not start.
pub fn load_or_make(data: &Path, variable: Option<String>) -> Result<NodeKey, Failure> {
    if let Some(text) = variable {
        return parse(&text).ok_or_else(|| Failure::new(format!("{VARIABLE} is not 64 hexadecimal digits")));
    }
    let file = file(data);
    match fs::read_to_string(&file) {
        Ok(text) => {
            check_rights(&file)?;
            let place = file.display();
            parse(text.trim()).ok_or_else(|| Failure::new(format!("`{place}` does not hold 64 hexadecimal digits")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(data, &file),
        Err(error) => Err(Failure::new(format!("`{}` cannot be read: {error}", file.display()))),
    }
}

fn make(data: &Path, file: &Path) -> Result<NodeKey, Failure> {
    if data.join("chapar.db").exists() {
        let what = format!(
            "`{}` is gone, and the database beside it cannot be read without it",
            file.display()
        );
        return Err(Failure::new(what).remedy(format!("put the key back, or give it in {VARIABLE}")));
    }
    let key = NodeKey::fresh()?;
    write_secret(file, &Digest::from_bytes(*key.as_bytes()).hex())?;
    Ok(key)
}

fn parse(text: &str) -> Option<NodeKey> {
    Digest::from_hex(text)
        .ok()
        .map(|bytes| NodeKey::from_bytes(*bytes.as_bytes()))
}

/// Writes a new file that only its owner can read, durably; refuses to replace one.
///
/// # Errors
/// The file exists or cannot be written.
pub fn write_secret(file: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("`{}` cannot be written: {error}", file.display()));
    if let Some(folder) = file.parent() {
        make_folder(folder).map_err(failed)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut written = options.open(file)?;
        writeln!(written, "{text}")?;
        written.sync_all()
    };
    write().map_err(failed)
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Refuses a secret that other users of the machine can read.
///
/// # Errors
/// They can, or the file's rights cannot be read.
pub fn check_rights(file: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let place = file.display();
        let metadata =
            fs::metadata(file).map_err(|error| Failure::new(format!("`{place}` cannot be read: {error}")))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let what = format!("`{place}` can be read by other users of this machine (mode {mode:o})");
            return Err(Failure::new(what).remedy(format!("chmod 600 {place}")));
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("chapar-key-{name}-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let data = folder("made");
        let first = load_or_make(&data, None).unwrap();
        assert_eq!(load_or_make(&data, None).unwrap().as_bytes(), first.as_bytes());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(file(&data), fs::Permissions::from_mode(0o644)).unwrap();
            assert!(load_or_make(&data, None).unwrap_err().to_string().contains("chmod 600"));
        }
        fs::remove_dir_all(data).unwrap();
    }

    #[test]
    fn a_lost_key_is_not_replaced() {
        let data = folder("lost");
        fs::write(data.join("chapar.db"), "").unwrap();
        assert!(load_or_make(&data, None).unwrap_err().to_string().contains("is gone"));
        assert!(load_or_make(&data, Some("zz".to_owned())).is_err());
        assert!(load_or_make(&data, Some("ab".repeat(32))).is_ok());
        fs::remove_dir_all(data).unwrap();
    }
}
