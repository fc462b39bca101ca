//! The resources below a log's prefix: those of C2SP tlog-tiles, and what we put beside them: bodies, time stamps, and the
//! record by which a log ended.

use crate::TileId;
use chapar_terms::{Digest, Invalid, quote};

const SUCCESSOR: &str = "successor";

/// What a path below the prefix names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `checkpoint`: the newest one that was published.
    Checkpoint,
    /// A tile or a bundle.
    Tile(TileId),
    /// `body/` and the SHA-256 of one body.
    Body(Digest),
    /// `timestamps/` and a size: what an authority of time said of the checkpoint of that size.
    Timestamp(u64),
    /// `timestamps/sizes`, or `timestamps/sizes-before/` and a size: which sizes were stamped, the largest first.
    TimestampSizes(Option<u64>),
    /// `successor`: where there is one, the record by which the log ended and another took its place.
    Successor,
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
        if path == SUCCESSOR {
            return Ok(Self::Successor);
        }
        if let Some(rest) = path.strip_prefix("timestamps/") {
            return timestamps(rest);
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
            Self::Timestamp(size) => format!("timestamps/{size}"),
            Self::Successor => SUCCESSOR.to_owned(),
            Self::TimestampSizes(None) => "timestamps/sizes".to_owned(),
            Self::TimestampSizes(Some(before)) => format!("timestamps/sizes-before/{before}"),
        }
    }
}

fn timestamps(rest: &str) -> Result<Resource, Invalid> {
    if rest == "sizes" {
        return Ok(Resource::TimestampSizes(None));
    }
    let (size, is_list) = match rest.strip_prefix("sizes-before/") {
        Some(size) => (size, true),
        None => (rest, false),
    };
    let number: Option<u64> = size.parse().ok().filter(|number: &u64| number.to_string() == size);
    match (number, is_list) {
        (Some(before), true) => Ok(Resource::TimestampSizes(Some(before))),
        (Some(size), false) => Ok(Resource::Timestamp(size)),
        (None, _) => Err(Invalid::new("time stamp path", format!("{} is no size", quote(size)))),
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
            "timestamps/17",
            "successor",
            "timestamps/sizes",
            "timestamps/sizes-before/18446744073709551615",
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
            "successor/",
            "timestamps/",
            "timestamps/017",
            "timestamps/+17",
            "timestamps/sizes/",
            "timestamps/sizes-before/",
            "timestamps/sizes-before/18446744073709551616",
        ] {
            assert!(Resource::parse(path).is_err(), "{path}");
        }
    }
}
