//! `chapar record`: what the participant says in public, from a draft to the proof of it.

mod bulk;
mod difference;
mod harvest;
mod mapping;

use super::document::read_json;
use super::search::{read_version, show_history};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use clap::Subcommand;
use http::Method;
use serde_json::{Map, Value, json};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  chapar kinds                                       what can be said
  chapar record new dataset --to water.json          a draft to begin with
  chapar record publish water.json --no-personal-data
  chapar record publish-all records.jsonl --no-personal-data
  chapar record harvest https://data.example --format ckan --no-personal-data
  chapar record show water-losses-2026
  chapar record history water-losses-2026
  chapar record diff water-losses-2026 1 2
  chapar record diff did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026 1 2
  chapar record proof water-losses-2026 --to water.record-proof
  chapar record publish bid.json --no-personal-data --sealed
  chapar record open bid-2026
  chapar record publish finding.json --no-personal-data --party did:web:kz.example:border
  chapar record fetch did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/finding --to finding.closed.json
  chapar record withdraw water-losses-2026 --code error --reason en='The figures of May were wrong.'

A record is signed, public and for ever: a later version or a withdrawal is written beside it, nothing is changed.
Of one that is not open the log holds a salted hash alone. What a sealed one says stays with this node until it is opened; what is for \
parties or members is offered to them in the exchange by itself, and they get it with chapar record fetch.";

/// What is looked at of a record on a terminal.
const CARD: &[&str] = &[
    "id",
    "kind",
    "version",
    "issued",
    "valid",
    "visibility",
    "openedAt",
    "languages",
    "authentic",
    "mandate",
    "links",
    "state",
    "log",
    "index",
    "leafHash",
    "bodyHash",
    "bodyPurgedAt",
];
/// How long a publication is waited for: ten times what it usually takes.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Records of a participant: new, publish, publish-all, harvest, show, history, diff, proof, open, fetch, withdraw
///
/// A record says something in public: that a data set exists, a service is given, an event takes place. It has a kind, which says what
/// belongs into it (`chapar kinds`), and stands signed in the participant's log, which everybody can read and check.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Record {
    New(New),
    Publish(Publish),
    PublishAll(bulk::PublishAll),
    Harvest(harvest::Harvest),
    Show(Show),
    History(History),
    Diff(Diff),
    Proof(Proof),
    Open(Open),
    Fetch(Fetch),
    Withdraw(Withdraw),
}

