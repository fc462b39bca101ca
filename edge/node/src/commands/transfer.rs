//! `chapar transfer`: access to the bytes under an agreement: begin, look, and decide about it from either side.

use super::case::{self, Decide, Kind, List, Patience, Reasoned, Show, Timeline, decision, shown};
use super::document::read_json;
use super::offer::Mode;
use super::watch::{Verdict, obstacle, stands_in};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use chapar_dsp::transfer::{Message, State};
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The format in which the consumer fetches the bytes.
const PULL: &str = "HttpData-PULL";
/// The format in which the provider delivers them.
const PUSH: &str = "HttpData-PUSH";
/// The kind of place that an address of a push is, by the one name that all know.
const HTTP_PLACE: &str = "HttpData";

const EXAMPLES: &str = "\
Examples:
  chapar transfer start AGREEMENT               ask for the data of this agreement
  chapar transfer start AGREEMENT --push-to https://kz.example/inbox
  chapar transfer list --state STARTED
  chapar transfer show ID                       where it stands, and what can be decided now
  chapar transfer timeline ID
  chapar transfer address ID                    consumer: where the data is, with the token that opens it
  chapar transfer accesses ID                   provider: who fetched what, and how much of it

Decide, either side (ID is the transfer's own, which each side has for itself):
  chapar transfer start ID                      provider, in mode `manual`: give access
  chapar transfer suspend ID --reason \"inspection\"
  chapar transfer resume ID
  chapar transfer complete ID
  chapar transfer terminate ID --reason \"wrong document\"

Suspending and terminating close access at once, open downloads included; resuming brings a fresh address, and the old token stays dead. \
The bytes themselves: chapar fetch ID";

/// Access to data under an agreement: start, list, show, timeline, address, accesses, and the decisions about it
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Transfer {
    Start(Start),
    /// List the transfers, in the order in which they began
    ///
    /// Example: chapar transfer list --state STARTED --peer did:web:kz.example:border
    List(List),
    /// Show a transfer, and what can be decided now
    ///
    /// Examples: chapar transfer show ID; chapar transfer show ID --until STARTED
    Show(Show),
    /// Show what was said and decided in a transfer, in order
    ///
    /// Example: chapar transfer timeline ID
    Timeline(Timeline),
    Address(Address),
    Accesses(Accesses),
    /// Either side: pause; access closes at once
    ///
    /// Example: chapar transfer suspend ID --reason "inspection"
    Suspend(Reasoned),
    /// Go on after a suspension: the provider gives access back, the consumer asks for it back
    ///
    /// Example: chapar transfer resume ID
    Resume(Decide),
    /// Either side: the data is handed over
    ///
    /// Example: chapar transfer complete ID
    Complete(Decide),
    /// Either side: end it; access closes at once
    ///
    /// Example: chapar transfer terminate ID --reason "wrong document"
    Terminate(Reasoned),
}

const EXAMPLES_OF_START: &str = "\
Examples:
  chapar transfer start AGREEMENT
  chapar transfer start AGREEMENT --mode manual
  chapar transfer start AGREEMENT --push-to https://kz.example/inbox
  chapar transfer start AGREEMENT --data-address inbox.json
  chapar transfer start TRANSFER                (provider: give the access that was asked for)

With an agreement's id we ask, as its consumer, for its data. With the id of a transfer that waits for us in REQUESTED we, the \
provider, give access. A file for --data-address holds a DataAddress (endpointType, endpoint, endpointProperties).";

/// Ask for the data of an agreement, or give the access that was asked for, and wait until it is there
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES_OF_START)]
pub struct Start {
    /// The agreement, as `chapar negotiate` printed it, or a transfer.
    id: String,
    /// How the bytes travel; without it the consumer fetches, or with an address for it the provider delivers.
    #[arg(long)]
    format: Option<String>,
    /// Where the provider is to deliver to.
    #[arg(long, value_name = "URL")]
    push_to: Option<String>,
    /// Where the provider is to deliver to, as a file with the whole data address.
    #[arg(long, value_name = "FILE", conflicts_with = "push_to")]
    data_address: Option<PathBuf>,
    /// The provider's DSP base address, if it is not the one of the agreement any more.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Who decides our further moves.
    #[arg(long, value_enum, default_value_t = Mode::Auto)]
    mode: Mode,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    api: ApiArgs,
}

