//! What is offered to some, announced because the owner wants it: that there is something, and of which kind, is public then; what it is, only
//! those read who may see the offer.
//!
//! What was announced follows what is said of the dataset, and goes by a withdrawal with its body when the offer goes, or is for others. Refuses
//! to announce by itself.

use super::body::Told;
use super::follow::{BATCH, Standing, next_name, told_of};
use super::names;
use crate::closed::FEDERATION;
use crate::desk::{Desk, Withdrawal, invalid, invalid_for, through};
use crate::hosted::Hosted;
use crate::logs::OwnLog;
use crate::records::{Wish, is_withdrawal, record_of};
use crate::{Fault, Runtime, offer_id};
use chapar_policy::{Admits, Policy};
use chapar_register::{Finding, Header, Link, PARTIES, Visibility};
use chapar_store::{DatasetRow, EntryRow, Keyset};
use chapar_terms::ParticipantId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Datasets that are announced with one act.
const DATASETS: usize = 20;

/// Who is to read what is announced.
struct Readers {
    visibility: Visibility,
    /// The federation, where they are its members.
    federation: Option<String>,
    /// Why the record is sealed, where it is.
    why_sealed: Option<&'static str>,
}

impl Desk {
    /// Announces what an offer that is not for everybody offers, or one dataset of it.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] when the offer is for everybody, offers nothing or too much, or a dataset lacks what a record
    /// needs.
    pub async fn announce_offer(&self, definition: &str, dataset: Option<&str>) -> Result<Value, Fault> {
        let (desk, definition, dataset) = (self.clone(), definition.to_owned(), dataset.map(str::to_owned));
        through(async move { desk.announce(&definition, dataset.as_deref()).await }).await
    }

    async fn announce(&self, definition: &str, dataset: Option<&str>) -> Result<Value, Fault> {
        let (runtime, hosted) = (&self.runtime, &self.hosted);
        let readers = runtime.readers(hosted, definition).await?.ok_or(Fault::NotFound)?;
        let readers = readers.ok_or_else(|| {
            invalid(
                "admits-everyone",
                "the offer is for everybody: it stands in the register by itself, see `chapar offer show`",
            )
        })?;
        let rows = runtime.datasets_of(hosted, definition, dataset).await?;
        if rows.is_empty() {
            return Err(invalid(
                "offers-nothing",
                format!("the offer `{definition}` offers no such dataset"),
            ));
        }
        if rows.len() > DATASETS {
            let why = format!("the offer has more than {DATASETS} datasets: name one");
            return Err(invalid("offers-too-much", why));
        }
        let log = runtime.register_of(hosted)?;
        let everything = runtime.everything(hosted).await?;
        let (mut wishes, mut items) = (Vec::new(), Vec::new());
        for row in &rows {
            let told = told_of(hosted, row, &everything)?;
            if !told.missing.is_empty() {
                return Err(invalid_for(
                    "offer-untold",
                    told.missing.iter().map(Finding::to_string).collect(),
                ));
            }
            let stem = names::announced(definition, &row.asset.id);
            let name = match runtime.standing(&log, &stem).await? {
                Standing::Nothing => names::name(&stem, 1),
                Standing::Record(name, _) => name,
                Standing::Withdrawn(name, _) => next_name(&stem, &name),
            };
            wishes.push(readers.wish(told, name));
            items.push(json!({ "dataset": row.asset.id }));
        }
        let records = self.publish_wishes(wishes).await?;
        for (item, record) in items.iter_mut().zip(records) {
            if let Some(members) = item.as_object_mut() {
                members.insert("record".to_owned(), record.get("id").cloned().unwrap_or_default());
                members.insert("visibility".to_owned(), readers.visibility.as_str().into());
                members.extend(readers.why_sealed.map(|why| ("whySealed".to_owned(), why.into())));
            }
        }
        Ok(json!({ "items": items }))
    }
}

impl Readers {
    fn links(&self) -> Vec<Link> {
        let link = |id: &String| Link {
            rel: FEDERATION.to_owned(),
            target: id.clone(),
        };
        self.federation.iter().map(link).collect()
    }

