//! Definitions and policies in memory, read and parsed once, and which definitions let which consumer in.
//!
//! The store counts the writes of both in the transaction of the write. What is kept here stays right while that count
//! stays, so no writer has to say anything to this cache, nor to know how its write ended; and a second process on the same
//! database would be seen as well. Access policies are decided once per consumer, until the next bound of a time window or a change of the
//! members of a federation.
//!
//! Refuses to hold which documents a definition offers: that is an indexed lookup in the store. A policy that a negotiation
//! rests on is read from the store, not from here.

use crate::commit::Locks;
use crate::hosted::Hosted;
use crate::{Fault, Runtime};
use chapar_policy::{Federations, Policy, Situation};
use chapar_store::{PolicyRow, Store};
use chapar_terms::{Instant, ParticipantId};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows read at a time.
const BATCH: i64 = 1000;
/// Most memory kept for the definitions and policies of all participants, in bytes as estimated: a node under load is to
/// stay below 80 MB. A participant with more is read again for every request.
const KEPT_BYTES: usize = 32 * 1024 * 1024;
/// What one definition takes besides its policies: a key in three maps.
const DEFINITION_BYTES: usize = 256;
/// What a policy takes, parsed, as a multiple of its text.
const PARSED: usize = 24;
/// Most consumers whose decisions are kept.
const CONSUMERS: usize = 4096;
/// Most ids of definitions kept with these decisions; who is let in everywhere takes none.
const CONSUMER_IDS: usize = 250_000;

type Ids = BTreeSet<Arc<str>>;

/// What is kept of all participants.
#[derive(Default)]
pub(crate) struct PolicyCache {
    kept: Mutex<Kept>,
    /// One read for all who wait for it.
    turns: Locks,
}

#[derive(Default)]
struct Kept {
    uses: u64,
    shelves: BTreeMap<String, (u64, Arc<Shelf>)>,
    /// By participant and consumer.
    decisions: BTreeMap<(String, String), (u64, Decided)>,
}

/// The definitions of one participant, as they were at one count of writes.
#[derive(Default)]
struct Shelf {
    epoch: i64,
    bytes: usize,
    /// Each access policy with the definitions behind it.
    guards: Vec<(Arc<Policy>, Vec<Arc<str>>)>,
    /// The contract policy of each definition.
    contracts: BTreeMap<Arc<str>, Arc<Policy>>,
    all: Arc<Ids>,
}

#[derive(Clone)]
struct Decided {
    epoch: i64,
    at: Instant,
    until: Option<Instant>,
    /// Who was in which federation.
    federations: Arc<Federations>,
    ids: Arc<Ids>,
    /// How many ids are held for this consumer alone.
    own: usize,
}

/// The definitions whose access policy lets one consumer in, with what they offer.
#[derive(Default)]
pub(crate) struct Allowed {
    shelf: Arc<Shelf>,
    ids: Arc<Ids>,
}

impl Allowed {
    /// Their ids.
    pub(crate) fn ids(&self) -> &Ids {
        &self.ids
    }

    /// The rules that `definition` offers; none when the consumer does not see it.
    pub(crate) fn rules(&self, definition: &str) -> Option<&Map<String, Value>> {
        self.ids.get(definition)?;
        self.shelf.contracts.get(definition).map(|policy| policy.members())
    }
}

impl Runtime {
    /// What `peer` is let in to.
    pub(crate) async fn allowed(&self, hosted: &Hosted, peer: &ParticipantId) -> Result<Allowed, Fault> {
        let slug = hosted.slug.as_str();
        let shelf = self.shelf(slug).await?;
        let now = self.now();
        let cache = &self.inner.policies;
        let federations = self.members_of_federations();
        let decided = cache
            .decided(slug, peer, shelf.epoch, &federations, now)
            .unwrap_or_else(|| {
                let decided = shelf.decide(peer, &federations, now);
                cache.remember(slug, peer, decided.clone());
                decided
            });
        Ok(Allowed {
            shelf,
            ids: decided.ids,
        })
    }

    /// Everything that `hosted` offers, whoever is let in to it.
    pub(crate) async fn everything(&self, hosted: &Hosted) -> Result<Allowed, Fault> {
        let shelf = self.shelf(hosted.slug.as_str()).await?;
        let ids = Arc::clone(&shelf.all);
        Ok(Allowed { shelf, ids })
    }

