//! Load and commit: a case from its row, checked against its evidence; a step into rows, durable before anyone hears of it.

use crate::events::EVENTS_KEPT;
use crate::follow_on::FOLLOW_ON;
use crate::hosted::Hosted;
use crate::keys::{fresh_urn, fresh_uuid};
use crate::kind::{Kind, view};
use crate::logs::{EVIDENCE, REGISTER};
use crate::outbox::PUSH_KIND;
use crate::{Fault, Runtime};
use chapar_evidence::{CaseMark, Deed, Entry, RawMessage, Salt};
use chapar_exchange::{Access, Effect, Facts, Fresh, Reached, Record, Reply, Step};
use chapar_store::{
    AgreementRow, CallbackRow, CaseRow, CaseWrite, EvidenceRow, LoadedCase, NewEvent, OutboxRow, ReplayRow,
    StepOutcome, StepWrite, StoreFault,
};
use chapar_terms::{AgreementId, CaseId, Digest, EntryId, canonical_json};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tracing::Instrument;

/// Steps of one case follow one another here already, so that the compare-and-swap seldom has to say no.
pub(crate) struct Locks(Vec<Mutex<()>>);

/// How many locks the cases of a node share: far more than steps at a time, far fewer than cases.
const LOCKS: usize = 1024;

impl Default for Locks {
    fn default() -> Self {
        Self((0..LOCKS).map(|_| Mutex::new(())).collect())
    }
}

impl Locks {
    /// Waits for the turn of `key` (a case, or the peer's name of one that is yet to begin).
    pub async fn hold(&self, participant: &str, key: &str) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        (participant, key).hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % (LOCKS as u64)).unwrap_or(0);
        match self.0.get(index) {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }
}

/// Commits between two cleanings.
const TIDY_EVERY: u64 = 4096;

/// How often a step is run again when somebody else was quicker with the case.
pub(crate) const RACES: usize = 16;

/// How long the effects of a step wait whose commit has an unknown outcome.
const UNKNOWN_PAUSE: Duration = Duration::from_secs(1);

/// A case as loaded: trusted because its digest is the one in its last evidence entry.
pub(crate) struct Loaded<K> {
    pub case: K,
    pub version: i64,
    /// Whether it is what was last committed here, not what is stored: only a compare-and-swap makes it certain.
    pub guessed: bool,
}

/// What came with the message that is being stepped.
#[derive(Default)]
pub(crate) struct Carried<'a> {
    /// Raw messages, kept with the records of the step in the same order.
    pub raw: Vec<RawMessage>,
    /// The token it used, with the answer that will be given.
    pub replay: Option<ReplayRow>,
    /// The peer whose message it is: so much is written down of what it is refused.
    pub peer: Option<&'a str>,
    /// Whether nothing that anybody follows the case for is different after it.
    pub is_no_news: bool,
}

/// What became of a step.
pub(crate) enum Outcome {
    /// Durable.
    Committed,
    /// Somebody was quicker: load and step again.
    Conflict,
    /// The token was used before.
    Replayed(ReplayRow),
}

impl Runtime {
    /// The case as it is stored.
    pub(crate) async fn load<K: Kind>(&self, participant: &str, id: &str) -> Result<Option<Loaded<K>>, Fault> {
        let stored = self.inner.store.load_case(participant, K::NAME, id).await?;
        stored.as_ref().map(loaded).transpose()
    }

    /// The case to be stepped: as last committed here, or as stored.
    pub(crate) async fn recall<K: Kind>(&self, participant: &str, id: &str) -> Result<Option<Loaded<K>>, Fault> {
        match self.inner.live.find::<K>(participant, id) {
            Some((case, version)) => Ok(Some(Loaded {
                case,
                version,
                guessed: true,
            })),
            None => self.load(participant, id).await,
        }
    }

    /// The case that a peer's first message with this key has begun, as it is stored.
    pub(crate) async fn load_first<K: Kind>(&self, participant: &str, key: &str) -> Result<Option<Loaded<K>>, Fault> {
        let stored = self.inner.store.case_by_first_key(participant, K::NAME, key).await?;
        stored.as_ref().map(loaded).transpose()
    }

    /// The moment of a step for `hosted`.
    pub(crate) fn facts<'a>(&self, hosted: &'a Hosted, access: &'a dyn Access) -> Result<Facts<'a>, Fault> {
        let fresh = Fresh {
            case: CaseId::parse(&fresh_urn())?,
            agreement: AgreementId::parse(&fresh_urn())?,
        };
        Ok(Facts {
            now: self.now(),
            me: &hosted.me,
            fresh,
            federations: self.members_of_federations(),
            access,
        })
    }

