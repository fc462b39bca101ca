//! `chapar search`: what is published, by words and facets, from a node's public door. No key is needed.

use super::record::show_difference;
use super::show;
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use clap::Subcommand;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar search 'потери воды' --lang ru
  chapar search certificate --kind dataset --state UZ
  chapar search --kind event --order newest
  chapar search certificate --counts
  chapar search certificate --offered           (what can be negotiated: chapar negotiate start --record ID)
  chapar search certificate --at https://node.example.org

What is shown is the node's word; the log of each record is the proof: chapar verify --help";

/// Facets and the flags that ask for them.
type Facets<'a> = [(&'a str, &'a [String]); 7];

/// Search the register: the records of all participants whose logs a node holds
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Search {
    /// Words, all of which are to be found; in any language.
    words: Vec<String>,
    /// Kind of record: chapar kinds.
    #[arg(long)]
    kind: Vec<String>,
    /// Clause of the declaration, 1 to 8.
    #[arg(long)]
    clause: Vec<String>,
    /// State, by its two letters.
    #[arg(long)]
    state: Vec<String>,
    /// Language in which the record speaks.
    #[arg(long)]
    language: Vec<String>,
    /// Language into which it is translated.
    #[arg(long)]
    translated: Vec<String>,
    /// Topic, an IRI.
    #[arg(long)]
    topic: Vec<String>,
    /// Participant id of the issuer.
    #[arg(long)]
    issuer: Vec<String>,
    /// Only data that can be negotiated in the exchange.
    #[arg(long)]
    offered: bool,
    /// In force then (RFC 3339).
    #[arg(long, value_name = "INSTANT")]
    in_force_at: Option<String>,
    /// `newest` puts the newest first, whatever words there are.
    #[arg(long, value_parser = ["newest"])]
    order: Option<String>,
    /// The language in which you would rather read.
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Most records shown.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// How many there are, by facet, instead of the records.
    #[arg(long)]
    counts: bool,
    #[command(flatten)]
    node: NodeArgs,
}

/// Which node's public door to read from.
#[derive(clap::Args, Debug)]
pub struct NodeArgs {
    /// The node's public listener.
    #[arg(
        long,
        env = "CHAPAR_PUBLIC",
        default_value = "http://127.0.0.1:8443",
        value_name = "URL"
    )]
    pub at: String,
    /// Print the node's JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

impl Search {
    pub async fn run(self) -> Result<(), Failure> {
        let door = OwnApi::public(&self.node.at)?;
        let query = self.query();
        if self.counts {
            let counts = door.read(&format!("/register/counts?{query}")).await?;
            self.show_counts(&counts);
            return Ok(());
        }
        let found = door
            .read(&format!("/register/records?{query}&limit={}", self.limit))
            .await?;
        if self.node.json {
            show::json(&found);
            return Ok(());
        }
        let items = found
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let columns = ["kind", "issued", "visibility", "shown.title", "issuer", "id"];
        show::table(
            &items,
            &columns,
            "nothing found: try fewer words, or chapar search --counts",
        );
        if found.get("next").is_some() {
            outln!("there are more: add words or facets, or --limit 100");
        }
        let gives = |item: &&Value| matches!(text(item, "kind"), "dataset" | "data-service");
        if let Some(item) = items.iter().find(gives) {
            outln!(
                "to get data offered in the exchange: chapar negotiate start --record {}",
                text(item, "id")
            );
        }
        let closed = |item: &&Value| text(item, "bodyBy") == "exchange";
        if let Some(item) = items.iter().find(closed) {
            outln!("to get what is for you alone: chapar record fetch {}", text(item, "id"));
        }
        Ok(())
    }

    fn query(&self) -> String {
        let facets: Facets<'_> = [
            ("kind", &self.kind),
            ("clause", &self.clause),
            ("state", &self.state),
            ("language", &self.language),
            ("translated", &self.translated),
            ("topic", &self.topic),
            ("issuer", &self.issuer),
        ];
        let facets = facets
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (*name, value.clone())));
        let words = Some(self.words.join(" ")).filter(|words| !words.is_empty());
        let others = [
            ("q", words),
            ("exchange", self.offered.then(|| "offered".to_owned())),
            ("inForceAt", self.in_force_at.clone()),
            ("order", self.order.clone()),
            ("lang", self.lang.clone()),
        ];
        let others = others.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let pairs: Vec<String> = facets
            .chain(others)
            .map(|(name, value)| format!("{name}={}", segment(&value)))
            .collect();
        pairs.join("&")
    }

    fn show_counts(&self, counts: &Value) {
        if self.node.json {
            return show::json(counts);
        }
        let more = if counts.get("more") == Some(&json!(true)) {
            "more than "
        } else {
            ""
        };
        outln!("{more}{} records", show::cell(counts, "records"));
        let facets = counts.get("facets").and_then(Value::as_object).into_iter().flatten();
        for (name, values) in facets {
            let values: Vec<&Value> = values.as_array().into_iter().flatten().collect();
            if values.is_empty() {
                continue;
            }
            outln!("\n{name}");
            for value in values {
                outln!("  {:>6}  {}", show::cell(value, "count"), text(value, "value"));
            }
        }
    }
}

const REGISTER_EXAMPLES: &str = "\
Examples:
  chapar register show did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026
  chapar register history did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026
  chapar register diff did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026 1 2
  chapar register logs --at https://node.example.org
  chapar register export --profile dcat --to register.ttl";

