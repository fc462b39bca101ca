//! `chapar kinds`: what a record can say, and what belongs into it.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{segment, text};
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  chapar kinds
  chapar kinds dataset
  chapar kinds dataset --lang ru
  chapar kinds dataset --json          with the JSON Schema and the JSON-LD context";

/// List the kinds of records, or show what belongs into one
///
/// A kind comes from its field's standard: data sets from DCAT-AP, public services from CPSV-AP, events from schema.org.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct KindsOf {
    /// A kind; all of them when left out.
    kind: Option<String>,
    /// The language of the labels.
    #[arg(long, default_value = "en", value_name = "TAG")]
    lang: String,
    #[command(flatten)]
    api: ApiArgs,
}

impl KindsOf {
    pub async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let Some(kind) = &self.kind else {
            let items = api.list("/kinds").await?;
            let label = format!("labels.{}", self.lang);
            self.api
                .show_all(items, &["name", &label, "clauses", "standard"], "no kind");
            return Ok(());
        };
        let kind = api.read(&format!("/kinds/{}", segment(kind))).await?;
        if self.api.json {
            show::json(&kind);
            return Ok(());
        }
        show::card(
            &kind,
            &["name", "group", "clauses", "standard", "standardAddress", "class"],
        );
        outln!();
        show::table(
            &members(&kind, &self.lang),
            &["member", "", "label"],
            "it has no members",
        );
        Ok(())
    }
}

/// A row for each member: its path, `*` where it must be there, and what people call it.
fn members(kind: &Value, lang: &str) -> Vec<Value> {
    let required = kind.pointer("/schema/required").and_then(Value::as_array);
    let is_required = |path: &str| required.is_some_and(|names| names.iter().any(|name| name == path));
    let members = kind.get("members").and_then(Value::as_object).into_iter().flatten();
    members
        .map(|(path, labels)| {
            let mark = if is_required(path) { "*" } else { "" };
            json!({ "member": path, "": mark, "label": text(labels, lang) })
        })
        .collect()
}
