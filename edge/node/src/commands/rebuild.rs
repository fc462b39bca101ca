//! `chapar rebuild`: throws the catalogue away, has it made again from the logs, and compares the two.

use super::ApiArgs;
use crate::Failure;
use crate::own_api::text;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const EXAMPLES: &str = "\
Example:
  chapar rebuild

The logs are what is true; the catalogue is read out of them. Made again it has the same digest, here and on every node that holds the
same logs. Searches find less while it runs.";

/// Pause between two looks: each has the node read its whole catalogue.
const LOOK: Duration = Duration::from_secs(1);

/// Make the catalogue again from the logs, and compare: the operator's
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Rebuild {
    #[command(flatten)]
    api: ApiArgs,
}

impl Rebuild {
    pub async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let before = api.read("/views").await?;
        api.ask(Method::POST, "/views/rebuild", None).await?;
        let bar = indicatif::ProgressBar::new(entries(&before, "size"));
        let after = loop {
            let views = api.read("/views").await?;
            bar.set_position(entries(&views, "inCatalogue"));
            if entries(&views, "inCatalogue") >= entries(&views, "size") {
                break views;
            }
            tokio::time::sleep(LOOK).await;
        };
        bar.finish_and_clear();
        let is_same = text(&before, "digest") == text(&after, "digest");
        let summary = json!({
            "entries": entries(&after, "size"),
            "before": text(&before, "digest"),
            "after": text(&after, "digest"),
            "same": is_same,
        });
        self.api.show(&summary, &["entries", "before", "after", "same"]);
        // While logs grow the two may differ honestly.
        if is_same
            || entries(&before, "size") != entries(&after, "size")
            || entries(&before, "inCatalogue") != entries(&before, "size")
        {
            return Ok(());
        }
        Err(Failure::new("the catalogue was not what the logs say; it is now")
            .remedy("tell the makers of this program: this must not happen"))
    }
}

/// The sum over all logs.
fn entries(views: &Value, member: &str) -> u64 {
    let logs = views.get("items").and_then(Value::as_array).into_iter().flatten();
    logs.filter_map(|log| log.get(member).and_then(Value::as_u64)).sum()
}
