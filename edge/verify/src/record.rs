//! One record with its proof, checked without a network.

use crate::demands::Demands;
use crate::said::Said;
use chapar_register::{Keys, Kinds, RecordProof, Shown, ShownBody, Standing, Statement, Weight};
use chapar_terms::{Invalid, Suite};

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
    let body = beside.body.map(|bytes| ShownBody::read(&header.visibility, bytes));
    let shown = Shown {
        keys: beside.keys,
        body: body.as_ref().map(ShownBody::bytes),
        salt: body.as_ref().and_then(ShownBody::salt),
    };
    said.take(&proof.verify(Kinds::built_in(), suite, &policy, shown));
    Ok(said)
}
