//! One record of the register: what it says, its place, its history, what it names and what names it; and the logs that are held here.

use super::checked_limit;
use crate::desk::invalid;
use crate::mirrors::MIRRORS;
use crate::{Fault, Runtime};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_register::LogId;
use chapar_store::{EntryRow, LogRow, LogState, RecordLink, StoredRecord};
use chapar_terms::{Digest, Instant, Lang};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The body that lies beside an entry for everybody; one with a salt is not among them.
fn open_body(entry: &EntryRow) -> Result<Option<Map<String, Value>>, Fault> {
    let is_shown = entry.salt.is_none() || chapar_terms::sabotaged("show-closed-bodies");
    let body = entry.body.as_ref().filter(|_| is_shown);
    let body = body.map(|bytes| serde_json::from_slice(bytes)).transpose();
    body.map_err(|why| Fault::Internal(format!("a stored body cannot be read: {why}")))
}

/// Links shown with a record; there may be any number of those that strangers make.
const LINKS: i64 = 100;

impl Runtime {
    /// A record: its newest version, or another; with its leaf and its body where everybody may have it.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when no log that is held here has it.
    pub async fn register_record(&self, id: &str, version: Option<u32>, lang: Option<&Lang>) -> Result<Value, Fault> {
        let store = &self.inner.store;
        let stored = store.record(id, version.map(i64::from)).await?.ok_or(Fault::NotFound)?;
        let mut view = self.item(&stored, lang);
        let entry = self.entry_of(&stored).await?;
        let Some(members) = view.as_object_mut() else {
            return Ok(view);
        };
        members.insert("leaf".to_owned(), STANDARD.encode(&entry.leaf).into());
        if let Some(body) = self.open_body_of(&stored, &entry).await? {
            members.insert("body".to_owned(), body.into());
        }
        if let Some(by) = store.replaced_by(id).await? {
            members.insert("replacedBy".to_owned(), by.into());
        }
        let from = store.links_from(id, LINKS).await?;
        members.insert(
            "names".to_owned(),
            from.iter()
                .map(|link| json!({ "rel": link.rel, "target": link.target }))
                .collect(),
        );
        let to = store.links_to(id, None, LINKS).await?;
        members.insert("namedBy".to_owned(), self.named_by(&to, lang).await?);
        members.insert("mirroredBy".to_owned(), self.mirrored_by(&stored.row.origin).into());
        Ok(view)
    }

    /// Where else than in its own node a log is served, as far as it is known here: by us, by places that showed it, by those who say so.
    fn mirrored_by(&self, origin: &str) -> Vec<Value> {
        let mirror = self.inner.mirrors.find(&Digest::of(origin.as_bytes()));
        let ours = mirror.map(|mirror| self.held_here(&mirror));
        let size = self.size_of(origin);
        ours.into_iter().chain(self.holders_of(origin, size)).collect()
    }

    /// The entry of the log that a version stands in.
    pub(crate) async fn entry_of(&self, stored: &StoredRecord) -> Result<EntryRow, Fault> {
        let row = &stored.row;
        let before = row.position.saturating_sub(1);
        let mut entries = self.inner.store.entries_after(&row.origin, before, 1).await?;
        entries.pop().ok_or(Fault::NotFound)
    }

    /// The body of a record, where everybody may have it and it is here: its own, or what its opening shows.
    pub(crate) async fn open_body_of(
        &self,
        stored: &StoredRecord,
        entry: &EntryRow,
    ) -> Result<Option<Map<String, Value>>, Fault> {
        let Some(opened) = stored.opened.as_ref() else {
            return open_body(entry);
        };
        let before = opened.position.saturating_sub(1);
        let openings = self.inner.store.entries_after(&stored.row.origin, before, 1).await?;
        let said = openings.first().map(open_body).transpose()?.flatten();
        // It was verified to be the one to which the record commits before it was folded.
        Ok(match said.and_then(|mut said| said.remove("body")) {
            Some(Value::Object(body)) => Some(body),
            _ => None,
        })
    }

    /// Each record that names another, shortly.
    async fn named_by(&self, links: &[RecordLink], lang: Option<&Lang>) -> Result<Value, Fault> {
        let mut shown = Vec::with_capacity(links.len());
        for link in links {
            if let Some(stored) = self.inner.store.record(&link.record_id, None).await? {
                let mut one = self.item(&stored, lang);
                if let Some(members) = one.as_object_mut() {
                    members.insert("rel".to_owned(), link.rel.as_str().into());
                }
                shown.push(one);
            }
        }
        Ok(shown.into())
    }

