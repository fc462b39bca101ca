//! Fresh cosignatures of what is published, because somebody says why: a deadline has come, and it is to be seen that nothing more was there.
//!
//! A witness gives an unchanged checkpoint the lines of the last time for a day; with a reason it looks at its clock again. Each is asked once more
//! where it wants to be asked later, as long as somebody waits for the answer.

use super::asking::{Asker, Declined};
use super::book::OwnLog;
use super::witnessing::cosigned_at;
use crate::desk::invalid;
use crate::{Fault, Runtime};
use chapar_terms::Instant;
use chapar_tlog::SignedCheckpoint;
use chapar_tlog::policy::PolicyWitness;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Longest reason, in bytes: a witness keeps it with the log.
const REASON_BYTES: usize = 200;
/// How long whoever asks waits for the witnesses: one cosigns a log once in ten seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// A reason as a witness takes it: 1 to 200 printable ASCII characters, without the blanks around them.
pub fn cosigning_reason(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    (is_printable && (1..=REASON_BYTES).contains(&text.len())).then_some(text)
}

impl Runtime {
    /// Asks each witness of a log for a fresh cosignature of what is published; what came of it, in the order of the policy.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no reason; [`Fault::NotFound`] where the log asks nobody; [`Fault::Conflict`] before anything is published.
    pub(crate) async fn have_cosigned_afresh(&self, log: &Arc<OwnLog>, reason: &str) -> Result<Value, Fault> {
        let reason = cosigning_reason(reason).ok_or_else(|| {
            invalid(
                "wrong-reason",
                "a reason is 1 to 200 printable ASCII characters: witnesses keep it",
            )
        })?;
        let witnessing = log.witnessing.borrow().clone().ok_or(Fault::NotFound)?;
        let out = log.published.borrow().clone();
        let out = out.ok_or_else(|| Fault::Conflict("nothing of the log is published yet".to_owned()))?;
        let target = SignedCheckpoint::parse(&out.checkpoint)?;
        let mut asked = JoinSet::new();
        for (place, witness) in witnessing.policy.witnesses().iter().enumerate() {
            let asker = Asker::new(self, log, witness.clone()).because(reason);
            let (runtime, log, target) = (self.clone(), Arc::clone(log), target.clone());
            asked.spawn(async move { (place, runtime.asked_afresh(&log, asker, &target).await) });
        }
        let mut answers = asked.join_all().await;
        answers.sort_by_key(|(place, _)| *place);
        let witnesses: Vec<Value> = answers.into_iter().map(|(_, answer)| answer).collect();
        Ok(json!({ "size": target.checkpoint().size, "witnesses": witnesses }))
    }

    /// What came of asking one.
    async fn asked_afresh(&self, log: &OwnLog, mut asker: Asker, target: &SignedCheckpoint) -> Value {
        let witness = asker.witness().clone();
        let before = cosigned_at(self.inner.suite.as_ref(), &witness.key, target);
        let outcome = tokio::time::timeout(PATIENCE, ask(&mut asker, target)).await;
        let (at, why) = match outcome {
            Ok(Ok(())) => match self.cosigned_of(log, &witness, target) {
                at if at > before => (at, None),
                at => (at, Some("it gave the cosignature of before".to_owned())),
            },
            Ok(Err(declined)) => (before, Some(declined.why)),
            Err(_) => (before, Some("it did not cosign in time".to_owned())),
        };
        let mut view = json!({ "witness": witness.key.name().as_str(), "isFresh": why.is_none() });
        if let Some(members) = view.as_object_mut() {
            members.extend(at.map(|at| ("at".to_owned(), at.rfc3339().into())));
            members.extend(why.map(|why| ("why".to_owned(), why.into())));
        }
        view
    }

    /// When a witness cosigned what is out, if that is still the checkpoint that it was asked about.
    fn cosigned_of(&self, log: &OwnLog, witness: &PolicyWitness, target: &SignedCheckpoint) -> Option<Instant> {
        let out = log.published.borrow().clone()?;
        let out = SignedCheckpoint::parse(&out.checkpoint).ok()?;
        let is_it = out.note().text() == target.note().text();
        is_it.then(|| cosigned_at(self.inner.suite.as_ref(), &witness.key, &out))?
    }
}

/// Asks, and again when the witness wants to be asked later.
async fn ask(asker: &mut Asker, target: &SignedCheckpoint) -> Result<(), Declined> {
    loop {
        match asker.ask(target).await {
            Err(Declined { after: Some(after), .. }) => tokio::time::sleep(after).await,
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cosigning_reason;

    #[test]
    fn a_reason_is_short_and_printable() {
        assert_eq!(cosigning_reason(" a deadline "), Some("a deadline"));
        assert_eq!(cosigning_reason(&"x".repeat(200)).map(str::len), Some(200));
        for wrong in ["", "  ", "a\nb", "срок", &"x".repeat(201)] {
            assert_eq!(cosigning_reason(wrong), None, "{wrong:?}");
        }
    }
}
