//! `chapar transfer`: access to the bytes under an agreement: begin, suspend, resume, complete, terminate.

use super::watch::{Progress, Verdict, Wait, obstacle, stands_in};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// The format in which the consumer fetches the bytes.
const PULL: &str = "HttpData-PULL";

const EXAMPLES: &str = "\
Examples:
  chapar transfer start urn:uuid:5f0c...        begin, under this agreement
  chapar transfer list
  chapar transfer show urn:uuid:9a1b...
  chapar transfer suspend urn:uuid:9a1b... --reason \"inspection\"
  chapar transfer resume urn:uuid:9a1b...
  chapar transfer complete urn:uuid:9a1b...
  chapar transfer terminate urn:uuid:9a1b... --reason \"wrong document\"

Either side may suspend, resume, complete and terminate. Suspending and terminating close access at once, open downloads included; \
resuming brings a fresh address, and the old token stays dead. The bytes themselves: chapar fetch TRANSFER";

/// Access to data under an agreement: start, list, show, suspend, resume, complete, terminate
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Transfer {
    Start(Start),
    List(List),
    Show(Show),
    Suspend(Decide),
    Resume(Decide),
    Complete(Decide),
    Terminate(Decide),
}

/// Ask for the data of an agreement and wait until access is given
///
/// Example: chapar transfer start urn:uuid:5f0c2f9e-1a52-4a53-9a3f-0d8f6f0c3b11
#[derive(Args, Debug)]
pub struct Start {
    /// The agreement's id, as `chapar negotiate` printed it.
    agreement: String,
    /// How the bytes travel.
    #[arg(long, default_value = PULL)]
    format: String,
    /// Wait at most so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    wait: u64,
    /// Only begin; the node goes on by itself.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the transfers, in the order in which they began
///
/// Example: chapar transfer list
#[derive(Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Show a transfer
///
/// Example: chapar transfer show urn:uuid:9a1b2f9e-1a52-4a53-9a3f-0d8f6f0c3b11
#[derive(Args, Debug)]
pub struct Show {
    /// Its id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// Decide about a transfer and wait until the peer has it
///
/// Examples: chapar transfer suspend ID --reason "inspection"; chapar transfer resume ID
#[derive(Args, Debug)]
pub struct Decide {
    /// Its id.
    id: String,
    /// A reason for the peer's people.
    #[arg(long)]
    reason: Option<String>,
    /// A code for the peer.
    #[arg(long)]
    code: Option<String>,
    /// Wait at most so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    wait: u64,
    #[command(flatten)]
    api: ApiArgs,
}

/// What is decided, and the state that it leads to.
#[derive(Clone, Copy)]
struct Move {
    decision: &'static str,
    state: &'static str,
}

impl Transfer {
    pub async fn run(self) -> Result<(), Failure> {
        let go = |decision, state| Move { decision, state };
        match self {
            Self::Start(start) => start.run().await,
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Suspend(decide) => decide.run(go("suspend", "SUSPENDED")).await,
            Self::Resume(decide) => decide.run(go("start", "STARTED")).await,
            Self::Complete(decide) => decide.run(go("complete", "COMPLETED")).await,
            Self::Terminate(decide) => decide.run(go("terminate", "TERMINATED")).await,
        }
    }
}

impl Start {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let mut case = begin(&api, &self.agreement, &self.format).await?;
        let id = text(&case, "id").to_owned();
        if !self.no_wait {
            eprintln!("transfer {id}");
            let wait = Wait {
                list: "transfers",
                id: &id,
                limit: Duration::from_secs(self.wait),
                progress: Progress::Told,
            };
            case = wait.until(&api, |case| reached(case, "STARTED")).await?;
        }
        shown(&case, &self.api);
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/transfers").await?;
        if self.api.json {
            show::json(&Value::Array(items));
        } else {
            show::table(
                &items,
                &["id", "role", "phase", "dataset", "peer", "error.code"],
                "no transfer yet",
            );
        }
        Ok(())
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let case = self
            .api
            .open()?
            .read(&format!("/transfers/{}", segment(&self.id)))
            .await?;
        shown(&case, &self.api);
        Ok(())
    }
}

impl Decide {
    async fn run(self, wanted: Move) -> Result<(), Failure> {
        let api = self.api.open()?;
        decide(
            &api,
            &self.id,
            wanted.decision,
            self.code.as_deref(),
            self.reason.as_deref(),
        )
        .await?;
        let wait = Wait {
            list: "transfers",
            id: &self.id,
            limit: Duration::from_secs(self.wait),
            progress: Progress::Told,
        };
        let case = wait.until(&api, |case| reached(case, wanted.state)).await?;
        shown(&case, &self.api);
        Ok(())
    }
}

fn shown(case: &Value, args: &ApiArgs) {
    if args.json {
        show::json(case);
    } else {
        show::card(
            case,
            &[
                "id",
                "role",
                "state",
                "pending",
                "dataset",
                "agreementId",
                "peer",
                "accessOpen",
                "error",
            ],
        );
    }
}

/// Begins a transfer as the consumer of an agreement.
pub async fn begin(api: &OwnApi, agreement: &str, format: &str) -> Result<Value, Failure> {
    let body = json!({ "agreement": agreement, "format": format, "mode": "auto" });
    api.ask(Method::POST, "/transfers", Some(&body)).await
}

/// Decides about a transfer.
pub async fn decide(
    api: &OwnApi,
    id: &str,
    decision: &str,
    code: Option<&str>,
    reason: Option<&str>,
) -> Result<Value, Failure> {
    let mut body = json!({ "decision": decision });
    if let Some(members) = body.as_object_mut() {
        members.extend(code.map(|code| ("code".to_owned(), json!(code))));
        members.extend(reason.map(|reason| ("reason".to_owned(), json!([reason]))));
    }
    api.ask(
        Method::POST,
        &format!("/transfers/{}/decisions", segment(id)),
        Some(&body),
    )
    .await
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
