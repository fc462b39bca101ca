//! Following what is offered: for each asset, what its newest record says is held against what is offered of it to everybody, and the
//! difference is written into the register.
//!
//! What is offered is read in the turn of those who write it, so that no word of an offer that has been narrowed meets the policy that it
//! had before. What was withdrawn by hand stays away until there is something else to say.

use super::body::{Asset, Owner, Told, told};
use super::{Changed, names};
use crate::desk::{Withdrawal, stored_object};
use crate::hosted::{Hosted, Identity};
use crate::logs::{OwnLog, REGISTER};
use crate::policy_cache::Allowed;
use crate::records::{Composed, Wish, entries_of, entry_of_withdrawal, is_withdrawal, record_of};
use crate::{Fault, Runtime, offer_id};
use chapar_exchange::transfer::{HTTP_PULL, HTTP_PUSH};
use chapar_register::{Record, Visibility};
use chapar_store::{DatasetRow, EntryRow, Keyset};
use chapar_terms::{Digest, OfferId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Assets that are looked at in one turn; their records share one commit.
pub(super) const BATCH: usize = 64;
/// Pause after more than a turn: many acts in a row are followed together.
const PACE: Duration = Duration::from_millis(250);
/// Pause after a fault, before the same is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// What stands in the register of an asset.
pub(super) enum Standing {
    /// Nothing yet.
    Nothing,
    /// A record.
    Record(String, Box<Record>),
    /// A record that was withdrawn: its name, and what it said last where a person did it.
    Withdrawn(String, Option<Digest>),
}

impl Runtime {
    /// Follows whatever is offered from now on. What an earlier run left undone is made good when a register begins, which wakes this.
    pub(crate) fn watch_offers(&self) {
        let runtime = self.clone();
        tokio::spawn(async move {
            while !runtime.inner.stopping.load(Ordering::Relaxed) {
                match runtime.inner.offered.take() {
                    Some((slug, changed)) => runtime.follow_or_tell(&slug, changed).await,
                    None => runtime.inner.offered.next().await,
                }
            }
        });
    }

    async fn follow_or_tell(&self, slug: &str, changed: Changed) {
        let outcome = self.follow(slug, &changed).await;
        match outcome {
            Ok(()) if changed.is_wide(BATCH) => tokio::time::sleep(PACE).await,
            Ok(()) => {}
            Err(_) if self.inner.stopping.load(Ordering::Relaxed) => {}
            Err(fault) => {
                tracing::warn!(participant = slug, %fault, "the register does not follow the offers; it is tried again");
                let (runtime, slug) = (self.clone(), slug.to_owned());
                tokio::spawn(async move {
                    tokio::time::sleep(PAUSE).await;
                    runtime.inner.offered.put(&slug, changed);
                });
            }
        }
    }

    async fn follow(&self, slug: &str, changed: &Changed) -> Result<(), Fault> {
        let Some(hosted) = self
            .hosted(slug)
            .filter(|hosted| matches!(hosted.identity, Identity::Did(_)))
        else {
            return Ok(());
        };
        // One that could not be opened was told of at the start; one that is held wakes us when it goes on.
        let Some(log) = self.inner.logs.find(slug, REGISTER).filter(|log| log.is_open()) else {
            return Ok(());
        };
        match changed {
            Changed::Assets(assets) => {
                let ids: Vec<&str> = assets.iter().map(String::as_str).collect();
                for some in ids.chunks(BATCH) {
                    self.follow_some(&hosted, &log, some).await?;
                }
                self.follow_announced(&hosted, &log, Some(assets)).await
            }
            Changed::Everything => {
                self.follow_offered(&hosted, &log).await?;
                self.follow_published(&hosted, &log).await?;
                self.follow_closed(&hosted, &log).await?;
                self.follow_announced(&hosted, &log, None).await
            }
        }
    }

    /// Everything that is offered to everybody.
    async fn follow_offered(&self, hosted: &Hosted, log: &OwnLog) -> Result<(), Fault> {
        let (slug, mut from) = (hosted.slug.as_str(), Keyset::Start);
        loop {
            let open = self.open_offers(hosted).await?;
            let page = self.inner.store.datasets_page(slug, open.ids(), &from, BATCH).await?;
            let ids: Vec<&str> = page.iter().map(|row| row.asset.id.as_str()).collect();
            self.follow_some(hosted, log, &ids).await?;
            match page.last().filter(|_| page.len() == BATCH) {
                Some(last) => from = Keyset::After(last.asset.id.clone()),
                None => return Ok(()),
            }
        }
    }

    /// Everything that the register says is offered.
    async fn follow_published(&self, hosted: &Hosted, log: &OwnLog) -> Result<(), Fault> {
        let (mut first, beyond) = names::entries_of_all();
        loop {
            let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let store = &self.inner.store;
            let page = store
                .entries_between(log.origin.as_str(), &first, &beyond, limit)
                .await?;
            let assets: BTreeSet<String> = page.iter().filter_map(asset_of).collect();
            let assets: Vec<&str> = assets.iter().map(String::as_str).collect();
            self.follow_some(hosted, log, &assets).await?;
            match page
                .last()
                .and_then(|entry| entry.id.as_ref())
                .filter(|_| page.len() == BATCH)
            {
                // The next id in order: nothing sorts between an id and itself with one more character.
                Some(last) => first = format!("{last}!"),
                None => return Ok(()),
            }
        }
    }

    async fn follow_some(&self, hosted: &Hosted, log: &OwnLog, assets: &[&str]) -> Result<(), Fault> {
        if assets.is_empty() {
            return Ok(());
        }
        let mut wanted = {
            let _turn = self.offers_turn(hosted.slug.as_str()).await;
            self.wanted(hosted, assets).await?
        };
        let _turn = self.records_turn(hosted.slug.as_str()).await;
        // With the keys that it has now.
        let hosted = self.hosted(hosted.slug.as_str()).ok_or(Fault::NotFound)?;
        self.tell_keys(&hosted).await?;
        let mut composed = Vec::new();
        for asset in assets {
            composed.extend(self.difference(&hosted, log, asset, wanted.remove(*asset)).await?);
        }
        if composed.is_empty() {
            return Ok(());
        }
        for record in self.commit_records(&hosted, composed).await? {
            let header = record.header();
            tracing::info!(
                participant = hosted.slug.as_str(),
                record = header.id.local(),
                kind = header.kind.as_str(),
                version = header.version,
                "the register follows an offer"
            );
        }
        Ok(())
    }

    /// What the records of these assets should say; nothing for those that are not to have one.
    async fn wanted(&self, hosted: &Hosted, assets: &[&str]) -> Result<BTreeMap<String, Told>, Fault> {
        let open = self.open_offers(hosted).await?;
        let rows = self
            .inner
            .store
            .datasets_among(hosted.slug.as_str(), open.ids(), assets)
            .await?;
        let mut wanted = BTreeMap::new();
        for row in rows {
            let told = told_of(hosted, &row, &open)?;
            match told.missing.first() {
                None => drop(wanted.insert(row.asset.id, told)),
                Some(first) => tracing::info!(
                    participant = hosted.slug.as_str(),
                    asset = row.asset.id,
                    why = %first,
                    "what is offered to everybody is not in the register"
                ),
            }
        }
        Ok(wanted)
    }

    /// What has to be written so that the register says of an asset what it should.
    async fn difference(
        &self,
        hosted: &Hosted,
        log: &OwnLog,
        asset: &str,
        wanted: Option<Told>,
    ) -> Result<Vec<Composed>, Fault> {
        let stem = names::stem(asset);
        let mut composed = Vec::new();
        let name = match (self.standing(log, &stem).await?, &wanted) {
            (Standing::Nothing, Some(_)) => names::name(&stem, 1),
            (Standing::Record(name, record), Some(wanted)) if record.header().kind == wanted.kind => name,
            (Standing::Record(name, record), _) => {
                composed.extend(
                    self.compose_withdrawal(hosted, &name, &record, no_longer_offered())
                        .await?,
                );
                next_name(&stem, &name)
            }
            (Standing::Withdrawn(name, by_hand), Some(wanted)) if by_hand != Some(body_hash(wanted)) => {
                next_name(&stem, &name)
            }
            (Standing::Nothing | Standing::Withdrawn(..), _) => return Ok(composed),
        };
        if let Some(Told { kind, body, .. }) = wanted {
            let wish = Wish {
                kind,
                local: Some(name),
                valid: None,
                mandate: None,
                authentic: BTreeSet::new(),
                visibility: Visibility::Open,
                links: Vec::new(),
                body,
                salt: None,
            };
            composed.extend(self.compose(hosted, wish).await?);
        }
        Ok(composed)
    }

    pub(super) async fn standing(&self, log: &OwnLog, stem: &str) -> Result<Standing, Fault> {
        let (store, origin) = (&self.inner.store, log.origin.as_str());
        let (first, beyond) = names::entries_of(stem);
        let Some(newest) = store.last_entry(origin, &first, &beyond).await? else {
            return Ok(Standing::Nothing);
        };
        let entry = newest.id.as_deref().unwrap_or_default();
        let name = names::of_entry(entry).to_owned();
        if !is_withdrawal(entry) {
            return Ok(Standing::Record(name, Box::new(record_of(&newest.leaf)?)));
        }
        if is_ours(&newest) {
            return Ok(Standing::Withdrawn(name, None));
        }
        let (first, _) = entries_of(&name);
        let last = store.last_entry(origin, &first, &entry_of_withdrawal(&name)).await?;
        let said = last.map(|last| record_of(&last.leaf)).transpose()?;
        Ok(Standing::Withdrawn(name, said.map(|record| record.header().body_hash)))
    }

    /// The id of the record that tells of an asset now.
    pub(super) async fn record_of_asset(&self, log: &OwnLog, asset: &str) -> Result<Option<String>, Fault> {
        Ok(match self.standing(log, &names::stem(asset)).await? {
            Standing::Record(_, record) => Some(record.header().id.to_string()),
            Standing::Nothing | Standing::Withdrawn(..) => None,
        })
    }

    /// What is offered to everybody, so far as the register tells of it.
    pub(super) async fn open_offers(&self, hosted: &Hosted) -> Result<Allowed, Fault> {
        match self.inner.config.announce_offers {
            true => self.open_to_everyone(hosted).await,
            false => Ok(Allowed::default()),
        }
    }
}

/// What a record would say of a row of the catalogue.
pub(super) fn told_of(hosted: &Hosted, row: &DatasetRow, open: &Allowed) -> Result<Told, Fault> {
    let asset = &row.asset;
    let mut offers = Vec::with_capacity(row.definitions.len());
    for definition in &row.definitions {
        if let Some(rules) = open.rules(definition) {
            offers.push((OfferId::parse(&offer_id::render(definition, &asset.id, rules))?, rules));
        }
    }
    let owner = Owner {
        id: &hosted.me.id,
        address: &hosted.me.dsp_address,
        formats: &[HTTP_PULL, HTTP_PUSH],
    };
    let content = asset.content.as_ref();
    let asset = Asset {
        id: &asset.id,
        properties: &stored_object(&asset.properties)?,
        content: content.map(|content| (content.media_type.as_str(), content.size, content.digest.as_str())),
        offers,
    };
    Ok(told(&owner, &asset)?)
}

pub(super) fn next_name(stem: &str, name: &str) -> String {
    names::name(stem, names::number(name).unwrap_or(0).saturating_add(1))
}

fn body_hash(told: &Told) -> Digest {
    Digest::of(&chapar_terms::canonical_json(&told.body))
}

fn no_longer_offered() -> Withdrawal {
    Withdrawal {
        reason: reason(),
        code: "other".to_owned(),
        replaced_by: None,
        purge: false,
    }
}

/// By these words the node knows its own withdrawals.
fn reason() -> Value {
    json!({
        "ru": "Больше не предлагается всем.",
        "zh": "不再向所有人提供。",
        "en": "No longer offered to everybody.",
    })
}

fn is_ours(withdrawal: &EntryRow) -> bool {
    let body = withdrawal.body.as_deref().map(serde_json::from_slice::<Value>);
    body.and_then(Result::ok)
        .is_some_and(|body| body.get("reason") == Some(&reason()))
}

/// The asset that a version of a record tells of.
fn asset_of(entry: &EntryRow) -> Option<String> {
    let name = names::of_entry(entry.id.as_deref()?);
    let body: Value = serde_json::from_slice(entry.body.as_deref()?).ok()?;
    let asset = body.get("dataspaceDataset")?.as_str()?;
    name.starts_with(&names::stem(asset)).then(|| asset.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_knows_which_records_are_of_which_asset() {
        let entry = |name: &str, body: &Value| EntryRow {
            position: 1,
            id: Some(crate::records::entry_of_version(name, 1)),
            leaf: Vec::new(),
            body: Some(body.to_string().into_bytes()),
            salt: None,
            at: 1,
            purged_at: None,
        };
        let name = names::name(&names::stem("a"), 3);
        let body = json!({ "dataspaceDataset": "a" });
        assert_eq!(asset_of(&entry(&name, &body)).as_deref(), Some("a"));
        assert_eq!(asset_of(&entry(&name, &json!({ "dataspaceDataset": "b" }))), None);
        assert_eq!(next_name(&names::stem("a"), &name), names::name(&names::stem("a"), 4));
        let by_node = json!({ "reason": reason() });
        assert!(is_ours(&entry(&name, &by_node)));
        assert!(!is_ours(&entry(&name, &json!({ "reason": { "en": "wrong" } }))));
    }
}
