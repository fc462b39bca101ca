//! What a node of ours may answer to an EDC, told anew beside the node's own machines: a copy of what it took is taken again without
//! effect, a message that fits is not refused, and nothing is refused but in the ways that are known to happen between the two.

use super::{Edc, Taken};
use crate::Violation;
use crate::case::{Case, Kind};
use crate::network::{Request, Response};
use crate::side::fault;
use crate::world::{World, rules};
use chapar_dsp::Role;
use chapar_exchange::{Reply, Step};
use serde_json::Value;

/// Messages with a name that a node remembers of a case.
const COPIES: usize = 16;
/// The refusals that are known: moves that crossed, a message that comes too late or comes of such a crossing, a second case for one
/// request, and a resume of what our own people paused.
const KNOWN: [&str; 4] = ["moves-crossed", "wrong-state", "pid-mismatch", "suspended-by-provider"];

/// The body of an answer of ours, if it is one that such a peer can read.
pub(super) fn read(response: &Response) -> Result<Value, Violation> {
    let is_bare = response.body.is_empty() && !(200..300).contains(&response.status);
    if is_bare || response.status >= 500 {
        return Ok(Value::Null);
    }
    let body: Value = serde_json::from_slice(&response.body).map_err(fault)?;
    let is_success = (200..300).contains(&response.status);
    let kind = match (response.ticket.kind, is_success) {
        (Kind::Negotiation, true) => "ContractNegotiation",
        (Kind::Negotiation, false) => "ContractNegotiationError",
        (Kind::Transfer, true) => "TransferProcess",
        (Kind::Transfer, false) => "TransferError",
    };
    let has = |name: &str| body[name].is_string();
    let is_whole = body["@type"] == kind
        && body["@context"].is_array()
        && has("consumerPid")
        && has("providerPid")
        && has(if is_success { "state" } else { "code" });
    if is_whole {
        Ok(body)
    } else {
        Err(Violation(format!("an EDC cannot read {body}")))
    }
}

impl World<'_> {
    /// Judges the answer of `step` to a message of an EDC, before it is given.
    pub(crate) fn judge_reply<C: Case>(&mut self, request: &Request, step: &Step<C>) -> Result<(), Violation> {
        let Some(mut edc) = self.edc.take() else { return Ok(()) };
        let judged = self.judge(&mut edc, request, step);
        self.edc = Some(edc);
        judged
    }

    fn judge<C: Case>(&self, edc: &mut Edc, request: &Request, step: &Step<C>) -> Result<(), Violation> {
        let effect = &*request.ticket.effect;
        let log = &self.side(request.to).durable.log;
        let taken = edc.taken.entry(C::KIND).or_default();
        let words = words(request)?;
        let is_it = |taken: &Taken| taken.effect == effect && log.accepted.contains_key(effect);
        let is_copy = taken.iter().rev().take(COPIES).any(is_it);
        // The same under another name, after which neither side has taken anything.
        let is_renamed = taken.last().is_some_and(|last| {
            last.words == words && log.accepted.contains_key(&last.effect) && last.delivered == log.delivered.len()
        });
        let lapsed = self.tally.lapsed > 0;
        let ended = edc.kept.values().any(|kept| !kept.faults.lost.is_empty());
        let wrong = match &step.reply {
            Reply::Refused(refusal) if is_copy => format!("a copy is refused: {}", refusal.code),
            // It may hold an agreement that we gave up when our deadline passed, or that it has ended since by mistake.
            Reply::Refused(refusal) if refusal.code == "agreement-unknown" && (lapsed || ended) => return Ok(()),
            Reply::Refused(refusal) if refusal.code == "agreement-differs" && is_altered(&words) => return Ok(()),
            Reply::Taken { .. } if is_altered(&words) => "an agreement to other rules is taken".to_owned(),
            Reply::Refused(refusal) if !KNOWN.contains(&refusal.code.as_str()) => {
                format!("refused as {}: {:?}", refusal.code, refusal.reason)
            }
            Reply::Refused(refusal) if refusal.code == "wrong-state" => {
                match self.should_have_taken::<C>(request, &words, is_renamed) {
                    Some(why) => format!("refused though {why}"),
                    None => return Ok(()),
                }
            }
            Reply::Taken { .. } if is_copy && step.case.is_some() => "a copy has an effect".to_owned(),
            Reply::Taken { .. } if step.case.is_some() => {
                taken.push(Taken {
                    effect: effect.to_owned(),
                    words,
                    delivered: log.delivered.len(),
                });
                return Ok(());
            }
            _ => return Ok(()),
        };
        Err(Violation(format!("{} `{effect}`: {wrong}", request.ticket.message)))
    }

    /// Why a message that was refused as not fitting fits all the same.
    fn should_have_taken<C: Case>(&self, request: &Request, words: &Value, is_renamed: bool) -> Option<String> {
        let case = self.side(request.to).load::<C>()?;
        if case.pending().is_none() && fits(request.to.other(), C::KIND, case.state(), words) {
            return Some(format!("{} allows it", case.state()));
        }
        // A termination of ours hides what it replaced; with nothing of ours under way, only the last word of all is sure to be a copy.
        let is_sure = case.pending().is_some() || ["FINALIZED", "COMPLETED", "TERMINATED"].contains(&case.state());
        let is_known = is_renamed && is_sure && case.phase() != "TERMINATING";
        is_known.then(|| "the same words were taken, and nothing since".to_owned())
    }
}

/// Whether a message agrees to other rules than were asked for.
fn is_altered(words: &Value) -> bool {
    let agreed = &words["agreement"]["permission"];
    agreed.is_array() && *agreed != rules(0, false)["permission"]
}

/// What a message says, without its own name.
fn words(request: &Request) -> Result<Value, Violation> {
    let mut message: Value = serde_json::from_slice(&request.ticket.body).map_err(fault)?;
    if let Some(members) = message.as_object_mut() {
        members.remove("@id");
    }
    Ok(message)
}

/// Whether the protocol lets `sender` say `message` where the other side stands in `state`.
fn fits(sender: Role, kind: Kind, state: &str, message: &Value) -> bool {
    let name = message["@type"].as_str().unwrap_or_default();
    let is_end = name.ends_with("TerminationMessage");
    match (kind, sender, state) {
        (_, _, "INITIAL" | "FINALIZED" | "COMPLETED" | "TERMINATED") => false,
        _ if is_end => true,
        (Kind::Negotiation, Role::Provider, "REQUESTED" | "ACCEPTED") => name == "ContractAgreementMessage",
        (Kind::Negotiation, Role::Provider, "VERIFIED") => name == "ContractNegotiationEventMessage",
        (Kind::Negotiation, Role::Consumer, "AGREED") => name == "ContractAgreementVerificationMessage",
        (Kind::Transfer, Role::Provider, "REQUESTED") => name == "TransferStartMessage",
        (Kind::Transfer, _, "SUSPENDED") => name == "TransferStartMessage",
        (Kind::Transfer, _, "STARTED") => ["TransferSuspensionMessage", "TransferCompletionMessage"].contains(&name),
        _ => false,
    }
}