    /// Writes a step, all or nothing. `before` is the version it was decided on; none for a new case.
    pub(crate) async fn commit<K: Kind>(
        &self,
        hosted: &Hosted,
        before: Option<i64>,
        step: &Step<K>,
        carried: Carried<'_>,
    ) -> Result<Outcome, Fault> {
        let Some(case) = step.case.as_ref().filter(|_| self.is_worth_it(hosted, step, &carried)) else {
            return self.commit_without_case(hosted, step, carried).await;
        };
        let body = canonical_json(&case.to_stored());
        let digest = Digest::of(&body);
        let mut raw = carried.raw.into_iter();
        let mut evidence = Vec::with_capacity(step.records.len());
        for record in &step.records {
            evidence.push(self.evidence_row(hosted, Some((case.head().id.as_str(), digest)), record, raw.next())?);
        }
        let Some(last) = evidence.last() else {
            return Err(Fault::Internal("a step keeps a case without a record".to_owned()));
        };
        let version = before.map_or(1, |version| version.saturating_add(1));
        let row = case_row(hosted, case, body, version, last.id.clone())?;
        let write = match before {
            None => CaseWrite::Insert(row),
            Some(expected_version) => CaseWrite::Update { row, expected_version },
        };
        let write = StepWrite {
            agreement: self.agreement_row(hosted, step).await?,
            evidence,
            outbox_add: step
                .effects
                .iter()
                .map(|effect| self.outbox_row(hosted, case, effect))
                .collect(),
            outbox_done: step.cancelled.clone(),
            events: (changes(step) && !carried.is_no_news)
                .then(|| {
                    event(
                        case,
                        self.now().unix_ms(),
                        callback_events(case, before.is_none(), &step.reached),
                    )
                })
                .into_iter()
                .collect(),
            callbacks: self.new_callbacks(hosted, case, before),
            replay: carried.replay,
            ..StepWrite::new(write)
        };
        let (slug, id) = (hosted.slug.as_str(), case.head().id.as_str());
        let _through = self.inner.doorway.read().await;
        if self.inner.house.find(slug).is_none() {
            // It was removed while this step was made: nobody would be there for what follows from it.
            return Err(Fault::NotFound);
        }
        let outcome = self.write(write).await;
        match &outcome {
            Ok(Outcome::Committed) => {
                self.inner.live.remember(slug, case, version);
                self.wait_anew(slug, case);
                if !step.cancelled.is_empty() {
                    self.inner.obstacles.over(slug, id);
                }
            }
            Ok(Outcome::Conflict) => self.inner.live.forget::<K>(slug, id),
            Ok(Outcome::Replayed(_)) => {}
            Err(fault) => {
                self.inner.live.forget::<K>(slug, id);
                if matches!(fault, StoreFault::Unknown(_)) {
                    self.wait_anew(slug, case);
                    self.prepare_for_either(hosted, step, id);
                }
            }
        }
        Ok(outcome?)
    }

    /// Whether the case is to be written: a refusal changes nothing, so of a peer that has had many it is not written down, or
    /// a peer could fill the disk with messages that lead nowhere.
    fn is_worth_it<K>(&self, hosted: &Hosted, step: &Step<K>, carried: &Carried<'_>) -> bool {
        let moves = !step.effects.is_empty() || !step.cancelled.is_empty() || !matches!(step.reply, Reply::Refused(_));
        moves || self.may_write_down(hosted, carried)
    }

    fn may_write_down(&self, hosted: &Hosted, carried: &Carried<'_>) -> bool {
        let Some(peer) = carried.peer else { return true };
        let asker = (hosted.slug.as_str().to_owned(), peer.to_owned());
        let may = self.inner.refusals.take(asker, self.now()).is_ok();
        if !may {
            tracing::debug!(peer, "a refusal is not written down: this peer has had too many");
        }
        may
    }

    /// Nobody knows whether the step is durable. Flows that it would close are closed, for a consumer that still has access
    /// may come back; and if there are effects, somebody must deliver them, though not before the asker had its answer.
    fn prepare_for_either<K: Kind>(&self, hosted: &Hosted, step: &Step<K>, case: &str) {
        self.after_commit(hosted, step);
        let (runtime, participant, case) = (self.clone(), hosted.slug.as_str().to_owned(), case.to_owned());
        let later = async move {
            tokio::time::sleep(UNKNOWN_PAUSE).await;
            runtime.announce(&participant, &case);
        };
        tokio::spawn(later.in_current_span());
    }

