//! The one task of a mirror: it looks when it is woken or when time has passed, at the log itself and then at the other places, and
//! says what it found.

use super::book::{Carried, Mirror};
use super::judge::{self, Held, Verdict};
use super::obstacle::{Caught, Halt, Obstacle};
use super::place::{Newest, Place, Way};
use super::suspicion::{self, Suspicion};
use super::take::{Reached, Taking};
use crate::alarms;
use crate::couriers::pause_ms;
use crate::logs::{Published, Tree, published, signed, whole};
use crate::{Fault, Runtime};
use chapar_register::LogState;
use chapar_store::{LogRow, LogSource, MirrorRow, Publication};
use chapar_terms::Digest;
use chapar_tlog::{SignedCheckpoint, VerifierKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// Least time between two looks that nobody waits for: whoever sends hints without end gets one look for all that come within it.
const HINT_GAP: Duration = Duration::from_secs(1);
/// Longest pause, whatever is in the way.
const LONGEST_PAUSE_MS: u64 = 5 * 60 * 1000;
/// What a place is called that has an older tree than is held here.
const OLDER: &str = "checkpoint-older";
/// A pause is longer or shorter by this part of it, at most: nodes that began together do not ask together.
const JITTER: u64 = 8;

/// Keeps one mirror.
pub(super) struct Keeper {
    pub(super) runtime: Runtime,
    pub(super) mirror: Arc<Mirror>,
    pub(super) tree: Tree,
    published: Option<SignedCheckpoint>,
    pub(super) held: Reached,
    /// What is here behind that.
    staged: Option<Reached>,
    seen: Option<SignedCheckpoint>,
    /// What to ask each place with.
    tags: BTreeMap<String, String>,
    /// What places are held to have done, by the hash of it.
    pub(super) suspicions: BTreeMap<String, Suspicion>,
    /// Which of the other places is compared next.
    compared: usize,
    /// Until when places are not asked that nobody named and that were of no use.
    pub(super) left_alone: BTreeMap<String, Instant>,
}

impl Keeper {
    /// Takes a mirror up where it was left. What is staged and fits is kept, anything else of it dropped.
    ///
    /// # Errors
    /// What is stored is not what was verified: the operator is told, and nothing more is taken.
    pub(super) async fn load(
        runtime: &Runtime,
        mirror: Arc<Mirror>,
        log: &LogRow,
        row: &MirrorRow,
    ) -> Result<Self, Fault> {
        let tree = Tree::of(
            &runtime.inner.store,
            LogSource::Register(log.origin.clone()),
            &log.origin,
        );
        let size = whole(log.size)?;
        let edge = tree.edge(size).await?;
        let state = LogState::decode(&row.state)?;
        if state.frontier().size() != size || state.frontier().root() != edge.root() {
            return Err(Fault::Internal(format!(
                "what is stored of the mirrored log `{}` is not what was verified: remove the mirror and add it again",
                log.origin
            )));
        }
        let read = |note: &Option<Vec<u8>>| note.as_deref().map(SignedCheckpoint::parse).transpose();
        let mut keeper = Self {
            runtime: runtime.clone(),
            published: read(&log.checkpoint)?,
            held: Reached { state, edge },
            staged: None,
            seen: read(&row.seen)?,
            tags: BTreeMap::new(),
            suspicions: suspicion::stored(runtime, &log.origin).await?,
            compared: 0,
            left_alone: BTreeMap::new(),
            mirror,
            tree,
        };
        keeper.take_up(row).await?;
        // A crash may have come between the publication and the list of the witness.
        let keys = keeper.held.state.keys();
        runtime.witness_follows(&log.origin, keys, size).await?;
        Ok(keeper)
    }

    async fn take_up(&mut self, row: &MirrorRow) -> Result<(), Fault> {
        let store = &self.runtime.inner.store;
        let last = whole(store.last_position(&row.origin).await?)?;
        if let Some(staged) = &row.staged {
            let state = LogState::decode(staged)?;
            let edge = self.tree.edge_from_files(state.frontier().size()).await?;
            let edge = edge.filter(|edge| edge.size() == last && edge.root() == state.frontier().root());
            // A log signs with keys that it lists: what a first look left counts only where the pinned key is one of them.
            let is_listed = state.keys().stands(&self.mirror.pinned, last);
            if let Some(edge) = edge.filter(|_| !self.held.state.keys().is_empty() || is_listed) {
                tracing::info!(log = %self.mirror.origin, size = last, "a mirror goes on where it was cut off");
                self.staged = Some(Reached { state, edge });
                return Ok(());
            }
        }
        if last > self.held.edge.size() {
            store.drop_staged(&row.origin).await?;
        }
        Ok(())
    }

    /// Entries that are published here.
    pub(super) const fn size(&self) -> u64 {
        self.held.edge.size()
    }

    /// The checkpoint that covers them.
    pub(super) fn into_published(self) -> Option<SignedCheckpoint> {
        self.published
    }

    /// Works until the node stops or the mirror is removed.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        while !self.is_over() {
            let turn = Arc::clone(&self.mirror);
            let asked = {
                let _turn = turn.turn.lock().await;
                self.look().await
            };
            self.mirror.looks.send_modify(|looks| *looks += 1);
            failures = match &asked {
                Ok(()) => 0,
                Err(_) => failures + 1,
            };
            self.rest(failures, asked.err().flatten()).await;
        }
    }

    fn is_over(&self) -> bool {
        let is_stopped = self.runtime.inner.stopping.load(Ordering::Relaxed);
        is_stopped || self.mirror.gone.load(Ordering::Relaxed) || self.mirror.standing().ended.is_some()
    }

    async fn rest(&self, failures: i64, asked: Option<u64>) {
        let now = self.runtime.now().unix_ms();
        let seed = Digest::of_parts(&[self.mirror.origin.as_str().as_bytes(), &now.to_be_bytes()]);
        let every = self.runtime.inner.config.mirrors.every_ms;
        let begun = Instant::now();
        let mut end = begun + Duration::from_millis(pause(every, failures, asked, seed.as_bytes()[0]));
        while tokio::time::timeout_at(end, self.mirror.bell.notified()).await.is_ok() {
            if self.mirror.is_hurried.swap(false, Ordering::Relaxed) {
                return;
            }
            end = end_after_hint(begun, end, failures);
        }
    }

    /// One look; the error is what a place asked us to wait, if it said.
    async fn look(&mut self) -> Result<(), Option<u64>> {
        if self.is_over() || self.mirror.standing().caught.is_some() {
            return Ok(());
        }
        if let Some(carried) = self.mirror.take_carried() {
            self.look_into(carried).await;
            return Ok(());
        }
        let mirror = Arc::clone(&self.mirror);
        let own = std::iter::once(mirror.address.clone());
        let addresses = own.chain(mirror.places.iter().cloned()).chain(self.learned());
        let mut first = None;
        for address in addresses.collect::<Vec<_>>() {
            match self.look_at(&address).await {
                Ok(()) if first.is_none() => {
                    self.mirror.standing().obstacle = None;
                    self.compare().await;
                    return Ok(());
                }
                // While the log itself is away, any of its mirrors may have more than the one before: what is lacking is known when all were asked.
                Ok(()) if chapar_terms::sabotaged("stop-at-the-first-mirror") => break,
                Ok(()) => {}
                Err(Halt::Place(obstacle)) => {
                    self.suspect(&address, &obstacle).await;
                    tracing::debug!(log = %mirror.origin, place = address, code = obstacle.code, why = obstacle.why, "a place of a mirrored log is of no use now");
                    self.leave_alone(&address);
                    first = first.or_else(|| Some((address.clone(), obstacle)));
                }
                Err(Halt::Log(caught)) => {
                    self.catch(&caught).await;
                    return Ok(());
                }
                Err(Halt::Ours(fault)) => {
                    tracing::error!(log = %mirror.origin, %fault, "a mirror could not be kept up; it is tried again");
                    self.load_again().await;
                    return Err(None);
                }
            }
        }
        let (address, obstacle) = first.unwrap_or_else(|| (mirror.address.clone(), Obstacle::new("send.broken", "")));
        Err(self.meet(address, obstacle))
    }

    /// Asks one more place what it holds for the newest checkpoint: a log that shows others another history is caught by what they were
    /// shown. In turn, for the log itself has answered already.
    async fn compare(&mut self) {
        let mirror = Arc::clone(&self.mirror);
        let places = [mirror.places.clone(), self.learned()].concat();
        let Some(address) = places.get(self.compared % places.len().max(1)) else {
            return;
        };
        self.compared = self.compared.wrapping_add(1);
        if chapar_terms::sabotaged("mirror-compares-nothing") {
            return;
        }
        match self.look_at(address).await {
            Ok(()) => {}
            Err(Halt::Place(obstacle)) => {
                tracing::debug!(log = %mirror.origin, place = address, code = obstacle.code, why = obstacle.why, "a view is not compared with that of another place");
                self.suspect(address, &obstacle).await;
                self.leave_alone(address);
            }
            Err(Halt::Log(caught)) => self.catch(&caught).await,
            Err(Halt::Ours(fault)) => {
                tracing::error!(log = %mirror.origin, %fault, "a mirror could not be kept up; it is tried again");
                self.load_again().await;
            }
        }
    }

    /// A write that failed may be durable all the same: goes on from what is stored.
    async fn load_again(&mut self) {
        if self.is_over() {
            return;
        }
        if let Err(fault) = self.take_up_again().await {
            tracing::error!(log = %self.mirror.origin, %fault, "what is stored of a mirror could not be read; it is tried again");
        }
    }

    async fn take_up_again(&mut self) -> Result<(), Fault> {
        let (store, origin) = (&self.runtime.inner.store, self.mirror.origin.as_str());
        let (Some(log), Some(row)) = (store.log(origin).await?, store.mirror(origin).await?) else {
            return Ok(());
        };
        *self = Self::load(&self.runtime, Arc::clone(&self.mirror), &log, &row).await?;
        self.mirror.published.send_replace(published(&log)?);
        self.runtime.inner.folds.wake(self.mirror.origin.as_str());
        Ok(())
    }

    /// Notes what is in the way; tells of it once, not at every look.
    fn meet(&self, address: String, obstacle: Obstacle) -> Option<u64> {
        let asked = obstacle.retry_after_ms;
        let now = self.runtime.now();
        let mut standing = self.mirror.standing();
        let is_news = standing
            .obstacle
            .as_ref()
            .is_none_or(|(place, before, _)| *place != address || before.code != obstacle.code);
        if is_news {
            tracing::warn!(log = %self.mirror.origin, place = address, code = obstacle.code, why = obstacle.why, "a mirrored log is not had from here");
        }
        standing.obstacle = Some((address, obstacle, now));
        asked
    }

    async fn catch(&self, caught: &Caught) {
        let view = caught.view();
        let alarm = caught.alarm(self.signer_of(caught.newest()), self.runtime.now());
        let kept = match alarms::seen_here(&alarm, alarms::PROVEN, true) {
            Ok(row) => self.runtime.convict(&view, row).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = kept {
            tracing::error!(log = %self.mirror.origin, %fault, "what proves that a log lied could not be written; it is caught again after a restart");
        }
        self.mirror.catch(view);
    }

    /// The key of the log that signed a note, for others to check it by.
    pub(super) fn signer_of(&self, note: &SignedCheckpoint) -> VerifierKey {
        let (suite, pinned) = (self.runtime.inner.suite.as_ref(), &self.mirror.pinned);
        let keys = self
            .held
            .state
            .keys()
            .log_keys(note.checkpoint().size.max(self.held.edge.size()));
        let mut keys = keys.into_iter();
        keys.find(|key| note.verify(suite, std::slice::from_ref(key)).is_ok())
            .unwrap_or_else(|| pinned.clone())
    }

    pub(super) async fn look_at(&mut self, address: &str) -> Result<(), Halt> {
        let runtime = self.runtime.clone();
        let mirrored_at = runtime.address_of_mirror(&self.mirror);
        let place = Place {
            way: Way::Net(&runtime.inner.mirror_client),
            address,
            is_own: address == self.mirror.address,
            mirrored_at: Some(&mirrored_at),
        };
        let said = self.look_in(&place).await?;
        self.checked(address, said).await?;
        self.absolve(&place).await
    }

    /// Takes what a place has; gives when it had that from the log, where it says so.
    async fn look_in(&mut self, place: &Place<'_>) -> Result<Option<chapar_terms::Instant>, Halt> {
        let known = self.tags.get(place.address).cloned();
        let answer = place.checkpoint(known.as_deref()).await?;
        match answer.has_ended && self.is_followed() {
            true => self.look_at_end(place, answer.newest).await,
            false => self.take_newest(place, answer.newest?).await,
        }
    }

    /// Takes what a place gave as the newest; gives when it had that from the log, where it says so.
    pub(super) async fn take_newest(
        &mut self,
        place: &Place<'_>,
        newest: Newest,
    ) -> Result<Option<chapar_terms::Instant>, Halt> {
        let (runtime, address) = (self.runtime.clone(), place.address);
        let (bytes, tag, checked_at) = match newest {
            Newest::Same => {
                self.showed(place, None);
                return Ok(None);
            }
            Newest::Note { bytes, tag, checked_at } => (bytes, tag, checked_at),
        };
        let new = judge::read(place, &bytes)?;
        let verdict = self.held(&runtime).judge(place, &new).await;
        // A mirror that lags behind is one all the same: what it has is signed.
        let is_signed = match &verdict {
            Ok(_) => true,
            Err(Halt::Place(obstacle)) => obstacle.code == OLDER,
            Err(_) => false,
        };
        if is_signed {
            self.showed(place, Some(new.checkpoint().size));
        }
        match verdict? {
            Verdict::Same => self.renew_note(&new).await?,
            Verdict::Grown { is_vouched } => self.take(place, &new, is_vouched).await?,
        }
        if let Some(tag) = tag {
            self.tags.insert(address.to_owned(), tag);
        }
        Ok(checked_at)
    }

    /// Remembers what a mirror of the log has.
    fn showed(&self, place: &Place<'_>, size: Option<u64>) {
        if !place.is_own && matches!(place.way, Way::Net(_)) {
            let (runtime, origin) = (&self.runtime, self.mirror.origin.as_str());
            runtime.inner.holders.shown(origin, place.address, size, runtime.now());
        }
    }

    /// Takes what somebody carried here, as from any other place.
    async fn look_into(&mut self, carried: Carried) {
        let place = Place {
            way: Way::Folder,
            address: &carried.folder,
            is_own: false,
            mirrored_at: None,
        };
        let outcome = match self.look_in(&place).await {
            Ok(_) => self
                .checked(&carried.folder, carried.checked_at)
                .await
                .map_err(Halt::Ours),
            Err(halt) => Err(halt),
        };
        let refused = match outcome {
            Ok(()) => None,
            Err(Halt::Place(_)) if chapar_terms::sabotaged("carry-tells-no-refusal") => None,
            Err(Halt::Place(obstacle)) => Some(obstacle),
            Err(Halt::Log(caught)) => {
                self.catch(&caught).await;
                None
            }
            Err(Halt::Ours(fault)) => {
                tracing::error!(log = %self.mirror.origin, %fault, "what was carried here could not be taken");
                self.load_again().await;
                Some(Obstacle::new(
                    "store-failed",
                    "what was carried could not be written: try it again",
                ))
            }
        };
        // Whoever carried it may be gone.
        let _ = carried.done.send(refused);
    }

    fn held<'h>(&'h self, runtime: &'h Runtime) -> Held<'h> {
        Held {
            suite: runtime.inner.suite.as_ref(),
            pinned: &self.mirror.pinned,
            state: &self.held.state,
            edge: &self.held.edge,
            tree: &self.tree,
            published: self.published.as_ref(),
            seen: self.seen.as_ref(),
        }
    }

    /// The log answered that this is its newest; a mirror of it says when it did.
    async fn checked(&self, address: &str, said: Option<chapar_terms::Instant>) -> Result<(), Fault> {
        let now = self.runtime.now();
        let at = match address == self.mirror.address {
            true => Some(now),
            false => said.map(|at| at.min(now)),
        };
        let Some(at) = at.max(self.mirror.standing().checked_at) else {
            return Ok(());
        };
        self.mirror.standing().checked_at = Some(at);
        let store = &self.runtime.inner.store;
        store.set_checked(self.mirror.origin.as_str(), at.unix_ms()).await?;
        Ok(())
    }

    /// The same tree under other signatures: the newer note is the one to hand on.
    async fn renew_note(&mut self, new: &SignedCheckpoint) -> Result<(), Fault> {
        let is_known = self.published.as_ref().is_none_or(|published| published == new);
        if is_known || self.staged.is_some() {
            return Ok(());
        }
        let state = self.held.state.clone();
        self.publish(new, state).await
    }

    async fn take(&mut self, place: &Place<'_>, new: &SignedCheckpoint, is_vouched: bool) -> Result<(), Halt> {
        let runtime = self.runtime.clone();
        let mirror = Arc::clone(&self.mirror);
        let tree = Tree::of(&runtime.inner.store, self.tree.source.clone(), &self.tree.origin);
        let taking = Taking {
            runtime: &runtime,
            tree: &tree,
            place,
            checkpoint: new,
            gone: &mirror.gone,
        };
        if !is_vouched {
            taking.rehearse(&self.held).await?;
        }
        mirror.standing().seen = new.checkpoint().size;
        runtime
            .inner
            .store
            .set_seen(mirror.origin.as_str(), new.render().into_bytes())
            .await?;
        self.seen = Some(new.clone());
        let mut reached = self.staged.take().unwrap_or_else(|| self.held.clone());
        let taken = taking.take(&mut reached).await;
        let edge = reached.edge.clone();
        if edge.size() > self.held.edge.size() {
            self.staged = Some(reached);
        }
        let state = match taken {
            Err(Halt::Place(obstacle)) if edge.size() == new.checkpoint().size => {
                // All of it is here, and the whole is not believed.
                self.staged = None;
                runtime.inner.store.drop_staged(mirror.origin.as_str()).await?;
                return Err(obstacle.into());
            }
            taken => taken?,
        };
        // What is held is what is out: otherwise a publication that fails would never be tried again.
        self.publish(new, state.clone()).await?;
        self.held = Reached { state, edge };
        runtime.inner.folds.wake(mirror.origin.as_str());
        runtime.judge_told_of(mirror.origin.as_str()).await?;
        Ok(())
    }

    /// Puts a checkpoint out whose entries are all here.
    async fn publish(&mut self, new: &SignedCheckpoint, state: LogState) -> Result<(), Fault> {
        let (note, size) = (new.render().into_bytes(), new.checkpoint().size);
        let before = self
            .published
            .as_ref()
            .map_or(0, |published| published.checkpoint().size);
        let at = self.runtime.now();
        let publication = Publication {
            origin: self.mirror.origin.as_str().to_owned(),
            expected_size: signed(before)?,
            size: signed(size)?,
            checkpoint: note.clone(),
            at: at.unix_ms(),
        };
        let store = &self.runtime.inner.store;
        if !store.publish_mirrored(publication, state.encode()).await? {
            return Err(Fault::Unavailable("somebody else keeps this mirror".to_owned()));
        }
        tracing::info!(log = %self.mirror.origin, size, new = size.saturating_sub(before), "a mirrored log is here up to its newest entry");
        (self.published, self.staged, self.seen) = (Some(new.clone()), None, None);
        {
            let mut standing = self.mirror.standing();
            (standing.seen, standing.log) = (size, state.log());
        }
        self.mirror.published.send_replace(Some(Published {
            size,
            checkpoint: note.into(),
            at,
        }));
        self.tree.drop_partial_tiles(before, size).await;
        let origin = self.mirror.origin.as_str();
        self.runtime.witness_follows(origin, state.keys(), size).await
    }
}