    /// Those of these records that are held here, shortly, each once; at most as many as a record links to.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn register_items(&self, ids: &[String], lang: Option<&Lang>) -> Result<Vec<Value>, Fault> {
        let most = usize::try_from(LINKS).unwrap_or(usize::MAX);
        let ids: BTreeSet<&String> = ids.iter().collect();
        let mut shown = Vec::new();
        for id in ids.into_iter().take(most) {
            let stored = self.inner.store.record(id, None).await?;
            shown.extend(stored.map(|stored| self.item(&stored, lang)));
        }
        Ok(shown)
    }

    /// The versions of a record, oldest first.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] when limit or position are none.
    pub async fn register_history(
        &self,
        id: &str,
        after: Option<&str>,
        limit: Option<usize>,
        lang: Option<&Lang>,
    ) -> Result<Value, Fault> {
        let limit = checked_limit(limit)?;
        let after: i64 = after
            .map_or(Ok(0), str::parse)
            .map_err(|_| invalid("wrong-query", "`after` is no `next` of this list"))?;
        let reach = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut rows = self.inner.store.record_history(id, after, reach).await?;
        if rows.is_empty() && after == 0 {
            return Err(Fault::NotFound);
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items: Vec<Value> = rows.iter().map(|row| self.item(row, lang)).collect();
        let next = rows
            .last()
            .filter(|_| more)
            .map(|StoredRecord { row, .. }| row.version.to_string());
        Ok(match next {
            Some(next) => json!({ "items": items, "next": next }),
            None => json!({ "items": items }),
        })
    }

    /// The catalogue as a whole: its digest, and how far each log is in it.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn describe_views(&self) -> Result<Value, Fault> {
        let mut view = self.register_logs().await?;
        let digest = self.inner.store.views_digest().await?;
        if let Some(members) = view.as_object_mut() {
            members.insert("digest".to_owned(), digest.hex().into());
        }
        Ok(view)
    }

    /// Where this node serves a log.
    fn address_of_log(&self, log: &LogRow) -> String {
        let public = self.public_url();
        match (&log.participant, public.split_once("://")) {
            (Some(_), Some((scheme, _))) => format!("{scheme}://{}", log.origin),
            _ => format!("{public}{MIRRORS}/{}", Digest::of(log.origin.as_bytes()).hex()),
        }
    }

    /// The register logs that are held here, own and mirrored: what of each is published, and since when that is known.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn register_logs(&self) -> Result<Value, Fault> {
        let logs = self.inner.store.list_logs().await?;
        let shown = logs.iter().filter(|log| log.kind == crate::logs::REGISTER).map(|log| {
            let mut view = json!({
                "origin": log.origin,
                "originHash": Digest::of(log.origin.as_bytes()).hex(),
                "address": self.address_of_log(log),
                "owner": log.owner,
                "vkey": log.vkey,
                "size": log.size,
                "inCatalogue": log.folded,
                "isOwn": log.participant.is_some(),
                "state": match log.state {
                    LogState::Open => "open",
                    LogState::Held => "held",
                    LogState::Closed => "discontinued",
                    LogState::Caught => "caught",
                },
            });
            if let (Some(at), Some(members)) = (log.published_at, view.as_object_mut()) {
                members.insert("publishedAt".to_owned(), Instant::from_unix_ms(at).rfc3339().into());
            }
            let mirror = self.inner.mirrors.find(&Digest::of(log.origin.as_bytes()));
            let (checked, name) = match &mirror {
                Some(mirror) => {
                    let standing = mirror.standing();
                    (standing.checked_at, standing.log.clone())
                }
                // Of an own log the first key is known.
                None => (None, Some(LogId::of_vkey(&log.vkey))),
            };
            if let (Some(at), Some(members)) = (checked, view.as_object_mut()) {
                members.insert("checkedAt".to_owned(), at.rfc3339().into());
            }
            if let (Some(name), Some(members)) = (name, view.as_object_mut()) {
                members.insert("logId".to_owned(), name.as_str().into());
            }
            view
        });
        Ok(json!({ "items": shown.collect::<Vec<_>>() }))
    }
}