    /// A step that touches no case still writes down what was refused and remembers its token, so that a copy of the request is
    /// told from a reuse.
    async fn commit_without_case<K: Kind>(
        &self,
        hosted: &Hosted,
        step: &Step<K>,
        carried: Carried<'_>,
    ) -> Result<Outcome, Fault> {
        let mut evidence = Vec::new();
        // One with a case is here because nothing may be written down of it.
        if step.case.is_none() && !step.records.is_empty() && self.may_write_down(hosted, &carried) {
            let mut raw = carried.raw.into_iter();
            for record in &step.records {
                evidence.push(self.evidence_row(hosted, None, record, raw.next())?);
            }
        }
        let replay = carried
            .replay
            .filter(|_| !chapar_terms::sabotaged("forget-refused-token"));
        if replay.is_none() && evidence.is_empty() {
            return Ok(Outcome::Committed);
        }
        let write = CaseWrite::Untouched {
            participant: hosted.slug.as_str().to_owned(),
        };
        let write = StepWrite {
            evidence,
            replay,
            ..StepWrite::new(write)
        };
        Ok(self.write(write).await?)
    }

    /// Writes that a case goes, with the record of who removed it.
    pub(crate) async fn commit_removal<K: Kind>(
        &self,
        hosted: &Hosted,
        loaded: &Loaded<K>,
        record: &Record,
    ) -> Result<Outcome, Fault> {
        let (slug, id) = (hosted.slug.as_str(), loaded.case.head().id.as_str());
        let digest = Digest::of(&canonical_json(&loaded.case.to_stored()));
        let write = CaseWrite::Remove {
            participant: slug.to_owned(),
            kind: K::NAME.to_owned(),
            id: id.to_owned(),
            expected_version: loaded.version,
        };
        let write = StepWrite {
            evidence: vec![self.evidence_row(hosted, Some((id, digest)), record, None)?],
            ..StepWrite::new(write)
        };
        let outcome = self.write(write).await;
        self.inner.live.forget::<K>(slug, id);
        Ok(outcome?)
    }

    pub(crate) async fn write(&self, write: StepWrite) -> Result<Outcome, StoreFault> {
        if chapar_terms::sabotaged("answer-before-commit") {
            let store = self.inner.store.clone();
            tokio::spawn(async move { store.commit_step(write).await });
            return Ok(Outcome::Committed);
        }
        let participant = write.case.participant().to_owned();
        let (is_evident, is_public) = (!write.evidence.is_empty(), !write.entries.is_empty());
        let outcome = self.inner.store.commit_step(write).await;
        // What may be durable is published as what is; a sequencer that finds nothing new sleeps on.
        if is_evident {
            self.inner.logs.ring(&participant, EVIDENCE);
        }
        if is_public {
            self.inner.logs.ring(&participant, REGISTER);
        }
        Ok(match outcome? {
            StepOutcome::Committed(..) => {
                self.tidy_up_now_and_then();
                Outcome::Committed
            }
            StepOutcome::Conflict => Outcome::Conflict,
            StepOutcome::Replayed(row) => Outcome::Replayed(row),
        })
    }

    /// Forgets expired tokens and old events of every participant, once in [`TIDY_EVERY`] commits: work brings its own cleaning, idling brings none.
    fn tidy_up_now_and_then(&self) {
        if !self
            .inner
            .commits
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(TIDY_EVERY)
        {
            return;
        }
        let (store, now) = (self.inner.store.clone(), self.now().unix_ms());
        tokio::spawn(async move {
            for done in [store.prune_replays(now).await, store.prune_events(EVENTS_KEPT).await] {
                if let Err(fault) = done {
                    tracing::warn!(%fault, "old rows were not removed; it is tried again later");
                }
            }
        });
    }

    pub(crate) fn evidence_row(
        &self,
        hosted: &Hosted,
        case: Option<(&str, Digest)>,
        record: &Record,
        raw: Option<RawMessage>,
    ) -> Result<EvidenceRow, Fault> {
        let now = self.now();
        let salt = Salt::from_bytes(self.inner.keys.random()?);
        let mark = case.map(|(id, digest)| CaseId::parse(id).map(|id| CaseMark { id, digest }));
        let deed = Deed {
            participant: hosted.me.id.clone(),
            case: mark.transpose()?,
            kind: record.kind,
            at: now,
        };
        let entry = Entry::seal(EntryId::parse(&fresh_uuid())?, salt, deed, canonical_json(&record.body));
        Ok(EvidenceRow {
            id: entry.header().id.as_str().to_owned(),
            participant: hosted.slug.as_str().to_owned(),
            case_id: case.map(|(id, _)| id.to_owned()),
            kind: record.kind.as_str().to_owned(),
            at: now.unix_ms(),
            case_digest: case.map(|(_, digest)| digest.hex()),
            leaf: entry.leaf(),
            salt: entry.salt().as_bytes().to_vec(),
            body: entry.body().to_vec(),
            raw: raw.map(|raw| raw.encode()),
        })
    }

