//! The resources below a log's prefix: those of C2SP tlog-tiles, and the bodies that we put beside them.

use crate::TileId;
use chapar_terms::{Digest, Invalid, quote};

/// What a path below the prefix names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `checkpoint`: the newest one that was published.
    Checkpoint,
    /// A tile or a bundle.
    Tile(TileId),
    /// `body/` and the SHA-256 of one body.
    Body(Digest),
}

impl Resource {
    /// Reads a path without a leading slash: exactly what [`Resource::path`] writes, no other spelling.
    ///
    /// # Errors
    /// It names nothing; answer "not found".
    pub fn parse(path: &str) -> Result<Self, Invalid> {
        if path == "checkpoint" {
            return Ok(Self::Checkpoint);
        }
        let Some(hex) = path.strip_prefix("body/") else {
            return TileId::parse(path).map(Self::Tile);
        };
        let digest = Digest::from_hex(hex)?;
        if digest.hex() == hex {
            Ok(Self::Body(digest))
        } else {
            Err(Invalid::new(
                "body path",
                format!("{} is not in lower case", quote(path)),
            ))
        }
    }

    /// The path below the prefix, without a leading slash.
    pub fn path(self) -> String {
        match self {
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Tile(id) => id.path(),
            Self::Body(digest) => format!("body/{digest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_each() {
        let body = format!("body/{}", Digest::of(b"{}"));
        for path in [
            "checkpoint",
            "tile/0/000",
            "tile/entries/000.p/1",
            "bodies/x001/000",
            &body,
        ] {
            assert_eq!(Resource::parse(path).unwrap().path(), path);
        }
        for path in [
            "",
            "/checkpoint",
            "checkpoint/",
            "body/",
            "body/00",
            &body.to_uppercase().replace("BODY", "body"),
            "log",
        ] {
            assert!(Resource::parse(path).is_err(), "{path}");
        }
    }
}
