//! The protocol's messages as the foreign side writes them, and its own walk through the states (Dataspace Protocol 2025-1,
//! contract negotiation and transfer process).
//!
//! Refuses to hold a machine: a flow says itself what is taken and what is refused.

use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The context that every message names.
pub const CONTEXT: &str = "https://w3id.org/dspace/2025/1/context.jsonld";
/// The format of all transfers here.
pub const FORMAT: &str = "HttpData-PULL";

/// The two kinds of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A contract negotiation.
    Negotiation,
    /// A transfer process.
    Transfer,
}

impl Kind {
    /// First path segment, in the protocol and in the own API alike.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Negotiation => "negotiations",
            Self::Transfer => "transfers",
        }
    }

    /// `@type` of a good answer.
    pub const fn answer(self) -> &'static str {
        match self {
            Self::Negotiation => "ContractNegotiation",
            Self::Transfer => "TransferProcess",
        }
    }

    /// `@type` of a refusal.
    pub const fn error(self) -> &'static str {
        match self {
            Self::Negotiation => "ContractNegotiationError",
            Self::Transfer => "TransferError",
        }
    }
}

/// The two roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Asks.
    Consumer,
    /// Gives.
    Provider,
}

impl Side {
    /// The one opposite.
    pub const fn other(self) -> Self {
        match self {
            Self::Consumer => Self::Provider,
            Self::Provider => Self::Consumer,
        }
    }

    /// Its name in the own API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Provider => "provider",
        }
    }
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Begins; in a negotiation also a counter-offer.
    Request,
    /// Provider's offer.
    Offer,
    /// The event ACCEPTED.
    Accepted,
    /// The agreement.
    Agreement,
    /// Its verification.
    Verification,
    /// The event FINALIZED.
    Finalized,
    /// Start or resume.
    Start,
    /// Pause.
    Suspension,
    /// End, done.
    Completion,
    /// End, not done.
    Termination,
}

/// Word, its name in the table, the decision that makes the node say it, the state after it, the tail of its address.
type Row = (Word, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: [Row; 10] = [
    (Word::Request, "request", "request", "REQUESTED", "request"),
    (Word::Offer, "offer", "offer", "OFFERED", "offers"),
    (Word::Accepted, "accepted", "accept", "ACCEPTED", "events"),
    (Word::Agreement, "agreement", "agree", "AGREED", "agreement"),
    (Word::Verification, "verification", "verify", "VERIFIED", "agreement/verification"),
    (Word::Finalized, "finalized", "finalize", "FINALIZED", "events"),
    (Word::Start, "start", "start", "STARTED", "start"),
    (Word::Suspension, "suspension", "suspend", "SUSPENDED", "suspension"),
    (Word::Completion, "completion", "complete", "COMPLETED", "completion"),
    (Word::Termination, "termination", "terminate", "TERMINATED", "termination"),
];

impl Word {
    /// Reads a name of the table.
    pub fn parse(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.0 == self).expect("every word has its row")
    }

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The decision in the own API that makes the node say it.
    pub fn decision(self) -> &'static str {
        self.row().2
    }

    /// Where a case stands once it was taken.
    pub fn state(self) -> &'static str {
        self.row().3
    }

    /// What follows the pid in its address.
    pub fn tail(self) -> &'static str {
        self.row().4
    }

    /// Its `@type`.
    pub fn type_name(self, kind: Kind) -> &'static str {
        match (kind, self) {
            (Kind::Negotiation, Self::Request) => "ContractRequestMessage",
            (Kind::Negotiation, Self::Offer) => "ContractOfferMessage",
            (Kind::Negotiation, Self::Accepted | Self::Finalized) => "ContractNegotiationEventMessage",
            (Kind::Negotiation, Self::Agreement) => "ContractAgreementMessage",
            (Kind::Negotiation, Self::Verification) => "ContractAgreementVerificationMessage",
            (Kind::Negotiation, Self::Termination) => "ContractNegotiationTerminationMessage",
            (Kind::Transfer, Self::Request) => "TransferRequestMessage",
            (Kind::Transfer, Self::Start) => "TransferStartMessage",
            (Kind::Transfer, Self::Suspension) => "TransferSuspensionMessage",
            (Kind::Transfer, Self::Completion) => "TransferCompletionMessage",
            (Kind::Transfer, Self::Termination) => "TransferTerminationMessage",
            (kind, word) => panic!("`{}` is no word of a {}", word.name(), kind.answer()),
        }
    }
}

/// The two names of a case.
#[derive(Clone, Debug, Default)]
pub struct Pids {
    /// The consumer's.
    pub consumer: Option<String>,
    /// The provider's.
    pub provider: Option<String>,
}

impl Pids {
    /// The name that `side` gave.
    pub fn of(&self, side: Side) -> Option<&str> {
        match side {
            Side::Consumer => self.consumer.as_deref(),
            Side::Provider => self.provider.as_deref(),
        }
    }

    /// Takes the name that `side` gave.
    pub fn learn(&mut self, side: Side, pid: &str) {
        let slot = match side {
            Side::Consumer => &mut self.consumer,
            Side::Provider => &mut self.provider,
        };
        *slot = Some(pid.to_owned());
    }
}

