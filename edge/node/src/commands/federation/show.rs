//! A federation at a terminal: its members, what is proposed and who is missing, and who is only a guest.

use super::meant;
use crate::Failure;
use crate::commands::ApiArgs;
use crate::commands::show;
use crate::own_api::text;
use serde_json::{Value, json};

pub use show::json;

/// Show a federation: members, proposals with who signed and who is missing, guests
///
/// Members of states of the Shanghai Cooperation Organisation come in the order of the Russian alphabet, the others by name. The state is
/// equal on every node that has the same logs: compare it with the others.
///
/// Example: chapar federation show
#[derive(clap::Args, Debug)]
pub struct Show {
    /// The federation, where the node follows several.
    id: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

impl Show {
    pub async fn run(self) -> Result<(), Failure> {
        let federation = meant(&self.api.open()?, self.id.as_deref()).await?;
        tell(&federation, self.api.json);
        Ok(())
    }
}

/// Shows a federation as it is asked for.
pub fn tell(federation: &Value, as_json: bool) {
    if as_json {
        return json(federation);
    }
    outln!("{}", title(federation.get("name")));
    show::card(
        federation,
        &["id", "epoch", "state", "createdAt", "joinedAt", "witnesses"],
    );
    outln!();
    let members: Vec<Value> = list(federation, "members").iter().map(named).collect();
    show::table(
        &members,
        &["state", "name", "participant", "log", "size", "witnessed", "hosted"],
        "no member is left",
    );
    let left = list(federation, "left");
    if !left.is_empty() {
        outln!("\nleft, and taken off with the next change: {}", words(left));
    }
    for one in list(federation, "proposals") {
        outln!();
        proposal(one);
    }
    section(
        "guests: mirrored here, and no members",
        list(federation, "guests"),
        &["participant", "origin", "size"],
    );
    section(
        "what counts for nothing",
        list(federation, "ignored"),
        &["record", "detail"],
    );
}

/// Shows one proposal: what is to change, who signed, who is missing.
pub fn proposal(proposal: &Value) {
    let mut shown = json!({
        "proposal": text(proposal, "hash"),
        "to": format!("{} {}", text(proposal, "action"), text(proposal, "subject")).trim_end(),
        "entry": proposal.pointer("/proposal/member"),
        "witnesses": proposal.pointer("/proposal/witnesses"),
        "proposedAt": proposal.pointer("/proposal/proposedAt"),
        "without": proposal.pointer("/proposal/without"),
    });
    if let Some(members) = shown.as_object_mut() {
        for name in ["signed", "missing", "declined", "bound"] {
            let who = list(proposal, name);
            if !who.is_empty() {
                members.insert(name.to_owned(), who.into());
            }
        }
        if proposal.get("alive") == Some(&Value::Bool(false)) {
            members.insert("state".to_owned(), "declined: it never comes about".into());
        }
    }
    let all = [
        "proposal",
        "to",
        "state",
        "entry",
        "witnesses",
        "proposedAt",
        "without",
        "signed",
        "missing",
        "declined",
        "bound",
    ];
    show::card(&shown, &all);
}

/// A text in the first of its languages that a terminal here is likely to be read in.
pub fn title(name: Option<&Value>) -> String {
    let texts = name.and_then(Value::as_object);
    let by = |tag: &str| texts.and_then(|texts| texts.get(tag));
    let text = by("en")
        .or_else(|| by("ru"))
        .or_else(|| texts.and_then(|texts| texts.values().next()));
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn named(member: &Value) -> Value {
    let mut row = member.clone();
    if let Some(members) = row.as_object_mut() {
        members.insert("name".to_owned(), title(member.get("name")).into());
    }
    row
}

fn section(head: &str, items: &[Value], columns: &[&str]) {
    if !items.is_empty() {
        outln!("\n{head}");
        show::table(items, columns, "");
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn words(items: &[Value]) -> String {
    let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    words.join(" ")
}