/// Read the register of a node: show, history, diff, logs, export
///
/// What any participant has published, as this node holds it. No key is needed.
#[derive(Debug, Subcommand)]
#[command(after_long_help = REGISTER_EXAMPLES)]
pub enum Register {
    Show(Show),
    History(History),
    Diff(Diff),
    Logs(Logs),
    Export(super::export::Export),
}

/// Show a record by its id, with what it names and what names it
///
/// Example: chapar register show did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026
#[derive(clap::Args, Debug)]
pub struct Show {
    /// The id of the record.
    id: String,
    /// Another version than the newest.
    #[arg(long)]
    version: Option<u32>,
    /// The language in which you would rather read.
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
    #[command(flatten)]
    node: NodeArgs,
}

/// List the versions of a record
///
/// Example: chapar register history did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026
#[derive(clap::Args, Debug)]
pub struct History {
    /// The id of the record.
    id: String,
    #[command(flatten)]
    node: NodeArgs,
}

/// Show what differs between two versions of a record
///
/// Example: chapar register diff did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/water-losses-2026 1 2
#[derive(clap::Args, Debug)]
pub struct Diff {
    /// The id of the record.
    id: String,
    /// The one version.
    before: u32,
    /// The other; the newest when left out.
    after: Option<u32>,
    #[command(flatten)]
    node: NodeArgs,
}

/// List the logs that the node holds, its own and those that it mirrors
///
/// Example: chapar register logs
#[derive(clap::Args, Debug)]
pub struct Logs {
    #[command(flatten)]
    node: NodeArgs,
}

impl Register {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show(show) => show.run().await,
            Self::History(history) => history.run().await,
            Self::Diff(diff) => diff.run().await,
            Self::Logs(logs) => logs.run().await,
            Self::Export(export) => export.run().await,
        }
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let version = self
            .version
            .map(|version| format!("&version={version}"))
            .unwrap_or_default();
        let path = format!(
            "/register/records/{}?lang={}{version}",
            segment(&self.id),
            segment(&self.lang)
        );
        let record = OwnApi::public(&self.node.at)?.read(&path).await?;
        if self.node.json {
            show::json(&record);
            return Ok(());
        }
        let card = [
            "id",
            "kind",
            "version",
            "shown.title",
            "shown.language",
            "shown.insteadOf",
            "issuer",
            "issued",
            "visibility",
            "openedAt",
            "valid",
            "languages",
            "log",
            "logState",
            "checkedAt",
            "ageSeconds",
            "index",
            "withdrawn",
        ];
        show::card(&record, &card);
        show_body(&record, &self.id);
        for (heading, member, columns) in [
            ("names", "names", &["rel", "target"] as &[&str]),
            ("named by", "namedBy", &["rel", "kind", "shown.title", "id"]),
            (
                "mirrored by",
                "mirroredBy",
                &["state", "size", "lag", "ageSeconds", "address"],
            ),
        ] {
            let items = record
                .get(member)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            if !items.is_empty() {
                outln!("\n{heading}");
                show::table(&items, columns, "");
            }
        }
        Ok(())
    }
}

/// The body, or how it is had.
fn show_body(record: &Value, id: &str) {
    if let Some(body) = record.get("body") {
        outln!();
        show::json(body);
        if body.get("dataspaceDataset").is_some() && record.get("withdrawn").is_none() {
            outln!("\nto get it: chapar negotiate start --record {}", id);
        }
    }
    match text(record, "bodyBy") {
        "opening" => outln!("\nits body is sealed: only its hash is here until its issuer opens it"),
        "exchange" => outln!(
            "\nits body is for {} alone, only its hash is here; if it is for you: chapar record fetch {}",
            text(record, "visibility"),
            id
        ),
        _ => {}
    }
}

impl History {
    async fn run(self) -> Result<(), Failure> {
        show_history(&self.node.at, &self.id, self.node.json).await
    }
}

impl Diff {
    async fn run(self) -> Result<(), Failure> {
        let before = read_version(&self.node.at, &self.id, Some(self.before)).await?;
        let after = read_version(&self.node.at, &self.id, self.after).await?;
        show_difference(&before, &after, self.node.json);
        Ok(())
    }
}

/// The versions of a record of any log that the node holds.
pub async fn show_history(at: &str, id: &str, json: bool) -> Result<(), Failure> {
    let path = format!("/register/records/{}/history?limit=100", segment(id));
    let history = OwnApi::public(at)?.read(&path).await?;
    if json {
        show::json(&history);
        return Ok(());
    }
    let items = history
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    show::table(
        &items,
        &["version", "issued", "index", "leafHash", "withdrawn.code"],
        "no such record",
    );
    Ok(())
}

/// A version of a record of any log that the node holds; the newest with none.
pub async fn read_version(at: &str, id: &str, version: Option<u32>) -> Result<Value, Failure> {
    let version = version.map(|version| format!("?version={version}")).unwrap_or_default();
    let path = format!("/register/records/{}{version}", segment(id));
    OwnApi::public(at)?.read(&path).await
}

impl Logs {
    async fn run(self) -> Result<(), Failure> {
        let logs = OwnApi::public(&self.node.at)?.read("/register/logs").await?;
        if self.node.json {
            show::json(&logs);
            return Ok(());
        }
        let items = logs.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        let columns = [
            "origin",
            "owner",
            "isOwn",
            "state",
            "size",
            "inCatalogue",
            "publishedAt",
            "checkedAt",
        ];
        show::table(&items, &columns, "this node holds no log");
        Ok(())
    }
}