/// Write a draft to begin with: an invented example of the kind
///
/// Example: chapar record new dataset --to water.json
#[derive(clap::Args, Debug)]
pub struct New {
    /// The kind: chapar kinds.
    kind: String,
    /// Its name in the register; a fresh one when left out.
    #[arg(long)]
    name: Option<String>,
    /// The file to write; the terminal when left out.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Publish the record of a draft; the name of a record that is there makes its next version
///
/// Example: chapar record publish water.json --no-personal-data
#[derive(clap::Args, Debug)]
pub struct Publish {
    /// The draft, as `chapar record new` writes it.
    draft: PathBuf,
    /// You have looked: the record tells of no person. It cannot be taken back from the world.
    #[arg(long)]
    no_personal_data: bool,
    /// Publish a salted hash of the body only, until chapar record open. The draft may say the same: "visibility": "sealed".
    #[arg(long)]
    sealed: bool,
    /// The body is for this participant; may be given more than once. Everybody else sees a salted hash.
    #[arg(long, value_name = "DID", conflicts_with = "sealed")]
    party: Vec<String>,
    /// The body is for the members of this federation, as they are when they ask; of the only one that you are in when none is named.
    #[arg(long, value_name = "FEDERATION", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["sealed", "party"])]
    members: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Show a record: its newest version, and its withdrawal if it was withdrawn; of others, one whose body was fetched
///
/// Example: chapar record show water-losses-2026
#[derive(clap::Args, Debug)]
pub struct Show {
    /// Its name in the register, or the id of a record whose body chapar record fetch got.
    name: String,
    /// Another version than the newest.
    #[arg(long)]
    version: Option<u32>,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the versions of a record, one's own by its name, anybody's by its id
///
/// Example: chapar record history water-losses-2026
#[derive(clap::Args, Debug)]
pub struct History {
    /// Its name in the register, or the id of a record of any log that the node holds.
    name: String,
    #[command(flatten)]
    door: Door,
    #[command(flatten)]
    api: ApiArgs,
}

/// Where records of others are read.
#[derive(clap::Args, Debug)]
pub struct Door {
    /// The node's public listener, for records of others.
    #[arg(
        long,
        env = "CHAPAR_PUBLIC",
        default_value = "http://127.0.0.1:8443",
        value_name = "URL"
    )]
    at: String,
}

/// Show what differs between two versions of a record, one's own by its name, anybody's by its id
///
/// Example: chapar record diff water-losses-2026 1 2
#[derive(clap::Args, Debug)]
pub struct Diff {
    /// Its name in the register, or the id of a record of any log that the node holds.
    name: String,
    /// The one version; the last but one when left out.
    before: Option<u32>,
    /// The other; the newest when left out.
    after: Option<u32>,
    #[command(flatten)]
    door: Door,
    #[command(flatten)]
    api: ApiArgs,
}

/// Write the proof that a record is in the published log, to be checked without a network
///
/// Example: chapar record proof water-losses-2026 --to water.record-proof
#[derive(clap::Args, Debug)]
pub struct Proof {
    /// Its name in the register.
    name: String,
    /// Another version than the newest.
    #[arg(long)]
    version: Option<u32>,
    /// The file to write; the terminal when left out.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Open a sealed record: everybody can read it from then on, and check that it was not changed since
///
/// Its body and the salt of its hash are published in a record of their own. It cannot be sealed again.
///
/// Example: chapar record open bid-2026
#[derive(clap::Args, Debug)]
pub struct Open {
    /// Its name in the register.
    name: String,
    /// Another version than the newest.
    #[arg(long)]
    version: Option<u32>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Get the body of a record of others that is not open, where it is for us: negotiated, checked against the record, and kept
///
/// The log of the record is mirrored by this node. Only your participant sees the body; the file holds it with the salt, for chapar verify.
///
/// Example: chapar record fetch did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/finding --to finding.closed.json
#[derive(clap::Args, Debug)]
pub struct Fetch {
    /// The id of the record.
    id: String,
    /// The file to write: body and salt; none when left out.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Withdraw a record, with the reason
///
/// Example: chapar record withdraw water-losses-2026 --code error --reason en='The figures of May were wrong.'
#[derive(clap::Args, Debug)]
pub struct Withdraw {
    /// Its name in the register.
    name: String,
    /// Why, for programs.
    #[arg(long, value_parser = ["superseded", "error", "law", "personal-data", "expired", "other"])]
    code: String,
    /// Why, for people: LANGUAGE=TEXT, once for each language.
    #[arg(long, required = true, value_name = "LANGUAGE=TEXT")]
    reason: Vec<String>,
    /// The id of the record that takes its place.
    #[arg(long, value_name = "ID")]
    replaced_by: Option<String>,
    /// Nodes must delete the body and keep only that there was one.
    #[arg(long)]
    purge: bool,
    #[command(flatten)]
    api: ApiArgs,
}

impl Record {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::New(new) => new.run().await,
            Self::Publish(publish) => publish.run().await,
            Self::PublishAll(all) => all.run().await,
            Self::Harvest(harvest) => harvest.run().await,
            Self::Show(show) => show.run().await,
            Self::History(history) => history.run().await,
            Self::Diff(diff) => diff.run().await,
            Self::Proof(proof) => proof.run().await,
            Self::Open(open) => open.run().await,
            Self::Fetch(fetch) => fetch.run().await,
            Self::Withdraw(withdraw) => withdraw.run().await,
        }
    }
}

impl New {
    async fn run(self) -> Result<(), Failure> {
        let kind = self
            .api
            .open()?
            .read(&format!("/kinds/{}", segment(&self.kind)))
            .await?;
        let mut draft = json!({ "kind": self.kind, "links": [], "body": kind.get("example") });
        if let Some(members) = draft.as_object_mut() {
            members.extend(self.name.map(|name| ("name".to_owned(), json!(name))));
        }
        write(self.to.as_deref(), &format!("{draft:#}\n"))
    }
}

impl Publish {
    async fn run(self) -> Result<(), Failure> {
        let mut draft = read_json(&self.draft)?;
        let members = draft.as_object_mut().ok_or_else(|| {
            Failure::new(format!("`{}` holds no draft", self.draft.display())).remedy("chapar record new --help")
        })?;
        members.insert("noPersonalData".to_owned(), json!(self.no_personal_data));
        members.extend(self.for_whom());
        let api = self.api.open()?;
        let record = api.ask(Method::POST, "/records", Some(&draft)).await?;
        let record = published(&api, record).await?;
        self.api.show(&record, CARD);
        Ok(())
    }
}

impl Publish {
    /// Who may have the body, where the flags say it.
    fn for_whom(&self) -> Map<String, Value> {
        let mut said = Map::new();
        let mut say = |name: &str, value: Value| said.insert(name.to_owned(), value);
        if self.sealed {
            say("visibility", json!("sealed"));
        } else if !self.party.is_empty() {
            say("visibility", json!("parties"));
            say("parties", json!(self.party));
        } else if let Some(federation) = &self.members {
            say("visibility", json!("members"));
            if !federation.is_empty() {
                say("federation", json!(federation));
            }
        }
        said
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        if is_id(&self.name) {
            let version = self
                .version
                .map(|version| format!("?version={version}"))
                .unwrap_or_default();
            let path = format!("/fetched-records/{}{version}", segment(&self.name));
            show_fetched(&self.api.open()?.read(&path).await?, &self.api);
            return Ok(());
        }
        let record = self.api.open()?.read(&path(&self.name, self.version)).await?;
        if self.api.json {
            show::json(&record);
            return Ok(());
        }
        show::card(&record, CARD);
        if let Some(withdrawal) = record.get("withdrawal") {
            outln!("\nwithdrawn");
            show::card(withdrawal, &["issued", "body.code", "body.reason", "body.replacedBy"]);
        }
        if let Some(body) = record.get("body") {
            outln!();
            show::json(body);
        }
        Ok(())
    }
}

impl History {
    async fn run(self) -> Result<(), Failure> {
        if is_id(&self.name) {
            return show_history(&self.door.at, &self.name, self.api.json).await;
        }
        let path = format!("/records/{}/history", segment(&self.name));
        let items = self.api.open()?.list(&path).await?;
        self.api.show_all(
            items,
            &["kind", "version", "issued", "index", "state", "leafHash"],
            "no such record",
        );
        Ok(())
    }
}

impl Diff {
    async fn run(self) -> Result<(), Failure> {
        let after = self.version(self.after).await?;
        let before = match self.before {
            Some(before) => before,
            None => version_before(&after)?,
        };
        let before = self.version(Some(before)).await?;
        show_difference(&before, &after, self.api.json);
        Ok(())
    }
}

/// The number of the version before this one.
fn version_before(record: &Value) -> Result<u32, Failure> {
    let version = record.get("version").and_then(Value::as_u64).unwrap_or_default();
    let before = version.checked_sub(1).filter(|before| *before > 0);
    let before = before.and_then(|before| u32::try_from(before).ok());
    before.ok_or_else(|| Failure::new("the record has one version: there is nothing that it could differ from"))
}

/// What the bodies of two versions differ in.
pub fn show_difference(before: &Value, after: &Value, json: bool) {
    let changes = difference::of(said(before), said(after));
    if json {
        show::json(&changes.iter().map(difference::Change::to_json).collect());
    } else if changes.is_empty() {
        outln!("nothing differs");
    } else {
        for change in changes {
            outln!("{change}");
        }
    }
}

impl Diff {
    async fn version(&self, version: Option<u32>) -> Result<Value, Failure> {
        match is_id(&self.name) {
            true => read_version(&self.door.at, &self.name, version).await,
            false => self.api.open()?.read(&path(&self.name, version)).await,
        }
    }
}

impl Proof {
    async fn run(self) -> Result<(), Failure> {
        let version = self
            .version
            .map(|version| format!("?version={version}"))
            .unwrap_or_default();
        let path = format!("/records/{}/proof{version}", segment(&self.name));
        let proof = self.api.open()?.read_text(&path).await?;
        write(self.to.as_deref(), &proof)
    }
}

impl Open {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/records/{}/opening", segment(&self.name));
        let body = match self.version {
            Some(version) => json!({ "version": version }),
            None => json!({}),
        };
        let record = self.api.open()?.ask(Method::POST, &path, Some(&body)).await?;
        self.api.show(&record, CARD);
        Ok(())
    }
}

impl Fetch {
    async fn run(self) -> Result<(), Failure> {
        let body = json!({ "record": self.id });
        let record = self
            .api
            .open()?
            .ask(Method::POST, "/fetched-records", Some(&body))
            .await?;
        show_fetched(&record, &self.api);
        match (&self.to, record.get("document")) {
            (Some(file), Some(document)) => write(Some(file), &format!("{document:#}\n")),
            _ => Ok(()),
        }
    }
}

/// Prints a record of others with the body that we got.
fn show_fetched(record: &Value, api: &ApiArgs) {
    if api.json {
        return show::json(record);
    }
    show::card(
        record,
        &[
            "id",
            "kind",
            "version",
            "issuer",
            "issued",
            "visibility",
            "gotAt",
            "log",
            "index",
            "leafHash",
            "withdrawn",
        ],
    );
    if let Some(body) = record.pointer("/document/body") {
        outln!();
        show::json(body);
    }
}

impl Withdraw {
    async fn run(self) -> Result<(), Failure> {
        let mut reason = Map::new();
        for one in &self.reason {
            let (language, words) = one.split_once('=').ok_or_else(|| {
                Failure::new(format!("`{one}` names no language")).remedy("e.g. --reason en='The figures were wrong.'")
            })?;
            reason.insert(language.to_owned(), json!(words));
        }
        let mut body = json!({ "reason": reason, "code": self.code, "purge": self.purge });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.replaced_by.map(|id| ("replacedBy".to_owned(), json!(id))));
        }
        let path = format!("/records/{}/withdrawal", segment(&self.name));
        let record = self.api.open()?.ask(Method::POST, &path, Some(&body)).await?;
        self.api.show(&record, CARD);
        Ok(())
    }
}

