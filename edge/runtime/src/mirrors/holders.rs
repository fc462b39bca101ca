//! By whom a log is mirrored, so far as it is known here: readers that say so of themselves, and places that showed its checkpoint.
//!
//! What a reader says proves nothing, and nobody is asked because of it until a person wants to know: it is told as claimed. A place that
//! showed a checkpoint which the log signed has at least that: it is told as shown, with its size and when. Whether a place has every
//! byte, only who reads them all knows. What is news is kept in the store, so that a restart knows what was known, with its age.

use super::book::Mirror;
use super::manage::MIRRORS;
use crate::desk::joinable_address;
use crate::logs::OwnLog;
use crate::recovery::Said;
use crate::{Fault, Runtime};
use chapar_store::HolderRow;
use chapar_terms::{Digest, Instant};
use chapar_tlog::VerifierKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// The header by which a reader of a log's checkpoint says where it serves its mirror of it.
pub const MIRRORED_AT: &str = "chapar-mirrored-at";
/// Places that are remembered of one log: anybody may claim to be one.
const MOST: usize = 64;
/// Longest address that is remembered.
const ADDRESS_BYTES: usize = 512;
/// By how much what is kept may be older than what is known, where nothing else has changed: who mirrors says so at each look, and that
/// is no write each time.
const KEPT_MS: i64 = 60 * 60 * 1000;
/// Pause between two writes: anybody may make news, and shall not keep the disk busy.
const PACE: Duration = Duration::from_secs(5);

/// What is known of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Holder {
    claimed_at: Option<Instant>,
    /// Entries of the checkpoint that it showed, and when.
    shown: Option<(u64, Instant)>,
}

impl Holder {
    /// What is forgotten first sorts first: a claim before what was shown, and of each the oldest.
    fn worth(&self) -> (Option<Instant>, Option<Instant>) {
        (self.shown.map(|(_, at)| at), self.claimed_at)
    }

    /// Whether this is news beside what is kept.
    fn is_news(&self, kept: &Self) -> bool {
        let is_later = |now: Option<Instant>, kept: Option<Instant>| match (now, kept) {
            (Some(now), Some(kept)) => now.since_ms(kept) >= KEPT_MS,
            (now, kept) => now.is_some() != kept.is_some(),
        };
        let [size, kept_size] = [self, kept].map(|holder| holder.shown.map(|(size, _)| size));
        let [at, kept_at] = [self, kept].map(|holder| holder.shown.map(|(_, at)| at));
        size != kept_size || is_later(at, kept_at) || is_later(self.claimed_at, kept.claimed_at)
    }

    fn row(&self, address: &str) -> HolderRow {
        let shown = self
            .shown
            .map(|(size, at)| (i64::try_from(size).unwrap_or(i64::MAX), at.unix_ms()));
        HolderRow {
            address: address.to_owned(),
            claimed_at: self.claimed_at.map(Instant::unix_ms),
            shown,
        }
    }

    fn of_row(row: &HolderRow) -> Self {
        let shown = row
            .shown
            .map(|(size, at)| (u64::try_from(size).unwrap_or(0), Instant::from_unix_ms(at)));
        Self {
            claimed_at: row.claimed_at.map(Instant::from_unix_ms),
            shown,
        }
    }
}

/// The places of one log, by address.
type Places = BTreeMap<String, Holder>;

/// The places of each log, by origin.
#[derive(Default)]
pub(crate) struct Holders {
    all: Mutex<BTreeMap<String, Of>>,
    /// Rung when there is something to keep.
    bell: Notify,
    /// Rung when the node ends.
    end: Notify,
}

/// What is known of a log, and how much of it the store has.
#[derive(Default)]
struct Of {
    known: Places,
    kept: Places,
}

impl Of {
    fn is_news(&self) -> bool {
        let (known, kept) = (&self.known, &self.kept);
        !known.keys().eq(kept.keys())
            || known
                .values()
                .zip(kept.values())
                .any(|(known, kept)| known.is_news(kept))
    }
}