    /// What `hosted` offers to whoever comes, whenever.
    pub(crate) async fn open_to_everyone(&self, hosted: &Hosted) -> Result<Allowed, Fault> {
        let shelf = self.shelf(hosted.slug.as_str()).await?;
        let is_open =
            |policy: &Policy| policy.admits_everyone() || chapar_terms::sabotaged("announce-what-is-not-for-all");
        let open = shelf.guards.iter().filter(|(policy, _)| is_open(policy));
        let ids = open.flat_map(|(_, behind)| behind.iter().cloned()).collect();
        Ok(Allowed {
            ids: Arc::new(ids),
            shelf,
        })
    }

    async fn shelf(&self, slug: &str) -> Result<Arc<Shelf>, Fault> {
        let (store, cache) = (&self.inner.store, &self.inner.policies);
        if let Some(kept) = cache.shelf(slug, store.catalog_epoch(slug).await?) {
            return Ok(kept);
        }
        let _turn = cache.turns.hold(slug, "").await;
        let epoch = store.catalog_epoch(slug).await?;
        if let Some(kept) = cache.shelf(slug, epoch) {
            return Ok(kept);
        }
        let shelf = Arc::new(Shelf::read(store, slug, epoch).await?);
        cache.keep(slug, Arc::clone(&shelf));
        Ok(shelf)
    }
}

impl PolicyCache {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf(&self, slug: &str, epoch: i64) -> Option<Arc<Shelf>> {
        let mut kept = self.kept();
        let use_now = kept.use_now();
        let (used, shelf) = kept.shelves.get_mut(slug)?;
        *used = use_now;
        (shelf.epoch == epoch).then(|| Arc::clone(shelf))
    }

    fn keep(&self, slug: &str, shelf: Arc<Shelf>) {
        let mut kept = self.kept();
        let use_now = kept.use_now();
        kept.shelves.remove(slug);
        if shelf.bytes > KEPT_BYTES {
            return;
        }
        kept.shelves.insert(slug.to_owned(), (use_now, shelf));
        let bytes = |kept: &Kept| kept.shelves.values().map(|(_, shelf)| shelf.bytes).sum::<usize>();
        while bytes(&kept) > KEPT_BYTES && drop_least_used(&mut kept.shelves) {}
    }

    fn decided(
        &self,
        slug: &str,
        peer: &ParticipantId,
        epoch: i64,
        federations: &Arc<Federations>,
        now: Instant,
    ) -> Option<Decided> {
        let mut kept = self.kept();
        let use_now = kept.use_now();
        let key = (slug.to_owned(), peer.as_str().to_owned());
        let (used, decided) = kept.decisions.get_mut(&key)?;
        *used = use_now;
        decided.holds(epoch, federations, now).then(|| decided.clone())
    }

    fn remember(&self, slug: &str, peer: &ParticipantId, decided: Decided) {
        let mut kept = self.kept();
        let use_now = kept.use_now();
        let key = (slug.to_owned(), peer.as_str().to_owned());
        kept.decisions.insert(key, (use_now, decided));
        let own = |kept: &Kept| kept.decisions.values().map(|(_, decided)| decided.own).sum::<usize>();
        while (kept.decisions.len() > CONSUMERS || own(&kept) > CONSUMER_IDS) && drop_least_used(&mut kept.decisions) {}
    }
}

impl Kept {
    fn use_now(&mut self) -> u64 {
        self.uses = self.uses.saturating_add(1);
        self.uses
    }
}

impl Decided {
    /// A clock set back makes a decision void as well as one run on.
    fn holds(&self, epoch: i64, federations: &Arc<Federations>, now: Instant) -> bool {
        let is_same = self.epoch == epoch && Arc::ptr_eq(&self.federations, federations);
        is_same && self.at <= now && self.until.is_none_or(|until| now < until)
    }
}