/// Show where the data of a started transfer is, with the token that opens it
///
/// Example: chapar transfer address ID
#[derive(Args, Debug)]
pub struct Address {
    /// The transfer's id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// Provider: list who asked for the data of a transfer, when, and how much of it left
///
/// Example: chapar transfer accesses ID
///
/// Each request has a line, a part of a document too. It is `open` while bytes are on their way, `ended` after that, and `cut off` when the node
/// died in the middle.
#[derive(Args, Debug)]
pub struct Accesses {
    /// The transfer's id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

const KIND: Kind = Kind {
    noun: "transfer",
    list: "transfers",
    members: &[
        "id",
        "role",
        "mode",
        "state",
        "pending",
        "decisions",
        "dataset",
        "format",
        "agreementId",
        "peer",
        "accessOpen",
        "ended",
        "error",
    ],
    is_state: |name| State::parse(name).is_some(),
};

impl Transfer {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Start(start) => start.run().await,
            Self::List(list) => list.run(&KIND).await,
            Self::Show(show) => show.run(&KIND).await,
            Self::Timeline(timeline) => timeline.run(&KIND).await,
            Self::Address(address) => address.run().await,
            Self::Accesses(accesses) => accesses.run().await,
            Self::Suspend(reasoned) => reasoned.run(&KIND, "suspend", |case| reached(case, "SUSPENDED")).await,
            Self::Resume(decide) => plain(decide, "start", "STARTED").await,
            Self::Complete(decide) => plain(decide, "complete", "COMPLETED").await,
            Self::Terminate(reasoned) => {
                reasoned
                    .run(&KIND, "terminate", |case| reached(case, "TERMINATED"))
                    .await
            }
        }
    }
}

async fn plain(decide: Decide, word: &str, state: &str) -> Result<(), Failure> {
    let body = decision(word, None, &[]);
    decide.run(&KIND, body, |case| reached(case, state)).await
}

impl Start {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let begins = api
            .find(&format!("/{}/{}", KIND.list, segment(&self.id)))
            .await?
            .is_none();
        let begun = if begins {
            begin(&api, &self.wish()?).await?
        } else {
            case::decide(&api, &KIND, &self.id, decision("start", None, &[])).await?
        };
        errln!("transfer {}", text(&begun, "id"));
        let asked_by_hand = begins && matches!(self.mode, Mode::Manual);
        let judge = |case: &Value| match obstacle(case) {
            None if asked_by_hand && text(case, "pending") != Message::Request.as_str() => Verdict::Reached,
            _ => reached(case, State::Started.as_str()),
        };
        let case = self.patience.until(&api, &KIND, begun, judge).await?;
        shown(&case, &KIND, &self.api);
        Ok(())
    }

    fn wish(&self) -> Result<Value, Failure> {
        let destination = match (&self.data_address, &self.push_to) {
            (Some(file), _) => Some(read_json(file)?),
            (None, Some(url)) => Some(json!({ "endpointType": HTTP_PLACE, "endpoint": url })),
            (None, None) => None,
        };
        let usual = if destination.is_some() { PUSH } else { PULL };
        let mut wish = wish(&self.id, self.format.as_deref().unwrap_or(usual), self.mode);
        if let Some(members) = wish.as_object_mut() {
            members.extend(destination.map(|place| ("dataAddress".to_owned(), place)));
            members.extend(self.address.as_ref().map(|url| ("address".to_owned(), json!(url))));
        }
        Ok(wish)
    }
}

impl Accesses {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/{}/{}/accesses", KIND.list, segment(&self.id));
        let accesses = self.api.open()?.list(&path).await?;
        if self.api.json {
            show::json(&Value::Array(accesses));
        } else {
            let columns = ["at", "endedAt", "state", "status", "bytes", "range", "consumer"];
            show::table(&accesses, &columns, "nobody asked for the data yet");
        }
        Ok(())
    }
}

impl Address {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/{}/{}/data-address", KIND.list, segment(&self.id));
        show::json(&self.api.open()?.read(&path).await?);
        Ok(())
    }
}

fn wish(agreement: &str, format: &str, mode: Mode) -> Value {
    json!({ "agreement": agreement, "format": format, "mode": mode.as_str() })
}

/// Begins a transfer as the consumer of an agreement.
async fn begin(api: &OwnApi, wish: &Value) -> Result<Value, Failure> {
    api.ask(Method::POST, &format!("/{}", KIND.list), Some(wish)).await
}

/// Begins a pull in mode auto.
pub async fn begin_pull(api: &OwnApi, agreement: &str) -> Result<Value, Failure> {
    begin(api, &wish(agreement, PULL, Mode::Auto)).await
}

/// Decides about a transfer.
pub async fn decide(api: &OwnApi, id: &str, word: &str, reason: Option<&str>) -> Result<Value, Failure> {
    let reasons: Vec<String> = reason.map(str::to_owned).into_iter().collect();
    case::decide(api, &KIND, id, decision(word, None, &reasons)).await
}

/// Waits for `state`; a consumer that pulls is there once it also holds an address, which after a resumption comes by a message of
/// its own.
pub fn reached(case: &Value, state: &str) -> Verdict {
    let pulls = text(case, "role") == "consumer" && text(case, "format") == PULL;
    let open = case.get("accessOpen").and_then(Value::as_bool).unwrap_or(false);
    if stands_in(case, state) && (state != "STARTED" || !pulls || open) {
        return Verdict::Reached;
    }
    match obstacle(case) {
        Some(why) => Verdict::Lost(why),
        None if text(case, "state") == "COMPLETED" => Verdict::Lost("it is complete".to_owned()),
        None => Verdict::Wait,
    }
}