impl Holders {
    /// What an earlier run knew.
    fn load(&self, rows: &[(String, HolderRow)]) {
        if chapar_terms::sabotaged("forget-who-mirrors") {
            return;
        }
        let mut all = self.lock();
        for (origin, row) in rows {
            let of = all.entry(origin.clone()).or_default();
            of.known.insert(row.address.clone(), Holder::of_row(row));
            of.kept.insert(row.address.clone(), Holder::of_row(row));
        }
    }

    /// What the store has not got yet, by origin.
    fn unkept(&self) -> Vec<(String, Places)> {
        let all = self.lock();
        let news = all.iter().filter(|(_, of)| of.is_news());
        news.map(|(origin, of)| (origin.clone(), of.known.clone())).collect()
    }

    fn kept(&self, origin: &str, places: Places) {
        if let Some(of) = self.lock().get_mut(origin) {
            of.kept = places;
        }
    }

    /// A log that is mirrored here no more.
    pub(super) fn forget(&self, origin: &str) {
        self.lock().remove(origin);
    }

    /// Whoever keeps them does so once more, and sees that it is over.
    pub(crate) fn end(&self) {
        self.bell.notify_one();
        self.end.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Of>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, origin: &str, address: &str, now: Instant) {
        self.change(origin, |places| {
            if !places.contains_key(address) && !makes_room(places, false) {
                return;
            }
            places.entry(address.to_owned()).or_default().claimed_at = Some(now);
        });
    }

    /// A place showed a checkpoint of so many entries; with none, it said that it has still the one from before.
    pub(crate) fn shown(&self, origin: &str, address: &str, size: Option<u64>, now: Instant) {
        self.change(origin, |places| {
            let before = places
                .get(address)
                .and_then(|holder| holder.shown)
                .map(|(size, _)| size);
            let Some(size) = size.or(before) else { return };
            if !places.contains_key(address) {
                makes_room(places, true);
            }
            places.entry(address.to_owned()).or_default().shown = Some((size, now));
        });
    }

    /// A place that was asked showed nothing of the log.
    fn hidden(&self, origin: &str, address: &str) {
        self.change(origin, |places| {
            if let Some(holder) = places.get_mut(address) {
                holder.shown = None;
            }
        });
    }

    fn of(&self, origin: &str) -> Places {
        self.lock().get(origin).map(|of| of.known.clone()).unwrap_or_default()
    }

    fn change(&self, origin: &str, change: impl FnOnce(&mut Places)) {
        let mut all = self.lock();
        let of = all.entry(origin.to_owned()).or_default();
        change(&mut of.known);
        if of.is_news() {
            self.bell.notify_one();
        }
    }
}

/// Whether there is room for one more; what is worth least goes for it, but nothing that was shown for a mere claim.
fn makes_room(places: &mut Places, is_shown: bool) -> bool {
    if places.len() < MOST {
        return true;
    }
    let least = places.iter().min_by_key(|(_, holder)| holder.worth());
    match least.filter(|(_, holder)| is_shown || holder.shown.is_none()) {
        Some((address, _)) => {
            let address = address.clone();
            places.remove(&address);
            true
        }
        None => false,
    }
}

