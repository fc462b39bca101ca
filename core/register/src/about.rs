//! Records that are about another: withdrawals, translations, annotations, openings.

use crate::body::body_hash;
use crate::chain::Chains;
use crate::header::{Header, KindName};
use crate::id::RecordId;
use crate::kinds::Kinds;
use crate::verdict::{Fault, Reject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Digest, Salt, canonical_json};
use serde_json::Value;

/// The kind that takes a record back.
pub(crate) const WITHDRAWAL: &str = "withdrawal";
/// The kind that shows a sealed body.
pub const OPENING: &str = "opening";

/// Where the body of a kind names the record that it is about, and the hash of its leaf; none for kinds that are about none.
pub fn about_members(kind: &KindName) -> Option<(&'static str, &'static str)> {
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
        _ => about_members(kind)?.0,
    };
    RecordId::parse(body.get(member)?.as_str()?).ok()
}

/// Checks what a record is about, as far as this log can tell: others' records are judged where they are.
pub(crate) fn check(kinds: &Kinds, header: &Header, body: &Value, chains: &Chains) -> Result<(), Reject> {
    let wrong = |why: &str| Err(Reject::new(Fault::TargetWrong, why));
    let is_opening = header.kind.as_str() == OPENING;
    let hash = about_members(&header.kind).map(|(_, hash)| hash);
    if hash.is_none() && !is_opening {
        return Ok(());
    }
    let Some(target) = target(&header.kind, body) else {
        return wrong("what it is about is no record");
    };
    let is_ours = target.participant() == header.id.participant() && target.log() == header.id.log();
    if is_opening {
        return check_opening(kinds, &target, body, chains);
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

fn check_opening(kinds: &Kinds, target: &RecordId, body: &Value, chains: &Chains) -> Result<(), Reject> {
    let number = body.get("version").and_then(Value::as_u64);
    let sealed = number.and_then(|number| chains.numbered(target, number));
    let (Some(sealed), Some(kind)) = (sealed, chains.kind(target)) else {
        return Err(Reject::new(
            Fault::TargetWrong,
            "the log has no such version of the sealed record",
        ));
    };
    let salt = body.get("salt").and_then(Value::as_str).and_then(read_salt);
    let opened = body.get("body");
    let hash = salt
        .zip(opened.map(canonical_json))
        .map(|(salt, body)| body_hash(Some(&salt), &body));
    if hash != Some(sealed.body_hash) && !chapar_terms::sabotaged("believe-any-opening") {
        let why = "the sealed record commits to another body or salt";
        return Err(Reject::new(Fault::OpeningWrong, why));
    }
    let found = kinds.find(kind).zip(opened).map(|(kind, body)| kind.check(body));
    match found.as_ref().and_then(|found| found.first()) {
        Some(finding) => Err(Reject::new(Fault::BodyInvalid, format!("the opened body: {finding}"))),
        None => Ok(()),
    }
}

/// The salt as an opening spells it: 32 bytes in base64.
pub(crate) fn read_salt(text: &str) -> Option<Salt> {
    let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
    Some(Salt::from_bytes(bytes))
}

/// What an opening opens: the record, its version, and its body.
pub(crate) fn opened<'a>(kind: &KindName, body: &'a Value) -> Option<(RecordId, u32, &'a Value)> {
    let target = target(kind, body).filter(|_| kind.as_str() == OPENING)?;
    let version = body.get("version")?.as_u64()?;
    Some((target, u32::try_from(version).ok()?, body.get("body")?))
}

/// The record whose body is to be purged by this one.
pub(crate) fn purged(kind: &KindName, body: &Value) -> Option<RecordId> {
    let purges = kind.as_str() == WITHDRAWAL && body.get("purge") == Some(&Value::Bool(true));
    purges.then(|| target(kind, body)).flatten()
}
