//! What others know of an own log: its witnesses, and the nodes that mirror it.
//!
//! What counts is what the log itself signed, and of a witness what it cosigned. Everything else is silence: a node that shows something
//! else knows nothing that could be held against us.

use crate::logs::{OwnLog, address_of};
use crate::mirrors::{MIRRORS, Newest, Obstacle, Place, Way};
use crate::{Fault, Runtime};
use chapar_register::{Ending, LogState};
use chapar_terms::{Digest, ParticipantId, Suite};
use chapar_tlog::{SignedCheckpoint, VerifierKey};
use std::time::Duration;
use tokio::task::JoinSet;

/// Longest wait for one answer: a start does not wait longer than this for anybody.
const ANSWER: Duration = Duration::from_secs(10);
/// What a place says that answers, and has no checkpoint.
const MISSING: &str = "checkpoint-missing";

/// What somebody answered.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub who: Who,
    /// Where the log is read there.
    pub place: String,
    pub said: Said,
}

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// The witness with this place in the log's policy.
    Witness(usize),
    /// A node that may mirror the log.
    Mirror,
}

/// What it said.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// The newest checkpoint that it knows, signed by the log.
    Knows(SignedCheckpoint),
    /// The log has ended, as both its keys and its participant's say.
    Ended(Box<Ending>),
    /// It does not know the log.
    Unknown,
    /// Nothing that counts.
    Silent(String),
}

/// Who is to be asked.
struct Asked {
    who: Who,
    place: String,
    /// Keys of which one must have signed, set by set.
    keys: Vec<Vec<VerifierKey>>,
    /// Whose log it is.
    owner: ParticipantId,
}

impl Runtime {
    /// Asks everybody who may know a log, all at once. Those who do not answer in time are silent.
    pub(super) async fn ask_about(&self, log: &OwnLog, from: &[String]) -> Result<Vec<Heard>, Fault> {
        let mut asking = JoinSet::new();
        for asked in self.whom_to_ask(log, from).await? {
            let (runtime, origin) = (self.clone(), log.origin.as_str().to_owned());
            asking.spawn(async move { runtime.ask_one(asked, &origin).await });
        }
        let mut heard = asking.join_all().await;
        heard.sort_by(|one, other| (one.who, &one.place).cmp(&(other.who, &other.place)));
        Ok(heard)
    }

    /// Whether there is anybody.
    pub(super) fn is_anybody_to_ask(&self, log: &OwnLog) -> bool {
        let has_witnesses = |log: &OwnLog| {
            let witnessing = log.witnessing.borrow();
            witnessing
                .as_ref()
                .is_some_and(|witnessing| !witnessing.policy.witnesses().is_empty())
        };
        !self.inner.config.mirrors.hint.is_empty() || has_witnesses(log)
    }

    async fn whom_to_ask(&self, log: &OwnLog, from: &[String]) -> Result<Vec<Asked>, Fault> {
        let id = Digest::of(log.origin.as_str().as_bytes()).hex();
        let rows = self.inner.store.log_keys(log.origin.as_str()).await?;
        let own: Vec<VerifierKey> = rows
            .iter()
            .map(|row| VerifierKey::parse(&row.vkey))
            .collect::<Result<_, _>>()?;
        let row = self
            .inner
            .store
            .log(log.origin.as_str())
            .await?
            .ok_or(Fault::NotFound)?;
        let owner = ParticipantId::parse(&row.owner)?;
        let witnessing = log.witnessing.borrow().clone();
        let witnesses = witnessing.iter().flat_map(|rule| rule.policy.witnesses()).enumerate();
        let mut asked: Vec<Asked> = witnesses
            .map(|(place, witness)| Asked {
                who: Who::Witness(place),
                place: format!("{}/{id}", address_of(witness).unwrap_or_default()),
                keys: vec![own.clone(), vec![witness.key.clone()]],
                owner: owner.clone(),
            })
            .collect();
        let mut nodes: Vec<&String> = self.inner.config.mirrors.hint.iter().chain(from).collect();
        nodes.sort();
        nodes.dedup();
        asked.extend(nodes.into_iter().map(|node| Asked {
            who: Who::Mirror,
            place: format!("{node}{MIRRORS}/{id}"),
            keys: vec![own.clone()],
            owner: owner.clone(),
        }));
        Ok(asked)
    }

