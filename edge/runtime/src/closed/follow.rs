//! Following what is closed: for each record whose body some may have, what the exchange offers of it is held against what the record says,
//! and made so. What a person changed about such an offer is put back.

use super::{PREFIX, rules};
use crate::hosted::Hosted;
use crate::logs::OwnLog;
use crate::records::{is_withdrawal, record_of};
use crate::{Fault, Runtime};
use chapar_exchange::Actor;
use chapar_store::EntryRow;
use std::collections::BTreeSet;

/// Rows that are looked at in one go.
const BATCH: i64 = 64;

impl Runtime {
    /// Offers what is to be offered of the closed records of a participant, and nothing else of them.
    pub(crate) async fn follow_closed(&self, hosted: &Hosted, log: &OwnLog) -> Result<(), Fault> {
        if chapar_terms::sabotaged("offer-no-closed-bodies") {
            return Ok(());
        }
        let (mut position, mut followed) = (0, BTreeSet::new());
        loop {
            let page = self
                .inner
                .store
                .closed_entries(log.origin.as_str(), position, BATCH)
                .await?;
            for local in page.iter().filter_map(name_of) {
                if followed.insert(local.to_owned()) {
                    self.follow_record(hosted, log, local).await?;
                }
            }
            match page.last() {
                Some(last) => position = last.position,
                None => break,
            }
        }
        self.end_offers(hosted, log, &followed).await
    }

    async fn follow_record(&self, hosted: &Hosted, log: &OwnLog, local: &str) -> Result<(), Fault> {
        let newest = self.newest_entry(log, local).await?;
        let newest = newest.filter(|entry| !is_withdrawal(entry.id.as_deref().unwrap_or_default()));
        let record = newest.map(|entry| record_of(&entry.leaf)).transpose()?;
        let wanted = record
            .as_ref()
            .and_then(|record| Some((record.header(), rules(record.header())?)));
        let desk = self.desk(hosted.slug.as_str(), Actor::Node).ok_or(Fault::NotFound)?;
        match wanted {
            Some((header, rules)) => desk.offer_closed(header, rules).await,
            None => desk.retire_closed(local, log).await,
        }
    }

    /// What is offered of records of which nothing closed is here any more.
    async fn end_offers(&self, hosted: &Hosted, log: &OwnLog, followed: &BTreeSet<String>) -> Result<(), Fault> {
        let (slug, mut after) = (hosted.slug.as_str(), PREFIX.to_owned());
        loop {
            let page = self.inner.store.list_definitions(slug, Some(&after), BATCH).await?;
            for definition in &page {
                let Some(local) = definition.id.strip_prefix(PREFIX) else {
                    return Ok(());
                };
                if !followed.contains(local) {
                    self.follow_record(hosted, log, local).await?;
                }
            }
            match page.last() {
                Some(last) => after = last.id.clone(),
                None => return Ok(()),
            }
        }
    }
}

/// The name of the record that an entry belongs to.
fn name_of(entry: &EntryRow) -> Option<&str> {
    Some(entry.id.as_deref()?.split_once('@')?.0)
}
