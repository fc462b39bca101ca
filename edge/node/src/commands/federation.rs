//! `chapar federation`: circles of participants whose members decide for themselves who is one.

mod answer;
mod found;
mod show;

use super::ApiArgs;
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use chapar_terms::{Lang, canonical_json};
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Found one. Each member sends its card; one of them puts the cards together, and all get the same file:
  chapar federation card --name ru='Агентство (пример)' --name en='Agency (sample)' --state UZ --to uz.json
  chapar federation create --name en='Federation of registers (sample)' --member uz.json --member kz.json --member cn.json --to genesis.json
  sha256sum genesis.json                 read it to each other over the telephone: it is the federation's id
  chapar federation join genesis.json    the operator of each node, once

Change it. What is proposed is in force when every member has signed; for an expulsion, every one but the one concerned:
  chapar federation propose admit kg.json
  chapar federation show                 who signed, who is missing
  chapar federation sign 8fa5f2cc        shows what would be signed
  chapar federation sign 8fa5f2cc --yes  signs it
  chapar federation decline 8fa5f2cc --yes
  chapar federation propose expel did:web:node.cn.example:customs
  chapar federation propose leave        alone and at once

Offer to its members:
  chapar offer put cert --document cert-1 --permit-federation urn:chapar:federation:a14f...

Every answer is a record in the member's public register. Each node counts for itself; there is no list that somebody keeps.";

/// Federations: card, create, join, list, show, propose, sign, decline, forget
///
/// A federation is a file with its founders, which every operator pins by hand, and what the members have signed since. Nobody runs it:
/// every node works out the members from the members' own logs, and comes to the same.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Federation {
    Card(found::Card),
    Create(found::Create),
    Join(Join),
    List(List),
    Show(show::Show),
    #[command(subcommand)]
    Propose(answer::Propose),
    Sign(answer::Sign),
    Decline(answer::Decline),
    Forget(Forget),
}

/// Follow a federation: pin its genesis at this node, and mirror the logs of its members
///
/// It takes the operator's key. Compare the id with the others first, by a way that is trusted: the genesis says whose word counts here.
///
/// A federation names each member's log by the log's first key, and where that was given up as compromised since, it vouches for nothing. Get the
/// log's key of now by a way that is trusted, and mirror the log by it before you join: chapar mirror add ADDRESS --vkey KEY --owner ID. What the
/// member signed in it counts, since the log begins with the key that the federation names. Where you have joined already: chapar
/// federation forget, chapar mirror remove, then mirror it by the new key and join again.
///
/// Example: chapar federation join genesis.json
#[derive(clap::Args, Debug)]
pub struct Join {
    /// The genesis, as `chapar federation create` wrote it.
    genesis: PathBuf,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the federations that this node follows
///
/// Example: chapar federation list
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Follow a federation no more; mirrors and what was signed stay
///
/// It takes the operator's key. It is no departure: who wants to leave says so by `chapar federation propose leave`.
///
/// Example: chapar federation forget urn:chapar:federation:a14f1a020efbda4349e36e6124c8c775a9a5c985f65ea1f973b49ebcdc3a7ee4
#[derive(clap::Args, Debug)]
pub struct Forget {
    /// Its id: `chapar federation list`.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

impl Federation {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Card(card) => card.run().await,
            Self::Create(create) => create.run(),
            Self::Join(join) => join.run().await,
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Propose(propose) => propose.run().await,
            Self::Sign(sign) => sign.run().await,
            Self::Decline(decline) => decline.run().await,
            Self::Forget(forget) => forget.run().await,
        }
    }
}

