//! A log of evidence beside the register of its owner: it must begin with every checkpoint that the register has of it.

use super::{newest, walk};
use crate::demands::Demands;
use crate::said::Said;
use crate::source::{Progress, Source, Unreadable};
use chapar_register::{EvidenceTrail, Standing, Statement, Weight};
use chapar_terms::Suite;

/// Verifies a log of evidence up to its newest checkpoint, and against the checkpoints of it that the register holds. The register's key
/// is demanded; it vouches for the key of the evidence, unless that is demanded too.
///
/// # Errors
/// One of both could not be looked at; what was seen until then says nothing.
pub async fn verify_evidence(
    suite: &dyn Suite,
    evidence: &Source,
    register: &Source,
    demands: &Demands,
    progress: &Progress<'_>,
) -> Result<Said, Unreadable> {
    let mut said = Said::default();
    let Some(checkpoint) = newest(evidence, &mut said).await? else {
        return Ok(said);
    };
    let origin = checkpoint.checkpoint().origin.as_str().to_owned();
    let mut trail = EvidenceTrail::new(suite, origin.clone());
    let mut beside = Said::default();
    if let Some(checkpoint) = newest(register, &mut beside).await? {
        walk(
            suite,
            register,
            demands,
            progress,
            checkpoint,
            Some(&mut trail),
            &mut beside,
        )
        .await?;
    }
    let verdict = beside.verdict();
    let Some(state) = beside.state.filter(|_| verdict.is_good()) else {
        let unknown = Statement::new("register-not-verified", Standing::Unknown, Weight::Needed);
        said.report.say(unknown.with("verdict", verdict.as_str()));
        return Ok(said);
    };
    let verified = Statement::new("register-verified", Standing::Proven, Weight::Additional);
    let verified = verified.with("origin", state.origin());
    said.report.say(verified.with("size", state.frontier().size()));
    let demands = Demands {
        vkeys: demands.keys_of(&origin),
        participant: Some(state.participant().clone()),
        ..Demands::default()
    };
    walk(
        suite,
        evidence,
        &demands,
        progress,
        checkpoint,
        Some(&mut trail),
        &mut said,
    )
    .await?;
    said.take(&trail.finish());
    if beside.is_own_word {
        said.is_own_word = true;
        said.rests_on_own_word();
    }
    Ok(said)
}