/// Whether this is the id of a record: a name has no slash.
fn is_id(name: &str) -> bool {
    name.contains('/')
}

fn path(name: &str, version: Option<u32>) -> String {
    let name = segment(name);
    match version {
        Some(version) => format!("/records/{name}/versions/{version}"),
        None => format!("/records/{name}"),
    }
}

fn said(record: &Value) -> &Value {
    record.get("body").unwrap_or(&Value::Null)
}

/// Waits until the record is published; one that takes longer is shown as it is.
async fn published(api: &OwnApi, mut record: Value) -> Result<Value, Failure> {
    let address = path(text(&record, "name"), None);
    let until = tokio::time::Instant::now() + PATIENCE;
    while text(&record, "state") != "published" && tokio::time::Instant::now() < until {
        tokio::time::sleep(LOOK).await;
        record = api.read(&address).await?;
    }
    Ok(record)
}

/// Into a file that is not there yet, or onto the terminal.
fn write(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(file) = file else {
        out!("{text}");
        return Ok(());
    };
    let written =
        std::fs::File::create_new(file).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.map_err(|error| {
        let failure = Failure::new(format!("`{}` cannot be written: {error}", file.display()));
        match error.kind() {
            ErrorKind::AlreadyExists => failure.remedy("name a file that is not there yet"),
            ErrorKind::NotFound => failure.remedy("make its folder first"),
            _ => failure,
        }
    })?;
    outln!("wrote {}", file.display());
    Ok(())
}
