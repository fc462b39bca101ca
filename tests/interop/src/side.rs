//! What a story asks of a connector, whichever it is.
//!
//! Refuses to know any API: each way of asking is a file of its own (`own`, `management`).

use chapar_conformance::words::Kind;
use serde_json::Value;
use std::time::{Duration, Instant};

/// What happened, or why it did not.
pub type Told<T> = Result<T, String>;

/// Longest that anything may take: a connector that looks at its work once a second needs several looks, and a busy machine time.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often a story looks.
const LOOK: Duration = Duration::from_millis(50);

/// Where a connector is, as the other one is told.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its participant id.
    pub id: String,
    /// Its DSP base.
    pub dsp: String,
}

/// Something to be published.
#[derive(Clone, Copy, Debug)]
pub struct Dataset<'a> {
    /// Its id, and that of everything made for it.
    pub id: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
    /// The rules of its offer.
    pub rules: &'a Value,
    /// Who decides about requests.
    pub decides: Decides,
}

/// Who decides, where a connector lets one choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decides {
    /// The connector.
    Itself,
    /// The story.
    Story,
}

/// What can be done to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<'a> {
    /// End it, for this reason.
    Terminate(&'a str),
    /// Pause a transfer, for this reason.
    Suspend(&'a str),
    /// Go on with it.
    Resume,
    /// End it well.
    Complete,
}

/// The state of a case that is over, at a connector that does not tell any more how.
pub const ENDED: &str = "ENDED";

/// A negotiation or transfer as one connector sees it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id there.
    pub id: String,
    /// Its id at the other side, once that is known.
    pub theirs: Option<String>,
    /// The state, as the protocol names it, or how this connector names a move under way.
    pub state: String,
    /// The agreement, once there is one.
    pub agreement: Option<String>,
    /// What the connector says went wrong.
    pub trouble: String,
    /// Why it ended or pauses, as the connector tells it.
    pub why: Option<String>,
}

/// Where bytes are fetched, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The address.
    pub endpoint: String,
    /// The token, bare.
    pub token: String,
}

/// A connector.
pub trait Side: Sync {
    /// Where it is.
    fn peer(&self) -> &Peer;

    /// Publishes a dataset under one offer.
    ///
    /// # Errors
    /// It refused.
    fn publish(&self, dataset: &Dataset<'_>) -> Told<()>;

    /// The datasets in the catalogue of `provider`, as DSP has them.
    ///
    /// # Errors
    /// There was no catalogue.
    fn catalog(&self, provider: &Peer) -> Told<Vec<Value>>;

    /// Asks `provider` for a contract on this offer; the id of the negotiation here.
    ///
    /// # Errors
    /// It refused.
    fn negotiate(&self, provider: &Peer, offer: &Value, decides: Decides) -> Told<String>;

    /// Asks `provider` for the data under an agreement, to be fetched; the id of the transfer here.
    ///
    /// # Errors
    /// It refused.
    fn transfer(&self, provider: &Peer, agreement: &str) -> Told<String>;

    /// Asks `provider` to deliver the data under an agreement to this address on the web; the id of the transfer here.
    ///
    /// # Errors
    /// It refused.
    fn push(&self, provider: &Peer, agreement: &str, address: &str) -> Told<String>;

    /// A case by its id here.
    ///
    /// # Errors
    /// There is none.
    fn case(&self, kind: Kind, id: &str) -> Told<Case>;

    /// A case by the other side's id of it.
    ///
    /// # Errors
    /// The connector did not answer.
    fn case_of(&self, kind: Kind, theirs: &str) -> Told<Option<Case>>;

    /// Does something to a case.
    ///
    /// # Errors
    /// It refused.
    fn act(&self, kind: Kind, id: &str, act: Act<'_>) -> Told<()>;

    /// What a consumer holds to fetch with, if access is open.
    ///
    /// # Errors
    /// The connector did not answer.
    fn access(&self, transfer: &str) -> Told<Option<Access>>;
}

/// Looks until something is there.
///
/// # Errors
/// It did not come in time, or a look failed.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Told<Option<T>>) -> Told<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() >= end {
            return Err(format!("not within {} s: {what}", PATIENCE.as_secs()));
        }
        std::thread::sleep(LOOK);
    }
}

/// An error unless it holds.
///
/// # Errors
/// It does not hold.
pub fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Told<()> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
