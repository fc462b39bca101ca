//! `chapar carry`: logs on a stick, between nodes that have no link.
//!
//! A stick is a folder: a manifest, and each log as `chapar log export` copies it. Nobody has to trust it: what is read from it is judged like
//! what comes over a network, and the manifest says only where to look.

use super::verify::source;
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, text};
use chapar_client::{Clock, SystemClock};
use chapar_verify::copy;
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  chapar carry export --to /media/stick       at a node that has the logs
  chapar carry import /media/stick            at a node that has no link to it
  chapar verify /media/stick/logs/5d41...     what is on the stick, checked by anybody

All of it takes the operator's key. Done again, either takes only what is new.";

/// What a manifest says of itself.
const FORMAT: &str = "chapar carried logs";
const VERSION: u8 = 1;
const MANIFEST: &str = "manifest.json";
/// Longest manifest read: some thousand logs.
const MANIFEST_BYTES: u64 = 4 * 1024 * 1024;

/// Logs on a stick, between nodes that have no link: export, import
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Carry {
    Export(Export),
    Import(Import),
}

/// Copy every log that this node has, its own and those that it mirrors, into a folder
///
/// Checkpoints, entries, tiles and bodies are read at the node's public address, as everybody reads them. A copy that broke off is gone on
/// with; a stick that holds logs of other nodes keeps them.
///
/// Example: chapar carry export --to /media/stick --key "$(cat data/operator.key)"
#[derive(clap::Args, Debug)]
pub struct Export {
    /// The folder; it is made when it is not there.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only the log of this origin; may be said several times.
    #[arg(long = "log", value_name = "ORIGIN")]
    logs: Vec<String>,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Take what is new of the logs that this node mirrors from such a folder
///
/// The folder lies on the node's machine. Every byte is judged as if it came from the log itself: the stick cannot make anybody believe
/// anything. A log that is not mirrored here is named with its key; when you have that key by a way that is trusted, pin it. Where a log has
/// ended, and the stick shows that signed by both hands, its successor is mirrored from then on, as over a network.
///
/// Example: chapar carry import /media/stick --pin 'uz.example/plant/log+530d903a+Aekye...' --key "$(cat data/operator.key)"
#[derive(clap::Args, Debug)]
pub struct Import {
    /// The folder.
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// Begin to mirror the log with this key, which you have from its owner; may be said several times.
    #[arg(long = "pin", value_name = "VKEY")]
    pins: Vec<String>,
    #[command(flatten)]
    api: ApiArgs,
}

impl Carry {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Export(export) => export.run().await,
            Self::Import(import) => import.run().await,
        }
    }
}

impl Export {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let held = items(&api, "/views").await?;
        let mirrors = items(&api, "/mirrors").await?;
        if let Some(unknown) = self
            .logs
            .iter()
            .find(|origin| !held.iter().any(|log| is_of(log, origin)))
        {
            return Err(Failure::new(format!("this node has no log `{unknown}`")));
        }
        let mut carried = read_manifest(&self.to)?.unwrap_or_default();
        let mut copied = Vec::new();
        let is_wanted = |log: &&Value| self.logs.is_empty() || self.logs.iter().any(|origin| is_of(log, origin));
        for log in held.iter().filter(is_wanted).filter(|log| *part(log, "size") != 0) {
            let mirror = mirrors.iter().find(|mirror| is_of(mirror, text(log, "origin")));
            let (entry, shown) = self.copy_one(log, mirror).await?;
            carried.retain(|other| !is_of(other, text(log, "origin")));
            carried.push(entry);
            // After each: what is whole by then counts, whatever becomes of the rest.
            write_manifest(&self.to, &carried)?;
            copied.push(shown);
        }
        self.api.show_all(
            copied,
            &["origin", "size", "written", "kept"],
            "this node has published and mirrored nothing",
        );
        Ok(())
    }

    async fn copy_one(&self, log: &Value, mirror: Option<&Value>) -> Result<(Value, Value), Failure> {
        let folder = format!("logs/{}", text(log, "originHash"));
        let now = SystemClock.now().rfc3339();
        let from = source(text(log, "address"), self.authorities.as_deref())?;
        let bar = show::entries_bar();
        let copied = copy(&from, &self.to.join(&folder), &|done, size| {
            show::advance(&bar, done, size)
        })
        .await;
        bar.finish_and_clear();
        let copied = copied?;
        let checked_at = mirror.map_or(Some(now.as_str()), |mirror| mirror.get("checkedAt")?.as_str());
        let entry = json!({
            "origin": part(log, "origin"),
            "vkey": part(log, "vkey"),
            "owner": part(log, "owner"),
            "address": part(mirror.unwrap_or(log), "address"),
            "size": copied.size,
            "checkedAt": checked_at,
            "folder": folder,
        });
        let shown = json!({
            "origin": part(log, "origin"),
            "size": copied.size,
            "written": copied.written,
            "kept": copied.kept,
        });
        Ok((entry, shown))
    }
}