    async fn hear(&self, asked: &Asked, place: &Place<'_>, origin: &str) -> Result<Said, Obstacle> {
        let answer = place.checkpoint(None).await?;
        if answer.has_ended && asked.who == Who::Mirror {
            let (leaf, body) = place.successor().await?;
            let own = asked.keys.first().map(Vec::as_slice).unwrap_or_default();
            if let Some(ending) = judge_end(self.inner.suite.as_ref(), &asked.owner, own, &leaf, &body) {
                return Ok(Said::Ended(Box::new(ending)));
            }
        }
        self.note_of(answer.newest, &asked.keys, origin)
    }

    fn note_of(
        &self,
        newest: Result<Newest, Obstacle>,
        keys: &[Vec<VerifierKey>],
        origin: &str,
    ) -> Result<Said, Obstacle> {
        match newest {
            Ok(Newest::Note { bytes, .. }) => Ok(judge(self.inner.suite.as_ref(), keys, origin, &bytes)),
            Ok(Newest::Same) => Ok(Said::Silent("it answers what it was not asked".to_owned())),
            Err(obstacle) if obstacle.code == MISSING => Ok(Said::Unknown),
            Err(obstacle) => Err(obstacle),
        }
    }

    async fn ask_one(&self, asked: Asked, origin: &str) -> Heard {
        let place = self.asked_place(&asked.place);
        let said = in_time(self.hear(&asked, &place, origin)).await;
        Heard {
            who: asked.who,
            said,
            place: asked.place,
        }
    }

    /// The newest checkpoint of an own log that a place has, signed by one of each of these sets of keys.
    pub(crate) async fn note_at(&self, address: &str, keys: &[Vec<VerifierKey>], origin: &str) -> Said {
        let place = self.asked_place(address);
        in_time(async { self.note_of(place.checkpoint(None).await?.newest, keys, origin) }).await
    }

    fn asked_place<'a>(&'a self, address: &'a str) -> Place<'a> {
        Place {
            way: Way::Net(&self.inner.mirror_client),
            address,
            is_own: false,
            mirrored_at: None,
        }
    }
}

/// What is said, or that nothing is.
async fn in_time(said: impl Future<Output = Result<Said, Obstacle>>) -> Said {
    match tokio::time::timeout(ANSWER, said).await {
        Ok(Ok(said)) => said,
        Ok(Err(obstacle)) => Said::Silent(obstacle.why),
        Err(_) => Said::Silent("it does not answer in time".to_owned()),
    }
}

/// The end of the log, where one of its keys has signed that. The other hand is the participant's, which is ours.
fn judge_end(
    suite: &dyn Suite,
    owner: &ParticipantId,
    keys: &[VerifierKey],
    leaf: &[u8],
    body: &[u8],
) -> Option<Ending> {
    let mut held = keys.iter().map(|key| LogState::pinned(owner.clone(), key.clone()));
    held.find_map(|held| Ending::check(suite, &held, leaf, body).ok())
}

/// What a note says, where it is the log's.
fn judge(suite: &dyn Suite, keys: &[Vec<VerifierKey>], origin: &str, bytes: &[u8]) -> Said {
    let Ok(note) = SignedCheckpoint::parse(bytes) else {
        return Said::Silent("it shows no checkpoint".to_owned());
    };
    let is_signed = keys.iter().all(|keys| note.verify(suite, keys).is_ok());
    match is_signed && note.checkpoint().origin.as_str() == origin {
        true => Said::Knows(note),
        false => Said::Silent("it shows a checkpoint that is not signed as it must be".to_owned()),
    }
}