    /// The row of an agreement that comes into force; none when this negotiation brought it into force before.
    async fn agreement_row<K: Kind>(&self, hosted: &Hosted, step: &Step<K>) -> Result<Option<AgreementRow>, Fault> {
        let (Some(in_force), Some(case)) = (&step.agreement, &step.case) else {
            return Ok(None);
        };
        let slug = hosted.slug.as_str();
        if self
            .inner
            .store
            .agreement(slug, in_force.agreement.id.as_str())
            .await?
            .is_some()
        {
            return Ok(None);
        }
        let head = case.head();
        Ok(Some(AgreementRow {
            participant: slug.to_owned(),
            agreement_id: in_force.agreement.id.as_str().to_owned(),
            negotiation_id: in_force.negotiation.as_str().to_owned(),
            role: head.role.as_str().to_owned(),
            peer: head.peer.as_str().to_owned(),
            asset_id: in_force.agreement.target.as_str().to_owned(),
            definition_id: in_force
                .definition
                .as_ref()
                .map(|definition| definition.as_str().to_owned()),
            mode: head.mode.as_str().to_owned(),
            body: json!({ "agreement": in_force.agreement.render(), "peerAddress": head.peer_address }).to_string(),
            signed_at: in_force.signed_at.unix_ms(),
            retired: None,
        }))
    }

    /// The callback addresses of a new case, which are followed from now on: before anybody can hear of it.
    fn new_callbacks<K: Kind>(&self, hosted: &Hosted, case: &K, before: Option<i64>) -> Vec<CallbackRow> {
        let head = case.head();
        let addresses = head.callbacks.iter().filter(|_| before.is_none());
        let rows: Vec<CallbackRow> = (0..)
            .zip(addresses)
            .map(|(number, address)| {
                CallbackRow::new(hosted.slug.as_str(), head.id.as_str(), number, address.transactional)
            })
            .collect();
        self.inner.callbacks.follow(&rows);
        rows
    }

    fn outbox_row<K: Kind>(&self, hosted: &Hosted, case: &K, effect: &Effect) -> OutboxRow {
        let row = OutboxRow {
            effect_id: effect.id().to_owned(),
            participant: hosted.slug.as_str().to_owned(),
            case_id: case.head().id.as_str().to_owned(),
            // What is no message goes before what is said later: whatever is not to wait for a push calls it off.
            position: 0,
            kind: String::new(),
            body: Vec::new(),
            target: String::new(),
            deadline_at: i64::MAX,
            attempts: 0,
            not_before: 0,
            created_at: self.now().unix_ms(),
        };
        match effect {
            Effect::Send {
                id,
                url,
                message,
                body,
                deadline,
            } => {
                let number = id.rsplit_once('#').and_then(|(_, number)| number.parse().ok());
                OutboxRow {
                    position: number.unwrap_or(0),
                    kind: format!("{}:{message}", K::NAME),
                    body: body.clone(),
                    target: url.clone(),
                    deadline_at: deadline.unix_ms(),
                    ..row
                }
            }
            Effect::Begin { .. } => OutboxRow {
                kind: FOLLOW_ON.to_owned(),
                ..row
            },
            Effect::Push { deadline, .. } => OutboxRow {
                kind: PUSH_KIND.to_owned(),
                deadline_at: deadline.unix_ms(),
                ..row
            },
        }
    }
}

fn loaded<K: Kind>(stored: &LoadedCase) -> Result<Loaded<K>, Fault> {
    Ok(Loaded {
        version: stored.row.version,
        case: checked(&stored.row, stored.case_digest.as_deref())?,
        guessed: false,
    })
}

