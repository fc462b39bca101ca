//! Records that are about another: withdrawals, translations, annotations, openings.

use crate::body::body_hash;
use crate::chain::Chains;
use crate::header::{Header, KindName};
use crate::id::RecordId;
use crate::verdict::{Fault, Reject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Digest, Salt, canonical_json};
use serde_json::Value;

/// The kind that takes a record back.
pub(crate) const WITHDRAWAL: &str = "withdrawal";
/// The kind that shows a sealed body.
const OPENING: &str = "opening";

/// Where the body of a kind names the other record and the hash of its leaf.
fn members(kind: &KindName) -> Option<(&'static str, &'static str)> {
    match kind.as_str() {
        WITHDRAWAL | "annotation" => Some(("target", "targetHash")),
        crate::kinds::TRANSLATION => Some(("source", "sourceHash")),
        _ => None,
    }
}

/// The record that a body is about.
pub(crate) fn target(kind: &KindName, body: &Value) -> Option<RecordId> {
    let member = match kind.as_str() {
        OPENING => "target",
        _ => members(kind)?.0,
    };
    RecordId::parse(body.get(member)?.as_str()?).ok()
}

/// Checks what a record is about, as far as this log can tell: others' records are judged where they are.
pub(crate) fn check(header: &Header, body: &Value, chains: &Chains) -> Result<(), Reject> {
    let wrong = |why: &str| Err(Reject::new(Fault::TargetWrong, why));
    let is_opening = header.kind.as_str() == OPENING;
    let hash = members(&header.kind).map(|(_, hash)| hash);
    if hash.is_none() && !is_opening {
        return Ok(());
    }
    let Some(target) = target(&header.kind, body) else {
        return wrong("what it is about is no record");
    };
    let is_ours = target.participant() == header.id.participant() && target.log() == header.id.log();
    if is_opening {
        return check_opening(&target, body, chains);
    }
    if !is_ours {
        return match header.kind.as_str() {
            WITHDRAWAL => wrong("only records of the same log can be withdrawn"),
            _ => Ok(()),
        };
    }
    if header.kind.as_str() == WITHDRAWAL && chains.kind(&target).is_some_and(stays) {
        return wrong(
            "what names keys, withdraws or decides on members is not withdrawn: logs and federations are read by it",
        );
    }
    let named = hash.and_then(|hash| body.get(hash)?.as_str());
    let named = named.and_then(|hash| Digest::from_hex(hash).ok());
    match named.and_then(|hash| chains.version(&target, &hash)) {
        Some(_) => Ok(()),
        None => wrong("the log has no such version of the record that it is about"),
    }
}

/// Whether a log, or a federation, is read by records of this kind: a yes that could be purged would leave each node with what it had read
/// in time. A membership ends with a new version that says when.
fn stays(kind: &KindName) -> bool {
    matches!(
        kind.as_str(),
        WITHDRAWAL | crate::keys::KEY_SET | crate::folds::federation::MEMBERSHIP
    )
}

fn check_opening(target: &RecordId, body: &Value, chains: &Chains) -> Result<(), Reject> {
    let number = body.get("version").and_then(Value::as_u64);
    let sealed = number.and_then(|number| chains.numbered(target, number));
    let Some(sealed) = sealed else {
        return Err(Reject::new(
            Fault::TargetWrong,
            "the log has no such version of the sealed record",
        ));
    };
    let salt = body.get("salt").and_then(Value::as_str);
    let salt: Option<[u8; 32]> = salt.and_then(|salt| STANDARD.decode(salt).ok()?.try_into().ok());
    let opened = body.get("body").map(canonical_json);
    let hash = salt
        .zip(opened)
        .map(|(salt, body)| body_hash(Some(&Salt::from_bytes(salt)), &body));
    match hash == Some(sealed.body_hash) {
        true => Ok(()),
        false => Err(Reject::new(
            Fault::OpeningWrong,
            "the sealed record commits to another body or salt",
        )),
    }
}

/// The record whose body is to be purged by this one.
pub(crate) fn purged(kind: &KindName, body: &Value) -> Option<RecordId> {
    let purges = kind.as_str() == WITHDRAWAL && body.get("purge") == Some(&Value::Bool(true));
    purges.then(|| target(kind, body)).flatten()
}