impl Join {
    async fn run(self) -> Result<(), Failure> {
        let bytes = read(&self.genesis)?;
        let genesis =
            chapar_verify::Genesis::parse(&bytes).map_err(|why| not_a_genesis(&self.genesis, &why.to_string()))?;
        let body: Value = serde_json::from_slice(genesis.bytes()).unwrap_or_default();
        let joined = self.api.open()?.ask(Method::POST, "/federations", Some(&body)).await?;
        show::tell(&joined, self.api.json);
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let answer = self.api.open()?.read("/federations").await?;
        let items = answer
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let rows = items.into_iter().map(|mut item| {
            let count = |name: &str| item.get(name).and_then(Value::as_array).map_or(0, Vec::len);
            let (members, proposals) = (count("members"), count("proposals"));
            let name = show::title(item.get("name"));
            if let (Some(row), false) = (item.as_object_mut(), self.api.json) {
                row.extend([
                    ("name".to_owned(), name.into()),
                    ("members".to_owned(), members.into()),
                    ("proposals".to_owned(), proposals.into()),
                ]);
            }
            item
        });
        self.api.show_all(
            rows.collect(),
            &["name", "members", "epoch", "proposals", "id"],
            "no federation yet: chapar federation join GENESIS",
        );
        Ok(())
    }
}

impl Forget {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/federations/{}", segment(&self.id));
        self.api.open()?.ask(Method::DELETE, &path, None).await?;
        outln!("followed no more: {}", self.id);
        Ok(())
    }
}

/// The federation that is meant: the one that is named, or the only one.
async fn meant(api: &OwnApi, named: Option<&str>) -> Result<Value, Failure> {
    if let Some(id) = named {
        return api.read(&format!("/federations/{}", segment(id))).await;
    }
    let answer = api.read("/federations").await?;
    let items = answer
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    match items.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::new("this node follows no federation").remedy("chapar federation join GENESIS")),
        _ => Err(Failure::new("this node follows several federations").remedy("say which: --federation ID")),
    }
}

/// Texts by language, as `--name ru=...` writes them.
fn names(said: &[String]) -> Result<BTreeMap<Lang, String>, Failure> {
    let mut names = BTreeMap::new();
    for one in said {
        let (tag, name) = one
            .split_once('=')
            .ok_or_else(|| Failure::new(format!("`{one}` has no language")).remedy("write e.g. --name en='Agency'"))?;
        let lang = Lang::parse(tag).map_err(|why| Failure::new(format!("`{tag}`: {why}")))?;
        names.insert(lang, name.to_owned());
    }
    Ok(names)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", file.display())))
}

/// Writes a file, or prints it; no line feed at its end, so that its SHA-256 is the id that it gives.
fn write(to: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match to {
        Some(file) => std::fs::write(file, bytes)
            .map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display()))),
        None => {
            outln!("{}", String::from_utf8_lossy(bytes));
            Ok(())
        }
    }
}

fn not_a_genesis(file: &Path, why: &str) -> Failure {
    Failure::new(format!("`{}`: {why}", file.display()))
        .remedy("have the file again as `chapar federation create` wrote it, byte for byte")
}

/// The entry of the participant that the key stands for: who it is, and which log speaks for it.
async fn card(api: &OwnApi, name: &BTreeMap<Lang, String>, state: Option<&str>) -> Result<Vec<u8>, Failure> {
    let me = api.read("/self").await?;
    let logs = api.list("/logs").await?;
    let register = logs
        .iter()
        .find(|log| text(log, "name") == "register" && !text(log, "address").is_empty());
    let register = register.ok_or_else(|| {
        Failure::new("the participant has no published register")
            .remedy("a register is published a moment after the participant is added")
    })?;
    let name: serde_json::Map<String, Value> = name
        .iter()
        .map(|(lang, text)| (lang.to_string(), text.as_str().into()))
        .collect();
    let mut entry = json!({
        "participant": text(&me, "participant"),
        "name": name,
        "vkey": text(register, "vkey"),
        "address": text(register, "address"),
    });
    if let (Some(members), Some(state)) = (entry.as_object_mut(), state) {
        members.insert("state".to_owned(), state.into());
    }
    let member = chapar_verify::Member::parse(entry).map_err(|why| Failure::new(why.to_string()))?;
    Ok(canonical_json(&member.render()))
}