impl Runtime {
    /// Takes up what an earlier run knew, and keeps what is news from now on. What a crash comes before is said again soon.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn keep_holders(&self) -> Result<(), Fault> {
        self.inner.holders.load(&self.inner.store.list_holders().await?);
        let runtime = self.clone();
        tokio::spawn(async move {
            let holders = &runtime.inner.holders;
            loop {
                holders.bell.notified().await;
                runtime.write_holders().await;
                if runtime.inner.stopping.load(Ordering::Relaxed) {
                    return;
                }
                // Whoever wakes it is the end of the node.
                let _ = tokio::time::timeout(PACE, holders.end.notified()).await;
            }
        });
        Ok(())
    }

    async fn write_holders(&self) {
        let holders = &self.inner.holders;
        for (origin, places) in holders.unkept() {
            let rows = places.iter().map(|(address, holder)| holder.row(address));
            match self.inner.store.keep_holders(&origin, rows.collect()).await {
                Ok(_) => holders.kept(&origin, places),
                // It is news still, and tried again with what comes next.
                Err(fault) => tracing::debug!(log = origin, %fault, "who mirrors a log is not kept yet"),
            }
        }
    }

    /// A reader of an own register says where it mirrors it. What is no address of a mirror of this log is not remembered.
    pub fn hear_mirror(&self, participant: &str, number: u32, said: &str) {
        let Some(log) = self.inner.logs.numbered(participant, number) else {
            return;
        };
        let place = format!("{MIRRORS}/{}", Digest::of(log.origin.as_str().as_bytes()).hex());
        let is_address = said.len() <= ADDRESS_BYTES
            && joinable_address(said, "address").is_ok_and(|address| address == said)
            && said.strip_suffix(&place).is_some_and(|node| node != self.public_url());
        if is_address {
            self.inner.holders.claim(log.origin.as_str(), said, self.now());
        }
    }

    /// Where this node serves its mirror of a log.
    pub(super) fn address_of_mirror(&self, mirror: &Mirror) -> String {
        format!("{}{MIRRORS}/{}", self.public_url(), mirror.id().hex())
    }

    /// Our own mirror of a log, as one of those that are told.
    pub(crate) fn held_here(&self, mirror: &Mirror) -> Value {
        let (size, standing) = (mirror.size(), mirror.standing().clone());
        let at = standing.checked_at.unwrap_or_else(|| self.now());
        let lag = standing.seen.saturating_sub(size);
        let age = self.now().since_ms(at).max(0) / 1000;
        json!({
            "address": self.address_of_mirror(mirror), "state": "here", "size": size, "lag": lag, "shownAt": at.rfc3339(), "ageSeconds": age,
        })
    }

    /// Entries of the newest checkpoint of a log that is known here.
    pub(crate) fn size_of(&self, origin: &str) -> u64 {
        match self.inner.mirrors.find(&Digest::of(origin.as_bytes())) {
            Some(mirror) => mirror.standing().seen.max(mirror.size()),
            None => {
                let own = self
                    .inner
                    .logs
                    .all()
                    .into_iter()
                    .find(|log| log.origin.as_str() == origin);
                own.map_or(0, |log| log.size())
            }
        }
    }

    /// Asks every place that is known of an own log for its checkpoint, all at once.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub(crate) async fn ask_holders(&self, log: &OwnLog) -> Result<(), Fault> {
        let rows = self.inner.store.log_keys(log.origin.as_str()).await?;
        let keys = rows.iter().map(|row| VerifierKey::parse(&row.vkey));
        let keys: Vec<VerifierKey> = keys.collect::<Result<_, _>>()?;
        let mut asking = JoinSet::new();
        for address in self.inner.holders.of(log.origin.as_str()).into_keys() {
            let (runtime, origin, keys) = (self.clone(), log.origin.as_str().to_owned(), keys.clone());
            asking.spawn(async move {
                let holders = &runtime.inner.holders;
                match runtime.note_at(&address, &[keys], &origin).await {
                    Said::Knows(note) => {
                        holders.shown(&origin, &address, Some(note.checkpoint().size), runtime.now());
                    }
                    Said::Unknown | Said::Ended(_) | Said::Silent(_)
                        if chapar_terms::sabotaged("believe-who-says-he-mirrors") =>
                    {
                        holders.shown(&origin, &address, Some(0), runtime.now());
                    }
                    Said::Unknown | Said::Ended(_) | Said::Silent(_) => holders.hidden(&origin, &address),
                }
            });
        }
        asking.join_all().await;
        Ok(())
    }

    /// The places that are known of a log with `size` entries, by address.
    pub(crate) fn holders_of(&self, origin: &str, size: u64) -> Vec<Value> {
        let now = self.now();
        let told = |(address, holder): (String, Holder)| told(&address, &holder, size, now);
        self.inner.holders.of(origin).into_iter().map(told).collect()
    }
}