    /// The record of that name that tells them.
    fn wish(&self, told: Told, name: String) -> Wish {
        Wish {
            kind: told.kind,
            local: Some(name),
            valid: None,
            mandate: None,
            authentic: BTreeSet::new(),
            visibility: self.visibility.clone(),
            links: self.links(),
            body: told.body,
            salt: None,
        }
    }

    /// Whether a record is for the same.
    fn are_of(&self, header: &Header) -> bool {
        self.visibility == header.visibility && self.links() == header.links
    }
}

impl Runtime {
    /// Who may read what is announced of an offer, by its access policy; none inside for everybody, none where there is no such offer.
    async fn readers(&self, hosted: &Hosted, definition: &str) -> Result<Option<Option<Readers>>, Fault> {
        let (store, slug) = (&self.inner.store, hosted.slug.as_str());
        let Some(row) = store.definition(slug, definition).await? else {
            return Ok(None);
        };
        let policy = store.policy(slug, &row.access_policy).await?;
        let rules: Option<Map<String, Value>> = policy.and_then(|policy| serde_json::from_str(&policy.body).ok());
        let rules = rules.map(|mut rules| {
            rules.remove("@type");
            rules
        });
        let admits = rules.and_then(|rules| Policy::parse(&rules).ok());
        let admits = admits.map_or(
            Admits::Others("its access policy is not there, or cannot be read"),
            |policy| policy.admits(),
        );
        Ok(Some(self.readers_of(hosted, admits)?))
    }