/// The second way into a case: from a row, believed only if its digest is the one its last evidence entry holds.
fn checked<K: Kind>(row: &CaseRow, evidence_digest: Option<&str>) -> Result<K, Fault> {
    if evidence_digest != Some(Digest::of(row.body.as_bytes()).hex().as_str())
        && !chapar_terms::sabotaged("trust-the-row")
    {
        return Err(Fault::Internal(format!(
            "case `{}` is not what its evidence says",
            row.id
        )));
    }
    let value: Value = serde_json::from_str(&row.body).map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(K::from_stored(&value)?)
}

fn case_row<K: Kind>(
    hosted: &Hosted,
    case: &K,
    body: Vec<u8>,
    version: i64,
    evidence_id: String,
) -> Result<CaseRow, Fault> {
    let head = case.head();
    let body = String::from_utf8(body).map_err(|error| Fault::Internal(error.to_string()))?;
    let first_key = head.peer_pid.as_ref().filter(|_| case.begun_by_peer());
    Ok(CaseRow {
        participant: hosted.slug.as_str().to_owned(),
        id: head.id.as_str().to_owned(),
        kind: K::NAME.to_owned(),
        role: head.role.as_str().to_owned(),
        state: case.state().to_owned(),
        pending: case.pending().map(str::to_owned),
        phase: case.phase().to_owned(),
        peer: head.peer.as_str().to_owned(),
        consumer_pid: head.consumer_pid().map(|pid| pid.as_str().to_owned()),
        provider_pid: head.provider_pid().map(|pid| pid.as_str().to_owned()),
        agreement_id: case.agreement_id().map(str::to_owned),
        asset_id: case.asset_id().map(str::to_owned),
        first_key: first_key.map(|pid| first_key_of(head.role.other().as_str(), head.peer.as_str(), pid.as_str())),
        version,
        body,
        evidence_id,
        created_at: head.created_at.unix_ms(),
        updated_at: head.updated_at.unix_ms(),
        since: head.since.unix_ms(),
    })
}

/// The key under which a peer's first message of a case is known: who, in which role, under which pid of its own.
pub(crate) fn first_key_of(peer_role: &str, peer: &str, pid: &str) -> String {
    json!([peer_role, peer, pid]).to_string()
}

/// A refusal that moves nothing is evidence, but no news.
fn changes<K>(step: &Step<K>) -> bool {
    !matches!(step.reply, Reply::Refused(_)) || !step.effects.is_empty() || !step.reached.is_empty()
}

/// The names under which the callback addresses of a case are told of a step, in the order of what happened.
fn callback_events<K: Kind>(case: &K, is_new: bool, reached: &[Reached]) -> Vec<String> {
    if case.head().callbacks.is_empty() {
        return Vec::new();
    }
    let begun = is_new.then(|| "initiated".to_owned());
    let words = begun
        .into_iter()
        .chain(reached.iter().filter_map(|reached| case.callback_word(*reached)));
    words.map(|word| format!("{}.{word}", K::CALLBACK_FAMILY)).collect()
}

fn event<K: Kind>(case: &K, at: i64, callback_events: Vec<String>) -> NewEvent {
    NewEvent {
        event_type: format!("{}.{}", K::NAME, case.state().to_lowercase()),
        case_id: Some(case.head().id.as_str().to_owned()),
        data: view(case).to_string(),
        at,
        callback_events,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_exchange::negotiation::Negotiation;

    fn row(body: &str) -> CaseRow {
        CaseRow {
            participant: "uz-plant".to_owned(),
            id: "urn:uuid:1".to_owned(),
            kind: "negotiation".to_owned(),
            role: "provider".to_owned(),
            state: "REQUESTED".to_owned(),
            pending: None,
            phase: "REQUESTED".to_owned(),
            peer: "did:web:kz.example".to_owned(),
            consumer_pid: None,
            provider_pid: None,
            agreement_id: None,
            asset_id: None,
            first_key: None,
            version: 1,
            body: body.to_owned(),
            evidence_id: "e".to_owned(),
            created_at: 0,
            updated_at: 0,
            since: 0,
        }
    }

    #[test]
    fn a_case_is_believed_only_with_its_evidence() {
        chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
        // A body that is believed is read next, and this one is no negotiation.
        let said = |body: &str, digest: Option<&str>| match checked::<Negotiation>(&row(body), digest) {
            Err(fault) => fault.to_string(),
            Ok(_) => "read".to_owned(),
        };
        let digest = Digest::of(b"{}").hex();
        assert!(said("{}", Some(&digest)).contains("cannot be read"));
        assert!(said("{}", None).contains("evidence"), "without evidence");
        assert!(
            said("{ }", Some(&digest)).contains("evidence"),
            "with the evidence of another body"
        );
    }
}