fn told(address: &str, holder: &Holder, size: u64, now: Instant) -> Value {
    let state = if holder.shown.is_some() { "shown" } else { "claimed" };
    let mut view = json!({ "address": address, "state": state });
    let Some(members) = view.as_object_mut() else {
        return view;
    };
    if let Some(at) = holder.claimed_at {
        members.insert("claimedAt".to_owned(), at.rfc3339().into());
    }
    if let Some((shown, at)) = holder.shown {
        members.insert("size".to_owned(), shown.into());
        members.insert("lag".to_owned(), size.saturating_sub(shown).into());
        members.insert("shownAt".to_owned(), at.rfc3339().into());
        members.insert("ageSeconds".to_owned(), (now.since_ms(at).max(0) / 1000).into());
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "node.example/plant/log";

    fn at(ms: i64) -> Instant {
        Instant::from_unix_ms(ms)
    }

    #[test]
    fn claims_push_out_claims_and_nothing_that_was_shown() {
        let holders = Holders::default();
        holders.shown(LOG, "shown", Some(7), at(0));
        for number in 1..1000 {
            holders.claim(LOG, &format!("claimed-{number:04}"), at(number));
        }
        let places = holders.of(LOG);
        assert_eq!((places.len(), places["shown"].shown), (MOST, Some((7, at(0)))));
        assert!(
            places.contains_key("claimed-0999") && !places.contains_key("claimed-0001"),
            "the newest stay"
        );
        for number in 0..100 {
            holders.shown(LOG, &format!("real-{number:03}"), Some(1), at(2000 + number));
        }
        holders.claim(LOG, "late", at(9000));
        let places = holders.of(LOG);
        assert_eq!(places.len(), MOST);
        assert!(places.keys().all(|address| address.starts_with("real-")), "{places:?}");
        assert!(holders.of("other.example/log").is_empty());
    }

    #[test]
    fn what_is_news_is_kept_and_a_repeat_is_none() {
        let holders = Holders::default();
        holders.claim(LOG, "a", at(1));
        holders.shown(LOG, "b", Some(3), at(1));
        let [(origin, places)] = holders.unkept().try_into().unwrap();
        let rows: Vec<_> = places
            .iter()
            .map(|(address, one)| (origin.clone(), one.row(address)))
            .collect();
        holders.kept(&origin, places.clone());
        assert!(holders.unkept().is_empty());
        holders.claim(LOG, "a", at(KEPT_MS));
        holders.shown(LOG, "b", None, at(KEPT_MS));
        assert!(holders.unkept().is_empty(), "said again soon after");
        let after = Holders::default();
        after.load(&rows);
        assert_eq!(after.of(LOG), places, "as it was known");
        assert!(after.unkept().is_empty());
        let changes: [fn(&Holders); 5] = [
            |holders| holders.claim(LOG, "a", at(1 + KEPT_MS)),
            |holders| holders.shown(LOG, "b", None, at(1 + KEPT_MS)),
            |holders| holders.shown(LOG, "b", Some(4), at(2)),
            |holders| holders.hidden(LOG, "b"),
            |holders| holders.claim(LOG, "c", at(2)),
        ];
        for change in changes {
            let holders = Holders::default();
            holders.load(&rows);
            change(&holders);
            assert_eq!(holders.unkept().len(), 1);
            holders.forget(LOG);
            assert!(holders.unkept().is_empty());
        }
    }

    #[test]
    fn what_was_shown_stays_until_it_is_shown_no_more() {
        let holders = Holders::default();
        holders.shown(LOG, "a", None, at(1));
        assert!(holders.of(LOG).is_empty(), "nothing was shown yet");
        holders.claim(LOG, "a", at(1));
        holders.shown(LOG, "a", Some(3), at(2));
        holders.shown(LOG, "a", None, at(5000));
        let holder = holders.of(LOG)["a"].clone();
        let view = told("a", &holder, 5, at(9500));
        assert_eq!(
            (&view["state"], &view["size"], &view["lag"], &view["ageSeconds"]),
            (&json!("shown"), &json!(3), &json!(2), &json!(4))
        );
        holders.hidden(LOG, "a");
        let view = told("a", &holders.of(LOG)["a"], 5, at(9500));
        assert_eq!((&view["state"], view.get("size")), (&json!("claimed"), None));
    }
}
