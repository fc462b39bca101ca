//! `chapar mirror`: foreign logs that the node verifies, keeps and serves.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::segment;
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar mirror add https://uz.example/plant/log --vkey 'uz.example/plant/log+530d903a+Aekye...' --owner did:web:uz.example:plant
  chapar mirror add did:web:uz.example:plant       address and key as the DID document has them
  chapar mirror list
  chapar mirror show MIRROR
  chapar mirror look MIRROR
  chapar mirror remove MIRROR
  chapar mirror alarms

All of it takes the operator's key. The vkey is what `chapar log show` prints at the other side; have it by a way that is trusted.";

/// What is looked at of a mirror on a terminal.
const CARD: &[&str] = &[
    "id",
    "origin",
    "owner",
    "address",
    "places",
    "mirror",
    "state",
    "size",
    "lag",
    "root",
    "publishedAt",
    "checkedAt",
    "ageSeconds",
    "rejects",
    "obstacle",
    "caught",
];

/// What is looked at of alarms.
const ALARMS: &[&str] = &[
    "origin",
    "alarm",
    "verdict",
    "times",
    "lastAt",
    "clearedAt",
    "place",
    "toldBy",
    "record",
];

/// Mirrors of foreign logs: add, list, show, look, remove, alarms
///
/// A mirror takes a log of others entry by entry, verifies every byte, and serves it to everybody: so the log can be read and checked
/// while its own node is away, and whoever rewrites it is caught.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Mirror {
    Add(Add),
    List(List),
    Show(Show),
    Look(Look),
    Remove(Remove),
    Alarms(Alarms),
}

/// Mirror a log
///
/// By a DID alone, address and key are taken from its document. The key is then as good as the TLS of the owner's host, on that day: better
/// have it on paper.
///
/// Example: chapar mirror add https://uz.example/plant/log --vkey 'uz.example/plant/log+530d903a+Aekye...' --owner did:web:uz.example:plant
/// Example: chapar mirror add did:web:uz.example:plant
#[derive(clap::Args, Debug)]
pub struct Add {
    /// Where the log is published, or the DID of its owner.
    #[arg(value_name = "URL|DID")]
    log: String,
    /// Its key, as `chapar log show` prints it at the other side.
    #[arg(long, requires = "owner")]
    vkey: Option<String>,
    /// Participant id of its owner.
    #[arg(long, requires = "vkey")]
    owner: Option<String>,
    /// Where else it may be had, e.g. another node's mirror of it; may be said several times.
    #[arg(long = "place", value_name = "URL")]
    places: Vec<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the mirrors, with their size, lag and age
///
/// Example: chapar mirror list
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Show a mirror, and which of its entries are no records
///
/// Example: chapar mirror show MIRROR
#[derive(clap::Args, Debug)]
pub struct Show {
    /// Its id: `chapar mirror list`.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// Look at a log now
///
/// Example: chapar mirror look MIRROR
#[derive(clap::Args, Debug)]
pub struct Look {
    /// Its id: `chapar mirror list`.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// End a mirror, and remove what was taken of the log
///
/// Example: chapar mirror remove MIRROR
#[derive(clap::Args, Debug)]
pub struct Remove {
    /// Its id: `chapar mirror list`.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// List what was seen of logs that no honest log shows, here or by others
///
/// `proven` is what the log's own signatures prove: it is caught. `asserted` is the word of who saw it: a place showed an older tree, or gave
/// bytes that are not of the signed one. `unfounded` is an alarm that proves nothing: look at who told it.
///
/// Example: chapar mirror alarms
#[derive(clap::Args, Debug)]
pub struct Alarms {
    #[command(flatten)]
    api: ApiArgs,
}

impl Mirror {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Show(one) => show_one(&one.api, Method::GET, &format!("/mirrors/{}", segment(&one.id))).await,
            Self::Look(one) => show_one(&one.api, Method::POST, &format!("/mirrors/{}/look", segment(&one.id))).await,
            Self::Remove(remove) => remove.run().await,
            Self::Alarms(alarms) => alarms.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        let body = match (self.vkey, self.owner) {
            (Some(vkey), Some(owner)) => {
                json!({ "address": self.log, "vkey": vkey, "owner": owner, "places": self.places })
            }
            _ if self.log.starts_with("did:") => json!({ "owner": self.log, "places": self.places }),
            _ => return Err(Failure::new("a log at an address needs --vkey and --owner").untold()),
        };
        let added = self.api.open()?.ask(Method::POST, "/mirrors", Some(&body)).await?;
        self.api.show(&added, CARD);
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let answer = self.api.open()?.read("/mirrors").await?;
        let items = answer
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        self.api.show_all(
            items,
            &[
                "origin",
                "state",
                "size",
                "lag",
                "ageSeconds",
                "rejects",
                "obstacle.code",
                "id",
            ],
            "no mirror yet: chapar mirror add URL --vkey VKEY --owner DID",
        );
        Ok(())
    }
}

impl Alarms {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/alarms").await?;
        self.api.show_all(items, ALARMS, "no alarm: no log was seen to lie");
        Ok(())
    }
}

impl Remove {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/mirrors/{}", segment(&self.id));
        self.api.open()?.ask(Method::DELETE, &path, None).await?;
        outln!("removed {}", self.id);
        Ok(())
    }
}

async fn show_one(api: &ApiArgs, method: Method, path: &str) -> Result<(), Failure> {
    let mirror = api.open()?.ask(method, path, None).await?;
    api.show(&mirror, CARD);
    for (member, columns) in [("alarms", ALARMS), ("rejected", &["index", "code", "detail"])] {
        let items = mirror.get(member).and_then(Value::as_array);
        if let Some(items) = items.filter(|items| !items.is_empty() && !api.json) {
            outln!("\n{member}");
            show::table(items, columns, "");
        }
    }
    Ok(())
}
