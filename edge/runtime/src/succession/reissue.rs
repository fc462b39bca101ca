//! The records of a log that has ended, issued anew in its successor: the words as they were, and a link to the record that is replaced.
//!
//! Behind the record that says that the log ended, 64 at a time. Whatever cuts it off, it goes on at the next start: what has a name in the
//! successor already is passed over. What could not be issued, e.g. since its body is nowhere to be had, is kept with the reason.
//! A body that is not open keeps its salt, so that everybody sees by the hash that it is the same; what was opened is opened again, with the same commit.

use super::said::Said;
use super::shelf::{Anew, Kept, Shelf, point};
use super::shown::Successor;
use crate::hosted::Hosted;
use crate::logs::{OwnLog, REGISTER, Standing};
use crate::mirrors::stored_as;
use crate::records::{Composed, Wish, closed_of_composed, opening_of, record_of};
use crate::{Fault, Runtime};
use chapar_register::{Header, LOG_DISCONTINUED, Link, OPENING, REPLACES, Record, RecordId};
use chapar_store::LogState;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Entries that are read at a time.
const SLICE: i64 = 512;
/// Records that share one commit.
const BATCH: usize = 64;
/// Records of which it is kept why they were not issued.
const LEFT_MOST: usize = 100;
/// Pause after a fault, before it is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// How far the records of a log are issued anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reissued {
    pub is_done: bool,
    records: u64,
    /// Those that were not issued, and why.
    left: Vec<(String, String)>,
}

impl Reissued {
    pub(super) fn of(successor: &Successor) -> Self {
        let left = successor.more.get("left").and_then(Value::as_array).cloned();
        let text = |one: &Value, name: &str| Some(one.get(name)?.as_str()?.to_owned());
        let left = left.unwrap_or_default();
        let left = left
            .iter()
            .filter_map(|one| Some((text(one, "record")?, text(one, "why")?)));
        Self {
            is_done: successor.is_reissued(),
            records: successor.more.get("records").and_then(Value::as_u64).unwrap_or(0),
            left: left.collect(),
        }
    }

    /// As people see it.
    pub(super) fn view(&self) -> Map<String, Value> {
        Map::from_iter([
            ("isDone".to_owned(), self.is_done.into()),
            ("records".to_owned(), self.records.into()),
            ("left".to_owned(), self.left_view()),
        ])
    }

    fn left_view(&self) -> Value {
        let left = self.left.iter();
        left.map(|(record, why)| json!({ "record": record, "why": why }))
            .collect()
    }

    fn leave(&mut self, id: &RecordId, why: String) {
        tracing::warn!(record = %id, why, "a record of a log that has ended is not issued anew");
        if self.left.len() < LEFT_MOST {
            self.left.push((id.to_string(), why));
        }
    }
}

/// How far the records of an own log that has ended are issued anew.
pub(crate) fn reissue_view(successor: &Successor) -> Map<String, Value> {
    Reissued::of(successor).view()
}

/// Where entries of a log lie.
pub(super) struct Copies {
    pub origins: Vec<String>,
}

impl Copies {
    async fn shelf(&self, runtime: &Runtime) -> Result<Vec<(String, Kept)>, Fault> {
        let mut shelf = Shelf::default();
        for origin in &self.origins {
            let mut position = 0;
            loop {
                let entries = runtime.inner.store.entries_after(origin, position, SLICE).await?;
                let Some(last) = entries.last() else { break };
                position = last.position;
                for entry in &entries {
                    shelf.take(origin, entry.position, &entry.leaf, entry.body.as_deref());
                }
            }
        }
        Ok(shelf.in_order())
    }

    /// What would be issued, and what not.
    pub(super) async fn foretell(&self, runtime: &Runtime) -> Result<Reissued, Fault> {
        let mut foretold = Reissued::default();
        for (_, kept) in self.shelf(runtime).await? {
            let (before, said) = runtime.said(&kept).await?;
            match draft(before.header(), said) {
                Ok(_) => foretold.records += 1,
                Err(why) => foretold.leave(&before.header().id, why),
            }
        }
        Ok(foretold)
    }
}

