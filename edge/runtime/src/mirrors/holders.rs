//! By whom a log is mirrored, so far as it is known here: readers that say so of themselves, and places that showed its checkpoint.
//!
//! What a reader says proves nothing, and nobody is asked because of it until a person wants to know: it is told as claimed. A place that
//! showed a checkpoint which the log signed has at least that: it is told as shown, with its size and when. Whether a place has every
//! byte, only who reads them all knows. Remembered while the node runs: who mirrors says it again at each look.

use super::book::Mirror;
use super::manage::MIRRORS;
use crate::desk::joinable_address;
use crate::logs::OwnLog;
use crate::recovery::Said;
use crate::{Fault, Runtime};
use chapar_terms::{Digest, Instant};
use chapar_tlog::VerifierKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::task::JoinSet;

/// The header by which a reader of a log's checkpoint says where it serves its mirror of it.
pub const MIRRORED_AT: &str = "chapar-mirrored-at";
/// Places that are remembered of one log: anybody may claim to be one.
const MOST: usize = 64;
/// Longest address that is remembered.
const ADDRESS_BYTES: usize = 512;

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
}

/// The places of one log, by address.
type Places = BTreeMap<String, Holder>;

/// The places of each log, by origin.
#[derive(Default)]
pub(crate) struct Holders(Mutex<BTreeMap<String, Places>>);

impl Holders {
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
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(origin).cloned().unwrap_or_default()
    }

    fn change(&self, origin: &str, change: impl FnOnce(&mut Places)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(origin.to_owned()).or_default());
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
