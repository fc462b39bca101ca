//! `did:web`: which address a DID means, which DID an address makes, and the document found there.
//!
//! Holds the mapping (did:web method specification) and the document (DID Core 1.0). Refuses to hold the fetch, its egress guard
//! and its cache: those are `edge/client` and `edge/runtime`.

mod document;
mod key;
mod render;

pub use document::{DidDocument, Rejected, Relationship, Service, VerificationMethod};
pub use render::{PublishedKey, Standing, render};

use chapar_terms::{Invalid, ParticipantId, Slug, limits};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

const WHAT: &str = "did:web";

/// Whose DID documents are fetched without TLS. Whoever is on the way can put a key of his own into such a document, so the text
/// of the DID decides, never an answer of the network, and nothing falls back from https to http.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Insecure {
    /// Those at `localhost` or a loopback address.
    pub loopback: bool,
    /// Those at hosts that the operator named, as [`plain_host`] gives them.
    pub hosts: BTreeSet<String>,
}

impl Insecure {
    /// Nobody's.
    pub const NEVER: Self = Self {
        loopback: false,
        hosts: BTreeSet::new(),
    };
    /// Those of this machine.
    pub const LOOPBACK: Self = Self {
        loopback: true,
        hosts: BTreeSet::new(),
    };

    fn covers(&self, authority: &Authority) -> bool {
        self.loopback && authority.is_loopback() || self.hosts.contains(&authority.text.to_ascii_lowercase())
    }
}

/// A host with an optional port as it stands in an address, in lower case: the form in which [`Insecure`] holds it.
///
/// # Errors
/// It is none; the configuration is wrong.
pub fn plain_host(text: &str) -> Result<String, Invalid> {
    Authority::parse(text).map(|authority| authority.text.to_ascii_lowercase())
}

/// The address of the document of a `did:web`: `did:web:host%3A8443:p` is at `https://host:8443/p/did.json`, a DID without
/// a path at `/.well-known/did.json`.
///
/// # Errors
/// The text is no `did:web`, or a segment would change the meaning of the address; the participant cannot be authenticated.
pub fn document_url(did: &str, insecure: &Insecure) -> Result<String, Invalid> {
    if did.len() > limits::ID_BYTES {
        return Err(Invalid::new(WHAT, format!("is longer than {} bytes", limits::ID_BYTES)));
    }
    let rest = did
        .strip_prefix("did:web:")
        .ok_or_else(|| Invalid::new(WHAT, format!("`{did}` is another kind of id")))?;
    let mut segments = rest.split(':');
    let authority = Authority::from_segment(segments.next().unwrap_or_default())?;
    let mut path = String::new();
    for segment in segments {
        check_path_segment(segment)?;
        path.push('/');
        path.push_str(segment);
    }
    if path.is_empty() {
        path.push_str("/.well-known");
    }
    let scheme = if insecure.covers(&authority) { "http" } else { "https" };
    Ok(format!("{scheme}://{}{path}/did.json", authority.text))
}

/// The DID of the participant `slug` at a node whose outside address is `public_url` (scheme, host, optional port and path).
///
/// # Errors
/// `public_url` is not of that form; the configuration is wrong.
pub fn web_did(public_url: &str, slug: &Slug) -> Result<ParticipantId, Invalid> {
    let wrong = |why: &str| Invalid::new("public_url", format!("`{public_url}` {why}"));
    let (rest, default_port) = match (public_url.strip_prefix("https://"), public_url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, ":443"),
        (_, Some(rest)) => (rest, ":80"),
        _ => return Err(wrong("begins with neither https:// nor http://")),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = Authority::parse(authority)?;
    let text = authority.text.strip_suffix(default_port).unwrap_or(&authority.text);
    let mut did = format!(
        "did:web:{}",
        text.replace('[', "%5B").replace(']', "%5D").replace(':', "%3A")
    );
    for segment in path
        .trim_end_matches('/')
        .split('/')
        .filter(|_| !path.trim_end_matches('/').is_empty())
    {
        check_path_segment(segment)?;
        did.push(':');
        did.push_str(segment);
    }
    did.push(':');
    did.push_str(slug.as_str());
    ParticipantId::parse(&did)
}

/// The DID of a DID URL: what stands before the fragment.
pub fn of_url(did_url: &str) -> &str {
    did_url.split_once('#').map_or(did_url, |(did, _)| did)
}

/// A host with an optional port, checked.
struct Authority {
    /// As it stands in an address, brackets of IPv6 included.
    text: String,
    /// The host without brackets.
    host: String,
}

impl Authority {
    /// Reads the first segment of a `did:web`, in which colon and brackets are percent-encoded. Nothing else may be.
    fn from_segment(segment: &str) -> Result<Self, Invalid> {
        let mut text = segment.to_owned();
        for (encoded, plain) in [
            ("%3A", ":"),
            ("%3a", ":"),
            ("%5B", "["),
            ("%5b", "["),
            ("%5D", "]"),
            ("%5d", "]"),
        ] {
            text = text.replace(encoded, plain);
        }
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(WHAT, format!("`{text}` is not a host with an optional port"));
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, tail) = rest.split_once(']').ok_or_else(wrong)?;
            host.parse::<Ipv6Addr>().map_err(|_| wrong())?;
            (
                host,
                if tail.is_empty() {
                    None
                } else {
                    Some(tail.strip_prefix(':').ok_or_else(wrong)?)
                },
            )
        } else {
            let (host, port) = text
                .split_once(':')
                .map_or((text, None), |(host, port)| (host, Some(port)));
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
            let odd = |edge: char| edge == '-' || edge == '.';
            if host.is_empty() || !host.chars().all(plain) || host.starts_with(odd) || host.contains("..") {
                return Err(wrong());
            }
            (host, port)
        };
        if let Some(port) = port {
            let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || port.starts_with('0') || port.parse::<u16>().is_err() {
                return Err(wrong());
            }
        }
        Ok(Self {
            text: text.to_owned(),
            host: host.to_owned(),
        })
    }

    fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// A path segment may hold what a DID may hold and percent-encodings of letters of any script, but nothing that means more
/// than itself inside an address (`/`, `?`, `#`, `%`, a dot segment, a control character).
fn check_path_segment(segment: &str) -> Result<(), Invalid> {
    let wrong = || Invalid::new(WHAT, format!("`{segment}` is not a path segment"));
    let mut plain = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
                    return Err(wrong());
                };
                let decoded = u8::try_from(high * 16 + low).map_err(|_| wrong())?;
                if decoded.is_ascii_control() || b"/\\?#%: ".contains(&decoded) {
                    return Err(wrong());
                }
                plain.push(decoded);
            }
            _ if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) => plain.push(byte),
            _ => return Err(wrong()),
        }
    }
    if plain.is_empty() || plain == b"." || plain == b".." {
        return Err(wrong());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
