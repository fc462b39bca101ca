//! `chapar negotiate`: asks a peer for a contract and waits for what becomes of it.

use super::catalog::{datasets, offer_of};
use super::document::read_json;
use super::offer::Mode;
use super::watch::{Progress, Verdict, Wait, obstacle, stands_in};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, text};
use clap::Args;
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  chapar negotiate did:web:uz.example:plant --dataset cert-1
  chapar negotiate did:web:uz.example:plant --dataset cert-1 --no-wait
  chapar negotiate did:web:uz.example:plant --offer my-offer.json --mode manual

With --dataset the offer is taken from the peer's catalogue. With --offer it is a file with an ODRL Offer (@id, target, permission), \
which need not stand in any catalogue: a first word, to which the peer may answer with another. The end of the output is the agreement's \
id, which `chapar transfer start` takes. Name a peer once (`chapar peer put`), or give --address each time.";

/// Ask a peer for a contract and wait for the outcome
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Negotiate {
    /// The peer's participant id.
    peer: String,
    /// Its DSP base address; a peer that the node knows needs none.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// A dataset of the peer's catalogue.
    #[arg(long, value_name = "ID", required_unless_present = "offer")]
    dataset: Option<String>,
    /// A file with an offer of our own wording.
    #[arg(long, value_name = "FILE", conflicts_with = "dataset")]
    offer: Option<PathBuf>,
    /// Who decides our further moves.
    #[arg(long, value_enum, default_value_t = Mode::Auto)]
    mode: Mode,
    /// Wait at most so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    wait: u64,
    /// Only begin; the node goes on by itself.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    api: ApiArgs,
}

impl Negotiate {
    pub async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let offer = self.wished(&api).await?;
        let mut case = begin(&api, &self.peer, self.address.as_deref(), &offer, self.mode.as_str()).await?;
        let id = text(&case, "id").to_owned();
        if !self.no_wait {
            eprintln!("negotiation {id}");
            let wait = Wait {
                list: "negotiations",
                id: &id,
                limit: Duration::from_secs(self.wait),
                progress: Progress::Told,
            };
            case = wait.until(&api, finalized).await?;
        }
        if self.api.json {
            show::json(&case);
        } else {
            show::card(&case, &["id", "state", "pending", "dataset", "agreementId"]);
        }
        Ok(())
    }

    async fn wished(&self, api: &OwnApi) -> Result<Value, Failure> {
        if let Some(file) = &self.offer {
            return read_json(file);
        }
        let wanted = self.dataset.as_deref().unwrap_or_default();
        let datasets = datasets(api, &self.peer, self.address.as_deref()).await?;
        let found = datasets
            .iter()
            .find(|dataset| text(dataset, "@id") == wanted)
            .and_then(offer_of);
        found.ok_or_else(|| {
            Failure::new(format!("`{wanted}` is not offered to us"))
                .remedy(format!("chapar catalog {} shows what is", self.peer))
        })
    }
}

/// Begins a negotiation as its consumer.
pub async fn begin(
    api: &OwnApi,
    peer: &str,
    address: Option<&str>,
    offer: &Value,
    mode: &str,
) -> Result<Value, Failure> {
    let mut body = json!({ "peer": peer, "offer": offer, "mode": mode });
    if let (Some(members), Some(address)) = (body.as_object_mut(), address) {
        members.insert("address".to_owned(), json!(address));
    }
    api.ask(Method::POST, "/negotiations", Some(&body)).await
}

/// Waits for `FINALIZED`.
pub fn finalized(case: &Value) -> Verdict {
    if stands_in(case, "FINALIZED") {
        return Verdict::Reached;
    }
    obstacle(case).map_or(Verdict::Wait, Verdict::Lost)
}