impl Import {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let logs = read_manifest(&self.from)?
            .ok_or_else(|| Failure::new(format!("`{}` holds no `{MANIFEST}`", self.from.display())))?;
        let unknown = |pin: &&String| !logs.iter().any(|log| text(log, "vkey") == pin.as_str());
        if let Some(pin) = self.pins.iter().find(unknown) {
            return Err(Failure::new(format!(
                "no log in `{}` has the key `{pin}`",
                self.from.display()
            )));
        }
        let from = std::path::absolute(&self.from).map_err(|error| Failure::new(error.to_string()))?;
        let shown = self.take_all(&api, logs, &from).await?;
        let is_refused = shown.iter().any(|log| !part(log, "refused").is_null());
        let members = [
            "origin",
            "state",
            "new",
            "size",
            "ageSeconds",
            "refused.code",
            "refused.detail",
            "vkey",
        ];
        self.api.show_all(shown, &members, "the folder holds no log");
        match is_refused {
            true => Err(Failure::new("not all was taken")
                .remedy("a log that is not mirrored here is pinned by its key, once you have that by a way that is trusted: --pin VKEY")),
            false => Ok(()),
        }
    }

    /// What came of each log. One that took the place of another is mirrored once that one's end was taken, wherever it stands on the stick.
    async fn take_all(&self, api: &OwnApi, mut left: Vec<Value>, from: &Path) -> Result<Vec<Value>, Failure> {
        let mut shown = Vec::new();
        loop {
            let mirrors = items(api, "/mirrors").await?;
            let (mut unknown, before) = (Vec::new(), left.len());
            for log in left {
                let mut known = mirrors
                    .iter()
                    .find(|mirror| is_of(mirror, text(&log, "origin")))
                    .cloned();
                if known.is_none() && self.is_pinned(text(&log, "vkey")) {
                    known = Some(pin(api, &log).await?);
                }
                match known {
                    Some(mirror) => shown.push(take(api, &log, &mirror, from).await?),
                    None => unknown.push(log),
                }
            }
            if unknown.len() == before {
                shown.extend(unknown.iter().map(not_mirrored));
                return Ok(shown);
            }
            left = unknown;
        }
    }

    /// The stick itself pins nothing: whoever carries it could write any key into it.
    fn is_pinned(&self, vkey: &str) -> bool {
        self.pins.iter().any(|pin| pin == vkey) || chapar_terms::sabotaged("carry-pins-any-key")
    }
}

fn not_mirrored(log: &Value) -> Value {
    json!({ "origin": part(log, "origin"), "refused": { "code": "not-mirrored" }, "vkey": part(log, "vkey") })
}

/// Begins to mirror a log of a stick.
async fn pin(api: &OwnApi, log: &Value) -> Result<Value, Failure> {
    let body = json!({ "address": part(log, "address"), "vkey": part(log, "vkey"), "owner": part(log, "owner") });
    api.ask(Method::POST, "/mirrors", Some(&body)).await
}