    fn readers_of(&self, hosted: &Hosted, admits: Admits) -> Result<Option<Readers>, Fault> {
        let sealed = |why: &'static str| Readers {
            visibility: Visibility::Sealed,
            federation: None,
            why_sealed: Some(why),
        };
        Ok(Some(match admits {
            Admits::Everyone => return Ok(None),
            Admits::Participants(those) if those.len() <= PARTIES => Readers {
                visibility: Visibility::Parties(
                    those
                        .iter()
                        .map(|id| ParticipantId::parse(id))
                        .collect::<Result<_, _>>()?,
                ),
                federation: None,
                why_sealed: None,
            },
            Admits::Participants(_) => sealed("it names more participants than a record may"),
            Admits::Members(id) => match self.members_of_federations().is_member(&id, &hosted.me.id) {
                Some(true) => Readers {
                    visibility: Visibility::Members,
                    federation: Some(id),
                    why_sealed: None,
                },
                _ => sealed("the owner is no member of the federation that it names"),
            },
            Admits::Others(why) => sealed(why),
        }))
    }

    async fn datasets_of(
        &self,
        hosted: &Hosted,
        definition: &str,
        dataset: Option<&str>,
    ) -> Result<Vec<DatasetRow>, Fault> {
        let (store, slug) = (&self.inner.store, hosted.slug.as_str());
        let this = BTreeSet::from([Arc::from(definition)]);
        Ok(match dataset {
            Some(dataset) => store.datasets_among(slug, &this, &[dataset]).await?,
            None => store.datasets_page(slug, &this, &Keyset::Start, DATASETS + 1).await?,
        })
    }

    /// Says anew what is announced of these assets, or of all, where it is offered with other words by now, and takes away what is offered no
    /// more, or to others.
    pub(crate) async fn follow_announced(
        &self,
        hosted: &Hosted,
        log: &OwnLog,
        assets: Option<&BTreeSet<String>>,
    ) -> Result<(), Fault> {
        let (mut first, beyond) = names::entries_of_announced();
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let mut newest: BTreeMap<String, EntryRow> = BTreeMap::new();
        loop {
            let page = self
                .inner
                .store
                .entries_between(log.origin.as_str(), &first, &beyond, limit)
                .await?;
            let last = page
                .last()
                .and_then(|entry| entry.id.clone())
                .filter(|_| page.len() == BATCH);
            for entry in page {
                let name = names::of_entry(entry.id.as_deref().unwrap_or_default()).to_owned();
                newest.insert(name, entry);
            }
            match last {
                // The next id in order: nothing sorts between an id and itself with one more character.
                Some(last) => first = format!("{last}!"),
                None => break,
            }
        }
        let is_concerned = |entry: &EntryRow| match (assets, announced_by(entry)) {
            (Some(assets), Some((_, dataset))) => assets.contains(&dataset),
            (Some(_), None) => false,
            (None, _) => true,
        };
        for (name, entry) in newest {
            if !is_withdrawal(entry.id.as_deref().unwrap_or_default()) && is_concerned(&entry) {
                self.follow_announcement(hosted, &name, &entry).await?;
            }
        }
        Ok(())
    }

    /// Holds one announcement against what is offered.
    async fn follow_announcement(&self, hosted: &Hosted, name: &str, entry: &EntryRow) -> Result<(), Fault> {
        // What was lost with a disk tells nothing; its owner withdraws it by hand.
        let Some((definition, dataset)) = announced_by(entry) else {
            return Ok(());
        };
        let wanted = {
            let _turn = self.offers_turn(hosted.slug.as_str()).await;
            self.announcement(hosted, &definition, &dataset).await?
        };
        let record = record_of(&entry.leaf)?;
        let header = record.header();
        if chapar_terms::sabotaged("keep-what-is-announced") {
            return Ok(());
        }
        let wanted = wanted.filter(|(readers, _)| readers.are_of(header));
        let is_of_the_kind = wanted.as_ref().is_some_and(|(_, told)| told.kind == header.kind);
        let _turn = self.records_turn(hosted.slug.as_str()).await;
        // With the keys that it has now.
        let hosted = self.hosted(hosted.slug.as_str()).ok_or(Fault::NotFound)?;
        self.tell_keys(&hosted).await?;
        let mut composed = Vec::new();
        if !is_of_the_kind {
            composed.extend(
                self.compose_withdrawal(&hosted, name, &record, no_longer_announced())
                    .await?,
            );
        }
        if let Some((readers, told)) = wanted
            && !chapar_terms::sabotaged("announce-the-first-words")
        {
            let name = match is_of_the_kind {
                true => name.to_owned(),
                false => next_name(&names::announced(&definition, &dataset), name),
            };
            composed.extend(self.compose(&hosted, readers.wish(told, name)).await?);
        }
        if composed.is_empty() {
            return Ok(());
        }
        self.commit_records(&hosted, composed).await?;
        tracing::info!(
            participant = hosted.slug.as_str(),
            record = name,
            "what was announced follows what is offered"
        );
        Ok(())
    }

    /// What an announcement of a dataset would say, and to whom; none where it is not offered, is for everybody, or lacks what a record needs.
    async fn announcement(
        &self,
        hosted: &Hosted,
        definition: &str,
        dataset: &str,
    ) -> Result<Option<(Readers, Told)>, Fault> {
        let rows = self.datasets_of(hosted, definition, Some(dataset)).await?;
        let readers = self.readers(hosted, definition).await?.flatten();
        let (Some(row), Some(readers)) = (rows.first(), readers) else {
            return Ok(None);
        };
        let told = told_of(hosted, row, &self.everything(hosted).await?)?;
        Ok(told.missing.is_empty().then_some((readers, told)))
    }
}

fn no_longer_announced() -> Withdrawal {
    Withdrawal {
        reason: json!({
            "ru": "Больше не предлагается тем, для кого было объявлено.",
            "zh": "不再向公告所面向的参与方提供。",
            "en": "No longer offered to those for whom it was announced.",
        }),
        code: "other".to_owned(),
        replaced_by: None,
        purge: true,
    }
}

/// The definition and the dataset that a record announces, as its body says them.
fn announced_by(entry: &EntryRow) -> Option<(String, String)> {
    let body: Value = serde_json::from_slice(entry.body.as_deref()?).ok()?;
    let dataset = body.get("dataspaceDataset")?.as_str()?;
    let offer = body.pointer("/dataspaceOffers/0/id")?.as_str()?;
    let mut readings = offer_id::readings(offer, Some(dataset)).into_iter();
    readings.find(|(_, asset)| asset == dataset)
}
