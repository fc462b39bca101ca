//! `chapar negotiate`: contracts with peers, from either side: begin, look, and decide each move.

use super::ApiArgs;
use super::case::{Decide, Kind, List, Patience, Reasoned, Role, Show, Timeline, decision, shown};
use super::catalog::{datasets, offer_of};
use super::document::read_json;
use super::offer::Mode;
use super::watch::{Verdict, obstacle, stands_in};
use crate::Failure;
use crate::own_api::{OwnApi, text};
use chapar_dsp::negotiation::{Message, State};
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples, when the policies decide (the usual case):
  chapar negotiate start did:web:uz.example:plant --dataset cert-1
  chapar negotiate start did:web:uz.example:plant --dataset cert-1 --no-wait
  chapar negotiate start --record did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/offered-5e884898da28047151d0e56f-000001
  chapar negotiate list --state FINALIZED

Examples, when people decide (offers and negotiations in mode `manual`):
  chapar negotiate start did:web:uz.example:plant --offer wish.json --mode manual
  chapar negotiate start did:web:kz.example:border --role provider --offer ours.json --mode manual
  chapar negotiate list --state REQUESTED         which wait for us?
  chapar negotiate show ID                        where it stands, and what can be decided now
  chapar negotiate offer ID --offer counter.json  provider: offer this instead
  chapar negotiate request ID --offer other.json  consumer: ask for this instead
  chapar negotiate accept ID                      consumer: take the provider's offer
  chapar negotiate agree ID                       provider: send the agreement
  chapar negotiate verify ID                      consumer: confirm the agreement
  chapar negotiate finalize ID                    provider: bring it into force
  chapar negotiate terminate ID --reason \"other terms\"
  chapar negotiate timeline ID                    who said and decided what, and when

The order: request (or offer), agree, verify, finalize; in between any number of counter-offers. Each decision waits until the peer has \
it. The agreement's id, which `chapar transfer start` takes, is in the output once the negotiation is FINALIZED.";

/// Contracts with peers: start, list, show, timeline, and the decisions about them
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Negotiate {
    Start(Start),
    /// List the negotiations, in the order in which they began
    ///
    /// Example: chapar negotiate list --state REQUESTED --peer did:web:kz.example:border
    List(List),
    /// Show a negotiation, and what can be decided now
    ///
    /// Examples: chapar negotiate show ID; chapar negotiate show ID --until AGREED
    Show(Show),
    /// Show what was said and decided in a negotiation, in order
    ///
    /// Example: chapar negotiate timeline ID
    Timeline(Timeline),
    /// Consumer: ask for another offer than the one on the table
    ///
    /// Example: chapar negotiate request ID --offer other.json
    Request(Propose),
    /// Provider: offer something else than was asked for
    ///
    /// Example: chapar negotiate offer ID --offer counter.json
    Offer(Propose),
    /// Consumer: take the provider's offer
    ///
    /// Example: chapar negotiate accept ID
    Accept(Decide),
    /// Provider: send the agreement, if the policies permit it
    ///
    /// Example: chapar negotiate agree ID
    Agree(Decide),
    /// Consumer: confirm the agreement that came
    ///
    /// Example: chapar negotiate verify ID
    Verify(Decide),
    /// Provider: bring the agreement into force
    ///
    /// Example: chapar negotiate finalize ID
    Finalize(Decide),
    /// Either side: end the negotiation
    ///
    /// Example: chapar negotiate terminate ID --reason "other terms"
    Terminate(Reasoned),
}

const EXAMPLES_OF_START: &str = "\
Examples:
  chapar negotiate start --record did:web:uz.example:plant/records/0f3c5a7e9b1d2f40/offered-5e884898da28047151d0e56f-000001
  chapar negotiate start did:web:uz.example:plant --dataset cert-1
  chapar negotiate start did:web:uz.example:plant --offer wish.json --mode manual
  chapar negotiate start did:web:kz.example:border --role provider --offer ours.json

With --record the node takes from its register who offers the dataset and where, and asks the provider for the offer; `chapar search` shows \
the ids of records. With --dataset the offer is taken from the peer's catalogue. With --offer it is a file with an ODRL Offer (@id, target, permission), \
which need not stand in any catalogue: a first word, to which the peer may answer with another. Name a peer once (`chapar peer put`), or \
give --address each time. In mode `auto` the wait is for the contract, in mode `manual` until the peer has the first word.";

/// Ask a peer for a contract, or offer one to it, and wait for the outcome
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES_OF_START)]
pub struct Start {
    /// The peer's participant id.
    #[arg(required_unless_present = "record")]
    peer: Option<String>,
    /// A record of the register that tells of a dataset: what it says stands in the place of the peer, its address and the dataset.
    #[arg(long, value_name = "ID", conflicts_with_all = ["peer", "address", "dataset", "offer", "role"])]
    record: Option<String>,
    /// Its DSP base address, or the root of its version document; a peer that the node knows needs none.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// A dataset of the peer's catalogue.
    #[arg(long, value_name = "ID", required_unless_present_any = ["offer", "record"])]
    dataset: Option<String>,
    /// A file with an offer of our own wording.
    #[arg(long, value_name = "FILE", conflicts_with = "dataset")]
    offer: Option<PathBuf>,
    /// Our side: a consumer asks for the offer, a provider makes it.
    #[arg(long, value_enum, default_value_t = Role::Consumer)]
    role: Role,
    /// Who decides our further moves.
    #[arg(long, value_enum, default_value_t = Mode::Auto)]
    mode: Mode,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    api: ApiArgs,
}