/// When a rest ends for which a hint came. Whoever failed to answer is left alone: anybody may send hints.
fn end_after_hint(begun: Instant, end: Instant, failures: i64) -> Instant {
    match failures {
        0 => end.min(begun + HINT_GAP),
        _ => end,
    }
}

/// How long to rest after so many failures, in milliseconds. `seed` sets it apart from others' pauses.
fn pause(every_ms: u64, failures: i64, asked: Option<u64>, seed: u8) -> u64 {
    let pause = match failures {
        0 => every_ms,
        _ => pause_ms(asked, failures - 1, every_ms).min(LONGEST_PAUSE_MS),
    };
    let part = pause / JITTER;
    pause - part + part * 2 * u64::from(seed) / u64::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_shortens_a_rest_to_the_gap_and_never_one_after_a_failure() {
        let begun = Instant::now();
        let end = begun + Duration::from_secs(60);
        assert_eq!(end_after_hint(begun, end, 0), begun + HINT_GAP);
        assert_eq!(end_after_hint(begun, end, 1), end);
        let soon = begun + Duration::from_secs(1);
        assert_eq!(end_after_hint(begun, soon, 0), soon, "and lengthens none");
    }

    #[test]
    fn a_pause_grows_with_failures_up_to_minutes_and_is_never_the_same_for_all() {
        assert_eq!(pause(60_000, 0, None, 0), 52_500);
        assert_eq!(pause(60_000, 0, None, 255), 67_500);
        assert_eq!(pause(1_000, 1, None, 0), 875);
        assert_eq!(pause(1_000, 4, None, 0), 7_000);
        assert!(pause(60_000, 40, None, 255) <= LONGEST_PAUSE_MS + LONGEST_PAUSE_MS / JITTER);
        assert_eq!(pause(1_000, 1, Some(8_000), 0), 7_000, "what a place asks for counts");
        assert_eq!(
            pause(8_000, 1, Some(0), 0),
            7_000,
            "a place that asks for none gets one"
        );
    }
}
