//! One record with its proof, checked without a network.

use crate::demands::Demands;
use crate::said::Said;
use chapar_register::{ClosedBody, Keys, Kinds, RecordProof, Shown, Standing, Statement, Visibility, Weight};
use chapar_terms::{Invalid, Suite, canonical_json};
use serde_json::Value;

/// What is shown beside the proof of a record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Its body, in any spelling of JSON: what is signed is what canonical JSON makes of it. Of a record that is not open: the document
    /// with its body and the salt.
    pub body: Option<&'a [u8]>,
    /// The keys of its log, as a verification of it found them.
    pub keys: Option<&'a Keys>,
}

/// Verifies the bytes of a `*.record-proof`.
///
/// # Errors
/// The demands cannot be made into a policy; nothing is said of the record.
pub fn verify_record(suite: &dyn Suite, proof: &[u8], beside: Beside<'_>, demands: &Demands) -> Result<Said, Invalid> {
    let mut said = Said::default();
    let needed = |code, standing| Statement::new(code, standing, Weight::Needed);
    let proof = match RecordProof::parse(proof) {
        Ok(proof) => proof,
        Err(why) => {
            said.report
                .say(needed("proof-malformed", Standing::Broken).with("why", why));
            return Ok(said);
        }
    };
    let header = proof.record().header();
    let about = Statement::new("record", Standing::Asserted, Weight::Additional);
    let about = about
        .with("id", &header.id)
        .with("kind", &header.kind)
        .with("version", header.version);
    said.report.say(about.with("issued", header.issued));
    if let Some(demanded) = &demands.participant
        && header.issuer != *demanded
    {
        said.report
            .say(needed("record-of-other", Standing::Broken).with("issuer", &header.issuer));
    }
    let Some(policy) = demands.policy()? else {
        // The proof names the key by a short hash and does not hold it.
        said.report.say(needed("key-not-shown", Standing::Unknown));
        return Ok(said);
    };
    let is_closed = header.visibility != Visibility::Open;
    let closed = beside.body.filter(|_| is_closed).map(ClosedBody::parse);
    let closed = closed.and_then(Result::ok);
    let body = beside.body.map(|bytes| {
        if let Some(closed) = &closed {
            return closed.body().bytes().to_vec();
        }
        let value = serde_json::from_slice::<Value>(bytes);
        value.map_or_else(|_| bytes.to_vec(), |value| canonical_json(&value))
    });
    let shown = Shown {
        keys: beside.keys,
        body: body.as_deref(),
        salt: closed.as_ref().map(ClosedBody::salt),
    };
    said.take(&proof.verify(Kinds::built_in(), suite, &policy, shown));
    Ok(said)
}