impl Shelf {
    /// Reads what the count `epoch` stands for, or something newer: then the next request finds another count.
    async fn read(store: &Store, slug: &str, epoch: i64) -> Result<Self, Fault> {
        // Definitions first: a policy stays while one names it, so what they name is there afterwards.
        let mut definitions = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let rows = store.list_definitions(slug, after.as_deref(), BATCH).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id.clone());
            definitions.extend(rows.into_iter().map(|row| Named {
                id: row.id.into(),
                access: row.access_policy,
                contract: row.contract_policy,
            }));
        }
        let named = definitions
            .iter()
            .flat_map(|one| [one.access.as_str(), one.contract.as_str()])
            .collect();
        let (policies, bytes) = read_policies(store, slug, &named).await?;
        Ok(Self::of(epoch, &definitions, &policies, bytes))
    }

    fn of(epoch: i64, definitions: &[Named], policies: &BTreeMap<String, Arc<Policy>>, bytes: usize) -> Self {
        let mut guards: BTreeMap<&str, (Arc<Policy>, Vec<Arc<str>>)> = BTreeMap::new();
        let mut contracts = BTreeMap::new();
        for one in definitions {
            let (Some(access), Some(contract)) = (policies.get(&one.access), policies.get(&one.contract)) else {
                continue;
            };
            let guard = guards.entry(&one.access);
            let (_, behind) = guard.or_insert_with(|| (Arc::clone(access), Vec::new()));
            behind.push(Arc::clone(&one.id));
            contracts.insert(Arc::clone(&one.id), Arc::clone(contract));
        }
        Self {
            epoch,
            bytes: bytes.saturating_add(definitions.len().saturating_mul(DEFINITION_BYTES)),
            guards: guards.into_values().collect(),
            all: Arc::new(contracts.keys().cloned().collect()),
            contracts,
        }
    }

    /// Asks each access policy once.
    fn decide(&self, peer: &ParticipantId, federations: &Arc<Federations>, now: Instant) -> Decided {
        let situation = Situation {
            now,
            counterparty: peer,
            federations,
            agreed_at: None,
        };
        let mut until: Option<Instant> = None;
        let mut ids = Ids::new();
        for (policy, behind) in &self.guards {
            let standing = policy.standing(&situation);
            until = until.into_iter().chain(standing.until).min();
            if standing.permitted || chapar_terms::sabotaged("catalog-ignores-access-policy") {
                ids.extend(behind.iter().cloned());
            }
        }
        let everywhere = ids.len() == self.all.len();
        Decided {
            epoch: self.epoch,
            at: now,
            until,
            federations: Arc::clone(federations),
            own: if everywhere { 0 } else { ids.len() },
            ids: if everywhere {
                Arc::clone(&self.all)
            } else {
                Arc::new(ids)
            },
        }
    }
}

/// A definition and the policies that it names.
struct Named {
    id: Arc<str>,
    access: String,
    contract: String,
}

/// The policies of these ids, and the memory that they take. One that cannot be read is left out: it would deny.
async fn read_policies(
    store: &Store,
    slug: &str,
    named: &BTreeSet<&str>,
) -> Result<(BTreeMap<String, Arc<Policy>>, usize), Fault> {
    let mut policies = BTreeMap::new();
    let mut bytes = 0_usize;
    let mut after: Option<String> = None;
    loop {
        let rows = store.list_policies(slug, after.as_deref(), BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id.clone());
        for row in rows.into_iter().filter(|row| named.contains(row.id.as_str())) {
            match stored_policy(&row)? {
                Some(policy) => {
                    bytes = bytes.saturating_add(row.body.len().saturating_mul(PARSED));
                    policies.insert(row.id, Arc::new(policy));
                }
                None => tracing::warn!(participant = slug, policy = row.id, "a stored policy cannot be read"),
            }
        }
    }
    Ok((policies, bytes))
}

/// A stored policy as it is judged; none when it breaks the grammar.
pub(crate) fn stored_policy(row: &PolicyRow) -> Result<Option<Policy>, Fault> {
    let body: Value = serde_json::from_str(&row.body).map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(body.as_object().and_then(|members| Policy::parse(members).ok()))
}

