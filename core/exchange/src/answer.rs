//! What both kinds of case answer to a message and write down of it: the same words in both, so they stand here once.

use crate::head::Head;
use crate::step::{Created, Refusal, RefusalKind, Reply};
use chapar_terms::{Digest, Pid};
use chapar_trust::{Peer, Proof};
use serde_json::{Value, json};

/// The message was taken; `state` is where the case stands now.
pub(crate) fn taken(head: &Head, state: &'static str, created: Created) -> Reply {
    Reply::Taken {
        created,
        consumer_pid: head.consumer_pid(),
        provider_pid: head.provider_pid(),
        state,
    }
}

/// A refusal that names the case; the message's own pids where the case does not know them yet: the peer may be quicker with
/// its second message than with its answer to our first.
pub(crate) fn refusal(
    head: &Head,
    consumer: Option<&Pid>,
    provider: Option<&Pid>,
    kind: RefusalKind,
    code: &str,
    reason: Vec<String>,
) -> Refusal {
    Refusal {
        kind,
        code: code.to_owned(),
        reason,
        consumer_pid: head.consumer_pid().or_else(|| consumer.cloned()),
        provider_pid: head.provider_pid().or_else(|| provider.cloned()),
    }
}

/// The body of the record of a message: what came from whom, and what it did to the case (`states`: before and after).
pub(crate) fn received(
    message: &str,
    digest: Digest,
    peer: &Peer,
    states: (&str, &str),
    refused: Option<(&str, &[String])>,
) -> Value {
    json!({
        "message": message,
        "digest": digest.hex(),
        "from": peer.id.as_str(),
        "proof": proof(&peer.proof),
        "stateBefore": states.0,
        "stateAfter": states.1,
        "refused": refused.map(|(code, reason)| json!({ "code": code, "reason": reason })),
    })
}

/// How strongly the message was tied to its sender, as evidence names it.
const fn proof(proof: &Proof) -> &'static str {
    match proof {
        Proof::Asserted => "asserted",
        Proof::Proven { .. } => "proven",
    }
}