/// Has the node take what is new; what came of it.
async fn take(api: &OwnApi, log: &Value, mirror: &Value, from: &Path) -> Result<Value, Failure> {
    let before = part(mirror, "size").as_u64().unwrap_or_default();
    let folder = text(log, "folder");
    if !is_folder(folder) {
        return Ok(json!({ "origin": part(log, "origin"), "refused": { "code": "wrong-manifest" } }));
    }
    let mut body = json!({ "folder": from.join(folder) });
    if let (Some(at), Some(members)) = (part(log, "checkedAt").as_str(), body.as_object_mut()) {
        members.insert("checkedAt".to_owned(), at.into());
    }
    let path = format!("/mirrors/{}/carried", text(mirror, "id"));
    let after = api.ask(Method::POST, &path, Some(&body)).await?;
    let size = part(&after, "size").as_u64().unwrap_or_default();
    let mut shown = json!({
        "origin": part(log, "origin"),
        "state": part(&after, "state"),
        "new": size.saturating_sub(before),
        "size": size,
        "ageSeconds": part(&after, "ageSeconds"),
    });
    if let (Some(refused), Some(members)) = (after.get("refused").cloned(), shown.as_object_mut()) {
        members.insert("refused".to_owned(), refused);
    }
    Ok(shown)
}

/// A stick names no folder but its own.
fn is_folder(folder: &str) -> bool {
    let name = folder.strip_prefix("logs/").unwrap_or_default();
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

async fn items(api: &OwnApi, path: &str) -> Result<Vec<Value>, Failure> {
    let answer = api.read(path).await?;
    Ok(part(&answer, "items").as_array().cloned().unwrap_or_default())
}

/// A member; null where it is not there.
fn part<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn is_of(log: &Value, origin: &str) -> bool {
    text(log, "origin") == origin
}

/// The logs that a manifest names; none where there is no manifest.
fn read_manifest(folder: &Path) -> Result<Option<Vec<Value>>, Failure> {
    let file = folder.join(MANIFEST);
    let wrong = |why: String| Failure::new(format!("`{}`: {why}", file.display()));
    match std::fs::metadata(&file) {
        Ok(found) if found.len() > MANIFEST_BYTES => return Err(wrong("is longer than any manifest".to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error.to_string())),
    }
    let read = std::fs::read_to_string(&file).map_err(|error| wrong(error.to_string()))?;
    let manifest: Value = serde_json::from_str(&read).map_err(|error| wrong(error.to_string()))?;
    let is_known = text(&manifest, "format") == FORMAT && *part(&manifest, "version") == VERSION;
    match manifest.get("logs").and_then(Value::as_array) {
        Some(logs) if is_known => Ok(Some(logs.clone())),
        _ => Err(wrong("is no manifest of carried logs".to_owned())),
    }
}

/// It appears under its name when it is whole and durable.
fn write_manifest(folder: &Path, logs: &[Value]) -> Result<(), Failure> {
    let (file, temporary) = (folder.join(MANIFEST), folder.join("manifest.json.part"));
    let manifest = json!({ "format": FORMAT, "version": VERSION, "logs": logs });
    let write = || {
        std::fs::write(&temporary, format!("{manifest:#}\n"))?;
        std::fs::File::open(&temporary)?.sync_all()?;
        std::fs::rename(&temporary, &file)
    };
    let written: std::io::Result<()> = write();
    written.map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stick_names_no_folder_but_its_own() {
        let name = "5d".repeat(32);
        assert!(is_folder(&format!("logs/{name}")));
        for other in [
            name.clone(),
            "logs/..".to_owned(),
            format!("/logs/{name}"),
            format!("logs/{name}/.."),
            "logs/".to_owned(),
        ] {
            assert!(!is_folder(&other), "{other}");
        }
    }
}