/// Forgets what was used longest ago; false when there is nothing left.
fn drop_least_used<K: Ord + Clone, V>(entries: &mut BTreeMap<K, (u64, V)>) -> bool {
    let least = entries
        .iter()
        .min_by_key(|(_, (used, _))| *used)
        .map(|(key, _)| key.clone());
    least.is_some_and(|key| entries.remove(&key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOON: i64 = 1_780_000_000_000;

    fn at(ms: i64) -> Instant {
        Instant::from_unix_ms(NOON + ms)
    }

    fn who(name: &str) -> ParticipantId {
        ParticipantId::parse(name).unwrap()
    }

    fn nobody() -> Arc<Federations> {
        Arc::default()
    }

    fn when(left: &str, operator: &str, right: &str) -> Policy {
        let constraint = json!([{ "leftOperand": left, "operator": operator, "rightOperand": right }]);
        let policy = json!({ "permission": [{ "action": "use", "constraint": constraint }] });
        Policy::parse(policy.as_object().unwrap()).unwrap()
    }

    /// `one` and `two` for `kz`, `three` for whoever asks from a second after noon on, `lost` by a policy that is not there.
    fn shelf(epoch: i64, bytes: usize) -> Arc<Shelf> {
        let policies = [
            ("kz", when("participant", "eq", "kz")),
            ("later", when("dateTime", "gteq", &at(1000).to_string())),
        ];
        let policies = policies.map(|(id, policy)| (id.to_owned(), Arc::new(policy)));
        let named = |id: &str, access: &str| Named {
            id: id.into(),
            access: access.to_owned(),
            contract: "kz".to_owned(),
        };
        let definitions = [
            named("one", "kz"),
            named("two", "kz"),
            named("three", "later"),
            named("lost", "nowhere"),
        ];
        Arc::new(Shelf::of(epoch, &definitions, &policies.into(), bytes))
    }

    fn ids(decided: &Decided) -> Vec<&str> {
        decided.ids.iter().map(AsRef::as_ref).collect()
    }

    #[test]
    fn each_access_policy_opens_what_is_behind_it() {
        let shelf = shelf(1, 0);
        assert_eq!(shelf.guards.len(), 2, "each policy is asked once");
        assert_eq!(ids(&shelf.decide(&who("kz"), &nobody(), at(0))), ["one", "two"]);
        assert_eq!(ids(&shelf.decide(&who("uz"), &nobody(), at(0))), Vec::<&str>::new());
        assert_eq!(ids(&shelf.decide(&who("uz"), &nobody(), at(1000))), ["three"]);
        let everything = shelf.decide(&who("kz"), &nobody(), at(1000));
        assert_eq!(ids(&everything), ["one", "three", "two"]);
        assert!(
            everything.own == 0 && Arc::ptr_eq(&everything.ids, &shelf.all),
            "who sees all takes no memory"
        );
        let allowed = Allowed {
            ids: shelf.decide(&who("kz"), &nobody(), at(0)).ids,
            shelf,
        };
        assert!(allowed.rules("one").is_some());
        assert_eq!((allowed.rules("three"), allowed.rules("lost")), (None, None));
    }

    #[test]
    fn a_decision_is_kept_for_one_consumer_one_count_and_its_time() {
        let (cache, shelf) = (PolicyCache::default(), shelf(1, 0));
        let nobody = nobody();
        cache.remember("a", &who("kz"), shelf.decide(&who("kz"), &nobody, at(0)));
        let kept =
            |slug: &str, peer: &str, epoch, now| cache.decided(slug, &who(peer), epoch, &nobody, at(now)).is_some();
        assert!(kept("a", "kz", 1, 0) && kept("a", "kz", 1, 999));
        assert!(!kept("a", "kz", 1, 1000), "a time window opens");
        assert!(!kept("a", "kz", 1, -1), "the clock was set back");
        assert!(!kept("a", "kz", 2, 0), "something was written");
        let changed = Arc::new(Federations::none());
        let after = cache.decided("a", &who("kz"), 1, &changed, at(0));
        assert!(after.is_none(), "the members of a federation changed");
        assert!(!kept("a", "uz", 1, 0) && !kept("b", "kz", 1, 0));
    }

    #[test]
    fn what_was_read_is_kept_while_the_count_stays() {
        let cache = PolicyCache::default();
        cache.keep("a", shelf(7, 0));
        assert!(cache.shelf("a", 7).is_some());
        assert!(cache.shelf("a", 8).is_none() && cache.shelf("b", 7).is_none());
    }

    #[test]
    fn memory_is_bounded_and_the_least_used_goes() {
        let cache = PolicyCache::default();
        for slug in ["a", "b"] {
            cache.keep(slug, shelf(1, KEPT_BYTES / 3));
        }
        assert!(cache.shelf("a", 1).is_some());
        cache.keep("c", shelf(1, KEPT_BYTES / 3));
        let kept = ["a", "b", "c"].map(|slug| cache.shelf(slug, 1).is_some());
        assert_eq!(kept, [true, false, true]);
        cache.keep("d", shelf(1, KEPT_BYTES + 1));
        let kept = ["a", "c", "d"].map(|slug| cache.shelf(slug, 1).is_some());
        assert_eq!(
            kept,
            [true, true, false],
            "one that is over the bound pushes nobody out"
        );

        let (shelf, nobody) = (shelf(1, 0), nobody());
        for number in 0..CONSUMERS + 10 {
            let peer = who(&format!("peer-{number}"));
            cache.remember("a", &peer, shelf.decide(&peer, &nobody, at(0)));
        }
        assert_eq!(cache.kept().decisions.len(), CONSUMERS);
        let wide = Decided {
            own: CONSUMER_IDS,
            ..shelf.decide(&who("kz"), &nobody, at(0))
        };
        cache.remember("a", &who("kz"), wide);
        assert!(cache.decided("a", &who("kz"), 1, &nobody, at(0)).is_some());
        let narrow = Decided {
            own: 1,
            ..shelf.decide(&who("uz"), &nobody, at(0))
        };
        cache.remember("a", &who("uz"), narrow);
        assert!(
            cache.decided("a", &who("kz"), 1, &nobody, at(0)).is_none(),
            "too many ids are held"
        );
    }
}