/// What a case is about, for the words that carry it.
#[derive(Clone, Debug)]
pub struct Matter {
    /// The dataset.
    pub dataset: String,
    /// Under which name it is offered.
    pub offer: String,
    /// The agreement, for its message or for the transfer request.
    pub agreement: String,
    /// Participant id of the provider.
    pub assigner: String,
    /// Participant id of the consumer.
    pub assignee: String,
    /// Our address for the first message.
    pub callback: String,
}

/// A rule that lets anybody use the dataset.
pub fn permission() -> Value {
    json!([{ "action": "use" }])
}

/// An offer in a message.
pub fn offer(id: &str, dataset: &str) -> Value {
    json!({ "@id": id, "@type": "Offer", "target": dataset, "permission": permission() })
}

/// Where in a case a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It begins the case and tells where to answer.
    First,
    /// It belongs to a case that both know.
    Later,
}

/// The message of `word` out of the mouth of `speaker`, with an extra `@id` as foreign connectors like to send it.
pub fn message(kind: Kind, word: Word, speaker: Side, pids: &Pids, matter: &Matter, place: Place) -> Value {
    let mut message = json!({
        "@id": fresh(),
        "@context": [CONTEXT],
        "@type": word.type_name(kind),
    });
    for (name, pid) in [("consumerPid", &pids.consumer), ("providerPid", &pids.provider)] {
        if let Some(pid) = pid {
            message[name] = json!(pid);
        }
    }
    if place == Place::First {
        message["callbackAddress"] = json!(matter.callback);
    }
    match (kind, word) {
        (Kind::Negotiation, Word::Request) => message["offer"] = offer(&matter.offer, &matter.dataset),
        (Kind::Negotiation, Word::Offer) => {
            message["offer"] = offer(&matter.offer, &matter.dataset);
            message["offer"]["assigner"] = json!(matter.assigner);
            message["offer"]["assignee"] = json!(matter.assignee);
        }
        (_, Word::Accepted | Word::Finalized) => message["eventType"] = json!(word.state()),
        (_, Word::Agreement) => message["agreement"] = agreement(matter),
        (Kind::Transfer, Word::Request) => {
            message["agreementId"] = json!(matter.agreement);
            message["format"] = json!(FORMAT);
        }
        // A provider's start carries an address; a consumer's, which asks to resume, does not.
        (_, Word::Start) if speaker == Side::Provider => message["dataAddress"] = address(matter),
        (_, Word::Suspension | Word::Termination) => message["code"] = json!("1"),
        _ => {}
    }
    message
}

/// An address without properties: such connectors exist.
fn address(matter: &Matter) -> Value {
    let endpoint = format!("{}/data", matter.callback);
    json!({ "@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": endpoint })
}

fn agreement(matter: &Matter) -> Value {
    json!({
        "@id": matter.agreement,
        "@type": "Agreement",
        "target": matter.dataset,
        "assigner": matter.assigner,
        "assignee": matter.assignee,
        "timestamp": now(),
        "permission": permission(),
    })
}

/// This moment with nine digits of a second, as the JVM writes them.
pub fn now() -> String {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (passed.as_secs() / 86_400, passed.as_secs() % 86_400);
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:09}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        passed.subsec_nanos()
    )
}

/// Year, month and day that are `days` after the first of January 1970.
fn date(mut days: u64) -> (u64, usize, u64) {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [
        31,
        28 + u64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month + 1, days + 1)
}

/// A fresh id.
pub fn fresh() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schemas;

    /// What each side can say in a case, beginnings first.
    #[rustfmt::skip]
    const SAID: [(Kind, Side, &[Word]); 4] = [
        (Kind::Negotiation, Side::Consumer, &[Word::Request, Word::Accepted, Word::Verification, Word::Termination]),
        (Kind::Negotiation, Side::Provider, &[Word::Offer, Word::Agreement, Word::Finalized, Word::Termination]),
        (Kind::Transfer, Side::Consumer, &[Word::Request, Word::Start, Word::Suspension, Word::Completion, Word::Termination]),
        (Kind::Transfer, Side::Provider, &[Word::Start, Word::Suspension, Word::Completion, Word::Termination]),
    ];

    #[test]
    fn what_the_foreign_side_says_keeps_to_the_published_schemas() {
        let matter = Matter {
            dataset: "D1".to_owned(),
            offer: "offer-1".to_owned(),
            agreement: fresh(),
            assigner: "the-provider".to_owned(),
            assignee: "the-consumer".to_owned(),
            callback: "http://127.0.0.1:1/peer".to_owned(),
        };
        for (kind, speaker, words) in SAID {
            for word in words {
                let mut pids = Pids::default();
                pids.learn(speaker, &fresh());
                let begins = matches!((kind, word), (_, Word::Request) | (Kind::Negotiation, Word::Offer));
                if begins {
                    schemas::check(&message(kind, *word, speaker, &pids, &matter, Place::First)).unwrap();
                }
                pids.learn(speaker.other(), &fresh());
                if !begins || kind == Kind::Negotiation {
                    schemas::check(&message(kind, *word, speaker, &pids, &matter, Place::Later)).unwrap();
                }
            }
        }
    }

    #[test]
    fn dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(11_017), (2000, 3, 1));
        assert_eq!(date(20_453), (2025, 12, 31));
        assert_eq!(date(20_454), (2026, 1, 1));
    }
}
