//! The version document at `/.well-known/dspace-version` (DSP 2025-1, Common Functionalities, exposure of versions).

use crate::error::{Malformed, code, quote};
use crate::message::parts::Object;
use crate::{VERSION, json};
use chapar_terms::limits;
use serde_json::{Map, Value, json};

/// The one binding that DSP 2025-1 defines.
pub const HTTPS: &str = "HTTPS";

/// One protocol version that a participant speaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolVersion {
    /// E.g. `2025-1`.
    pub version: String,
    /// Absolute path, appended to the root under which the document was found.
    pub path: String,
    /// E.g. [`HTTPS`].
    pub binding: String,
    /// Tells several services of one participant apart.
    pub service_id: Option<String>,
    /// What participant ids look like, e.g. `did:web`.
    pub identifier_type: Option<String>,
    /// How peers prove who they are.
    pub auth: Option<Auth>,
}

/// How peers of this version prove who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// E.g. `DCP`.
    pub protocol: String,
    /// Its version.
    pub version: String,
    /// Profiles of it.
    pub profile: Vec<String>,
}

impl ProtocolVersion {
    /// DSP 2025-1 over HTTPS at `path`.
    pub fn at(path: impl Into<String>) -> Self {
        Self {
            version: VERSION.to_owned(),
            path: path.into(),
            binding: HTTPS.to_owned(),
            service_id: None,
            identifier_type: None,
            auth: None,
        }
    }
}

/// The first entry that we can talk to. Without one the peer must be left alone.
pub fn spoken(entries: &[ProtocolVersion]) -> Option<&ProtocolVersion> {
    entries
        .iter()
        .find(|entry| entry.version == VERSION && entry.binding == HTTPS)
}

/// Most entries that are told of a document of a peer; a sensible one has two or three.
const TOLD: usize = 8;

/// The versions and bindings of a peer's document in words, for whoever has to know why it cannot be talked to.
pub fn in_words(entries: &[ProtocolVersion]) -> String {
    let told = entries.iter().take(TOLD);
    let told: Vec<_> = told
        .map(|entry| format!("{} over {}", quote(&entry.version), quote(&entry.binding)))
        .collect();
    let more = if entries.len() > TOLD { " and more" } else { "" };
    format!("{}{more}", told.join(", "))
}

/// Renders the document; `entries` must not be empty.
pub fn render(entries: &[ProtocolVersion]) -> Value {
    let entries: Vec<_> = entries.iter().map(render_entry).collect();
    json!({ "protocolVersions": entries })
}

fn render_entry(entry: &ProtocolVersion) -> Value {
    let mut members = Map::new();
    let texts = [
        ("version", Some(&entry.version)),
        ("path", Some(&entry.path)),
        ("binding", Some(&entry.binding)),
        ("serviceId", entry.service_id.as_ref()),
        ("identifierType", entry.identifier_type.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            members.insert(name.to_owned(), text.as_str().into());
        }
    }
    if let Some(auth) = &entry.auth {
        let mut rendered = json!({"protocol": auth.protocol, "version": auth.version});
        if let (Some(members), false) = (rendered.as_object_mut(), auth.profile.is_empty()) {
            members.insert("profile".to_owned(), auth.profile.clone().into());
        }
        members.insert("auth".to_owned(), rendered);
    }
    Value::Object(members)
}

/// Reads a peer's document; entries that are malformed are left out.
///
/// # Errors
/// The document is no version document or has no good entry; the peer cannot be talked to.
pub fn parse(bytes: &[u8]) -> Result<Vec<ProtocolVersion>, Malformed> {
    let body = json::read(bytes, limits::MESSAGE_BYTES)?;
    let document = Object::root(&body)?;
    let entries = document
        .list("protocolVersions")?
        .ok_or_else(|| document.missing("protocolVersions"))?;
    let mut first_fault = None;
    let mut good = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match parse_entry(entry, &format!("protocolVersions[{index}]")) {
            Ok(entry) => good.push(entry),
            Err(fault) => {
                first_fault.get_or_insert(fault);
            }
        }
    }
    if good.is_empty() {
        return Err(first_fault.unwrap_or_else(|| document.wrong("protocolVersions", "is empty")));
    }
    Ok(good)
}

fn parse_entry(entry: &Value, place: &str) -> Result<ProtocolVersion, Malformed> {
    let entry = Object::at(entry, place)?;
    let path = entry.text("path")?;
    if !is_path(path) {
        return Err(Malformed::new(
            code::WRONG_MEMBER,
            format!("`{place}.path` must be an absolute path"),
        ));
    }
    Ok(ProtocolVersion {
        version: entry.filled_text("version")?.to_owned(),
        path: path.to_owned(),
        binding: entry.filled_text("binding")?.to_owned(),
        service_id: entry.optional_text("serviceId")?.map(str::to_owned),
        identifier_type: entry.optional_text("identifierType")?.map(str::to_owned),
        auth: entry
            .optional_object("auth")?
            .map(|auth| parse_auth(&auth))
            .transpose()?,
    })
}

fn parse_auth(auth: &Object<'_>) -> Result<Auth, Malformed> {
    let mut profile = Vec::new();
    for item in auth.list("profile")?.unwrap_or_default() {
        match item.as_str() {
            Some(text) => profile.push(text.to_owned()),
            None => return Err(auth.wrong("profile", "must be an array of strings")),
        }
    }
    Ok(Auth {
        protocol: auth.text("protocol")?.to_owned(),
        version: auth.text("version")?.to_owned(),
        profile,
    })
}

/// Appended to a root, the path must stay below it and on its host.
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= limits::ID_BYTES
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\'))
        && !path
            .split('/')
            .any(|segment| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | ".."))
}