/// A decision with an offer.
#[derive(Args, Debug)]
pub struct Propose {
    /// A file with the offer.
    #[arg(long, value_name = "FILE")]
    offer: PathBuf,
    #[command(flatten)]
    decide: Decide,
}

const KIND: Kind = Kind {
    noun: "negotiation",
    list: "negotiations",
    members: &[
        "id",
        "role",
        "mode",
        "state",
        "pending",
        "decisions",
        "dataset",
        "offeredBy",
        "offer",
        "agreementId",
        "peer",
        "ended",
        "error",
    ],
    is_state: |name| State::parse(name).is_some(),
};

impl Negotiate {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Start(start) => start.run().await,
            Self::List(list) => list.run(&KIND).await,
            Self::Show(show) => show.run(&KIND).await,
            Self::Timeline(timeline) => timeline.run(&KIND).await,
            Self::Request(propose) => propose.run("request", Message::Request).await,
            Self::Offer(propose) => propose.run("offer", Message::Offer).await,
            Self::Accept(decide) => plain(decide, "accept", Message::Accepted).await,
            Self::Agree(decide) => plain(decide, "agree", Message::Agreement).await,
            Self::Verify(decide) => plain(decide, "verify", Message::Verification).await,
            Self::Finalize(decide) => plain(decide, "finalize", Message::Finalized).await,
            Self::Terminate(reasoned) => reasoned.run(&KIND, "terminate", terminated).await,
        }
    }
}

impl Start {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let begun = match &self.record {
            Some(record) => {
                let body = json!({ "record": record, "mode": self.mode.as_str() });
                api.ask(Method::POST, &format!("/{}", KIND.list), Some(&body)).await?
            }
            None => {
                let offer = self.wished(&api).await?;
                begin(&api, &self.wish(&offer)).await?
            }
        };
        errln!("negotiation {}", text(&begun, "id"));
        let first = match self.role {
            Role::Consumer => Message::Request,
            Role::Provider => Message::Offer,
        };
        let judge = |case: &Value| match self.mode {
            Mode::Auto => finalized(case),
            Mode::Manual => taken(case, first),
        };
        let case = self.patience.until(&api, &KIND, begun, judge).await?;
        shown(&case, &KIND, &self.api);
        Ok(())
    }

    fn wish<'a>(&'a self, offer: &'a Value) -> Wish<'a> {
        Wish {
            role: self.role,
            peer: self.peer(),
            address: self.address.as_deref(),
            offer,
            mode: self.mode,
        }
    }

    /// The peer; none is named with a record alone.
    fn peer(&self) -> &str {
        self.peer.as_deref().unwrap_or_default()
    }

    async fn wished(&self, api: &OwnApi) -> Result<Value, Failure> {
        if let Some(file) = &self.offer {
            return read_json(file);
        }
        if self.role == Role::Provider {
            return Err(Failure::new("a provider takes its offer from no catalogue of the peer")
                .remedy("give it in a file: --offer ours.json"));
        }
        let wanted = self.dataset.as_deref().unwrap_or_default();
        let datasets = datasets(api, self.peer(), self.address.as_deref()).await?;
        let found = datasets
            .iter()
            .find(|dataset| text(dataset, "@id") == wanted)
            .and_then(offer_of);
        found.ok_or_else(|| {
            Failure::new(format!("`{wanted}` is not offered to us"))
                .remedy(format!("chapar catalog {} shows what is", self.peer()))
        })
    }
}

impl Propose {
    async fn run(self, word: &str, message: Message) -> Result<(), Failure> {
        let mut body = decision(word, None, &[]);
        body.insert("offer".to_owned(), read_json(&self.offer)?);
        self.decide.run(&KIND, body, |case| taken(case, message)).await
    }
}

async fn plain(decide: Decide, word: &str, message: Message) -> Result<(), Failure> {
    decide
        .run(&KIND, decision(word, None, &[]), |case| taken(case, message))
        .await
}

/// A negotiation to begin.
pub struct Wish<'a> {
    /// Our side.
    pub role: Role,
    /// With whom.
    pub peer: &'a str,
    /// Its DSP base, where the node does not know it.
    pub address: Option<&'a str>,
    /// What is asked for or offered.
    pub offer: &'a Value,
    /// Who decides our further moves.
    pub mode: Mode,
}

/// Begins a negotiation.
pub async fn begin(api: &OwnApi, wish: &Wish<'_>) -> Result<Value, Failure> {
    let mut body = json!({
        "role": wish.role.as_str(),
        "peer": wish.peer,
        "offer": wish.offer,
        "mode": wish.mode.as_str(),
    });
    if let (Some(members), Some(address)) = (body.as_object_mut(), wish.address) {
        members.insert("address".to_owned(), json!(address));
    }
    api.ask(Method::POST, &format!("/{}", KIND.list), Some(&body)).await
}

/// Waits for `FINALIZED`.
pub fn finalized(case: &Value) -> Verdict {
    if stands_in(case, State::Finalized.as_str()) {
        return Verdict::Reached;
    }
    obstacle(case).map_or(Verdict::Wait, Verdict::Lost)
}

/// Waits until the peer has our `message`. Where the case stands by then is not asked: the peer may have moved on already.
fn taken(case: &Value, message: Message) -> Verdict {
    match obstacle(case) {
        Some(why) => Verdict::Lost(why),
        None if text(case, "pending") == message.as_str() => Verdict::Wait,
        None => Verdict::Reached,
    }
}

/// Waits for `TERMINATED`, which comes whatever the peer answers.
fn terminated(case: &Value) -> Verdict {
    if stands_in(case, State::Terminated.as_str()) {
        return Verdict::Reached;
    }
    Verdict::Wait
}
