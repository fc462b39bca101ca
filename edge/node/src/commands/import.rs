//! `chapar import`: taking over what another connector holds.

use super::{ApiArgs, show};
use crate::Failure;
use crate::import::{Mode, import};
use crate::management::Management;
use crate::own_api::segment;
use clap::Subcommand;
use serde_json::{Value, json};

/// Take over what another connector holds: edc
///
/// Example: chapar import edc http://edc.example:8181/management --dry-run
#[derive(Debug, Subcommand)]
pub enum Import {
    Edc(Edc),
}

const EXAMPLES: &str = "\
Examples:
  chapar import edc http://edc.example:8181/management --dry-run
  chapar import edc http://edc.example:8181/management --from-key \"$(cat edc.key)\"
  chapar import edc http://edc.example:8181/management --json > report.json

Everything keeps its id; agreements are gone by here from now on, and their transfers can begin. Nothing is changed at the connector, and nothing that stands here already is \
overwritten: what differs is told and stays. A repeat takes only what is missing, so an import that broke off is simply run again.

Secrets stay where they are, for no management API gives them away: the report names those that are needed.";

/// Take over assets, policies, contract definitions and agreements of a running EDC
///
/// They are read by its management API (version 3) and written by the one of this node, as the participant whose key is given. The
/// report says of each thing whether it was created, and what is still to be seen to.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Edc {
    /// The connector's management API: the address above `/v3`.
    from: String,
    /// The connector's API key, if it wants one. Better in the environment than on the command line.
    #[arg(long, env = "CHAPAR_IMPORT_KEY", hide_env_values = true, value_name = "KEY")]
    from_key: Option<String>,
    /// Write nothing; only tell what would be.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    api: ApiArgs,
}

impl Import {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Edc(edc) => edc.run().await,
        }
    }
}

impl Edc {
    async fn run(self) -> Result<(), Failure> {
        let from = Management::new(&self.from, self.from_key.as_deref())?;
        let to = self.own()?;
        let mode = if self.dry_run { Mode::Dry } else { Mode::Write };
        let report = import(&from, &to, mode, |kind, count| errln!("{kind}: {count} found")).await?;
        let (rows, sum) = (report.rows(), report.sum());
        if self.api.json {
            show::json(&json!({ "things": rows, "sum": sum, "dryRun": self.dry_run }));
        } else {
            show::table(
                &rows,
                &["kind", "id", "outcome"],
                "the connector holds nothing that could be taken over",
            );
            notes(&rows);
            outln!("{}", if sum.is_empty() { "nothing to do" } else { &sum });
        }
        match report.left_out() {
            0 => Ok(()),
            count => Err(Failure::new(format!(
                "{count} of {} things {} here as they are there",
                rows.len(),
                if self.dry_run { "would not be" } else { "are not" }
            ))
            .remedy("the report says why; mend or remove them here or there, and run the import again")),
        }
    }

    /// The management API of the node, as the participant of the key.
    fn own(&self) -> Result<Management, Failure> {
        let mut base = format!("{}/management", self.api.open()?.base());
        if let Some(slug) = &self.api.participant {
            base = format!("{base}/participants/{}", segment(slug));
        }
        Management::new(&base, Some(&self.api.key))
    }
}

/// Prints what a person must still see to.
fn notes(rows: &[Value]) {
    for row in rows {
        let noted = row.get("notes").and_then(Value::as_array).into_iter().flatten();
        for note in noted.filter_map(Value::as_str) {
            outln!("{} {}: {note}", show::cell(row, "kind"), show::cell(row, "id"));
        }
    }
}