impl Runtime {
    /// Issues the records of an ended log anew, until it is done or the node stops.
    pub(crate) async fn reissue(self, ended: Arc<OwnLog>) {
        while !self.inner.stopping.load(Ordering::Relaxed) {
            match self.reissue_all(&ended).await {
                Ok(()) => return,
                Err(fault) if self.inner.stopping.load(Ordering::Relaxed) => {
                    tracing::debug!(log = %ended.origin, %fault, "records are issued anew at the next start");
                }
                Err(fault) => {
                    tracing::error!(log = %ended.origin, %fault, "the records of a log that has ended are not issued anew; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn reissue_all(&self, ended: &Arc<OwnLog>) -> Result<(), Fault> {
        let hosted = self.hosted(&ended.participant).ok_or(Fault::NotFound)?;
        let mut successor = ended.successor().ok_or(Fault::NotFound)?;
        self.write_the_end(&hosted, &successor).await?;
        // Whoever mirrors the ended log looks, and follows.
        self.inner.hints.grew(ended.origin.as_str());
        let copies = self.copies(ended.origin.as_str()).await?;
        let kept = copies.shelf(self).await?;
        let (mut anew, mut reissued) = (BTreeMap::new(), Reissued::default());
        for batch in kept.chunks(BATCH) {
            self.reissue_batch(&hosted, batch, &mut anew, &mut reissued).await?;
        }
        (reissued.is_done, reissued.records) = (true, u64::try_from(anew.len()).unwrap_or(u64::MAX));
        if let Some(more) = successor.more.as_object_mut() {
            more.extend(reissued.view());
        }
        let store = &self.inner.store;
        store
            .set_log(ended.origin.as_str(), LogState::Closed, successor.render())
            .await?;
        store.remove_mirror(&stored_as(ended.origin.as_str())).await?;
        tracing::warn!(
            log = %ended.origin, successor = successor.origin, records = reissued.records, left = reissued.left.len(),
            "the records of a log that has ended are issued anew in its successor"
        );
        ended.standing.send_replace(Standing::Closed(successor));
        Ok(())
    }

    /// The record by which the log ended, unless it is there.
    async fn write_the_end(&self, hosted: &Arc<Hosted>, successor: &Successor) -> Result<(), Fault> {
        let _turn = self.records_turn(hosted.slug.as_str()).await;
        self.tell_keys(hosted).await?;
        let log = self.register_of(hosted)?;
        if self.newest_entry(&log, LOG_DISCONTINUED).await?.is_some() {
            return Ok(());
        }
        let body = successor.more.get("record").cloned().unwrap_or_default();
        let wish = Wish::open(LOG_DISCONTINUED, LOG_DISCONTINUED.to_owned(), body)?;
        let composed = self.compose(hosted, wish).await?;
        self.commit_records(hosted, composed.into_iter().collect()).await?;
        Ok(())
    }

    async fn reissue_batch(
        &self,
        hosted: &Arc<Hosted>,
        batch: &[(String, Kept)],
        anew: &mut BTreeMap<String, Anew>,
        reissued: &mut Reissued,
    ) -> Result<(), Fault> {
        let _turn = self.records_turn(hosted.slug.as_str()).await;
        let log = self.register_of(hosted)?;
        let mut composed: Vec<Composed> = Vec::new();
        for (local, kept) in batch {
            let (before, said) = self.said(kept).await?;
            let (id, leaf) = (before.header().id.to_string(), before.leaf_hash());
            let now = match self.newest_entry(&log, local).await? {
                Some(there) => record_of(&there.leaf)?,
                None => match self.compose_anew(hosted, &before, said, anew).await? {
                    Ok(one) => {
                        let record = one.record.clone();
                        let opening = match kept.opening {
                            Some(_) if !chapar_terms::sabotaged("close-what-was-opened") => {
                                self.compose_opening_anew(hosted, &one).await?
                            }
                            _ => None,
                        };
                        composed.push(one);
                        composed.extend(opening);
                        record
                    }
                    Err(why) => {
                        reissued.leave(&before.header().id, why);
                        continue;
                    }
                },
            };
            let now = (now.header().id.to_string(), now.leaf_hash());
            let before = (id, leaf);
            anew.insert(local.clone(), Anew { before, now });
        }
        if !composed.is_empty() {
            self.commit_records(hosted, composed).await?;
        }
        self.inner.logs.ring(hosted.slug.as_str(), REGISTER);
        Ok(())
    }

    /// A record as it is to stand in the successor, or why it cannot.
    async fn compose_anew(
        &self,
        hosted: &Arc<Hosted>,
        before: &Record,
        said: Option<Said>,
        anew: &BTreeMap<String, Anew>,
    ) -> Result<Result<Composed, String>, Fault> {
        let mut wish = match draft(before.header(), said) {
            Ok(wish) => wish,
            Err(why) => return Ok(Err(why)),
        };
        if point(&before.header().kind, &mut wish.body, anew) {
            // Two bodies never share a salt: who knows that of one could try what the other might say.
            wish.salt = None;
        }
        match self.compose(hosted, wish).await {
            Ok(Some(composed)) => Ok(Ok(composed)),
            Ok(None) => Err(Fault::Internal(
                "a record that is not there says nothing new".to_owned(),
            )),
            Err(Fault::Invalid { reason, .. }) => Ok(Err(reason)),
            Err(fault) => Err(fault),
        }
    }

    /// What opens a record that was opened under its old id.
    async fn compose_opening_anew(&self, hosted: &Arc<Hosted>, sealed: &Composed) -> Result<Option<Composed>, Fault> {
        let Some(closed) = closed_of_composed(sealed)? else {
            return Ok(None);
        };
        let header = sealed.record.header();
        let name = opening_of(header.id.local(), header.version);
        self.compose(hosted, Wish::open(OPENING, name, closed.opening())?).await
    }
}

/// What a record said, with the link to it; or why it cannot be said again.
fn draft(header: &Header, said: Option<Said>) -> Result<Wish, String> {
    let Said { body, salt } = said.ok_or("its body is nowhere to be had")?;
    if body.pointer("/decision/proposal").is_some() {
        return Err("what it says to a federation has to be said anew by a person: `chapar federation`".to_owned());
    }
    let mut links = header.links.clone();
    links.push(Link {
        rel: REPLACES.to_owned(),
        target: header.id.to_string(),
    });
    Ok(Wish {
        kind: header.kind.clone(),
        local: Some(header.id.local().to_owned()),
        valid: header.valid,
        mandate: header.mandate.clone(),
        authentic: header.authentic.clone(),
        visibility: header.visibility.clone(),
        links,
        body,
        salt,
    })
}
